"""`mailbot reconcile --repair` on PostgreSQL, whose copies are made by `pg_dump`: nothing marks them."""

import pytest

from mailbot.reconcile import Account, reconcile
from mailbot.repair import repair
from mailbot.store import places
from tests.conftest import TRUNCATE
from tests.pipeline.given import ANA, LUZ, MINUTE, Desk, answer, mail

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def test_numbers_go_on_and_nobody_is_answered_again(desk: Desk) -> None:
    with desk.store.reading() as s:
        first_day = places.progress(s, "soporte", "INBOX")
    assert first_day
    desk.clock.move(MINUTE)
    for subject in ("Otra contraseña", "Olvidé la contraseña"):
        desk.gets(mail(subject))
    desk.round()
    asked = desk.got(ANA)[1]
    desk.gets(answer(asked, "Sede: Bogotá"))
    desk.round(MINUTE)
    sent = len(desk.got(ANA))
    with desk.store.engine.begin() as connection:  # what is restored is of the day of the first connection
        connection.execute(TRUNCATE)
    with desk.store.transaction() as s:
        places.save_progress(s, "soporte", "INBOX", first_day)

    done = repair([(desk.box(), desk.imap())], desk.live, desk.store, desk.clock())
    assert [entry["outcome"] for entry in done.taken] == ["opened", "opened", "updated"]
    account = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, account)
    assert account.agrees
    assert {c["number"] for c in desk.cases()} == {"MS-000002", "MS-000101"}
    desk.gets(mail("Nueva contraseña", sender=LUZ))
    desk.round(MINUTE)
    assert "[MS-000102]" in str(desk.got(LUZ)[0]["Subject"])
    assert len(desk.got(ANA)) == sent
