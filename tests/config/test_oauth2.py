"""What `oauth2` means: whom we ask, for what, and whether a person must grant it."""

from pathlib import Path

import pytest

from mailbot.config.load import load
from mailbot.config.model import Mailbox
from mailbot.config.oauth2 import Client, client
from tests.config.toml import VALID, oauth2

SECRET = 'client_secret = { credential = "x" }'
MICROSOFT = 'provider = "microsoft", tenant = "mesa.example", client_id = "c"'
GOOGLE = f'provider = "google", client_id = "c", {SECRET}'
OWN = f'token_url = "https://id.example/t", scope = "correo", client_id = "c", {SECRET}'


def box(text: str, tmp_path: Path) -> Mailbox:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return load(path).mailbox["soporte"]


def read(inside: str, tmp_path: Path) -> Client:
    found = box(oauth2(inside), tmp_path).imap_login.oauth2
    assert found is not None
    return client(found, "soporte")


@pytest.mark.parametrize(
    ("inside", "by_login"),
    [
        # the application has mailboxes of its own
        (f"{MICROSOFT}, {SECRET}", False),
        # a public client
        (MICROSOFT, True),
        (f'{MICROSOFT}, {SECRET}, grant = "login"', True),
        (GOOGLE, True),
        (OWN, False),
        (f'{OWN}, device_url = "https://id.example/d"', True),
        (f'{OWN}, device_url = "https://id.example/d", grant = "client_credentials"', False),
    ],
)
def test_a_person_grants_what_an_application_cannot_have_alone(
    inside: str, by_login: bool, tmp_path: Path
) -> None:
    assert read(inside, tmp_path).by_login is by_login


def test_microsofts_addresses_follow_from_the_tenant(tmp_path: Path) -> None:
    found = read(MICROSOFT, tmp_path)
    assert found.token_url == "https://login.microsoftonline.com/mesa.example/oauth2/v2.0/token"
    assert found.device_url == "https://login.microsoftonline.com/mesa.example/oauth2/v2.0/devicecode"
    assert found.scope.split() == [
        "offline_access",
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
    ]
    assert read(f"{MICROSOFT}, {SECRET}", tmp_path).scope == "https://outlook.office365.com/.default"


def test_a_national_cloud_is_named_by_its_token_url(tmp_path: Path) -> None:
    url = "https://login.microsoftonline.us/t/oauth2/v2.0/token"
    found = read(f'provider = "microsoft", client_id = "c", token_url = "{url}"', tmp_path)
    assert (found.token_url, found.device_url) == (url, url.replace("token", "devicecode"))


def test_google_asks_in_a_browser_since_its_device_flow_grants_no_mail(tmp_path: Path) -> None:
    found = read(GOOGLE, tmp_path)
    assert (found.device_url, found.scope) == ("", "https://mail.google.com/")
    assert found.auth_url.startswith("https://accounts.google.com/")


def test_what_a_server_has_of_its_own_counts_before_what_the_mailbox_has(tmp_path: Path) -> None:
    """Contract: username, password, oauth2 may be repeated where they differ."""
    found = box(VALID + f"oauth2 = {{ {MICROSOFT} }}", tmp_path)
    assert (found.imap_login.password, found.imap_login.oauth2) == (found.password, None)
    assert found.imap_login.account == "soporte"
    assert found.smtp_login.password is None
    assert found.smtp_login.oauth2 is not None
    assert found.smtp_login.account == "soporte:smtp"


@pytest.mark.parametrize(
    ("inside", "smtp", "limit"),
    [
        (MICROSOFT, "", 30),
        (MICROSOFT, "per_minute = 0", 0),
        (MICROSOFT, "per_minute = 7", 7),
        (GOOGLE, "", 0),
    ],
)
def test_microsofts_limit_of_mails_a_minute_is_kept_unless_another_is_written(
    inside: str, smtp: str, limit: int, tmp_path: Path
) -> None:
    assert box(oauth2(inside) + smtp, tmp_path).per_minute == limit
