"""The little that can be told of a mail that could not be parsed."""

import re

HEAD = 256 * 1024
FROM = re.compile(rb"(?im)^from:[^\n]{0,998}?([\w.+-]{1,64}@[\w.-]{1,255})")


def sender(raw: bytes) -> str:
    """An address in its From header, in lower case; "" where none can be seen. Good for a hint, not for an answer."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD], maxsplit=1)[0]
    found = FROM.search(head)
    return found[1].decode("ascii", "replace").lower() if found else ""
