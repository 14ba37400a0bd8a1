"""What `mailbot reconcile` tells a person where not all is well; that all is well, `test_json.py` has."""

import json

from mailbot.cli.reconcile import _places
from tests.cli.conftest import Desk, typed
from tests.dovecot import free_ports

ALSO = """
[mailbox.otro]
address = "otro@mesa.example"
imap = {{ host = "127.0.0.1", port = {port}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {port}, security = "none" }}
"""


def test_a_mailbox_that_cannot_be_reached_is_told_and_the_others_are_accounted_for(desk: Desk) -> None:
    two = desk.config.with_name("two.toml")
    two.write_text(desk.config.read_text("utf-8") + ALSO.format(port=free_ports(1)[0]), "utf-8")
    page, told = typed("--config", two, "reconcile"), typed("--config", two, "reconcile", "--json")
    found = json.loads(told.stdout)
    assert (page.exit_code, told.exit_code) == (2, 2)
    assert list(found["unreached"]) == ["otro"]
    assert found["on_server"] == found["recorded"] > 0
    assert "No se pudo mirar" in page.stdout
    assert "Lo que se pudo mirar cuadra." in page.stdout


def test_many_messages_without_outcome_take_a_line_a_folder() -> None:
    here = {"mailbox": "soporte", "folder": "INBOX", "uidvalidity": 7}
    missing = [here | {"uid": uid} for uid in (12, 3, 4, 5, 8)] + [here | {"folder": "Procesados", "uid": 1}]
    assert list(_places(missing)) == [
        "buzón soporte, carpeta INBOX (UIDVALIDITY 7): 5, UID 3–5, 8, 12",
        "buzón soporte, carpeta Procesados (UIDVALIDITY 7): 1, UID 1",
    ]
