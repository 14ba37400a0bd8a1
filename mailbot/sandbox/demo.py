"""The demonstration: real mail through real servers into the real daemon, told as it happens."""

import email
import email.policy
import logging
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from mailbot.config.load import load
from mailbot.sandbox import samples
from mailbot.sandbox.stage import LOOPBACK, Seen, Stage
from mailbot.store import queries
from mailbot.values import duration

CONFIG = Path(__file__).parents[2] / "config.toml"
STORY = samples.FIXTURES / "historia.toml"

#: the reply that is shown whole
SHOWN = "pedir_datos"

OUTCOMES = {
    "opened": "se registra",
    "updated": "se une a su caso",
    "on_closed_case": "llega sobre un caso terminado",
    "unmatched": "ninguna regla lo reconoce: pasa a «Por revisar»",
    "informativo": "es informativo: se archiva, sin caso",
    "ignored": "es automático: no se responde",
    "bounce": "es un rebote de un correo nuestro",
    "backlog": "es anterior a la primera conexión",
    "duplicate": "es el mismo correo otra vez",
    "too_big": "es demasiado grande para leerlo",
    "failed": "no se pudo leer: se guarda entero para una persona",
}


@dataclass
class Score:
    """How many steps ended as they should."""

    played: int = 0
    as_expected: int = 0

    def add(self, wrong: list[str], console: Console) -> None:
        self.played += 1
        self.as_expected += not wrong
        for difference in wrong:
            console.print(f"     [bold red]✗ {_plain(difference)}[/]")


def run(*, leave: bool, imap_port: int = 0, smtp_port: int = 0) -> int:
    """Play the story; then stay until Ctrl-C unless `leave`. 0 if every sample ended as its twin says."""
    console = Console(highlight=False)
    if not STORY.exists():
        console.print(
            "La demostración necesita los correos de muestra de tests/fixtures: ejecútela desde el código fuente."
        )
        return 2
    _quiet()
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as folder:
        stage = Stage(load(CONFIG), Path(folder), imap_port=imap_port, smtp_port=smtp_port)
        with stage:
            score = _tell(stage, console)
            _cases(stage, console)
            console.print(f"\n{score.as_expected} de {score.played} pasos terminaron como se esperaba.\n")
            if not leave:
                _stay(stage, console)
    return 0 if score.as_expected == score.played else 1


def _quiet() -> None:
    """The story tells what happens; of the log only what went wrong is shown."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def steps() -> Iterator[dict[str, Any]]:
    yield from tomllib.loads(STORY.read_text(encoding="utf-8"))["step"]


def _tell(stage: Stage, console: Console) -> Score:
    score, shown = Score(), False
    console.rule("mailbot: de un buzón a los casos")
    for step in steps():
        if note := step.get("note"):
            console.print(f"\n[italic cyan]{note}[/]")
        if advance := step.get("advance"):
            console.print(f"\n[bold]⏩ El reloj avanza {_in_words(advance)}.[/]")
            _advance(stage, advance, console)
            score.add(_unexpected(stage, step.get("expect", {})), console)
            continue
        seen = play(stage, step["fixture"], console, score)
        if seen.reply == SHOWN and not shown:
            _whole(seen, console)
            shown = True
    return score


def _in_words(advance: str) -> str:
    hours = duration(advance) / timedelta(hours=1)
    return f"{hours:g} horas"


def play(stage: Stage, name: str, console: Console, score: Score) -> Seen:
    sample = samples.load(name)
    seen = stage.play(sample)
    wrong = differences(sample, seen)
    _say(sample, seen, console)
    score.add(wrong, console)
    return seen


def differences(sample: samples.Sample, seen: Seen) -> list[str]:
    """What ended otherwise than the sample's twin says; none is what one hopes for."""
    actual: dict[str, Any] = {
        k: seen.message[k] for k in ("outcome", "automatic", "may_answer", "rule", "words")
    }
    actual["reply"] = seen.reply
    if seen.case:
        actual |= {k: seen.case[k] for k in ("state", "missing", "attention")}
    given = {k: v for k, v in (seen.case or {}).get("required", {}).items() if v}
    expected = {k: v for k, v in sample.expect.items() if k != "required"}
    wrong = [
        f"{k}: se esperaba {v!r}, fue {actual.get(k)!r}"
        for k, v in expected.items()
        if (actual.get(k) or None) != (v or None)
    ]
    wrong += [
        f"{k}: se esperaba {v!r}, fue {given.get(k)!r}"
        for k, v in sample.expect.get("required", {}).items()
        if given.get(k) != v
    ]
    return wrong


