"""What systemd is given: units that it understands in silence, hardened, with every secret as a credential."""

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mailbot.cli.common import COULD_NOT, NO_CONFIG
from mailbot.cli.starting import CODES

PACKAGING = Path(__file__).parents[2] / "packaging"
UNITS = ("mailbot.service", "mailbot@.service")
#: of `systemd-analyze security`, from 0 (locked up) to 10
EXPOSED = 1.5

#: never skipped in CI, where tests/servers.sh installs it
analyzed = pytest.mark.skipif(
    not (os.environ.get("CI") or shutil.which("systemd-analyze")), reason="systemd-analyze is not installed"
)


class Lines(configparser.RawConfigParser):
    """A unit; a key that stands there several times has its lines joined."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def service(name: str) -> dict[str, str]:
    lines = Lines(strict=False, delimiters=("=",), comment_prefixes=("#",))
    lines.read(PACKAGING / name, "utf-8")
    return dict(lines["Service"])


@analyzed
@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_unit_in_silence(name: str, tmp_path: Path) -> None:
    """Its exit code is 0 also for what it does not know, and it speaks of other units, too."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / name
    text = (PACKAGING / name).read_text("utf-8")
    unit.write_text(text.replace("/usr/lib/mailbot/bin/python", str(program)), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )

    assert [line for line in done.stderr.splitlines() if "mailbot" in line] == []


@analyzed
@pytest.mark.parametrize("name", UNITS)
def test_the_service_is_locked_up(name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", PACKAGING / name],
        capture_output=True,
        text=True,
        check=True,
    )

    [said] = [line for line in done.stdout.splitlines() if "Overall exposure level" in line]
    assert float(said.rpartition(": ")[2].split()[0]) <= EXPOSED


@pytest.mark.parametrize("name", UNITS)
def test_what_a_restart_cannot_cure_is_not_started_again(name: str) -> None:
    """Exit codes of sysexits.h; what may pass by itself, such as another mailbot at work, is none of them."""
    unit = service(name)

    assert unit["Restart"] == "on-failure"
    assert {int(code) for code in unit["RestartPreventExitStatus"].split()} == {NO_CONFIG, *CODES.values()}
    assert COULD_NOT not in CODES.values()


@pytest.mark.parametrize("name", UNITS)
def test_every_secret_beside_the_config_is_a_credential(name: str) -> None:
    """The folder is loaded whole: a mailbox that is added needs no other unit."""
    unit = service(name)
    config = Path(unit["ExecStart"].split()[-1])

    assert unit["LoadCredential"] == f"mailbot:{config.parent / 'credentials'}"
    assert unit["UMask"] == "0077"
    assert unit["StateDirectoryMode"] == "0700"


def test_an_instance_is_the_service_but_for_names() -> None:
    one, many = service("mailbot.service"), service("mailbot@.service")

    for key in ("SyslogIdentifier", "StateDirectory", "ConfigurationDirectory"):
        assert many.pop(key).replace("/%i", "").replace("@%i", "") == one.pop(key)
    assert {key: line.replace("/%i", "") for key, line in many.items()} == one


def test_no_key_is_newer_than_debian_12() -> None:
    """systemd 252; `backoff.conf` is for those who have a later one."""
    newer = ("RestartSteps", "RestartMaxDelaySec", "ImportCredential", "MemoryZSwapWriteback", "PrivatePIDs")

    assert not {key for name in UNITS for key in service(name)} & set(newer)
    assert "notify-reload" not in service("mailbot.service")["Type"]
