"""`mailbot run` where it cannot work: one clear line with the cure, and the exit code by which systemd decides."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.store.engine import Store
from tests.cli.conftest import MAILBOT
from tests.cli.test_start import ALONE

#: root without its powers: permissions count, as they do for the service's user
POWERLESS = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
STRANGER = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(ALONE, "utf-8")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials/soporte").touch(mode=0o600)
    (tmp_path / "var").mkdir()
    return tmp_path


def mailbot(home: Path, *words: str, cwd: Path | None = None, **environment: str) -> Ended:
    return subprocess.run(
        [*POWERLESS, str(MAILBOT), *words],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd or home,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def database(home: Path) -> Path:
    path = home / "var/mailbot.sqlite3"
    Store.open(path).dispose()
    return path


def folder_that_may_not_be_written(home: Path) -> None:
    (home / "var").chmod(0o555)


def folder_of_another(home: Path) -> None:
    (home / "var").chmod(0o700)
    os.chown(home / "var", STRANGER, STRANGER)


def a_file_instead_of_the_folder(home: Path) -> None:
    (home / "var").rmdir()
    (home / "var").touch()


def file_that_may_not_be_written(home: Path) -> None:
    database(home).chmod(0o444)


def file_of_another(home: Path) -> None:
    os.chown(database(home), STRANGER, STRANGER)


def log_of_another(home: Path) -> None:
    """As a command that somebody typed under another name may leave it."""
    beside = database(home).with_name("mailbot.sqlite3-wal")
    beside.touch(mode=0o600)
    os.chown(beside, STRANGER, STRANGER)


def lock_of_another(home: Path) -> None:
    beside = database(home).with_name("mailbot.sqlite3.lock")
    beside.touch(mode=0o600)
    os.chown(beside, STRANGER, STRANGER)


def folder_instead_of_the_file(home: Path) -> None:
    (home / "var/mailbot.sqlite3").mkdir()


def no_database(home: Path) -> None:
    (home / "var/mailbot.sqlite3").write_bytes(b"no database " * 1000)


def damaged(home: Path) -> None:
    path = database(home)
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * 9000 + whole[9100:])


def of_another_program(home: Path) -> None:
    with closing(sqlite3.connect(home / "var/mailbot.sqlite3")) as other:
        other.execute("CREATE TABLE clients (name)")


def newer_than_the_program(home: Path) -> None:
    with closing(sqlite3.connect(database(home))) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()


def service_at(url: str) -> Callable[[Path], None]:
    def write(home: Path) -> None:
        (home / "config.toml").write_text(f'[service]\ndatabase = "{url}"\n{ALONE}', "utf-8")

    return write


def config_that_is(content: bytes) -> Callable[[Path], None]:
    def write(home: Path) -> None:
        (home / "config.toml").write_bytes(content)

    return write


def config_that_may_not_be_read(home: Path) -> None:
    (home / "config.toml").chmod(0)


def config_that_is_a_folder(home: Path) -> None:
    (home / "config.toml").unlink()
    (home / "config.toml").mkdir()


def config_that_is_a_pipe(home: Path) -> None:
    (home / "config.toml").unlink()
    os.mkfifo(home / "config.toml")


def config_without_end(home: Path) -> None:
    (home / "config.toml").unlink()
    (home / "config.toml").symlink_to("/dev/zero")


def config_that_is_huge(home: Path) -> None:
    with (home / "config.toml").open("wb") as file:
        file.truncate(17_000_000)


CANNOT = [
    (folder_that_may_not_be_written, 77, r"No hay permiso .*/var: .* sudo chmod u\+rwX /\S+/var$"),
    pytest.param(
        folder_of_another, 77, r"/var: es de nobody y .* sudo chown -R \w+: /\S+/var$", marks=only_root
    ),
    (a_file_instead_of_the_folder, 77, r"/var no es una carpeta\. Quítelo de ahí"),
    (file_that_may_not_be_written, 77, r"mailbot\.sqlite3: es de .* sudo chmod u\+rwX"),
    pytest.param(file_of_another, 77, r"mailbot\.sqlite3: es de nobody .* sudo chown -R", marks=only_root),
    pytest.param(log_of_another, 77, r"sqlite3-wal: es de nobody .* sudo chown -R", marks=only_root),
    pytest.param(lock_of_another, 77, r"sqlite3\.lock: es de nobody .* sudo chown -R", marks=only_root),
    (folder_instead_of_the_file, 77, r"es una carpeta, y la base de datos es un archivo\. Escriba"),
    (no_database, 65, r"file is not a database\. .* restaure una copia"),
    (damaged, 65, r"dañado, .* restaure una copia"),
    (of_another_program, 65, r"es de otro programa: .*clients.* Escriba otra ruta"),
    (newer_than_the_program, 65, r"esquema 9999, más nuevo .* Instale"),
    (service_at("mysql://a/b"), 78, r'config\.toml:2:12: .*"mysql" → use una ruta'),
    (service_at("postgresql+psycopg://u:secreta@h:no/b"), 78, r"No se entiende la dirección .* Escriba"),
    (service_at("sqlite:///:memory:"), 78, r"config\.toml:2:12: .* se pierde al terminar → database = "),
    (config_that_may_not_be_read, 78, r"config\.toml: no hay permiso .* → sudo chmod"),
    (config_that_is_a_folder, 78, r"config\.toml: es una carpeta"),
    (config_that_is_a_pipe, 78, r"config\.toml: no es un archivo corriente →"),
    (config_without_end, 78, r"config\.toml: no es un archivo corriente →"),
    (config_that_is_huge, 78, r"config\.toml: es demasiado grande →"),
    (config_that_is(b""), 78, r"config\.toml: mailbox: falta esta clave"),
    (
        config_that_is(b"\x7fELF\x02\x01\xff\xfe\x00"),
        78,
        r"config\.toml:1:\d+: el archivo no está guardado en UTF-8",
    ),
]


@pytest.mark.parametrize(("harm", "code", "said"), CANNOT)
def test_what_no_restart_cures_is_one_line_with_the_cure_and_a_code_that_systemd_heeds(
    home: Path, harm: Callable[[Path], None], code: int, said: str
) -> None:
    harm(home)
    try:
        done = mailbot(home, "run", "--config", "config.toml")
    finally:
        (home / "var").chmod(0o700)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    [line] = done.stderr.splitlines()
    assert re.search(said, line), line
    assert "secreta" not in line


@only_root
def test_who_only_asks_is_told_to_ask_as_the_service_and_takes_nothing_from_it(home: Path) -> None:
    path = database(home)
    os.chown(path, STRANGER, STRANGER)
    done = mailbot(home, "cases", "--config", "config.toml")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.endswith("Ejecute la orden como el servicio: sudo mailbot …")


@only_root
def test_what_root_makes_in_the_folder_of_the_service_is_the_services(home: Path) -> None:
    """The program started by hand, past the command that becomes the service's user: nothing of root's is left."""
    os.chown(home / "var", STRANGER, STRANGER)
    done = subprocess.run(
        [str(MAILBOT), "--config", "config.toml", "run", "--once"],
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )
    assert done.returncode == 1, "no mail server is there"
    made = {file.name.partition("-")[0]: file.stat().st_uid for file in (home / "var").iterdir()}
    assert made == dict.fromkeys(("mailbot.sqlite3", "mailbot.sqlite3.lock", "last"), STRANGER)
