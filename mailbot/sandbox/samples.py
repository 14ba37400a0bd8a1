"""The sample mails of `tests/fixtures/`: an .eml for each situation, and its twin that says what becomes of it."""

import email
import email.policy
import email.utils
import html
import quopri
import re
import tomllib
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures"
QUOTE = re.compile(rb"(?m)^(?P<prefix>[> ]*)@QUOTE@")


@dataclass(frozen=True)
class Sample:
    """A mail, and what is expected of it. `follows`: the sample whose answer from us it answers."""

    name: str
    raw: bytes
    about: str
    to: str
    follows: str
    after: str
    expect: dict[str, Any] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """The address of From, where the answers to it arrive."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.compat32)
        return email.utils.parseaddr(str(parsed.get("From", "")))[1].lower()

    def answering(self, ours: bytes | None, number: str) -> bytes:
        """The mail as its sender's program would write it upon `ours`, our mail that it answers."""
        quoted = email.message_from_bytes(ours, policy=email.policy.default) if ours else EmailMessage()
        body = quoted.get_body(("plain",))
        text = body.get_content() if isinstance(body, EmailMessage) and ours else ""
        filled = QUOTE.sub(lambda m: _quote(m, text), self.raw)
        facts = {
            "REFERENCE": quoted.get("Message-ID", ""),
            "SUBJECT": quoted.get("Subject", ""),
            "NUMBER": number,
        }
        header, blank, rest = filled.partition(b"\r\n\r\n")
        for name, value in facts.items():
            header = header.replace(f"@{name}@".encode(), Header(str(value)).encode().encode())
            rest = rest.replace(f"@{name}@".encode(), str(value).encode())
        return header + blank + rest


def _quote(place: re.Match[bytes], text: str) -> bytes:
    """Our text as it is quoted there: each line after what stands before the first, in that part's encoding."""
    before = place.string[: place.start()].lower()
    if before.rfind(b"text/html") > before.rfind(b"text/plain"):
        quoted = "<br>\r\n".join(html.escape(line) for line in text.splitlines())
    else:
        quoted = "\r\n".join(place["prefix"].decode() + line for line in text.splitlines())
    if before.rfind(b"quoted-printable") > before.rfind(b"content-type"):
        return quopri.encodestring(quoted.encode()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return quoted.encode()


def load(name: str) -> Sample:
    """The sample of this name. Raises FileNotFoundError where the source tree is not there."""
    twin = tomllib.loads((FIXTURES / f"{name}.toml").read_text(encoding="utf-8"))
    return Sample(
        name=name,
        raw=(FIXTURES / f"{name}.eml").read_bytes(),
        about=twin["about"],
        to=twin.get("to", "soporte@mesa.example"),
        follows=twin.get("follows", ""),
        after=twin.get("after", ""),
        expect=twin["expect"],
    )


def names() -> list[str]:
    return sorted(p.stem for p in FIXTURES.glob("*.eml"))
