"""docs/seguridad.md names only what is there: tests that prove it, commands, keys, other pages."""

import re
from pathlib import Path

import pytest

from mailbot.cli.app import COMMANDS
from mailbot.config.model import Retention

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/seguridad.md").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/.]+)`", TEXT))))
def test_what_proves_a_claim_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", sorted(set(re.findall(r"\]\((\w+\.md)\)", TEXT))))
def test_every_page_it_leads_to_is_there(page: str) -> None:
    assert (ROOT / "docs" / page).exists()


def test_every_command_is_one() -> None:
    named = set(re.findall(r"(?m)(?:^    |`)(?:sudo )?mailbot ([a-z]+)", TEXT))
    assert {"forget", "retention", "explain", "case"} <= named <= COMMANDS.keys()


def test_every_term_of_retention_is_in_the_table() -> None:
    table = TEXT.partition("## Qué se guarda")[2].partition("##")[0]
    assert [key for key in Retention.model_fields if f"| `{key}`" not in table] == []
