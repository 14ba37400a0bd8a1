"""`mailbot rules suggest`: a page that is TOML, from stored mail or from the mailbox itself; nothing is changed."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from email.header import Header
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailbot.cli.common import now
from mailbot.config.check import check
from mailbot.desk.decision import Outcome
from mailbot.mail.message import Address
from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests.cli.conftest import EXAMPLE, MAILBOT, executed, on_servers, typed
from tests.store.desk import arrival, mail, stored

BOX = "soporte@mesa.example"
SUBJECTS = (
    "El huellero no reacciona",
    "Huellero dañado en recepción",
    "no me lee el HUELLERO",
    "la impresora no imprime",
    "Reunión de seguimiento",
    "la impresoar no sirve",
    "Impresoar dañada \x1b[31m",
    "revisar impresoar",
)


@pytest.fixture(scope="module")
def servers() -> Iterator[Sandbox]:
    with Sandbox([BOX]) as servers:
        for subject in (*SUBJECTS, "Re: huellero"):
            encoded = Header(subject, "utf-8").encode()
            servers.deliver(f"From: ana@mesa.example\r\nSubject: {encoded}\r\n\r\nSecreto\r\n".encode(), BOX)
        yield servers


@pytest.fixture
def config(servers: Sandbox, tmp_path: Path) -> Path:
    """The example config, with its mailbox on the server and no database yet."""
    path = tmp_path / "config.toml"
    path.write_text(
        on_servers(EXAMPLE.read_text("utf-8"), tmp_path, servers.imap_port, servers.smtp_port), "utf-8"
    )
    return path


@pytest.fixture
def with_mail(config: Path, sqlite_template: Path) -> Path:
    """The same subjects, stored."""
    database = config.with_name("mailbot.sqlite3")
    shutil.copy(sqlite_template, database)
    store = Store.open(database)
    for n, subject in enumerate(SUBJECTS):
        message = mail(Address(f"persona{n}@mesa.example", "Persona Nueva"), subject)
        stored(store, message, Outcome.UNMATCHED, arrival=arrival(message, now(), rule=None), now=now())
    store.dispose()
    return config


def suggested(config: Path, *words: str) -> Any:
    done = typed("--config", config, "rules", "suggest", *words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_page_tells_each_word_with_what_it_would_catch_and_two_subjects(with_mail: Path) -> None:
    page = typed("--config", with_mail, "rules", "suggest").stdout
    assert "Correo guardado de los últimos 90 días: 8 correos de personas; 7 sin regla" in page
    assert '#   "huellero": de 3 correos, 3 sin regla; 3 personas\n#     · El huellero no reacciona\n' in page
    assert 'name     = "huellero"\ntitle    = "Huellero"\nkeywords = ["huellero"]\n' in page


def test_words_for_a_rule_that_is_there_come_as_a_line_with_its_place(with_mail: Path) -> None:
    page = typed("--config", with_mail, "rules", "suggest").stdout
    line = next(n for n, text in enumerate(with_mail.read_text().split("\n"), 1) if '"impresion"' in text) - 1
    assert f'# agregue a la regla "impresion" (línea {line}): keywords = ["impresoar"]\n' in page


def test_what_is_printed_can_be_added_to_the_config_as_it_is(with_mail: Path) -> None:
    """Also what a mail wrote stands in comments only, without its control characters (hazard 33)."""
    page = typed("--config", with_mail, "rules", "suggest").stdout
    assert "\x1b" not in page
    assert tomllib.loads(page)["rule"][0]["name"] == "huellero"
    with with_mail.open("a") as file:
        file.write(page)
    assert [p for p in check(with_mail) if p.level == "error"] == []
    # what was suggested is known from now on
    assert [s["rule"] for s in suggested(with_mail)["suggestions"]] == ["impresion"]


def test_json_is_one_document_with_the_numbers_of_each_word(with_mail: Path) -> None:
    found = suggested(with_mail, "--days", "1")
    assert {k: found[k] for k in ("days", "mails", "unmatched")} == {"days": 1, "mails": 8, "unmatched": 7}
    slip, new = found["suggestions"]
    assert (slip["rule"], slip["new"], slip["key"]) == ("impresion", False, "keywords")
    assert slip["toml"] == 'keywords = ["impresoar"]'
    assert new["new"]
    assert tomllib.loads(new["toml"])["rule"][0]["keywords"] == ["huellero"]
    assert new["words"][0] == {
        "keyword": "huellero",
        "mails": 3,
        "unmatched": 3,
        "senders": 3,
        "requests": 3,
        "promoted": 0,
        "informativo": 0,
        "matched": 0,
        "examples": ["El huellero no reacciona", "Huellero dañado en recepción"],
    }


def test_the_first_day_needs_no_database_and_makes_none(config: Path) -> None:
    found = suggested(config, "--from-mailbox")
    assert {k: found[k] for k in ("mails", "unmatched")} == {"mails": 9, "unmatched": 7}
    assert [w["keyword"] for s in found["suggestions"] for w in s["words"]] == ["impresoar", "huellero"]
    assert [w["subjects"] for s in found["suggestions"] for w in s["words"]] == [3, 3]
    assert all(w["senders"] is None for s in found["suggestions"] for w in s["words"])
    assert sorted(p.name for p in config.parent.iterdir()) == ["config.toml", "password"]


def test_the_first_day_changes_nothing_in_the_mailbox(config: Path, servers: Sandbox) -> None:
    """Hazard 52: no flag is set, nothing is moved."""

    def state() -> Any:
        with IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=5) as client:
            client.login(BOX, servers.password)
            client.select_folder("INBOX", readonly=True)
            folders = [name for _, _, name in client.list_folders()]
            return folders, client.get_flags(client.search())

    before = state()
    suggested(config, "--from-mailbox", "--days", "3")
    assert state() == before
    assert not any(b"\\Seen" in flags for flags in before[1].values())


def test_the_page_of_the_first_day_speaks_of_subjects(config: Path) -> None:
    page = typed("--config", config, "rules", "suggest", "--mailbox", "soporte").stdout
    assert f"Asuntos de INBOX, en el buzón {BOX}, de los últimos 90 días: 9 correos; 7 sin regla" in page
    assert '"huellero": de 3 correos, 3 sin regla; 3 asuntos distintos' in page


def test_a_mailbox_that_is_not_there_is_told(config: Path) -> None:
    done = typed("--config", config, "rules", "suggest", "--from-mailbox", "--mailbox", "otro")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "No hay un buzón «otro»; hay: soporte.\n"


def test_a_server_that_is_away_is_told_in_one_sentence(config: Path) -> None:
    config.write_text(re.sub(r'(host\s*= )"127.0.0.1"', r'\1"127.0.0.2"', config.read_text()))
    done = typed("--config", config, "rules", "suggest", "--from-mailbox")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "IMAP" in done.stderr


def test_without_a_database_it_is_told_how_to_come_to_one(config: Path) -> None:
    done = typed("--config", config, "rules", "suggest")
    assert done.exit_code == 2
    assert "Todavía no hay base de datos" in done.stderr


def test_where_there_is_nothing_to_suggest_it_is_said(with_mail: Path) -> None:
    with with_mail.open("a") as file:
        file.write('\n[[rule]]\nname = "huellero"\nkeywords = ["huellero", "impresoar"]\n')
    done = typed("--config", with_mail, "rules", "suggest")
    assert done.exit_code == 0
    assert "No hay nada que sugerir" in done.stdout
    assert tomllib.loads(done.stdout) == {}


def test_on_a_terminal_every_wrapped_line_is_still_a_comment(with_mail: Path) -> None:
    command = f"COLUMNS=60 {MAILBOT} rules suggest --config {with_mail}"
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=True
    )
    page = re.sub(r"\x1b\[[\d;]*m", "", shown.stdout).replace("\r", "")
    assert tomllib.loads(page)["rule"][0]["name"] == "huellero"
    assert max(len(line) for line in page.split("\n") if line.startswith("#")) <= 60


def test_a_pipe_gets_neither_colours_nor_a_bar(config: Path) -> None:
    done = executed("rules", "suggest", "--from-mailbox", "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
