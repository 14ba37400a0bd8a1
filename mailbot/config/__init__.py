"""config.toml → frozen, typed `Config`; every problem at once, with file, line and what to write instead."""
