"""`mailbot db check` and `mailbot db backup`."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from mailbot.desk.case import State
from mailbot.store import StoreError, cases, check, ledger
from mailbot.store.backup import backup
from mailbot.store.engine import Store
from tests.store.desk import BOX, NOW, asks, mail, move, opened, opening, queued, stored


def problems(store: Store) -> list[str]:
    with store.reading() as s:
        return [problem.message for problem in check.integrity(s)]


def busy(store: Store) -> None:
    """A bit of everything."""
    case = opened(store, clocks=asks())
    queued(store, case)
    stored(store, mail())
    with store.transaction() as s:
        cases.apply(s, move(cases.apply(s, opening(), None, NOW), State.ABIERTO), None, NOW)
        for due in ledger.moves_due(s, BOX, "INBOX", 7):
            ledger.moved(s, "Procesados", {due.location_id: None}, NOW)


def test_a_database_in_use_is_sound(store: Store) -> None:
    assert problems(store) == []
    busy(store)
    assert problems(store) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE \"case\" SET state = 'abierto'",
            "MS-000001: está en abierto, pero su historia termina en precaso.",
        ),
        ('UPDATE "case" SET number = NULL', "El caso 1 no tiene número."),
        ("UPDATE message SET case_id = NULL", "El mensaje 1 dice opened, pero no está en ningún caso."),
        ("DELETE FROM location", "Del mensaje 1 no consta de dónde vino."),
        (
            "INSERT INTO location SELECT 9, message_id, mailbox, 'Otra', 1, 1, since, NULL, to_move FROM location",
            "Del mensaje 1 consta en 2 lugares a la vez.",
        ),
    ],
)
def test_what_must_not_be_is_named(store: Store, statement: str, said: str) -> None:
    opened(store)
    with store.transaction() as s:
        s.connection().execute(text(statement))
    assert problems(store) == [said]


def test_a_clock_that_runs_for_an_ended_case_is_named(store: Store) -> None:
    case = opened(store, clocks=asks())
    with store.transaction() as s:
        cases.apply(s, move(case, State.ANULADO), None, NOW)
    assert problems(store) == ["MS-000001: está en anulado, pero su plazo «answer» sigue corriendo."]


def test_rows_that_refer_to_nothing_are_counted(sqlite_store: Store) -> None:
    opened(sqlite_store)
    outside = sqlite3.connect(sqlite_store.path)
    outside.execute("DELETE FROM message")  # without foreign_keys, as other programs do
    outside.commit()
    outside.close()
    assert "1 filas de location señalan en message_id algo que ya no existe." in problems(sqlite_store)


def test_a_damaged_file_is_named(sqlite_store: Store) -> None:
    opened(sqlite_store)
    outside = sqlite3.connect(sqlite_store.path)
    outside.execute("PRAGMA ignore_check_constraints = ON")
    outside.execute("UPDATE event SET to_state = 'perdido'")
    outside.commit()
    outside.close()
    with sqlite_store.reading() as s:
        found = list(check._file(s))
    assert found[0].message.startswith("El archivo está dañado: ")
    assert "copia" in found[0].hint


# -- backup ----------------------------------------------------------------------------------------------


def test_a_backup_is_a_whole_database_of_its_own(sqlite_store: Store, tmp_path: Path) -> None:
    """Taken while another transaction is under way, which is not in it."""
    busy(sqlite_store)
    target = tmp_path / "copy.sqlite3"
    with sqlite_store.transaction() as s:
        cases.apply(s, move(cases.by_id(s, 1), State.ANULADO), None, NOW)
        backup(sqlite_store, target)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.sqlite3"]
    copy = Store.open(target, upgrade=False)
    with copy.reading() as s:
        assert cases.by_id(s, 1).state is State.PRECASO
        assert check.integrity(s) == ()
        assert ledger.raw(s, 1)
    copy.dispose()


def test_a_backup_never_overwrites(sqlite_store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_text("an older copy")
    with pytest.raises(StoreError, match="ya existe"):
        backup(sqlite_store, target)
    assert target.read_text() == "an older copy"


def test_a_backup_that_fails_leaves_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No se pudo copiar"):
        backup(sqlite_store, tmp_path / "nowhere" / "copy.sqlite3")


def test_for_postgresql_its_own_tool_is_named_without_the_password(postgres: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"pg_dump --format=custom .*postgresql://"):
        backup(postgres, tmp_path / "copy")
