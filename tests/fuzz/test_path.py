"""Hostile mail through the whole pure path (requirement of invariants 4 to 6), and replies made of any Unicode."""

import base64
import quopri
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fuzz import answered, nasty, promises, written
from fuzz.minimise import minimised
from fuzz.mutate import MUTATIONS, mutant
from fuzz.path import Broken, some, through
from fuzz.seeds import seeds
from fuzz.situations import MAILBOX, NAMES, NOW, OTHER, around, live
from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.desk.decision import Order, Outcome, Role, Verdict
from mailbot.mail.message import Address, Kind, Message
from mailbot.mail.parse import parse
from mailbot.replies import clean
from mailbot.replies.compose import Composed, compose
from mailbot.replies.templates import NAMES as TEMPLATES
from mailbot.rules.found import Source
from mailbot.rules.settings import Field, Rule

ANA = Address("ana@mesa.example", "Ana Ruiz")
#: a machine that does other work must not fail a test
promises.LIMIT = 10


# -- mails -----------------------------------------------------------------------------------------------


def test_every_sample_passes_through_the_situations() -> None:
    """Each sample fresh and in another situation; over all of them every situation comes."""
    seen: set[str] = set()
    for n, raw in enumerate(seeds()):
        seen |= through(raw, {NAMES[0], NAMES[n % len(NAMES)]}, set()).outcomes.keys()
    assert seen == set(NAMES)


def test_mutated_mails_break_no_promise() -> None:
    """The first ones of `make fuzz`."""
    checked: set[int] = set()
    trips = [through(raw, some(raw), checked) for raw in (mutant(seeds(), 0, n) for n in range(200))]
    assert sum(trip.mails for trip in trips) > 50


def encoded(text: str) -> st.SearchStrategy[bytes]:
    data = text.encode("utf-8", "surrogatepass")
    return st.sampled_from(
        [
            data,
            b"=?utf-8?b?" + base64.b64encode(data) + b"?=",
            b"=?utf-8?q?" + quopri.encodestring(data, header=True).replace(b"=\n", b"") + b"?=",
            b"=?iso-8859-1?b?" + base64.b64encode(data) + b"?=",
            text.encode("cp1252", "ignore"),
        ]
    )


TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(nasty.VALUES + nasty.LINES),
    st.text("=?qb.@:/{}<>%\r\n \0aé\u202e", max_size=40),
)
VALUES = st.lists(TEXTS.flatmap(encoded), min_size=1, max_size=3).map(b" ".join)


@given(subject=VALUES, name=VALUES, message_id=VALUES, references=VALUES, body=VALUES)
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_any_unicode_in_a_mail_breaks_no_promise(
    subject: bytes, name: bytes, message_id: bytes, references: bytes, body: bytes
) -> None:
    raw = (
        b"From: %b <ana@mesa.example>\r\nSubject: Clave %b\r\nMessage-ID: %b\r\nReferences: %b\r\n\r\nSede: %b\r\n"
    ) % (name, subject, message_id, references, body)
    through(raw, some(raw))


# -- replies ---------------------------------------------------------------------------------------------

#: of admins, who may write any text but no link
TITLES = st.text(max_size=80).filter(lambda text: not written.LINK.search(clean.printable(text)))


def answer(template: str, role: Role, title: str, known: str, mail: Message) -> tuple[Order, Composed, Case]:
    fields = (
        Field(name="nombre", label="Nombre"),
        Field(name="sede", label="Sede"),
        Field(name="placa", label="Placa"),
    )
    rule = Rule(name="regla", title=title)
    case = Case(
        id=1,
        number="MS-000001",
        state=State.PRECASO,
        version=1,
        mailbox=MAILBOX,
        snapshot=Snapshot("regla", title, rule, fields, timedelta(hours=24), "24/7"),
        requester=mail.from_,
        subject=mail.subject,
        answer_to=ANA.email,
        registered_at=NOW,
        state_since=NOW,
        data={
            "nombre": Datum(known, Source.LABEL, by=ANA.email),
            "sede": Datum(known, Source.LABEL, by=ANA.email),
        },
        deadline=NOW,
    )
    order = Order(template, ANA.email, role, {"mensaje": mail.reply_text} if role is Role.DESK else {})
    composed = compose(
        order,
        case=case,
        answered=mail,
        identity=live().identity(MAILBOX),
        templates=live().templates,
        token="abc",
        now=NOW,
    )
    return order, composed, case


