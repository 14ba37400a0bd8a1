"""What tells ops by mail that something is ill, and that it is well again.

thread   START HERE: hears what is ill, tells it
rhythm   when something is told, and when not: pure
letter   what is told, in words and bytes
ways     by which servers
memory   what was told, kept over a restart and among several daemons
"""
