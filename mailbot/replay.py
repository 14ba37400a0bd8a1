"""What edited rules would have decided on mail that came already, as a difference to what was recorded.

Nothing is stored and nothing is sent. Each mail is judged alone, as if it were its sender's first; what belongs
to a case was decided by its thread and not by a rule, and is only counted. `decide()` itself judges, first
without the text; the text is read only where what the rule asks for may differ.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from mailbot.config.live import Live
from mailbot.desk import difference
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome
from mailbot.desk.difference import Apart, Change, Decided
from mailbot.desk.known import Arrival, Known
from mailbot.desk.opening import snapshot_of
from mailbot.desk.settings import Policy
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from mailbot.rules.match import Match
from mailbot.rules.settings import TreatAs
from mailbot.store import history, raw
from mailbot.store.engine import Store
from mailbot.store.history import Past, Words

NOTHING = Known()
#: in place of a remembered value: only that there is one counts here
GIVEN = "…"


@dataclass(frozen=True, slots=True)
class Difference:
    """A mail with which the rules would do something else."""

    id: int
    subject: str
    #: the address of From; "": there is no single one
    sender: str
    received_at: datetime
    change: Change
    before: Decided
    after: Decided


@dataclass(frozen=True, slots=True)
class Group:
    """Mails with the same change from one rule to another; "": none."""

    change: Change
    before: str
    after: str


@dataclass
class Account:
    """Every mail is in `changes` or in `apart`. `most`: examples kept of each change; None: all."""

    most: int | None = None
    changes: Counter[Change] = field(default_factory=Counter)
    apart: Counter[Apart] = field(default_factory=Counter)
    groups: Counter[Group] = field(default_factory=Counter)
    #: of a group, the mails that would be asked for something more, and for less only
    more: Counter[Group] = field(default_factory=Counter)
    less: Counter[Group] = field(default_factory=Counter)
    #: newest first
    differences: list[Difference] = field(default_factory=list)
    #: decided by hand, and the rules would now do the same
    spared: int = 0
    examples_spared: list[Difference] = field(default_factory=list)

    @property
    def mails(self) -> int:
        return self.changes.total() + self.apart.total()

    def add(self, one: Difference) -> None:
        self.changes[one.change] += 1
        if one.change is Change.SAME:
            return
        group = Group(one.change, one.before.rule or "", one.after.rule or "")
        self.groups[group] += 1
        asked, would = set(one.before.missing), set(one.after.missing)
        self.more[group] += bool(would - asked)
        self.less[group] += would < asked
        self._keep(one, self.differences, self.changes[one.change])

    def spare(self, one: Difference) -> None:
        self.spared += 1
        self._keep(one, self.examples_spared, self.spared)

    def _keep(self, one: Difference, kept: list[Difference], count: int) -> None:
        if self.most is None or count <= self.most:
            kept.append(one)


def replay(live: Live, store: Store, since: datetime, now: datetime, account: Account) -> Iterator[datetime]:
    """Judge by these rules what arrived since then, the newest first, and add it to the account.

    Yields, after each page, when its last mail was stored. Raises `StoreUnavailable`.
    """
    judge, below = _Judge(live, now), None
    while True:
        with store.reading() as s:
            page = history.page(s, since, below)
        if page is None:
            return
        tried = [judge.without_words(mail) for mail in page.mails]
        with store.reading() as s:
            judge.with_words(s, [one for one in tried if judge.may_ask_otherwise(one)])
        for one in tried:
            _add(one, account)
        yield page.reached
        if (below := page.below) is None:
            return


@dataclass(slots=True)
class _Tried:
    mail: Past
    apart: Apart | None
    before: Decided
    after: Decided
    match: Match | None


def _add(one: _Tried, account: Account) -> None:
    mail, before, after = one.mail, one.before, one.after
    sender = mail.sender.email if mail.sender else ""
    change = difference.change(before, after)
    found = Difference(mail.id, mail.subject, sender, mail.received_at, change, before, after)
    if one.apart is None or (one.apart is Apart.REPORT and after.treat_as):
        account.add(found)
        return
    account.apart[one.apart] += 1
    if one.apart is Apart.BY_HAND and before.treat_as is after.treat_as:
        account.spare(found)


@dataclass(frozen=True)
class _Judge:
    """Judges stored mail by the rules of `live`, each as if it were the first of its sender."""

    live: Live
    now: datetime

    @cached_property
    def bare(self) -> Policy:
        """Rules without required data: what becomes of a mail does not depend on them, and no text is read."""
        return self.live.policy.model_copy(update={"fields": {}})

    def without_words(self, mail: Past) -> _Tried:
        """Judged without its text; what no rule has a part in is not judged."""
        before = after = _recorded(mail)
        why, match = difference.apart(mail.kind, mail.outcome, mail.reasons), None
        if why in (None, Apart.BY_HAND, Apart.REPORT):
            message = _message(mail, Words())
            match = self.live.match(message, mail.mailbox)
            after = self._decided(mail, message, match, self.bare)
        if after.treat_as is TreatAs.PRECASO:  # as long as nobody has looked: see may_ask_otherwise
            after = replace(after, missing=before.missing)
        return _Tried(mail, why, before, after, match)

    def may_ask_otherwise(self, one: _Tried) -> bool:
        """Its data are required in another way, or it was never looked at for them."""
        if one.after.treat_as is not TreatAs.PRECASO or one.match is None:
            return False
        required = snapshot_of(one.match.rule, self.live.policy).fields
        return one.before.treat_as is not TreatAs.PRECASO or required != one.mail.fields

    def with_words(self, s: Session, some: Sequence[_Tried]) -> None:
        written = history.words(s, [one.mail.id for one in some])
        given = history.given_before(s, {one.mail.sender.email for one in some if one.mail.sender})
        for one in some:
            message = self._whole(s, one) or _message(one.mail, written[one.mail.id])
            known = _known_then(one.mail, given)
            one.after = self._decided(one.mail, message, one.match, self.live.policy, known)

    def _decided(
        self, mail: Past, message: Message, match: Match | None, policy: Policy, known: Known = NOTHING
    ) -> Decided:
        arrival = Arrival(mail.mailbox, mail.received_at, message=message, match=match)
        verdict = decide(arrival, message, known, policy, self.now)
        rule, said = (match.rule.name, match.words) if match else (None, ())
        return difference.decided(rule, verdict.outcome, verdict.reasons, said)

    def _whole(self, s: Session, one: _Tried) -> Message | None:
        """Of what a rule filed, or took for a machine's, it was not recorded whether it answers somebody."""
        if one.before.treat_as not in (TreatAs.INFORMATIVO, TreatAs.MONITOREO):
            return None
        box = self.live.config.mailbox.get(one.mail.mailbox)
        with suppress(LookupError, Unreadable):
            return parse(raw.raw(s, one.mail.id), trust=box.trust if box else "")
        return None


def _recorded(mail: Past) -> Decided:
    return difference.decided(difference.promoted(mail.reasons) or mail.rule, mail.outcome, mail.reasons)


def _message(mail: Past, written: Words) -> Message:
    """As it was understood when it came, as far as rules and data depend on it."""
    return Message(
        message_id="",
        content_hash="",
        subject=mail.subject,
        from_=mail.sender,
        in_reply_to=difference.thread_then(mail.reasons),
        text=written.text,
        reply_text=written.reply_text,
        kind=mail.kind,
        kind_reasons=tuple(r for r in mail.reasons if r.check == "automatic"),
        verified=mail.verified,
        text_was_read=mail.outcome is not Outcome.TOO_BIG,
    )


def _known_then(mail: Past, given: Mapping[str, Mapping[str, datetime]]) -> Known:
    """The fields that its sender had given before it came: which, and not their values."""
    sender = mail.sender.email if mail.sender else ""
    before = {name for name, at in given.get(sender, {}).items() if at <= mail.received_at}
    return Known(remembered=dict.fromkeys(before | difference.known_then(mail.reasons), GIVEN))
