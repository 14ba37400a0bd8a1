"""`mailbot check`: warnings for what is likely not meant, and none for what is."""

from pathlib import Path

import pytest

from mailbot.config.check import check
from mailbot.values import Problem
from tests.config.toml import VALID, imap, mailbox, rule

ROOT = Path(__file__).parents[2]
FIELD = '\n[field.placa]\nlabel = "Placa"\n'
MONITOR = 'treat_as = "monitoreo"\nfrom = ["zabbix@mesa.example"]'

WARNINGS = [
    # removed while somebody may come back to it
    (VALID + '[retention]\nraw = "20d"\n', "retention.raw", "Por revisar"),
    (VALID + '[retention]\ndecisions = "29d"\n', "retention.decisions", "rules replay"),
    (VALID + '[retention]\ncases = "2d"\n', "retention.cases", "solicitud nueva"),
    # a port that the service may not open
    (VALID + '[service]\nhttp = "127.0.0.1:80"\n', "service.http", "no puede abrir el 80"),
    # it does nothing
    (VALID + FIELD + "anywhere = true\n", "field.placa.anywhere", "con qué buscarlo"),
    (VALID + rule("correlate = '(a)'"), "rule[0].correlate", "monitoreo"),
    (VALID + rule('recover = ["ok"]'), "rule[0].recover", "monitoreo"),
    (VALID + FIELD + rule(MONITOR, 'requires = ["placa"]'), "rule[0].requires", "monitoreo"),
    (VALID + rule('treat_as = "monitoreo"'), "rule[0].treat_as", "sin from"),
    (VALID + rule() + '[group."Redes"]\n', "group.Redes", "ninguna regla"),
    (
        VALID + '[precaso]\nanswer_within = "2h"\nremind_after = "3h"\n',
        "precaso.remind_after",
        "no se enviará",
    ),
    # the group is declared, in another spelling
    (
        VALID + rule('group = "Infraestructra"') + "[group.Infraestructura]\n",
        "rule[0].group",
        'el grupo "Infraestructra" no está',
    ),
    (VALID + rule() + '[group."Mesa de Servicios"]\n', "rule[0]", 'el grupo "Mesa de servicios" no está'),
    # no password: it can be checked, not run
    (VALID.replace("password", "# password"), "mailbox.soporte", "sin password"),
    # the folder by which people would decide, as it is called if nothing is written, has another use
    (VALID + rule('folder = "Informativo"'), "mailbox.soporte", 'ya es la de la regla "acceso"'),
    # a rule that asks for nothing
    (
        VALID + FIELD + rule('treat_as = "informativo"\nrequires = ["placa"]'),
        "rule[0].requires",
        'treat_as = "informativo" no pide datos',
    ),
    # a notice that comes back
    (
        VALID + rule('group = "a"') + '[group.a]\nnotify = ["SOPORTE@mesa.example"]\n',
        "group.a.notify[0]",
        "volvería a entrar",
    ),
    # an alert that nobody could read when it is needed, and a way out for none
    (
        VALID + '[service]\nalert_to = ["Soporte@mesa.example"]\n',
        "service.alert_to[0]",
        "nadie ve el aviso",
    ),
    (
        VALID + '[service.smtp]\nhost = "smtp.oti.example"\nfrom = "mailbot@oti.example"\n',
        "service.smtp",
        "no se avisa a nadie",
    ),
    # the same word twice
    (
        VALID + rule(keywords='keywords = ["contraseña", "Contrasena"]'),
        "rule[0].keywords[1]",
        'igual a "contraseña"',
    ),
    (VALID + rule('unless = ["x", "x"]'), "rule[0].unless[1]", '"x" ya está en la lista'),
]

