"""`mailbot forget` and `mailbot retention` as they are typed: what is told, asked, refused and done."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from mailbot.desk.case import State
from mailbot.mail.message import Address
from mailbot.store import queries
from mailbot.store.engine import Store
from tests.cli.conftest import typed
from tests.config.toml import VALID
from tests.store.desk import ANA, EVE, asks, mail, opened, place, stored
from tests.store.test_retention import ended, everything

NOW = datetime.now(UTC)
RETENTION = '[retention]\nraw = "60d"\ndecisions = "180d"\ncases = "365d"\n'


class Typed:
    """On a database of its own; nobody serves its mailbox."""

    def __init__(self, store: Store, config: Path) -> None:
        self.store, self.config = store, config

    def __call__(self, *words: object, stdin: bytes | None = None) -> Result:
        return typed("--config", self.config, *words, stdin=stdin)

    def json(self, *words: object) -> Any:
        return json.loads(self(*words, "--json").stdout)


@pytest.fixture
def mailbot(sqlite_store: Store, tmp_path: Path) -> Typed:
    config = tmp_path / "config.toml"
    config.write_text(f'{RETENTION}[service]\ndatabase = "{sqlite_store.path}"\n{VALID}', "utf-8")
    return Typed(sqlite_store, config)


# -- forget ----------------------------------------------------------------------------------------------


def test_a_person_is_forgotten_after_a_question(mailbot: Typed) -> None:
    case = ended(mailbot.store)
    done = mailbot("forget", "Ana@Mesa.example", stdin="sí\n".encode())

    assert done.exit_code == 0, done.output
    assert "¿Suprimir todo esto?" in done.output
    assert "Suprimido." in done.stdout
    assert case.number in done.stdout
    for law in (
        "Ley 1581 de 2012, art. 8 literal e",
        "Decreto 1377 de 2013",
        "RGPD, art. 17",
        "17.3",
        "Ley 594",
    ):
        assert law in " ".join(done.stdout.split())
    assert "ana@" not in everything(mailbot.store)


def test_whoever_says_no_changes_nothing(mailbot: Typed) -> None:
    ended(mailbot.store)
    before = everything(mailbot.store)
    done = mailbot("forget", ANA.email, stdin=b"n\n")
    assert (done.exit_code, "No se cambió nada." in done.stderr) == (1, True)
    assert everything(mailbot.store) == before


def test_it_is_seen_before_it_is_done(mailbot: Typed) -> None:
    case = ended(mailbot.store)
    before = everything(mailbot.store)
    done = mailbot("forget", ANA.email, "--dry-run")
    assert (done.exit_code, case.number in done.stdout) == (0, True)
    assert "¿" not in done.output
    assert everything(mailbot.store) == before


def test_whoever_asks_what_there_is_of_them_is_told_of_what_stays_for_now_too(mailbot: Typed) -> None:
    """The right to know does not wait until a case is ended (Ley 1581, art. 8 a)."""
    case = opened(mailbot.store, clocks=asks())
    shown = mailbot("forget", ANA.email, "--dry-run")
    assert shown.exit_code == 0
    told = {line.split()[0]: line for line in shown.stdout.splitlines() if line.strip()}
    assert case.number in shown.stdout
    assert told["correos"].endswith("0, y 1 en casos en curso")


def test_whoever_has_a_live_case_is_told_to_end_it_first(mailbot: Typed) -> None:
    case = opened(mailbot.store, clocks=asks())
    done = mailbot("forget", ANA.email, "--yes")
    assert done.exit_code == 1
    assert f"Hay casos suyos en curso: {case.number}" in done.stderr
    assert f"mailbot case {case.number} --move anulado" in done.stderr
    assert "ana@" in everything(mailbot.store)


def test_a_person_must_delete_what_lies_on_the_server(mailbot: Typed) -> None:
    """Invariant 1: mailbot never deletes mail."""
    stored(mailbot.store, mail(), place=place(3, folder="Procesados"))
    done = mailbot("forget", ANA.email, "--yes")
    assert "mailbot nunca borra" in done.stdout
    assert "soporte, Procesados: 1" in done.stdout


def test_programs_get_one_document(mailbot: Typed) -> None:
    case = ended(mailbot.store)
    assert mailbot("forget", ANA.email, "--json").exit_code == 2
    found = mailbot.json("forget", ANA.email, "--dry-run")
    assert (found["address"], found["cases"], found["done"]) == (ANA.email, [case.number], False)
    done = mailbot.json("forget", ANA.email, "--yes")
    assert (done["done"], len(done["kept"]), done["before"]) == (True, 3, None)
    assert mailbot.json("forget", ANA.email, "--dry-run")["before"] is not None


def test_while_somebody_reads_the_file_it_is_told_that_it_holds_all_still(mailbot: Typed) -> None:
    """A backup of minutes reads one view of it; whoever does it again afterwards is told nothing more of it."""
    ended(mailbot.store)
    with mailbot.store.reading() as s:
        assert queries.cases(s)
        told = mailbot.json("forget", ANA.email, "--yes")["kept"]
    assert "tiene todavía lo que se suprimió" in told[-1]
    assert len(mailbot.json("forget", ANA.email, "--yes")["kept"]) == 3


@pytest.mark.parametrize("address", ["ana@bücher.example", "josé@mesa.example", "ana@mesa_b.example"])
def test_whoever_can_write_can_be_forgotten(mailbot: Typed, address: str) -> None:
    stored(mailbot.store, mail(Address(address, "Ana")))
    assert mailbot.json("forget", address.upper(), "--yes")["messages"] == 1
    assert address not in everything(mailbot.store)


def test_what_is_no_address_is_refused(mailbot: Typed) -> None:
    assert mailbot("forget", "MS-000001").exit_code == 2


# -- what was removed, afterwards ------------------------------------------------------------------------


def test_a_removed_case_and_its_mail_say_so(mailbot: Typed) -> None:
    case = ended(mailbot.store)
    mailbot("forget", ANA.email, "--yes")

    page = mailbot("case", case.number).stdout
    assert f"{case.number} · anulado (retirado el {NOW:%Y-%m-%d}" in " ".join(page.split())
    assert "la persona pidió suprimir sus datos" in page
    told = mailbot("explain", "1").stdout
    assert "su contenido se retiró porque la persona pidió suprimir sus datos el" in " ".join(told.split())
    assert "nadie: no tiene un único remitente" not in told
    assert "respuesta" not in told  # it was answered, and to whom is gone
    for words in (
        ("case", case.number, "--note", "x"),
        ("retry", 1),
        ("promote", 1, "--rule", "acceso"),
        ("rules", "test", 1),
    ):
        refused = mailbot(*words)
        assert refused.exit_code in (1, 2), words
        assert "Traceback" not in refused.output
    assert "ya no se puede cambiar" in mailbot("case", case.number, "--note", "x").stderr
    assert "ya no están" in mailbot("rules", "test", 1).stderr
    listed = mailbot("cases").stdout + mailbot("messages").stdout
    assert listed.count("(retirado el ") == 2


# -- retention -------------------------------------------------------------------------------------------


def test_what_would_be_removed_is_seen_before(mailbot: Typed) -> None:
    ended(mailbot.store, now=NOW - timedelta(days=400))
    stored(mailbot.store, mail(EVE), now=NOW - timedelta(days=200), raw=b"x" * 12_000)
    before = everything(mailbot.store)

    page = mailbot("retention").stdout
    assert "casos terminados\t365 días\t1" in page
    assert "correos sin caso\t180 días\t1\t12 KB" in page
    assert {name: due["n"] for name, due in mailbot.json("retention")["due"].items()} == {
        "cases": 1,
        "messages": 1,
        "raw": 2,
        "replies": 1,
    }
    assert everything(mailbot.store) == before


def test_a_time_that_is_no_whole_number_of_days_is_told_as_it_is(mailbot: Typed) -> None:
    mailbot.config.write_text(
        mailbot.config.read_text("utf-8").replace('raw = "60d"', 'raw = "47h"'), "utf-8"
    )
    assert "correos: sus bytes\t47 horas" in mailbot("retention").stdout


def test_it_can_be_done_at_once(mailbot: Typed) -> None:
    ended(mailbot.store, State.NO_GESTIONADO, now=NOW - timedelta(days=400))
    assert "Retirado: 1 casos terminados" in mailbot("retention", "--apply").stdout
    with mailbot.store.reading() as s:
        assert ["removed_at" in case for case in queries.cases(s)] == [True]


def test_without_retention_it_says_that_all_is_kept(mailbot: Typed) -> None:
    mailbot.config.write_text(mailbot.config.read_text("utf-8").replace(RETENTION, ""), "utf-8")
    assert "todo se conserva" in mailbot("retention").stderr


@pytest.mark.parametrize("command", [("rules", "replay"), ("rules", "list"), ("rules", "suggest")])
def test_whoever_looks_further_back_than_is_kept_is_told(mailbot: Typed, command: tuple[str, ...]) -> None:
    stored(mailbot.store, mail(), now=NOW - timedelta(days=200))
    assert "se conservan 180 días, y se miran 300" in mailbot(*command, "--days", 300).stderr
    assert "se conservan" not in mailbot(*command, "--days", 100).stderr
