"""Stage one: is each section, key and value of the right kind? Tables → `Config`, and all that is wrong."""

import json
from copy import deepcopy
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailbot.config.explain import explain, unknown_key
from mailbot.config.meant import nearest
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc

Tables = dict[str, Any]

#: what stands in for a missing obligatory key while the rest is examined
STAND_IN: Tables = {
    "address": "x@x.invalid",
    "host": "localhost",
    "imap": {"host": "localhost"},
    "smtp": {"host": "localhost"},
    "label": "?",
    "name": "?",
    "days": {"mon": "08:00-09:00"},
    "mailbox": {},
}
#: each pass can only uncover what the one before hid: a table in a table in a table
PASSES = 6


def read(tables: Tables, home: Path) -> tuple[Config | None, list[Finding]]:
    """The config and what is wrong with its shape.

    With findings the config is one mended for the sake of the second stage, never one to run with; None where
    mending does not help.
    """
    tables, findings = _named(tables)
    for attempt in range(PASSES):
        try:
            return validate(tables, home), findings
        except ValidationError as error:
            # a default that needs another value is no mistake of its own
            errors = [e for e in error.errors(include_url=False) if e["type"] != "default_factory_not_called"]
            if not attempt:
                findings += _findings(errors, tables)
                tables = deepcopy(tables)  # ours from here on
            _mend(tables, errors)
    return None, findings


def validate(tables: Tables, home: Path) -> Config:
    """As JSON, because its strictness is that of TOML: lists become tuples, but `true` is no number."""
    return Config.model_validate_json(
        json.dumps({**tables, "home": str(home)}, default=str), strict=True, context={"home": home}
    )


def _named(tables: Tables) -> tuple[Tables, list[Finding]]:
    """Tables in which mailboxes and fields know their names; attributes that are no keys are unknown keys."""
    tables = {**tables}
    findings = []
    for key in ("home", "source", "content", "digest"):
        if key in tables:
            findings.append(unknown_key((key,)))
            del tables[key]
    for section in ("mailbox", "field"):
        if not isinstance(named := tables.get(section), dict):
            continue
        tables[section] = named = {**named}
        for name, table in named.items():
            if isinstance(table, dict):
                if "name" in table:
                    findings.append(unknown_key((section, name, "name")))
                named[name] = {**table, "name": name}
    return tables, findings


def _findings(errors: list[ErrorDetails], tables: Tables) -> list[Finding]:
    """One finding a place. A union reports once for each of its members: the deepest speaks."""
    by_place: dict[Loc, Finding] = {}
    for error in errors:
        at = _place(error, tables)
        by_place.setdefault(at, explain(error, at))
    _drop_misspelt(by_place)
    above = set(chain.from_iterable((at[:n] for n in range(len(at))) for at in by_place))
    return [finding for at, finding in by_place.items() if at not in above]


def _drop_misspelt(by_place: dict[Loc, Finding]) -> None:
    """`labell = …` is one mistake: an unknown key, not also a missing one."""
    for at, finding in list(by_place.items()):
        missing = [m for m, other in by_place.items() if m[:-1] == at[:-1] and not other.at_key]
        if finding.at_key and (meant := nearest(str(at[-1]), [str(m[-1]) for m in missing])):
            del by_place[(*at[:-1], meant)]


def _place(error: ErrorDetails, tables: Tables) -> Loc:
    """Pydantic's location without the names of union members, which are no keys."""
    at: list[str | int] = []
    inside: Any = tables
    for step in error["loc"]:
        if isinstance(inside, dict | list) and _has(inside, step):
            inside = inside[step]  # type: ignore[index]
            at.append(step)
    if error["type"] == "missing":
        at.append(error["loc"][-1])
    return tuple(at)


def _has(inside: Tables | list[Any], step: str | int) -> bool:
    return step in inside if isinstance(inside, dict) else isinstance(step, int) and step < len(inside)


def _mend(tables: Tables, errors: list[ErrorDetails]) -> None:
    """Take out what is wrong and put in what is missing, so that everything else can still be examined."""
    places = {(_place(error, tables), error["type"] == "missing") for error in errors}
    for at, missing in sorted(places, key=str):
        # a list keeps its length, so that `rule[2]` stays what it is
        keys = [n for n, step in enumerate(at) if isinstance(step, str)]
        if not keys:
            continue
        *parents, key = at[: keys[-1] + 1]
        inside: Any = tables
        for step in parents:
            inside = inside[step] if _has(inside, step) else {}
        if missing:
            inside[key] = deepcopy(STAND_IN.get(str(key), ""))
        elif isinstance(inside, dict):
            inside.pop(key, None)
