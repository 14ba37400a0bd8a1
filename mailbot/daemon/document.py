"""What a daemon says of its health, as JSON: written by it into the database, shown by `mailbot status`."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from mailbot.health import Box, Illness, Kind, Seen
from mailbot.values import rfc3339

Doc = dict[str, Any]


def document(ill: Iterable[Illness], seen: Seen) -> Doc:
    """Instants as text, durations in seconds."""
    return {
        "ill": [written(illness) for illness in ill],
        "mailboxes": {box.name: written(box) for box in seen.boxes},
        "disk": seen.disk and written(seen.disk),
    }


def written(value: Any) -> Doc:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return written(value)
    if isinstance(value, datetime):
        return rfc3339(value, "seconds")
    return value.total_seconds() if isinstance(value, timedelta) else value


def illness(doc: Doc) -> Illness:
    since = datetime.fromisoformat(doc["since"])
    return Illness(Kind(doc["kind"]), doc["about"], since, doc["said"], doc["cure"])


def news(ill: Iterable[Illness], seen: Seen) -> Any:
    """What of it is worth being written at once: times and numbers change all the time."""
    return [illness.key for illness in ill], [_gist(box) for box in seen.boxes]


def _gist(box: Box) -> Any:
    said = [why and why.said for why in (box.reading, box.sending)]
    return box.name, box.elsewhere, box.connected is None, box.read is None, said


def machine(worker: str) -> str:
    """`mesa1` of `mesa1:4711:9f8e7d6c`"""
    return worker.rsplit(":", 2)[0]
