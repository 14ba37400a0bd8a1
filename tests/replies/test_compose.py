"""The bytes of a reply: exactly the headers that were meant, one recipient, readable by any mail program."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Address, Message
from mailbot.replies import mime
from mailbot.replies.compose import Composed, DeskIdentity, NotWritable
from mailbot.replies.templates import NAMES
from tests.replies.make import MARTA, TOKEN, by_marta, case, composed, message, order

REFERENCE = f"<ms.{TOKEN}@mesa.example>"
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "X-Mailbot-Reference",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def read(made: Composed) -> EmailMessage:
    mail = message_from_bytes(made.data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_reply_is_what_the_contract_says() -> None:
    """Lesson 18: it stands in the thread of what it answers."""
    made = composed(order(), case=case(), answered=message(references=("<cero@x.example>",)))
    mail = read(made)
    assert mail.keys() == HEADERS
    assert mail["From"] == "Mesa de Servicios <soporte@mesa.example>"
    assert mail["To"] == "marta@mesa.example"
    assert mail["Subject"] == made.subject == "Re: La impresora no imprime [MS-000123]"
    assert mail["Date"] == "Tue, 06 Oct 2026 14:15:00 +0000"
    assert mail["Message-ID"] == made.message_id == made.reference == REFERENCE
    assert mail["X-Mailbot-Reference"] == REFERENCE
    assert mail["In-Reply-To"] == "<uno@mesa.example>"
    assert mail["References"] == f"<cero@x.example> <uno@mesa.example> {REFERENCE}"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert (made.to, made.envelope_from) == ("marta@mesa.example", "soporte@mesa.example")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_makes_a_mail_of_short_ascii_lines(name: str) -> None:
    """RFC 2045 §6.7 and §2.7: nothing for a relay to break or re-encode, or to take for two mails (hazard 35)."""
    role = Role.DESK if name.startswith("aviso") else Role.NOTICE
    made = composed(order(name, role=role), case=case({"sede": by_marta("piso 3")}), answered=message())
    assert made.data.isascii()
    assert max(len(line) for line in made.data.split(b"\r\n")) <= 200
    assert b"\n" not in made.data.replace(b"\r\n", b"")
    body = read(made).get_body(("plain",))
    assert isinstance(body, EmailMessage)
    about_no_case = name in ("sin_regla", "muy_grande") or name.startswith("alerta")
    assert "MS-000123" in body.get_content() or about_no_case


def test_the_same_arguments_make_the_same_bytes() -> None:
    assert composed(case=case(), answered=message()) == composed(case=case(), answered=message())


def test_the_reminder_is_not_called_an_answer() -> None:
    """RFC 3834 §5."""
    mail = read(composed(order("recordatorio", role=Role.REMINDER), case=case(), answered=message()))
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_notice_to_the_desk_is_no_part_of_the_persons_thread() -> None:
    mail = read(
        composed(Order("aviso_caso", "mesa@mesa.example", Role.DESK), case=case(), answered=message())
    )
    assert mail.keys() == [name for name in HEADERS if name != "In-Reply-To"]
    assert mail["References"] == REFERENCE


def test_our_reference_is_last_also_in_a_long_thread() -> None:
    """Invariant 5: where the provider replaces our Message-ID, answers still bring it."""
    ids = tuple(f"<{n}@x.example>" for n in range(50))
    mail = read(composed(case=case(), answered=message(references=ids)))
    chain = mail["References"].split()
    assert len(chain) == 20
    assert (chain[0], chain[-2], chain[-1]) == ("<0@x.example>", "<uno@mesa.example>", REFERENCE)


def test_a_long_message_id_stays_as_it_is() -> None:
    """libraries 2: with lines of 78, Outlook's ids of some 80 characters become encoded words and threads break."""
    long = f"<{'A' * 180}@namprd01.prod.outlook.example>"
    raw = composed(case=case(), answered=message(message_id=long, references=(long[:-1] + "x>",))).data
    assert f"In-Reply-To: {long}\r\n".encode() in raw
    assert long[:-1].encode() + b"x>" in raw


@pytest.mark.parametrize(
    "evil",
    [
        "Solicitud ñ\r\nBcc: v@x.example",
        # hazard 25, as measured on 3.11.7: a real Bcc, and with two line breaks a forged body
        "Re: ñ =?utf-8?q?=0A?=Bcc: v@x.example",
        "ñ =?utf-8?b?DQpCY2M6IHZAeC5leGFtcGxlDQoNCg==?=",
        "=\u200b?utf-8?q?=0ABcc:_v@x.example?=",
        "\u2028Bcc: v@x.example\x85\x0b\x0c\x1c",
        "\ud83d lone surrogate \udce9",
        "ñ" * 5_000,
        "a" * 5_000,
    ],
)
def test_no_subject_or_name_makes_a_header(evil: str) -> None:
    """Hazards 24, 25 and 26."""
    answered = message(
        subject=evil,
        from_=Address(MARTA.email, evil),
        message_id=f"<{evil}@x>",
        references=(evil,),
        verified=True,
    )
    made = composed(case=case({"nombre": by_marta(evil)}), answered=answered)
    mail = read(made)
    assert mail.keys() == [name for name in HEADERS if name != "In-Reply-To"]
    assert mail.get_all("To") == [MARTA.email]
    assert mail["References"] == REFERENCE


