"""A backup that is restored, with the real commands on a real Dovecot: `db backup`, `run`, `reconcile --repair`."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.store.engine import Store
from tests.cli.conftest import typed
from tests.dovecot import Dovecot, required
from tests.integration.on_dovecot import desk_on
from tests.pipeline.given import ANA, DESK, LUZ, Desk, answer, content, mail

MAILBOT = Path(sys.executable).with_name("mailbot")


class Commands:
    """The desk's servers, config and people; everything that it does, commands do."""

    def __init__(self, desk: Desk, home: Path) -> None:
        self.desk, self.home = desk, home
        self.config, self.database = home / "config.toml", home / "mailbot.sqlite3"

    def typed(self, *words: object, code: int = 0) -> str:
        """In this process: a process of its own for each takes two seconds to come up."""
        done = typed(*words, "--config", self.config)
        assert done.exit_code == code, done.stderr[-2000:]
        return done.stdout or done.stderr

    def command(self, *words: object) -> list[str]:
        return [str(MAILBOT), *map(str, words), "--config", str(self.config)]

    def run_log(self) -> str:
        """What a daemon says at its start."""
        return typed("run", "--once", "--config", self.config).stderr

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.typed(*words, "--json", code=code))

    def restore(self, copy: Path) -> None:
        for leftover in self.home.glob("mailbot.sqlite3-*"):
            leftover.unlink()
        shutil.copy(copy, self.database)
        time.sleep(
            1.1
        )  # INTERNALDATE has whole seconds: what comes from now on came later than what was lost


@pytest.fixture
def commands(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    required()
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "secreto")
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    with Dovecot() as dovecot, desk_on(dovecot, sqlite_store, tmp_path) as desk:
        yield Commands(desk, tmp_path)


def numbers(desk: Desk) -> set[int]:
    """Those that people were given."""
    everyone = [ANA.addr_spec, LUZ.addr_spec, *PEOPLE]
    subjects = [str(m["Subject"]) for who in everyone for m in desk.got(who)]
    return {int(found[1]) for s in subjects if (found := re.search(r"\[MS-(\d+)\]", s))}


PEOPLE = [f"persona{n}@oti.example" for n in range(28)]


def test_after_a_restore_nobody_is_answered_twice_and_no_number_is_given_again(commands: Commands) -> None:
    desk = commands.desk
    commands.typed("run", "--once")
    desk.gets(mail("Primera contraseña"))
    commands.typed("run", "--once")
    copy = commands.home / "copy.sqlite3"
    commands.typed("db", "backup", copy)

    for n, address in enumerate(PEOPLE):
        desk.gets(mail(f"contraseña {n}").replace(b"Ana Ruiz <ana@oti.example>", address.encode()))
    desk.gets(mail("Otra contraseña", sender=LUZ))
    desk.gets(mail("Almuerzo"))
    commands.typed("run", "--once")
    given = numbers(desk)
    assert len(given) == 30
    commands.restore(copy)

    found = commands.json("reconcile", code=1)
    assert (len(found["missing"]), found["doubled"]) == (30, [])
    assert "de una copia: mailbot reconcile --repair\n" in commands.typed("reconcile", code=1)
    told = commands.typed("reconcile", "--repair")
    assert "recogidos" in told
    assert "a nadie se le respondió" in told
    assert commands.json("reconcile")["missing"] == []
    again = commands.json("reconcile", "--repair")["repaired"]
    assert (again["taken"], again["held"], again["overdue"]) == ([], [], [])
    assert commands.json("db", "check")["ok"]

    late = answer(desk.got(LUZ)[0], "Teléfono: 300 555 0101", sender=LUZ)
    desk.gets(late)
    desk.gets(mail("Contraseña nueva"))
    commands.typed("run", "--once")
    commands.typed("run", "--once")
    assert [len(desk.got(address)) for address in PEOPLE] == [1] * 28
    assert (len(desk.got(ANA)), len(desk.got(LUZ))) == (2, 1)
    (new,) = numbers(desk) - given
    assert new > max(given)
    waiting = {c["requester"]["email"]: c for c in commands.json("cases", "--attention")["cases"]}
    assert set(waiting) == {LUZ.addr_spec, *PEOPLE}
    luz = commands.json("case", waiting[LUZ.addr_spec]["number"])
    assert (luz["required"]["telefono"], luz["attention"], len(luz["messages"])) == (
        "300 555 0101",
        "restored",
        2,
    )
    assert "300 555 0101" in content(desk.got(DESK)[-1])
    assert "se restauró de una copia" in commands.typed("case", luz["number"])


