"""Secrets are read when used, from one place, and only if nobody else can read them there (C14)."""

from pathlib import Path

import pytest

from mailbot.config.model import Secret
from mailbot.config.secrets import SecretError, kept_by, read

CREDENTIAL = Secret(credential="soporte-password")


@pytest.fixture(autouse=True)
def _no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def beside(home: Path, text: str, mode: int = 0o600) -> Path:
    path = home / "credentials" / "soporte-password"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def test_systemd_comes_before_the_file_beside_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(tmp_path, "de al lado")
    given = tmp_path / "systemd"
    given.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    assert read(CREDENTIAL, tmp_path) == "de al lado"

    (given / "soporte-password").write_text("de systemd\n")
    assert read(CREDENTIAL, tmp_path) == "de systemd"


def test_a_folder_of_credentials_loaded_whole_gives_its_name_to_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`LoadCredential=mailbot:FOLDER`: no edit of the unit for another secret (systemd.exec(5))."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "mailbot_soporte-password").write_text("de la carpeta\n")
    assert read(CREDENTIAL, tmp_path / "home") == "de la carpeta"


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        ("clave", "clave"),
        # the newline that an editor or echo leaves, of either kind, once
        ("clave\n", "clave"),
        ("clave\r\n", "clave"),
        ("clave\n\n", "clave\n"),
        # blanks may be meant
        (" cla ve ", " cla ve "),
        ("señal€", "señal€"),
    ],
)
def test_one_trailing_newline_is_not_part_of_it(written: str, secret: str, tmp_path: Path) -> None:
    beside(tmp_path, written)

    assert read(CREDENTIAL, tmp_path) == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_a_file_that_others_can_read_is_refused_with_the_cure(mode: int, tmp_path: Path) -> None:
    path = beside(tmp_path, "clave", mode)

    with pytest.raises(SecretError, match=f"chmod 600 {path}") as refused:
        read(CREDENTIAL, tmp_path)

    assert "clave\n" not in str(refused.value)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_our_own_is_read(mode: int, tmp_path: Path) -> None:
    beside(tmp_path, "clave", mode)

    assert read(CREDENTIAL, tmp_path) == "clave"


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAVE_SOPORTE", "clave")

    assert read(Secret(env="CLAVE_SOPORTE"), tmp_path) == "clave"


def test_a_file_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "clave.txt").write_text("clave\n")

    assert (
        read(Secret(file="clave.txt"), tmp_path)
        == read(Secret(file=str(tmp_path / "clave.txt")), tmp_path)
        == "clave"
    )


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (CREDENTIAL, "credentials/soporte-password"),
        (Secret(env="MAILBOT_NO_SUCH"), "MAILBOT_NO_SUCH"),
        (Secret(file="falta.txt"), "falta.txt"),
        (Secret(file="."), "revise ruta y permisos"),
        (Secret(file="vacia.txt"), "vacía"),
        (Secret(file="latin1.txt"), "UTF-8"),
    ],
)
def test_what_cannot_be_read_says_where_it_was_looked_for(secret: Secret, said: str, tmp_path: Path) -> None:
    (tmp_path / "vacia.txt").write_text("\n")
    (tmp_path / "latin1.txt").write_bytes(b"contrase\xf1a")

    with pytest.raises(SecretError, match=said):
        read(secret, tmp_path)


def test_both_places_are_named_under_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    with pytest.raises(SecretError, match=r"\$CREDENTIALS_DIRECTORY ni en .*credentials/soporte-password"):
        read(CREDENTIAL, tmp_path)


@pytest.mark.parametrize(
    ("home", "by"),
    [("/etc/mailbot", "sudo install -o mailbot -g mailbot -D -m 600 "), ("/home/ana", "install -D -m 600 ")],
)
def test_what_is_kept_for_the_service_is_the_services(home: str, by: str) -> None:
    """As root's it would serve systemd, and no command."""
    path = Path(home) / "credentials/soporte-password"
    assert kept_by(path) == f"{by}/dev/stdin {path}"
