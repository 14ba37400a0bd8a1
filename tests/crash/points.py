"""Every step at which a process may die: the one table. Production code knows nothing of it.

A point is a moment just before or just after a call of a real function, named where its caller finds it
(`module:qualname`). Commits and single commands are told apart by who makes them (`within`, a function that is
being executed) and by what they say (`says`, a piece of the call's arguments).
"""

from dataclasses import dataclass
from typing import Any

BEFORE, AFTER = "before", "after"
COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
ANSWER = "imaplib:IMAP4._command_complete"
IMAP = "imapclient.imapclient:IMAPClient"
SMTP = "smtplib:SMTP"
DOT = repr(b".\r\n")


@dataclass(frozen=True, slots=True)
class Point:
    """`nth`: which of its occurrences is meant. `doubles`: the server may have accepted a reply that is not
    noted yet, so that it is sent once more (hazard 57). `daemon`: only `mailbot run` comes here.
    `hands_over`: after an error there, instead of the kill, the case waits for a person: it could not be told.
    `earlier`: the point at which another process was killed before. `together`: so many messages are stored in one
    transaction, instead of as many as usual.
    """

    name: str
    where: str
    side: str
    within: str = ""
    says: str = ""
    nth: int = 1
    doubles: bool = False
    daemon: bool = False
    hands_over: bool = False
    earlier: str = ""
    together: int = 0


def before(name: str, where: str, **more: Any) -> Point:
    return Point(name, where, BEFORE, **more)


def after(name: str, where: str, **more: Any) -> Point:
    return Point(name, where, AFTER, **more)


def around(name: str, where: str, **more: Any) -> tuple[Point, Point]:
    return before(f"{name}: before", where, **more), after(f"{name}: after", where, **more)


def commit(name: str, within: str, **more: Any) -> tuple[Point, Point]:
    """The last moment at which nothing has happened, and the first at which all of it has."""
    not_yet = before(f"{name}: not yet committed", COMMIT, within=within, **more)
    return not_yet, after(f"{name}: committed", COMMIT, within=within, **more)


START = (
    before("start: config not kept yet", "mailbot.config.last_good:keep"),
    after("start: config kept", "mailbot.config.last_good:keep"),
    after("start: database opened", "mailbot.store.engine:Store.open"),
    before("start: database held", "mailbot.cli.running:run_once"),
    before("start: what a crash left behind", "mailbot.daemon.service:abandoned"),
)

CONNECTING = (
    *around("imap: LOGIN", f"{IMAP}.login"),
    *around("imap: CREATE", f"{IMAP}.create_folder"),
    *around("imap: SELECT", f"{IMAP}.select_folder"),
    before("imap: SELECT sent, not answered", ANSWER, within=f"{IMAP}.select_folder"),
    *commit("first connection of a mailbox", "mailbot.reading:open_folder", nth=2),
)

READING = (
    after("imap: SEARCH answered", f"{IMAP}.search"),
    before("imap: FETCH of sizes sent, not answered", ANSWER, within=f"{IMAP}.fetch"),
    before("imap: FETCH of texts not sent yet", f"{IMAP}.fetch", says="BODY.PEEK[]"),
    before("imap: FETCH of texts sent, not answered", ANSWER, within=f"{IMAP}.fetch", nth=2),
    after("imap: one text read, others under way", "imaplib:IMAP4.read", within=f"{IMAP}.fetch"),
    after("imap: FETCH of texts answered", f"{IMAP}.fetch", says="BODY.PEEK[]"),
    *around("imap: a mail above max_size read in part", "mailbot.transport.imap_fetch:excerpt"),
)

#: the third mail is the one whose answer stops clocks and is remembered
ONE_MESSAGE = (
    after("message: parsed", "mailbot.pipeline:parse"),
    after("message: asked what is known about it", "mailbot.store.known:about"),
    after("message: decided", "mailbot.pipeline:decide"),
    *around("message: recorded", "mailbot.store.ledger:record"),
    after("message: decision carried out", "mailbot.pipeline:carry_out"),
    after("case: updated", "mailbot.store.cases:_update"),
    after("case: history written", "mailbot.store.cases:_record_events"),
    after("case: clocks stopped", "mailbot.store.cases:_run_clocks", nth=3),
    after("case: data remembered", "mailbot.store.cases:_remember", nth=3),
    *around("reply: composed", "mailbot.carry_out:compose"),
    after("reply: queued", "mailbot.store.outbox:queue"),
    after(
        "reply: noted as bounced", "mailbot.store.outbox:settle", within="mailbot.pipeline:decide_and_store"
    ),
    after("message: unreadable one kept", "mailbot.store.ledger:record_failed"),
    *commit("unreadable message", "mailbot.pipeline:set_aside"),
)

