"""What `mailbot login` obtained: one refresh token for each account, spent by one worker at a time.

A provider may give another one with each use and refuse the old one (rotation), so reader, sender, commands
and other daemons take turns: `take`, ask the provider, `put_back`. Each is one transaction; nobody holds one
while a provider is asked. The tokens lie in `setting` as they are: who may read the database may use them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from mailbot.store import settings
from mailbot.store.transaction import Transaction

#: whoever took a token and gave no sign of life since will not put it back
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Kept:
    """A refresh token; `login` tells one `mailbot login` from the next, whatever rotates in between."""

    account: str
    client_id: str
    refresh_token: str = field(repr=False)
    login: str
    turn: int


class Busy(Exception):
    """Somebody else is just spending it."""


def key(account: str) -> str:
    return f"oauth2:{account}"


def logged_in(s: Transaction, account: str, client_id: str, refresh_token: str, now: datetime) -> None:
    """The outcome of a login, in place of whatever there was."""
    value = {"client_id": client_id, "refresh_token": refresh_token, "login": uuid4().hex, "turn": 0}
    settings.keep(s, key(account), value, now)


def login_of(s: Transaction, account: str) -> str:
    """Which login is kept; "" where there is none."""
    value = settings.get(s, key(account))
    return str(value["login"]) if value else ""


def take(s: Transaction, account: str, by: str, now: datetime) -> Kept | None:
    """To be spent by us alone until `put_back`, or for the time of a lease. None: nobody has logged in.

    Raises `Busy`.
    """
    value = settings.get(s, key(account))
    if value is None:
        return None
    # either way: `now` may be of before the moment in which this transaction could begin
    if "held_at" in value and abs(now - datetime.fromisoformat(value["held_at"])) < LEASE:
        raise Busy
    turn = value["turn"] + 1
    held = {"turn": turn, "held_by": by, "held_at": now.isoformat()}
    settings.keep(s, key(account), {**value, **held}, now)
    return Kept(account, value["client_id"], value["refresh_token"], value["login"], turn)


def put_back(s: Transaction, kept: Kept, refresh_token: str, now: datetime) -> bool:
    """For the next one, as it was or renewed. False: there was another login meanwhile, or our lease ran out."""
    value: dict[str, Any] | None = settings.get(s, key(kept.account))
    if value is None or (value["login"], value["turn"]) != (kept.login, kept.turn):
        return False
    free = {name: value[name] for name in ("client_id", "login", "turn")}
    settings.keep(s, key(kept.account), {**free, "refresh_token": refresh_token}, now)
    return True
