"""`mailbot init`: from nothing to a config.toml that works, or to nothing at all."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from mailbot.config.load import load
from mailbot.sandbox.servers import Sandbox
from tests import dovecot
from tests.cli.conftest import typed
from tests.cli.terminal import CTRL_C, Terminal

OURS = "soporte@mesa.example"
PASSWORD = "un secreto Ñ"


@pytest.fixture(scope="module")
def servers() -> Iterator[Sandbox]:
    with Sandbox([OURS], password=PASSWORD) as servers:
        yield servers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is typed."""
    for name in ("MAILBOT_CONFIG", "CREDENTIALS_DIRECTORY", "TZ"):
        monkeypatch.delenv(name, raising=False)
    here = tmp_path / "mesa"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", "utf-8")
    return path


def on(servers: Sandbox) -> list[str]:
    """The options for these servers."""
    at = (("--imap", servers.imap_port), ("--smtp", servers.smtp_port))
    return ["--address", OURS, *(word for name, port in at for word in (name, f"127.0.0.1:{port}"))]


def initialised(*words: object, stdin: bytes | None = None) -> Result:
    return typed("init", *words, stdin=stdin)


def saved(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- by options ------------------------------------------------------------------------------------------


def test_by_options_alone_it_makes_a_config_that_works(
    servers: Sandbox, folder: Path, password: Path
) -> None:
    done = initialised(*on(servers), "--password-file", password, "--yes")

    assert (done.exit_code, done.stderr) == (0, "")
    assert saved(folder) == ["config.toml", "credentials", "credentials/soporte-password"]
    assert (mode(folder / "credentials"), mode(folder / "credentials/soporte-password")) == (0o700, 0o600)
    assert (folder / "credentials/soporte-password").read_text("utf-8") == PASSWORD + "\n"
    assert typed("check").stdout == "config.toml: está bien.\n"
    assert "los servidores y el reloj también" in typed("check", "--connect").stdout
    assert "✓ acceso" in typed("rules", "test", "Olvidé mi contraseña").stdout


def test_the_password_is_nowhere_else(servers: Sandbox, folder: Path, password: Path) -> None:
    done = initialised(*on(servers), "--password-file", password, "--yes")

    assert PASSWORD not in done.stdout + done.stderr
    assert PASSWORD not in (folder / "config.toml").read_text("utf-8")


def test_it_says_what_comes_next(servers: Sandbox, folder: Path, password: Path) -> None:
    done = initialised(*on(servers), "--password-file", password, "--yes")

    assert "Listo: config.toml, con una primera regla." in done.stdout
    assert 'mailbot rules test "Olvidé mi contraseña"' in done.stdout
    assert "mailbot check --connect" in done.stdout
    assert "mailbot run" in done.stdout


def test_it_may_be_another_file_and_the_password_may_come_in_by_the_pipe(
    servers: Sandbox, folder: Path
) -> None:
    target = folder / "otra.toml"

    done = initialised(
        "--config", target, *on(servers), "--password-file", "-", "--yes", stdin=f"{PASSWORD}\n".encode()
    )

    assert done.exit_code == 0
    assert saved(folder) == ["credentials", "credentials/soporte-password", "otra.toml"]
    assert f"mailbot --config {target} run" in done.stdout


def test_what_does_not_work_is_told_with_its_cure_and_kept(
    servers: Sandbox, folder: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("otra")

    done = initialised(*on(servers), "--password-file", wrong, "--yes")

    assert done.exit_code == 1
    assert "· IMAP: Entrar como soporte@mesa.example en el servidor IMAP" in done.stdout
    assert "· SMTP: Entrar como soporte@mesa.example en el servidor SMTP" in done.stdout
    assert done.stdout.count("evise username y password") == 2
    assert "Guardado: config.toml; con él todavía no se puede entrar al buzón." in done.stdout
    assert (folder / "config.toml").is_file()


def test_without_connecting_nothing_is_tried(folder: Path, password: Path) -> None:
    done = initialised("--address", OURS, "--password-file", password, "--yes", "--no-connect")

    assert done.exit_code == 0
    assert "Probando" not in done.stdout
    box = load(folder / "config.toml").mailbox["soporte"]
    assert (box.imap.host, box.imap.port, box.smtp.host, box.smtp.port) == (
        "mail.mesa.example",
        993,
        "mail.mesa.example",
        587,
    )


def test_without_a_password_it_says_how_to_keep_it(folder: Path) -> None:
    done = initialised("--address", OURS, "--yes")

    assert done.exit_code == 0
    assert saved(folder) == ["config.toml"]
    assert "Falta la contraseña: install -D -m 600 /dev/stdin credentials/soporte-password" in done.stdout


def test_microsoft_and_google_enter_by_oauth2(folder: Path, password: Path) -> None:
    words = ("--address", OURS, "--client-id", "1-2-3", "--yes", "--password-file", password, "--no-connect")
    microsoft = initialised(*words, "--login", "microsoft", "--tenant", "mesa.example")
    google = initialised(*words, "--login", "google", "--config", folder / "google.toml", "--force")

    assert (microsoft.exit_code, google.exit_code) == (0, 0)
    box = load(folder / "config.toml").mailbox["soporte"]
    assert box.oauth2 is not None
    assert (box.oauth2.provider, box.oauth2.tenant, box.oauth2.client_id) == (
        "microsoft",
        "mesa.example",
        "1-2-3",
    )
    assert box.imap.host == "outlook.office365.com"
    assert "mailbot login" not in microsoft.stdout
    assert f"mailbot --config {folder / 'google.toml'} login soporte" in google.stdout
    assert typed("check").stdout == "config.toml: está bien.\n"


def test_a_person_of_microsoft_gives_permission_by_login(folder: Path) -> None:
    done = initialised(
        *("--address", OURS, "--login", "microsoft", "--tenant", "mesa.example", "--client-id", "1", "--yes")
    )

    assert (done.exit_code, saved(folder)) == (0, ["config.toml"])
    assert "mailbot login soporte" in done.stdout
    assert typed("check").stdout == "config.toml: está bien.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Falta --address. Sin terminal no se pregunta"),
        (["--address", OURS], "Falta --login"),
        (["--address", OURS, "--login", "password"], "Falta --imap"),
        (["--address", "soporte", "--yes"], "--address: «soporte» no es una dirección de correo"),
        (["--address", OURS, "--imap", "a b", "--yes"], "--imap: «a b» no es un servidor"),
        (
            ["--address", OURS, "--timezone", "America/Bogta", "--yes"],
            'no existe la zona horaria «America/Bogta». ¿quiso decir "America/Bogota"?',
        ),
        (["--address", OURS, "--login", "google", "--yes"], "Falta --client-id"),
        (["--address", OURS, "--password-file", "nope", "--yes"], "No se pudo leer la contraseña de nope"),
        (["--address", OURS, "--password-file", os.devnull, "--yes"], "está vacía"),
        (["--config", "no/hay/config.toml"], "No existe la carpeta no/hay: créela"),
        (["--config", "/sys/config.toml"], "No se puede escribir en /sys"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_left(
    folder: Path, words: list[str], said: str
) -> None:
    done = initialised(*words)

    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert saved(folder) == []


def test_a_server_that_is_not_there_is_told(folder: Path, password: Path) -> None:
    [port] = dovecot.free_ports(1)
    words = ("--address", OURS, "--imap", f"127.0.0.1:{port}", "--smtp", f"127.0.0.1:{port}", "--yes")

    done = initialised(*words, "--password-file", password)

    assert done.exit_code == 1
    assert done.stdout.count("el servidor rechaza la conexión") == 2


def test_to_send_a_password_in_the_clear_is_refused_as_by_check(folder: Path, password: Path) -> None:
    words = ("--address", OURS, "--imap-security", "none", "--password-file", password, "--yes")

    done = initialised(*words)

    assert done.exit_code == 1
    assert "sin cifrado, la contraseña y los correos viajan a la vista de todos" in done.stdout


# -- nothing is overwritten ------------------------------------------------------------------------------


def test_a_config_that_is_there_is_not_touched(servers: Sandbox, folder: Path, password: Path) -> None:
    (folder / "config.toml").write_text("# mío\n")

    done = initialised(*on(servers), "--password-file", password, "--yes")

    assert done.exit_code == 2
    assert "Ya existe config.toml, y no se toca. Con --force se guarda como config.toml.bak" in done.stderr
    assert (folder / "config.toml").read_text() == "# mío\n"
    assert saved(folder) == ["config.toml"]


def test_a_link_to_nowhere_is_not_replaced(folder: Path) -> None:
    """To a disk that is not mounted now, say."""
    (folder / "config.toml").symlink_to(folder / "elsewhere")

    assert initialised("--address", OURS, "--yes").exit_code == 2
    assert (folder / "config.toml").is_symlink()


def test_where_it_cannot_be_saved_nothing_is_left_of_it(folder: Path, password: Path) -> None:
    (folder / "credentials").write_text("this is no folder")

    done = initialised("--address", OURS, "--password-file", password, "--yes", "--no-connect")

    assert (done.exit_code, saved(folder)) == (2, ["credentials"])
    assert "No se pudo guardar credentials: " in done.stderr


def test_by_force_it_is_kept_beside_and_so_is_its_password(
    servers: Sandbox, folder: Path, password: Path
) -> None:
    for text in ("# uno\n", "# dos\n"):
        (folder / "config.toml").write_text(text)
        assert initialised(*on(servers), "--password-file", password, "--yes", "--force").exit_code == 0

    assert saved(folder) == [
        "config.toml",
        "config.toml.bak",
        "config.toml.bak1",
        "credentials",
        "credentials/soporte-password",
        "credentials/soporte-password.bak",
    ]
    assert (folder / "config.toml.bak").read_text() == "# uno\n"
    assert (folder / "config.toml.bak1").read_text() == "# dos\n"
    assert mode(folder / "credentials/soporte-password.bak") == 0o600


def test_a_password_that_is_there_serves(servers: Sandbox, folder: Path) -> None:
    secret = folder / "credentials" / "soporte-password"
    secret.parent.mkdir(mode=0o700)
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o600)

    done = initialised(*on(servers), "--yes")

    assert (done.exit_code, secret.read_text("utf-8")) == (0, PASSWORD)
    assert typed("check").stdout == "config.toml: está bien.\n"


# -- on a terminal ---------------------------------------------------------------------------------------


def test_a_person_answers_five_questions_and_may_be_wrong_at_first(servers: Sandbox, folder: Path) -> None:
    with Terminal("init", cwd=folder) as t:
        t.types("Dirección del buzón: ", "soporte")
        t.types("no es una dirección de correo", "", enter="")
        t.types("Dirección del buzón: ", OURS)
        t.types("Elija [1]: ", "")
        t.types("[mail.mesa.example]: ", f"127.0.0.1:{servers.imap_port}")
        t.types("[mail.mesa.example]: ", f"127.0.0.1:{servers.smtp_port}")
        t.types("Contraseña (no se ve al escribir): ", "")
        t.types("Contraseña (no se ve al escribir): ", "equivocada")
        t.types("[Mesa de Servicios]: ", "Mesa «Ñandú»")
        # what the server says, and another round: each answer stands there
        t.types("evise username y password", "", enter="")
        t.types("Elija [1]: ", "1")
        t.types(f"[{OURS}]: ", "")
        t.types("Elija [1]: ", "")
        t.types(f"[127.0.0.1:{servers.imap_port}]: ", "")
        t.types(f"[127.0.0.1:{servers.smtp_port}]: ", "")
        t.types("Intro conserva la que hay): ", PASSWORD)
        t.types("[Mesa «Ñandú»]: ", "")
        code = t.ends()

    assert code == 0
    assert PASSWORD not in t.screen
    assert "equivocada" not in t.screen
    assert "Listo: config.toml, con una primera regla." in t.screen
    assert saved(folder) == ["config.toml", "credentials", "credentials/soporte-password"]
    assert load(folder / "config.toml").service.name == "Mesa «Ñandú»"
    assert typed("check").stdout == "config.toml: está bien.\n"


def answers_up_to_the_password(t: Terminal, servers: Sandbox) -> None:
    t.types("Dirección del buzón: ", OURS)
    t.types("Elija [1]: ", "1")
    t.types("[mail.mesa.example]: ", f"127.0.0.1:{servers.imap_port}")
    t.types("[mail.mesa.example]: ", f"127.0.0.1:{servers.smtp_port}")


@pytest.mark.parametrize(("choice", "left"), [("3", True), ("4", False)])
def test_what_does_not_work_is_kept_or_not_as_the_person_wants(
    servers: Sandbox, folder: Path, choice: str, left: bool
) -> None:
    with Terminal("init", cwd=folder) as t:
        answers_up_to_the_password(t, servers)
        t.types("escribir): ", "equivocada")
        t.types("[Mesa de Servicios]: ", "")
        t.types("Elija [1]: ", "2")
        t.types("Elija [1]: ", choice)
        code = t.ends()

    assert code == 1
    assert t.screen.count("Probando la conexión…") == 2
    assert ("config.toml" in saved(folder)) == left
    assert ("No se guardó nada." in t.screen) != left


@pytest.mark.parametrize("late", [False, True])
def test_who_interrupts_it_leaves_nothing(servers: Sandbox, folder: Path, late: bool) -> None:
    """At the first question, and when all is answered and tried."""
    with Terminal("init", cwd=folder) as t:
        if late:
            answers_up_to_the_password(t, servers)
            t.types("escribir): ", "equivocada")
            t.types("[Mesa de Servicios]: ", "")
            t.types("Elija [1]: ", "", enter="")
        else:
            t.types("Dirección del buzón: ", "", enter="")
        code = t.interrupt()

    assert code == 130
    assert "Interrumpido: no se guardó nada." in t.screen
    assert saved(folder) == []


@pytest.mark.parametrize("how", ["Ctrl-C", "the terminal is closed", "kill"])
def test_who_interrupts_it_while_a_server_is_silent_leaves_nothing(folder: Path, how: str) -> None:
    """Not even the folder in which the answers, and the password, are kept meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as silent, Terminal("init", cwd=folder) as t:
        t.types("Dirección del buzón: ", OURS)
        t.types("Elija [1]: ", "1")
        for _ in range(2):
            t.types("[mail.mesa.example]: ", f"127.0.0.1:{silent.getsockname()[1]}")
        t.types("escribir): ", PASSWORD)
        t.types("[Mesa de Servicios]: ", "")
        t.types("Probando la conexión…", CTRL_C if how == "Ctrl-C" else "", enter="")
        assert len(saved(folder)) > 0
        if how != "Ctrl-C":
            t.process.send_signal(signal.SIGHUP if "terminal" in how else signal.SIGTERM)
        code = t.ends()

    assert code == 130
    assert saved(folder) == []


def test_microsoft_is_known_by_its_address(folder: Path) -> None:
    with Terminal("init", cwd=folder) as t:
        t.types("Dirección del buzón: ", "soporte@mesa.onmicrosoft.com")
        t.types("Elija [2]: ", "")
        t.types("[outlook.office365.com]: ", "")
        t.types("[smtp.office365.com]: ", "")
        t.types("Tenant, o dominio: ", "mesa.onmicrosoft.com")
        t.types("client_id: ", "1-2-3")
        t.types("permiso de una persona (no se ve al escribir): ", "")
        t.types("[Mesa de Servicios]: ", "")
        code = t.ends()

    assert code == 0
    assert "docs/oauth2.md dice cómo" in t.screen
    assert "mailbot login soporte" in t.screen
    assert saved(folder) == ["config.toml"]


def test_google_with_a_password_is_told_which_one(folder: Path) -> None:
    with Terminal("init", cwd=folder) as t:
        t.types("Dirección del buzón: ", "mesa@gmail.com")
        t.types("Elija [3]: ", "1")
        t.types("contraseña de aplicación", "", enter="")
        t.types("[imap.gmail.com]: ", "", enter="")
        assert t.interrupt() == 130


# -- a real server ---------------------------------------------------------------------------------------


def test_on_a_real_dovecot_with_a_certificate_of_ones_own(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """First without the certificate, as a person would: the cure names it; then with it."""
    dovecot.required()
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(dovecot.PASSWORD)
    with dovecot.Dovecot() as server, Sandbox([OURS], password=dovecot.PASSWORD) as smtp:
        words = ["--address", OURS, "--imap", f"localhost:{server.imaps_port}", "--imap-security", "tls"]
        words += ["--smtp", f"127.0.0.1:{smtp.smtp_port}", "--password-file", str(secret), "--yes"]
        untrusted = initialised(*words)
        trusted = initialised(*words, "--ca-file", server.ca_file, "--force")
        checked = typed("check", "--connect")

    assert untrusted.exit_code == 1
    assert "ca_file" in untrusted.stdout
    assert trusted.exit_code == 0
    assert "los servidores y el reloj también" in checked.stdout
