"""`mailbot login`: what a person reads and does, what is stored, and what comes of every way in which it fails."""

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mailbot.cli import granting
from mailbot.config.model import OAuth2
from mailbot.config.oauth2 import Client, client
from mailbot.store import settings, tokens
from mailbot.store.engine import Store
from mailbot.transport.oauth2 import DeviceCode, TokenError
from tests.cli.conftest import MAILBOT, typed
from tests.dovecot import Dovecot, required
from tests.submission import Submission
from tests.token_server import CLIENT, SECRET, Canned, TokenServer

USER = "soporte@mesa.example"
CONFIG = """
[service]
database = "{folder}/mailbot.sqlite3"
[mailbox.soporte]
address = "soporte@mesa.example"
oauth2 = {{ {oauth2} }}
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}
[mailbox.redes]
address = "redes@mesa.example"
password = {{ env = "NADIE" }}
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}
"""


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with TokenServer(USER) as server:
        server.pace = 1
        yield server


@pytest.fixture
def config(provider: TokenServer, tmp_path: Path) -> Iterator[Path]:
    """On a real Dovecot, and a submission server that takes tokens too."""
    required()
    with Dovecot(introspection=provider.introspection) as imap, Submission(provider) as smtp:
        yield written(provider, tmp_path, imap=imap.imap_port, smtp=smtp.port)


def written(provider: TokenServer, folder: Path, *, imap: int = 1, smtp: int = 1, oauth2: str = "") -> Path:
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    usual = (
        f'provider = "microsoft", grant = "login", token_url = "{provider.token_url}", client_id = "{CLIENT}"'
    )
    usual += f', client_secret = {{ file = "{secret}" }}'
    path = folder / "config.toml"
    text = CONFIG.format(folder=folder, oauth2=oauth2 or usual, imap=imap, smtp=smtp)
    path.write_text(text, "utf-8")
    return path


def stored(folder: Path) -> Any:
    store = Store.open(folder / "mailbot.sqlite3", upgrade=False)
    with store.reading() as s:
        found = settings.get(s, tokens.key("soporte"))
    store.dispose()
    return found


def up_to(words: str, stream: IO[str]) -> str:
    """What a command has said when it comes to these words."""
    shown = ""
    while words not in shown:
        line = stream.readline()
        assert line, shown
        shown += line
    return shown


# -- by a code ---------------------------------------------------------------------------------------------


def test_a_person_types_a_code_and_mailbot_is_let_in(
    provider: TokenServer, config: Path, tmp_path: Path
) -> None:
    """The real command: the page and the code are shown before anybody waits."""
    process = subprocess.Popen(
        [str(MAILBOT), "--config", str(config), "login", "soporte"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
    )
    with process:
        assert process.stdout is not None
        shown = up_to("ABCD-EFGH", process.stdout)
        provider.approve()
        rest = process.stdout.read()
    assert "https://id.example/dispositivo" in shown
    assert "con la cuenta soporte@mesa.example" in rest
    assert "15 minutos" in rest
    assert rest.endswith(
        "Listo: el permiso quedó guardado.\nIMAP: mailbot entra sin problemas.\nSMTP: mailbot entra sin problemas.\n"
    )
    assert process.returncode == 0
    # renewed once already, to try it
    assert stored(tmp_path)["refresh_token"] in provider._refresh
    assert stored(tmp_path)["refresh_token"] not in shown + rest


def test_with_json_the_document_alone_is_on_stdout(provider: TokenServer, config: Path) -> None:
    provider.at_once = "yes"
    done = typed("--config", config, "login", "soporte", "--json")
    assert done.exit_code == 0
    well = {"ok": True, "message": ""}
    assert json.loads(done.stdout) == {"mailbox": "soporte", "granted": True, "imap": well, "smtp": well}
    assert "ABCD-EFGH" in done.stderr


def test_the_wrong_account_is_told_at_once(provider: TokenServer, config: Path) -> None:
    provider.user = "ana@mesa.example"
    provider.at_once = "yes"
    done = typed("--config", config, "login", "soporte")
    assert done.exit_code == 1
    assert re.search(r"^IMAP: Entrar como soporte@mesa.example .*Revise que username sea", done.stdout, re.M)
    assert re.search(r"^SMTP: Entrar como soporte@mesa.example .*Revise que username sea", done.stdout, re.M)


def test_a_person_who_says_no_is_believed(provider: TokenServer, tmp_path: Path) -> None:
    config = written(provider, tmp_path)
    provider.at_once = "no"
    done = typed("--config", config, "login", "soporte")
    assert (done.exit_code, done.stderr) == (1, "La persona no dio el permiso.\n")
    assert stored(tmp_path) is None


@pytest.mark.parametrize(
    ("oauth2", "mailbox", "said"),
    [
        ("", "sporte", "No hay un buzón «sporte» en config.toml. Hay: soporte, redes."),
        ("", "redes", "entra con contraseña"),
        (
            'provider = "microsoft", tenant = "t", client_id = "c", client_secret = { env = "X" }',
            "soporte",
            'grant = "login"',
        ),
    ],
)
def test_a_mailbox_that_needs_no_login_says_so(
    provider: TokenServer, tmp_path: Path, oauth2: str, mailbox: str, said: str
) -> None:
    done = typed("--config", written(provider, tmp_path, oauth2=oauth2), "login", mailbox)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "mailbot.sqlite3").exists()


