"""Hostile mail against the pure path parse → understand → decide → compose.

path       one mail through all of it, with every promise checked
promises   what a broken promise is, and how long a stage may take
situations what the store might know when a mail arrives
understood checks of a message, its rule and its data
answered   checks of a decision: who may be written to
written    checks of a mail of ours
seeds, nasty, mutate   where mutated mails come from
run        `make fuzz`: mutated mails by number, in several processes
minimise   a finding, made small
same       whether another version understands mail as this one does
coverage   `make fuzz-coverage`: atheris, guided by coverage
"""
