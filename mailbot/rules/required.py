"""The data that a rule requires, found in a message: the sender's name, labelled lines, free text, bare answers.

Only what this person wrote now is read, never quotes; nothing at all of an automatic message. Where it is not
sure, nothing is filled in: a wrong value is worse than a question.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from mailbot.mail.message import Message
from mailbot.rules import bare, people, phrases
from mailbot.rules.courtesy import declined
from mailbot.rules.fold import WORD, fold, words
from mailbot.rules.formline import Labelled, Labels, labelled, labels_of
from mailbot.rules.found import Findings, Found, Source
from mailbot.rules.lines import plain
from mailbot.rules.login import is_marked
from mailbot.rules.quoted_form import filled
from mailbot.rules.settings import Field
from mailbot.rules.signature import of_office, parted, personal
from mailbot.rules.table import upright
from mailbot.rules.wanted import LONGEST, Wanted, key, trimmed, whole

#: A case's tag in a subject, which no field may take for its value.
TAG = re.compile(r"\[[A-Za-z]{1,10}-\d+\]")

SURNAMES = re.compile(r"\bapellidos?\b")

Values = Mapping[str, Found]
Readings = Sequence[tuple[Labelled, str]]


def find(fields: Sequence[Field], message: Message, asked: Sequence[str] = ()) -> Findings:
    """What the message gives of these fields; `asked` names those that this mail answers a question about.

    Believed in this order: labels, From's name, free text, and bare lines of an answer.
    """
    if message.automatic or not fields:
        return Findings()
    wanted, labels = _wanted(tuple(fields))
    written, signature = _parted(message.reply_text, labels)
    entries = [entry for entry in labelled(written, labels) if words(entry.text)]
    form = _form(entries, message, wanted, asked)
    entries = [*(entry for entry in entries if not _is_role(entry, message, written)), *form]
    entries = [
        replace(entry, doubtful=entry.doubtful or _is_partial(entry, wanted, written)) for entry in entries
    ]
    given = {one: _readings(entry for entry in entries if entry.wanted is one) for one in wanted}
    read = {one.field.name: _labelled_value(readings) for one, readings in given.items() if readings}
    # A name that is written beside its label is meant; the one in From may be that of somebody who asks for another.
    sender = _of_sender(wanted, message)
    values = _as_sender_spells(sender, {name: one for name, one in read.items() if one})
    free = _free_texts(written, entries) if any(one.field.anywhere for one in wanted) else []
    unsure = _contradicted(form, wanted, free, values) | _of_a_role(entries, sender, values)
    values = {name: found for name, found in values.items() if name not in unsure}
    unsure |= {one.field.name for one, readings in given.items() if len(readings) > 1}
    unread = [one for one in wanted if one.field.name not in values.keys() | unsure]
    values |= _in_text(unread, wanted, [_subject(message), *free])
    if not entries:
        values |= _bare([one for one in unread if one.field.name in asked], message, written, values)
    left = [one for one in wanted if one in unread and one.field.name in asked]
    told = _said([one for one in left if one.field.name not in values], wanted, written, entries)
    values |= {name: one for name, one in told.items() if not _is_senders(one, name, wanted, message)}
    values |= _in_signature(
        [one for one in unread if one.field.name not in values], wanted, signature, labels
    )
    refused = [entry for entry in entries if entry.wanted.field.name not in values]
    return Findings(values, _misfits(refused), _declined(refused))


@lru_cache(maxsize=256)
def _wanted(fields: tuple[Field, ...]) -> tuple[tuple[Wanted, ...], Labels]:
    wanted = tuple(Wanted(field) for field in fields)
    return wanted, labels_of(wanted)


def _found(wanted: Wanted, value: str, source: Source, where: str) -> Found:
    return Found(value, source, "" if wanted.field.sensitive else where.strip()[:LONGEST])


def _of_sender(wanted: Iterable[Wanted], message: Message) -> dict[str, Found]:
    takers = [one for one in wanted if one.field.from_sender]
    name = people.person_name(message.from_.name) if takers and message.from_ else ""
    takers = [one for one in takers if name and one.after_label(name, "")]
    return {one.field.name: _found(one, name, Source.SENDER, "From") for one in takers}


def _as_sender_spells(sender: Values, read: Values) -> dict[str, Found]:
    """What labels say, except where From says the same with its accents."""
    same = {name for name in sender.keys() & read.keys() if key(sender[name].value) == key(read[name].value)}
    return {**sender, **{name: found for name, found in read.items() if name not in same}}


def _is_role(entry: Labelled, message: Message, written: Sequence[str]) -> bool:
    """«Contratista - Asuntos Disciplinarios» below the sender's own name: what they are, not who."""
    names = set(words(fold(message.from_.name))) if message.from_ else set()
    above = written[: written.index(entry.line)] if entry.line in written else []
    last = set(words(fold(next((line for line in reversed(above) if words(line)), ""))))
    return entry.wanted.about_name and _by_dash(entry) and len(last) > 1 and last <= names


