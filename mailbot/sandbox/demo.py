"""The demonstration: real mail through real servers into the real daemon, told as it happens."""

import logging
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.panel import Panel

from mailbot.config.load import load
from mailbot.sandbox import samples
from mailbot.sandbox.stage import LOOPBACK, Seen, Stage
from mailbot.sandbox.telling import Teller
from mailbot.store import queries
from mailbot.values import duration

CONFIG = Path(__file__).parents[2] / "config.toml"
STORY = samples.FIXTURES / "historia.toml"

#: the reply that is shown whole
SHOWN = "pedir_datos"


@dataclass
class Score:
    """How many steps ended as they should."""

    played: int = 0
    as_expected: int = 0

    def add(self, wrong: list[str]) -> None:
        self.played += 1
        self.as_expected += not wrong


def run(*, leave: bool, imap_port: int = 0, smtp_port: int = 0) -> int:
    """Play the story; then stay until Ctrl-C unless `leave`. 0 if every step ended as its twin says."""
    tell = Teller()
    if not STORY.exists():
        tell.line(
            "La demostración necesita los correos de tests/fixtures: ejecútela desde el código fuente.", 0
        )
        return 2
    # The story tells what happens; of the log only what went wrong is shown.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder below is removed
    with (
        tempfile.TemporaryDirectory(prefix="mailbot-demo-") as folder,
        Stage(load(CONFIG), Path(folder), imap_port=imap_port, smtp_port=smtp_port) as stage,
    ):
        score = play(stage, tell)
        tell.cases(_all_cases(stage))
        tell.line(f"\n{score.as_expected} de {score.played} pasos terminaron como se esperaba.\n", 0)
        if not leave:
            _stay(stage, tell)
    return 0 if score.as_expected == score.played else 1


def steps() -> Iterator[dict[str, Any]]:
    yield from tomllib.loads(STORY.read_text(encoding="utf-8"))["step"]


def play(stage: Stage, tell: Teller) -> Score:
    """The whole story: mails, and jumps of the clock."""
    score, shown = Score(), False
    tell.console.rule("mailbot: de un buzón a los casos")
    for step in steps():
        tell.note(step.get("note", ""))
        if "advance" in step:
            wrong = _advance(stage, step, tell)
        elif "move" in step:
            wrong = _move(stage, step, tell)
        else:
            sample = samples.load(step["fixture"])
            seen = stage.play(sample)
            wrong = differences(sample, seen)
            tell.mail(seen, sample.about)
            if seen.reply == SHOWN and seen.answer and not shown:
                tell.whole(seen.answer)
                shown = True
        tell.wrong(wrong)
        score.add(wrong)
    return score


def differences(sample: samples.Sample, seen: Seen) -> list[str]:
    """What ended otherwise than the sample's twin says; none is what one hopes for."""
    case = seen.case or {}
    forwarded = (r["detail"] for r in seen.message["reasons"] if r["said"] == "original_sender")
    actual = {**seen.message, **{k: case.get(k) for k in ("state", "missing", "attention", "alarms")}}
    actual |= {"reply": seen.reply, "forwarded_from": next(forwarded, None)}
    expected = dict(sample.expect)
    given = case.get("required", {})
    pairs = [(name, value, given.get(name)) for name, value in expected.pop("required", {}).items()]
    pairs += [(name, value, actual[name]) for name, value in expected.items()]
    return [
        f"{n}: se esperaba {v!r}, fue {found!r}" for n, v, found in pairs if (found or None) != (v or None)
    ]


def _advance(stage: Stage, step: dict[str, Any], tell: Teller) -> list[str]:
    """Move the clock, and say what it did to whom; the cases that are not where the story says."""
    by = duration(step["advance"])
    tell.line(f"\n⏩ El reloj avanza {by / timedelta(hours=1):g} horas.", 0, "bold")
    before = _states(stage)
    stage.advance(by)
    after = _states(stage)
    for number, (state, reminders) in after.items():
        was, had = before[number]
        if state != was:
            tell.line(f"{number} pasa de {was} a {state}: los datos no llegaron a tiempo", 3)
        elif reminders > had:
            tell.line(f"{number} recibe un recordatorio", 3)
    wanted = step.get("expect", {})
    found = {name: after[(stage.answers[name].case or {})["number"]][0] for name in wanted}
    return [f"{n}: se esperaba {s!r}, está {found[n]!r}" for n, s in wanted.items() if found[n] != s]


def _move(stage: Stage, step: dict[str, Any], tell: Teller) -> list[str]:
    """A person decides on a mail that waits, with a mail program; the state of its case, if not what it should be."""
    tell.line(f"\nAlguien mueve ese correo a «{step['into']}» con su programa de correo.", 0, "bold")
    seen = stage.move(step["move"], step["into"])
    tell.mail(seen)
    wanted, found = step["expect"][step["move"]], (seen.case or {}).get("state")
    return [] if found == wanted else [f"{step['move']}: se esperaba {wanted!r}, está {found!r}"]


def _states(stage: Stage) -> dict[str, tuple[str, int]]:
    """Per case its state, and how many reminders it got."""
    with stage.store.reading() as s:
        cases = [queries.case(s, c["number"]) or {} for c in queries.cases(s)]
    return {
        c["number"]: (c["state"], sum(r["template"] == "recordatorio" for r in c["replies"])) for c in cases
    }


def _all_cases(stage: Stage) -> list[dict[str, Any]]:
    with stage.store.reading() as s:
        return queries.cases(s)


def _stay(stage: Stage, tell: Teller) -> None:
    """Until Ctrl-C, any mail program may write; what becomes of its mail is told here."""
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
        "Aquí se cuenta qué pasa con cada correo. Ctrl-C termina.",
    )
    tell.console.print(Panel("\n".join(lines), border_style="green"))
    sys.stdout.flush()
    told = stage.last_id()
    try:
        while True:
            time.sleep(0.3)
            for seen in stage.since(told):
                told = seen.message["id"]
                tell.mail(seen)
    except KeyboardInterrupt:
        tell.line("\nHasta luego.", 0)
