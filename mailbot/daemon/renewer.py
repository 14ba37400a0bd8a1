"""The thread that renews access tokens ahead of time, so that a refused one is heard of before mail stops."""

import threading

import structlog

from mailbot.daemon.notify import Promises
from mailbot.daemon.trouble import Trouble
from mailbot.daemon.vitals import Vitals
from mailbot.login import Tokens

#: seconds between two looks; and in which an account must be done with, whatever its provider does
LOOK, STEP = 20.0, 900.0


class Renewer(threading.Thread):
    """Of all accounts, one after the other: whoever needs a token at once asks for it himself."""

    def __init__(self, tokens: dict[str, Tokens], vitals: Vitals, promises: Promises) -> None:
        super().__init__(name="renewer", daemon=True)
        #: another one takes its place when the config does
        self.tokens = tokens
        self.vitals, self.promises = vitals, promises
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            for account, tokens in self.tokens.items():
                self.promises.back_within(self.name, STEP)
                mailbox = tokens.client.mailbox
                with structlog.contextvars.bound_contextvars(mailbox=mailbox):
                    self._renew(tokens, self.vitals.token(account, mailbox))
            self.vitals.forget_tokens(self.tokens)
            self.promises.back_within(self.name, LOOK + STEP)
            self.stopping.wait(LOOK)
        self.promises.over(self.name)

    def stop(self) -> None:
        self.stopping.set()

    def _renew(self, tokens: Tokens, trouble: Trouble) -> None:
        try:
            if tokens.renew():
                trouble.over()
        except Exception as error:
            trouble.tell(error)
