"""What is ill: one judgement for `mailbot status`, `/healthz`, the journal and the alert mails.

Values in, illnesses out: what the parts of the daemon last did (`Seen`), and what the store counts (`Counted`).

kind       about    ill when                                                   well when
---------  -------  ---------------------------------------------------------  ------------------------
database            it cannot be used for a minute                             it can
hangs               a part was not heard of when it had promised (hazard 56)   it is heard of
login      mailbox  a password or token is refused: at once;                   it is accepted
                    no token is given for another reason: 15 minutes
unread     mailbox  a person must act: at once; otherwise 15 minutes           it is read
                    without a whole read, and without one message
replies    mailbox  a person must act: at once; the server away: 15 minutes;   the server takes one, and
                    one that is due waits 15 minutes, an hour if others leave  none waits so long
deadlines           one that could be judged is not, for 15 minutes            the next one's turn comes
failed              mail that could not be read came in the last 7 days        it is judged, or filed
breaker             `[replies] per_hour` is reached                            a tenth of it is free
config              config.toml was refused: at once                           it is mended
disk                less than 500 MB or 5 % (of 5 GB at most) is free          a tenth more is
http                its port cannot be had: at once                            it can
empty               the database began empty where cases had been opened       a day has passed

A server that asks to be left alone is ill by these rules only when it goes on; a mailbox that another daemon reads
never is. What a deadline waits for while its mailbox is not read is no illness of the clock. After a restart
what was ill stays ill until it works: a new process has not forgotten.
"""

from mailbot.health.illness import Illness, Kind
from mailbot.health.judgement import NEWS, judge
from mailbot.health.seen import Box, Complaint, Counted, Disk, Earlier, Seen, Waiting
from mailbot.health.words import JOURNAL, age, in_words, octets

__all__ = [
    "JOURNAL",
    "NEWS",
    "Box",
    "Complaint",
    "Counted",
    "Disk",
    "Earlier",
    "Illness",
    "Kind",
    "Seen",
    "Waiting",
    "age",
    "in_words",
    "judge",
    "octets",
]
