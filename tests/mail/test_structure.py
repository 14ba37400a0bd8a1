"""The tree of parts, found by boundaries, within limits (hazard 36; lesson 42: compared with the stdlib)."""

import email
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import structure
from mailbot.mail.structure import Part, Unreadable, parameters, sections
from tests.mail.build import mail, multi, multimail, part


def leaves(raw: bytes) -> list[tuple[str, bytes]]:
    return [(leaf.type, leaf.octets) for leaf in structure.read(raw, []).leaves]


def nested(depth: int) -> bytes:
    body = b"Hola\r\n"
    for n in range(depth):
        mark = b"--b%d" % n
        body = (
            b"\r\n".join((mark, b"Content-Type: text/plain", b"", body, mark + b"--", b""))
            if not n
            else (
                mark
                + b"\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n - 1)
                + body
                + mark
                + b"--\r\n"
            )
        )
    return mail(body, content_type=f"multipart/mixed; boundary=b{depth - 1}")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"--b\r\n\r\nuno\r\n--b\r\n\r\ndos\r\n--b--\r\n", [b"uno", b"dos"]),
        (b"--b\n\nuno\n--b\n\ndos\n--b--\n", [b"uno", b"dos"]),  # bare LF
        (b"preambulo\r\n--b\r\n\r\nuno\r\n--b--\r\nepilogo", [b"uno"]),
        (b"--b\r\n\r\nuno\r\n", [b"uno\r\n"]),  # the end lacks
        (b"--b  \r\n\r\nuno\r\n--b-- \r\n", [b"uno"]),  # blanks after the boundary
        (b"--b\r\n\r\nuno\r\n--bb\r\ndos\r\n--b--", [b"uno\r\n--bb\r\ndos"]),  # another boundary
        (b"--b\r\n\r\nuno --b\r\n--b--", [b"uno --b"]),  # not at the beginning of a line
        (b"--b\r\n\r\n\r\n--b--", [b""]),
        (b"--b\r\n--b\r\n\r\nuno\r\n--b--", [b"", b"uno"]),  # an empty part
    ],
)
def test_parts_stand_between_boundary_lines(body: bytes, found: list[bytes]) -> None:
    raw = mail(body, content_type="multipart/mixed; boundary=b")
    assert [octets for _, octets in leaves(raw)] == found


@pytest.mark.parametrize(
    "content_type", ["multipart/mixed", "multipart/mixed; boundary=otra", 'multipart/mixed; boundary=""']
)
def test_a_multipart_without_boundary_is_read_as_text(content_type: str) -> None:
    notes: list[str] = []
    root = structure.read(mail("--b\n\nHola\n--b--", content_type=content_type), notes)
    assert (root.type, root.parts) == ("text/plain", ())
    assert b"Hola" in root.octets
    assert notes


def test_an_attached_message_is_one_part_whatever_it_holds() -> None:
    """Hazard 41: the text of an attached mail is not what this person wrote."""
    kind, body = multi("mixed", part("dentro"), boundary="otra")
    inner = mail(body, content_type=kind)
    found = leaves(multimail("mixed", part("fuera"), part(inner, "message/rfc822")))
    assert found == [("text/plain", b"fuera"), ("message/rfc822", inner)]


def test_parts_of_a_digest_are_messages() -> None:
    assert leaves(multimail("digest", b"\r\n" + mail("uno")))[0][0] == "message/rfc822"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b" TEXT/HTML; charset=x", "text/html"),
        (b"", "text/plain"),
        (b"text", "text/plain"),  # RFC 2045 5.2
        (b" \r\n text/html\r\n", "text/html"),
        (b"application/x-ma\xf1ana", "application/x-mañana"),
    ],
)
def test_content_type_is(value: bytes, kind: str) -> None:
    assert structure.content_type(value)[0] == kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a/b; name=x.pdf", "x.pdf"),
        (b'a/b; name="x y.pdf"', "x y.pdf"),
        (b'a/b; NAME = "x;y.pdf" ; z=1', "x;y.pdf"),
        (b'a/b; name="a\\"b.pdf"', 'a"b.pdf'),
        (b'a/b; name="sin cerrar.pdf', "sin cerrar.pdf"),
        (b"a/b; name*=utf-8''a%C3%B1o.pdf", "año.pdf"),  # RFC 2231
        (b"a/b; name*=iso-8859-1'es'a%F1o.pdf", "año.pdf"),
        (b"a/b; name*0*=utf-8''a%C3; name*1*=%B1o; name*2=.pdf", "año.pdf"),
        (b"a/b; name*1=o.pdf; name*0=an", "ano.pdf"),  # out of order
        (b"a/b; name=ano.pdf; name*=utf-8''a%C3%B1o.pdf", "año.pdf"),  # the better one wins
        (b'a/b; name="=?utf-8?q?a=C3=B1o.pdf?="', "año.pdf"),  # Outlook
        (b"a/b; name=a\xf1o.pdf", "año.pdf"),  # raw Latin-1
        (b"a/b; name=uno.pdf; name=dos.pdf", "uno.pdf"),
        (b"a/b; name*99999999999=x", ""),
        (b"a/b", ""),
    ],
)
def test_a_parameter_is_decoded(value: bytes, expected: str) -> None:
    assert parameters(value).get("name", "") == expected


