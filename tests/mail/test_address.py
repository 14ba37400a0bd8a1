"""Who wrote: exactly one valid address, or nobody (hazards 18–20, CVE-2023-27043)."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import address
from mailbot.mail.message import Address

ANA = Address("ana@x.es", "Ana")


@pytest.mark.parametrize(
    ("written", "email", "name"),
    [
        ("ana@x.es", "ana@x.es", ""),
        ("<ana@x.es>", "ana@x.es", ""),
        ("Ana <ANA@X.es>", "ana@x.es", "Ana"),  # lower case
        ("ana@x.es (Ana)", "ana@x.es", "Ana"),  # a name as comment
        ('"García, Ana" <ana@x.es>', "ana@x.es", "García, Ana"),
        ("García, Ana <ana@x.es>", "ana@x.es", "García, Ana"),  # no quotes: one address all the same
        ("ana@x.es <ana@x.es>", "ana@x.es", ""),  # the address as its own name
        ("'ana@x.es' <ana@x.es>", "ana@x.es", ""),  # Outlook's quotes
        ('"a@b.es" <ana@x.es>', "ana@x.es", "a@b.es"),  # a quoted name is only a name
        ("(evil@x.es) ana@x.es", "ana@x.es", "evil@x.es"),  # and so is a comment
        ("=?utf-8?q?Ana_Pe=C3=B1a?= <ana@x.es>", "ana@x.es", "Ana Peña"),
        ('"=?utf-8?Q?Pe=C3=B1a?=" <ana@x.es>', "ana@x.es", "Peña"),  # encoded inside quotes
        ("=?iso-8859-1?q?=93Ana=94?= <ana@x.es>", "ana@x.es", "“Ana”"),  # cp1252 called Latin-1
        ("=?utf-8?q?Ana=0D=0ABcc=3A_v=40x.es?= <ana@x.es>", "ana@x.es", "Ana Bcc: v@x.es"),  # hazard 24
        ("=?utf-8?q?Ana=00?= <ana@x.es>", "ana@x.es", "Ana"),  # hazard 42
        ('"Ana\r\n Peña" <ana@x.es>', "ana@x.es", "Ana Peña"),  # folded
        ("Ana \u202eañeP <ana@x.es>", "ana@x.es", "Ana añeP"),  # text direction is not for names
        ("ana@peña.example", "ana@peña.example", ""),  # RFC 6531
        ("root@servidor", "root@servidor", ""),  # a machine of the house
        ("p@[10.0.0.1]", "p@[10.0.0.1]", ""),
    ],
)
def test_from_with_one_address_is_that_address(written: str, email: str, name: str) -> None:
    assert address.sender((written.encode(),))[0] == Address(email, name)


@pytest.mark.parametrize(
    "written",
    [
        "a@bank]<evil@x.es>",  # CVE-2023-27043
        "alice@a.org)bob@evil.com",  # CVE-2023-27043
        "ana@banco.es <evil@x.es>",  # which of the two?
        "ana@x.es, luis@x.es",
        "<ana@x.es> <luis@x.es>",
        "mesa: ana@x.es;",  # a group (RFC 6854)
        "Mesa: Ana <ana@x.es>",
        "undisclosed-recipients:;",
        "<@a.es,@b.es:ana@x.es>",  # a source route
        "=?utf-8?q?ana=40x.es?=",  # hidden in an encoded word (hazard 19)
        "=?utf-8?B?PGFuYUB4LmVzPg==?=",
        "ana@x.es, =?utf-8?q?luis=40x.es?=",
        "=?utf-8?q?luis=40x.es?=, Ana <ana@x.es>",
        "=?utf-8?q?<evil=40x.es>?= <ana@x.es>",
        "(ana@x.es)",  # hidden in a comment
        "Ana",
        "<>",
        "",
        "Ana <ana@x.es",
        "ana@x.es\r\n luis@x.es",
        "ana\x00@x.es",  # dropping the NUL would make another address
        "an a@x.es",
        '"ana@x.es"@evil.es',
        "ana@evil＠x.es",  # NFKC would make it two @
        "ana@-x.es",
        "ana@x..es",
        "ana.@x.es",
        "a" * 65 + "@x.es",
        "ana@" + "x" * 250 + ".es",
    ],
)
def test_from_that_could_be_read_in_two_ways_is_nobody_and_says_so(written: str) -> None:
    sender, problem = address.sender((written.encode(),))
    assert sender is None
    assert problem.startswith("From ")


@pytest.mark.parametrize("values", [(), (b"ana@x.es", b"luis@x.es"), (b"ana@x.es", b"ana@x.es")])
def test_from_must_stand_exactly_once(values: tuple[bytes, ...]) -> None:
    """Hazard 18: DKIM signs the last, parsers take the first."""
    assert address.sender(values)[0] is None


@pytest.mark.parametrize("filler", ["", "x" * address.SHORT])
def test_a_field_is_read_again_as_it_was_read_first(filler: str) -> None:
    """Short ones are remembered: what is wrong with them is told each time."""
    from_ = f"Ruiz, Ana {filler} <ana@x.example>".encode()
    to = f"{filler}<ana@x.example>, evil@".encode()
    seen = []
    for _ in range(2):
        notes: list[str] = []
        seen.append((address.sender((from_,)), address.read([to, to], notes), notes))
    assert seen[0] == seen[1]
    (_, problem), listed, notes = seen[0]
    assert problem
    assert [one.email for one in listed] == ["ana@x.example"]
    assert len(notes) == 2


def test_a_name_in_raw_latin_1_keeps_its_letters() -> None:
    assert address.sender((b"Jos\xe9 <j@x.es>",)) == (Address("j@x.es", "José"), "")


def test_a_comma_without_quotes_is_told() -> None:
    assert "coma" in address.sender(("García, Ana <ana@x.es>".encode(),))[1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([b"Ana <ana@x.es>, luis@x.es"], [ANA, Address("luis@x.es")]),
        ([b"ana@x.es", b"luis@x.es"], [Address("ana@x.es"), Address("luis@x.es")]),  # two To headers
        ([b"ana@x.es, ANA@x.es"], [Address("ana@x.es")]),  # once each
        ([b"mesa: ana@x.es, luis@x.es;"], [Address("ana@x.es"), Address("luis@x.es")]),
        ([b"undisclosed-recipients:;"], []),
        ([b"nadie, ana@x.es"], [Address("ana@x.es")]),
        ([], []),
    ],
)
def test_recipients_are_all_valid_addresses(values: list[bytes], expected: list[Address]) -> None:
    assert address.read(values, []) == tuple(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"<>", ""), (b" < > ", ""), (b"<Ana@X.es>", "ana@x.es"), (b"ana@x.es", "ana@x.es"), (None, None)],
)
def test_return_path_tells_the_null_path_from_none(value: bytes | None, expected: str | None) -> None:
    assert address.path(value) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        b"<" * 65000,
        b"(" * 65000,
        b'"' * 65000,
        b"a@b.es," * 9000,
        b"=?utf-8?q?a?= " * 4500,
        b"a." * 32000,
        b"\\" * 65000,
    ],
)
def test_a_hostile_field_takes_no_time(hostile: bytes) -> None:
    """Hazard 37: the longest field that is let in."""
    started = time.process_time()
    address.sender((hostile,))
    address.read([hostile], [])
    assert time.process_time() - started < 3


@given(st.text(alphabet='ab@.<>(),;:"\\[]= ñ\x00\r\n\t?', max_size=40))
@settings(deadline=None, max_examples=500)
def test_whatever_stands_there_a_sender_is_one_valid_address(written: str) -> None:
    sender, problem = address.sender((written.encode(),))
    assert sender or problem
    if sender:
        assert address.valid(sender.email)
        assert sender.email in written.lower()
        assert sender.name.isprintable()
