"""A case's rule and fields as they stood when it was opened, as JSON and back."""

import json
from datetime import timedelta
from functools import lru_cache
from typing import Any

from mailbot.desk.case import Snapshot
from mailbot.desk.settings import Hours
from mailbot.rules.settings import Field, Rule


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """All keys, also those left at their defaults: a default that changes later must not touch the case."""
    rule = snapshot.rule.model_dump(mode="json", by_alias=True)
    if snapshot.rule.answer_within is not None:
        rule["answer_within"] = _written(snapshot.rule.answer_within)
    return {
        "name": snapshot.name,
        "title": snapshot.title,
        "rule": rule,
        "fields": [field.model_dump(mode="json", by_alias=True) for field in snapshot.fields],
        "answer_within": _written(snapshot.answer_within),
        "calendar": snapshot.calendar,
        "hours": snapshot.hours.model_dump(mode="json") if snapshot.hours else None,
    }


def from_json(data: dict[str, Any]) -> Snapshot:
    """Keys that rules once had and have no more are passed over."""
    rule = Rule.model_validate(data["rule"], extra="ignore")
    return Snapshot(
        name=data["name"],
        title=data["title"],
        rule=rule,
        fields=tuple(Field.model_validate(field, extra="ignore") for field in data["fields"]),
        answer_within=timedelta(milliseconds=int(data["answer_within"].removesuffix("ms"))),
        calendar=data["calendar"],
        hours=Hours.model_validate(data["hours"], extra="ignore") if data.get("hours") else None,
    )


@lru_cache(maxsize=2000)
def from_text(text: str) -> Snapshot:
    """As it stands in the database. Cases of one rule have one snapshot, and reading it costs more than the case."""
    return from_json(json.loads(text))


def _written(length: timedelta) -> str:
    """As in config.toml, so that what reads that file reads this too."""
    return f"{length // timedelta(milliseconds=1)}ms"
