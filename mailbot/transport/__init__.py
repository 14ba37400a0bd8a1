"""The only room that touches a network: IMAP brings messages in, SMTP takes replies out."""
