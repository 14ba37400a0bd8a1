"""Messages from the selected folder: sizes first, bodies in bundles, large ones in pieces, into a file (hazard 43)."""

import imaplib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from mailbot.mail.octets import Octets
from mailbot.transport.errors import words
from mailbot.transport.imap_excerpt import HEADER, Gone, excerpt, section
from mailbot.transport.spool import Spool

#: Messages in one command, octets in one answer, octets in one piece of a message larger than that.
MESSAGES = 50
BUNDLE = 2_000_000
PIECE = 1_048_576

#: uid, raw, whole, error
Body = tuple[int, Octets, bool, str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server has it.

    `received_at`: INTERNALDATE, aware UTC; `size`: RFC822.SIZE in octets; `whole`: `raw` is all of it, byte
    for byte. Otherwise it was above the limit, and `raw` is a small message of its header and first text.
    `error`: what the server said instead of giving it; `raw` is then its header, or nothing at all.
    `last`: for what comes after it the server must be asked again.
    """

    uid: int
    received_at: datetime
    size: int
    raw: Octets
    whole: bool
    error: str = ""
    last: bool = False


def fetch(client: Any, uids: Iterable[int], max_size: int) -> Iterator[Fetched]:
    """In the order of `uids`; those that are gone are left out. `\\Seen` is never touched (RFC 3501 §6.4.5).

    A message that the server fails to give has an `error`, and does not stop the others (lesson 7).
    """
    rest = iter(uids)
    while some := list(islice(rest, MESSAGES)):
        about = client.fetch(some, ["RFC822.SIZE", "INTERNALDATE"])
        sizes = {uid: about[uid][b"RFC822.SIZE"] for uid in some if uid in about}
        for bundle in bundles(sizes, max_size):
            for uid, raw, whole, error in _bodies(client, bundle, sizes, max_size):
                received_at = about[uid][b"INTERNALDATE"].astimezone(UTC)
                yield Fetched(uid, received_at, sizes[uid], raw, whole, error, last=uid == bundle[-1])


def bundles(sizes: Mapping[int, int], max_size: int) -> Iterator[list[int]]:
    """UIDs that fit into one answer; a message that is fetched in another way is alone in its bundle."""
    bundle: list[int] = []
    weight = 0
    for uid, size in sizes.items():
        own = max(size, 1) if size <= min(max_size, PIECE) else BUNDLE  # a file that a full disk left empty
        if bundle and weight + own > BUNDLE:
            yield bundle
            bundle, weight = [], 0
        bundle.append(uid)
        weight += own
    if bundle:
        yield bundle


def _bodies(client: Any, bundle: Sequence[int], sizes: Mapping[int, int], max_size: int) -> Iterator[Body]:
    """Of a bundle; if the server refuses it, of each of its messages, and of one alone what is left."""
    try:
        yield from _bundle(client, bundle, sizes, max_size)
    except Gone:
        return
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if len(bundle) == 1:
            yield bundle[0], _header(client, bundle[0]), False, words(error)
            return
        for uid in bundle:
            yield from _bodies(client, [uid], sizes, max_size)


def _bundle(client: Any, bundle: Sequence[int], sizes: Mapping[int, int], max_size: int) -> Iterator[Body]:
    first = bundle[0]
    if sizes[first] > max_size:
        yield first, excerpt(client, first), False, ""
    elif sizes[first] > PIECE:
        yield first, _in_pieces(client, first), True, ""
    else:
        answer = client.fetch(bundle, ["BODY.PEEK[]"])
        for uid in bundle:
            if uid in answer:
                raw = answer.pop(uid).get(b"BODY[]")
                yield (uid, raw, True, "") if raw is not None else (uid, b"", False, "BODY[] NIL")


def _header(client: Any, uid: int) -> bytes:
    """For a person to know whose message it is; servers often keep the header where the body is damaged."""
    try:
        return section(client, uid, "HEADER", HEADER)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, Gone):
        return b""


def _in_pieces(client: Any, uid: int) -> Spool:
    """A large message, one piece of it in memory; RFC822.SIZE is not trusted for its end."""
    raw = Spool()
    while True:
        piece = section(client, uid, "", PIECE, start=len(raw))
        raw.write(piece)
        if len(piece) < PIECE:
            return raw
