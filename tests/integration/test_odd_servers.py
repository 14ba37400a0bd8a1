"""Other clients at work during a batch, and servers that lack or refuse what others have (libraries 1, hazard 51)."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailbot.desk.decision import Outcome
from mailbot.reading import make_folders
from mailbot.store.engine import Store
from tests.dovecot import Dovecot, required
from tests.integration.on_dovecot import account, desk_on, maildir
from tests.pipeline.given import ANA, LUZ, Desk, answer, mail

#: what a server of the last century announces; Dovecot then does not tell COPYUID either
BARE = "IMAP4rev1 LITERAL+ SASL-IR"
NO_MOVE = f"{BARE} UIDPLUS IDLE NAMESPACE"
QUOTA = """
protocol imap {
  mail_plugins = $mail_plugins quota
}
plugin {
  quota = count:messages
  quota_vsizes = yes
  quota_rule = *:messages=3
}
"""
READ_ONLY = """
mail_plugins = $mail_plugins acl
protocol imap {
  mail_plugins = $mail_plugins imap_acl
}
plugin {
  acl = vfile
}
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[..., Dovecot]]:
    """Each kind of server once."""
    required()
    known: dict[str, Dovecot] = {}
    with ExitStack() as until_done:

        def server(more: str = "", **options: str) -> Dovecot:
            name = f"{more}{options}"
            if name not in known:
                new = Dovecot(**options)
                with (new.base / "dovecot.conf").open("a") as config:
                    config.write(more)
                known[name] = until_done.enter_context(new)
            return known[name]

        yield server


@pytest.fixture
def desk(
    servers: Callable[..., Dovecot], sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """`desk(…)`: on such a server, connected once to its empty mailbox."""
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "secreto")
    with ExitStack() as until_done:

        def begin(more: str = "", settings: dict[str, str] | None = None, **options: str) -> Desk:
            new = until_done.enter_context(desk_on(servers(more, **options), sqlite_store, tmp_path))
            new.change_box(**(settings or {}))
            new.imap().ensure_folder(new.box().handled)
            new.imap().ensure_folder(new.box().review)
            assert new.poll() == []
            return new

        yield begin


def story(desk: Desk) -> None:
    """One of each kind, an answer, and everything once more."""
    for subject in ("Olvidé la contraseña", "Almuerzo", "Boletín"):
        desk.gets(mail(subject))
    assert desk.round() == [Outcome.OPENED, Outcome.UNMATCHED, Outcome.INFORMATIVO]
    desk.gets(answer(desk.got(ANA)[0]))
    assert desk.round() == [Outcome.UPDATED]
    assert (desk.poll(), desk.poll()) == ([], [])
    assert desk.case()["state"] == "abierto"
    assert (len(desk.cases()), len(desk.got(ANA))) == (1, 2)
    found = account(desk)
    assert (found.on_server, found.recorded, found.agrees) == (4, 4, True)


# -- another client ----------------------------------------------------------------------------------------


def test_what_another_client_does_during_a_batch_disturbs_nobody(desk: Callable[..., Desk]) -> None:
    """Between fetch and move it deletes one that was stored and one that was not, moves one, and flags one."""
    here = desk()
    for n in range(6):
        here.gets(mail(f"contraseña {n}", sender=LUZ if n % 2 else ANA))
    with here.client() as person:
        person.create_folder("Otra")

        def meanwhile() -> bool:
            person.select_folder("INBOX")
            lying = person.search()
            if len(lying) == 6:
                person.delete_messages([lying[0], lying[5]])
                person.expunge()
                person.move([lying[1]], "Otra")
                person.add_flags([lying[2]], [b"\\Seen", b"\\Flagged", b"cliente"])
            return True

        outcomes = here.poll(going=meanwhile)
    assert set(outcomes) == {Outcome.OPENED}
    assert here.poll() == []
    assert len(here.cases()) == len(outcomes) in (5, 6)
    assert here.lies_in("Procesados") == [f"contraseña {n}" for n in (2, 3, 4)]
    assert (here.lies_in("INBOX"), here.lies_in("Otra")) == ([], ["contraseña 1"])
    assert {b"\\Seen", b"\\Flagged", b"cliente"} <= here.flags("Procesados")
    gone = [m["subject"] for m in here.messages() if not m["locations"]]
    assert gone[:2] == ["contraseña 0", "contraseña 1"]
    assert account(here).agrees


