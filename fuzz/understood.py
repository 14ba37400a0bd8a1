"""What must be true of every message, of the rule that it matches and of the data that it gives."""

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

from fuzz.promises import keep
from fuzz.situations import MAILBOX, live
from mailbot.desk.case import Datum
from mailbot.mail import address, headers
from mailbot.mail.attachments import attachment
from mailbot.mail.identity import content_hash
from mailbot.mail.message import Message
from mailbot.mail.reply_text import MARKED, reply_text
from mailbot.rules.fold import fold, fold_subject, words
from mailbot.rules.found import Source
from mailbot.rules.match import Match
from mailbot.rules.settings import Field

#: what servers add on the way: none of it is the message (RFC 5322 §3.6.7)
TRACE = (
    "Return-Path: <otra@via.example>",
    "Delivered-To: soporte@mesa.example",
    "Received: from mx.via.example (mx.via.example [192.0.2.7])",
    "\tby mx.mesa.example with ESMTPS id 1; Wed, 18 Nov 2026 10:00:00 -0500",
    "Authentication-Results: mx.mesa.example; spf=none",
    "X-Spam-Status: No, score=0.1",
)
MARK = re.compile(r"\W+".join(MARKED.split()))
#: what no person types, and where another message surely begins (folded)
ANOTHER = re.compile(
    r"(?m)^[>\s]*(?:(?:content-(?:type|disposition|transfer-encoding)|message-id|mime-version|return-path) ?:"
    r"|-{5} ?mensaje original ?-{5})"
)
ID = re.compile(r"<[^<>\s]{1,998}>")


def message(raw: bytes, seen: Message) -> None:
    """Its values are what the other rooms may rely on."""
    for line in _lines(seen):
        keep("a value is one printable line", _is_clean(line), line)
    for text in (seen.text, seen.reply_text):
        keep("text can be stored", "\0" not in text and "\r" not in text and _encodes(text), text)
    keep("a subject is short", len(seen.subject) <= 998, seen.subject)
    keep("a message has an id", ID.fullmatch(seen.message_id), seen.message_id)
    keep("ids are ids", all(map(ID.fullmatch, (*seen.thread, *seen.mailbot_references))), seen.thread)
    keep("addresses are valid", all(address.valid(one.email) for one in (*seen.participants, *seen.reply_to)))
    keep("the sender's own lines are of the text", _own_lines(seen), seen.reply_text)
    keep("reading again changes nothing", reply_text(seen.text) == seen.reply_text)
    _sender(raw, seen)
    _attachments(raw, seen)


def _lines(seen: Message) -> Iterator[str]:
    yield from (seen.subject, seen.message_id, seen.return_path or "", *seen.repaired)
    for one in (*seen.participants, *seen.reply_to):
        yield from (one.email, one.name)
    yield from (one.name for one in seen.attachments)
    yield from (reason.detail for reason in seen.kind_reasons)


def _is_clean(line: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in line)


def _encodes(text: str) -> bool:
    try:
        return bool(text.encode("utf-8")) or not text
    except UnicodeEncodeError:
        return False


def _own_lines(seen: Message) -> bool:
    """What is kept was written: every word of it, in the text's own order of lines."""
    rest = iter(seen.text.replace("\xa0", " ").split("\n"))
    return all(
        not line.strip() or any(line.strip() in other for other in rest)
        for line in seen.reply_text.split("\n")
    )


def _sender(raw: bytes, seen: Message) -> None:
    """An address stands literally in the one From there is: never decoded, never put together (hazards 18-20)."""
    if seen.from_ is None or not seen.from_.email.isascii():
        return
    bare = re.sub(rb"\s", b"", raw[: headers.BLOCK + len(raw) // 100]).lower()
    keep("From's address is literal", seen.from_.email.encode() in bare, seen.from_)


def _attachments(raw: bytes, seen: Message) -> None:
    for n, one in enumerate(islice(seen.attachments, 5)):
        same = sha256(attachment(raw, n)).hexdigest() == one.sha256
        keep("an attachment comes out as it was described", same, one)
        keep(
            "a file name has no folders", not set(one.name) & set("/\\") and one.name not in (".", ".."), one
        )


def identity(raw: bytes, seen: Message) -> None:
    """The hash is of the content, whatever servers write above it."""
    keep("the hash is the message's", content_hash(raw) == seen.content_hash)
    newline = b"\r\n" if b"\r\n" in raw else b"\n" if b"\n" in raw else b"\r"
    at = headers.begin(headers.unix(raw))
    _, body, _ = headers.read(headers.unix(raw), at, len(raw))
    if body - at > headers.BLOCK // 2 or raw[at : at + 1].isspace():
        return  # what is beyond the limit is cut elsewhere; a first line that continues nothing continues ours
    traced = raw[:at] + "\n".join((*TRACE, "")).encode().replace(b"\n", newline) + raw[at:]
    keep("trace headers change no hash", content_hash(traced) == seen.content_hash)


def rule(seen: Message, match: Match | None) -> None:
    """Folding is stable, and what is said to have matched stands in the subject."""
    for strict in (False, True):
        for text in (seen.subject, seen.text[:2000]):
            once = fold(text, strict)
            keep("folding is idempotent", fold(once, strict) == once, text)
        once = fold_subject(seen.subject, strict)
        keep("a folded subject stays folded", fold_subject(once, strict) == once, seen.subject, once)
    if match:
        keep(
            "words of a match stand in the subject", all(w in seen.subject for w in match.words), match.words
        )
        sender = seen.from_.email if seen.from_ else None
        trials = live().rulebook.trials(seen.subject, sender, MAILBOX)
        first = next((trial.rule for trial in trials if trial.matched), None)
        keep("the explanation names the rule that won", first == match.rule.name, first, match.rule.name)


def datum(seen: Message, field: Field, known: Datum) -> None:
    """A value is what this person wrote, nothing made up (hazard 23)."""
    said = (seen.reply_text, seen.subject, *_names(seen), _form(seen))
    for value in (known.value, known.misfit):
        keep("a value was written", not value or _written(value, said, field), field.name, value)
    keep("automatic mail gives no data", not seen.automatic, field.name)
    if known.source is Source.SENDER:
        keep("a name comes from From", known.value and seen.from_, known)


def _form(seen: Message) -> str:
    """What stands below our marker, up to another message: there our form may have been filled in."""
    text = fold(seen.text)
    ours = MARK.search(text)
    return ANOTHER.split(text[ours.end() :], maxsplit=1)[0] if ours else ""


def _names(seen: Message) -> tuple[str, ...]:
    return (seen.from_.name,) if seen.from_ else ()


def _written(value: str, said: tuple[str, ...], field: Field) -> bool:
    """Letter for letter but for blanks; an entry of a closed list, or the parts of a whole, by their words."""
    if any(_squeezed(value) in _squeezed(text) for text in said):
        return True
    letters = [_letters(text) for text in said]
    if any(_letters(value) in text for text in letters):
        return True
    spoken = {word for text in said for word in words(fold(text))}
    is_joined = ", " in value or field.from_sender  # «Bogotá, Piso 4»; «Ruiz, Ana» in From is Ana Ruiz
    return is_joined and set(words(fold(value))) <= spoken


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _letters(text: str) -> str:
    return "".join(words(fold(text)))
