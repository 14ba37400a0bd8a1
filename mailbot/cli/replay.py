"""`mailbot rules replay`: what the edited rules would have decided on the mail of the last days."""

import sys
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import click

from mailbot.cli import replay_page
from mailbot.cli.base import Command
from mailbot.cli.common import (
    as_it_stands,
    as_json,
    config_file,
    days,
    limit,
    now,
    show_json,
    since,
    warn_of_removed,
)
from mailbot.config.live import Live
from mailbot.desk.account import Account, Difference
from mailbot.desk.difference import Change, Decided
from mailbot.replay import replay as judge
from mailbot.store import history
from mailbot.store.engine import Store
from mailbot.values import rfc3339

#: of each change, on a page
EXAMPLES = 5


@click.command(cls=Command)
@days(30)
@limit
@config_file
@as_json
def replay(days: int, limit: int | None, config: Path | None, as_json: bool) -> None:
    """Dice qué habrían decidido las reglas, tal como están ahora, con los correos de los últimos días.

    Muestra solo lo que cambiaría. Cada correo se juzga como si fuera el primero de su remitente; los que son
    de un caso no se juzgan. No guarda ni envía nada, y puede usarse con el servicio en marcha.
    """
    account = Account(None if as_json else limit or EXAMPLES)
    with as_it_stands(config) as (settings, store):
        warn_of_removed(settings, days)
        run(Live.of(settings), store, since(days), account)
    if as_json:
        show_json(document(days, account, limit))
    else:
        replay_page.show(account, days, settings)


def run(live: Live, store: Store, since: datetime, account: Account) -> None:
    """With a bar on the terminal, if there is one: it goes by the time that the mail took to come."""
    with store.reading() as s:
        span = history.span(s, since)
    if span is None:
        return
    first, reached = span
    length = int((reached - first).total_seconds()) + 1
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label="Correos", file=sys.stderr, hidden=hidden) as bar:
        for at in judge(live, store, since, now(), account):
            bar.update(max(0, int((reached - at).total_seconds())))
            reached = min(reached, at)


def document(days: int, account: Account, limit: int | None) -> dict[str, Any]:
    """All of it; `messages` oldest first."""
    return {
        "days": days,
        "mails": account.mails,
        "by_rules": account.changes.total(),
        "apart": {why.value: account.apart[why] for why in replay_page.APART},
        "by_hand": {
            "same": account.spared,
            "messages": [_entry(one) for one in reversed(account.examples_spared)][:limit],
        },
        "changes": {change.value: account.changes[change] for change in Change},
        "groups": [
            {
                "change": group.change,
                "from": group.before or None,
                "to": group.after or None,
                "mails": n,
                "more": account.more[group],
                "less": account.less[group],
            }
            for group, n in account.groups.most_common()
        ],
        "messages": [
            _entry(one) for one in reversed(account.differences[-limit:] if limit else account.differences)
        ],
    }


def _entry(one: Difference) -> dict[str, Any]:
    return {
        "id": one.id,
        "subject": one.subject,
        "from": one.sender,
        "received_at": rfc3339(one.received_at),
        "change": one.change,
        "before": _recorded(one.before),
        "after": _judged(one.after),
    }


@lru_cache(maxsize=10_000)
def _recorded(what: Decided) -> dict[str, Any]:
    """Few differ: of 100,000 mails they are the same objects."""
    return {
        "rule": what.rule,
        "treat_as": what.treat_as,
        "outcome": what.outcome,
        "missing": list(what.missing),
    }


@lru_cache(maxsize=10_000)
def _judged(what: Decided) -> dict[str, Any]:
    return _recorded(what) | {"words": list(what.words)}
