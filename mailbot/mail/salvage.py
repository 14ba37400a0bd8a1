"""The little that can be told of a mail that could not be parsed: good for a hint, not for an answer."""

import re
from contextlib import suppress

from mailbot.mail import headers
from mailbot.mail.octets import Octets

HEAD = 256 * 1024
FROM = re.compile(rb"(?im)^from:[^\n]{0,998}?([\w.+-]{1,64}@[\w.-]{1,255})")
SUBJECT = re.compile(rb"(?im)^subject:([^\n]{0,998}(?:\n[ \t][^\n]{0,998}){0,9})")


def sender(raw: Octets) -> str:
    """An address in its From header, in lower case; "" where none can be seen."""
    found = FROM.search(_head(raw))
    return found[1].decode("ascii", "replace").lower() if found else ""


def subject(raw: Octets) -> str:
    """Its subject as people read it, at most 998 characters; "" where none can be read."""
    found = SUBJECT.search(_head(raw))
    with suppress(Exception):  # it may be the very line that could not be read
        return headers.text(found[1])[:998] if found else ""
    return ""


def _head(raw: Octets) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw[:HEAD], maxsplit=1)[0]
