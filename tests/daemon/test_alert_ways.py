"""An alert goes by the first server that takes it, and no server is asked in vain twice."""

from pathlib import Path

import pytest

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.config.model import AlertSmtp, Config, OAuth2, Secret
from mailbot.daemon.alerts.letter import trial
from mailbot.daemon.alerts.ways import MOST, Sent, send, ways
from mailbot.daemon.service import utc_now
from mailbot.login import Logins
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from tests.daemon.test_service import free_port, smtp_at, with_box
from tests.pipeline.given import CONFIG, OURS, PASSWORD, QUICK
from tests.submission import Submission
from tests.token_server import CLIENT, SECRET, TokenServer
from tests.transport import faulty

OPS, OTHERS = "ti@oti.example", "jefe@oti.example"


@pytest.fixture
def config(servers: Sandbox, tmp_path: Path) -> Config:
    text = CONFIG.replace("IMAP", str(servers.imap_port)).replace("SMTP", str(servers.smtp_port))
    path = tmp_path / "config.toml"
    path.write_text(f'[service]\nalert_to = ["{OPS}", "{OTHERS}"]\n{text}', "utf-8")
    return load(path)


def sent(config: Config) -> Sent:
    letter = trial(Live.of(config), utc_now())
    return send(letter, letter.to, ways(config), Logins(config, None), QUICK)


def names(config: Config, ill: set[str], turn: int = 0) -> list[str]:
    return [way.address.partition("@")[0] for way in ways(config, ill, turn)]


def test_its_own_server_comes_first_and_what_is_ill_last(config: Config) -> None:
    assert names(config, set()) == ["soporte", "redes"]
    assert names(config, {"soporte"}) == ["redes", "soporte"]
    own = AlertSmtp(host=LOOPBACK, username="mailbot@oti.example")
    service = config.service.model_copy(update={"smtp": own})
    assert names(config.model_copy(update={"service": service}), set()) == ["mailbot", "soporte", "redes"]


def test_of_many_mailboxes_all_have_their_turn(config: Config) -> None:
    box = config.mailbox["soporte"]
    boxes = {f"b{n}": box.model_copy(update={"address": f"b{n}@mesa.example"}) for n in range(3 * MOST)}
    many = config.model_copy(update={"mailbox": boxes})
    tried = [name for turn in range(3) for name in names(many, set(), turn)[:MOST]]
    assert sorted(tried) == sorted(boxes)


def test_who_is_refused_by_one_server_is_told_by_another(config: Config, servers: Sandbox) -> None:
    with faulty.smtp({"RCPT": "550 5.7.1 Relaying denied\n"}) as strict:
        found = sent(with_box(config, "soporte", smtp=smtp_at(strict.port)))
    server = f"{LOOPBACK}:{servers.smtp_port}"
    assert found.servers == {OPS: server, OTHERS: server}
    assert "Relaying denied" in found.said[f"{LOOPBACK}:{strict.port}"]
    assert len(servers.sent_to(OPS)) == len(servers.sent_to(OTHERS)) == 1


def test_a_server_that_is_away_is_tried_once_for_all_its_mailboxes(config: Config) -> None:
    with faulty.smtp({"BANNER": None}) as away:
        both = with_box(with_box(config, "soporte", smtp=smtp_at(away.port)), smtp=smtp_at(away.port))
        assert sent(both).left == [OPS, OTHERS]
        assert away.connections == 1


def test_a_yes_that_was_cut_off_is_asked_of_the_next_with_the_same_id(
    config: Config, servers: Sandbox
) -> None:
    """Hazard 57: an alert that comes twice is better than none."""
    with faulty.smtp(dot=None) as cut:
        found = sent(with_box(config, "soporte", smtp=smtp_at(cut.port)))
        heard = b"".join(cut.heard)
    assert found.uncertain
    assert not found.left
    (raw,) = servers.sent_to(OPS)
    (own,) = [line for line in raw.splitlines() if line.startswith(b"Message-ID:")]
    assert own in heard


def test_with_no_server_it_says_why(config: Config) -> None:
    port = free_port()
    found = sent(with_box(with_box(config, "soporte", smtp=smtp_at(port)), smtp=smtp_at(port)))
    assert found.left == [OPS, OTHERS]
    assert "Connection refused" in str(found.said) or "rechaz" in str(found.said)
    assert PASSWORD not in str(found.said)
    assert OURS not in str(found.said)


def test_its_own_server_may_be_entered_with_the_token_of_an_application(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    with TokenServer("mailbot@oti.example") as provider, Submission(provider) as server:
        oauth2 = OAuth2(
            token_url=provider.token_url,
            scope="mail",
            client_id=CLIENT,
            client_secret=Secret(env="CLIENT_SECRET"),
            grant="client_credentials",
        )
        own = AlertSmtp(
            host=LOOPBACK,
            port=server.port,
            security="none",
            username="mailbot@oti.example",
            oauth2=oauth2,
        )
        service = config.service.model_copy(update={"smtp": own})
        found = sent(config.model_copy(update={"service": service}))
        assert {*found.servers.values()} == {f"{LOOPBACK}:{server.port}"}, found.said
        assert len(server.to(OPS)) == 2
        assert len(provider.asked) == 1
