"""Rules against a subject: the first in the file that matches wins, the others are recorded."""

from dataclasses import dataclass

from mailbot.rules.settings import Rule


@dataclass(frozen=True, slots=True)
class Match:
    """The rule that won, by which words of the subject (as written), and who else would have."""

    rule: Rule
    words: tuple[str, ...]
    also_matched: tuple[str, ...] = ()
    #: the group of `correlate` (monitoreo)
    correlation: str | None = None
    #: a word of `recover` stands in the subject: the fault is over (monitoreo)
    recovered: bool = False
