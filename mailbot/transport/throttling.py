"""A provider that asks to be left alone for a while: no fault of anybody, and obeyed."""

import re

#: Microsoft 365 says how long; a whole hour has been seen
SUGGESTED = re.compile(r"back-?off time:? *(\d+) *milliseconds", re.IGNORECASE)
LONGEST = 3600.0
#: The words of those who do not say it → seconds. In order: the first that fits.
ASKED = (
    # what a mailbox may send in a day
    (re.compile(r"SubmissionQuotaExceeded|\b5\.1\.90\b|daily (user )?sending (limit|quota)", re.I), LONGEST),
    (
        # RFC 3463 §3.4 (4.3.2: the system takes no messages now), 4.7.500 to 4.7.599 of Microsoft
        re.compile(
            r"throttl|too many (simultaneous |concurrent )?connections|concurrent connections? limit"
            r"|sender thread limit|command or bandwidth limits|(sending|message) rate limit"
            r"|\b4\.3\.2\b|\b4\.7\.5\d\d\b",
            re.I,
        ),
        60.0,
    ),
    # RFC 5530; Exchange, while it moves a mailbox (also where the account may not open it)
    (re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT)\]|authenticated but not connected", re.I), 30.0),
)


def asked_to_wait(said: str) -> float:
    """Seconds for which this answer asks to be left alone; 0: it does not."""
    if suggested := SUGGESTED.search(said):
        return min(max(int(suggested[1]) / 1000, 1.0), LONGEST)
    return next((seconds for words, seconds in ASKED if words.search(said)), 0.0)
