"""When something fails during one piece of work, and how: decided before it begins."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random


class Killed(BaseException):
    """The process ends here: nothing after it happens, and nothing in its memory is left."""


#: where → how; a point is passed many times in a piece of work, and the fault strikes at the n-th
KINDS = {
    "statement": ("unavailable", "conflict", "killed"),
    "commit": ("unavailable", "hidden", "killed", "killed_after"),
    "begin": ("other",),
    "imap": ("error", "error_after", "killed", "killed_after"),
    "smtp": ("killed", "killed_after"),
}
#: how often each point is chosen, and how far into the work the fault lies at most
POINTS = {
    "statement": (5, 60),
    "commit": (5, 9),
    "begin": (6, 9),
    "imap": (4, 9),
    "smtp": (2, 3),
}


@dataclass
class Plan:
    """At most one fault of a piece of work."""

    point: str = ""
    at: int = 0
    how: str = ""
    #: it struck
    struck: bool = False
    passed: Counter[str] = field(default_factory=Counter)

    def strikes(self, point: str) -> str:
        """How this passing of `point` fails; "": it does not."""
        self.passed[point] += 1
        if self.struck or self.point != point or self.passed[point] != self.at:
            return ""
        self.struck = True
        return self.how

    def __str__(self) -> str:
        return f"{self.how} at {self.point} {self.at}"


def draw(dice: Random, likely: float, alone: bool) -> Plan:
    """A plan for the next piece of work; `alone`: there is no other process to step in."""
    if dice.random() >= likely:
        return Plan()
    points = [p for p in POINTS if p != "begin" or not alone]
    (point,) = dice.choices(points, [POINTS[p][0] for p in points])
    return Plan(point, dice.randint(1, POINTS[point][1]), dice.choice(KINDS[point]))


@dataclass
class Faults:
    """The plan in force, and a count of what struck."""

    plan: Plan = field(default_factory=Plan)
    #: the database, the mailboxes are away for a time
    database_down: bool = False
    imap_down: bool = False
    #: work of the other process, done where `other` strikes
    other: Callable[[], None] | None = None
    counted: Counter[str] = field(default_factory=Counter)

    def strikes(self, point: str) -> str:
        how = self.plan.strikes(point)
        if how:
            self.counted[f"{point} {how}"] += 1
        return how

    def count(self, what: str) -> None:
        self.counted[what] += 1
