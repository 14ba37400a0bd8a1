"""What the admin wrote in config.toml: keywords → rule, required data → found or missing."""
