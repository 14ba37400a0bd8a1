"""What a verified address gave is kept for its next request, in a table of its own."""

from dataclasses import replace

from sqlalchemy import delete, func, select

from mailbot.mail.message import Address
from mailbot.store import cases, known
from mailbot.store.engine import Store
from tests.store.desk import ANA, NOW, POLICY, apply, arrival, mail, opened, opening, stored


def remembered(store: Store, sender: Address, *, verified: bool = True) -> dict[str, str]:
    with store.reading() as s:
        about = known.about(s, arrival(mail(sender, verified=verified)), POLICY, NOW)
    return dict(about.remembered)


def keep(store: Store, value: str) -> None:
    message_id = stored(store, mail(ANA, verified=True, content_hash=value))
    with store.transaction() as s:
        apply(s, replace(opening(), remember={"telefono": value}), message_id, NOW)


def test_the_latest_value_of_an_address_is_remembered(store: Store) -> None:
    keep(store, "3001234567")
    keep(store, "3109998888")

    assert remembered(store, ANA) == {"telefono": "3109998888"}


def test_nobody_else_gets_it_and_neither_does_an_unverified_sender(store: Store) -> None:
    keep(store, "3001234567")

    assert remembered(store, Address("eve@otra.example")) == {}
    assert remembered(store, ANA, verified=False) == {}


def test_what_is_deleted_from_its_table_is_forgotten_and_nothing_else_is(store: Store) -> None:
    """Whoever asks to be forgotten: one table, by address; the cases stay as they were."""
    keep(store, "3001234567")
    with store.transaction() as s:
        s.connection().execute(delete(cases.remembered).where(cases.remembered.c.address == ANA.email))

    assert remembered(store, ANA) == {}
    with store.reading() as s:
        assert s.connection().scalar(select(func.count()).select_from(cases.case)) == 1


def test_a_case_without_anything_to_remember_leaves_no_trace(store: Store) -> None:
    opened(store)

    assert remembered(store, ANA) == {}
