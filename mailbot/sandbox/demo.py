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
    played: int = 0
    as_expected: int = 0


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
            console.print(f"\n{score.as_expected} de {score.played} correos terminaron como se esperaba.\n")
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
            console.print(f"\n[dim]{note}[/]")
        if advance := step.get("advance"):
            stage.advance(duration(advance))
            console.print(f"\n[bold]⏩ Pasan {_in_words(advance)}.[/]")
            _changes(stage, console)
            continue
        seen = play(stage, step["fixture"], console, score)
        if seen.reply and not shown:
            _whole(seen, console)
            shown = True
    return score


def _in_words(advance: str) -> str:
    hours = duration(advance) / timedelta(hours=1)
    return f"{hours:g} horas"


def play(stage: Stage, name: str, console: Console, score: Score) -> Seen:
    sample = samples.load(name)
    if sample.after:
        stage.advance(duration(sample.after))
    seen = stage.play(sample)
    wrong = differences(sample, seen)
    score.played += 1
    score.as_expected += not wrong
    _say(sample, seen, wrong, console)
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
        f"{k}: se esperaba {v!r}, fue {actual.get(k)!r}" for k, v in expected.items() if actual.get(k) != v
    ]
    wrong += [
        f"{k}: se esperaba {v!r}, fue {given.get(k)!r}"
        for k, v in sample.expect.get("required", {}).items()
        if given.get(k) != v
    ]
    return wrong


def _say(sample: samples.Sample, seen: Seen, wrong: list[str], console: Console) -> None:
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
    for difference in wrong:
        console.print(f"     [bold red]✗ {_plain(difference)}[/]")


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


def _changes(stage: Stage, console: Console) -> None:
    with stage.store.reading() as s:
        for case in queries.cases(s):
            if case["state"] == "no_gestionado":
                console.print(f"   {case['number']} está en no_gestionado: los datos no llegaron a tiempo")


def _cases(stage: Stage, console: Console) -> None:
    with stage.store.reading() as s:
        cases = queries.cases(s)
    table = Table(title="Los casos", title_justify="left")
    for column in ("número", "estado", "regla", "solicitante", "asunto", "falta", "atención"):
        table.add_column(column)
    for case in cases:
        requester = case["requester"]["email"] if case["requester"] else ""
        cells = (case["number"], case["state"], case["rule"], requester, case["subject"][:40])
        table.add_row(*map(_plain, cells), ", ".join(case["missing"]), case["attention"] or "")
    console.print()
    console.print(table)


def _stay(stage: Stage, console: Console) -> None:
    servers = stage.servers
    console.print(
        Panel(
            f"El servicio sigue en marcha. Escríbale con cualquier programa de correo:\n\n"
            f"  SMTP  {LOOPBACK}:{servers.smtp_port}   sin cifrado, con o sin contraseña\n"
            f"  IMAP  {LOOPBACK}:{servers.imap_port}   sin cifrado; usuario: cualquier dirección, "
            f"contraseña: {servers.password}\n\n"
            f"Por ejemplo, de ana@mesa.example a {next(iter(stage.config.own_addresses))}, "
            f"asunto «No puedo ingresar, olvidé la contraseña».\nCtrl-C termina.",
            border_style="green",
        )
    )
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("\nHasta luego.")
