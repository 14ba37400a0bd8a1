"""A throwaway Dovecot on loopback: IMAP, IMAPS and LMTP, everything of it in a temporary folder.

    with Dovecot() as server:
        server.deliver(raw, "soporte@mesa.example")      # any address is an account; the password is PASSWORD

Needs root (Dovecot drops to its own users) and Debian's dovecot-imapd and dovecot-lmtpd.
"""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from tests.transport import certificates

PASSWORD = "secreto"

CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = mailbot-test
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/server.pem
ssl_key = <{base}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login {token_mechanisms}
auth_username_format = %Lu
auth_failure_delay = 0
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:{base}/mail/%u
mail_max_userip_connections = 50
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
{token_passdb}
userdb {{
  driver = static
  args = uid=mail gid=mail home={base}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
protocol imap {{
  imap_capability = {capability}
  rawlog_dir = %h/dovecot.rawlog
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""

TOKEN_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
"""
INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


def required() -> None:
    """Skip where Dovecot is not asked for; where it is, its absence is a failure."""
    if not (os.environ.get("CI") or os.environ.get("MAILBOT_TEST_DOVECOT")):
        pytest.skip("set MAILBOT_TEST_DOVECOT=1 to test with a real Dovecot")


class Dovecot:
    """One instance with its own CA (`ca_file`; the certificate is for localhost, not for 127.0.0.1).

    `prefix` is that of the personal namespace; `capability` replaces what the server announces. What clients
    say is recorded in `base/mail/ADDRESS/dovecot.rawlog/*.in` if that folder exists.

    With `introspection`, a URL, it also offers XOAUTH2 and OAUTHBEARER: each token is POSTed there (RFC 7662,
    as `token=…`), and `{"active": true, "username": "ana@mesa.example"}` lets that account in.
    """

    def __init__(
        self, *, prefix: str = "", separator: str = "/", capability: str = "", introspection: str = ""
    ) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-dovecot-"))
        self.base.chmod(0o755)  # its processes run as several users
        self.ca_file = self.base / "ca.pem"
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        certificates.make(self.base, certificates.make_ca(self.base))
        for folder in ("run", "state", "mail"):
            (self.base / folder).mkdir()
        shutil.chown(self.base / "mail", "mail", "mail")
        (self.base / "oauth2.conf").write_text(INTROSPECTION.format(url=introspection))
        text = CONFIG.format(
            base=self.base,
            token_mechanisms="xoauth2 oauthbearer" if introspection else "",
            token_passdb=TOKEN_PASSDB.format(base=self.base) if introspection else "",
            password=PASSWORD,
            prefix=prefix,
            separator=separator,
            capability=capability,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
        )
        (self.base / "dovecot.conf").write_text(text)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self.base)

    def start(self) -> None:
        subprocess.run(["dovecot", "-c", self.base / "dovecot.conf"], check=True)
        for port in (self.imap_port, self.lmtp_port):
            self._await(port)

    def stop(self) -> None:
        """As a crash: master and children at once (a friendly stop takes Dovecot three seconds)."""
        pid_file = self.base / "run" / "master.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text())
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        pid_file.unlink()
        await_end(self.imap_port)

    def deliver(self, raw: bytes, to: str, sender: str = "ana@mesa.example") -> None:
        lmtp(self.lmtp_port, raw, to, sender)

    def _await(self, port: int) -> None:
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as probe:
                    probe.recv(10)
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"dovecot did not come up: {(self.base / 'dovecot.log').read_text()}")


def lmtp(port: int, raw: bytes, to: str, sender: str = "ana@mesa.example") -> None:
    """Deliver, also from a process that did not start the server."""
    with smtplib.LMTP("127.0.0.1", port, local_hostname="localhost") as client:
        client.sendmail(sender, [to], raw)


def await_end(port: int) -> None:
    """Killed processes take a moment to let go of the socket that they listened on."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            return
        except OSError:
            pass  # taken by one that is dying
        time.sleep(0.02)
    raise RuntimeError(f"a server did not stop: port {port} still answers")


def give_to_mail_user(folder: Path) -> None:
    """So that Dovecot's processes can write there."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "mail", "mail")


def free_ports(count: int) -> list[int]:
    """All held at once while they are chosen, so that they differ."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
