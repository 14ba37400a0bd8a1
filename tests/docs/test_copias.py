"""docs/copias.md is typed, line by line, after mail was lost with the database: nobody hears from us twice."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.integration.test_restored_backup import MAILBOT, Commands, commands, numbers
from tests.pipeline.given import ANA, LUZ, mail
from tests.store import kept

__all__ = ["commands"]

GUIDE = (Path(__file__).parents[2] / "docs/copias.md").read_text("utf-8")
COPY = re.compile(r"mailbot-\d{8}T\d{6}Z\.(sqlite3|dump)")


def steps(kind: str) -> list[str]:
    """The lines below `<!-- kind -->`."""
    found = re.search(rf"(?ms)^<!-- {kind} -->\n```sh\n(.*?)^```$", GUIDE)
    assert found
    return found[1].splitlines()


class Ops:
    """Who types them, on a machine where the service's folders are others and everybody may do everything."""

    def __init__(self, commands: Commands, url: str | None) -> None:
        self.commands, self.url = commands, url
        self.copies = commands.home / "copies"
        self.copies.mkdir(mode=0o700)
        if url:
            config = commands.config.read_text("utf-8")
            commands.config.write_text(f'[service]\ndatabase = "{url}"\n{config}', "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        server = make_url(self.url or "postgresql://")
        postgres = {
            "PGHOST": server.host,
            "PGPORT": server.port and str(server.port),
            "PGUSER": server.username,
        }
        path = f"{MAILBOT.parent}:{os.environ['PATH']}"
        ours = {"MAILBOT_CONFIG": str(self.commands.config), "PATH": path}
        return {**os.environ, **ours, **{name: value for name, value in postgres.items() if value}}

    def types(self, line: str) -> None:
        (copy,) = self.copies.iterdir()
        database = make_url(self.url).database if self.url else ""
        for shown, here in {
            r"sudo systemctl stop mailbot": ":",
            r"sudo systemctl start mailbot": "mailbot run --once",
            r"sudo (-u postgres )?": "",
            r"-o mailbot -g mailbot ": "",
            r"/var/lib/mailbot": str(self.commands.home),
            r"/var/backups/mailbot": str(self.copies),
            COPY.pattern: copy.name,
            r"(?<=DATABASE )mailbot\b|(?<=TO )mailbot\b|\bmailbot(?=_nueva|_perdida)": str(database),
        }.items():
            line = re.sub(shown, here, line)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.fixture
def ops(kind: str, commands: Commands, request: pytest.FixtureRequest) -> Iterator[Ops]:
    if kind == "sqlite":
        yield Ops(commands, None)
        return
    with kept.new_postgresql(request.getfixturevalue("postgres_url")) as url:
        yield Ops(commands, url)
    server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database}_perdida WITH (FORCE)"))
    server.dispose()


@pytest.mark.parametrize(
    ("kind", "forgotten"), [("sqlite", ""), ("postgresql", ""), ("postgresql", "reconcile --repair")]
)
def test_what_is_typed_after_a_loss_brings_back_what_was_lost(kind: str, ops: Ops, forgotten: str) -> None:
    """Also when the step of the repair is forgotten: the service sees to it."""
    commands, desk = ops.commands, ops.commands.desk
    commands.typed("run", "--once")
    desk.gets(mail("Primera contraseña"))
    commands.typed("run", "--once")
    assert str(ops.copies) in commands.typed("db", "backup", "--keep", "3", ops.copies)

    desk.gets(mail("Segunda contraseña"))
    desk.gets(mail("Otra contraseña", sender=LUZ))
    commands.typed("run", "--once")
    given = numbers(desk)
    assert len(given) == 3

    for line in steps(kind):
        if not forgotten or forgotten not in line:
            ops.types(line)

    desk.gets(mail("Contraseña nueva", sender=LUZ))
    commands.typed("run", "--once")
    assert (len(desk.got(ANA)), len(desk.got(LUZ))) == (2, 2)
    (new,) = numbers(desk) - given
    assert new > max(given)
    assert commands.json("reconcile")["missing"] == []
    waiting = commands.json("cases", "--attention")["cases"]
    assert {case["attention"] for case in waiting} == {"restored"}
    assert len(waiting) == 2
