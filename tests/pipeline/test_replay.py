"""What edited rules would have decided on mail that came, beside what was decided: on both databases (lesson 23)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text

from mailbot.again import promote
from mailbot.cli.trial import attempt
from mailbot.desk.account import Account, Difference
from mailbot.desk.difference import Apart, Change
from mailbot.mail.parse import parse
from mailbot.replay import replay
from mailbot.rules.settings import Field, Rule, TreatAs
from mailbot.store import history, raw
from mailbot.store.tables import ALL
from tests.pipeline.given import (
    ANA,
    DATA,
    DAY,
    HOUR,
    LUZ,
    MINUTE,
    NOW,
    OURS,
    SECOND,
    Desk,
    answer,
    bounce,
    mail,
    poison,
)

NAGIOS = Address("Nagios", addr_spec="nagios@oti.example")
MONTH = 30 * DAY
RENAMED = {"acceso": "claves"}
VOUCHED = "mx.oti.example; dmarc=pass header.from=oti.example"


def replayed(desk: Desk, since: datetime = NOW - MONTH, most: int | None = None) -> Account:
    account = Account(most)
    for _ in replay(desk.live, desk.store, since, desk.clock(), account):
        pass
    return account


def only(account: Account) -> Difference:
    (one,) = account.differences
    return one


def counted(account: Account) -> dict[str, int]:
    return {change.value: n for change, n in account.changes.items() if n}


def a_day_at_the_desk(desk: Desk) -> None:
    """Mail of every kind."""
    desk.gets(mail())
    desk.gets(mail("Almuerzo del viernes", sender=LUZ))
    desk.gets(mail("Boletín del mes", sender=LUZ))
    desk.gets(mail("PROBLEM: host web1 down", sender=NAGIOS))
    desk.gets(mail("PROBLEM: host web1 down", "Otra vez.", sender=NAGIOS))
    desk.gets(mail("RECOVERY: host web1 up", sender=NAGIOS))
    desk.gets(mail("RECOVERY: host web9 up", sender=NAGIOS))
    desk.gets(mail("Su contraseña vence", sender=LUZ, auto_submitted="auto-generated"))
    twice = desk.gets(mail("Almuerzo del sábado", sender=LUZ))
    desk.gets(twice)
    desk.round(MINUTE)
    desk.gets(answer(desk.got()[0], "Teléfono: 300 555 0101\n"))
    desk.gets(bounce(desk.got()[0]))
    desk.round(MINUTE)


def test_the_same_rules_would_decide_the_same(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    account = replayed(desk)
    assert counted(account) == {"same": 9}
    assert dict(account.apart) == {Apart.OF_CASE: 1, Apart.DUPLICATE: 1, Apart.REPORT: 1}
    assert account.mails == len(desk.messages()) == 12
    assert account.differences == []


def test_a_keyword_more_takes_mail_that_nothing_recognised(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    desk.change_rule("acceso", keywords=("contraseña", "almuerzo"))
    account = replayed(desk)
    assert counted(account) == {"same": 7, "newly": 2}
    first = account.differences[-1]
    assert (first.subject, first.sender) == ("Almuerzo del viernes", "luz@oti.example")
    assert (first.before.outcome, first.before.treat_as) == ("unmatched", None)
    assert (first.after.outcome, first.after.rule, first.after.words) == ("opened", "acceso", ("Almuerzo",))
    assert first.after.missing == ("telefono", "sede")


def test_data_that_the_mail_itself_gives_would_not_be_asked_for(desk: Desk) -> None:
    desk.gets(mail("Almuerzo", DATA, LUZ))
    desk.round()
    desk.change_rule("acceso", keywords=("almuerzo",))
    assert only(replayed(desk)).after.missing == ()


def test_a_keyword_less_leaves_mail_without_a_rule(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    desk.change_rule("acceso", keywords=("clave",))
    desk.change_rule("alarma", keywords=("firing",), recover=())
    account = replayed(desk)
    assert counted(account) == {"same": 4, "lost": 5}
    assert {(one.before.rule, one.after.rule) for one in account.differences} == {
        ("acceso", None),
        ("alarma", None),
    }


def test_a_rule_with_another_name_is_one_group_beside_the_rest(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    desk.gets(mail(sender=LUZ))
    desk.round(MINUTE)
    desk.change(
        rule=tuple(r.model_copy(update={"name": RENAMED.get(r.name, r.name)}) for r in desk.config.rule)
    )
    account = replayed(desk, most=1)
    assert counted(account) == {"same": 8, "moved": 2}
    ((group, n),) = account.groups.items()
    assert (group.before, group.after, n) == ("acceso", "claves", 2)
    assert account.more[group] == account.less[group] == 0
    assert len(account.differences) == 1


def test_what_would_be_asked_otherwise_is_read_from_the_mail_as_it_came(desk: Desk) -> None:
    """Not from what its answer brought later."""
    desk.gets(mail(text="No puedo entrar.\nSede: Bogotá\n"))
    desk.round(MINUTE)
    desk.gets(answer(desk.got()[0], "Teléfono: 300 555 0101\n"))
    desk.round(MINUTE)
    desk.change(field={**desk.config.field, "cedula": Field(name="cedula", label="Cédula")})
    desk.change_rule("acceso", requires=("telefono", "sede", "cedula"))
    one = only(replayed(desk))
    assert (one.change, one.before.missing, one.after.missing) == (
        Change.MORE,
        ("telefono",),
        ("telefono", "cedula"),
    )
    desk.change_rule("acceso", requires=("sede",))
    one = only(replayed(desk))
    assert (one.change, one.after.missing) == (Change.LESS, ())


def test_a_field_that_is_recognised_in_another_way_counts_too(desk: Desk) -> None:
    """The rule names the same data; one of them was made easier to give."""
    desk.gets(mail(text="No puedo entrar.\nUbicación: Bogotá\n"))
    desk.round()
    sede = desk.config.field["sede"].model_copy(update={"aliases": ("ubicación",)})
    desk.change(field={**desk.config.field, "sede": sede})
    one = only(replayed(desk))
    assert (one.change, one.before.missing, one.after.missing) == (
        Change.LESS,
        ("telefono", "sede"),
        ("telefono",),
    )


def test_what_a_person_had_given_before_would_not_be_asked_for(desk: Desk) -> None:
    desk.change_box(trust="mx.oti.example")
    remembered = {name: f.model_copy(update={"remember": True}) for name, f in desk.config.field.items()}
    desk.change(field=remembered)
    desk.gets(mail(text=DATA, authentication_results=VOUCHED))
    desk.round(MINUTE)
    desk.gets(mail("Otra contraseña", authentication_results=VOUCHED))
    desk.round(HOUR)
    desk.gets(mail("Almuerzo", authentication_results=VOUCHED))
    desk.round(HOUR)
    desk.change_rule("acceso", keywords=("contraseña", "almuerzo"), requires=("sede", "telefono"))
    one = only(replayed(desk))
    assert (one.subject, one.change, one.after.missing) == ("Almuerzo", Change.NEWLY, ())


def test_mail_may_go_to_another_treatment(desk: Desk) -> None:
    """A30, A39."""
    a_day_at_the_desk(desk)
    desk.change_rule("acceso", treat_as=TreatAs.INFORMATIVO)
    desk.change_rule("boletin", treat_as=TreatAs.PRECASO, requires=("sede",))
    almuerzo = Rule(name="almuerzo", keywords=("almuerzo",), treat_as=TreatAs.MONITOREO)
    desk.change(rule=(*desk.config.rule, almuerzo))
    account = replayed(desk)
    assert counted(account) == {"same": 4, "informativo": 2, "newly": 1, "monitoreo": 2}
    newly = next(one for one in account.differences if one.change is Change.NEWLY)
    assert (newly.before.treat_as, newly.after.missing) == (TreatAs.INFORMATIVO, ("sede",))


def test_robots_and_outsiders_keep_their_outcome(desk: Desk) -> None:
    """Whatever a precaso rule says of their subject: `ORDER` is the same (A16)."""
    desk.change(senders=desk.config.senders.model_copy(update={"ours": ("*@oti.example",)}))
    desk.gets(mail("Almuerzo", sender=Address("X", addr_spec="x@otra.example")))
    desk.gets(mail("Almuerzo", sender=LUZ, auto_submitted="auto-generated"))
    desk.round()
    desk.change_rule("acceso", keywords=("almuerzo",))
    assert counted(replayed(desk)) == {"same": 2}
    desk.change_rule("boletin", keywords=("almuerzo",))
    assert counted(replayed(desk)) == {"informativo": 2}


QUOTED = f"Gracias.\n\nEl lunes, Mesa <{OURS}> escribió:\n> Buenos días.\n"


def test_an_answer_to_a_person_of_the_desk_still_opens_no_case(desk: Desk) -> None:
    """A41."""
    desk.gets(mail("Re: Almuerzo", QUOTED, LUZ, in_reply_to="<nuestro@mesa.example>"))
    desk.round()
    desk.change_rule("acceso", keywords=("almuerzo",))
    assert counted(replayed(desk)) == {"same": 1}


def test_nor_does_one_that_a_rule_had_filed(desk: Desk) -> None:
    """Whom it answers was not asked then; its bytes tell."""
    desk.gets(mail("Re: Boletín", QUOTED, LUZ, in_reply_to="<nuestro@mesa.example>"))
    desk.gets(mail("Boletín", QUOTED, LUZ))
    desk.round()
    desk.change_rule("boletin", treat_as=TreatAs.PRECASO)
    account = replayed(desk)
    assert counted(account) == {"lost": 1, "newly": 1}


def test_what_a_person_did_by_hand_is_good_news_where_the_rules_would_now_do_it(desk: Desk) -> None:
    desk.gets(mail("Almuerzo", sender=LUZ))
    desk.gets(mail("Cena", sender=LUZ))
    desk.round()
    for message in desk.messages():
        promote(message["id"], "acceso", "cli:luz", desk.live, desk.store, desk.clock())
    desk.change_rule("acceso", keywords=("almuerzo",))
    account = replayed(desk)
    assert (counted(account), account.apart[Apart.BY_HAND], account.spared) == ({}, 2, 1)
    (one,) = account.examples_spared
    assert (one.subject, one.before.rule, one.after.rule) == ("Almuerzo", "acceso", "acceso")


def test_mail_whose_bytes_cannot_be_read_is_counted_apart(desk: Desk) -> None:
    desk.gets(poison())
    desk.round()
    account = replayed(desk)
    assert dict(account.apart) == {Apart.FAILED: 1}


# -- how it is read --------------------------------------------------------------------------------------


def test_only_what_arrived_in_that_time_is_judged(desk: Desk) -> None:
    desk.gets(mail())
    desk.round()
    desk.clock.move(2 * DAY)
    desk.gets(mail(sender=LUZ))
    desk.round()
    assert replayed(desk, since=NOW + DAY).mails == 1
    assert replayed(desk, since=NOW + 3 * DAY).mails == 0


def test_pages_follow_each_other_without_a_gap(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    ids, below = [], None
    while True:
        with desk.store.reading() as s:
            page = history.page(s, NOW - DAY, below, most=5)
        assert page is not None
        ids += [m.id for m in page.mails]
        if (below := page.below) is None:
            break
    assert ids == [m["id"] for m in reversed(desk.messages())]


def test_a_page_that_was_stored_long_before_is_the_last(desk: Desk) -> None:
    """What lies further back is not read, however much there is."""
    desk.gets(mail())
    desk.round()
    desk.clock.move(9 * DAY)
    desk.gets(mail(sender=LUZ))
    desk.round()
    with desk.store.reading() as s:
        first = history.page(s, desk.clock() - DAY, most=1)
        assert first
        last = history.page(s, desk.clock() - DAY, first.below, most=1)
        assert first.below
        assert last
        assert (len(first.mails), last.mails, last.below) == (1, (), None)
        assert history.page(s, desk.clock() - DAY, below=1) is None
        reach = history.span(s, desk.clock() - DAY)
        assert reach
        assert reach[1] - reach[0] <= 2 * DAY
        assert history.span(s, desk.clock() + 2 * DAY) is None


def test_mail_that_arrived_before_and_was_stored_later_is_not_of_that_time(desk: Desk) -> None:
    """The service was down for days: INTERNALDATE counts."""
    desk.gets(mail())
    desk.clock.move(9 * DAY)
    desk.round()
    assert replayed(desk, since=desk.clock() - DAY).mails == 0
    assert replayed(desk, since=desk.clock() - MONTH).mails == 1


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """All that the driver is given, however it was built."""
    said: list[str] = []
    dialect: Any = desk.store.engine.dialect

    def hearing(really: Callable[..., None]) -> Callable[..., None]:
        def hear(cursor: Any, statement: str, *more: Any) -> None:
            said.append(statement)
            really(cursor, statement, *more)

        return hear

    with pytest.MonkeyPatch.context() as patch:
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            patch.setattr(dialect, name, hearing(getattr(dialect, name)))
        yield said


def everything(desk: Desk) -> dict[str, list[Any]]:
    with desk.store.reading() as s:
        return {t.name: list(s.connection().execute(select(t))) for t in ALL.sorted_tables}


def test_nothing_is_stored_and_nothing_sent(desk: Desk) -> None:
    a_day_at_the_desk(desk)
    before, sent = everything(desk), len(desk.servers.sent_to(ANA.addr_spec))
    desk.change_rule("acceso", keywords=("almuerzo",), requires=("sede",))
    with statements(desk) as said:
        account = replayed(desk)
    assert account.changes[Change.NEWLY] == 2
    assert {s.split()[0] for s in said} == {"BEGIN", "SELECT"}
    assert everything(desk) == before
    assert len(desk.servers.sent_to(ANA.addr_spec)) == sent


def test_no_byte_of_the_file_changes(desk: Desk) -> None:
    if not desk.store.is_sqlite:
        return  # a server's files are its own affair
    a_day_at_the_desk(desk)
    with desk.store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    before = desk.store.path.read_bytes()
    desk.change_rule("acceso", keywords=("almuerzo",))
    assert replayed(desk).changes[Change.NEWLY] == 2
    assert desk.store.path.read_bytes() == before
    assert desk.store.path.with_name(desk.store.path.name + "-wal").read_bytes() == b""


def test_a_daemon_goes_on_between_two_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No view of the database outlives a page: what it holds back would grow for as long as the replay takes."""
    a_day_at_the_desk(desk)
    monkeypatch.setattr(history, "page", partial(history.page, most=4))
    account = Account()
    for n, _ in enumerate(replay(desk.live, desk.store, NOW - DAY, desk.clock(), account)):
        desk.gets(mail(f"Contraseña {n}", sender=LUZ))
        desk.round(SECOND)
        if desk.store.is_sqlite:
            with desk.store.engine.connect() as connection:
                busy, *_ = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
                assert not busy
    assert n == 2
    assert account.mails == 12, "what came meanwhile is newer than where it began"


def test_bytes_that_were_removed_are_not_needed(desk: Desk) -> None:
    """`[retention] raw`: what was understood of a mail is kept in columns."""
    desk.gets(mail("Boletín", sender=LUZ))
    desk.round()
    with desk.store.transaction() as s:
        s.connection().execute(text("DELETE FROM raw_chunk"))
    desk.change_rule("boletin", treat_as=TreatAs.PRECASO, requires=("sede",))
    assert only(replayed(desk)).after.missing == ("sede",)


def test_it_judges_as_rules_test_does(desk: Desk) -> None:
    """From what is stored in columns the same comes out as from the bytes."""
    a_day_at_the_desk(desk)
    desk.change_rule("acceso", keywords=("almuerzo",), requires=("sede",))
    account = replayed(desk)
    with desk.store.reading() as s:
        for one in account.differences:
            tried = attempt(parse(raw.raw(s, one.id)), desk.live, desk.box(), desk.clock()).as_json()
            assert (tried["outcome"], tried["rule"], tuple(tried["missing"])) == (
                one.after.outcome,
                one.after.rule,
                one.after.missing,
            )
    assert account.differences
