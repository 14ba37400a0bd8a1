"""Who is awake: a reader and a sender for each mailbox, one clock, signals.

service     START HERE: starts, reloads and stops them; reader, sender, renewer: threads
reloading   the thread that keeps the config in force; watch: whether its files were saved
trouble     what does not work for a while, told once; backoff: when to try again; logs
"""