DECIDED = (
    "opened whole",
    "opened",
    "updated",
    "duplicate",
    "ignored",
    "on_closed_case",
    "bounce",
    "opened from an excerpt",
    "informativo",
    "updated in part",
    "updated by a machine",
    "unmatched",
    "opened in another mailbox",
    "duplicate in another mailbox",
)
OUTCOMES = tuple(
    point
    for nth, outcome in enumerate(DECIDED, start=1)
    for point in commit(f"message {outcome}", "mailbot.pipeline:settle_alone", nth=nth, together=1)
    if point.side == AFTER or "opened" in outcome or "updated" in outcome
)

TOGETHER = "mailbot.pipeline:settle_together"
SEVERAL = (
    after("together: all of them parsed", "mailbot.pipeline:understand", nth=4, together=4),
    after(
        "together: the first of them stored", "mailbot.pipeline:decide_and_store", within=TOGETHER, together=4
    ),
    before(
        "together: the third of them recorded",
        "mailbot.store.ledger:record",
        within=TOGETHER,
        nth=3,
        together=4,
    ),
    after(
        "together: replies of several queued",
        "mailbot.store.outbox:queue",
        within=TOGETHER,
        nth=2,
        together=4,
    ),
    *commit("together: four", TOGETHER, together=4),
    before("together: the first of them told", "mailbot.pipeline:tell", within=TOGETHER, together=4),
    *commit("together: the next", TOGETHER, nth=2, together=4),
)

ELSEWHERE = "mailbot.reading:acknowledge_elsewhere"
ACKNOWLEDGING = (
    after("acknowledge: what is to be moved", "mailbot.store.places:moves_due"),
    before("imap: MOVE not sent yet", f"{IMAP}.move"),
    before("imap: MOVE sent, not answered", ANSWER, within=f"{IMAP}.move"),
    before("imap: MOVE answered, not yet noted", "mailbot.reading:_note"),
    after("acknowledge: one of several moves noted", "mailbot.store.places:moved"),
    *commit("moves", "mailbot.reading:_note"),
    before("imap: second MOVE, the first one noted", f"{IMAP}.move", nth=2),
    after("imap: second MOVE answered, not yet noted", f"{IMAP}.move", nth=2),
    *commit("read up to a UID", "mailbot.reading:was_read"),
    before("imap: another folder selected", "mailbot.reading:_move_from", within=ELSEWHERE),
    after("imap: MOVE from another folder answered, not yet noted", f"{IMAP}.move", within=ELSEWHERE),
    *commit("moves from another folder", ELSEWHERE, nth=3),
    *commit("read up to now", "mailbot.reading:was_read_up_to"),
    after("imap: LOGOUT answered", f"{IMAP}.logout"),
)

SORT = "mailbot.sorting:_sort"
SORTED_BY_HAND = (
    before("imap: STATUS not sent yet", f"{IMAP}.folder_status"),
    before("imap: STATUS sent, not answered", ANSWER, within=f"{IMAP}.folder_status"),
    *around(
        "by hand: first look at a folder",
        "mailbot.store.places:save_progress",
        within="mailbot.sorting:_open",
    ),
    before("by hand: folder selected", SORT),
    after("by hand: message known", "mailbot.store.ledger:stored"),
    after("by hand: lies there now", "mailbot.store.places:lies_here"),
    after("by hand: given a new outcome", "mailbot.store.ledger:again"),
    after("by hand: decision carried out", "mailbot.again:carry_out", within="mailbot.sorting:settle"),
    *commit("by hand: a case", "mailbot.sorting:settle"),
    *commit("by hand: a case of a mail that was not read before", "mailbot.sorting:settle", nth=2),
    *commit("by hand: filed", "mailbot.sorting:settle", nth=3),
    *around("by hand: MOVE", f"{IMAP}.move", within=SORT),
    *around("by hand: move noted", "mailbot.reading:_note", within=SORT),
    *around("by hand: read up to a UID", "mailbot.sorting:was_read"),
    before("by hand: next folder", "mailbot.sorting:_open", nth=2),
    before(
        "by hand: the mailbox's folder not selected yet",
        f"{IMAP}.select_folder",
        within="mailbot.sorting:by_hand",
        nth=3,
    ),
)

CLOCK = (
    after("clock: what is due", "mailbot.store.clocks:due"),
    after("clock: decided", "mailbot.pipeline:decide_due"),
    after("clock: carried out", "mailbot.pipeline:carry_out", within="mailbot.pipeline:judge"),
    *commit("reminder", "mailbot.pipeline:judge"),
    *commit("deadline", "mailbot.pipeline:judge", nth=2),
)