TEXT = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [
            "=?utf-8?q?=0A?=",
            "=?",
            "?=",
            "\r\n",
            "Bcc: v@x.example",
            "ñ",
            " ",
            "\u200b",
            "<a@b>",
            '"',
            ",",
            "😀",
            "\n.\n",
        ]
    ),
    max_size=12,
).map("".join)


@given(subject=TEXT, name=TEXT, body=TEXT, ids=st.lists(TEXT, max_size=4), service=TEXT)
@settings(deadline=None, max_examples=150)
def test_whatever_people_write_the_mail_is_the_one_that_was_meant(
    subject: str, name: str, body: str, ids: list[str], service: str
) -> None:
    answered = message(
        subject=subject,
        from_=Address(MARTA.email, name),
        reply_text=body,
        references=tuple(f"<{i}>" for i in ids),
        message_id=f"<{name}@x.example>",
        verified=True,
    )
    for asked in (order(), Order("aviso_caso", "mesa@mesa.example", Role.DESK)):
        made = composed(
            asked,
            case=case({"sede": by_marta(body), "nombre": by_marta(name)}),
            answered=answered,
            identity=DeskIdentity(service, "soporte@mesa.example"),
        )
        _same(made, asked)


def _same(made: Composed, asked: Order) -> None:
    """Read by the old parser, which decodes nothing by itself."""
    mail = message_from_bytes(made.data)
    assert [name for name, _ in mail.items() if name != "In-Reply-To"] == [
        n for n in HEADERS if n != "In-Reply-To"
    ]
    assert mail.get_all("To") == [asked.to] == [made.to]
    unfolded = "".join(mail["Subject"].splitlines())
    assert str(make_header(decode_header(unfolded))) == made.subject
    assert parseaddr(mail["From"])[1] == "soporte@mesa.example"
    assert mail["References"].split()[-1] == REFERENCE
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_encoded_words_of_a_long_subject_are_short() -> None:
    """RFC 2047 §2: at most 75 characters each."""
    raw = composed(case=case(), answered=message(subject="Impresión señal año 😀 " * 20)).data
    header = raw.split(b"Subject: ")[1].split(b"\r\nDate:")[0]
    assert max(len(line) for line in header.split(b"\r\n")) <= 76


@pytest.mark.parametrize(
    "name", ["Mesa de Servicios", "Mesa, sede «Ñ»", 'La "Mesa"', "Mesa (TI) <x@y.example>", "", "Ñ" * 90]
)
def test_the_services_name_is_a_name_whatever_stands_in_it(name: str) -> None:
    mail = message_from_bytes(composed(case=case(), identity=DeskIdentity(name, "soporte@mesa.example")).data)
    assert parseaddr(str(mail["From"]))[1] == "soporte@mesa.example"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "marta",
        "marta@mesa.example, evil@x.example",
        "marta@mesa.example\r\nBcc: evil@x.example",
        "Marta <marta@mesa.example>",
        "a@bank]<evil@x.example>",
        '"a b"@mesa.example',
        "=?utf-8?q?=0A?=@mesa.example",
        "ñ@mesa.example",
        "a..b@mesa.example",
        f"{'a' * 65}@mesa.example",
    ],
)
def test_what_is_not_one_plain_address_gets_no_mail(to: str) -> None:
    """Hazards 19 and 20."""
    with pytest.raises(NotWritable):
        composed(order(to=to), case=case())


@pytest.mark.parametrize("token", ["", "a b", "x@y", "a>\r\nBcc: v@x", "a" * 61])
def test_a_token_that_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotWritable):
        composed(case=case(), token=token)


def test_a_template_that_is_not_there_makes_no_mail() -> None:
    with pytest.raises(NotWritable, match="no_hay"):
        composed(order("no_hay"), case=case())


@pytest.mark.parametrize(
    "subject",
    ["=?utf-8?q?=0ABcc:_v=40x.example?=", "hola\r\nBcc: v@x.example", "hola\nBcc: v@x.example", "a\r\n\r\nb"],
)
def test_bytes_that_say_more_than_was_meant_are_refused(subject: str) -> None:
    """The last check stands also where the cleaning before it would fail (hazard 25)."""
    headers = {"From": "a@x.example", "To": "b@x.example", "Subject": subject}
    with pytest.raises(NotWritable):
        mime.write(headers, "hola\n", "<p>hola</p>\n", "=_b")


def test_a_boundary_in_the_text_forges_no_part() -> None:
    evil = f"--=_ms.{TOKEN}\n\nContent-Type: text/html\n\n--=_ms.{TOKEN}--"
    made = composed(
        Order("aviso_caso", "mesa@mesa.example", Role.DESK), case=case(), answered=message(reply_text=evil)
    )
    assert len(list(read(made).iter_parts())) == 2


def test_a_message_without_a_usable_id_is_answered_all_the_same() -> None:
    mail = read(composed(case=case(), answered=message(message_id="sin corchetes")))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == REFERENCE


def test_a_parents_reply_id_serves_where_references_are_missing() -> None:
    """RFC 5322 §3.6.4."""
    answered: Message = message(in_reply_to=("<cero@x.example>",))
    assert read(composed(case=case(), answered=answered))["References"].startswith("<cero@x.example> <uno@")
