"""What goes into the package: the same pinned packages that are tested, and a manual that has every command."""

import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.cli.common import COULD_NOT, NO_CONFIG
from mailbot.cli.starting import CODES

ROOT = Path(__file__).parents[2]


def pinned(path: Path) -> dict[str, set[str]]:
    """By `name==version`: the hashes."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if "==" in line:
            name = line.split()[0]
            found[name] = set()
        elif "--hash=" in line:
            found[name].add(line.strip().removesuffix("\\").strip())
    return found


def test_the_package_holds_what_is_tested() -> None:
    """`make lock` writes both files."""
    tested, packed = pinned(ROOT / "requirements.lock"), pinned(ROOT / "packaging" / "requirements.lock")

    assert packed
    assert {name: hashes for name, hashes in packed.items() if tested.get(name) != hashes} == {}
    assert all(packed.values())


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "packaging" / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man")
    subprocess.run([sys.executable, ROOT / "packaging" / "manual.py", folder], check=True)
    return folder


def test_the_manual_has_every_command(pages: Path) -> None:
    from mailbot.cli.app import COMMANDS

    text = (pages / "mailbot.1").read_text("utf-8").replace("\\-", "-")

    assert [name for name in COMMANDS if f".SS mailbot {name}\n" not in text] == []
    assert ".SS mailbot rules test\n" in text
    assert "Usage:" not in text
    assert ".SH SINOPSIS\n.nf\nmailbot [OPCIONES]" in text


def test_the_manual_and_the_guide_have_every_exit_code(pages: Path) -> None:
    manual = (pages / "mailbot.1").read_text("utf-8").partition(".SH CÓDIGOS DE SALIDA")[2]
    guide = (ROOT / "docs" / "instalacion.md").read_text("utf-8")

    for code in (COULD_NOT, NO_CONFIG, *CODES.values()):
        assert f".B {code}\n" in manual
        assert f"\n| {code} | " in guide


def test_no_line_of_the_manual_is_taken_for_a_request(pages: Path) -> None:
    """roff takes what begins with a dot or an apostrophe."""
    known = (".TH", ".SH", ".SS", ".nf", ".fi", ".TP", ".B ", ".BR")
    lines = [line for page in pages.iterdir() for line in page.read_text("utf-8").splitlines()]

    assert [line for line in lines if line.startswith((".", "'")) and not line.startswith(known)] == []


def test_the_example_config_is_in_the_manual_whole(pages: Path) -> None:
    text = (pages / "mailbot-config.5").read_text("utf-8")
    plain = text.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")

    assert (ROOT / "config.toml").read_text("utf-8") in plain


@pytest.mark.parametrize("script", ["deb/postinst", "deb/prerm", "deb/postrm", "mailbot.sh"])
def test_scripts_of_the_package_are_plain_sh(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / "packaging" / script], check=True)


WRAPPED = [
    ("/etc/mailbot/config.toml", [], "/var/lib/mailbot"),
    ("", ["--config", "/etc/mailbot/config.toml", "cases"], "/var/lib/mailbot"),
    ("", ["cases", "--config=/etc/mailbot/ventas/config.toml"], "/var/lib/mailbot/ventas"),
    (
        "/etc/mailbot/config.toml",
        ["--config", "/etc/mailbot/x/../ventas/config.toml"],
        "/var/lib/mailbot/ventas",
    ),
    ("", [], "/var/lib/mailbot"),
    ("", ["--config", "mine.toml", "check"], ""),
    ("/home/ana/config.toml", ["rules", "test", "Olvidé la «clave»"], ""),
]


@pytest.mark.parametrize(("variable", "words", "state"), WRAPPED)
def test_the_command_line_uses_the_state_of_the_config_it_is_given(
    variable: str, words: list[str], state: str, tmp_path: Path
) -> None:
    """Of another config, nothing of the service's."""
    told = 'echo "state=${STATE_DIRECTORY:-}"; echo "config=${MAILBOT_CONFIG:-}"; for word; do echo "word=$word"; done'
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nshift 3\n{told}\n")
    program.chmod(0o755)
    script = (ROOT / "packaging" / "mailbot.sh").read_text("utf-8")
    # as somebody who is not root, whoever runs the tests
    script = script.replace("/usr/lib/mailbot/bin/python", str(program)).replace('"$(id -u)" = 0', "1 = 0")

    done = subprocess.run(
        ["sh", "-c", script, "mailbot", *words],
        env={"PATH": "/usr/bin:/bin", "MAILBOT_CONFIG": variable},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    config = f"{state.replace('/var/lib', '/etc')}/config.toml" if state else variable
    head = [f"state={state}", f"config={config}"]
    assert done.stdout.splitlines() == [*head, *(f"word={word}" for word in words)]
