"""What must hold after every step, told from outside: by what servers and people saw, and by the rows alone.

Nothing of mailbot's rooms is used: the table of transitions, the times and the limits stand here once more.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.rules.settings import Rule
from simulate import settings
from simulate.clock import MINUTE
from simulate.database import time
from simulate.people import BY_ADDRESS, ROBOTS
from simulate.server import INBOX, Letter
from simulate.working import Hours, after_working, is_open
from simulate.world import Accepted, World

Row = sqlite3.Row
GRACE = 5 * MINUTE
#: INTERNALDATE has no fractions of a second
SECOND = timedelta(seconds=1)
TRANSITIONS = {
    None: {"precaso", "abierto"},
    "precaso": {"abierto", "no_gestionado", "anulado"},
    "abierto": {"en_proceso", "solucionado", "anulado"},
    "en_proceso": {"activo_proveedor", "solucionado", "anulado"},
    "activo_proveedor": {"en_proceso", "solucionado", "anulado"},
    "solucionado": {"cerrado", "en_proceso", "activo_proveedor"},
    "no_gestionado": {"precaso", "abierto"},
    "cerrado": set(),
    "anulado": set(),
}
#: of what a person wants to be a case and no rule knows
BY_HAND = Rule(name="a_mano")
ASKS = ("request", "request_again")
WAITING = ("unmatched", "ignored", "backlog", "too_big")
COUNTED = (*ASKS, "notice")
NEVER_LEFT = ("not_needed", "failed")
QUERIES = {
    "cases": 'SELECT * FROM "case" ORDER BY id',
    "events": "SELECT * FROM event ORDER BY case_id, seq",
    "clocks": "SELECT * FROM clock ORDER BY id",
    "replies": "SELECT id, mailbox, case_id, answers, party, role, template, recipient, message_id, status,"
    " queued_at, next_attempt_at, attempts, times_uncertain, sent_at FROM outbox ORDER BY id",
    "messages": "SELECT id, mailbox, duplicate_of, case_id, sender, received_at, outcome, automatic, may_answer"
    " FROM message ORDER BY id",
    "places": "SELECT * FROM location ORDER BY id",
    "relations": "SELECT * FROM relation ORDER BY id",
}


@dataclass(frozen=True)
class Expected:
    """What a case was promised when it was registered."""

    rule: Rule
    answer_within: timedelta
    hours: Hours


class Promises:
    """Looks at the world after each step; what does not hold is told to `world.broken`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.checks = 0
        self._version = -1
        self._told: dict[int, list[tuple[object, ...]]] = {}
        self._last_case = self._last_clock = self._last_reply = self._accepted = 0
        self._expected: dict[int, Expected] = {}
        self.rows: dict[str, list[Row]] = {name: [] for name in QUERIES}

    def check(self) -> None:
        """After each step; cheap where nothing changed."""
        outside = self.world.database.outside
        self.checks += 1
        self._what_was_sent()
        (version,) = outside.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        self._version = version
        outside.execute("BEGIN")
        self.rows = {name: outside.execute(query).fetchall() for name, query in QUERIES.items()}
        outside.execute("COMMIT")
        self._outcomes()
        self._cases()
        self._expect()
        self._histories()
        self._clocks()
        self._replies()

    def is_broken(self, promise: str, detail: object) -> None:
        self.world.is_broken(promise, dict(detail) if isinstance(detail, Row) else detail)

    # -- messages (invariants 1, 2) ----------------------------------------------------------------------

    def _outcomes(self) -> None:
        """One outcome for each mail; a place names the same mail for ever."""
        self.letter_of: dict[int, Letter] = {}
        for place in self.rows["places"]:
            if place["uid"] is None:
                continue
            account = self.world.accounts[place["mailbox"]]
            letter = account.ever.get((place["folder"], place["uidvalidity"], place["uid"]))
            if letter is None:
                self.is_broken("a place in the ledger is one on the server", place)
                continue
            before = self.letter_of.setdefault(place["message_id"], letter)
            if before.original is not letter.original:
                self.is_broken("a message is one mail", f"{before} and {letter}")
        own = [m for m in self.rows["messages"] if m["duplicate_of"] is None and m["outcome"] != "failed"]
        of = Counter(self.letter_of[m["id"]].original for m in own)
        for letter, n in of.items():
            if n > 1:
                self.is_broken("a mail has one outcome", letter)
        for m in self.rows["messages"]:
            first = m["duplicate_of"]
            if m["outcome"] == "duplicate" and (
                self.letter_of[m["id"]].original is not self.letter_of[first].original
            ):
                self.is_broken("a duplicate is the same mail", self.letter_of[m["id"]])
        self._joined_by_number()
        self.known = {letter.original for letter in self.letter_of.values()}
        failed = [m for m in self.rows["messages"] if m["outcome"] == "failed"]
        self.failed = {self.letter_of[m["id"]]: m["mailbox"] for m in failed}

    def _joined_by_number(self) -> None:
        """Invariant 5: only whose case it is joins it by its number."""
        for m in self.rows["messages"]:
            letter = self.letter_of.get(m["id"])
            joined = m["outcome"] in ("updated", "on_closed_case")
            if joined and letter and letter.kind == "with a number":
                case = self._case(m["case_id"])
                if case["requester_email"] != m["sender"]:
                    self.is_broken("a number is no key", (letter, case["number"]))

    # -- cases -------------------------------------------------------------------------------------------

    def _cases(self) -> None:
        """Numbers grow and stay; no mail opens two."""
        cases = self.rows["cases"]
        for case in cases:
            if case["number"] != f"MS-{case['id']:06d}":
                self.is_broken("a number is that of its case", case)
        ids = [case["id"] for case in cases]
        if ids[: len(self._told)] != sorted(self._told):
            self.is_broken("numbers grow and none is given twice", ids)
        opened = Counter(
            self.letter_of[e["message_id"]].original
            for e in self.rows["events"]
            if e["seq"] == 1 and e["message_id"]
        )
        for letter, n in opened.items():
            if n > 1:
                self.is_broken("a mail opens one case", letter)

    def _histories(self) -> None:
        """Each event follows the one before, and is never changed."""
        by_case: dict[int, list[Row]] = defaultdict(list)
        for event in self.rows["events"]:
            by_case[event["case_id"]].append(event)
        for case in self.rows["cases"]:
            events = by_case[case["id"]]
            seen = self._told.get(case["id"], [])
            now = [tuple(event) for event in events]
            if now[: len(seen)] != seen:
                self.is_broken("history is not rewritten", case["number"])
            self._told[case["id"]] = now
            if len(now) > len(seen) or not seen:
                self._chain(case, events)
                for event in events[len(seen) :]:
                    if event["to_state"] == "no_gestionado":
                        self._close(case, event)
                    if event["from_state"] == "no_gestionado":
                        self._reopening(case, event)

    def _chain(self, case: Row, events: list[Row]) -> None:
        state = None
        for n, event in enumerate(events, start=1):
            if event["seq"] != n:
                self.is_broken("a history has no gap", case["number"])
            if event["to_state"] is None:
                continue
            if event["from_state"] != state or event["to_state"] not in TRANSITIONS[state]:
                self.is_broken("every step is one of the table", event)
            state = event["to_state"]
        if case["state"] != state:
            self.is_broken("the state is where the last step led", case)

    # -- deadlines (invariant 3) -------------------------------------------------------------------------

    def _close(self, case: Row, event: Row) -> None:
        """Never before its time, nor before the mailbox was read five minutes beyond it."""
        if event["by"] != "mailbot":
            return
        clocks = [c for c in self.rows["clocks"] if c["case_id"] == case["id"] and c["kind"] == "answer"]
        if not clocks or clocks[-1]["result"] != "expired":
            self.is_broken("a precaso closes by its deadline", event)
            return
        due, clock = time(clocks[-1]["due"]), self.world.clock
        if clock() < due:
            self.is_broken("a precaso is not closed before its deadline", event)
        polls = [p for p in self.world.polls[case["mailbox"]] if p.at + clock.skew >= due + GRACE]
        unread = [[x for x in p.letters if x.original not in self.known and not x.meddled] for p in polls]
        if all(unread) and not clock.set_back_unseen_since(time(clocks[-1]["starts"])):
            self.is_broken("a precaso closes only when its mailbox was read beyond its deadline", event)
        started = time(clocks[-1]["starts"])
        for letter in self.failed:
            mine = (letter.sender, self.failed[letter]) == (case["requester_email"], case["mailbox"])
            if mine and started <= letter.received_at <= due and not self._came_late(letter):
                self.is_broken("what may be the answer and could not be read keeps a precaso open", letter)

    def _came_late(self, letter: Letter) -> bool:
        """It could be seen so long after it came that the desk could not wait for it."""
        stepped = self.world.clock.stepped_since(letter.received_at)
        return stepped or letter.seen_from is None or letter.seen_from > letter.received_at + GRACE

    def _reopening(self, case: Row, event: Row) -> None:
        dues = [
            time(c["due"])
            for c in self.rows["clocks"]
            if c["case_id"] == case["id"] and c["kind"] == "answer"
        ]
        letter = self.letter_of.get(event["message_id"])
        if event["reason"] != "answer_was_in_time" or letter is None:
            self.is_broken("only an answer that came in time reopens", event)
        elif letter.received_at - SECOND > max(dues):
            self.is_broken("what reopens came in time", letter)

    def _expect(self) -> None:
        """How long it gives, as the config said when it was registered: a reload changes no open case."""
        for case in self.rows["cases"]:
            if case["id"] in self._expected:
                continue
            late = [
                r["b"]
                for r in self.rows["relations"]
                if r["a"] == case["id"] and r["kind"] == "late_answer_of"
            ]
            before = [r["b"] for r in self.rows["relations"] if r["a"] == case["id"]]
            if late:
                self._expected[case["id"]] = self._expected[late[0]]
                continue
            live = self.world.live
            rule = next((r for r in (*live.config.rule, BY_HAND) if r.name == case["rule"]), None)
            rule = rule or self._expected[before[0]].rule
            calendar = rule.calendar or live.policy.precaso.calendar
            hours = live.config.hours.get(calendar)
            self._expected[case["id"]] = Expected(
                rule,
                rule.answer_within or live.policy.precaso.answer_within,
                tuple(hours.days.items()) if hours else None,
            )

    def _clocks(self) -> None:
        """A deadline starts when the provider accepted the request, and never else."""
        for clock in self.rows["clocks"]:
            if clock["id"] <= self._last_clock:
                continue
            self._last_clock = clock["id"]
            case = self._case(clock["case_id"])
            starts = time(clock["starts"])
            requests = {r["message_id"] for r in self._replies_of(case) if r["role"] in ASKS}
            times = [a.desk_at for a in self.world.accepted if a.mail.message_id in requests]
            if starts not in times:
                self.is_broken("a deadline starts when the request was accepted", clock)
            self._length(clock, case, starts)

    def _is_first(self, clock: Row) -> bool:
        """Of those for this request."""
        same = ("case_id", "kind", "starts")
        return not any(
            c["id"] < clock["id"] and all(c[k] == clock[k] for k in same) for c in self.rows["clocks"]
        )

    def _length(self, clock: Row, case: Row, starts: datetime) -> None:
        expected = self._expected[case["id"]]
        if clock["kind"] == "reminder" and not self._is_first(clock):
            # put off to the next opening, whatever the config says of reminders by now
            if not (expected.hours and is_open(time(clock["due"]), expected.hours, self.world.zone)):
                self.is_broken("a reminder is put off to when the desk is open", clock)
            return
        remind_after = self.world.live.policy.precaso.remind_after
        length = expected.answer_within if clock["kind"] == "answer" else remind_after
        if length is None:
            self.is_broken("without reminders none is planned", clock)
            return
        due, ends = after_working(starts, length, expected.hours, self.world.zone), time(clock["due"])
        # a reminder of a calendar may wait for the next opening
        waits = clock["kind"] == "reminder" and expected.hours and ends > due
        open_then = waits and is_open(ends, expected.hours, self.world.zone)
        if abs(ends - due) > SECOND and not open_then:
            self.is_broken(f"a deadline is as long as was said, {due}", clock)

    # -- replies (invariant 4) ---------------------------------------------------------------------------

    def _replies(self) -> None:
        replies = self.rows["replies"]
        for case in self.rows["cases"]:
            roles = Counter(r["role"] for r in self._replies_of(case))
            if roles["request"] + roles["request_again"] > 2 or roles["reminder"] > 1:
                self.is_broken("at most two requests and one reminder for a precaso", (case["number"], roles))
        twice = Counter(
            (r["answers"], r["template"], r["recipient"])
            for r in replies
            if r["answers"] and r["role"] != "desk"
        )
        for key, n in twice.items():
            if n > 1:
                self.is_broken("a mail is answered once", key)
        for reply in replies:
            if reply["id"] > self._last_reply:
                self._last_reply = reply["id"]
                self._new_reply(reply)
            if reply["role"] == "reminder" and reply["sent_at"]:
                self._in_its_hours(reply)

    def _in_its_hours(self, reply: Row) -> None:
        """What was dialled a moment before the desk closed arrives a moment after."""
        sent, hours = time(reply["sent_at"]), self._expected[reply["case_id"]].hours
        if not any(is_open(sent - n * MINUTE, hours, self.world.zone) for n in range(10)):
            self.is_broken("a reminder of a calendar leaves while that is open", reply)

    def _new_reply(self, reply: Row) -> None:
        if reply["role"] == "desk":
            if reply["recipient"] != settings.DESK:
                self.is_broken("the desk is told at its own address", reply)
            return
        if reply["recipient"] in ROBOTS:
            self.is_broken("a robot gets nothing", reply)
        answered = next((m for m in self.rows["messages"] if m["id"] == reply["answers"]), None)
        letter = self.letter_of.get(reply["answers"])
        if letter and (
            letter.kind in ("out of office", "newsletter", "alarm") or letter.kind.startswith("notice")
        ):
            self.is_broken("a robot's mail is not answered", reply)
        case = self._case(reply["case_id"]) if reply["case_id"] else None
        may = {answered["sender"] if answered else None}
        may |= {case["requester_email"], case["answer_to"]} if case else set()
        if reply["recipient"] not in may:
            self.is_broken("a reply goes to who wrote, or to whose case it is", reply)
        # what a person's command sends is not limited
        if reply["answers"] and reply["role"] in COUNTED and reply["status"] not in NEVER_LEFT:
            self._limits(reply)

    def _limits(self, reply: Row) -> None:
        caps, at = self.world.live.policy.replies, time(reply["queued_at"])
        counted = [
            r
            for r in self.rows["replies"]
            if r["id"] <= reply["id"]
            and r["answers"]
            and r["role"] in COUNTED
            and r["status"] not in NEVER_LEFT
        ]
        own = [r for r in counted if r["recipient"] == reply["recipient"]]
        for rows, length, most in (
            (own, timedelta(hours=1), caps.per_address_per_hour),
            (own, timedelta(days=1), caps.per_address_per_day),
            (counted, timedelta(hours=1), caps.per_hour),
        ):
            if sum(time(r["queued_at"]) > at - length for r in rows) > most:
                self.is_broken(f"an address gets at most {most} replies in {length}", reply)

    def _what_was_sent(self) -> None:
        accepted = self.world.accepted
        for one in accepted[self._accepted :]:
            self._sent(one, accepted)
        self._accepted = len(accepted)

    def _sent(self, one: Accepted, accepted: list[Accepted]) -> None:
        name = one.mail.message_id
        same = [a for a in accepted if a.mail.message_id == name and a.at <= one.at]
        doubts = self.world.relays[one.mailbox].doubts[name]
        if len(same) > 2 or (len(same) == 2 and not doubts):
            self.is_broken("at most one duplicate, and only where nobody could know", f"{name}: {len(same)}")
        if any(a.mail.raw != one.mail.raw for a in same):
            self.is_broken("a retry is the same mail", name)
        self._shows(one)

    def _shows(self, one: Accepted) -> None:
        """Invariant 5: nobody is shown what another wrote."""
        to = BY_ADDRESS.get(one.mail.to)
        if one.mail.to == settings.DESK:
            return
        for person in BY_ADDRESS.values():
            if person is not to and any(
                s in one.mail.shown for s in (person.secret, person.phone, person.machine)
            ):
                self.is_broken("nobody is shown what another wrote", f"{one.mail.subject} to {one.mail.to}")

    # -- at the end --------------------------------------------------------------------------------------

    def check_end(self) -> None:
        """The faults are over and time has passed: nothing waits but for a person."""
        self._version = -1
        self.check()
        now = self.world.clock()
        for reply in self.rows["replies"]:
            if reply["status"] in ("queued", "sending") or reply["next_attempt_at"]:
                self.is_broken("no reply is lost", reply)
        for case in self.rows["cases"]:
            running = [c for c in self.rows["clocks"] if c["case_id"] == case["id"] and not c["done_at"]]
            waits = any(c["kind"] == "answer" and time(c["due"]) > now for c in running)
            if case["state"] == "precaso" and not case["attention"] and not waits:
                self.is_broken("a precaso waits for an answer or for a person", case)
        self._answers_in_time()
        self._all_read()
        self._wishes()

    def _answers_in_time(self) -> None:
        """A complete answer that came in time wins, however late it was seen."""
        case_of = {r["message_id"]: r["case_id"] for r in self.rows["replies"]}
        for letter in self.world.letters:
            case_id = case_of.get(letter.answers)
            if not letter.complete or not case_id or letter.original in {x.original for x in self.failed}:
                continue
            case = self._case(case_id)
            times = sorted(
                (time(c["starts"]), time(c["due"]))
                for c in self.rows["clocks"]
                if c["case_id"] == case_id and c["kind"] == "answer" and c["result"] == "expired"
            )
            was_read = letter.original in self.known and letter.sender == case["requester_email"]
            # between two times of a case that was reopened it was closed: what came then opened another
            came = self._first_seen(letter).received_at
            in_time = any(n == 0 or starts <= came for n, (starts, due) in enumerate(times) if came <= due)
            if was_read and in_time and case["state"] == "no_gestionado":
                self.is_broken("an answer that came in time wins", (letter, case["number"]))

    def _first_seen(self, letter: Letter) -> Letter:
        """Of several deliveries of one mail the server may show the later one first: the others are duplicates."""
        same = [other for other in self.world.letters if other.original is letter.original]
        return min(same, key=lambda other: other.seen_from or other.received_at)

    def _all_read(self) -> None:
        for letter in self.unread():
            self.is_broken("every mail has an outcome", letter)

    def unread(self) -> list[Letter]:
        """What lies in an inbox, was there all the time, and has no outcome."""
        there = (x for a in self.world.accounts.values() for x in a.folders[INBOX].letters.values())
        return [x for x in there if x.original not in self.known and not x.meddled]

    def unsorted(self) -> set[str]:
        """The mailboxes in which mail lies that people moved to decide on it, and that was not looked at."""
        seen = {(p["mailbox"], p["folder"], p["uidvalidity"], p["uid"]) for p in self.rows["places"]}
        return {
            account.name
            for account in self.world.accounts.values()
            for name in settings.SORTED
            if (folder := account.folders.get(name))
            for uid in folder.letters
            if (account.name, name, folder.uidvalidity, uid) not in seen
        }

    def _wishes(self) -> None:
        """What a person wanted to be a case is one, and what a person filed waits for nobody; nothing is stuck."""
        if self.unsorted():
            self.is_broken("what people moved is looked at", self.unsorted())
        own = {
            self.letter_of[m["id"]].original: m for m in self.rows["messages"] if m["duplicate_of"] is None
        }
        for account in self.world.accounts.values():
            there = list(account.everywhere())
            copies = Counter(id(letter.original) for _, _, letter in there)
            for name, _, letter in there:
                # when a person moves one of two, nobody can tell which
                if name == settings.CREATE and copies[id(letter.original)] == 1:
                    self.is_broken("what became a case leaves the folder", letter)
                message = own.get(letter.original)
                if message is None or message["outcome"] == "failed" or letter.not_given:
                    continue
                if letter.wish == settings.CREATE and not (
                    message["case_id"] or message["outcome"] == "bounce"
                ):
                    self.is_broken("what a person wants to be a case is one", (letter, message["outcome"]))
                if letter.wish == settings.INFORMATIVE and message["outcome"] in WAITING:
                    self.is_broken("what a person filed waits for nobody", (letter, message["outcome"]))

    def _case(self, case_id: int) -> Row:
        return next(c for c in self.rows["cases"] if c["id"] == case_id)

    def _replies_of(self, case: Row) -> Iterable[Row]:
        return (r for r in self.rows["replies"] if r["case_id"] == case["id"])
