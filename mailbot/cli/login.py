"""`mailbot login`: a person lets mailbot into a mailbox; what it obtains is stored, tried, and kept renewed."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import (
    DONE,
    NO,
    Count,
    as_json,
    config_file,
    fail,
    missing,
    now,
    read_config,
    show_json,
    told,
)
from mailbot.cli.granting import NotGranted, by_browser, by_device_code
from mailbot.config import secrets
from mailbot.config.model import Config, Login, Mailbox
from mailbot.config.oauth2 import Client, client
from mailbot.config.paths import database_url
from mailbot.login import Logins
from mailbot.store import tokens
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.transport.oauth2 import DeviceCode, Granted, TokenError

Say = Callable[[str], None]


@click.command(cls=Command)
@click.argument("mailbox", metavar="BUZÓN")
@click.option("--port", type=Count(), default=None, metavar="N", help="Puerto al que vuelve el navegador.")
@config_file
@as_json
def login(mailbox: str, port: int | None, config: Path | None, as_json: bool) -> None:
    """Pide a una persona que deje entrar a mailbot en un buzón con oauth2, y lo comprueba.

    Muestra una página y, si hace falta, un código que se escribe allí; sirve cualquier computador. El permiso
    queda en la base de datos y mailbot lo renueva; si está en marcha, lo usa sin reiniciarlo.

    Termina con 1 si no se dio el permiso, o si con él no se puede entrar.
    """
    say: Say = partial(click.echo, err=as_json)
    with told(TransportError, secrets.SecretError):
        settings = read_config(config)
        box = _box(settings, mailbox)
        asked = _asked(box)
        url = database_url(settings)
        store = Store.open(url, upgrade=missing(url))
        try:
            for found in asked:
                _grant(found, box, settings, store, port or 0, say)
            say("\nListo: el permiso quedó guardado.")
            tried = _tried(Logins(settings, store), box)
        except NotGranted as no:
            fail(str(no), NO)
        finally:
            store.dispose()
    if as_json:
        answers = {server: {"ok": not said, "message": said} for server, said in tried.items()}
        show_json({"mailbox": mailbox, "granted": True, **answers})
    else:
        for server, said in tried.items():
            click.echo(f"{server.upper()}: {layout.plain(said) or 'mailbot entra sin problemas.'}")
    raise click.exceptions.Exit(NO if any(tried.values()) else DONE)


def _box(config: Config, name: str) -> Mailbox:
    if name not in config.mailbox:
        fail(f"No hay un buzón «{name}» en config.toml. Hay: {', '.join(config.mailbox)}.")
    return config.mailbox[name]


def _asked(box: Mailbox) -> list[Login]:
    """The logins that a person must grant, each account once."""
    logins = {login.account: login for login in (box.imap_login, box.smtp_login) if login.oauth2}
    if not logins:
        fail(f"El buzón «{box.name}» no tiene oauth2 en config.toml: entra con contraseña.")
    asked = [login for login in logins.values() if login.oauth2 and client(login.oauth2, box.name).by_login]
    if not asked:
        fail(
            f"El buzón «{box.name}» entra con client_secret y no necesita «mailbot login». Para entrar con el "
            'permiso de una persona, agregue grant = "login" a oauth2.'
        )
    return asked


def _grant(login: Login, box: Mailbox, config: Config, store: Store, port: int, say: Say) -> None:
    assert login.oauth2 is not None  # noqa: S101
    asking = client(login.oauth2, box.name)
    secret = secrets.read(asking.secret, config.home) if asking.secret else ""
    server = login.account.removeprefix(box.name).removeprefix(":").upper()
    apart = f" ({server})" if server else ""
    say(f"Para que mailbot entre en el buzón «{box.name}»{apart}:\n")
    granted = _ask(asking, secret, login.username, port, say)
    if not granted.refresh_token:
        cure = "Repita la orden; si se repite, revise scope (suele faltar offline_access)"
        raise TokenError("Guardar el permiso", "el proveedor no dio un refresh_token", cure)
    store.run(lambda s: tokens.logged_in(s, login.account, asking.client_id, granted.refresh_token, now()))


def _ask(asking: Client, secret: str, user: str, port: int, say: Say) -> Granted:
    def code(given: DeviceCode) -> None:
        say(f"  1. Abra esta página, en cualquier computador: {given.url}")
        say(f"  2. Escriba este código: {given.user_code}")
        say(f"  3. Entre con la cuenta {user}, o con una que pueda abrir ese buzón, y acepte.\n")
        say(f"El código vale {round(given.lifetime / 60)} minutos. Ctrl-C interrumpe la espera.")

    def address(url: str, port: int) -> None:
        say(f"  1. Abra esta dirección en un navegador de este equipo:\n\n{url}\n")
        say(f"  2. Entre con la cuenta {user}, o con una que pueda abrir ese buzón, y acepte.\n")
        say("Si el navegador está en otro equipo, al final no encontrará la página: copie aquí la dirección")
        say(
            f"que muestra, completa, y pulse Intro. O abra antes un túnel: ssh -L {port}:127.0.0.1:{port} SERVIDOR"
        )

    if asking.device_url:
        return by_device_code(asking, secret, code)
    return by_browser(asking, secret, user, address, port)


def _tried(logins: Logins, box: Mailbox) -> dict[str, str]:
    """What each server says to it; "" where all is well."""
    said: dict[str, str] = {"imap": "", "smtp": ""}
    with closing(logins.imap(box)) as imap:
        try:
            imap.connect()
            imap.select(box.folder)
        except TransportError as error:
            said["imap"] = str(error)
    with closing(logins.smtp(box)) as smtp:
        try:
            smtp.connect()
        except TransportError as error:
            said["smtp"] = str(error)
    return said
