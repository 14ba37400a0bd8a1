"""Whether a database is a copy that was restored: it knows nothing of what was done since it was made.

What `mailbot db backup` makes of a SQLite database says so itself. On PostgreSQL the one in use knows its server
and the number that its table has there: what `pg_restore` makes has another, under whatever name it is put back.
"""

from datetime import datetime

from sqlalchemy import text

from mailbot.store import settings
from mailbot.store.statements import scalar
from mailbot.store.transaction import Transaction

#: where the service worked last
HOME = "home"
#: a server's identity goes over to its standbys; a table's number is given once
HERE = text(
    "SELECT concat_ws('/', system_identifier, d.oid, CAST('setting'::regclass AS oid))"
    " FROM pg_control_system(), pg_database d WHERE d.datname = current_database()"
)


def is_copy(s: Transaction) -> bool:
    """Whether `mailbot.repair` comes before any work."""
    if settings.get(s, settings.IS_COPY):
        return True
    home = settings.get(s, HOME)
    return home is not None and home != _here(s)


def is_known(s: Transaction) -> bool:
    """Whether it would be recognised, if it were restored from a copy."""
    known: str | None = settings.get(s, HOME)
    return _here(s) == known


def settled(s: Transaction, now: datetime) -> None:
    """It is the one in use, from now on."""
    settings.forget(s, settings.IS_COPY)
    if home := _here(s):
        settings.keep(s, HOME, home, now)


def _here(s: Transaction) -> str | None:
    """None: a file is what it is wherever it lies."""
    if s.connection().dialect.name == "sqlite":
        return None
    found: str = scalar(s, HERE)
    return found
