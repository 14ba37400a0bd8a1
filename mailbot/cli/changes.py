"""What a person changes of a case with one command: decided and stored as mail is, all of it or nothing."""

from collections.abc import Callable
from typing import NoReturn

import click

from mailbot.carry_out import carry_out
from mailbot.cli.common import NO, fail, now, who
from mailbot.cli.person import person
from mailbot.config.live import Live
from mailbot.config.model import Config
from mailbot.desk import by_hand
from mailbot.desk.case import Case, State
from mailbot.desk.decision import Decision
from mailbot.desk.settings import Policy
from mailbot.store import cases as stored
from mailbot.store.engine import Store
from mailbot.store.transaction import Transaction

#: None: nothing is left to do
Step = Callable[[Case, Transaction], Decision | None]


def change(
    config: Config,
    store: Store,
    number: str,
    *,
    values: tuple[str, ...],
    move: str | None,
    reason: str | None,
    note: str | None,
    relate: str | None,
    requester: str | None,
    attended: bool,
) -> None:
    """Each step on the case as the one before left it. Raises `NotAllowed`, and then nothing is stored."""
    if reason is not None and move is None:
        _wrong("--reason acompaña a --move.")
    if move == State.ANULADO and not (reason or "").strip():
        _wrong("Un caso se anula con su motivo: --move anulado --reason TEXTO.")
    live, by, pairs = Live.of(config), who(), _pairs(values)
    steps: list[Step] = []
    if requester is not None:
        who_asked = person(requester, "--requester")
        steps.append(lambda case, s: by_hand.requester(case, who_asked, by, live.policy))
    if pairs:
        steps.append(lambda case, s: by_hand.set_data(case, pairs, by, live.policy))
    if move:
        steps.append(_move(State(move), reason or "", by, live.policy, already=bool(pairs)))
    if note is not None:
        text = note.strip() or _wrong("La nota está vacía.")
        steps.append(lambda case, s: by_hand.note(case, text, by))
    if relate is not None:
        steps.append(lambda case, s: by_hand.relate(case, find(s, relate), by))
    if attended:
        steps.append(lambda case, s: by_hand.attended(case, by))
    _do(steps, live, store, number)


def _move(to: State, reason: str, by: str, policy: Policy, *, already: bool) -> Step:
    """`already`: the data written just before may have opened the precaso."""

    def step(case: Case, s: Transaction) -> Decision | None:
        return None if already and case.state is to else by_hand.move(case, to, reason, by, policy)

    return step


def _do(steps: list[Step], live: Live, store: Store, number: str) -> None:
    with store.transaction() as s:
        case = find(s, number)
        if case.is_removed:
            fail(f"De {case.number} solo quedan su número y sus fechas: ya no se puede cambiar.", NO)
        for step in steps:
            if decision := step(case, s):
                case = _apply(s, decision, case, live)


def _apply(s: Transaction, decision: Decision, case: Case, live: Live) -> Case:
    if decision.replies and case.mailbox not in live.config.mailbox:
        fail(
            f"El buzón «{case.mailbox}» de {case.number} ya no está en la configuración: no se puede responder."
        )
    carry_out(s, decision, live, now(), case.mailbox)
    return stored.by_id(s, case.id)


def find(s: Transaction, number: str) -> Case:
    found = stored.get(s, number)
    if found is None:
        fail(f"No hay un caso {number}; «mailbot cases» los muestra.", NO)
    return found


def _pairs(written: tuple[str, ...]) -> dict[str, str]:
    """`dato=valor`, each field once."""
    pairs: dict[str, str] = {}
    for each in written:
        name, _, value = (part.strip() for part in each.partition("="))
        if not name or not value:
            _wrong(f"--set se escribe dato=valor, no «{each}».")
        if name in pairs:
            _wrong(f"--set da «{name}» dos veces.")
        pairs[name] = value
    return pairs


def _wrong(text: str) -> NoReturn:
    raise click.UsageError(text)
