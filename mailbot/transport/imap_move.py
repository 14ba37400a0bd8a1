"""Moving without ever losing: MOVE, or COPY and UID EXPUNGE of exactly what was copied, or not at all."""

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: RFC 4315 §3: destination's UIDVALIDITY, UIDs here, UIDs there, in the same order.
COPYUID = re.compile(rb"(\d+) ([\d:,]+) ([\d:,]+)")

#: UID of the message here → (UIDVALIDITY, UID) there, None where the server does not say.
Moved = dict[int, tuple[int, int] | None]


def move(client: Any, uids: Sequence[int], name: str) -> Moved | None:
    """Move messages of the selected folder to the folder `name`; None: this server cannot do it safely.

    Those that were gone are left out, where the server tells which ones it moved.
    Never a plain EXPUNGE: that would also remove what someone else marked (hazards 48, 51).
    """
    if client.has_capability("MOVE"):
        _carry(client, client.move, uids, name)
        known = _copied(client)
    elif client.has_capability("UIDPLUS"):
        _carry(client, client.copy, uids, name)
        known = _copied(client)
        client.add_flags(uids, [b"\\Deleted"], silent=True)  # COPY was all or nothing (RFC 3501 §6.4.7)
        client.uid_expunge(uids)
    else:
        return None
    return {uid: known.get(uid) for uid in uids if uid in known or not known}


def _carry(client: Any, command: Callable[[Sequence[int], str], Any], uids: Sequence[int], name: str) -> None:
    """Once more where a person took one of them away meanwhile: then none was carried (RFC 5530 EXPUNGEISSUED)."""
    try:
        command(uids, name)
    except imaplib.IMAP4.error as error:
        if "[EXPUNGEISSUED]" not in str(error).upper():
            raise
        client.noop()  # now the server looks what is there
        command(uids, name)


def _copied(client: Any) -> dict[int, tuple[int, int]]:
    """The COPYUID of the last command; imapclient gives it in no other way."""
    known: dict[int, tuple[int, int]] = {}
    for line in client._imap.untagged_responses.pop("COPYUID", ()):
        if match := COPYUID.fullmatch(line or b""):
            here, there = list(numbers(match[2])), list(numbers(match[3]))
            if len(here) == len(there):
                known.update((old, (int(match[1]), new)) for old, new in zip(here, there, strict=True))
    return known


def numbers(uid_set: bytes) -> Iterator[int]:
    """`b"4,7:9"` → 4, 7, 8, 9; `9:7` means the same as `7:9` (RFC 3501 §9)."""
    for piece in uid_set.split(b","):
        first, _, last = piece.partition(b":")
        low, high = sorted((int(first), int(last or first)))
        yield from range(low, high + 1)
