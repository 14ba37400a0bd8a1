"""`mailbot rules test`: what a rule does, before it does it."""

import sys
from pathlib import Path

import click

from mailbot.cli import rules_page
from mailbot.cli.base import Group
from mailbot.cli.common import (
    NO,
    as_json,
    config_before,
    config_file,
    fail,
    now,
    opened,
    show_json,
    told,
)
from mailbot.cli.importing import import_
from mailbot.cli.listing import listing
from mailbot.cli.person import person
from mailbot.cli.replay import replay
from mailbot.cli.suggest import suggest
from mailbot.cli.trial import ANYBODY, Stored, attempt, subject_only
from mailbot.config import faults
from mailbot.config.live import Live
from mailbot.config.load import find, load
from mailbot.config.model import Config, Mailbox
from mailbot.mail.message import Address, Message
from mailbot.mail.parse import Unreadable, parse
from mailbot.rules.addresses import matches
from mailbot.store import queries, raw


@click.group(cls=Group)
@config_before
def rules() -> None:
    """Las reglas de config.toml: qué harían, antes de que lo hagan."""


@rules.command("test")
@click.argument(
    "what", metavar="ASUNTO|ARCHIVO.eml|MENSAJE", help="«-» lee un correo de la entrada estándar."
)
@click.option("--from", "sender", metavar="DIRECCIÓN", help="Quién lo enviaría, si solo se da el asunto.")
@click.option("--mailbox", metavar="BUZÓN", help="A qué buzón llegaría; si falta, al primero.")
@click.option("--reply", is_flag=True, help="Muestra también la respuesta, entera.")
@click.option(
    "--all", "everything", is_flag=True, help="Cuenta también las reglas que no dicen nada del asunto."
)
@config_file
@as_json
def try_out(
    what: str,
    sender: str | None,
    mailbox: str | None,
    reply: bool,
    everything: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Dice qué regla coincide con un asunto o un correo, por qué palabras, qué falta y qué se respondería.

    El correo se juzga como si fuera el primero de su remitente. No guarda ni envía nada.
    """
    writer = person(sender, "--from") if sender is not None else None
    with told():
        settings = load(find(config))  # as it stands: what is being edited is what is tried
        stored = _stored(what, config) if _names_a_message(what) else None
        box = _box(settings, mailbox, stored)
        message = _message(what, writer, settings, box, stored)
        tried = attempt(message, Live.of(settings), box, now(), stored)
    if as_json:
        show_json(tried.as_json() | ({"reply": tried.reply()} if reply else {}))
    else:
        rules_page.show(tried, everything=everything, with_reply=reply)


def _names_a_message(what: str) -> bool:
    return what.isdecimal() or (what.startswith("<") and what.endswith(">"))


for command in (replay, listing, suggest, import_):
    rules.add_command(command)


def _box(config: Config, wanted: str | None, stored: Stored | None) -> Mailbox:
    """The one that is named; that of a stored message; or the first."""
    if wanted and wanted not in config.mailbox:
        fail(f"No hay un buzón «{wanted}»; hay: {', '.join(config.mailbox)}.")
    its_own = stored.mailbox if stored and stored.mailbox in config.mailbox else None
    return config.mailbox[wanted or its_own or next(iter(config.mailbox))]


def _message(
    what: str, sender: Address | None, config: Config, box: Mailbox, stored: Stored | None
) -> Message:
    """A mail from a file, the standard input or the database; or one that has this subject and nothing else."""
    try:
        if stored:
            return parse(stored.raw, trust=box.trust)
        if what == "-":
            return parse(sys.stdin.buffer.read(), trust=box.trust)
        if what.lower().endswith(".eml"):
            return parse(Path(what).read_bytes(), trust=box.trust)
    except OSError as error:
        fail(f"No se pudo leer {what}: {faults.said(error)}.")
    except Unreadable as error:
        fail(f"Este correo no se puede leer: {error}. mailbot lo guardaría entero y lo dejaría en revisión.")
    if what.lower().endswith(".msg"):  # as Outlook on a desk saves it: nobody's subject
        fail(f"{what} tiene el formato propio de Outlook. Guarde el correo como .eml, o dé solo su asunto.")
    return subject_only(what, sender or Address(_somebody(config)))


def _somebody(config: Config) -> str:
    """A person whom the config takes for one: of `[senders] ours`, where it names any."""
    ours = [pattern.replace("*", "persona") for pattern in config.senders.ours]
    return next((a for a in ours if matches(config.senders.ours, a)), ANYBODY)


def _stored(name: str, path: Path | None) -> Stored:
    with opened(path) as (_, store), store.reading() as s:
        found = queries.find_message(s, name)
        known = queries.message(s, found) if found is not None else None
        if found is None or known is None:
            hint = f"; si es un asunto: mailbot rules test ' {name}'" if name.isdecimal() else ""
            fail(f"No hay un mensaje {name}; «mailbot messages» los muestra{hint}.", NO)
        case = queries.case(s, known["case"]) if known["case"] else None
        state = str(case["state"]) if case else None
        try:
            octets = raw.raw(s, found)
        except LookupError:
            fail(raw.REMOVED.format(found))
        return Stored(found, known["mailbox"], known["outcome"], known["case"], state, octets)
