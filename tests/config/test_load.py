"""What a config means once it is read: defaults, inheritance, paths, and where the file is looked for."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from mailbot.config.load import ConfigError, examine, find, load
from mailbot.config.model import Config, Secret
from mailbot.config.paths import database_url, state_folder, templates_folder
from mailbot.rules.match import Rulebook
from tests.config.toml import VALID, imap, mailbox, rule, smtp

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).parent / "contract.toml"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILBOT_CONFIG", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


def read(text: str, folder: Path) -> Config:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return load(path)


def test_every_key_of_the_contract_is_accepted() -> None:
    config, problems = examine(CONTRACT)

    assert config
    assert [p for p in problems if p.level == "error"] == []


def test_what_the_contract_shows_as_default_is_the_default(tmp_path: Path) -> None:
    """The contract's example writes every default out: beside it, a config of addresses and servers is the same."""
    written, least = load(CONTRACT), read(VALID, tmp_path)

    assert least.service.model_copy(update={"database": written.service.database}) == written.service
    assert (least.precaso, least.replies, least.senders) == (
        written.precaso,
        written.replies,
        written.senders,
    )
    mailbox = written.mailbox["soporte"]
    assert least.mailbox["soporte"] == mailbox.model_copy(update={"username": ""})


def test_the_shipped_config_has_no_problems_at_all() -> None:
    assert examine(ROOT / "config.toml")[1] == ()


ZABBIX_TEXT = "Problem name: Disk space is low\r\nHost: srv-db-01\r\nOriginal problem ID: 884121\r\n"
#: a monitor, what it writes of one fault, and the fault's name
MONITORS: list[tuple[str, list[tuple[str, bool]], str]] = [
    (
        "zabbix",
        [
            ("Problem: Disk space is low", False),
            ("Resolved in 5m 0s: Disk space is low", True),
            ("Resolved in 1d 2h: Disk space is low", True),
        ],
        "884121",
    ),
    (
        "nagios",
        [
            ("** PROBLEM Service Alert: web01/HTTP is CRITICAL **", False),
            ("** PROBLEM Service Alert: Web01/HTTP is WARNING **", False),
            ("** RECOVERY Service Alert: web01/HTTP is OK **", True),
        ],
        "web01/http",
    ),
    (
        "nagios",
        [
            ("** PROBLEM Host Alert: web01 is DOWN **", False),
            ("** PROBLEM Host Alert: web01 is UNREACHABLE **", False),
            ("** RECOVERY Host Alert: web01 is UP **", True),
        ],
        "web01",
    ),
    (
        "icinga",
        [
            ("[PROBLEM] disk / is nearly full on web01 is CRITICAL!", False),
            ("[EXTERNO] [RECOVERY] disk / is nearly full on web01 is OK!", True),
        ],
        "disk / is nearly full on web01",
    ),
    (
        "alertmanager",
        [
            ("[FIRING:1] InstanceDown prod (web01:9100 node critical)", False),
            ("[FIRING:23] InstanceDown prod (node critical)", False),
            ("[RESOLVED] InstanceDown prod", True),
        ],
        "instancedown prod",
    ),
    (
        "grafana",
        [
            ("[FIRING:1] Disco casi lleno Servidores (srv-bd-02)", False),
            ("[RESOLVED] Disco casi lleno Servidores (srv-bd-02)", True),
        ],
        "disco casi lleno servidores",
    ),
]


@pytest.mark.parametrize(("monitor", "mails", "value"), MONITORS)
def test_the_shipped_rules_join_a_fault_and_its_end(
    monitor: str, mails: list[tuple[str, bool]], value: str
) -> None:
    """A39, lesson 35: all mails of one fault carry one value."""
    book = Rulebook(load(ROOT / "config.toml").rule)
    for subject, recovered in mails:
        match = book.match(subject, f"{monitor}@mesa.example", "soporte", ZABBIX_TEXT)
        assert match is not None
        assert (match.rule.treat_as, match.correlation, match.recovered) == ("monitoreo", value, recovered)


