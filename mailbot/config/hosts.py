"""Names of servers, as far as they can be judged without looking anything up."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Only by name and number."""
    return host.lower() == "localhost" or (is_ip(host) and ipaddress.ip_address(host).is_loopback)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_and_port(written: str) -> tuple[str, int] | None:
    """`127.0.0.1:9103`, `[::1]:9103`, `localhost:9103`; None: it is no such thing."""
    try:
        found = urlsplit(f"//{written}")
        host, port = found.hostname, found.port
    except ValueError:
        return None
    if not host or not port or found.netloc != written or "@" in written:
        return None
    return host, port
