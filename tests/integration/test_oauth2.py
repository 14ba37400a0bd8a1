"""A desk whose mailbox is entered by tokens, from the first login to the second: the real commands (hazard 55).

Another mailbox, by password, must never notice.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest
import structlog

from mailbot.config.load import load
from mailbot.daemon import renewer
from mailbot.daemon.service import Service
from mailbot.store.engine import Store
from tests.cli.conftest import MAILBOT
from tests.dovecot import PASSWORD, Dovecot, required
from tests.pipeline.given import ANA, LUZ, mail
from tests.submission import Submission
from tests.token_server import CLIENT, TokenServer

OURS, OTHERS = "soporte@mesa.example", "redes@mesa.example"
CONFIG = """
[service]
database = "{folder}/mailbot.sqlite3"

[mailbox.soporte]
address = "soporte@mesa.example"
oauth2  = {{ provider = "microsoft", client_id = "{client}", token_url = "{token_url}" }}
start   = "all"
answer_backlog = true
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}

[mailbox.redes]
address = "redes@mesa.example"
password = {{ env = "REDES" }}
start   = "all"
answer_backlog = true
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}

[field.telefono]
label = "Teléfono"
[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono"]
"""


class Desk:
    """The provider, its two mail servers, and the commands `mailbot login` and `mailbot run`."""

    def __init__(self, provider: TokenServer, imap: Dovecot, smtp: Submission, folder: Path) -> None:
        self.provider, self.imap, self.smtp, self.folder = provider, imap, smtp, folder
        ports = {"imap": imap.imap_port, "smtp": smtp.port}
        text = CONFIG.format(folder=folder, client=CLIENT, token_url=provider.token_url, **ports)
        (folder / "config.toml").write_text(text, "utf-8")

    def command(self, *words: str) -> list[str]:
        return [str(MAILBOT), "--config", str(self.folder / "config.toml"), *words]

    def log_in(self) -> subprocess.CompletedProcess[str]:
        """Somebody types the code at once."""
        self.provider.at_once = "yes"
        done = subprocess.run(
            self.command("login", "soporte"), capture_output=True, encoding="utf-8", timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    @contextmanager
    def runs(self) -> Iterator[None]:
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(self.command("run"), stderr=log, env={**os.environ, "REDES": PASSWORD})
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0

    def said(self) -> list[dict[str, Any]]:
        whole = (self.folder / "log").read_text("utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def errors(self) -> list[dict[str, Any]]:
        return [event for event in self.said() if event["level"] == "error"]

    def answers(self, number: int, who: Address = ANA, to: str = OURS) -> None:
        """A mail of somebody is read and answered."""
        self.imap.deliver(mail(f"Olvidé la contraseña ({number})", sender=who), to, who.addr_spec)
        until(lambda: len(self.smtp.to(who.addr_spec)) == number)

    def connections_break(self) -> None:
        self.imap.stop()
        self.imap.start()


def until(holds: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    required()
    with (
        TokenServer(OURS, lifetime=3600) as provider,
        Dovecot(introspection=provider.introspection) as imap,
        Submission(provider) as smtp,
    ):
        provider.secret = ""  # a public client
        yield Desk(provider, imap, smtp, tmp_path)


def test_it_reads_and_answers_by_tokens_for_as_long_as_it_is_allowed_to(desk: Desk) -> None:
    desk.provider.lifetime = 6
    assert "IMAP: mailbot entra sin problemas." in desk.log_in().stdout
    with desk.runs():
        desk.answers(1)

        # every token that it has is over
        asked = len(desk.provider.asked_for("refresh_token"))
        time.sleep(desk.provider.lifetime)
        desk.connections_break()
        desk.answers(2)
        assert len(desk.provider.asked_for("refresh_token")) > asked
        assert desk.provider.reused == 0

        # an administrator takes the permission away
        desk.provider.lifetime = 3600
        desk.provider.revoke()
        desk.connections_break()
        until(lambda: [e for e in desk.errors() if "mailbot login soporte" in e.get("said", "")])
        assert {e["mailbox"] for e in desk.errors() if "mailbot login" in e["said"]} == {"soporte"}
        desk.answers(1, LUZ, OTHERS)

        # and gives it again: nobody restarts anything
        desk.log_in()
        desk.answers(3)
    secrets = [*desk.provider._access, *desk.provider._refresh, *desk.provider._spent]
    log = (desk.folder / "log").read_text("utf-8")
    assert not [secret for secret in secrets if secret in log]


def test_connections_are_made_anew_before_their_token_is_over_and_nobody_hears_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewer, "LOOK", 0.2)
    monkeypatch.setenv("REDES", PASSWORD)
    desk.provider.lifetime = 4
    desk.log_in()
    config = load(desk.folder / "config.toml")
    boxes = {
        name: box.model_copy(update={"poll": timedelta(seconds=1)}) for name, box in config.mailbox.items()
    }
    store = Store.open(desk.folder / "mailbot.sqlite3")
    with structlog.testing.capture_logs() as events:
        service = Service(config.model_copy(update={"mailbox": boxes}), store)
        service.start()
        until(lambda: len(set(desk.provider.shown)) > 3)
        service.stop()
    store.dispose()
    assert not [e for e in events if e["log_level"] in ("warning", "error")]


def test_one_daemon_holds_one_connection_to_each_server(desk: Desk) -> None:
    """Microsoft 365 allows three at once for a mailbox: a command or another daemon find room beside us."""
    desk.log_in()
    with desk.runs():
        desk.answers(1)
        before = desk.smtp.let_in.copy()
        desk.answers(2)
        assert desk.smtp.let_in == before, "the connection is kept, and no other is opened"
        whos = subprocess.run(
            ["doveadm", "-c", str(desk.imap.base / "dovecot.conf"), "who", "-1", OURS],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert len([line for line in whos.stdout.splitlines() if OURS in line]) == 1