def test_while_a_daemon_works_on_the_database_nothing_is_repaired(commands: Commands) -> None:
    commands.typed("db", "upgrade")
    with subprocess.Popen(commands.command("run"), stderr=subprocess.PIPE, encoding="utf-8") as daemon:
        assert daemon.stderr
        assert next(line for line in daemon.stderr if "service.started" in line)
        said = commands.typed("reconcile", "--repair", code=2)
        daemon.terminate()
        daemon.communicate(timeout=60)
    assert said.startswith(f"Otro mailbot (proceso {daemon.pid}) ya trabaja con {commands.database}.")
    commands.typed("reconcile", "--repair")


def test_a_daemon_that_is_started_on_a_copy_sees_to_that_first(commands: Commands) -> None:
    """Whoever forgets the command: nobody is answered twice all the same, and new mail is answered."""
    desk = commands.desk
    commands.typed("run", "--once")
    copy = commands.home / "copy.sqlite3"
    commands.typed("db", "backup", copy)
    for n in range(3):
        desk.gets(mail(f"contraseña {n}"))
    commands.typed("run", "--once")
    given = numbers(desk)
    commands.restore(copy)

    desk.gets(mail("Contraseña nueva", sender=LUZ))
    commands.typed("run", "--once")
    assert (len(desk.got(ANA)), len(desk.got(LUZ))) == (3, 1)
    (new,) = numbers(desk) - given
    assert new > max(given)
    assert len(commands.json("cases", "--attention")["cases"]) == 3
    assert commands.json("reconcile")["missing"] == []
    assert "database" not in commands.run_log()  # once


def test_a_database_that_was_lost_is_missed_and_its_numbers_are_not_given_again(commands: Commands) -> None:
    """There is no copy: nobody's number becomes somebody else's case, and ops hear of it."""
    desk = commands.desk
    commands.typed("run", "--once")
    desk.gets(mail("Primera contraseña"))
    commands.typed("run", "--once")
    desk.gets(answer(desk.got(ANA)[0], "Gracias, quedo atenta."))
    commands.typed("run", "--once")
    for lost in commands.home.glob("mailbot.sqlite3*"):
        lost.unlink()
    desk.gets(mail("Entretanto: contraseña"))
    with subprocess.Popen(commands.command("run"), stderr=subprocess.PIPE, encoding="utf-8") as daemon:
        assert daemon.stderr
        ill = next(json.loads(line) for line in daemon.stderr if "health.ill" in line)
        desk.gets(mail("Otra contraseña", sender=LUZ))
        assert next(line for line in daemon.stderr if "message.opened" in line)
        daemon.terminate()
        daemon.communicate(timeout=60)
    assert ill["kind"] == "empty"
    assert "ya había casos, hasta el MS-000001: los números nuevos empiezan en MS-001001" in ill["said"]
    assert numbers(desk) >= {1, 1001}
    assert [m["outcome"] for m in commands.json("messages")["messages"]] == ["opened"]


def test_a_copy_whose_mail_cannot_be_seen_is_not_started_on(commands: Commands) -> None:
    """The service manager tries again; a database that is no copy starts without its servers, as ever."""
    commands.typed("run", "--once")
    copy = commands.home / "copy.sqlite3"
    commands.typed("db", "backup", copy)
    commands.restore(copy)
    commands.desk.servers.dovecot.stop()  # type: ignore[attr-defined]
    assert (
        commands.typed("run", "--once", code=2).splitlines()[-1].startswith("La base de datos es una copia")
    )
    commands.desk.servers.dovecot.start()  # type: ignore[attr-defined]
    commands.typed("run", "--once")
    commands.desk.servers.dovecot.stop()  # type: ignore[attr-defined]
    commands.typed("run", "--once", code=1)


def test_on_postgresql_no_daemon_may_read_the_mailbox_meanwhile(
    commands: Commands, postgres_url: str
) -> None:
    config = commands.config.read_text("utf-8")
    commands.config.write_text(f'[service]\ndatabase = "{postgres_url}"\n{config}', "utf-8")
    commands.typed("db", "upgrade")
    store = Store.open(postgres_url)
    other = store.presence("otro:1")
    other.start()
    assert other.hold("soporte")
    assert "Otro mailbot atiende el buzón «soporte»" in commands.typed("reconcile", "--repair", code=2)
    other.stop()
    assert "No había nada que reparar" in commands.typed("reconcile", "--repair")
    store.dispose()
