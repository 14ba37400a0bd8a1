"""What was found of the data that a rule requires, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Source(StrEnum):
    """Where a value stood."""

    SENDER = "sender"
    LABEL = "label"
    TEXT = "text"
    REMEMBERED = "remembered"
    #: typed in by the desk
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Found:
    """A value as written (trimmed), and the line or header it stood in."""

    value: str
    source: Source
    where: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Per field name: a value; or what was written after its label that does not fit its pattern."""

    values: Mapping[str, Found] = field(default_factory=dict)
    misfits: Mapping[str, str] = field(default_factory=dict)
    #: fields answered with "no tengo", "no aplica", "no sé" after their label
    declined: tuple[str, ...] = ()


class Answer(StrEnum):
    """What an answer says besides data, told from its own words only."""

    CANCEL = "cancel"
    #: NUEVO on the first line
    NEW = "new"
    #: thanks, received, ok: it changes nothing
    COURTESY = "courtesy"
    #: "no tengo", "no la encuentro": a person must take over
    NOTHING_TO_GIVE = "nothing_to_give"
    EMPTY = "empty"
    OTHER = "other"
