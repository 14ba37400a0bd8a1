"""What each daemon on this database says of itself: its config in force, its health; shown by `mailbot status`."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from mailbot.store import settings
from mailbot.store.settings import setting
from mailbot.store.statements import rows
from mailbot.store.transaction import Transaction

if TYPE_CHECKING:
    from mailbot.store.engine import Store

NAME, HEALTH = "live_config:", "health:"
#: what a daemon wrote that ended is forgotten then, where several may run; its health is much, and written each minute
KEPT = {NAME: timedelta(days=1), HEALTH: timedelta(hours=2)}


def keep(store: "Store", worker: str, known: dict[str, Any], now: datetime, what: str = NAME) -> None:
    """Instead of what this worker wrote before. Raises `StoreError`.

    On a SQLite file only this worker is at work; another may have had the id of its process.
    """

    def work(s: Transaction) -> None:
        for other, at in _others(s, worker, what):
            if store.is_sqlite or (other not in working and at < now - KEPT[what]):
                settings.forget(s, what + other)
        settings.keep(s, what + worker, known, now)

    with store.reading() as s:
        others = [other for other, _ in _others(s, worker, what)]
    working = store.working(others) if others and not store.is_sqlite else set()
    store.run(work)


def known(s: Transaction, what: str = NAME) -> list[dict[str, Any]]:
    """What each daemon wrote, the latest last; some may have ended."""
    query = select(setting.c.value).where(setting.c.key.startswith(what, autoescape=True))
    return [row.value for row in rows(s, query.order_by(setting.c.at, setting.c.key))]


def _others(s: Transaction, worker: str, what: str) -> list[tuple[str, datetime]]:
    query = select(setting.c.key, setting.c.at).where(setting.c.key.startswith(what, autoescape=True))
    return [(row.key.removeprefix(what), row.at) for row in rows(s, query) if row.key != what + worker]