def _say(sample: samples.Sample, seen: Seen, console: Console) -> None:
    message, case = seen.message, seen.case
    sender = message["from"] or "remitente desconocido"
    console.print(
        f"\n[bold]✉  {_plain(message['subject']) or '(sin asunto)'}[/]  [dim]de {_plain(sender)}[/]",
        markup=True,
    )
    console.print(
        f"   → {OUTCOMES[message['outcome']]}"
        + (f": [bold]{case['number']}[/], {case['state']}" if case else "")
    )
    if message["rule"] and message["words"]:
        console.print(f"     regla «{message['rule']}», por «{', '.join(message['words'])}»")
    for line in _why(seen):
        console.print(f"     {_plain(line)}")
    if seen.reply:
        console.print(f"     ↩  respuesta «{seen.reply}»")
    console.print(f"     [dim]{_plain(sample.about)}[/]")


def _why(seen: Seen) -> Iterator[str]:
    case = seen.case
    if case and case["missing"]:
        yield f"falta: {', '.join(case['missing'])}"
    if case and case["attention"]:
        yield f"espera a una persona: {case['attention']}"
    if not seen.reply:
        refused = [r for r in seen.message["reasons"] if r["check"] == "answer" and r["said"] != "allowed"]
        for reason in refused[:1]:
            yield f"sin respuesta: {reason['said']} ({reason['detail']})"


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


def _whole(seen: Seen, console: Console) -> None:
    """One reply as its reader sees it."""
    if seen.answer is None:
        return
    mail = email.message_from_bytes(seen.answer, policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Auto-Submitted"))
    console.print(
        Panel(f"{_plain(head)}\n\n{_plain(text.strip())}", title="una respuesta, entera", border_style="cyan")
    )


def _advance(stage: Stage, by: str, console: Console) -> None:
    """Move the clock, and say what it did to whom."""
    before = _states(stage)
    stage.advance(duration(by))
    for number, (state, reminded) in _states(stage).items():
        old_state, old_reminded = before[number]
        if state != old_state:
            console.print(
                f"   {number} pasa de {old_state} a [bold]{state}[/]: los datos no llegaron a tiempo"
            )
        elif reminded > old_reminded:
            console.print(f"   {number} recibe un recordatorio")


def _unexpected(stage: Stage, expected: dict[str, str]) -> list[str]:
    """Samples whose case is in another state than the story says."""
    states = {number: state for number, (state, _) in _states(stage).items()}
    cases = {name: (stage.answers[name].case or {}).get("number", "") for name in expected}
    return [
        f"{name}: se esperaba {state!r}, está {states.get(cases[name])!r}"
        for name, state in expected.items()
        if states.get(cases[name]) != state
    ]


def _states(stage: Stage) -> dict[str, tuple[str, int]]:
    """Per case its state, and how many reminders it got."""
    with stage.store.reading() as s:
        found = [queries.case(s, c["number"]) or {} for c in queries.cases(s)]
    return {
        c["number"]: (c["state"], sum(r["template"] == "recordatorio" for r in c["replies"])) for c in found
    }


def _cases(stage: Stage, console: Console) -> None:
    with stage.store.reading() as s:
        cases = queries.cases(s)
    table = Table(title="Los casos", title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("número", no_wrap=True)
    table.add_column("estado", no_wrap=True)
    for column in ("solicitante", "asunto", "falta", "atención"):
        table.add_column(column, overflow="fold")
    for case in cases:
        sender = (case["requester"] or {}).get("email", "").partition("@")[0]
        waiting = ", ".join(case["missing"]) if case["state"] in ("precaso", "no_gestionado") else ""
        cells = (
            case["number"],
            case["state"],
            sender,
            case["subject"][:40],
            waiting,
            case["attention"] or "",
        )
        table.add_row(*map(_plain, cells))
    console.print()
    console.print(table)


def _stay(stage: Stage, console: Console) -> None:
    servers = stage.servers
    lines = (
        "El servicio sigue en marcha. Escríbale con cualquier programa de correo:",
        "",
        f"  SMTP  {LOOPBACK}:{servers.smtp_port}  sin cifrado ni contraseña",
        f"  IMAP  {LOOPBACK}:{servers.imap_port}  sin cifrado; contraseña: {servers.password}",
        "        usuario: la dirección de quien lee; cualquiera sirve",
        "",
        f"Por ejemplo, de ana@mesa.example a {next(iter(stage.config.own_addresses))},",
        "con el asunto «No puedo ingresar, olvidé la contraseña».",
        "",
        "Ctrl-C termina.",
    )
    console.print(Panel("\n".join(lines), border_style="green"))
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("\nHasta luego.")
