"""Rules added to config.toml: all or nothing, and what was there stays as it was."""

from pathlib import Path

import pytest

from mailbot.config import append as module
from mailbot.config.append import ChangedMeanwhile, append
from mailbot.config.load import ConfigError, load
from mailbot.values import Problem

CONFIG = """[mailbox.x]
address = "x@mesa.example"
imap = { host = "localhost" }
smtp = { host = "localhost" }"""
RULE = '[[rule]]\nname = "a"\nkeywords = ["uno"]\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def test_the_rest_stays_byte_for_byte_and_a_copy_is_kept(config: Path) -> None:
    copy, _ = append(config, RULE)
    assert config.read_text() == f"{CONFIG}\n\n{RULE}"
    assert copy == config.with_name("config.toml.bak")
    assert copy.read_text() == CONFIG
    assert [rule.name for rule in load(config).rule] == ["a"]


def test_a_file_of_windows_keeps_its_line_ends_and_its_mark(config: Path) -> None:
    before = b"\xef\xbb\xbf" + CONFIG.replace("\n", "\r\n").encode() + b"\r\n"
    config.write_bytes(before)
    append(config, RULE)
    assert config.read_bytes() == before + b"\r\n" + RULE.replace("\n", "\r\n").encode()


def test_what_would_not_pass_check_is_not_written(config: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        append(config, '[[rule]]\nname = "a"\nkeywords = ["uno"]\nrequires = ["nadie"]\n')
    assert [(p.file, p.line) for p in refused.value.problems] == [(str(config), 9)]
    assert config.read_text() == CONFIG
    assert [p.name for p in config.parent.iterdir()] == ["config.toml"]


def test_a_file_with_an_error_of_its_own_is_left_alone(config: Path) -> None:
    config.write_text(f"{CONFIG}\n[service]\nprefix = 1\n")
    with pytest.raises(ConfigError):
        append(config, RULE)
    assert "[[rule]]" not in config.read_text()


def test_only_warnings_about_what_was_added_are_told(config: Path) -> None:
    config.write_text(f"{CONFIG}\n{RULE}")
    _, warnings = append(config, '[[rule]]\nname = "b"\nkeywords = ["uno"]\n')
    assert warnings
    assert all(p.line > 7 for p in warnings)
    assert all(p.file == str(config) for p in warnings)


def test_the_mode_stays_and_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    config.chmod(0o640)
    link = tmp_path / "enlace.toml"
    link.symlink_to(config)
    append(link, RULE)
    assert link.is_symlink()
    assert config.stat().st_mode & 0o777 == 0o640
    assert config.read_text().endswith(RULE)


def test_what_is_saved_meanwhile_is_not_overwritten(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def saved_meanwhile(path: Path) -> tuple[Problem, ...]:
        config.write_text(f"{CONFIG}\n# de otra persona\n")
        return ()

    monkeypatch.setattr(module, "check", saved_meanwhile)
    with pytest.raises(ChangedMeanwhile):
        append(config, RULE)
    assert config.read_text() == f"{CONFIG}\n# de otra persona\n"
