"""`mailbot alert --test`, and what `check --connect` says of the way out of alerts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.sandbox.servers import Sandbox
from tests.cli.conftest import typed
from tests.daemon.test_service import free_port
from tests.pipeline.given import CONFIG, OURS, PASSWORD, SECOND_BOX

OPS = "ti@oti.example"


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("OTHER_PASSWORD", "equivocada")


@pytest.fixture
def servers() -> Iterator[Sandbox]:
    with Sandbox([OURS, SECOND_BOX], password=PASSWORD) as servers:
        yield servers


def written(folder: Path, imap: int, smtp: int, service: str) -> Path:
    path = folder / "config.toml"
    text = CONFIG.replace("IMAP", str(imap)).replace("SMTP", str(smtp))
    path.write_text(f"[service]\n{service}\n{text}", "utf-8")
    return path


def by(port: int, *lines: str) -> str:
    """To ops, by a server of its own."""
    own = [
        f'alert_to = ["{OPS}"]',
        "[service.smtp]",
        'host = "127.0.0.1"',
        f"port = {port}",
        'security = "none"',
    ]
    return "\n".join([*own, 'from = "mailbot@oti.example"', *lines])


def test_a_test_alert_is_sent_at_once_and_says_who_took_it(servers: Sandbox, tmp_path: Path) -> None:
    config = written(
        tmp_path, servers.imap_port, servers.smtp_port, f'alert_to = ["{OPS}", "jefe@oti.example"]'
    )
    done = typed("alert", "--test", "--config", config)
    assert done.exit_code == 0, done.output
    took = f"lo aceptó 127.0.0.1:{servers.smtp_port}."
    assert done.stdout == f"{OPS}: {took}\njefe@oti.example: {took}\n"
    (raw,) = servers.sent_to(OPS)
    assert b"Subject: [mailbot] Prueba de los avisos" in raw


def test_it_takes_the_way_of_alerts(servers: Sandbox, tmp_path: Path) -> None:
    config = written(tmp_path, free_port(), free_port(), by(servers.smtp_port))
    assert typed("alert", "--test", "--config", config).exit_code == 0
    (raw,) = servers.sent_to(OPS)
    assert b"From: mailbot <mailbot@oti.example>" in raw


def test_what_no_server_takes_is_told_with_the_reasons(tmp_path: Path) -> None:
    config = written(tmp_path, free_port(), free_port(), f'alert_to = ["{OPS}"]')
    done = typed("alert", "--test", "--config", config)
    assert done.exit_code == 1
    assert done.stdout == f"{OPS}: no lo aceptó ningún servidor.\n"
    assert done.stderr.startswith("127.0.0.1:")


def test_with_nobody_to_tell_it_says_what_to_write(tmp_path: Path) -> None:
    config = written(tmp_path, free_port(), free_port(), "")
    done = typed("alert", "--test", "--config", config)
    assert done.exit_code == 2
    assert "alert_to = [" in done.stderr


@pytest.mark.parametrize(
    ("secret", "told"), [("MAILBOT_TEST_PASSWORD", []), ("OTHER_PASSWORD", ["service.smtp: Entrar como"])]
)
def test_check_connect_tries_the_way_of_alerts_too(
    servers: Sandbox, tmp_path: Path, secret: str, told: list[str]
) -> None:
    service = by(servers.smtp_port, f'password = {{ env = "{secret}" }}')
    config = written(tmp_path, servers.imap_port, servers.smtp_port, service)
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == len(told), done.output
    assert all(each in done.output for each in told)
    assert not servers.sent_to(OPS)
