"""What `mailbot check` says of a config that is right but likely not meant. The daemon never asks: it costs time.

shadow      rules and keywords that never decide, because a rule above takes their mail
  above     which rule above has a keyword too
keywords    keywords that do nothing, or something else
fields      data that no answer can give; by impossible: what no text can give a pattern
own_words   what our own replies would tell us, if they came back
files       certificates and credentials, as they stand on the disk
polling     a far server that is asked all the time
"""
