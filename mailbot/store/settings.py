"""What must outlive a restart and has no table of its own, such as OAuth tokens: a name and its JSON value."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.prepared import Prepared
from mailbot.store.statements import put, run, scalar
from mailbot.store.transaction import Transaction

setting = table(tables.Setting)

#: in a copy of the database that was not put right yet: it knows nothing of what was done since
IS_COPY = "is_copy"
#: the mailbot that brought the schema to where it is: `migrate`
UPGRADED_BY = "upgraded_by"


VALUE = Prepared(select(setting.c.value).where(setting.c.key == bindparam("key")))


def get(s: Transaction, name: str) -> Any:
    """None where nothing was kept under that name."""
    return scalar(s, VALUE, key=name)


def keep(s: Transaction, name: str, value: Any, now: datetime) -> None:
    put(s, setting, {"key": name, "value": value, "at": now})


def forget(s: Transaction, name: str) -> None:
    run(s, delete(setting).where(setting.c.key == name))
