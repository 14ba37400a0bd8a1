"""What the admin writes in `[field.…]` and `[[rule]]`."""

from enum import StrEnum
from typing import Annotated

from pydantic import AliasChoices, Field as Key

from mailbot.values import Duration, Settings


class Field(Settings):
    """A datum that requests may need, and how it is recognised."""

    #: its key in config.toml, set when the config is read
    name: str = ""
    label: str
    aliases: tuple[str, ...] = ()
    pattern: str = ""
    anywhere: bool = False
    values: tuple[str, ...] = ()
    from_sender: bool = False
    remember: bool = False
    sensitive: bool = False
    hint: str = ""


class TreatAs(StrEnum):
    PRECASO = "precaso"
    INFORMATIVO = "informativo"
    MONITOREO = "monitoreo"


class RequestKind(StrEnum):
    """A09: an unplanned interruption, or a need."""

    INCIDENTE = "incidente"
    REQUERIMIENTO = "requerimiento"


Severity = Annotated[int, Key(ge=1, le=5)]

#: B11–B16. 1 is the worst; the number is never shown without its word.
SEVERITIES = {1: "crítica", 2: "alta", 3: "media", 4: "baja", 5: "solicitud"}


class Rule(Settings):
    """Keywords of a subject → what its mail becomes. The first rule in the file that matches wins."""

    name: str
    #: how the reply calls the matter; without it, the name
    title: str = ""
    keywords: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    pattern: str = ""
    any_subject: bool = False
    from_: tuple[str, ...] = Key(
        (), validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    mailboxes: tuple[str, ...] = ()
    strict: bool = False
    treat_as: TreatAs = TreatAs.PRECASO
    correlate: str = ""
    recover: tuple[str, ...] = ()
    folder: str = ""
    kind: RequestKind = RequestKind.REQUERIMIENTO
    severity: Severity = 5
    group: str = "Mesa de servicios"
    category: str = ""
    requires: tuple[str, ...] = ()
    open_at_once: bool = False
    answer_within: Duration | None = None
    calendar: str = ""
