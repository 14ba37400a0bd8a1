"""Whether somebody vouches for From: the one mechanism that the mailbox trusts (RFC 8601, hazard 22)."""

import re
from collections.abc import Iterator

import authres  # type: ignore[import-untyped]

from mailbot.mail import headers
from mailbot.mail.headers import Headers
from mailbot.mail.message import Address

MICROSOFT = "microsoft365"
#: no server of ours writes a longer one
LENGTH = 8 * 1024

_FIRST = re.compile(r"[^;=]*")


def verified(own: Headers, sender: Address | None, trust: str) -> bool:
    """`trust` is "" (nobody), `microsoft365`, or the authserv-id of our own server, in any case."""
    if not trust or not sender:
        return False
    if trust.lower() == MICROSOFT:
        return _microsoft(own, sender.domain)
    return _passes(list(_trusted(own, trust.lower())), sender.domain)


def _microsoft(own: Headers, domain: str) -> bool:
    """Exchange Online takes these fields off what comes from outside; its results name no authserv-id."""
    if _literal(own.first("x-ms-exchange-organization-authas")).lower() == "internal":
        return True
    top = _literal(own.first("authentication-results"))
    if _server(top) != "":
        return False
    return any(
        result.method == "dmarc" and result.result == "pass" and _property(result, "from") == domain
        for result in _results(f"x; {top}")
    )


def _trusted(own: Headers, server: str) -> Iterator[authres.core.AuthenticationResult]:
    """Results of our server: the topmost field, and more of them only above the first Received.

    Whatever the sender wrote stands below the Received of the server that took the mail in.
    """
    topmost, received = True, False
    for name, value in own.fields:
        received = received or name == "received"
        if name != "authentication-results":
            continue
        written = _literal(value)
        if _server(written) != server or not (topmost or not received):
            return
        yield from _results(written)
        topmost = False


def _passes(results: list[authres.core.AuthenticationResult], domain: str) -> bool:
    """DMARC decides where it was checked; else DKIM aligned with From's domain, or SPF of that domain."""
    dmarc = [result for result in results if result.method == "dmarc" and result.result != "none"]
    if dmarc:
        return all(
            result.result == "pass" and _property(result, "from") in (None, domain) for result in dmarc
        )
    return any(result.result == "pass" and _aligned(result, domain) for result in results)


def _aligned(result: authres.core.AuthenticationResult, domain: str) -> bool:
    if result.method == "dkim":
        signer = _property(result, "d") or ""
        return signer == domain or ("." in signer and domain.endswith("." + signer))
    if result.method == "spf":
        return (_property(result, "mailfrom") or "").rpartition("@")[2] == domain
    return False


def _property(result: authres.core.AuthenticationResult, name: str) -> str | None:
    """`header.from`, `header.d` or `smtp.mailfrom`, in lower case."""
    kind = "smtp" if name == "mailfrom" else "header"
    found = [str(p.value or "").lower() for p in result.properties if (p.type, p.name) == (kind, name)]
    return found[0] if found else None


def _literal(value: bytes) -> str:
    """The field as servers read it: encoded words stay (RFC 8601 §2.2 knows none).

    Decoded, a sender's own path `=?q?…dmarc=3Dpass…?=@evil` would be a result, and a forged authserv-id that our
    server did not take off for its own would be it.
    """
    return headers.line(headers.octets(value))


def _server(written: str) -> str:
    """The authserv-id in lower case, "" where the field begins with a result, as Microsoft's does."""
    first = _FIRST.match(written)
    head = first[0] if first else ""
    if written[len(head) : len(head) + 1] == "=":
        return ""
    words = re.sub(r"\([^()]*\)", " ", head).split()
    return words[0].strip('"').lower() if words else "?"


def _results(written: str) -> list[authres.core.AuthenticationResult]:
    """The results that the field holds; none where it cannot be read."""
    if len(written) > LENGTH:
        return []
    try:
        parsed = authres.AuthenticationResultsHeader.parse_value(written)
    except (authres.AuthResError, ValueError, RecursionError):
        return []
    return [
        result for result in parsed.results or [] if isinstance(result, authres.core.AuthenticationResult)
    ]
