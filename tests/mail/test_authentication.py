"""Who vouches for From: only our own server, only the results that it wrote (RFC 8601, hazard 22)."""

import pytest

from mailbot.mail import authentication, headers
from mailbot.mail.message import Address

OURS, ANA = "mx.mesa.example", Address("ana@x.es")
AR, RECEIVED = "Authentication-Results: ", "Received: from a by mx.mesa.example; today\n"
INTERNAL = "X-MS-Exchange-Organization-AuthAs: "
#: dmarc=pass header.from=x.es, as it stands in an encoded word
PASS = "dmarc=3Dpass_header.from=3Dx.es"
DMARC = f"{AR}{OURS}; dmarc=pass header.from=x.es\n"
M365 = (
    AR + "spf=pass (sender IP is 10.0.0.1) smtp.mailfrom=x.es; dkim=pass (signature was verified)\n"
    " header.d=x.es;dmarc=pass action=none header.from={};compauth=pass reason=100\n"
)


def verified(block: str, trust: str, sender: Address | None = ANA) -> bool:
    raw = block.encode() + b"\n"
    return authentication.verified(headers.read(raw, 0, len(raw))[0], sender, trust)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (DMARC, True),
        (f"{AR}MX.Mesa.Example 1; dmarc=pass (p=REJECT) header.from=X.es\n", True),
        (f"{AR}{OURS}; spf=pass smtp.mailfrom=ana@x.es; dkim=none; dmarc=pass header.from=x.es\n", True),
        (f"{AR}{OURS}; dmarc=pass header.from=otro.es\n", False),  # of another domain
        (f"{AR}{OURS}; dmarc=fail header.from=x.es; dkim=pass header.d=x.es\n", False),  # DMARC decides
        (f"{AR}{OURS}; dkim=pass header.d=x.es header.s=s1\n", True),
        (f"{AR}{OURS}; dkim=fail header.d=x.es\n", False),
        (f"{AR}{OURS}; dkim=pass header.d=evil.es\n", False),  # not aligned
        (f"{AR}{OURS}; dkim=pass header.d=es\n", False),  # a whole country signs nothing
        (f"{AR}{OURS}; dkim=pass header.d=evilx.es\n", False),
        (f"{AR}{OURS}; dkim=pass header.d=evil.es; dkim=pass header.d=x.es\n", True),  # either of two
        (f"{AR}{OURS}; spf=pass smtp.mailfrom=ana@x.es\n", True),
        (f"{AR}{OURS}; spf=pass smtp.mailfrom=x.es\n", True),
        (f"{AR}{OURS}; spf=pass smtp.mailfrom=evil.es\n", False),
        (f"{AR}{OURS}; spf=softfail smtp.mailfrom=x.es\n", False),
        (f"{AR}{OURS}; spf=pass smtp.helo=x.es\n", False),  # HELO is no sender
        (f"{AR}{OURS}; none\n", False),
        (f"{AR}{OURS}\n", False),
        (f"{AR}{OURS}; dmarc header.from=x.es\n", False),  # broken
        (f"{AR}evil.example; dmarc=pass header.from=x.es\n", False),  # another server
        (f"{AR}{OURS}.evil.es; dmarc=pass header.from=x.es\n", False),
        (f"{AR}otro {OURS}; dmarc=pass header.from=x.es\n", False),
        (f"{AR}evil.example; dkim=none\n{DMARC}", False),  # ours below a stranger's: forged
        (f"{AR}{OURS}; dkim=none\n{RECEIVED}{DMARC}", False),  # below our Received: forged
        (f"{RECEIVED}{AR}{OURS}; dkim=none\n{DMARC}", False),  # right below the real one: forged
        (f"{AR}{OURS}; dkim=none\n{DMARC}{RECEIVED}", True),  # two milters, both above Received
        (f"{RECEIVED}{DMARC}", True),  # Gmail puts it below its own Received
        (f"{DMARC}{RECEIVED}{AR}{OURS}; dmarc=fail header.from=x.es\n", True),
        (f"{AR}{OURS}; dmarc=pass header.from=x.es{' (x)' * 3000}\n", False),  # nobody writes so much
        (RECEIVED, False),
        # encoded words are no part of its grammar: our server takes off what bears its literal name only
        (f"{AR}=?utf-8?q?mx.mesa.example?=; dmarc=pass header.from=x.es\n", False),
        (f"{AR}{OURS}; =?utf-8?q?dmarc=3Dpass_header.from=3Dx.es?=\n", False),
        (f'{AR}{OURS}; spf=pass smtp.mailfrom="=?utf-8?q?a=22=3B_{PASS}=3B?="@evil.es\n', False),  # MAIL FROM
        (f"{AR}{OURS}; spf=pass smtp.mailfrom==?utf-8?q?a=3B_{PASS}=3B?=@evil.es\n", False),
        # what a sender chose, in quotes and comments
        (f'{AR}{OURS}; spf=pass smtp.mailfrom="a; dmarc=pass header.from=x.es"@evil.es\n', False),
        (f"{AR}{OURS}; dmarc=fail header.from=x.es (dmarc=pass header.from=x.es)\n", False),
        (f'{AR}{OURS}; dmarc=fail reason="; dmarc=pass header.from=x.es"\n', False),
        (f"{AR}{OURS}; dkim=pass header.d=evil.es header.i=@x.es\n", False),
        (f"{AR}{OURS}; dkim=pass (header.d=x.es) header.d=evil.es\n", False),
        # malformed
        (f"{AR}{OURS} (x; dmarc=pass header.from=x.es\n", False),
        (f'{AR}{OURS}; dmarc="pass header.from=x.es\n', False),
        (f"{AR};;;\n", False),
        (f"{AR}\n", False),
    ],
)
def test_our_own_server_vouches(block: str, expected: bool) -> None:
    assert verified(block, OURS) is expected


