"""Random histories of a desk, each from one seed, with its promises checked after every step.

The real pipeline on the real store (SQLite); all around it is simulated, and nothing asks the wall clock or the
operating system for chance, so that a seed gives the same history again.

run          `make simulate`: many seeds, several processes; `python -m simulate.run --seed N` shows one
history      one seed: what happens, step by step, and the quiet time in which everything must come to an end
world        the mail servers, the people, the clocks and the faults of one history
clock        the true time, and what the desk's clock shows
server       a mailbox on an IMAP server, and what other clients do there
imap, smtp   the same to the pipeline: a connection that fails
database     a store whose statements and commits fail
faults       when something fails, and how
people       who writes what, and when
letters      the bytes of their mail
settings     the configs that are loaded in turn
worker       one process of mailbot: poll, tick, deliver, crash
promises     what must hold, from outside: by the servers, the people and the rows alone
"""
