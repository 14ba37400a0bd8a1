"""Whoever reads the shipped config.toml, or docs/oauth2.md, has read of every key."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from mailbot.config.model import Config
from mailbot.values import Settings

ROOT = Path(__file__).parents[2]
READ = (ROOT / "config.toml").read_text("utf-8") + (ROOT / "docs/oauth2.md").read_text("utf-8")
#: set when the file is read
NOBODY_WRITES = {"home", "source", "content", "digest"}


def keys(model: type[Settings]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name.rstrip("_")
        yield from keys_within(field.annotation)


def keys_within(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield from keys(annotation)
    for part in get_args(annotation):
        yield from keys_within(part)


@pytest.mark.parametrize("key", sorted(set(keys(Config)) - NOBODY_WRITES))
def test_every_key_is_told_to_those_who_write_the_file(key: str) -> None:
    assert re.search(rf"\b{key}\b", READ)
