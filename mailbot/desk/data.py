"""Required data: what a case has, what a message brings, what is still missing (A18–A20)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailbot.desk.case import Datum, Snapshot
from mailbot.mail.message import Message
from mailbot.rules.found import Findings, Source
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from mailbot.values import Reason


@dataclass(frozen=True, slots=True)
class Brought:
    """What a message brings to a case.

    `new`: what it adds; `known`: all that the case then has; `labelled`: it names a missing field;
    `declined`: it says of a field that is still missing that there is nothing to give;
    `remember`: what may be kept for this person's next request.
    """

    new: Mapping[str, Datum]
    known: Mapping[str, Datum]
    missing: tuple[Field, ...]
    labelled: bool
    declined: bool
    remember: Mapping[str, str]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Giver:
    """Who wrote the message, and how far their word goes."""

    email: str = ""
    #: someone to whom our mail was forwarded
    third_party: bool = False
    #: verified, and alone at their address: their data may be kept, and `remembered` is what they gave before
    trusted: bool = False
    remembered: Mapping[str, str] = field(default_factory=dict)


def bring(
    snapshot: Snapshot, before: Mapping[str, Datum], message: Message, giver: Giver, *, asked: bool = False
) -> Brought:
    """What `message` brings for the fields of `snapshot` beyond `before`.

    `asked`: it answers our request, so an answer without labels may be understood by what was asked.
    """
    missing = missing_of(snapshot, before)
    found = find(snapshot.fields, message, asked=tuple(f.name for f in missing) if asked else ())
    written = {**_misfits(found, before, giver), **_values(found, before, giver)}
    new = {**_remembered(missing_of(snapshot, {**before, **written}), giver), **written}
    known = {**before, **new}
    still = missing_of(snapshot, known)
    return Brought(
        new=new,
        known=known,
        missing=still,
        labelled=any(f.name in written and written[f.name].source is Source.LABEL for f in missing),
        declined=any(f.name in found.declined for f in still),
        remember=_to_remember(snapshot, written, giver),
        reasons=tuple(_reasons(new, still)),
    )


def _misfits(found: Findings, before: Mapping[str, Datum], giver: Giver) -> dict[str, Datum]:
    """Asked once more with the hint; given again, it is taken as it is and shown as doubtful."""
    return {
        name: Datum(
            misfit if name in before else None,
            Source.LABEL,
            name in before,
            misfit,
            giver.email,
            giver.third_party,
        )
        for name, misfit in found.misfits.items()
        if not _value(before, name)
    }


def _values(found: Findings, before: Mapping[str, Datum], giver: Giver) -> dict[str, Datum]:
    """A label may correct what is known; anything weaker, or of a third party, only fills what is missing."""
    values = {}
    for name, value in found.values.items():
        corrects = (
            value.source is Source.LABEL and not giver.third_party and value.value != _value(before, name)
        )
        if not _value(before, name) or corrects:
            values[name] = Datum(value.value, value.source, by=giver.email, third_party=giver.third_party)
    return values


def _remembered(missing: tuple[Field, ...], giver: Giver) -> dict[str, Datum]:
    kept = giver.remembered if giver.trusted else {}
    return {
        f.name: Datum(kept[f.name], Source.REMEMBERED, by=giver.email)
        for f in missing
        if f.remember and f.name in kept
    }


def _to_remember(snapshot: Snapshot, written: Mapping[str, Datum], giver: Giver) -> dict[str, str]:
    """What surely is this person's own: verified, not doubtful, not for others."""
    if not giver.trusted:
        return {}
    keeps = {f.name for f in snapshot.fields if f.remember}
    return {n: d.value for n, d in written.items() if n in keeps and d.value and not d.doubtful}


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