def _is_partial(entry: Labelled, wanted: Sequence[Wanted], written: Sequence[str]) -> bool:
    """«Usuario: siif» names the application; «Nombres: Kelly» stands beside «Apellidos: …»."""
    if entry.wanted.is_login:
        return any(
            key(c.value) == key(entry.text)
            for one in wanted
            for c in one.candidates(entry.text)
            if c.value.isalpha()
        )
    apart = entry.wanted.about_name and not SURNAMES.search(fold(entry.label))
    return apart and any(SURNAMES.match(fold(line)) for line in written)


def _by_dash(entry: Labelled) -> bool:
    return not re.search("[:=]", entry.label)


def _of_a_role(entries: Iterable[Labelled], sender: Values, values: Values) -> set[str]:
    """The names that a dash gives beside quite another one in From: «Contratista - Asuntos Disciplinarios».

    Without one to compare, those whose label does not say that it is a name.
    """
    dashed = [entry for entry in entries if _by_dash(entry) and entry.wanted.about_name]
    named = {
        entry.wanted.field.name: {"nombre", "nombres"} & set(words(fold(entry.label))) for entry in dashed
    }
    return {
        name
        for name, is_name in named.items()
        if name in values
        and (_apart(sender[name].value, values[name].value) if name in sender else not is_name)
    }


def _apart(name: str, other: str) -> bool:
    return set(words(fold(name))).isdisjoint(words(fold(other)))


def _value(entry: Labelled) -> str | None:
    if entry.wanted.open and (entry.doubtful or declined(entry.text)):
        return None
    if entry.wanted.about_name and people.of_office(entry.text):
        return None
    if entry.wanted.about_name and not entry.wanted.field.from_sender and people.is_described(entry.text):
        return None
    value = entry.wanted.after_label(entry.text, entry.label)
    # «Usuario - impresora» is a title
    title = entry.wanted.is_login and re.search(r"[-–—]>?\W*$", entry.label) and not is_marked(value or "")
    return None if title else value


def _readings(entries: Iterable[Labelled]) -> Readings:
    """The different values given for one field, and where."""
    given: dict[str, tuple[Labelled, str]] = {}
    for entry in entries:
        if value := _value(entry):
            given.setdefault(key(value), (entry, value))
    return list(given.values())


def _labelled_value(given: Readings) -> Found | None:
    """The one value; of several under different labels the parts of a whole, or the first that fits a pattern."""
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
        if entry.sure
        and (
            not entry.wanted.open
            or ((entry.wanted.is_login or entry.wanted.about_name) and whole(entry.text))
        )
        and not declined(entry.text)
        and not _value(entry)
    }


def _declined(entries: Iterable[Labelled]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.wanted.field.name for entry in entries if declined(entry.text)))


