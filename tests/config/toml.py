"""Small config files for tests: a valid one, and one with a marked mistake."""

#: marks the line a problem must name
HERE = "# <-"

SERVERS = """
[mailbox.soporte.imap]
host = "imap.mesa.example"
[mailbox.soporte.smtp]
host = "smtp.mesa.example"
"""
HEAD = """
[mailbox.soporte]
address = "soporte@mesa.example"
password = { credential = "soporte-password" }
"""
VALID = HEAD + SERVERS


def mailbox(*lines: str) -> str:
    """A config with these lines in its mailbox."""
    return HEAD + "\n".join(lines) + SERVERS


def oauth2(inside: str) -> str:
    """A config whose mailbox logs in by `oauth2 = { … }`; that line is the marked one."""
    return VALID.replace('password = { credential = "soporte-password" }', f"oauth2 = {{ {inside} }} {HERE}")


def imap(*lines: str) -> str:
    return VALID.replace("[mailbox.soporte.smtp]", "\n".join(lines) + "\n[mailbox.soporte.smtp]")


def smtp(*lines: str) -> str:
    return VALID + "\n".join(lines)


def rule(*lines: str, name: str = "acceso", keywords: str = 'keywords = ["clave"]') -> str:
    """A rule that works, with these lines besides."""
    return "\n".join(["", "[[rule]]", f'name = "{name}"', keywords, *lines, ""])


def line_of(text: str) -> int:
    """The marked line, from 1; 0 if none is marked."""
    marked = [n for n, line in enumerate(text.split("\n"), start=1) if HERE in line]
    return marked[0] if marked else 0
