"""Folder names as the admin writes them and as the server wants them; folders made where they are missing."""

import imaplib
import unicodedata
from contextlib import suppress
from typing import Any

from mailbot.transport.connect import clean


class Folders:
    """The folders of one account.

    The config says `Procesados` or `Mesa/Procesados`; a server whose personal namespace is `INBOX.`
    (RFC 2342) calls them `INBOX.Procesados` and `INBOX.Mesa.Procesados`. Modified UTF-7 is imapclient's work.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.prefix, self.separator = _personal(client)

    def name(self, folder: str) -> str:
        """The server's name of `folder`; one that already is the server's name stays as it is."""
        name = unicodedata.normalize("NFC", clean(folder, "una carpeta"))
        if name.upper() == "INBOX":
            return "INBOX"
        if self.separator:
            name = name.replace("/", self.separator)
        return name if name.startswith(self.prefix) else self.prefix + name

    def ensure(self, folder: str) -> None:
        """Create `folder`, and show it to mail clients that list only what is subscribed."""
        name = self.name(folder)
        if name == "INBOX" or self.exists(name):
            return
        try:
            self.client.create_folder(name)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            if not self.exists(name):  # another client may have been faster
                raise
        with suppress(imaplib.IMAP4.error):
            self.client.subscribe_folder(name)

    def names(self) -> list[str]:
        """All that can be selected, for an error message."""
        return sorted(name for flags, _, name in self.client.list_folders() if not _only_a_parent(flags))

    def exists(self, name: str) -> bool:
        """`%` and `*` in a name are patterns to LIST, so its answer is compared."""
        found = self.client.list_folders("", name)
        return any(other == name and not _only_a_parent(flags) for flags, _, other in found)


def _only_a_parent(flags: tuple[bytes, ...]) -> bool:
    return any(f.lower() in (b"\\noselect", b"\\nonexistent") for f in flags)


def _personal(client: Any) -> tuple[str, str]:
    """Prefix and separator of the personal namespace, or what LIST says of the root."""
    if client.has_capability("NAMESPACE") and (personal := client.namespace().personal):
        prefix, separator = personal[0]
        return prefix or "", separator or ""
    root = client.list_folders("", "")
    return "", (root[0][1] or b"").decode() if root else ""
