"""Ten configs that teach the most: each in `broken/`, and beside it what `mailbot check` says of it, word for word."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli.app import app

BROKEN = Path(__file__).parent / "broken"
CONFIGS = sorted(BROKEN.glob("*.toml"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_what_check_says(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)

    said = CliRunner().invoke(app, ["check", "--config", config.name]).stdout

    assert said.replace(f"{BROKEN}/", "") == config.with_suffix(".txt").read_text("utf-8")


def test_there_are_ten() -> None:
    assert len(CONFIGS) == 10
