"""The answers of `tests/fixtures/respuestas/`: as they arrive, what is read in them, and what a person reads."""

import email
import email.policy
import html
import quopri
import re
import textwrap
import tomllib
from base64 import encodebytes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage, Message as Mime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Address, Message
from mailbot.mail.parse import parse
from mailbot.replies.compose import Composed, DeskIdentity, compose
from mailbot.replies.templates import Templates
from mailbot.rules.fold import fold, words
from mailbot.rules.found import Found, Source
from mailbot.rules.required import find
from mailbot.rules.settings import Field, Rule

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "fixtures" / "respuestas"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))

NOW = datetime(2026, 11, 17, 21, 5, tzinfo=UTC)
IDENTITY = DeskIdentity("Mesa de Servicios", "soporte@mesa.example")
TEMPLATES = Templates()
#: what the case has already of the fields that are not asked for
KNOWN = {"nombre": "Ana Pérez Gómez", "telefono": "300 555 0199", "sede": "Bogotá", "placa": "10001"}
#: programs that quote our plain text; the others make theirs of our HTML
PLAIN = ("thunderbird", "roundcube", "horde", "squirrelmail")
QUOTE = re.compile(r"(?m)^(?P<prefix>[\ufeff> ]*)@QUOTE@")
#: what no reply text may hold: it is ours
OURS = (
    "Escriba su respuesta encima",
    "no nos envíe contraseñas",
    "Este mensaje es automático",
    "necesitamos est",
)


@dataclass(frozen=True)
class Answer:
    """A sample, its twin read."""

    name: str
    client: str
    rule: str
    asked: tuple[str, ...]
    matter: str
    desk: str = ""
    about: str = ""
    template: str = "pedir_datos"
    quoted: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    between: Mapping[str, str] = field(default_factory=dict)
    typed_html: str = "{}"
    held_out: bool = False
    misses: tuple[str, ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, tuple[str, ...]]:
        """Per field, the values that are right."""
        values = self.expect.get("values", {})
        return {name: (said,) if isinstance(said, str) else tuple(said) for name, said in values.items()}

    @cached_property
    def raw(self) -> bytes:
        """The mail as it arrives: our request quoted in it, with what was typed into it."""
        head, blank, body = (FOLDER / f"{self.name}.eml").read_bytes().partition(b"\r\n\r\n")
        request = _request(self)
        for placeholder, value in (("SUBJECT", request.subject), ("REFERENCE", request.reference)):
            head = head.replace(f"@{placeholder}@".encode(), Header(value).encode().encode())
        mail = email.message_from_bytes(head + blank + body)
        for part in mail.walk():
            if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
                _fill(part, self, request)
        return mail.as_bytes(policy=email.policy.compat32.clone(linesep="\r\n"))

    @cached_property
    def message(self) -> Message:
        return parse(self.raw)

    @cached_property
    def given(self) -> dict[str, Found]:
        """What the desk would take of it: what was asked, and what a label corrects."""
        found = find(fields(self.desk, self.rule), self.message, self.asked).values
        return {name: one for name, one in found.items() if name in self.asked or one.source is Source.LABEL}

    def right(self, name: str) -> bool:
        """The value of this field is one of those expected."""
        expected = {_key(one) for one in self.expected.get(name, ())}
        return name in self.given and _key(self.given[name].value) in expected

    @property
    def wrong(self) -> dict[str, str]:
        return {name: one.value for name, one in self.given.items() if not self.right(name)}

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(name for name in self.expected if name not in self.given)

    @property
    def text_faults(self) -> list[str]:
        """What the reply text lacks or should not hold."""
        text = " ".join(self.message.reply_text.split())
        said = self.expect["reply_text"]
        lacking = [f"falta: {line}" for line in said["has"] if " ".join(line.split()) not in text]
        return lacking + [f"sobra: {line}" for line in (*said["lacks"], *OURS) if line in text]


@cache
def load(name: str) -> Answer:
    twin = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    twin |= {key: tuple(twin.get(key, ())) for key in ("asked", "misses")}
    return Answer(name, **twin)


def answers(*, held_out: bool | None = None) -> list[Answer]:
    """All of them, or one of the two sets."""
    return [one for one in map(load, NAMES) if held_out in (None, one.held_out)]


@cache
def _desk(name: str) -> dict[str, Any]:
    file = FOLDER / f"desk_{name}.toml" if name else ROOT / "config.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def fields(desk: str, rule: str) -> tuple[Field, ...]:
    """The fields that the rule of this desk requires."""
    written = _desk(desk)
    requires = next(one["requires"] for one in written["rule"] if one["name"] == rule)
    return tuple(Field(name=name, **written["field"][name]) for name in requires)