@given(
    template=st.sampled_from(TEMPLATES),
    role=st.sampled_from(sorted(set(Role) - {Role.DESK})),
    title=TITLES,
    texts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS),
    verified=st.booleans(),
)
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_unicode_in_a_reply_breaks_no_promise(
    template: str, role: Role, title: str, texts: tuple[str, str, str, str], verified: bool
) -> None:
    """Not even what parsing would never let through (hazards 24 to 28)."""
    subject, name, words, known = texts
    mail = Message(
        message_id=f"<{known}@x>",
        content_hash="",
        subject=subject,
        from_=Address(ANA.email, name),
        references=(f"<{subject}>", f"<a@b>{name}", known),
        text=words,
        reply_text=words,
        verified=verified,
    )
    to_desk = template.startswith("aviso_")
    order, composed, case = answer(template, Role.DESK if to_desk else role, title, known, mail)
    written.mail(order, composed, case, mail, also=title)


# -- what checks must see --------------------------------------------------------------------------------


def plain() -> tuple[Order, Composed, Case, Message]:
    mail = parse(f"From: {ANA.email}\r\nSubject: Clave\r\n\r\nHola".encode())
    return *answer("pedir_datos", Role.REQUEST, "Claves", "Cali", mail), mail


PRODUCT = written.PRODUCT.encode()


def put(old: bytes, new: bytes) -> Callable[[Composed], Composed]:
    return lambda composed: replace(composed, data=composed.data.replace(old, new, 1))


@pytest.mark.parametrize(
    "spoil",
    [
        put(b"To: ", b"Bcc: x@robo.example\r\nTo: "),
        put(b"To: ", b"To: x@robo.example, "),
        put(b"Subject: ", b"Subject: =?utf-8?q?=0A?="),
        put(b"\r\n\r\n", b"\n\r\n"),
        put(b"<h1", b"<img src=3Dx><h1"),
        put(b"<h1", b"<a href=3D'x'>x</a><h1"),
        put(b"<h1 ", b"<h1 onclick=3Dx "),
        put(b"</h1>", b"https://robo.example</h1>"),
        put(b"</h1>", b"robo.example</h1>"),
        put(b"</h1>", PRODUCT + b"</h1>"),
        put(b"Auto-Submitted: auto-replied", b"Auto-Submitted: no"),
        lambda composed: replace(composed, to="x@robo.example"),
    ],
)
def test_the_check_of_a_reply_sees_what_must_not_be(spoil: Callable[[Composed], Composed]) -> None:
    order, composed, case, mail = plain()
    written.mail(order, composed, case, mail)
    with pytest.raises(Broken):
        written.mail(order, spoil(composed), case, mail)


ROBOT = b"From: ana@mesa.example\r\nAuto-Submitted: auto-replied\r\nSubject: Clave\r\n\r\nHola"
REPLY_TO = b"From: ana@mesa.example\r\nReply-To: x@robo.example\r\nSubject: Clave\r\n\r\nHola"


@pytest.mark.parametrize(
    ("raw", "order"),
    [
        (ROBOT, Order("pedir_datos", ANA.email, Role.REQUEST)),
        (REPLY_TO, Order("pedir_datos", "x@robo.example", Role.REQUEST)),
        (REPLY_TO, Order("pedir_datos", OTHER.email, Role.REQUEST)),
        (REPLY_TO, Order("aviso_caso", ANA.email, Role.DESK)),
    ],
)
def test_the_check_of_a_decision_sees_a_reply_to_the_wrong_one(raw: bytes, order: Order) -> None:
    seen = replace(parse(raw), kind=Kind.PERSON)
    situation = around(seen, {"nothing known"})[0]
    with pytest.raises(Broken):
        answered.decision(raw, seen, situation, Verdict(outcome=Outcome.IGNORED, replies=(order,)))


@pytest.mark.parametrize(
    "error", [RecursionError, UnicodeDecodeError("utf-8", b"", 0, 1, ""), MemoryError, KeyError]
)
def test_whatever_a_stage_raises_is_a_broken_promise(error: Exception) -> None:
    with pytest.raises(Broken), promises.stage("parse", ZeroDivisionError):
        raise error


def test_a_slow_stage_is_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "LIMIT", 0.0)
    with pytest.raises(Broken, match="parse is fast"), promises.stage("parse"):
        sum(range(100_000))


# -- mutation --------------------------------------------------------------------------------------------


def test_a_mutated_mail_is_the_same_every_time() -> None:
    mails = [mutant(seeds(), 7, n) for n in range(50)]
    assert mails == [mutant(seeds(), 7, n) for n in range(50)]
    assert len(set(mails)) > 45


@given(raw=st.binary(max_size=200), dice=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_any_bytes_can_be_mutated(raw: bytes, dice: object) -> None:
    for mutation in MUTATIONS:
        assert isinstance(mutation(raw, dice), bytes)  # type: ignore[arg-type]


def test_a_finding_is_made_small() -> None:
    raw = b"From: ana@mesa.example\r\nSubject: Clave\r\n\r\nuna\r\ndos CULPA tres\r\n"
    assert minimised(raw, "x", lambda kept: "x" if b"CULPA" in kept else "") == b"CULPA"
