"""A desk with mail, its config file, and its commands: typed as a person types them, read as they are printed."""

from mailbot.cli import spanish

spanish.install()  # click takes its words when it is first imported

import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import ExitStack  # noqa: E402
from itertools import count  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402
from click.testing import CliRunner, Result  # noqa: E402

from mailbot.cli.app import app  # noqa: E402
from mailbot.config.load import load  # noqa: E402
from mailbot.daemon import logs  # noqa: E402
from mailbot.sandbox import samples  # noqa: E402
from mailbot.sandbox.stage import Seen, Stage  # noqa: E402

MAILBOT = Path(sys.executable).with_name("mailbot")
EXAMPLE = Path(__file__).parents[2] / "config.toml"
PLAYED = (
    "acceso_completo",
    "acceso_sin_datos",
    "impresora_sin_datos",
    "respuesta_parcial_outlook",
    "respuesta_no_tengo_placa",
    "vpn_sin_telefono",
    "valor_que_no_encaja",
    "valor_que_no_encaja_otra_vez",
    "adjunto_pdf_y_foto",
    "boletin_lista",
    "palabra_clave_solo_en_el_cuerpo",
    "anidado_sin_fin",
)
SERVER = r'(\[mailbox\.soporte\.{}\]\nhost\s*= )"[^"]*"(.*\nport\s*= )\d+(.*\nsecurity\s*= )"\w+"'
MAIL = """From: {name} <{address}>
To: soporte@mesa.example
Subject: {subject}
Date: Wed, 18 Nov 2026 10:00:00 -0500
Message-ID: <{address}>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{body}
"""


def typed(*words: object, stdin: bytes | None = None) -> Result:
    """A command in this process; its exit code, and its two outputs apart."""
    return CliRunner().invoke(
        app, [str(w) for w in words], prog_name="mailbot", catch_exceptions=False, input=stdin
    )


def executed(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    command = [str(MAILBOT), *map(str, words)]
    more = {"encoding": "utf-8", **more}
    return subprocess.run(command, capture_output=True, timeout=30, check=False, **more)


def on_servers(config: str, state: Path, imap_port: int, smtp_port: int) -> str:
    """The example config on embedded servers, with its data in `state`."""
    password = state / "password"
    password.write_text("secreto")
    password.chmod(0o600)
    for kind, port in (("imap", imap_port), ("smtp", smtp_port)):
        config, n = re.subn(SERVER.format(kind), rf'\1"127.0.0.1"\g<2>{port}\g<3>"none"', config)
        assert n == 1
    config = config.replace('{ credential = "soporte-password" }', f'{{ file = "{password}" }}')
    return config.replace("# database = ", f'database = "{state / "mailbot.sqlite3"}" # ', 1)


class Desk:
    """A desk at work; `mailbot(…)` types a command with its config."""

    def __init__(self, stage: Stage, config: Path) -> None:
        self.stage, self.config = stage, config
        self.seen: dict[str, Seen] = {}
        self._people = count(1)

    def mailbot(self, *words: object, stdin: bytes | None = None) -> Result:
        return typed("--config", self.config, *words, stdin=stdin)

    def json(self, *words: object) -> Any:
        done = self.mailbot(*words, "--json")
        assert done.stderr == ""
        return json.loads(done.stdout)

    def number(self, sample: str) -> str:
        case = self.seen[sample].case
        assert case is not None
        return str(case["number"])

    def message(self, sample: str) -> int:
        return int(self.seen[sample].message["id"])

    def write(self, subject: str = "Olvidé la contraseña", body: str = "Ayuda, por favor.") -> Seen:
        """A mail of somebody new, and what became of it."""
        address = f"persona{next(self._people)}@mesa.example"
        raw = MAIL.format(name="Persona Nueva", address=address, subject=subject, body=body)
        crlf = raw.replace("\n", "\r\n").encode()
        sample = samples.Sample(address, crlf, "", "soporte@mesa.example", "", "")
        return self.stage.play(sample)

    def precaso(self) -> str:
        """The number of a new precaso without data."""
        case = self.write().case
        assert case is not None
        assert case["state"] == "precaso"
        return str(case["number"])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The desk at work says nothing into what a command prints."""
    with open(os.devnull, "w") as nowhere:
        logs.configure("error", stream=nowhere)
        yield


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Every test reads the same desk; a test that changes a case opens one of its own."""
    state = tmp_path_factory.mktemp("desk")
    with open(os.devnull, "w") as quiet, ExitStack() as until_exit:
        logs.configure("error", stream=quiet)
        stage = until_exit.enter_context(Stage(load(EXAMPLE), state))
        ports = stage.servers.imap_port, stage.servers.smtp_port
        config = state / "config.toml"
        config.write_text(on_servers(EXAMPLE.read_text("utf-8"), state, *ports), "utf-8")
        desk = Desk(stage, config)
        for name in PLAYED:
            desk.seen[name] = stage.play(samples.load(name))
        yield desk
