"""The data that a rule requires, found in a message: the sender's name, labelled lines, free text, bare answers.

Only what this person wrote now is read, never quotes; nothing at all of an automatic message. Where it is not
sure, nothing is filled in: a wrong value is worse than a question.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from mailbot.mail.message import Message
from mailbot.rules import bare
from mailbot.rules.courtesy import declined
from mailbot.rules.fold import fold, words
from mailbot.rules.formline import Labelled, labelled, labels_of
from mailbot.rules.found import Findings, Found, Source
from mailbot.rules.lines import lines, plain
from mailbot.rules.people import person_name
from mailbot.rules.settings import Field
from mailbot.rules.wanted import LONGEST, Wanted, key, trimmed

#: A case's tag in a subject, which no field may take for its value.
TAG = re.compile(r"\[[A-Za-z]{1,10}-\d+\]")

Values = Mapping[str, Found]


def find(fields: Sequence[Field], message: Message, asked: Sequence[str] = ()) -> Findings:
    """What the message gives of these fields; `asked` names those that this mail answers a question about.

    Believed in this order: labels, From's name, free text, and bare lines of an answer.
    """
    if message.automatic:
        return Findings()
    wanted = _wanted(tuple(fields))
    written = lines(message.reply_text)
    entries = [entry for entry in labelled(written, labels_of(wanted)) if words(entry.text)]
    by_field = {one: [entry for entry in entries if entry.wanted is one] for one in wanted}
    read = {one.field.name: _labelled_value(mine) for one, mine in by_field.items() if mine}
    # A name that is written beside its label is meant; the one in From may be that of somebody who asks for another.
    values = _of_sender(wanted, message) | {name: found for name, found in read.items() if found}
    unread = [one for one in wanted if one.field.name not in values and not _given_twice(by_field[one])]
    values |= _in_text(unread, wanted, _free_texts(message, written, entries))
    if not entries:
        values |= _bare([one for one in unread if one.field.name in asked], message, written, values)
    refused = [entry for entry in entries if entry.wanted.field.name not in values]
    return Findings(values, _misfits(refused), _declined(refused))


@lru_cache(maxsize=256)
def _wanted(fields: tuple[Field, ...]) -> tuple[Wanted, ...]:
    return tuple(Wanted(field) for field in fields)


def _found(wanted: Wanted, value: str, source: Source, where: str) -> Found:
    return Found(value, source, "" if wanted.field.sensitive else where.strip()[:LONGEST])


def _of_sender(wanted: Iterable[Wanted], message: Message) -> dict[str, Found]:
    name = person_name(message.from_.name) if message.from_ else ""
    takers = [one for one in wanted if one.field.from_sender and name and one.after_label(name, "")]
    return {one.field.name: _found(one, name, Source.SENDER, "From") for one in takers}


def _value(entry: Labelled) -> str | None:
    if entry.wanted.open and (entry.doubtful or declined(entry.text)):
        return None
    return entry.wanted.after_label(entry.text, entry.label)


def _readings(entries: Iterable[Labelled]) -> dict[str, tuple[Labelled, str]]:
    """The different values given for one field, by what makes them differ."""
    given: dict[str, tuple[Labelled, str]] = {}
    for entry in entries:
        if value := _value(entry):
            given.setdefault(key(value), (entry, value))
    return given


def _given_twice(entries: Iterable[Labelled]) -> bool:
    return len(_readings(entries)) > 1


def _labelled_value(entries: Sequence[Labelled]) -> Found | None:
    """The one value; of several under different labels the parts of a whole, or the first that fits a pattern."""
    given = list(_readings(entries).values())
    if not given:
        return None
    entry, value = given[0]
    names = [tuple(words(fold(one.label))) for one, _ in given]
    if len(given) > 1 and len(set(names)) < len(names):
        return None  # «Sede: Bogotá … Sede: Cali»
    if len(given) > 1 and entry.wanted.open:
        if not all(entry.wanted.is_part(name) for name in names):
            return None
        value = ", ".join(_with_label(one, said) for one, said in given)
    return _found(entry.wanted, value, Source.LABEL, entry.line)


def _with_label(entry: Labelled, value: str) -> str:
    """«4» after «Piso:» needs its label to be understood, «Bogotá» does not."""
    return value if re.search(r"[^\W\d_]{2}", value) else f"{trimmed(entry.label)} {value}"


def _misfits(entries: Iterable[Labelled]) -> dict[str, str]:
    """What stands after a label and does not fit: only where the label is surely that of the field."""
    return {
        entry.wanted.field.name: entry.text[:LONGEST]
        for entry in entries
        if entry.sure and not entry.wanted.open and not declined(entry.text) and not _value(entry)
    }


def _declined(entries: Iterable[Labelled]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.wanted.field.name for entry in entries if declined(entry.text)))


def _free_texts(message: Message, written: Sequence[str], entries: Sequence[Labelled]) -> list[str]:
    """The subject, and each line up to its first label."""
    first = {entry.line: entry.label for entry in reversed(entries)}
    free = [line.partition(first[line])[0] if line in first else line for line in written]
    return [plain(TAG.sub(" ", message.subject)), *free]


def _in_text(unread: Iterable[Wanted], wanted: Sequence[Wanted], texts: Sequence[str]) -> dict[str, Found]:
    values = {}
    for one in unread:
        others = [other for other in wanted if other is not one]
        if one.field.anywhere and (found := bare.in_text(one, others, texts)):
            values[one.field.name] = _found(one, found[0], Source.TEXT, found[1])
    return values


def _bare(
    asked: Sequence[Wanted], message: Message, written: Sequence[str], values: Values
) -> dict[str, Found]:
    names = frozenset(words(fold(message.from_.name))) if message.from_ else frozenset()
    answers = bare.answered(asked, written, names)
    return {
        one.field.name: _found(one, value, Source.TEXT, line)
        for one, value, line in answers
        if one.field.name not in values
    }