def _key(value: str) -> str:
    return "".join(words(fold(value)))


def _request(answer: Answer) -> Composed:
    """Our mail that is answered."""
    rule = next(Rule(**one) for one in _desk(answer.desk)["rule"] if one["name"] == answer.rule)
    every = fields(answer.desk, answer.rule)
    address = Address("ana.perez@mesa.example", "Ana Pérez Gómez")
    known = {f.name: KNOWN.get(f.name, "dado") for f in every if f.name not in answer.asked}
    case = Case(
        id=123,
        number="MS-000123",
        state=State.PRECASO,
        version=1,
        mailbox="soporte",
        snapshot=Snapshot(rule.name, rule.title, rule, every, timedelta(hours=24), "24/7"),
        requester=address,
        subject=answer.matter,
        answer_to=address.email,
        registered_at=NOW,
        state_since=NOW,
        data={name: Datum(value, Source.LABEL, by=address.email) for name, value in known.items()},
        deadline=NOW + timedelta(hours=24),
    )
    order = Order(answer.template, address.email, Role.REQUEST)
    return compose(
        order,
        case=case,
        answered=None,
        identity=IDENTITY,
        templates=TEMPLATES,
        token="r4nd0m_t0ken-0123456789",
        now=NOW,
    )


def _fill(part: Mime, answer: Answer, request: Composed) -> None:
    """Our request where the part says @QUOTE@, in the part's own charset and transfer encoding."""
    charset = str(part.get_content_charset() or "utf-8")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode(charset).replace("\r\n", "\n").replace("@SUBJECT@", request.subject)
    if "@QUOTE@" in text:
        quote = _as_html if part.get_content_subtype() == "html" else _as_text
        text = QUOTE.sub(lambda place: quote(answer, request, place["prefix"]), text)
    data = text.encode(charset, "xmlcharrefreplace")
    encoding = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
    encode = {"base64": encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)
    part.set_payload(encode(data).decode("ascii", "surrogateescape"))


def _body(request: Composed, kind: str) -> str:
    mail = email.message_from_bytes(request.data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def _labels(answer: Answer) -> dict[str, str]:
    return {one.label: one.name for one in fields(answer.desk, answer.rule)}


def _as_text(answer: Answer, request: Composed, prefix: str) -> str:
    """Our text, or our HTML as the program turns it into text; each line behind `prefix`."""
    plain = answer.client.startswith(PLAIN) and answer.quoted != "bold"
    lines = list(_form_lines(answer, _body(request, "plain").strip("\n").split("\n")))
    if not plain:
        title = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", _body(request, "html"), re.DOTALL)
        lines[1:1] = ["", html.unescape(title[1])] if title else []
        lines = [spaced for line in lines for spaced in (line, *([""] if line.startswith("*") else ()))]
    if answer.quoted == "bold":
        lines = [short for line in lines for short in textwrap.wrap(line, 76) or [""]]
    else:
        lines = [re.sub(r"^\*(.*?:)\*", r"\1", line) for line in lines]
    mark = prefix.replace("\ufeff", "")
    quoted = [line[1:] if line.startswith("\x01") else (mark + line).rstrip() for line in lines]
    return prefix[: len(prefix) - len(mark)] + "\n".join(quoted)


def _form_lines(answer: Answer, lines: Iterable[str]) -> Iterable[str]:
    """Labels in bold, behind them what was typed; a line that begins with \\x01 is not quoted."""
    labels = _labels(answer)
    for line in lines:
        name = labels.get(line.removesuffix(":"), "") if line.endswith(":") else ""
        if not name:
            yield line
            continue
        first, *below = f"*{line}* {answer.typed.get(name, '')}".rstrip().split("\n")
        yield first.rstrip()
        yield from below
        if name in answer.between:
            yield from ("\x01", "\x01" + answer.between[name], "\x01")


def _as_html(answer: Answer, request: Composed, _: str) -> str:
    inner = re.search(r"<body[^>]*>(.*)</body>", _body(request, "html"), re.DOTALL)
    assert inner
    text = inner[1]
    for label, name in _labels(answer).items():
        line = f"<strong>{html.escape(label)}:</strong>&nbsp;"
        typed = html.escape(answer.typed.get(name, "")).replace("\n", "<br>")
        after = answer.typed_html.format(typed) if typed else ""
        if name in answer.between:
            after += f"</p></blockquote><div>{html.escape(answer.between[name])}</div><blockquote><p>"
        text = text.replace(line, line + after)
    return text
