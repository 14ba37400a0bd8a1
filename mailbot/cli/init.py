"""`mailbot init`: a first config.toml by a few questions, tried on the servers before it is saved."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from signal import SIGHUP, SIGTERM
from typing import Any

import click

from mailbot.cli import layout
from mailbot.cli.asking import Options, Questions, choose
from mailbot.cli.base import Command
from mailbot.cli.common import DONE, INTERRUPTED, NO, config_file, fail
from mailbot.config import faults, first
from mailbot.config.check import check
from mailbot.config.first import Answers
from mailbot.config.load import VARIABLE, load
from mailbot.config.oauth2 import is_by_login
from mailbot.config.secrets import kept_by
from mailbot.values import Problem

SECURITIES = click.Choice(("tls", "starttls", "none"))
TRY = 'mailbot rules test "Olvidé mi contraseña"'
AGAIN = (
    "corregir las respuestas",
    "probar otra vez",
    "guardarlo así y corregirlo en el archivo",
    "salir sin guardar nada",
)


@click.command(cls=Command)
@click.option("--address", metavar="DIRECCIÓN", help="La del buzón: soporte@mesa.example.")
@click.option("--imap", metavar="SERVIDOR[:PUERTO]", help="Del que se lee.")
@click.option("--imap-security", type=SECURITIES, help="Si falta, la usual del puerto.")
@click.option("--smtp", metavar="SERVIDOR[:PUERTO]", help="Por el que se envía.")
@click.option("--smtp-security", type=SECURITIES, help="Si falta, la usual del puerto.")
@click.option(
    "--ca-file", type=click.Path(path_type=Path), metavar="ARCHIVO", help="Certificado propio de la entidad."
)
@click.option("--login", "way", type=click.Choice(("password", "microsoft", "google")), help="Cómo se entra.")
@click.option("--username", metavar="USUARIO", help="Si no es la dirección.")
@click.option("--password-file", metavar="ARCHIVO", help="De dónde se copia la contraseña; - es la entrada.")
@click.option("--tenant", metavar="TENANT", help="De Microsoft.")
@click.option("--client-id", metavar="ID", help="De la aplicación, con oauth2.")
@click.option("--name", "desk", metavar="NOMBRE", help="El de la mesa, que firma las respuestas.")
@click.option("--timezone", metavar="ZONA", help="Si falta, la de este equipo o America/Bogota.")
@click.option("--yes", is_flag=True, help="Acepta lo usual, y guarda aunque no se pueda entrar.")
@click.option("--no-connect", is_flag=True, help="No prueba los servidores.")
@click.option("--force", is_flag=True, help="Si config.toml ya existe, lo guarda como .bak y hace otro.")
@config_file
def init(config: Path | None, no_connect: bool, force: bool, **given: Any) -> None:
    """Escribe un primer config.toml con unas preguntas, y prueba la conexión antes de guardarlo.

    La contraseña queda en credentials/, que solo puede leer quien lo ejecuta. No reemplaza ningún archivo,
    y si se interrumpe no deja nada. Sin terminal, las respuestas se dan con opciones.

    Termina con 1 si lo que guardó no pudo entrar al buzón, o si no se guardó nada.
    """
    target = config or Path(os.environ.get(VARIABLE) or "config.toml")
    options = Options(**given)
    try:
        with draft(target, force=force) as made:
            entered = _fill(made, options, connect=not no_connect)
            try:
                made.save()
            except OSError as error:
                fail(f"No se pudo guardar {error.filename2 or error.filename}: {faults.said(error)}.")
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrumpido: no se guardó nada.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    _tell(made, entered=entered, told=config is not None)
    raise click.exceptions.Exit(DONE if entered else NO)


@dataclass
class Draft:
    """What will be saved, in a folder of its own beside the target until then."""

    target: Path
    folder: Path
    answers: Answers | None = None

    @property
    def credentials(self) -> Path:
        """Where they are kept in the end."""
        return first.credentials_folder(self.target)

    @property
    def credential(self) -> Path | None:
        """The file that is written besides."""
        return self.credentials / self.answers.credential if self.answers and self.answers.secret else None

    @property
    def has_secret(self) -> bool:
        """Without it there is nothing to enter with."""
        answers = self.answers
        return bool(answers and (answers.secret or (self.credentials / answers.credential).is_file()))

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def write(self, answers: Answers) -> None:
        self.answers = answers
        _write(self.config, first.render(answers), 0o644)
        credentials = first.credentials_folder(self.config)
        shutil.rmtree(credentials, ignore_errors=True)
        credentials.mkdir(mode=0o700)
        there = self.credentials / answers.credential
        if answers.secret:
            _write(credentials / answers.credential, answers.secret + "\n", 0o600)
        elif there.is_file():  # to be tried with
            shutil.copy2(there, credentials / answers.credential)

    def problems(self, *, connect: bool) -> list[Problem]:
        """As `mailbot check` tells them, of the mailbox and its servers."""
        found = [problem for problem in check(self.config) if problem.level == "error"]
        if not found and connect and self.has_secret:
            from mailbot.cli.around import servers  # noqa: PLC0415 - takes its time
            from mailbot.login import Logins  # noqa: PLC0415

            settings = load(self.config)
            [box] = settings.mailbox.values()
            if not (box.oauth2 and is_by_login(box.oauth2)):
                click.echo("Probando la conexión…")
                found = list(servers(Logins(settings, None), box))
        return found

    def save(self) -> None:
        """The secret first: a config that is there is whole."""
        if credential := self.credential:
            self.credentials.mkdir(mode=0o700, exist_ok=True)
            _put(first.credentials_folder(self.config) / credential.name, credential)
        _put(self.config, self.target)


@contextmanager
def draft(target: Path, *, force: bool) -> Iterator[Draft]:
    """Nothing of it stays, whatever happens. Says at once what could not be saved in the end."""
    if os.path.lexists(target) and not (force and target.is_file()):
        kept = _backup(target).name
        fail(f"Ya existe {target}, y no se toca. Con --force se guarda como {kept} y se hace otro.")
    if not target.parent.is_dir():
        fail(f"No existe la carpeta {target.parent}: créela, o use --config con otra.")
    try:
        folder = Path(tempfile.mkdtemp(prefix=".mailbot-init-", dir=target.parent))
    except OSError as error:
        said = faults.said(error)
        fail(f"No se puede escribir en {target.parent} ({said}): use --config con otra carpeta.")
    try:
        with _interruptible():
            yield Draft(target, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """A terminal that is closed, and `kill`, end it as Ctrl-C does."""
    before = {each: signal.signal(each, signal.default_int_handler) for each in (SIGHUP, SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _fill(made: Draft, options: Options, *, connect: bool) -> bool:
    """Asks until it works, or is good enough; whether the mailbox can be entered, as far as that was tried."""
    questions = Questions(options, made.credentials, terminal=sys.stdin.isatty())
    if questions.asks:
        click.echo(
            f"Unas preguntas para {made.target}. Intro acepta lo que va entre corchetes; Ctrl-C sale.\n"
        )
    made.write(questions.ask())
    while True:
        problems = made.problems(connect=connect)
        if not problems:
            return True
        click.secho("No funciona todavía:", fg="red")
        layout.items(layout.plain(_said(problem)) for problem in problems)
        if not questions.asks:
            return False
        chosen = choose("¿Qué hacemos?", AGAIN, 1)
        if chosen == 3:
            return False
        if chosen == 4:
            fail("No se guardó nada.", NO)
        if chosen == 1:
            questions.before = made.answers
            made.write(questions.ask())


def _said(problem: Problem) -> str:
    where = (
        problem.path.rpartition(".")[2].upper() if problem.path.endswith((".imap", ".smtp")) else problem.path
    )
    return f"{where}: {problem.message}" + (f" → {problem.hint}" if problem.hint else "")


def _tell(made: Draft, *, entered: bool, told: bool) -> None:
    answers = made.answers
    assert answers is not None  # noqa: S101
    if entered:
        click.secho(f"\nListo: {made.target}, con una primera regla.", fg="green")
    else:
        click.secho(f"\nGuardado: {made.target}; con él todavía no se puede entrar al buzón.", fg="yellow")
    if made.credential:
        click.echo(f"La contraseña está en {made.credential}, que solo puede leer {_owner()}.")
    elif answers.has_secret and not made.has_secret:
        path = made.credentials / answers.credential
        click.echo(f"Falta la contraseña: {kept_by(path)}, y termine con Ctrl-D.")
    where = f" --config {made.target}" if told else ""
    login = [(f"mailbot{where} login {answers.mailbox}", "pide el permiso de una persona (docs/oauth2.md)")]
    layout.heading("Lo que sigue")
    layout.facts(
        (
            *(login if answers.way == "google" or not answers.has_secret else []),
            (TRY.replace("mailbot", f"mailbot{where}", 1), "qué haría la regla, sin enviar nada"),
            (f"mailbot{where} check --connect", "revisa el archivo y los servidores"),
            (f"mailbot{where} run", "atiende el buzón"),
        )
    )


def _owner() -> str:
    return "root; si el servicio corre con otro usuario, déselo con chown" if os.geteuid() == 0 else "usted"


def _put(made: Path, target: Path) -> None:
    """What is there is kept under another name."""
    if os.path.lexists(target):
        os.replace(target, _backup(target))
    os.replace(made, target)


def _backup(target: Path) -> Path:
    """A name that nothing has."""
    names = (target.with_name(f"{target.name}.bak{n or ''}") for n in count())
    return next(path for path in names if not os.path.lexists(path))


def _write(path: Path, text: str, mode: int) -> None:
    """Never open to others, not for a moment; less whatever the umask takes."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
