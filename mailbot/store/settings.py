"""What must outlive a restart and has no table of its own, such as OAuth tokens: a name and its JSON value."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import put, scalar

setting = table(tables.Setting)


def get(s: Session, name: str) -> Any:
    """None where nothing was kept under that name."""
    return scalar(s, select(setting.c.value).where(setting.c.key == name))


def keep(s: Session, name: str, value: Any, now: datetime) -> None:
    put(s, setting, {"key": name, "value": value, "at": now})
