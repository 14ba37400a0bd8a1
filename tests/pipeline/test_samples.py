"""Each sample mail, played through the whole daemon after those that it follows, ends as its twin says."""

import shutil
from pathlib import Path

import pytest

from mailbot.config.load import load
from mailbot.config.model import Config
from mailbot.sandbox import samples
from mailbot.sandbox.demo import CONFIG, differences
from mailbot.sandbox.samples import Sample
from mailbot.sandbox.stage import Stage
from mailbot.values import duration

ALL = {name: samples.load(name) for name in samples.names()}
#: what no other sample follows: their chains hold all the others
LAST = sorted(ALL.keys() - {sample.follows for sample in ALL.values()})


def chain(name: str) -> list[Sample]:
    """The sample and those it follows, the first one first."""
    sample = ALL[name]
    return [*(chain(sample.follows) if sample.follows else []), sample]


@pytest.fixture(scope="module")
def config() -> Config:
    """The example that the project ships."""
    return load(CONFIG)


@pytest.mark.parametrize("name", LAST)
def test_each_sample_ends_as_its_twin_says(
    name: str, config: Config, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "mailbot.sqlite3")
    with Stage(config, tmp_path) as stage:
        for sample in chain(name):
            if sample.after:
                stage.advance(duration(sample.after))
            assert differences(sample, stage.play(sample)) == [], sample.name


def test_every_sample_has_its_twin() -> None:
    twins = {path.stem for path in samples.FIXTURES.glob("*.toml")} - {"historia"}
    assert twins == set(ALL)
