"""Which fault a machine's mail is about (A39, lesson 35): mails with the same value belong to one open case."""

from dataclasses import dataclass
from enum import StrEnum

from mailbot.rules.fold import fold, fold_subject
from mailbot.rules.patterns import Pattern

NO_SUBJECT = "(sin asunto)"


class Told(StrEnum):
    """Where it stands which fault it is."""

    #: the group of `correlate`, in the subject
    SUBJECT = "subject"
    #: the same, in the text: the subject has none
    TEXT = "text"
    #: `correlate` finds nothing, or there is none: five hundred alarms must not be five hundred cases
    WHOLE_SUBJECT = "whole_subject"


@dataclass(frozen=True, slots=True)
class Fault:
    #: as it is compared: no case, no accents, single blanks
    value: str
    told: Told
    #: where the value stands in the subject as written, from and to
    span: tuple[int, int] = (0, 0)


def fault(correlate: Pattern | None, subject: str, text: str) -> Fault:
    """By the group of `correlate`: in the subject as written, or else in the text, or else by the whole subject."""
    for told, written in ((Told.SUBJECT, subject), (Told.TEXT, text)):
        found = correlate.search(written) if correlate else None
        if found and (value := _compared(found.group(1) or "")):
            return Fault(value, told, (found.start(1), found.end(1)) if told is Told.SUBJECT else (0, 0))
    return Fault(fold_subject(subject) or NO_SUBJECT, Told.WHOLE_SUBJECT)


def _compared(value: str) -> str:
    return " ".join(fold(value).split())
