"""Names of servers, as far as they can be judged without looking anything up."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Only by name and number."""
    return host.lower() == "localhost" or (is_ip(host) and ipaddress.ip_address(host).is_loopback)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