@pytest.mark.parametrize("sender", ["ana@x.es", "ana@correo.x.es"])
def test_a_domain_signs_for_those_below_it(sender: str) -> None:
    assert verified(f"{AR}{OURS}; dkim=pass header.d=x.es\n", OURS, Address(sender))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (M365.format("x.es"), True),  # no authserv-id: the library needs help
        (M365.format("otro.es"), False),
        (M365.format("x.es").replace("dmarc=pass", "dmarc=bestguesspass"), False),
        (M365.format("x.es").replace("dmarc=pass", "dmarc=fail"), False),
        (INTERNAL + "Internal\n", True),  # mail of the house has neither DKIM nor SPF
        (INTERNAL + "Anonymous\n", False),
        (INTERNAL + "=?utf-8?q?Internal?=\n", False),
        (INTERNAL + "Internal (x)\n", False),
        (AR + "=?utf-8?q?dmarc=3Dpass?= header.from=x.es\n", False),
        (AR + "spf=none smtp.mailfrom=x.es (; dmarc=pass header.from=x.es;)\n", False),
        (INTERNAL + "Anonymous\n" + INTERNAL + "Internal\n", False),  # the topmost counts
        (DMARC, False),  # somebody's with an authserv-id
        (DMARC + M365.format("x.es"), False),  # only the topmost
        (M365.format("otro.es") + M365.format("x.es"), False),
        (AR + "dkim=none (message not signed) header.d=none;dmarc=none action=none\n", False),
        ("", False),
    ],
)
def test_microsoft_365_vouches(block: str, expected: bool) -> None:
    assert verified(block, "microsoft365") is expected


@pytest.mark.parametrize("trust", ["", "otro.example"])
def test_nobody_else_vouches(trust: str) -> None:
    assert not verified(DMARC + M365.format("x.es") + INTERNAL + "Internal\n", trust)


def test_an_internal_mark_is_no_proof_where_another_server_is_trusted() -> None:
    assert not verified(INTERNAL + "Internal\n", OURS)


def test_nobody_is_verified_without_a_sender() -> None:
    assert not verified(DMARC, OURS, None)
