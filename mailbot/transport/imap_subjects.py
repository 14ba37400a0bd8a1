"""The subjects of a folder and nothing else of its mail: read-only, unseen, in bundles."""

from collections.abc import Iterator, Sequence

from mailbot.mail.headers import of
from mailbot.transport.imap import UIDS_A_LINE, ImapMailbox


def subjects(mailbox: ImapMailbox, uids: Sequence[int]) -> Iterator[list[str]]:
    """Of these messages of the selected folder, as people read them, some at a time; gone ones are left out.

    Raises `TransportError`.
    """
    for start in range(0, len(uids), UIDS_A_LINE):
        headers = mailbox.headers(uids[start : start + UIDS_A_LINE], "SUBJECT")
        yield [of(header).text("subject") for header in headers]