def test_a_provider_that_cannot_be_asked_is_told_in_one_sentence(
    provider: TokenServer, tmp_path: Path
) -> None:
    provider.secret = "otro"
    provider.at_once = "yes"
    done = typed("--config", written(provider, tmp_path), "login", "soporte")
    assert done.exit_code == 2
    assert "AADSTS7000215" in done.stderr
    assert "copie el Valor del secreto" in done.stderr
    assert SECRET not in done.stderr


# -- the pace of asking ------------------------------------------------------------------------------------


def asking(provider: TokenServer, **more: str) -> Client:
    oauth2 = OAuth2(token_url=provider.token_url, scope="correo", client_id=CLIENT, **more)
    return client(oauth2, "soporte")


def by_device(provider: TokenServer, paces: list[float]) -> Any:
    shown: list[DeviceCode] = []
    found = asking(provider, device_url=provider.device_url)
    return granting.by_device_code(found, SECRET, shown.append, paces.append)


def said(error: str) -> Canned:
    return Canned(400, json.dumps({"error": error}).encode())


def test_it_asks_at_the_pace_that_the_provider_wants(provider: TokenServer) -> None:
    """RFC 8628 §3.5: slow_down adds five seconds for good; a provider in trouble ends nothing."""
    provider.at_once = "yes"
    pending = said("authorization_pending")
    provider.next = [pending, said("slow_down"), pending, Canned(503)]
    paces: list[float] = []
    assert by_device(provider, paces).refresh_token
    assert paces == [1, 1, 6, 6, 6]


@pytest.mark.parametrize("answers", [[said("expired_token")], [said("authorization_pending")] * 1000])
def test_a_code_that_nobody_types_ends(provider: TokenServer, answers: list[Canned]) -> None:
    provider.pace = 100
    provider.next = list(answers)
    paces: list[float] = []
    with pytest.raises(granting.NotGranted, match="Repita la orden"):
        by_device(provider, paces)
    assert len(paces) in (1, 9)


def test_what_is_wrong_with_the_application_ends_it_too(provider: TokenServer) -> None:
    provider.next = [said("unauthorized_client")]
    with pytest.raises(TokenError, match="registro"):
        by_device(provider, [])


# -- in a browser ------------------------------------------------------------------------------------------


class Browser:
    """Somebody who opens the address that is shown."""

    def __init__(self, provider: TokenServer, change: str = "") -> None:
        self.provider, self.change = provider, change
        self.pages: list[str] = []
        self.address = ""
        self.thread: Thread | None = None

    def open(self, url: str, port: int) -> None:
        self.address = url
        back = self.provider.browse(url)
        self.thread = Thread(target=self._go, args=(back,))
        self.thread.start()

    def _go(self, back: str) -> None:
        for url in (f"{back.partition('?')[0]}favicon.ico", self.change or back, back):
            try:
                with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310
                    self.pages.append(page.read().decode())
            except OSError:
                continue  # 404, or it has what it waited for

    def done(self) -> str:
        assert self.thread is not None
        self.thread.join(10)
        return self.pages[-1]


def test_a_browser_brings_a_code_back(provider: TokenServer) -> None:
    """RFC 8252 and PKCE: the token server checks the verifier and the address."""
    browser = Browser(provider)
    found = asking(provider, auth_url=provider.auth_url)
    granted = granting.by_browser(found, SECRET, USER, browser.open)
    assert granted.refresh_token
    asked = {name: values[0] for name, values in parse_qs(urlsplit(browser.address).query).items()}
    assert (asked["access_type"], asked["prompt"], asked["login_hint"]) == ("offline", "consent", USER)
    assert "Puede cerrar esta ventana" in browser.done()


