"""The first day: suggestions from the subjects in the mailbox itself. Nothing is stored, moved, marked or sent."""

import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

import click

from mailbot.cli.amounts import of_days
from mailbot.cli.around import known
from mailbot.cli.common import fail, told
from mailbot.config.load import find, load
from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import database_url
from mailbot.login import Logins
from mailbot.rules.fold import fold_subject, words
from mailbot.rules.suggest.lines import Seen
from mailbot.rules.suggest.suggestions import Suggested, suggest as analyse
from mailbot.rules.suggest.words import FILLER
from mailbot.store.subjects import MOST
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_subjects import subjects


def from_server(
    path: Path | None, wanted: str | None, since: datetime, days: int
) -> tuple[Config, str, Suggested]:
    """The config, whose mail it was, and what was found. Without a mailbox, a server or a login it ends."""
    with told(TransportError):
        config = load(find(path))
        box = _box(config, wanted)
        # of the database only tokens are wanted, where `mailbot login` left some
        store = known(database_url(config)) if box.imap_login.oauth2 else nullcontext()
        with store as tokens, closing(Logins(config, tokens).imap(box)) as imap:
            found = analyse(_seen(imap, box, since), config.rule)
    return config, f"Asuntos de {box.folder}, en el buzón {box.address}, {of_days(days)}", found


def _box(config: Config, wanted: str | None) -> Mailbox:
    if wanted and wanted not in config.mailbox:
        fail(f"No hay un buzón «{wanted}»; hay: {', '.join(config.mailbox)}.")
    if not config.mailbox:
        fail("config.toml no tiene ningún buzón.")
    return config.mailbox[wanted or next(iter(config.mailbox))]


def _seen(imap: ImapMailbox, box: Mailbox, since: datetime) -> Iterator[Seen]:
    """Who wrote is not asked: subjects that differ in a number or a month only count as one writer's."""
    imap.connect()
    imap.select(box.folder, read_only=True)
    uids = imap.uids(0, since.date())[-MOST:]
    hidden = not sys.stderr.isatty()  # in a log a bar says nothing
    with click.progressbar(length=len(uids), label="Asuntos", file=sys.stderr, hidden=hidden) as bar:
        for some in subjects(imap, uids):
            yield from (Seen(subject, writer(subject), mailbox=box.name) for subject in some)
            bar.update(len(some))


def writer(subject: str) -> str:
    """«Informe de mayo No. 12» and «Informe de junio No. 13» are one's."""
    said = words(fold_subject(subject))
    return " ".join(word for word in said if word.isalpha() and word not in FILLER)
