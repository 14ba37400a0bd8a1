"""Who is awake: a reader and a sender for each mailbox, one clock, signals.

service     START HERE: starts, reloads and stops them; reader, sender, renewer: threads
reloading   the thread that keeps the config in force; watch: whether its files were saved; retaining: what is removed
common      what all of them share; asking: a question that may take for ever;
            notify: what systemd hears; backoff: when to try again; logs
trouble     what does not work for a while, told once; vitals: all of it, and what each last did
health      the thread that judges that (by `mailbot.health`) and tells; document: what `mailbot status` finds
alerts/     what tells ops by mail
published/  /healthz and /metrics; meters: what is counted for them
"""