def _parted(text: str, labels: Labels) -> tuple[list[str], list[str]]:
    """What was written, and the signature; a form below "Cordialmente," is none, if nothing above gives the same."""
    written, signature = parted(text)
    first = next((line for line in signature if WORD.search(line)), "")
    begun = [entry.wanted for entry in labelled([first], labels) if entry.label in first[: len(entry.label)]]
    if begun and not any(one.candidates(line) for one in begun for line in written):
        written, signature = [*written, "", *signature], []
    return upright(written, labels), signature


def _form(
    own: Sequence[Labelled], message: Message, wanted: Sequence[Wanted], asked: Sequence[str]
) -> list[Labelled]:
    """What was typed into our form for what we asked, of the fields that no line of the answer itself names."""
    named = {entry.wanted for entry in own}
    typed = filled(message.text, wanted) if asked else []
    return [entry for entry in typed if entry.wanted.field.name in asked and entry.wanted not in named]


def _contradicted(
    form: Sequence[Labelled], wanted: Sequence[Wanted], free: Sequence[str], values: Values
) -> set[str]:
    """The fields of our form for which the words above it give another value."""
    above = _in_text([entry.wanted for entry in form], wanted, free)
    return {
        name for name, one in above.items() if name in values and key(values[name].value) != key(one.value)
    }


def _in_signature(
    unread: Sequence[Wanted], wanted: Sequence[Wanted], signature: Sequence[str], labels: Labels
) -> Values:
    """Values that are told by their form; what stands after a signature's label belongs to the signature."""
    own = personal(signature)
    entries = labelled(own, labels)
    values: dict[str, Found] = dict(_in_text(unread, wanted, own))
    for one in unread:
        mine = [entry for entry in entries if entry.wanted is one and words(entry.text)]
        if one.field.anywhere and mine and (found := _labelled_value(_readings(mine))):
            values[one.field.name] = replace(found, source=Source.TEXT)
    return values


def _subject(message: Message) -> str:
    return plain(TAG.sub(" ", message.subject))


def _free_texts(written: Sequence[str], entries: Sequence[Labelled]) -> list[str]:
    """Each line up to its first label; without those that tell the number of a whole house."""
    first = {entry.line: entry.label for entry in reversed(entries)}
    free = [line.partition(first[line])[0] if line in first else line for line in written]
    return [line for line in free if not of_office(line)]


def _in_text(unread: Iterable[Wanted], wanted: Sequence[Wanted], texts: Sequence[str]) -> dict[str, Found]:
    values = {}
    for one in unread:
        others = [other for other in wanted if other is not one]
        if one.field.anywhere and (found := bare.in_text(one, others, texts)):
            values[one.field.name] = _found(one, found[0], Source.TEXT, found[1])
    return values


def _names(message: Message) -> frozenset[str]:
    """The words of the sender's name; of an address without one, those before its @."""
    sender = message.from_
    return frozenset(words(fold(sender.name or sender.email.partition("@")[0]))) if sender else frozenset()


def _is_senders(found: Found, name: str, wanted: Iterable[Wanted], message: Message) -> bool:
    """The sender's own name, where another's is asked for."""
    another = any(one.about_name and not one.field.from_sender for one in wanted if one.field.name == name)
    return another and bare.is_own(words(fold(found.value)), _names(message))


def _said(
    asked: Sequence[Wanted], every: Sequence[Wanted], written: Sequence[str], entries: Sequence[Labelled]
) -> dict[str, Found]:
    told = phrases.said(asked, every, written, entries)
    return {one.field.name: _found(one, value, Source.TEXT, line) for one, value, line in told if value}


def _bare(
    asked: Sequence[Wanted], message: Message, written: Sequence[str], values: Values
) -> dict[str, Found]:
    answers = bare.answered(asked, written, _names(message))
    return {
        one.field.name: _found(one, value, Source.TEXT, line)
        for one, value, line in answers
        if one.field.name not in values and (not one.open or phrases.sensible(one, value))
    }
