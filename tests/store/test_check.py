"""`mailbot db check`: each fault is planted, and named."""

import sqlite3
import zlib
from contextlib import closing

import pytest
from sqlalchemy import text, update

from mailbot.desk.case import State
from mailbot.store import check, ledger, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.statements import run
from tests.store.desk import BOX, NOW, apply, asks, mail, move, opened, opening, place, queued, stored
from tests.store.test_kept import empty

__all__ = ["empty"]

outbox, raw_chunk = table(tables.Outbox), table(tables.RawChunk)


def problems(store: Store) -> list[str]:
    with store.reading() as s:
        return [problem.message for problem in check.integrity(s)]


def busy(store: Store) -> None:
    """A bit of everything."""
    case = opened(store, clocks=asks())
    queued(store, case)
    stored(store, mail())
    with store.transaction() as s:
        apply(s, move(apply(s, opening(), None, NOW), State.ABIERTO), None, NOW)
        for due in ledger.moves_due(s, BOX, "INBOX", 7):
            ledger.moved(s, "Procesados", {due.location_id: None}, NOW)


def test_a_database_in_use_is_sound(store: Store) -> None:
    assert problems(store) == []
    busy(store)
    assert problems(store) == []


def waiting(store: Store) -> None:
    """A message, its precaso, and the reply that asks: three rows with the id 1."""
    queued(store, opened(store))


def wrong(store: Store, *statements: str) -> None:
    with store.transaction() as s:
        for statement in statements:
            s.connection().execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE \"case\" SET state = 'abierto'",
            "MS-000001: está en abierto, pero su historia termina en precaso.",
        ),
        ('UPDATE "case" SET number = NULL', "El caso 1 no tiene número."),
        (
            "UPDATE \"case\" SET number = 'MS-1000000'",
            "Existe MS-1000000, y el contador va en 1: ese número se daría otra vez.",
        ),
        ("UPDATE event SET seq = 3", "A la historia de MS-000001 le faltan filas."),
        (
            "UPDATE outbox SET status = 'failed', next_attempt_at = NULL",
            "MS-000001: es precaso, y ni corre un plazo ni espera a una persona.",
        ),
        ("UPDATE message SET case_id = NULL", "El mensaje 1 dice opened, pero no está en ningún caso."),
        ("DELETE FROM location", "Del mensaje 1 no consta de dónde vino."),
        ("UPDATE raw_chunk SET n = 1", "Al mensaje 1 le faltan pedazos."),
        ("UPDATE raw_chunk SET compressed = NOT compressed", "Al mensaje 1 le faltan pedazos."),
        (
            "UPDATE message SET duplicate_of = 1",
            "El mensaje 1 se dice repetido de uno que no es el primero igual.",
        ),
        (
            "UPDATE outbox SET status = 'sending', claimed_by = 'yo'",
            "La respuesta 1 se está enviando, pero no consta quién lo hace.",
        ),
        (
            "INSERT INTO progress VALUES ('soporte', 'INBOX', 1, 1, 1, '2026-01-01', '2999-01-01 00:00:00+00:00')",
            "El buzón soporte consta como leído hasta 2999-01-01 00:00 UTC.",
        ),
    ],
)
def test_what_must_not_be_is_named_with_its_cure(store: Store, statement: str, said: str) -> None:
    waiting(store)
    wrong(store, statement)
    with store.reading() as s:
        (found,) = check.integrity(s)
    assert found.message == said
    assert found.hint


def test_a_message_in_two_places_is_named(store: Store) -> None:
    waiting(store)
    with store.transaction() as s:
        ledger._lies(s, 1, place(folder="Otra"), "", NOW)
    assert problems(store) == ["Del mensaje 1 consta en 2 lugares a la vez."]


def test_a_reply_without_bytes_is_named(store: Store) -> None:
    waiting(store)
    with store.transaction() as s:
        run(s, update(outbox).values(data=b""))
    assert problems(store) == ["La respuesta 1 espera salir, pero está vacía."]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE outbox SET next_attempt_at = NULL", "La respuesta 1 espera salir, pero sin hora."),
        (
            "UPDATE outbox SET status = 'sent', next_attempt_at = NULL",
            "La respuesta 1 salió, pero no consta cuándo.",
        ),
    ],
)
def test_a_reply_that_tells_half_of_what_became_of_it_is_named(
    store: Store, statement: str, said: str
) -> None:
    queued(store, opened(store, clocks=asks()))
    wrong(store, statement)
    assert problems(store) == [said]


def test_a_clock_that_runs_for_an_ended_case_is_named(store: Store) -> None:
    case = opened(store, clocks=asks())
    with store.transaction() as s:
        apply(s, move(case, State.ANULADO), None, NOW)
    assert problems(store) == ["MS-000001: está en anulado, pero su plazo «answer» sigue corriendo."]


