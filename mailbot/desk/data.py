"""Required data: what a case has, what a message brings, what is still missing (A18–A20)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailbot.desk.case import Datum, Snapshot
from mailbot.mail.message import Message
from mailbot.rules.found import Source
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from mailbot.values import Reason


@dataclass(frozen=True, slots=True)
class Brought:
    """What a message brings to a case.

    `new`: what it adds; `known`: all that the case then has; `labelled`: it names a missing field;
    `declined`: it says of a field that is still missing that there is nothing to give.
    """

    new: Mapping[str, Datum]
    known: Mapping[str, Datum]
    missing: tuple[Field, ...]
    labelled: bool
    declined: bool
    reasons: tuple[Reason, ...]


def bring(
    snapshot: Snapshot,
    before: Mapping[str, Datum],
    message: Message,
    *,
    third_party: bool = False,
    asked: bool = False,
) -> Brought:
    """What `message` brings for the fields of `snapshot` beyond `before`.

    `asked`: it answers our request, so an answer without labels may be understood by what was asked.
    """
    missing = missing_of(snapshot, before)
    found = find(snapshot.fields, message, asked=tuple(f.name for f in missing) if asked else ())
    giver = message.from_.email if message.from_ else ""
    new: dict[str, Datum] = {}
    for name, misfit in found.misfits.items():
        if not _value(before, name):
            # Asked once more with the hint; given again, it is taken as it is and shown as doubtful.
            again = name in before
            new[name] = Datum(misfit if again else None, Source.LABEL, again, misfit, giver, third_party)
    for name, value in found.values.items():
        # A label may correct what is known; anything weaker only fills what is missing.
        corrects = value.source is Source.LABEL and not third_party and value.value != _value(before, name)
        if not _value(before, name) or corrects:
            new[name] = Datum(value.value, value.source, by=giver, third_party=third_party)
    known = {**before, **new}
    labelled = any(f.name in new and new[f.name].source is Source.LABEL for f in missing)
    still = missing_of(snapshot, known)
    declined = any(f.name in found.declined for f in still)
    return Brought(new, known, still, labelled, declined, tuple(_reasons(new, still)))


def missing_of(snapshot: Snapshot, known: Mapping[str, Datum]) -> tuple[Field, ...]:
    """The required fields without a value, in the rule's order."""
    return tuple(f for f in snapshot.fields if not _value(known, f.name))


def _value(data: Mapping[str, Datum], name: str) -> str | None:
    return data[name].value if name in data else None


def _reasons(new: Mapping[str, Datum], missing: tuple[Field, ...]) -> Iterator[Reason]:
    for name, datum in new.items():
        yield Reason("data", "found" if datum.value else "misfit", f"{name} ({datum.source})")
    if missing:
        yield Reason("data", "missing", ", ".join(f.name for f in missing))