@pytest.mark.parametrize(
    ("monitor", "subject"),
    [
        ("zabbix", "Updated problem in 21m 7s: Disk space is low"),
        ("nagios", "** ACKNOWLEDGEMENT Service Alert: web01/HTTP is CRITICAL **"),
        ("nagios", "** FLAPPINGSTART Host Alert: web01 is DOWN **"),
        ("nagios", "** DOWNTIMEEND Host Alert: web01 is UP **"),
        ("icinga", "[DOWNTIMEREMOVED] disk on web01 is CRITICAL!"),
        ("icinga", "[FLAPPINGEND] disk on web01 is OK!"),
        ("icinga", "[CUSTOM] disk on web01 is OK!"),
    ],
)
def test_what_a_monitor_says_beside_its_alarms_opens_no_case(monitor: str, subject: str) -> None:
    match = Rulebook(load(ROOT / "config.toml").rule).match(subject, f"{monitor}@mesa.example", "soporte")
    assert match is not None
    assert match.rule.treat_as == "informativo"


def test_what_the_shipped_rules_do_not_foresee_is_seen() -> None:
    """Lesson 35: no mail of a monitor is lost, whatever its format."""
    match = Rulebook(load(ROOT / "config.toml").rule).match("Disaster", "zabbix@mesa.example", "soporte")
    assert match is not None
    assert match.rule.name == "otras_alarmas"


@pytest.mark.parametrize("pattern", ["(?:problem|resolved[^:]*): (.+)"])
def test_the_other_pattern_for_zabbix_joins_an_alarm_that_comes_and_goes(pattern: str) -> None:
    """It stands beside the rule, for subjects that name the host."""
    assert pattern in (ROOT / "config.toml").read_text("utf-8")
    rule = next(r for r in load(ROOT / "config.toml").rule if r.name == "zabbix")
    book = Rulebook([rule.model_copy(update={"correlate": pattern})])
    for subject in ("Problem: srv-1: Disk: low", "Resolved in 5m 0s: SRV-1: Disk: low"):
        match = book.match(subject, "zabbix@mesa.example", "soporte")
        assert match is not None
        assert match.correlation == "srv-1: disk: low"


def test_tables_know_their_names(tmp_path: Path) -> None:
    config = read(VALID + '[field."número de placa"]\nlabel = "Placa"\n', tmp_path)

    assert config.mailbox["soporte"].name == "soporte"
    assert config.field["número de placa"].name == "número de placa"


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read("\ufeff" + VALID, tmp_path).mailbox


@pytest.mark.parametrize(("security", "port"), [("tls", 993), ("starttls", 143)])
def test_the_port_of_imap_follows_its_security(security: str, port: int, tmp_path: Path) -> None:
    config = read(imap(f'security = "{security}"'), tmp_path)

    assert config.mailbox["soporte"].imap.port == port


@pytest.mark.parametrize(("lines", "port"), [(['security = "tls"'], 465), ([], 587), (["port = 2525"], 2525)])
def test_the_port_of_smtp_follows_its_security(lines: list[str], port: int, tmp_path: Path) -> None:
    assert read(smtp(*lines), tmp_path).mailbox["soporte"].smtp.port == port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.8.8.8"])
def test_loopback_needs_no_encryption(host: str, tmp_path: Path) -> None:
    read(smtp('security = "none"').replace("smtp.mesa.example", host), tmp_path)


def test_a_server_may_be_insecure_if_it_says_so(tmp_path: Path) -> None:
    read(smtp('security = "none"', "insecure = true"), tmp_path)


