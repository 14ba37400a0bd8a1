"""Delivery status notifications, and which of our messages they return (RFC 3464; hazards 1, 9, 11)."""

import re
from collections.abc import Iterable, Iterator

from mailbot.mail import headers, identity
from mailbot.mail.automatic import DAEMON
from mailbot.mail.headers import Headers
from mailbot.mail.message import Address, Bounce
from mailbot.mail.structure import Part

STATUS = ("message/delivery-status", "message/global-delivery-status")
RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
#: RFC 3464 §2.3.3, worst first
ACTIONS = ("failed", "delayed", "relayed", "expanded", "delivered")
BY_CLASS = {"2": "delivered", "4": "delayed", "5": "failed"}
#: octets of a report that are read
LENGTH = 64 * 1024
#: where our reference stands in a mail of ours
REFERENCES = ("x-mailbot-reference", "message-id", "references")
#: who returns mail besides the daemons; a person may read this account too
POSTMASTER = "postmaster"

_QUOTED = re.compile(
    r"^[> \t]*(?:x-mailbot-reference|message-id|references):[ \t]*(<[^<>\s]+>(?:[ \t]+<[^<>\s]+>)*)",
    re.I | re.M,
)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_EMAIL = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")


def read(root: Part, sender: Address | None, text: str) -> tuple[Bounce | None, tuple[str, ...]]:
    """What a bounce tells and the ids of the message it returns; (None, ()) for any other mail.

    A person who forwards a bounce is no bounce: it is a multipart/report, or a mail daemon wrote it.
    """
    leaves = list(root.leaves)
    status = next((leaf for leaf in leaves if leaf.type in STATUS), None)
    by_daemon = sender is not None and _is_daemon(sender.email.rpartition("@")[0])
    if not by_daemon and not (status and root.type == "multipart/report"):
        return None, ()
    returned = tuple(dict.fromkeys(_returned(leaves, text)))
    if status:
        return _reported(status), returned
    return (_told(text), returned) if returned or _CODE.search(text) else (None, ())


def _is_daemon(local: str) -> bool:
    return local == POSTMASTER or bool(DAEMON.fullmatch(local))


def _reported(status: Part) -> Bounce:
    """Of the recipients the worst off: a bounce is a bounce even if others got the mail."""
    found = sorted(map(_recipient, _groups(status.content[:LENGTH])), key=lambda b: ACTIONS.index(b.action))
    return next(
        (bounce for bounce in found if bounce.recipient or bounce.status), Bounce("failed", "", "", "")
    )


def _groups(content: bytes) -> Iterator[Headers]:
    """The groups of fields, the first about the message, each other about one recipient."""
    at = 0
    while at < len(content):
        group, after, _ = headers.read(content, at, len(content))
        if group.fields:
            yield group
        at = after if after > at else (content.find(b"\n", at) + 1 or len(content))


def _recipient(group: Headers) -> Bounce:
    status = _CODE.search(group.text("status"))
    code = status[1] if status else ""
    action = group.text("action").lower().partition(" ")[0]
    if action not in ACTIONS:
        action = BY_CLASS.get(code[:1], "failed")
    recipient = group.text("final-recipient") or group.text("original-recipient")
    said = group.text("diagnostic-code")
    return Bounce(action, code, _after_type(recipient).strip("<> ").lower(), _after_type(said)[:500])


def _after_type(value: str) -> str:
    """`rfc822;ana@x` and `smtp; 550 …` without what they say of themselves."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _told(text: str) -> Bounce:
    """A daemon that knows no RFC 3464 (qmail, old Exchange): failed, unless its code says otherwise."""
    code, recipient = _CODE.search(text), _EMAIL.search(text)
    action = BY_CLASS[code[1][0]] if code else "failed"
    said = headers.line(text)[:500]
    return Bounce(action, code[1] if code else "", recipient[1].lower() if recipient else "", said)


def _returned(leaves: Iterable[Part], text: str) -> Iterator[str]:
    """Ids in the header of the message that came back, attached or quoted in the text."""
    for leaf in leaves:
        if leaf.type in RETURNED:
            own = headers.of(leaf.outline)
            yield from identity.read(value for name in REFERENCES for value in own.all(name))
    yield from identity.read(found.encode() for found in _QUOTED.findall(text))