def test_rows_that_refer_to_nothing_are_counted(sqlite_store: Store) -> None:
    waiting(sqlite_store)
    outside(sqlite_store, "DELETE FROM message")  # without foreign_keys, as other programs do
    assert "1 filas de location señalan en message_id algo que ya no existe." in problems(sqlite_store)


def outside(store: Store, *statements: str) -> None:
    """Written by another program."""
    with closing(sqlite3.connect(store.path)) as other, other:
        for statement in statements:
            other.execute(statement)


def test_a_damaged_file_is_named(sqlite_store: Store) -> None:
    waiting(sqlite_store)
    outside(sqlite_store, "PRAGMA ignore_check_constraints = ON", "UPDATE event SET to_state = 'perdido'")
    with sqlite_store.reading() as s:
        found = list(check.damage(s))
    assert found[0].message.startswith("El archivo está dañado: ")
    assert "copia" in found[0].hint


ON_BOTH = {
    "DROP INDEX uq_message_content_hash": "A la tabla message le falta uq_message_content_hash.",
    "DROP INDEX ix_outbox_open": "A la tabla outbox le falta ix_outbox_open.",
    "ALTER TABLE person DROP COLUMN role": "A la tabla person le falta la columna role.",
    "DROP TABLE person": "Falta la tabla person.",
}
ON_POSTGRESQL = {
    "ALTER TABLE person DROP CONSTRAINT uq_person_address": "A la tabla person le falta uq_person_address.",
    'ALTER TABLE "case" DROP CONSTRAINT ck_case_severity': "A la tabla case le falta ck_case_severity.",
    "ALTER TABLE clock DROP CONSTRAINT fk_clock_case_id": "A la tabla clock le falta fk_clock_case_id.",
    "ALTER TABLE person ADD CONSTRAINT ck_person_role CHECK (role <> 'x') NOT VALID": (
        "PostgreSQL no ha comprobado ck_person_role en la tabla person."
    ),
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_outbox_open'::regclass": (
        "El índice ix_outbox_open quedó sin terminar."
    ),
    "INSERT INTO person (id, address, name, role) VALUES (7, 'a@x.example', '', '')": (
        "La tabla person ya tiene la fila 7, y su contador va en 0."
    ),
}


@pytest.mark.parametrize(
    ("dialect", "statement", "said"),
    [
        *(("sqlite", *each) for each in ON_BOTH.items()),
        *(("postgresql", *each) for each in (ON_BOTH | ON_POSTGRESQL).items()),
    ],
)
def test_what_a_person_took_away_or_put_in_by_hand_is_named(statement: str, said: str, empty: str) -> None:
    store = Store.open(empty)
    with store.engine.begin() as connection:
        connection.execute(text(statement))
    assert problems(store) == [said]
    store.dispose()


def test_the_count_of_a_sqlite_is_looked_at(sqlite_store: Store) -> None:
    waiting(sqlite_store)
    outside(sqlite_store, "DELETE FROM sqlite_sequence WHERE name = 'outbox'")
    assert problems(sqlite_store) == ["La tabla outbox ya tiene la fila 1, y su contador va en 0."]


def test_contents_that_are_there_twice_are_named_once_nothing_forbids_it(sqlite_store: Store) -> None:
    stored(sqlite_store, mail())
    stored(sqlite_store, mail())
    outside(sqlite_store, "DROP INDEX uq_message_content_hash", "UPDATE message SET content_hash = 'x'")
    assert problems(sqlite_store)[1:] == ["El contenido del mensaje 1 consta 2 veces como el primero."]


# -- every byte ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zlib at all", "no se pueden leer"),
        (zlib.compress(b"shorter"), "son 7 y eran"),
    ],
)
def test_bytes_that_cannot_be_read_are_found_by_reading_them(store: Store, data: bytes, said: str) -> None:
    waiting(store)
    with store.transaction() as s:
        run(s, update(raw_chunk).values(data=data))
    assert problems(store) == []
    (found,) = check.mail.deep(store)
    assert f"Los bytes del mensaje 1 {said}" in found.message
    assert "sigue en el servidor" in found.hint


def test_bytes_of_what_could_not_be_understood_are_those_that_came(store: Store) -> None:
    with store.transaction() as s:
        ledger.record_failed(s, place(), b"abc", NOW, "?", NOW)
    assert list(check.mail.deep(store)) == []
    with store.transaction() as s:
        run(s, update(raw_chunk).values(data=zlib.compress(b"abd")))
    (found,) = check.mail.deep(store)
    assert found.message == "Los bytes del mensaje 1 son otros."
