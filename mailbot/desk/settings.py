"""What the admin writes about the desk: `[precaso]`, `[replies]`, `[senders]`, `[group.…]`, `[hours.…]`."""

from datetime import date, timedelta
from typing import Literal

from mailbot.rules.settings import Field, Rule
from mailbot.values import Duration, Settings

ALWAYS = "24/7"


class Precaso(Settings):
    answer_within: Duration = timedelta(hours=24)
    #: None (written `""`): no reminder
    remind_after: Duration | None = timedelta(hours=12)
    late_answer: Literal["new", "tell"] = "new"
    calendar: str = ALWAYS


class Replies(Settings):
    per_address_per_hour: int = 5
    per_address_per_day: int = 20
    per_hour: int = 500
    #: "all", "none", or the only addresses that get mail
    send: Literal["all", "none"] | tuple[str, ...] = "all"
    unmatched: bool = False
    templates: str = ""


class Senders(Settings):
    ours: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


class Group(Settings):
    notify: tuple[str, ...] = ()


class Hours(Settings):
    """A calendar: weekly hours and holidays, in the service's timezone."""

    #: `{ "mon-fri" = "08:00-12:00 13:00-17:00" }`
    days: dict[str, str]
    #: a country, or country-subdivision: "CO", "CO-DC"
    holidays: str = ""
    extra: tuple[date, ...] = ()


class Policy(Settings):
    """All that a decision depends on besides the mail, the case and the time."""

    prefix: str = "MS"
    timezone: str = "America/Bogota"
    precaso: Precaso = Precaso()
    replies: Replies = Replies()
    senders: Senders = Senders()
    groups: dict[str, Group] = {}
    hours: dict[str, Hours] = {}
    fields: dict[str, Field] = {}
    rules: tuple[Rule, ...] = ()
    #: addresses and aliases of all mailboxes, and who writes alerts, in lower case: never answered
    own_addresses: frozenset[str] = frozenset()
