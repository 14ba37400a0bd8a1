"""Which words the rules lack (B37): what a command works out when a person asks, and nothing that mail waits for.

lines     subjects, one line for equal mails of one sender, judged by today's rules
phrases   frequent phrases in them; `words` says which words ask, complain, or never make a keyword
counts    how many mails each would catch, by the index that the rules use
choice    the fewest phrases that cover most
homes     the rule that each belongs to, or none: `new_rules`
unless    words that a rule should leave out
suggestions   START HERE: all of it together
"""
