"""Mail servers inside our own process, for the demo and the tests. The daemon never imports this room."""