def test_a_page_that_somebody_else_sends_is_not_believed(provider: TokenServer) -> None:
    """A code that does not carry our state: an attacker's account would be read instead of ours."""
    ready = socket.create_server(("127.0.0.1", 0))
    port = ready.getsockname()[1]
    ready.close()
    browser = Browser(provider, change=f"http://127.0.0.1:{port}/?code=de-otro&state=inventado")
    found = asking(provider, auth_url=provider.auth_url)
    granted = granting.by_browser(found, SECRET, USER, browser.open, port)
    browser.done()
    assert granted.refresh_token
    assert [form["code"] for form in provider.asked_for("authorization_code")] != ["de-otro"]


def test_what_the_browser_shows_elsewhere_can_be_pasted(provider: TokenServer, tmp_path: Path) -> None:
    """On a server without a browser; the command then tries the mailbox, and there is none here."""
    oauth2 = f'token_url = "{provider.token_url}", auth_url = "{provider.auth_url}", scope = "correo"'
    oauth2 += f', client_id = "{CLIENT}"'
    provider.secret = ""
    config = written(provider, tmp_path, oauth2=oauth2)
    process = subprocess.Popen(
        [str(MAILBOT), "--config", str(config), "login", "soporte", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    address = re.search(r"http\S+/authorize\?\S+", up_to("/authorize?", process.stderr))
    assert address is not None
    out, _ = process.communicate(provider.browse(address[0]) + "\n", timeout=30)
    assert process.returncode == 1
    answer = json.loads(out)
    assert (answer["granted"], answer["imap"]["ok"]) == (True, False)
    assert "rechaza la conexión" in answer["imap"]["message"]
    assert stored(tmp_path)["client_id"] == CLIENT


@pytest.mark.parametrize(
    ("error", "expected"),
    [("access_denied", "no dio el permiso"), ("admin_policy_enforced", "admin_policy_enforced")],
)
def test_a_no_in_the_browser_is_told(provider: TokenServer, error: str, expected: str) -> None:
    found = asking(provider, auth_url=provider.auth_url)

    def refuse(url: str, port: int) -> None:
        state = parse_qs(urlsplit(url).query)["state"][0]
        Thread(target=get, args=(f"http://127.0.0.1:{port}/?error={error}&state={state}",)).start()

    with pytest.raises(granting.NotGranted, match=expected):
        granting.by_browser(found, SECRET, USER, refuse)


def get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310
        page.read()


def test_a_browser_that_never_comes_back_ends_it(
    provider: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(granting, "PATIENCE", 0.1)
    found = asking(provider, auth_url=provider.auth_url)
    began = time.monotonic()
    with pytest.raises(granting.NotGranted, match="Nadie dio el permiso"):
        granting.by_browser(found, SECRET, USER, lambda *_: None)
    assert time.monotonic() - began < 30


def test_a_port_that_is_taken_is_told(provider: TokenServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = asking(provider, auth_url=provider.auth_url)
        for port in (taken.getsockname()[1], 70_000):
            with pytest.raises(TokenError, match="--port"):
                granting.by_browser(found, SECRET, USER, lambda *_: None, port)


# -- check --connect ---------------------------------------------------------------------------------------


def test_check_tells_the_troubles_of_tokens_from_those_of_servers(
    provider: TokenServer, config: Path, tmp_path: Path
) -> None:
    text = config.read_text("utf-8")
    config.write_text(text[: text.index("[mailbox.redes]")], "utf-8")
    never = typed("--config", config, "check", "--connect")
    assert never.exit_code == 1
    assert "mailbox.soporte.oauth2: Usar el permiso del buzón: " in never.stdout
    assert never.stdout.count("mailbot login soporte") == 1, "once, though two servers need it"

    provider.at_once = "yes"
    assert typed("--config", config, "login", "soporte").exit_code == 0
    assert typed("--config", config, "check", "--connect").exit_code == 0

    provider.revoke()
    revoked = typed("--config", config, "check", "--connect")
    assert "mailbox.soporte.oauth2: Pedir un token a 127.0.0.1: invalid_grant: AADSTS50173" in revoked.stdout
    assert "mailbox.soporte.imap" not in revoked.stdout
    assert stored(tmp_path)["refresh_token"] not in revoked.stdout

    (tmp_path / "secret").unlink()
    without = typed("--config", config, "check", "--connect")
    assert "mailbox.soporte.oauth2: Leer client_secret: no se pudo leer" in without.stdout