def test_mail_that_is_gone_before_it_is_read_is_nobodys(desk: Callable[..., Desk]) -> None:
    """Another client empties the folder between SEARCH and FETCH."""
    here = desk()
    for n in range(3):
        here.gets(mail(f"contraseña {n}"))
    imap = here.imap()
    imap.select("INBOX")
    uids = imap.uids(0)
    with here.client() as person:
        person.select_folder("INBOX")
        person.delete_messages(person.search()[1:])
        person.expunge()
    assert [fetched.uid for fetched in imap.fetch(uids) if not fetched.error][:1] == uids[:1]
    assert here.poll() == [Outcome.OPENED]
    assert here.poll() == []
    assert account(here).agrees


def test_a_target_folder_that_somebody_deletes_is_made_again(desk: Callable[..., Desk]) -> None:
    here = desk()
    with here.client() as person:
        person.delete_folder("Procesados")
    here.gets(mail())
    assert here.poll() == [Outcome.OPENED]
    assert here.lies_in("Procesados") == ["Olvidé la contraseña"]


def test_the_folder_that_is_read_is_told_of_when_somebody_deletes_it(desk: Callable[..., Desk]) -> None:
    from mailbot.transport.errors import TransportError

    here = desk()
    with here.client() as person:
        person.create_folder("Entrada")
        here.change_box(folder="Entrada")
        here.poll()
        person.delete_folder("Entrada")
        with pytest.raises(TransportError, match=r"Escriba en folder una de estas: .*INBOX"):
            here.poll()
        person.create_folder("Entrada")
        person.append("Entrada", mail(), msg_time=here.clock())
    assert here.poll() == [Outcome.OPENED]


# -- servers -----------------------------------------------------------------------------------------------

ACCENTS = {"handled": "Gestión/Año 2026", "review": "Señales ñandú & más"}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"prefix": "INBOX.", "separator": "."},
        {"capability": BARE},
        {"capability": NO_MOVE},
        {"capability": f"{BARE} MOVE"},
    ],
    ids=["usual", "namespace", "bare", "no MOVE", "no UIDPLUS"],
)
def test_the_same_story_on_every_server(desk: Callable[..., Desk], options: dict[str, str]) -> None:
    """Folders with accents; with and without MOVE, UIDPLUS, IDLE and NAMESPACE."""
    here = desk(settings=ACCENTS, **options)
    story(here)
    stays = options.get("capability") == BARE
    separator = options.get("separator", "/")
    handled = options.get("prefix", "") + ACCENTS["handled"].replace("/", separator)
    assert len(here.lies_in("INBOX")) == (4 if stays else 0)
    assert len(here.lies_in(handled)) == (0 if stays else 2)


def test_no_message_gets_a_flag_of_ours(desk: Callable[..., Desk], servers: Callable[..., Dovecot]) -> None:
    """So a server without flags of one's own is a server like others."""
    here = desk()
    here.disconnect()
    recorded = maildir(servers()) / "dovecot.rawlog"
    recorded.mkdir(mode=0o777)
    recorded.chmod(0o777)
    story(here)
    here.disconnect()
    said = b"".join(file.read_bytes() for file in recorded.glob("*.in")).upper()
    assert b"UID MOVE" in said
    assert b"STORE" not in said
    assert b"EXPUNGE" not in said


def test_in_a_folder_that_may_only_be_read_mail_is_read_once_and_stays(
    desk: Callable[..., Desk], servers: Callable[..., Dovecot]
) -> None:
    """RFC 4314: without the rights to move (w, t, e) the ledger alone tells what is new."""
    here = desk(READ_ONLY)
    here.disconnect()
    (maildir(servers(READ_ONLY)) / "dovecot-acl").write_text("owner lr\n")
    story(here)
    assert len(here.lies_in("INBOX")) == 4


