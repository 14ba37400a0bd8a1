"""The thread that renews access tokens ahead of time, so that a refused one is heard of before mail stops."""

import threading

import structlog

from mailbot.daemon.trouble import Trouble
from mailbot.login import Tokens
from mailbot.store.errors import StoreError
from mailbot.transport.errors import TransportError

#: seconds between two looks
LOOK = 20.0


class Renewer(threading.Thread):
    """Of all accounts, one after the other: whoever needs a token at once asks for it himself."""

    def __init__(self, tokens: dict[str, Tokens]) -> None:
        super().__init__(name="renewer", daemon=True)
        #: another one takes its place when the config does
        self.tokens = tokens
        self.troubles: dict[str, Trouble] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            for account, tokens in self.tokens.items():
                with structlog.contextvars.bound_contextvars(mailbox=tokens.client.mailbox):
                    self._renew(tokens, self.troubles.setdefault(account, Trouble("token")))
            self.stopping.wait(LOOK)

    def stop(self) -> None:
        self.stopping.set()

    def _renew(self, tokens: Tokens, trouble: Trouble) -> None:
        try:
            if tokens.renew():
                trouble.over()
        except (TransportError, StoreError) as refused:
            trouble.tell(str(refused))
        except Exception as broken:
            trouble.tell(repr(broken), unexpected=True)
