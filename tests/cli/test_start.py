"""The whole as it is started: every command is there, and none waits for what it does not need."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mailbot
from tests.cli.conftest import Desk, executed, typed

#: what the design lists: `mailbot …`
DESIGN = {
    (): [
        "run",
        "check",
        "rules",
        "cases",
        "case",
        "messages",
        "explain",
        "retry",
        "promote",
        "reconcile",
        "db",
        "demo",
    ],
    ("run",): ["--once", "--config"],
    ("check",): ["--connect", "--config", "--json"],
    ("rules",): ["test"],
    ("rules", "test"): ["--reply", "--all", "--config", "--json"],
    ("cases",): ["--state", "--attention", "--limit", "--config", "--json"],
    ("case",): ["--move", "--reason", "--set", "--note", "--relate", "--attended", "--config", "--json"],
    ("messages",): ["--outcome", "--limit", "--config", "--json"],
    ("explain",): ["--config", "--json"],
    ("retry",): ["--config", "--json"],
    ("promote",): ["--rule", "--config", "--json"],
    ("reconcile",): ["--repair", "--config", "--json"],
    ("db",): ["upgrade", "check", "backup", "--config"],
    ("demo",): ["--exit"],
}
HEAVY = {
    "alembic",
    "holidays",
    "apscheduler",
    "imapclient",
    "jinja2",
    "rich",
    "structlog",
    "mailparser",
    "selectolax",
}
#: on a port where nobody listens
ALONE = """
[mailbox.soporte]
address = "soporte@mesa.example"
password = { credential = "soporte" }
imap = { host = "127.0.0.1", port = 1, security = "none" }
smtp = { host = "127.0.0.1", port = 1, security = "none" }
"""


@pytest.mark.parametrize("words", DESIGN, ids=" ".join)
def test_every_command_and_option_of_the_design_is_in_the_help(words: tuple[str, ...]) -> None:
    listed = typed(*words, "--help").stdout.split()
    assert set(DESIGN[words]) <= set(listed)


def imported(*words: object) -> set[str]:
    """The packages that a command had to import."""
    return {module.partition(".")[0] for module in after("*sys.modules", *words)}


def after(told: str, *words: object, fails: bool = False) -> list[str]:
    """What is to be seen in its process at the end of a command."""
    code = f"import gc, sys, mailbot.cli\ntry: mailbot.cli.main()\nfinally: print({told}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=not fails
    )
    return done.stderr.splitlines()[-1].split()


def test_the_help_imports_next_to_nothing() -> None:
    assert imported("--help") & (HEAVY | {"pydantic", "sqlalchemy"}) == set()


def test_a_list_imports_no_mail_no_templates_no_scheduler(desk: Desk) -> None:
    assert imported("--config", desk.config, "cases") & HEAVY == set()


def test_only_the_demonstration_needs_rich_which_structlog_imports_wherever_it_is() -> None:
    """So it is no dependency of the service: 25 ms of each start."""
    sources = (path for path in Path(mailbot.__file__).parent.rglob("*.py") if path.parent.name != "sandbox")
    assert [path for path in sources if re.search(r"^\s*(?:import|from) rich", path.read_text(), re.M)] == []


def test_postgresql_is_imported_for_whoever_has_it(desk: Desk) -> None:
    assert "sqlalchemy.dialects.postgresql" not in after("*sys.modules", "--config", desk.config, "cases")


def test_a_round_imports_nothing_that_is_needed_once_in_a_while(tmp_path: Path) -> None:
    """Also with a new database: no migrations. The server that is not there is what it fails of."""
    (tmp_path / "config.toml").write_text(ALONE)
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials/soporte").touch(mode=0o600)
    words = "--config", tmp_path / "config.toml", "run", "--once"
    found = set(after("*sys.modules", *words, fails=True))
    rare = {"alembic", "apscheduler", "holidays", "spanned_toml", "mailbot.repair", "selectolax"}
    assert "mailbot.pipeline" in found
    assert (tmp_path / "var/mailbot.sqlite3").exists()
    assert found & rare == set()


def test_what_is_imported_is_no_garbage_and_what_a_command_leaves_behind_is(desk: Desk) -> None:
    on, kept = after("gc.isenabled(), gc.get_freeze_count()", "--config", desk.config, "cases")
    assert on == "True"
    assert int(kept) > 10_000


def test_the_version_is_told() -> None:
    assert typed("--version").stdout.startswith("mailbot 0.")


def test_python_runs_the_package_as_the_command() -> None:
    command = [sys.executable, "-m", "mailbot", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("mailbot 0.")


def test_whoever_stops_reading_ends_it_silently(desk: Desk) -> None:
    """`mailbot messages | head -1`."""
    command = f"{sys.executable} -c 'import mailbot.cli; mailbot.cli.main()' --config {desk.config} messages"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_config_may_stand_before_or_behind_the_command(desk: Desk) -> None:
    before = typed("--config", desk.config, "cases").stdout
    assert before.startswith("MS-000001\t")
    assert typed("cases", "--config", desk.config).stdout == before
    assert typed("--config", "/nowhere.toml", "cases", "--config", desk.config).stdout == before
    assert typed("db", "--config", desk.config, "check").stderr == ""


def test_letters_that_an_output_cannot_show_become_codes(desk: Desk) -> None:
    """A terminal of another encoding gets no traceback, and JSON stays JSON."""
    latin: dict[str, Any] = {"env": {"PYTHONIOENCODING": "latin-1"}, "encoding": "latin-1"}
    words = "--config", desk.config, "case", desk.number("acceso_completo")
    assert "precaso \\u2192 abierto" in executed(*words, **latin).stdout
    assert "Cambio de contrase\\u00f1a" in executed(*words, "--json", **latin).stdout