QUIET = [
    # a group of its own, not declared
    VALID
    + rule('group = "Redes"')
    + rule('group = "Soporte"', name="b", keywords='keywords = ["red"]')
    + "[group.Redes]\n",
    VALID + rule(),
    # a short time to answer, and the reminder that nobody wrote
    VALID + '[precaso]\nanswer_within = "2h"\n',
    # this machine, in each way to write it
    VALID + '[service]\nhttp = "127.0.0.1:9103"\n',
    VALID + '[service]\nhttp = "[::1]:9103"\n',
    VALID + '[service]\nhttp = "localhost:9103"\n',
    # SMTP without a login is a relay
    imap('password = { env = "CLAVE" }').replace('\npassword = { credential = "soporte-password" }', ""),
]


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where systemd puts them."""
    folder = tmp_path / "systemd"
    folder.mkdir()
    (folder / "soporte-password").write_text("secreto")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def checked(text: str, folder: Path) -> tuple[Problem, ...]:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return check(path)


@pytest.mark.parametrize(("text", "path", "message"), WARNINGS)
def test_what_is_likely_not_meant_is_a_warning(text: str, path: str, message: str, tmp_path: Path) -> None:
    [problem] = checked(text, tmp_path)

    assert (problem.level, problem.path) == ("warning", path)
    assert message in problem.message
    assert problem.line
    assert problem.hint


@pytest.mark.parametrize("text", QUIET)
def test_what_is_meant_is_no_warning(text: str, tmp_path: Path) -> None:
    assert checked(text, tmp_path) == ()


@pytest.mark.parametrize(
    ("mode", "said", "cure"),
    [
        (None, "no está la credencial soporte-password", "install -D -m 600 /dev/stdin"),
        (0o644, "otros usuarios pueden leer", "chmod 600"),
    ],
)
def test_a_password_that_is_not_there_or_not_safe_is_a_warning(
    credentials: Path, tmp_path: Path, mode: int | None, said: str, cure: str
) -> None:
    (credentials / "soporte-password").unlink()
    file = tmp_path / "credentials" / "soporte-password"
    if mode:
        file.parent.mkdir()
        file.write_text("secreto")
        file.chmod(mode)

    [problem] = checked(VALID, tmp_path)

    assert (problem.level, problem.path) == ("warning", "mailbox.soporte.password")
    assert problem.line
    assert said in problem.message
    assert str(file) in problem.message
    assert f"{cure} {file}" in problem.hint
    assert "secreto" not in problem.message + problem.hint


def test_the_shipped_config_has_neither_errors_nor_warnings() -> None:
    assert check(ROOT / "config.toml") == ()


def test_a_broken_config_is_told_as_by_the_daemon(tmp_path: Path) -> None:
    [problem] = checked(VALID + "[service]\nprefix = 1\n", tmp_path)

    assert (problem.level, problem.path) == ("error", "service.prefix")


@pytest.mark.parametrize(
    ("written", "said", "cure"),
    [
        ("otra.pem", "no existe el archivo {}/otra.pem", "sin esta línea valen las autoridades del sistema"),
        ("mesa-ac.pem", "no existe el archivo {}/mesa-ac.pem", '¿quiso decir "{}/mesa-ca.pem"?'),
        ("tls/ca.pem", "no existe la carpeta {}/tls", "corrija la ruta"),
        ("mesa-ca.pem", "{}/mesa-ca.pem no contiene un certificado PEM", "openssl x509 -inform der"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_an_error(
    written: str, said: str, cure: str, tmp_path: Path
) -> None:
    (tmp_path / "mesa-ca.pem").write_bytes(b"0\x82\x03")  # as DER begins

    [problem] = checked(imap(f'ca_file = "{written}"'), tmp_path)

    assert (problem.level, problem.path) == ("error", "mailbox.soporte.imap.ca_file")
    assert problem.message == said.format(tmp_path)
    assert cure.format(tmp_path) in problem.hint


@pytest.mark.parametrize(
    ("poll", "host", "told"),
    [("100ms", "imap.mesa.example", 1), ("1s", "imap.mesa.example", 0), ("100ms", "::1", 0)],
)
@pytest.mark.usefixtures("credentials")
def test_that_a_far_server_is_asked_all_the_time_is_a_remark(
    poll: str, host: str, told: int, tmp_path: Path
) -> None:
    text = mailbox(f'poll = "{poll}"').replace("imap.mesa.example", host)

    problems = checked(text, tmp_path)

    assert [(p.level, p.path) for p in problems] == [("info", "mailbox.soporte.poll")] * told
    assert all("10 veces por segundo" in p.message and p.line for p in problems)


def test_a_credential_that_systemd_may_give_is_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")

    [problem] = checked(VALID, tmp_path)

    assert (problem.level, problem.path) == ("info", "mailbox.soporte.password")
    assert "LoadCredential" in problem.message


def test_holidays_of_a_calendar_that_no_rule_uses_yet_are_looked_up(tmp_path: Path) -> None:
    [problem] = checked(VALID + '[hours.o]\ndays = { mon = "08:00-12:00" }\nholidays = "XX"\n', tmp_path)

    assert (problem.level, problem.path) == ("error", "hours.o.holidays")


def test_a_folder_of_templates_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    [problem] = checked(VALID + '[replies]\ntemplates = "textos"\n', tmp_path)

    assert problem.level == "error"
    assert str(tmp_path / "textos") in problem.file


def test_a_broken_template_is_an_error_with_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "textos").mkdir()
    (tmp_path / "textos" / "pedir_datos.body.txt.j2").write_text("{{ numer }}", "utf-8")

    [problem] = checked(VALID + '[replies]\ntemplates = "textos"\n', tmp_path)

    assert problem.level == "error"
    assert problem.file.endswith("pedir_datos.body.txt.j2")