def test_logins_are_the_mailbox_s_unless_a_server_has_its_own(tmp_path: Path) -> None:
    mailbox = read(smtp('username = "relay"', 'password = { env = "RELAY" }'), tmp_path).mailbox["soporte"]

    assert mailbox.imap_login[:2] == ("soporte@mesa.example", Secret(credential="soporte-password"))
    assert mailbox.smtp_login[:2] == ("relay", Secret(env="RELAY"))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ('"now"', "now"),
        ('"all"', "all"),
        # with and without quotes
        ("2026-01-31", date(2026, 1, 31)),
        ('"2026-01-31"', date(2026, 1, 31)),
    ],
)
def test_start_is_a_word_or_a_date(written: str, read_as: str | date, tmp_path: Path) -> None:
    assert read(mailbox(f"start = {written}"), tmp_path).mailbox["soporte"].start == read_as


@pytest.mark.parametrize(
    ("written", "octets"),
    [('"800KB"', 800_000), ('"50MB"', 50_000_000), ('"1 gb"', 1_000_000_000), ("4096", 4096)],
)
def test_sizes(written: str, octets: int, tmp_path: Path) -> None:
    assert read(mailbox(f"max_size = {written}"), tmp_path).mailbox["soporte"].max_size == octets


def test_no_reminder_is_written_as_nothing(tmp_path: Path) -> None:
    assert read(VALID + '[precaso]\nremind_after = ""\n', tmp_path).precaso.remind_after is None
    assert read(VALID + '[precaso]\nremind_after = "90m"\n', tmp_path).precaso.remind_after == timedelta(
        minutes=90
    )


def test_replies_may_be_held_to_a_list(tmp_path: Path) -> None:
    assert read(VALID + '[replies]\nsend = ["*@oti.example"]\n', tmp_path).replies.send == ("*@oti.example",)


def test_a_config_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(VALID, tmp_path).service.name = "otra"  # type: ignore[misc]


def test_relative_paths_start_from_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    text = (
        imap('ca_file = "ca.pem"')
        + '[replies]\ntemplates = "textos"\n[service]\ndatabase = "datos/x.sqlite3"\n'
    )

    config = read(text, tmp_path)

    assert config.mailbox["soporte"].imap.ca_file == str(tmp_path / "ca.pem")
    assert config.mailbox["soporte"].smtp.ca_file == ""
    assert templates_folder(config) == tmp_path / "textos"
    assert database_url(config) == str(tmp_path / "datos/x.sqlite3")
    assert state_folder(config) == tmp_path / "datos"


@pytest.mark.parametrize(
    ("written", "url", "state"),
    [
        # the default
        ("", "{home}/var/mailbot.sqlite3", "{home}/var"),
        ("sqlite:///datos/x.db", "{home}/datos/x.db", "{home}/datos"),
        ("sqlite:////srv/x.db", "/srv/x.db", "/srv"),
        ("/srv/x.db", "/srv/x.db", "/srv"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c", "{home}/var"),
    ],
)
def test_where_the_database_and_the_state_are(written: str, url: str, state: str, tmp_path: Path) -> None:
    config = read(VALID + f'[service]\ndatabase = "{written}"\n', tmp_path)

    assert database_url(config) == url.format(home=tmp_path)
    assert str(state_folder(config)) == state.format(home=tmp_path)


def test_systemd_s_state_directory_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/mailbot:/var/lib/other")

    assert database_url(read(VALID, tmp_path)) == "/var/lib/mailbot/mailbot.sqlite3"


def test_the_command_line_comes_first_then_the_environment_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(VALID, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert find() == Path("config.toml")

    monkeypatch.setenv("MAILBOT_CONFIG", "/srv/m.toml")
    assert find() == Path("/srv/m.toml")
    assert find(Path("mine.toml")) == Path("mine.toml")


def test_without_any_file_it_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mailbot.config.load.USUAL", (Path("config.toml"), tmp_path / "etc.toml"))

    with pytest.raises(ConfigError) as refused:
        find()

    said = str(refused.value)
    assert all(
        place in said for place in ("--config", "MAILBOT_CONFIG", f"{tmp_path}/config.toml", "etc.toml")
    )


def test_an_error_says_all_problems(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(VALID + "[service]\nprefix = 1\nwatch = 1\n" + rule(), tmp_path)

    assert len(refused.value.problems) == str(refused.value).count("\n") + 1 == 2
