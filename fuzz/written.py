"""What must be true of every mail of ours, read again as any other program would (hazards 24-28, invariant 6)."""

import email
import re
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import Message as Stdlib
from email.policy import default
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from fuzz.promises import keep
from fuzz.situations import OF_OTHER, OTHER, OURS, REMEMBERED
from mailbot.desk.case import Case
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Message
from mailbot.mail.reply_text import MARKER, reply_text
from mailbot.replies.clean import is_address
from mailbot.replies.compose import Composed

ALWAYS = frozenset(
    (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "X-Mailbot-Reference",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    )
)
#: what our templates are made of; a link, an image or a script is none of it
TAGS = frozenset(
    (
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "p",
        "h1",
        "h2",
        "strong",
        "br",
        "ul",
        "li",
        "code",
    )
) | {"blockquote", "-comment"}
ATTRIBUTES = frozenset(("lang", "charset", "name", "content", "class", "style"))
#: what mail programs make a link of
LINK = re.compile(r"://|\w@\w|(?<=[^\s.])[.。．｡](?=[^\W\d_][\w-])")
#: mutated mails bring `{{7919*7907}}`; whoever computes it executed a stranger's template (hazard 27)
PRODUCT = str(7919 * 7907)
CONTROLS = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029]")
IDS = re.compile(r"<[!-;=?-~]+>(?: <[!-;=?-~]+>)*")


def refused(order: Order) -> None:
    """Only an address that we cannot write to may keep a reply from being written."""
    keep("a reply can be written", not is_address(order.to), order)


def mail(order: Order, composed: Composed, case: Case | None, answered: Message, also: str = "") -> None:
    """`also`: what an admin wrote, which the mail may hold whatever it says."""
    _wire(composed.data)
    read = email.message_from_bytes(composed.data)
    _headers(order, composed, read)
    _recipient(order, composed, read)
    parts: Any = read.get_payload()
    keep(
        "a mail has two bodies",
        isinstance(parts, list) and [p.get_content_type() for p in parts] == ["text/plain", "text/html"],
    )
    text, html = (_body(part) for part in parts)
    page = LexborHTMLParser(html)
    _harmless(page)
    visible = (page.body.text() if page.body else "", text)
    addresses = {OURS, order.to, *((case.requester.email,) if case and case.requester else ())}
    addresses |= {answered.from_.email} if answered.from_ else set()
    for body in visible:
        _no_links(body, addresses)
        keep(
            "no template of a mail is executed",
            PRODUCT not in body or PRODUCT in answered.text + answered.subject,
        )
    _private(order, composed, text + html, answered)
    if MARKER in text and order.role is not Role.DESK:
        keep("our own words quoted are no answer", not reply_text(f"\n\n{text}"), reply_text(f"\n\n{text}"))


def _wire(data: bytes) -> None:
    keep("a mail is ASCII without NUL", data.isascii() and b"\0" not in data)
    keep("lines end in CRLF", not re.search(rb"\r(?!\n)|(?<!\r)\n", data))
    keep("lines are short", max(map(len, data.split(b"\r\n"))) <= 998)


def _headers(order: Order, composed: Composed, read: Stdlib) -> None:
    names = read.keys()
    meant = ALWAYS | ({"In-Reply-To"} & set(names))
    keep("headers stand once each, and no others", sorted(names) == sorted(meant), names)
    for name, value in read.items():
        said = str(make_header(decode_header("".join(value.splitlines()))))
        keep("a header is one line", not CONTROLS.search(said), name, value)
    for name in {"Message-ID", "In-Reply-To", "References"} & set(names):
        keep("ids are ids", IDS.fullmatch("".join(read[name].splitlines())), name, read[name])
    keep("our reference ends References", read["References"].endswith(composed.reference), read["References"])
    keep("a mail says that it is automatic", read["Auto-Submitted"] == order.auto_submitted)


def _recipient(order: Order, composed: Composed, read: Stdlib) -> None:
    for name, wanted in (("To", order.to), ("From", OURS)):
        field = default.header_fetch_parse(name, read[name])
        specs = [a.addr_spec for a in field.addresses] if isinstance(field, AddressHeader) else []
        keep("one address as meant", specs == [wanted], name, specs, wanted)
    keep("the envelope is the order's", (composed.to, composed.envelope_from) == (order.to, OURS))


def _body(part: Stdlib | str) -> str:
    payload = part.get_payload(decode=True) if isinstance(part, Stdlib) else b""
    return payload.decode("utf-8").replace("\r\n", "\n") if isinstance(payload, bytes) else ""


def _harmless(page: LexborHTMLParser) -> None:
    """Nothing but our own tags and attributes: no script, img, iframe, form, link, on…= (hazard 28)."""
    for node in page.root.traverse() if page.root else ():
        keep("only our own tags", node.tag in TAGS, node.tag)
        attributes = node.attributes
        keep("only our own attributes", attributes.keys() <= ATTRIBUTES, node.tag, attributes)
        keep(
            "styles fetch nothing",
            not re.search(r"url|import|expression|\\", attributes.get("style") or "", re.I),
        )


def _no_links(body: str, addresses: set[str]) -> None:
    for one in sorted(addresses, key=len, reverse=True):
        body = body.replace(one, " ")
    found = LINK.search(body)
    keep(
        "no link of a mail is alive",
        not found,
        body[max(0, found.start() - 40) : found.end() + 40] if found else "",
    )


def _private(order: Order, composed: Composed, body: str, answered: Message) -> None:
    """What is remembered, or was given by somebody else, is shown to nobody who did not just write it."""
    said = answered.text + answered.subject + (answered.from_.name if answered.from_ else "")
    keep("a remembered value is shown to nobody", REMEMBERED not in body or REMEMBERED in said)
    if order.role is not Role.DESK and order.to != OTHER.email:
        keep("data of others are not shown", OF_OTHER not in body or OF_OTHER in said)
