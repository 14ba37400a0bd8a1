"""What edited rules would have decided on mail that came already, as a difference to what was recorded.

Nothing is stored and nothing is sent. Each mail is judged alone, as if it were its sender's first; what belongs
to a case was decided by its thread and not by a rule, and is only counted. `decide()` itself judges, first
without the text; the text is read only where what the rule asks for may differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.config.live import Live
from mailbot.desk import difference
from mailbot.desk.account import Account, Difference
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
from mailbot.store.transaction import Transaction

NOTHING = Known()
#: in place of a remembered value: only that there is one counts here
GIVEN = "…"


def replay(live: Live, store: Store, since: datetime, now: datetime, account: Account) -> Iterator[datetime]:
    """Judge by these rules what arrived since then, the newest first, and add it to the account.

    Yields, after each page, when its last mail was stored. Raises `StoreUnavailable`.
    """
    judge, below = _Judge(live, now), None
    while True:
        with store.reading() as s:
            if (page := history.page(s, since, below)) is None:
                return
            matched = [judge.match(mail) for mail in page.mails]
            written = judge.read(s, [one for one in matched if judge.may_ask_otherwise(one)])
        for one in matched:
            _add(one, judge.decide(one, written.get(one.mail.id)), account)
        yield page.reached
        if (below := page.below) is None:
            return


@dataclass(frozen=True, slots=True)
class _Matched:
    """A stored mail, what was decided on it, and the rule that it matches now. `apart`: no rule decided it."""

    mail: Past
    #: without its text; None: it is not judged
    message: Message | None
    before: Decided
    apart: Apart | None
    match: Match | None


@dataclass(frozen=True, slots=True)
class _Written:
    """A mail with its text, and what is known of its sender."""

    message: Message
    known: Known


def _add(one: _Matched, after: Decided, account: Account) -> None:
    if one.apart is None or (one.apart is Apart.REPORT and after.treat_as):
        account.add(_difference(one, after, difference.change(one.before, after)))
        return
    account.apart[one.apart] += 1
    if one.apart is Apart.BY_HAND and one.before.treat_as is after.treat_as:
        account.spare(_difference(one, after, Change.SAME))


def _difference(one: _Matched, after: Decided, change: Change) -> Difference:
    mail = one.mail
    sender = mail.sender.email if mail.sender else ""
    return Difference(mail.id, mail.subject, sender, mail.received_at, change, one.before, after)


class _Judge:
    """Judges stored mail by the rules of `live`, each as if it were the first of its sender."""

    def __init__(self, live: Live, now: datetime) -> None:
        self.live, self.now = live, now
        self.required = {rule.name: snapshot_of(rule, live.policy).fields for rule in live.config.rule}
        #: rules without required data: what becomes of a mail does not depend on them
        self.bare = live.policy.model_copy(update={"fields": {}})

    def match(self, mail: Past) -> _Matched:
        why, before = difference.apart(mail.kind, mail.outcome, mail.reasons), _recorded(mail)
        if why not in (None, Apart.BY_HAND, Apart.REPORT):
            return _Matched(mail, None, before, why, None)
        message = _message(mail, Words())
        return _Matched(mail, message, before, why, self.live.match(message, mail.mailbox))

    def may_ask_otherwise(self, one: _Matched) -> bool:
        """Data are required in another way, or were never looked for: so its text must be read."""
        if one.match is None or one.match.rule.treat_as is not TreatAs.PRECASO:
            return False
        return (
            one.before.treat_as is not TreatAs.PRECASO
            or self.required[one.match.rule.name] != one.mail.fields
        )

    def read(self, s: Transaction, some: Sequence[_Matched]) -> dict[int, _Written]:
        words = history.words(s, [one.mail.id for one in some])
        given = history.given_before(s, {one.mail.sender.email for one in some if one.mail.sender})
        return {
            one.mail.id: _Written(
                self._whole(s, one) or _message(one.mail, words[one.mail.id]), _known_then(one.mail, given)
            )
            for one in some
        }

    def _whole(self, s: Transaction, one: _Matched) -> Message | None:
        """Of what a rule filed, or took for a machine's, it was not recorded whether it answers somebody."""
        if one.before.treat_as not in (TreatAs.INFORMATIVO, TreatAs.MONITOREO):
            return None
        box = self.live.config.mailbox.get(one.mail.mailbox)
        with suppress(LookupError, Unreadable):
            return parse(raw.octets(s, one.mail.id), trust=box.trust if box else "")
        return None

    def decide(self, one: _Matched, written: _Written | None) -> Decided:
        """`written` None: its rule asks for the same as was asked for then, or for nothing."""
        if one.message is None:
            return one.before
        if written:
            return self._decided(one, written.message, written.known, self.live.policy)
        found = self._decided(one, one.message, NOTHING, self.bare)
        return replace(found, missing=one.before.missing) if found.treat_as is TreatAs.PRECASO else found

    def _decided(self, one: _Matched, message: Message, known: Known, policy: Policy) -> Decided:
        mail, match = one.mail, one.match
        arrival = Arrival(mail.mailbox, mail.received_at, message=message, match=match)
        verdict = decide(arrival, message, known, policy, self.now)
        rule, said = (match.rule.name, match.words) if match else (None, ())
        return difference.decided(rule, verdict.outcome, verdict.reasons, said)


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