def test_a_quota_that_refuses_the_copy_hinders_no_reading(
    desk: Callable[..., Desk], servers: Callable[..., Dovecot]
) -> None:
    """What was processed stays, loudly, until there is room; replies go out, deadlines run."""
    here = desk(QUOTA, capability=NO_MOVE)
    for n in range(4):
        here.gets(mail(f"contraseña {n}"))
    with capture_logs() as said:
        assert here.round() == [Outcome.OPENED] * 4
    (refused,) = [entry for entry in said if entry["event"] == "mailbox.not_moved"]
    assert "Libere espacio en el buzón" in refused["said"]
    assert (len(here.lies_in("INBOX")), len(here.got(ANA))) == (4, 4)
    assert here.read_up_to() is not None

    here.gets(mail("Otra contraseña", sender=LUZ))
    assert here.poll() == [Outcome.OPENED]
    with here.client() as person:
        person.select_folder("INBOX")
        person.delete_messages(person.search()[1:4])
        person.expunge()
    # a copy needs room beside the original
    assert here.poll() == []
    assert len(here.lies_in("INBOX")) + len(here.lies_in("Procesados")) == 2
    assert account(here).agrees


# -- folders by which people decide -------------------------------------------------------------------------

THEIRS = {"create": "Gestión/Creación de casos", "informative": "Gestión/Información"}


@pytest.mark.parametrize(
    ("options", "settings", "names"),
    [
        ({}, {}, ("Por revisar", "Crear caso", "Informativo")),
        ({"capability": NO_MOVE}, {}, ("Por revisar", "Crear caso", "Informativo")),
        (
            {"prefix": "INBOX.", "separator": "."},
            THEIRS,
            ("INBOX.Por revisar", "INBOX.Gestión.Creación de casos", "INBOX.Gestión.Información"),
        ),
    ],
    ids=["MOVE", "UIDPLUS", "a namespace and accents"],
)
def test_mail_is_sorted_by_hand_in_any_namespace(
    desk: Callable[..., Desk], options: dict[str, str], settings: dict[str, str], names: tuple[str, str, str]
) -> None:
    """One becomes a case and leaves the folder, one is filed and stays, and nothing is done twice."""
    here, (review, create, informative) = desk(settings=settings, **options), names
    make_folders(here.box(), here.imap(), here.live)
    assert here.by_hand() == []
    for subject in ("Se dañó la silla", "Almuerzo"):
        here.gets(mail(subject))
    assert here.round() == [Outcome.UNMATCHED] * 2
    here.drags(review, create, "Se")
    here.drags(review, informative, "Almuerzo")
    assert here.by_hand() == [Outcome.OPENED, Outcome.INFORMATIVO]
    assert (here.by_hand(), here.poll(), here.imap().folder) == ([], [], "INBOX")
    assert (here.lies_in(create), here.lies_in(informative)) == ([], ["Almuerzo"])
    assert here.lies_in(review.replace("Por revisar", "Procesados")) == ["Se dañó la silla"]
    assert (here.case()["rule"], account(here).agrees) == ("a_mano", True)


def test_where_nothing_can_be_moved_a_mail_sorted_by_hand_is_decided_once(desk: Callable[..., Desk]) -> None:
    """The ledger alone tells; a new UIDVALIDITY makes no second case (hazard 50)."""
    here = desk(capability=BARE)
    here.by_hand()
    here.gets(mail("Se dañó la silla"))
    here.poll()
    here.drags("INBOX", "Crear caso")
    assert (here.by_hand(), here.by_hand(), here.poll()) == ([Outcome.OPENED], [], [])
    assert (here.lies_in("Crear caso"), len(here.cases())) == (["Se dañó la silla"], 1)
    with here.client() as person:
        person.rename_folder("Crear caso", "Otra")
        person.create_folder("Crear caso")
        person.select_folder("Otra")
        person.copy(person.search(), "Crear caso")
    assert (here.by_hand(), here.by_hand()) == ([Outcome.OPENED], [])
    assert (len(here.cases()), len(here.messages()), account(here).agrees) == (1, 1, True)


def test_mail_sorted_by_hand_meanwhile_does_not_keep_new_mail_waiting(desk: Callable[..., Desk]) -> None:
    """Nobody announces in IDLE what came while another folder was selected."""
    here = desk()
    here.by_hand()
    here.gets(mail("Se dañó la silla"))
    here.poll()
    here.drags("Por revisar", "Crear caso")
    really = here.imap().move

    def meanwhile(*args: Any) -> Any:
        here.gets(mail())
        return really(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(here.imap(), "move", meanwhile)
        assert here.by_hand() == [Outcome.OPENED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.transport.imap.idle", None)  # it is not even begun
        here.imap().wait(60)
    assert here.poll() == [Outcome.OPENED]