SENDING = (
    after("outbox: claimed", "mailbot.store.outbox:claim"),
    before("outbox: claim not yet committed", COMMIT, within="mailbot.sending:claim"),
    after("outbox: claim committed, not yet dialled", COMMIT, within="mailbot.sending:claim"),
    before("smtp: not yet connected", f"{SMTP}.connect"),
    after("smtp: connected", f"{SMTP}.connect"),
    after("smtp: AUTH answered", f"{SMTP}.login"),
    before("smtp: MAIL FROM sent, not answered", f"{SMTP}.getreply", within="mailbot.transport.smtp:_step"),
    after("smtp: MAIL FROM answered", f"{SMTP}.docmd", says="MAIL FROM"),
    after("smtp: MAIL FROM on the kept connection answered", f"{SMTP}.docmd", says="MAIL FROM", nth=2),
    after("smtp: RCPT TO answered", f"{SMTP}.docmd", says="RCPT TO"),
    *around("smtp: DATA", f"{SMTP}.docmd", says="'DATA'"),
    before("smtp: text sent, no final dot", "mailbot.transport.smtp:Smtp._end"),
    before("smtp: before the final dot", f"{SMTP}.send", says=DOT),
)

THE_250 = "mailbot.transport.smtp:Smtp._end"
WINDOW = (
    after("smtp: after the final dot", f"{SMTP}.send", says=DOT, doubles=True),
    before("smtp: before the 250 is read", f"{SMTP}.getreply", within=THE_250, doubles=True),
    after("smtp: the 250 is read", f"{SMTP}.getreply", within=THE_250, doubles=True),
    after("smtp: the fate is known", "mailbot.pipeline:send", doubles=True),
    *around(
        "outbox: settled",
        "mailbot.store.outbox:settle",
        within="mailbot.sending:note_and_claim",
        doubles=True,
    ),
    after(
        "outbox: what follows for the case", "mailbot.sending:decide_delivery", doubles=True, hands_over=True
    ),
    *around("outbox: the 24 hours start", "mailbot.sending:carry_out", doubles=True, hands_over=True),
    before("outbox: result not yet committed", COMMIT, within="mailbot.sending:note_and_claim", doubles=True),
)

SENT = (
    after("outbox: result committed", COMMIT, within="mailbot.sending:note_and_claim"),
    after("smtp: QUIT answered", f"{SMTP}.quit"),
    after("end: database closed", "mailbot.store.engine:Store.dispose"),
)

#: what a crash left behind is taken over; killed again there
CRASHED = ("outbox: claim committed, not yet dialled", "smtp: before the 250 is read")
RECOVERY = tuple(
    point
    for earlier in CRASHED
    for point in (
        *around(
            f"again after «{earlier}»: taken over", "mailbot.store.unfinished:interrupted", earlier=earlier
        ),
        *commit(f"again after «{earlier}»: taken over", "mailbot.sending:take_over", earlier=earlier),
    )
)

DAEMON = (
    after("daemon: started", "mailbot.daemon.service:Service.start", daemon=True),
    before("daemon: mailbox held", "mailbot.daemon.reader:Reader._connected", daemon=True),
    *around("daemon: mailbox read", "mailbot.daemon.reader:receive", daemon=True),
    *commit("daemon: message opened", "mailbot.pipeline:settle_alone", daemon=True, together=1),
    *commit("daemon: several messages", TOGETHER, daemon=True, together=4),
    after("daemon: sender woken", "mailbot.daemon.sender:Sender.wake", daemon=True),
    before("daemon: IDLE not sent yet", f"{IMAP}.idle", daemon=True),
    after("daemon: in IDLE", f"{IMAP}.idle", daemon=True),
    before("daemon: DONE not sent yet", f"{IMAP}.idle_done", daemon=True),
    after("daemon: IDLE ended", f"{IMAP}.idle_done", daemon=True),
    *around("daemon: clocks looked at", "mailbot.daemon.service:tick", daemon=True),
    *commit("daemon: reply claimed", "mailbot.sending:claim", daemon=True),
    before("daemon: before the 250 is read", f"{SMTP}.getreply", within=THE_250, daemon=True, doubles=True),
    after("daemon: replies sent", "mailbot.daemon.sender:deliver", daemon=True),
    before("daemon: told to end", "mailbot.daemon.service:Service.stop", daemon=True),
    after("daemon: mailbox given back", "mailbot.daemon.reader:Reader._while_connected", daemon=True),
    after("daemon: threads ended", "mailbot.daemon.service:Service.stop", daemon=True),
)

POINTS = (
    *START,
    *CONNECTING,
    *READING,
    *ONE_MESSAGE,
    *OUTCOMES,
    *SEVERAL,
    *ACKNOWLEDGING,
    *SORTED_BY_HAND,
    *CLOCK,
    *SENDING,
    *WINDOW,
    *SENT,
    *RECOVERY,
    *DAEMON,
)
BY_NAME = {point.name: point for point in POINTS}