def test_99_levels_are_read() -> None:
    assert leaves(nested(99)) == [("text/plain", b"Hola\r\n")]


@pytest.mark.parametrize("depth", [102, 1500])
def test_beyond_100_levels_it_is_unreadable(depth: int) -> None:
    """Hazard 36: "MIME of death"."""
    with pytest.raises(Unreadable, match="100"):
        structure.read(nested(depth), [])


def test_beyond_1000_parts_the_first_are_read_and_it_is_told() -> None:
    notes: list[str] = []
    root = structure.read(multimail("mixed", *[part(str(n)) for n in range(1500)]), notes)
    assert len(root.parts) == 999
    assert notes == ["más de 1000 partes: se leyeron las primeras"]


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n" * 500_000,
        b"--b " * 1_000_000,
        b"--b" + b" " * 5_000_000,
        b'Content-Type: a/b; x="' + b";" * 60_000 + b"\r\n\r\n",
    ],
)
def test_a_hostile_body_takes_no_time(body: bytes) -> None:
    started = time.process_time()
    structure.read(mail(b"--b\r\n" + body, content_type="multipart/mixed; boundary=b"), [])
    assert time.process_time() - started < 2


@given(
    st.lists(
        st.sampled_from(
            [
                b"--b\n",
                b"--b--\n",
                b"--c\n",
                b"--c--\n",
                b"\n",
                b"x\n",
                b"Content-Type: multipart/mixed; boundary=c\n",
            ]
        ),
        max_size=25,
    )
)
@settings(deadline=None)
def test_every_part_lies_inside_the_body_and_none_twice(lines: list[bytes]) -> None:
    body = b"".join(lines)
    raw = mail(body, content_type="multipart/mixed; boundary=b")
    places = [(leaf.start, leaf.end) for leaf in structure.read(raw, []).leaves]
    assert all(start <= end <= len(raw) for start, end in places)
    assert places == sorted(places)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


@given(
    st.lists(
        st.binary(max_size=20).filter(
            lambda data: b"--" not in data and b"\n" not in data and b"\r" not in data
        ),
        max_size=4,
    )
)
@settings(deadline=None)
def test_leaves_are_those_of_the_stdlib(bodies: list[bytes]) -> None:
    raw = multimail(
        "mixed",
        *[part(body) for body in bodies or [b""]],
        part(multi("mixed", part("x"))[1], multi("mixed")[0]),
    )
    stdlib = [
        p.get_payload(decode=True) for p in email.message_from_bytes(raw).walk() if not p.is_multipart()
    ]
    assert [leaf.octets for leaf in structure.read(raw, []).leaves] == stdlib


def test_sections_yield_nothing_without_their_boundary() -> None:
    assert list(sections(b"hola", 0, 4, b"b")) == []


def test_a_mail_with_cr_alone_is_read() -> None:
    root = structure.read(b"Subject: Clave\r\rHola\r", [])
    assert isinstance(root, Part)
    assert (root.headers.text("subject"), root.octets) == ("Clave", b"Hola\n")


@pytest.mark.parametrize("filler", [b"", b"a" * structure.SHORT])
def test_parameters_that_were_read_before_say_again_that_they_are_damaged(filler: bytes) -> None:
    """Short fields are remembered, with what was wrong in them."""
    value = b'application/pdf; name="=?utf-8?q?=ff' + filler + b'?="'
    notes: list[str] = []
    assert structure.parameters(value, notes) == structure.parameters(value, notes)
    assert notes == [structure.BAD_NAME] * 2
