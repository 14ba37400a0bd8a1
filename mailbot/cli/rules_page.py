"""What the rules say of a mail, as a page on a terminal."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from mailbot.cli import layout, words
from mailbot.cli.trial import ANYBODY, Tried
from mailbot.desk.case import State
from mailbot.desk.decision import Filed, Outcome
from mailbot.replies.compose import NotWritable
from mailbot.rules.fault import Told
from mailbot.rules.fold import fold_subject
from mailbot.rules.match import Match
from mailbot.rules.settings import SEVERITIES, Field, Rule, TreatAs
from mailbot.values import Reason

NOBODY = "nadie: no tiene un único remitente válido"
#: reasons that the page tells in its own places
TOLD = ("rule", "data")
#: few rules are told of one by one
FEW = 6


def show(tried: Tried, *, everything: bool, with_reply: bool) -> None:
    layout.facts(_about(tried))
    layout.heading("Reglas")
    _rules(tried, everything)
    if tried.fields:
        layout.heading("Datos que necesita")
        layout.facts(_data(tried))
    if tried.match and tried.match.rule.treat_as is TreatAs.MONITOREO:
        layout.heading("La falla")
        layout.facts(_fault(tried.match))
    layout.heading("Qué pasaría")
    layout.facts(_result(tried))
    if why := words.reasons(asdict(r) for r in tried.decision.reasons if not _is_told(r, tried)):
        layout.heading("Por qué")
        layout.items(why)
    if tried.message.thread and not tried.stored:
        click.echo()
        layout.paragraph("Contesta a otro correo, y aquí se juzga solo: uno que es de un caso se une a él.")
    if with_reply:
        layout.heading("La respuesta")
        _reply(tried)


def _is_told(reason: Reason, tried: Tried) -> bool:
    """On the page already. Where nobody in particular writes, that they may be answered says nothing either."""
    may_be_answered = (reason.check, reason.said) == ("answer", "allowed")
    about_fault = reason.check == "machine" and reason.said.startswith("fault_")
    return reason.check in TOLD or about_fault or (may_be_answered and tried.sender == ANYBODY)


def _about(tried: Tried) -> Iterator[tuple[str, str]]:
    subject, anybody = tried.message.subject, tried.sender == ANYBODY
    yield "asunto", marked(subject, tried.match.words if tried.match else ()) or "(vacío)"
    yield "se compara", fold_subject(subject) or "(nada)"
    yield "de", "cualquiera; con --from, de quien usted diga" if anybody else tried.sender or NOBODY
    yield "al buzón", tried.mailbox if len(tried.live.config.mailbox) > 1 else ""
    if stored := tried.stored:
        case = f": {stored.case}, que está en {stored.state}" if stored.case else ""
        became = words.OUTCOMES.get(stored.outcome, stored.outcome)
        yield "de verdad", f"es el mensaje {stored.id}; {became}{case}"


def marked(subject: str, said: tuple[str, ...]) -> str:
    """The subject with the words that made the rule match between « »."""
    shown, rest = "", subject
    for word in said:
        before, found, after = rest.partition(word)
        if found:
            shown, rest = f"{shown}{before}«{found}»", after
    return shown + rest


def _rules(tried: Tried, everything: bool) -> None:
    """The one that wins, those that match too, and those that nearly did; the silent ones only on request."""
    winner = tried.match.rule.name if tried.match else ""
    silent = 0
    for trial in tried.trials:
        if trial.matched:
            role = "gana" if trial.rule == winner else "también coincide, pero va después"
            layout.items([f"{trial.rule}: {trial.why} ({role})"], mark="✓")
        elif trial.words or everything or len(tried.trials) <= FEW:
            layout.items([f"{trial.rule}: {trial.why}"], mark="✗")
        else:
            silent += 1
    if silent:
        layout.items([f"{_silent(silent, len(tried.trials))}; con --all se ve por qué."], mark=" ")


def _silent(n: int, of: int) -> str:
    if n == 1:
        return "La única regla no coincide" if of == 1 else "La otra regla no coincide"
    return f"Las {n} no coinciden" if n == of else f"Las otras {n} no coinciden"


def _data(tried: Tried) -> Iterator[tuple[str, str]]:
    for field in tried.fields:
        datum = tried.data.get(field.name)
        if datum is None:
            yield field.name, f"— falta  ({field.label}){_unsure(tried, field)}"
        elif not datum.value:
            yield field.name, f"— falta: «{datum.misfit}» no tiene la forma esperada"
        else:
            where = tried.where.get(field.name, "")
            stood = f": «{where}»" if where and where not in (datum.value, "From") else ""
            yield field.name, f"{datum.value}  ({words.SOURCES[datum.source]}{stood})"


def _unsure(tried: Tried, field: Field) -> str:
    """Why what a person sees there was not taken."""
    seen = tried.unsure(field)
    shown = ", ".join(f"«{value}»" for value in seen[:3])
    if len(seen) > 1:
        return f": hay varios, {shown}, y no se sabe cuál es"
    if not seen:
        return ""
    if field.anywhere:
        return f": está {shown}, pero no es seguro que sea de este dato"
    return f": está {shown}, pero sin su etiqueta; con anywhere se tomaría"


def _fault(match: Match) -> Iterator[tuple[str, str]]:
    """Which one it is for `correlate`, and whether it is over for `recover`."""
    where = "todo el asunto" + ("; correlate no la halla" if match.rule.correlate else "")
    if match.told in (Told.SUBJECT, Told.TEXT):
        where = "la dice el asunto" if match.told is Told.SUBJECT else "la dice el texto"
    yield "cuál es", f"{match.correlation or '(ninguna)'}  ({where})"
    but = ", aunque también hay una de keywords" if match.doubtful else ""
    yield "terminó", f"sí: en el asunto hay una palabra de recover{but}" if match.recovered else "no"


def _result(tried: Tried) -> Iterator[tuple[str, str]]:
    yield "desenlace", _outcome(tried) + _state(tried)
    yield "caso", _case(tried.match.rule) if tried.match and _opens(tried) else ""
    yield "respuesta", _answer(tried)
    desk = [o.to for o in tried.decision.replies if o.role == "desk"]
    yield "aviso a", ", ".join(desk)


def _outcome(tried: Tried) -> str:
    outcome = tried.decision.outcome
    if outcome is Outcome.IGNORED and tried.match and tried.match.recovered:
        return "no se uniría a nada: termina una falla de la que no hay caso" + (
            "; pasaría a revisión" if tried.decision.filed == Filed.REVIEW else ""
        )
    if outcome is Outcome.IGNORED and tried.decision.filed == Filed.REVIEW:
        return "pasaría a revisión, sin caso: es automático, y su asunto parece una solicitud"
    return words.WOULD.get(outcome, words.OUTCOMES[outcome])


def _opens(tried: Tried) -> bool:
    return bool(tried.decision.change and tried.decision.change.opening)


def _state(tried: Tried) -> str:
    change = tried.decision.change
    states = [e.to_state for e in change.events if e.to_state] if change else []
    if not states:
        return ""
    return f", en {states[-1]}" if states[-1] == State.PRECASO else f", ya {states[-1]}"


def _case(rule: Rule) -> str:
    return f"{rule.kind}, severidad {rule.severity} ({SEVERITIES[rule.severity]}), grupo {rule.group}"


def _answer(tried: Tried) -> str:
    order = tried.order
    if order is None:
        return "ninguna"
    held = "; se escribiría, pero [replies] send no la deja salir" if order.withheld else ""
    return f"{order.template}: {words.TEMPLATES.get(order.template, 'plantilla propia')}{held}"


def _reply(tried: Tried) -> None:
    try:
        reply = tried.reply()
    except NotWritable as error:
        click.echo(f"  No se puede escribir: {error}")
        return
    if reply is None:
        click.echo("  No se respondería.")
        return
    for name, value in (("De", reply["from"]), ("Para", reply["to"]), ("Asunto", reply["subject"])):
        click.echo(f"  {name + ':':<8}{layout.line(value)}")
    click.echo()
    layout.quoted(reply["text"])
