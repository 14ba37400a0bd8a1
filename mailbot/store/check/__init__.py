"""`mailbot db check`: does the database still say what it must always say? Every fault with its cure."""

from collections.abc import Iterator

from mailbot.store.check import desk, mail, structure
from mailbot.store.transaction import Transaction
from mailbot.values import Problem


def integrity(s: Transaction) -> tuple[Problem, ...]:
    """Every fault that is found, in Spanish; none: the database is sound."""
    return (*damage(s), *contents(s))


def damage(s: Transaction) -> Iterator[Problem]:
    """What the database itself says of its file."""
    return structure.file(s)


def contents(s: Transaction) -> Iterator[Problem]:
    """Tables and constraints, references, the ledger, cases, replies."""
    missing = tuple(structure.missing(s))
    yield from missing
    if not missing:
        for look in (structure, mail, desk):
            yield from look.faults(s)
