"""A backup that is restored, with the real commands on a real Dovecot: `db backup`, `run`, `reconcile --repair`."""

import json
import re
import shutil
import subprocess
import sys
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

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.typed(*words, "--json", code=code))

    def restore(self, copy: Path) -> None:
        for leftover in self.home.glob("mailbot.sqlite3-*"):
            leftover.unlink()
        shutil.copy(copy, self.database)


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
