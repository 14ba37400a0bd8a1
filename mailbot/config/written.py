"""Rules as text for config.toml: whatever stands in a value, the file stays TOML (hazard 31 for files)."""

import json
from collections.abc import Iterable

from mailbot.rules.settings import Rule

#: columns of a line, before a list is broken into several
WIDTH = 108


def text(value: str) -> str:
    """A basic string (TOML 1.0): JSON's escapes are TOML's too, save for DEL, which JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def strings(values: Iterable[str], key: str = "") -> str:
    """A list on one line, or on several where that would be too long; `key` is what stands before it."""
    written = [text(value) for value in values]
    one = f"[{', '.join(written)}]"
    return one if len(key) + len(one) <= WIDTH else "[\n" + "".join(_lines(written)) + "]"


def _lines(written: Iterable[str]) -> Iterable[str]:
    line = ""
    for each in written:
        if line and len(line) + len(each) + 6 > WIDTH:
            yield f"    {line}\n"
            line = ""
        line = f"{line} {each},".strip()
    yield f"    {line}\n"


def rule(written: Rule) -> str:
    """A `[[rule]]` block."""
    values = {
        "name": text(written.name),
        "title": text(written.title) if written.title else "",
        "keywords": strings(written.keywords, "keywords = "),
        "kind": text(written.kind),
        "severity": str(written.severity),
        "group": text(written.group),
        "category": text(written.category) if written.category else "",
        "requires": strings(written.requires, "requires = "),
    }
    lines = [f"{key:<8} = {value}" for key, value in values.items() if value]
    return "\n".join(("[[rule]]", *lines)) + "\n"
