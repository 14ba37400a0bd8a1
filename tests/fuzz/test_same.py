"""Two versions of mailbot, compared by what they understand."""

import shutil
from pathlib import Path

import pytest

from fuzz import same
from fuzz.seeds import seeds

MUTANTS = 30


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another checkout, the same as this one."""
    for package in ("mailbot", "fuzz", "bench"):
        leave = shutil.ignore_patterns("__pycache__", "corpus", "found", "*.eml")
        shutil.copytree(same.HERE / package, tmp_path / package, ignore=leave)
    shutil.copy(same.HERE / "config.toml", tmp_path)
    return tmp_path


def test_a_version_understands_mail_as_itself(other: Path) -> None:
    count, unlike = same.differences(other, MUTANTS, seed=1)
    assert count > MUTANTS + same.WRITTEN
    assert unlike == []


def test_a_version_that_reads_another_text_is_told_with_the_mails_that_show_it(other: Path) -> None:
    module = other / "mailbot" / "mail" / "plain.py"
    written = module.read_text("utf-8")
    module.write_text(written.replace("LENGTH = 400", "LENGTH = 4"), "utf-8")
    _, unlike = same.differences(other, 0, seed=1)
    assert unlike
    assert len(unlike) < same.WRITTEN + len(seeds())
