"""What a person sees of the desk through a real mail system, from the first mail to the open case."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.store.engine import Store
from tests.integration.chain import Chain
from tests.pipeline.given import DATA, content, mail
from tests.postfix import Postfix
from tests.transport import certificates

DATE = "Sun, 22 Nov 2026 10:00:00 -0500"


def test_a_request_is_asked_for_its_data_and_becomes_a_case(
    provider: Postfix, tmp_path: Path, url: str
) -> None:
    """A15, A18, A20, A23, on both databases, with every connection encrypted; also if a client sends its mail twice."""
    with Chain(provider, tmp_path, url) as chain:
        ana = chain.person()
        raw = mail("Olvidé la contraseña", sender=ana.name, to=chain.address, date=DATE)
        ana.sends(raw)
        request = ana.gets()
        ana.sends(raw)  # again: each delivery has its own Received, Return-Path and Delivered-To
        chain.message("duplicate")
        precaso = ana.case()
        number = precaso["number"]

        assert str(request["Subject"]) == f"Re: Olvidé la contraseña [{number}]"
        assert str(request["From"].addresses[0].addr_spec) == chain.address
        assert str(request["Return-Path"]) == f"<{chain.address}>"
        assert "Teléfono" in content(request)
        assert "Sede" in content(request)
        assert precaso["state"] == "precaso"
        sent, deadline = precaso["replies"][0]["sent_at"], precaso["deadline"]
        assert datetime.fromisoformat(deadline) - datetime.fromisoformat(sent) == timedelta(hours=24)

        ana.answers(request, "Teléfono: 300 555 0101")
        rest = ana.gets()
        assert "Sede" in content(rest)
        assert "Teléfono" not in content(rest).split("Sede")[0]
        assert ana.case()["deadline"] == deadline

        ana.answers(rest, "Sede: Bogotá, piso 3")
        opened = ana.gets()
        case = ana.case()
        assert str(opened["Subject"]).endswith(f"[{number}]")
        assert (case["state"], case["required"]) == (
            "abierto",
            {"telefono": "300 555 0101", "sede": "Bogotá, piso 3"},
        )
        assert [r["template"] for r in case["replies"]] == [
            "pedir_datos",
            "pedir_faltantes",
            "caso_abierto",
            "aviso_caso",
        ]
        assert chain.desk.finds(number)

        assert chain.agrees()
        assert chain.daemon.end(signal.SIGTERM)[0] == 0
        assert len(ana.inbox()) == 3


@pytest.fixture(scope="module")
def rewriting(provider: Postfix, home: Path) -> Iterator[Chain]:
    """Behind a provider that gives each mail a Message-ID of its own and returns only the header of what bounces."""
    habits = {
        "header_checks": "regexp:{ {/^Message-ID:/ IGNORE} }",
        "always_add_missing_headers": "yes",
        "bounce_size_limit": "1",
    }
    with (
        Postfix(provider.dovecot, **habits) as postfix,
        Chain(postfix, home, f"{home}/mailbot.sqlite3", imap="starttls", smtp="tls") as chain,
    ):
        yield chain


def evidence(chain: Chain, number: str) -> str:
    """By what the latest answer was joined to the case."""
    reasons = chain.message("updated", number)["reasons"]
    return str(next(r["said"] for r in reasons if r["check"] == "thread"))


def test_an_answer_to_a_message_id_that_we_never_saw_joins_by_its_references(rewriting: Chain) -> None:
    """Invariant 5: our reference is the last of our References, and clients keep it."""
    ana = rewriting.person()
    ana.writes()
    request = ana.gets()
    assert str(request["Message-ID"]).endswith("@mail.mesa.example>")

    ana.answers(request, DATA)
    assert str(ana.gets()["Subject"]) == str(request["Subject"])
    assert ana.case()["state"] == "abierto"
    assert evidence(rewriting, ana.case()["number"]) == "reference"
    assert rewriting.agrees()


def test_an_answer_of_a_client_that_keeps_no_references_joins_by_its_number(rewriting: Chain) -> None:
    luz = rewriting.person()
    luz.writes()
    request = luz.gets()
    luz.writes(str(request["Subject"]), DATA, in_reply_to=str(request["Message-ID"]))
    luz.gets()
    assert luz.case()["state"] == "abierto"
    assert evidence(rewriting, luz.case()["number"]) == "number"
    assert rewriting.agrees()


def test_a_bounce_with_nothing_but_the_header_of_our_mail_finds_its_case(rewriting: Chain) -> None:
    """By X-Mailbot-Reference: the Message-ID in it is not ours either."""
    eva = rewriting.person("fuera.example")
    rewriting.postfix.at_mx[eva.address] = "550 5.1.1 No such user here"
    eva.writes()
    rewriting.message("bounce", eva.case()["number"])
    assert eva.case()["attention"] == "request_bounced"
    assert rewriting.agrees()


def test_servers_that_nobody_vouches_for_are_told_and_used_once_they_are_trusted(
    provider: Postfix, tmp_path: Path, sqlite_store: Store
) -> None:
    """No password is sent before; nothing is restarted after."""
    ca_file = certificates.make_ca(tmp_path).cert
    with ExitStack() as until_exit:
        chain = Chain(provider, tmp_path, str(sqlite_store.path), ca_file=ca_file)
        told = chain.mailbot("check", "--connect")
        assert told.exit_code == 1
        for what in (
            "Conectar con el servidor IMAP (localhost:",
            "Conectar con el servidor SMTP (localhost:",
        ):
            (line,) = [line for line in told.stdout.splitlines() if what in line]
            assert "ninguna autoridad conocida firma el certificado del servidor" in line
            assert "escriba en ca_file la ruta de su certificado" in line

        chain.start()
        until_exit.push(chain)
        said = chain.daemon.until("mailbox.unavailable")["said"]
        assert "ninguna autoridad conocida firma el certificado del servidor" in said
        assert not (provider.dovecot.base / "mail" / chain.address).exists(), "nobody logged in"

        ca_file.write_bytes(provider.dovecot.ca_file.read_bytes())
        chain.until_read()
        ana = chain.person()
        ana.writes()
        ana.gets()
        assert chain.agrees()
