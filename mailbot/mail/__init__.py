"""What an email is: bytes → `Message`."""
