"""The sample mails themselves: whole, well formed, of nobody who exists."""

import email
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome

FIXTURES = Path(__file__).parent / "fixtures"
CONFIG = Path(__file__).parents[1] / "config.toml"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.eml"))

TEMPLATES = {"pedir_datos", "pedir_faltantes", "caso_abierto", "caso_cerrado", "cancelado", "a_la_mesa", ""}
TWIN_KEYS = {"about", "follows", "to", "after", "expect"}
CASE_KEYS = {"state", "missing", "required", "attention", "alarms"}
EXPECT_KEYS = CASE_KEYS | {"outcome", "rule", "words", "automatic", "may_answer", "reply", "forwarded_from"}
PLACEHOLDERS = re.compile(rb"@(REFERENCE|NUMBER|SUBJECT|QUOTE)@")
OURS = re.compile(r"(?:[\w-]+\.)*(?:mesa|oti|proveedor)\.example")
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
#: header lines of a returned mail that hold no addresses of people
THREADING = re.compile(r"(?im)^(?:In-Reply-To|References|Message-ID):.*(?:\n[ \t].*)*")
PHONE = re.compile(r"(?<![\d.])\(?(?:3\d\d|60[1-8])\)?(?:[ .-]?\d){7}(?!\d)")
#: their Message-ID is another's on purpose
SAME_MESSAGE_ID = {"duplicado", "mismo_message_id_otro_contenido"}


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.eml").read_bytes()


def twin(name: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / f"{name}.toml").read_text("utf-8"))


def story() -> list[dict[str, Any]]:
    steps = tomllib.loads((FIXTURES / "historia.toml").read_text("utf-8"))["step"]
    assert isinstance(steps, list)
    return steps


def texts(message: Message) -> Iterator[str]:
    """Each text part as a person would read it."""
    for part in message.walk():
        if part.get_content_type() in ("text/plain", "text/html", "text/calendar"):
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            text = payload.decode(part.get_content_charset() or "utf-8", "replace")
            yield THREADING.sub("", text)


def test_every_mail_has_a_twin_and_every_twin_a_mail() -> None:
    """Adding a situation is adding two files."""
    twins = {path.stem for path in FIXTURES.glob("*.toml")} - {"historia"}

    assert twins == set(NAMES)
    assert len(NAMES) >= 45


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_is_well_formed(name: str) -> None:
    """A misspelt key would be an expectation that nobody checks."""
    expected = twin(name)
    wanted = expected["expect"]

    assert re.fullmatch(r"[a-z0-9_]+", name)
    assert set(expected) <= TWIN_KEYS
    assert {"about", "to", "expect"} <= set(expected)
    assert set(wanted) <= EXPECT_KEYS
    assert wanted["outcome"] in set(Outcome)
    assert wanted.get("state", "abierto") in set(State)
    assert wanted["reply"] in TEMPLATES
    assert not set(wanted.get("required", ())) & set(wanted.get("missing", ()))
    assert re.fullmatch(r"\d+(m|h|d)", expected.get("after", "1h"))


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_names_its_requirement(name: str) -> None:
    """One sentence that ends in what it stands for."""
    about = twin(name)["about"]

    assert about.endswith(".")
    assert len(about) <= 240


@pytest.mark.parametrize("name", NAMES)
def test_what_is_followed_exists(name: str) -> None:
    """The chain of a conversation begins with a mail that follows none, and only answers hold placeholders."""
    chain = [name]
    while before := twin(chain[-1]).get("follows"):
        assert before in NAMES
        assert before not in chain
        chain.append(before)

    assert len(chain) > 1 or not PLACEHOLDERS.search(raw(name))


@pytest.mark.parametrize("name", NAMES)
def test_rules_and_fields_are_those_of_the_example(name: str) -> None:
    """The twins speak of config.toml as it is."""
    config = tomllib.loads(CONFIG.read_text("utf-8"))
    requires = {rule["name"]: set(rule.get("requires", ())) for rule in config["rule"]}
    wanted = twin(name)["expect"]
    fields = {*wanted.get("missing", ()), *wanted.get("required", {})}

    assert not wanted["rule"] or wanted["rule"] in requires
    assert fields <= set(config["field"])
    if wanted["rule"] and wanted["outcome"] == "opened" and fields:
        assert fields == requires[wanted["rule"]]


@pytest.mark.parametrize("name", NAMES)
def test_lines_end_as_on_the_wire(name: str) -> None:
    """CRLF, and nothing else: RFC 5322 §2.3."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_parses_without_defects(name: str) -> None:
    """What is odd in a sample is its situation, never a slip of whoever wrote it."""
    message = email.message_from_bytes(raw(name))

    assert [part.defects for part in message.walk() if part.defects] == []
    assert all(len(line) <= 998 for line in raw(name).split(b"\r\n"))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_in_a_mail_exists(name: str) -> None:
    """Domains of RFC 2606; phone numbers that all read 555 01xx."""
    message = email.message_from_bytes(raw(name))
    people = ("From", "Sender", "To", "Cc", "Reply-To", "Return-Path", "Delivered-To")
    written = [str(message[header]) for header in people if header in message] + list(texts(message))
    domains = [domain for text in written for domain in ADDRESS.findall(text)]
    phones = [re.sub(r"\D", "", phone) for text in written for phone in PHONE.findall(text)]

    assert [domain for domain in domains if not OURS.fullmatch(domain)] == []
    assert [phone for phone in phones if "55501" not in phone] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_placeholder_stands_where_its_value_can(name: str) -> None:
    """What replaces it is UTF-8: no part in base64 or in another charset holds one."""
    for part in email.message_from_bytes(raw(name)).walk():
        if part.get_content_maintype() != "text":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and PLACEHOLDERS.search(payload):
            assert part.get("Content-Transfer-Encoding", "7bit").lower() != "base64"
            assert part.get_content_charset() in ("utf-8", None)


def test_message_ids_are_of_one_mail_each() -> None:
    """Two samples share one only where that is the situation (invariant 2)."""
    ids = [email.message_from_bytes(raw(name))["Message-ID"] for name in set(NAMES) - SAME_MESSAGE_ID]

    assert [mid for mid, times in Counter(ids).items() if mid and times > 1] == []


def test_the_story_tells_what_exists_in_its_order() -> None:
    """Nothing is answered before it was asked, and nothing is sent twice."""
    told: list[str] = []
    for step in story():
        assert set(step) <= {"note", "fixture", "advance", "move", "into", "expect"}
        if name := step.get("fixture"):
            assert name in NAMES
            assert name not in told
            assert twin(name).get("follows", name) in (*told, name)
            told.append(name)
        assert set(step.get("expect", ())) <= set(told)
        assert set(step.get("expect", {}).values()) <= set(State)

    assert len(story()) >= 18
    assert sum("advance" in step for step in story()) >= 2
