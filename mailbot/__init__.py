"""The mail front door of a service desk. Two paths, and nothing else; `pipeline.py` is where to start.

    a message   fetched → parsed → understood → decided → stored, with its replies, in one transaction → acknowledged
    the clock   what is due → decided → stored, with its replies, in one transaction
                replies to send → claimed → sent → result stored

The rooms, each importing only what stands below it (`make imports` checks):

    cli        what a person types
    sandbox    embedded mail servers for the demo and the tests; the daemon never imports it
    daemon     who is awake: threads, scheduler, signals
    repair     after the database was restored from an older copy
    sorting    what people decide by moving mail into a folder
    pipeline   START HERE: receive(), tick(), deliver(); beside it again (retry, promote), reconcile and replay
    health     what is ill: one judgement for status, /healthz, the journal and the alert mails
    reading    how far a folder was read                  sending    one reply on its way
    numbered   case numbers on the server, whether this database knows of them or not
    login      how a mailbox logs in: by password or by token
    carry_out  a decision becomes rows and replies
    store      tables, queries, migrations            transport  IMAP and SMTP: the only room that touches a network
    config     config.toml → one frozen `Config`, every problem at once
    replies    decision + template → an email
    desk       what the service desk decides: the case and its states, decide(), clocks, hours
    rules      what the admin wrote: keywords → rule, required data → found or missing; suggest: what it lacks
    mail       what an email is: bytes → `Message`
    values     durations, reasons, problems

mail, rules, desk and replies are the core: no I/O, no clock, no log. Time, config and what the store knows
come in as values; one frozen `Decision` goes out.
"""

__version__ = "0.1.0"
