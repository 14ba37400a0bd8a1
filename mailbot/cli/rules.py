"""`mailbot rules test`: what a rule does, before it does it."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from mailbot.cli import show, words
from mailbot.cli.common import AsJson, ConfigFile, fail, read_config, show_json, told
from mailbot.config.live import Live
from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import database_url
from mailbot.daemon.service import utc_now
from mailbot.desk.decide import decide
from mailbot.desk.decision import Decision
from mailbot.desk.known import Arrival, Known
from mailbot.mail.message import Address, Message
from mailbot.mail.parse import parse
from mailbot.rules.fold import fold_subject
from mailbot.rules.match import Match, Trial
from mailbot.store import queries, raw
from mailbot.store.engine import Store

app = typer.Typer(help="Las reglas: probarlas.", no_args_is_help=True)

SOMEBODY = Address("persona@ejemplo.invalid")


@app.callback()
def rules() -> None:
    pass


@dataclass(frozen=True)
class Tried:
    message: Message
    decision: Decision
    live: Live
    mailbox: str

    def as_json(self) -> dict[str, Any]:
        match = self.match
        change = self.decision.change
        fields = change.opening.snapshot.fields if change and change.opening else ()
        data = change.data if change else {}
        required = {f.name: data[f.name].value if f.name in data else None for f in fields}
        return {
            "rule": match.rule.name if match else None,
            "words": list(match.words) if match else [],
            "also_matched": list(match.also_matched) if match else [],
            "outcome": self.decision.outcome,
            "required": required,
            "missing": [name for name, value in required.items() if not value],
            "would_reply": next((o.template for o in self.decision.replies if o.role != "desk"), None),
            "reasons": [asdict(r) for r in self.decision.reasons],
        }

    @property
    def match(self) -> Match | None:
        return self.live.rulebook.match(self.message.subject, self._sender, self.mailbox)

    @property
    def _sender(self) -> str | None:
        return self.message.from_.email if self.message.from_ else None

    @property
    def trials(self) -> tuple[Trial, ...]:
        return self.live.rulebook.trials(self.message.subject, self._sender, self.mailbox)


@app.command("test")
def test(
    what: Annotated[
        str, typer.Argument(metavar="ASUNTO|ARCHIVO.eml|MENSAJE", help="«-» lee un correo de la entrada.")
    ],
    sender: Annotated[str, typer.Option("--from", metavar="DIRECCIÓN", help="Quién lo enviaría.")] = "",
    mailbox: Annotated[str, typer.Option("--mailbox", metavar="BUZÓN", help="A qué buzón llegaría.")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Dice qué regla coincide con un asunto o un correo, por qué palabras, qué falta y qué se respondería.

    No guarda ni envía nada.
    """
    with told():
        settings = read_config(config)
        live = Live.of(settings)
        box = _box(settings, mailbox)
        tried = _try(_message(what, sender, settings, box), live, box)
    if as_json:
        show_json(tried.as_json())
    else:
        _tell(tried)


def _box(config: Config, wanted: str) -> Mailbox:
    if wanted and wanted not in config.mailbox:
        fail(f"No hay un buzón «{wanted}»; hay: {', '.join(config.mailbox)}")
    return config.mailbox[wanted or next(iter(config.mailbox))]


def _message(what: str, sender: str, config: Config, box: Mailbox) -> Message:
    """A mail from a file, the standard input or the database; or one that has this subject and nothing else."""
    if what == "-":
        return parse(sys.stdin.buffer.read(), trust=box.trust)
    if what.endswith(".eml") or Path(what).is_file():
        try:
            return parse(Path(what).read_bytes(), trust=box.trust)
        except OSError as error:
            fail(f"No se pudo leer {what}: {error.strerror}")
    if what.isdecimal() or (what.startswith("<") and what.endswith(">")):
        return parse(_stored(what, config), trust=box.trust)
    return Message("<asunto@ejemplo.invalid>", "", what, Address(sender) if sender else SOMEBODY)


def _stored(name: str, config: Config) -> bytes:
    store = Store.open(database_url(config))
    try:
        with store.reading() as s:
            found = queries.find_message(s, name)
            if found is None:
                fail(f"No hay un mensaje {name}; «mailbot messages» los muestra.")
            return raw.raw(s, found)
    finally:
        store.dispose()


def _try(message: Message, live: Live, box: Mailbox) -> Tried:
    sender = message.from_.email if message.from_ else None
    match = live.rulebook.match(message.subject, sender, box.name)
    now = utc_now()
    arrival = Arrival(box.name, box.address, now, message=message, match=match)
    return Tried(message, decide(arrival, message, Known(), live.policy, now), live, box.name)


def _tell(tried: Tried) -> None:
    out, result = show.console(), tried.as_json()
    out.print(show.text(f"asunto     {tried.message.subject or '(vacío)'}"))
    out.print(show.text(f"se compara {fold_subject(tried.message.subject) or '(vacío)'}"))
    won = False
    for trial in tried.trials:
        if not trial.matched:
            out.print(Text("  ·  ", style="dim"), Text(f"{trial.rule}: {trial.why}", style="dim"))
            continue
        mark = "también coincidiría" if won else "gana"
        out.print(
            Text(f"  ✓  {trial.rule}: {trial.why} ({mark})", style="bold green" if not won else "green")
        )
        won = True
    out.print(show.text(f"resultado  {words.OUTCOMES[result['outcome']]}"))
    for name, value in result["required"].items():
        out.print(show.text(f"           {name}: {value or 'falta'}"))
    out.print(show.text(f"respuesta  {result['would_reply'] or 'ninguna'}"))
    for line in words.reasons(result["reasons"]):
        out.print(Text("           "), show.text(line))
