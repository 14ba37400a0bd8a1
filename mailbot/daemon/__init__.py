"""Who is awake: a reader and a sender for each mailbox, one clock, signals."""
