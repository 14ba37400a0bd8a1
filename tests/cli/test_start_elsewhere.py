"""mailbot typed, or started, where little is as it usually is: folders, outputs, the environment."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import MAILBOT
from tests.cli.test_start_badly import POWERLESS, home, mailbot

__all__ = ["home"]
MAIN = "from mailbot.cli import main; main()"


def test_a_folder_that_may_not_be_entered_has_no_config(home: Path) -> None:
    shut = home / "shut"
    shut.mkdir()
    command = shlex.join([*POWERLESS, str(MAILBOT), "check"])
    try:
        done = subprocess.run(
            ["sh", "-c", f"chmod 0 . && exec {command}"],
            capture_output=True,
            text=True,
            cwd=shut,
            env={k: v for k, v in os.environ.items() if k != "MAILBOT_CONFIG"},
            check=False,
        )
    finally:
        shut.chmod(0o700)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("no se encontró config.toml")


def test_a_folder_that_was_deleted_is_told(home: Path) -> None:
    code = f"import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); {MAIN}"
    for words, said in (
        (["status"], "no se encontró config.toml"),
        (
            ["status", "--config", "../config.toml"],
            "La carpeta en la que está ya no existe",
        ),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=home, check=False
        )
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert said in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["check", "--json"], ["check"]])
def test_an_output_that_is_full_is_told_in_one_line(home: Path, words: list[str]) -> None:
    """`mailbot cases >file` on a full disk."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [str(MAILBOT), *words], stdout=full, stderr=subprocess.PIPE, text=True, cwd=home, check=False
        )
    assert (done.returncode, done.stderr) == (2, "No se pudo: el disco está lleno.\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_without_an_input_or_output_it_works_all_the_same(home: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {MAILBOT} check {closed}"], capture_output=True, text=True, cwd=home, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONTZPATH": ""},
        {"TMPDIR": "/nowhere"},
    ],
    ids=["another language", "no time zones", "no folder for temporary files"],
)
def test_a_bare_environment_does(home: Path, environment: dict[str, str]) -> None:
    """Also without HOME, PATH and a user's name."""
    done = subprocess.run(
        [str(MAILBOT), "run", "--once", "--config", "config.toml"],
        capture_output=True,
        cwd=home,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert b"mailbox.unavailable" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_config_that_was_deleted_is_the_one_the_service_works_by(home: Path) -> None:
    """Invariant 7: nobody need say which it was."""
    assert mailbot(home, "run", "--once").returncode == 1
    (home / "config.toml").unlink()
    for words in (["status"], ["cases"], ["run", "--once"]):
        done = mailbot(home, *words)
        assert "no se encontró" not in done.stderr
        assert "buena" in done.stdout + done.stderr
    shutil.rmtree(home / "var")
    assert "no se encontró config.toml" in mailbot(home, "status").stderr


def test_a_reload_that_is_asked_for_while_it_begins_does_not_end_it(home: Path) -> None:
    code = (
        "import os, signal; from mailbot.cli import main, spanish; begins = spanish.install\n"
        "spanish.install = lambda: (os.kill(os.getpid(), signal.SIGHUP), begins())\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--once"], capture_output=True, cwd=home, check=False
    )
    assert done.returncode == 1, f"{-signal.SIGHUP} is by the signal"
