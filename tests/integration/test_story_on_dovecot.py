"""The demo's story with a real Dovecot in place of the embedded server: delivered by LMTP, read over IMAP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.config.load import load
from mailbot.login import Logins
from mailbot.reconcile import Account, reconcile
from mailbot.sandbox import demo, samples
from mailbot.sandbox.stage import Stage
from tests.dovecot import Dovecot, required


class OnDovecot(Stage):
    """The daemon reads Dovecot; replies still go to the embedded SMTP server."""

    def __init__(self, dovecot: Dovecot, state: Path) -> None:
        super().__init__(load(demo.CONFIG), state)
        self.dovecot = dovecot

    @property
    def imap_port(self) -> int:
        return self.dovecot.imap_port

    def send(self, sender: str, to: str, raw: bytes) -> None:
        self.dovecot.deliver(raw, to, sender)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[OnDovecot]:
    required()
    with Dovecot() as dovecot, OnDovecot(dovecot, tmp_path) as on_dovecot:
        yield on_dovecot


def until_the_clock_moves() -> Iterator[dict[str, Any]]:
    """Dovecot stamps mail with the real time, so the story is played up to its first jump."""
    for step in demo.steps():
        if "advance" in step:
            return
        yield step


def test_every_mail_ends_as_its_twin_says_and_the_server_agrees_with_the_ledger(stage: OnDovecot) -> None:
    """Invariant 1: each message on the server has exactly one outcome, after MOVE to Procesados and Por revisar."""
    wrong: dict[str, object] = {}
    played = []
    for step in until_the_clock_moves():
        if "move" in step:
            case = stage.move(step["move"], step["into"]).case
            if case is None or case["state"] != step["expect"][step["move"]]:
                wrong[step["move"]] = case
            continue
        played.append(sample := samples.load(step["fixture"]))
        if differences := demo.differences(sample, stage.play(sample)):
            wrong[sample.name] = differences

    assert wrong == {}
    stage.service.stop()
    account = Account()
    for box in stage.config.mailbox.values():
        imap = Logins(stage.config, stage.store).imap(box)
        imap.connect()
        reconcile(box, imap, stage.service.live, stage.store, account)
        imap.close()
    assert (account.missing, account.doubled) == ([], [])
    assert len(played) == account.on_server == account.recorded
