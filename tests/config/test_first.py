"""The first config.toml: what an address lets guess, and a file that is right whatever was answered."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from mailbot.config.check import check
from mailbot.config.first import Answers, Server, mailbox_name, quoted, render, server, servers, timezone
from mailbot.config.load import load
from mailbot.config.model import Security
from mailbot.rules.match import Rulebook
from mailbot.values import Problem

ANSWERS = Answers(
    address="soporte@mesa.example",
    way="password",
    imap=Server("imap.mesa.example", 993, "tls"),
    smtp=Server("smtp.mesa.example", 587, "starttls"),
    desk="Mesa de Servicios",
    timezone="America/Bogota",
)
MICROSOFT = replace(ANSWERS, way="microsoft", tenant="mesa.example", client_id="1-2-3")
GOOGLE = replace(ANSWERS, way="google", client_id="1-2-3.apps.googleusercontent.com")
SITUATIONS = {
    "a password": ANSWERS,
    "another user": replace(ANSWERS, username='MESA\\soporte "1"'),
    "Microsoft, the application": MICROSOFT,
    "Microsoft, a person": replace(MICROSOFT, has_secret=False),
    "Google": GOOGLE,
    "an address with signs": replace(ANSWERS, address="Mesa.de+Ayuda@mesa.example"),
    "a name with signs": replace(ANSWERS, desk='La "mesa" \\ $name de Ñandú 🙂'),
    "other ports": replace(ANSWERS, imap=Server("::1", 1143, "none"), smtp=Server("127.0.0.1", 25, "none")),
}


def saved(answers: Answers, folder: Path) -> tuple[Path, tuple[Problem, ...]]:
    """As `init` saves it, its secret too; and what `check` says."""
    config = folder / "config.toml"
    config.write_text(render(answers), "utf-8")
    if answers.has_secret:
        secret = folder / "credentials" / answers.credential
        secret.parent.mkdir()
        secret.write_text("x")
        secret.chmod(0o600)
    return config, check(config)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_check_has_nothing_to_say_about_it(situation: str, tmp_path: Path) -> None:
    answers = SITUATIONS[situation]
    config, problems = saved(answers, tmp_path)

    assert problems == ()
    settings = load(config)
    [box] = settings.mailbox.values()
    assert (box.address, settings.service.name) == (answers.address, answers.desk)
    assert (box.imap.host, box.imap.port, box.imap.security) == (
        answers.imap.host,
        answers.imap.port,
        answers.imap.security,
    )
    assert box.imap_login.username == (answers.username or answers.address)


def test_its_rule_is_a_rule_to_learn_from(tmp_path: Path) -> None:
    config, _ = saved(ANSWERS, tmp_path)

    match = Rulebook(load(config).rule).match("RE: Olvidé mi CONTRASEÑA", None, "soporte")

    assert match is not None
    assert (match.rule.name, match.rule.requires) == ("acceso", ("nombre", "telefono"))
    assert len(config.read_text("utf-8").splitlines()) < 70


def test_its_next_steps_work_as_they_stand_there(tmp_path: Path) -> None:
    """Each line that is indented behind its # is taken into the file."""
    text = render(ANSWERS).replace("#     ", "")
    config, _ = saved(ANSWERS, tmp_path)
    config.write_text(text, "utf-8")

    assert check(config) == ()
    settings = load(config)
    assert settings.precaso.calendar == "oficina"
    assert settings.replies.send == ("*@mesa.example",)
    assert settings.group["Mesa de servicios"].notify == ("jefe.mesa@mesa.example",)


@given(st.text())
def test_any_text_is_a_string_of_toml(text: str) -> None:
    read = tomllib.loads(f"x = {quoted(text)}")["x"]

    assert read == "".join(c if c.isprintable() else " " for c in text)


@pytest.mark.parametrize(
    ("address", "way", "imap"),
    [
        ("soporte@mesa.example", "password", "mail.mesa.example"),
        ("soporte@mesa.example", "microsoft", "outlook.office365.com"),
        ("soporte@mesa.example", "google", "imap.gmail.com"),
        ("mesa@mesa.onmicrosoft.com", "password", "outlook.office365.com"),
        ("mesa@GMAIL.com", "password", "imap.gmail.com"),
        ("mesa@notgmail.com", "password", "mail.notgmail.com"),
    ],
)
def test_servers_are_guessed_by_the_address(
    address: str, way: Literal["password", "microsoft", "google"], imap: str
) -> None:
    assert servers(address, way)[0] == imap


@pytest.mark.parametrize(
    ("kind", "written", "security", "expected"),
    [
        ("imap", "imap.mesa.example", None, Server("imap.mesa.example", 993, "tls")),
        ("imap", "imap.mesa.example:143", None, Server("imap.mesa.example", 143, "starttls")),
        ("imap", "imap.mesa.example:10993", None, Server("imap.mesa.example", 10993, "tls")),
        ("imap", "imap.mesa.example", "starttls", Server("imap.mesa.example", 143, "starttls")),
        ("smtp", "smtp.mesa.example", None, Server("smtp.mesa.example", 587, "starttls")),
        ("smtp", " smtp.mesa.example:465 ", None, Server("smtp.mesa.example", 465, "tls")),
        ("smtp", "smtp.mesa.example:25", None, Server("smtp.mesa.example", 25, "starttls")),
        # nobody listens on the way within one machine
        ("imap", "127.0.0.1:1143", None, Server("127.0.0.1", 1143, "none")),
        ("smtp", "localhost:25", None, Server("localhost", 25, "none")),
        ("smtp", "[::1]:2525", None, Server("::1", 2525, "none")),
        ("imap", "localhost:993", None, Server("localhost", 993, "tls")),
    ],
)
def test_a_server_is_written_with_or_without_its_port(
    kind: Literal["imap", "smtp"], written: str, security: Security | None, expected: Server
) -> None:
    found = server(written, kind, security)

    assert found == expected
    if security is None:
        assert server(found.written, kind, None) == expected, "as it is offered on a second round"


@pytest.mark.parametrize(
    "written", ["", "imap mesa", "https://mesa.example", "a@b", "mesa:x", "mesa:99999", "[mesa]:993", "a:b:c"]
)
def test_what_is_no_server_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"no es un (servidor|puerto)"):
        server(written, "imap", None)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Soporte@mesa.example", "soporte"),
        ("mesa.de.ayuda@mesa.example", "mesa-de-ayuda"),
        ("_@mesa.example", "_"),
        ("+@mesa.example", "buzon"),
    ],
)
def test_a_mailbox_is_called_as_its_address(address: str, name: str) -> None:
    assert mailbox_name(address) == name


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("America/Lima", "America/Lima"), (":Europe/Madrid", "Europe/Madrid"), ("UTC", "America/Bogota")],
)
def test_the_timezone_is_that_of_the_machine_if_it_is_of_a_place(
    zone: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)

    assert timezone() == expected


def test_a_secret_is_not_shown_where_answers_are() -> None:
    assert "xyzzy" not in repr(replace(ANSWERS, secret="xyzzy"))
    assert "xyzzy" not in render(replace(ANSWERS, secret="xyzzy"))
