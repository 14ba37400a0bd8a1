"""The case, its states, and the transitions between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot.desk.settings import Hours
from mailbot.mail.message import Address
from mailbot.rules.found import Source
from mailbot.rules.settings import Field, Rule


class State(StrEnum):
    #: registered automatically; data are missing and are being asked for (A15)
    PRECASO = "precaso"
    #: data complete: a case, with level 1 (A23)
    ABIERTO = "abierto"
    #: a specialist works on it (A24)
    EN_PROCESO = "en_proceso"
    #: with an outside provider (A32)
    ACTIVO_PROVEEDOR = "activo_proveedor"
    #: solved, the user may still object (A28)
    SOLUCIONADO = "solucionado"
    #: final: mail on it is answered that a new case is needed (A33)
    CERRADO = "cerrado"
    #: the data did not come in time; counts in no report (A22, A35)
    NO_GESTIONADO = "no_gestionado"
    #: final: duplicate, spam, mistake, or given up by its sender
    ANULADO = "anulado"


#: The one reason by which a precaso leaves `no_gestionado`.
ANSWER_WAS_IN_TIME = "answer_was_in_time"

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PRECASO: frozenset({State.ABIERTO, State.NO_GESTIONADO, State.ANULADO}),
    State.ABIERTO: frozenset({State.EN_PROCESO, State.SOLUCIONADO, State.ANULADO}),
    State.EN_PROCESO: frozenset({State.ACTIVO_PROVEEDOR, State.SOLUCIONADO, State.ANULADO}),
    State.ACTIVO_PROVEEDOR: frozenset({State.EN_PROCESO, State.SOLUCIONADO, State.ANULADO}),
    State.SOLUCIONADO: frozenset({State.CERRADO, State.EN_PROCESO, State.ACTIVO_PROVEEDOR}),
    State.CERRADO: frozenset(),
    State.NO_GESTIONADO: frozenset({State.PRECASO, State.ABIERTO}),  # only with ANSWER_WAS_IN_TIME
    State.ANULADO: frozenset(),
}

#: Mail on a case in one of these opens nothing again.
FINAL = frozenset({State.CERRADO, State.ANULADO})
#: What a person still works on or waits for.
LIVE = frozenset(State) - FINAL - {State.NO_GESTIONADO}


def may_move(from_: State, to: State, reason: str = "") -> bool:
    """Whether the table above has the step; `no_gestionado` is left for one reason only."""
    if from_ is State.NO_GESTIONADO and reason != ANSWER_WAS_IN_TIME:
        return False
    return to in TRANSITIONS[from_]


class Attention(StrEnum):
    """Why a case waits for a person. Such a precaso never closes itself."""

    #: our answer may not be sent: automatic sender, limits, outside, no address
    CANNOT_ANSWER = "cannot_answer"
    #: the request for data was refused (5xx) or given up (days of 4xx)
    REQUEST_REFUSED = "request_refused"
    REQUEST_BOUNCED = "request_bounced"
    #: cut after the final dot, and again: nobody knows whether it was accepted
    REQUEST_UNCERTAIN = "request_uncertain"
    #: the template or the address made no valid mail
    REQUEST_NOT_WRITTEN = "request_not_written"
    #: it left, or did not, and the case could not be told: its deadline does not run
    REQUEST_NOT_NOTED = "request_not_noted"
    #: our answer on a case was refused, returned, or cut at its end twice: its requester may not know the number
    NOT_TOLD = "not_told"
    #: `[replies] send` keeps this address out of the pilot
    NOT_IN_PILOT = "not_in_pilot"
    ANSWER_NOT_UNDERSTOOD = "answer_not_understood"
    #: two requests are spent and data are still missing
    STILL_MISSING = "still_missing"
    #: a mail that may be the answer could not be read
    UNREADABLE_MAIL = "unreadable_mail"
    #: a case someone works on, or solved, got mail from its requester
    NEW_MAIL = "new_mail"
    #: the machine says that its fault is over: a person closes the case
    RECOVERED = "recovered"
    #: the database was restored from an older copy: what happened since is told by the mail alone
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Datum:
    """What is known of one required field. `value` None: it was given in a form that does not fit, once."""

    value: str | None
    source: Source
    #: given twice in a form that does not fit the pattern: taken as it is, and shown so
    doubtful: bool = False
    #: what was written, where it did not fit
    misfit: str = ""
    #: who gave it: an address, or `cli:user`
    by: str = ""
    #: by someone to whom our mail was forwarded: never shown back, never remembered
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A rule as it stood when the case was opened: editing it never touches an open case."""

    name: str
    title: str
    rule: Rule
    fields: tuple[Field, ...]
    answer_within: timedelta
    calendar: str
    #: of that calendar; None: every hour counts
    hours: Hours | None = None

    @property
    def label(self) -> str:
        return self.title or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a decision needs to see it. Times are aware and UTC."""

    id: int
    number: str
    state: State
    #: compare-and-set: a change is stored only upon the version it was decided on
    version: int
    mailbox: str
    snapshot: Snapshot
    requester: Address | None
    subject: str
    #: where its replies go; None: nowhere
    answer_to: str | None
    registered_at: datetime
    state_since: datetime
    data: Mapping[str, Datum]
    attention: str | None = None
    #: requests for data that were written: 0, 1 or 2
    requests: int = 0
    reminded: bool = False
    #: of the answer clock, while it runs and after it ended
    deadline: datetime | None = None
    #: which fault it is (monitoreo)
    correlation: str | None = None
    level: int = 1
    group: str = ""
    #: the requester forwarded what this person wrote: whom the desk may take for the requester (lesson 29)
    forwarded_from: Address | None = None
    #: only its number, states and times are left: mail upon it is mail upon something unknown
    is_removed: bool = False

    @property
    def missing(self) -> tuple[Field, ...]:
        """The required fields without a value, in the rule's order."""
        return tuple(f for f in self.snapshot.fields if not ((d := self.data.get(f.name)) and d.value))
