"""What other rules would change, of many mails: counted, and a few of each change kept to be shown."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.desk.difference import Apart, Change, Decided


@dataclass(frozen=True, slots=True)
class Difference:
    """A mail with what was decided on it, and what the rules would decide."""

    id: int
    subject: str
    #: the address of From; "": there is no single one
    sender: str
    received_at: datetime
    change: Change
    before: Decided
    after: Decided


@dataclass(frozen=True, slots=True)
class Group:
    """Mails with the same change from one rule to another; "": none."""

    change: Change
    before: str
    after: str


@dataclass
class Account:
    """Every mail is in `changes` or in `apart`. `most`: examples kept of each change; None: all."""

    most: int | None = None
    changes: Counter[Change] = field(default_factory=Counter)
    apart: Counter[Apart] = field(default_factory=Counter)
    groups: Counter[Group] = field(default_factory=Counter)
    #: of a group, the mails that would be asked for something more, and for less only
    more: Counter[Group] = field(default_factory=Counter)
    less: Counter[Group] = field(default_factory=Counter)
    #: newest first
    differences: list[Difference] = field(default_factory=list)
    #: decided by hand, and the rules would now do the same
    spared: int = 0
    examples_spared: list[Difference] = field(default_factory=list)

    @property
    def mails(self) -> int:
        return self.changes.total() + self.apart.total()

    def add(self, one: Difference) -> None:
        self.changes[one.change] += 1
        if one.change is Change.SAME:
            return
        group = Group(one.change, one.before.rule or "", one.after.rule or "")
        self.groups[group] += 1
        asked, would = set(one.before.missing), set(one.after.missing)
        self.more[group] += bool(would - asked)
        self.less[group] += would < asked
        if self.most is None or self.changes[one.change] <= self.most:
            self.differences.append(one)

    def spare(self, one: Difference) -> None:
        self.spared += 1
        if self.most is None or self.spared <= self.most:
            self.examples_spared.append(one)
