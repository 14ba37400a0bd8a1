"""config.toml → frozen, typed `Config`; every problem at once, with file, line and what to write instead.

load         START HERE: bytes → TOML (syntax) → model (shape, explain) → references → `Config`
  references   stage two, by section: mailboxes (hosts, oauth2, overlaps), rules, hours, addresses
  problem      what is wrong where; positions: on which line; meant: «¿quiso decir…?»
check        `mailbot check`: the same, and advice on what is likely not meant
live         a config in force; changes: from one to the next; last_good: what serves while the file is broken
first        the file that `mailbot init` writes
imported     rules of the desk's own list (categories); written: rules as TOML; append: at the end of the file
"""
