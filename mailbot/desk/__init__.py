"""What the service desk decides: the case and its states, clocks and hours."""
