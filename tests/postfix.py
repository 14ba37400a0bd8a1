"""A throwaway Postfix on loopback, everything of it in a temporary folder; what it delivers lies in a Dovecot.

    with Dovecot() as dovecot, Postfix(dovecot) as postfix:
        postfix.submit(raw, "ana@oti.example", "soporte@mesa.example")   # by STARTTLS and AUTH, as staff do

Mail for mesa.example and oti.example goes by LMTP into the Dovecot, where every address is an account. Mail
for fuera.example goes by SMTP to another server, our `mx_port`, which may refuse it (`at_mx`) and else has it
delivered, too. No other mail leaves.

Needs root (Postfix drops to its own users) and Debian's postfix. /etc/postfix is neither read nor written.
"""

import os
import shutil
import signal
import smtplib
import socket
import socketserver
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from tests.dovecot import PASSWORD, Dovecot, await_end, free_ports

#: not `postfix start`: its scripts take longer than a test
MASTER = "/usr/lib/postfix/sbin/master"
QUEUE = "active bounce corrupt defer deferred flush hold incoming private public saved trace"
OF_POSTFIX = ("data", *(f"queue/{name}" for name in QUEUE.split()))

MAIN = """
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = {base}/postfix.log
maillog_file_prefixes = {base}
myhostname = mail.mesa.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
mydestination =
local_recipient_maps =
local_transport = error:5.1.2 no local mail
alias_maps =
virtual_mailbox_domains = mesa.example, oti.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
relay_domains = fuera.example
relay_transport = smtp:[127.0.0.1]:{mx_port}
default_transport = error:5.4.4 no mail leaves the tests
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{policy_port}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dovecot}/run/auth-client
smtpd_tls_cert_file = {dovecot}/server.pem
smtpd_tls_key_file = {dovecot}/server.key
smtpd_error_sleep_time = 0
notify_classes =
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""
SERVICES = """
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
127.0.0.1:{submissions_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
127.0.0.1:{mx_port} inet n - n - - smtpd
  -o myhostname=mx.fuera.example -o content_filter=lmtp:inet:127.0.0.1:{lmtp_port}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def required() -> None:
    """Skip where Postfix is not asked for; where it is, its absence is a failure."""
    if not (os.environ.get("CI") or os.environ.get("MAILBOT_TEST_POSTFIX")):
        pytest.skip("set MAILBOT_TEST_POSTFIX=1 to test with a real Postfix")


class Postfix:
    """One instance, with the Dovecot's certificate and accounts; `main` are further settings for main.cf.

    `at_submission` and `at_mx` say what is answered to RCPT for an address: `postfix.at_mx["luz@fuera.example"] =
    "450 4.2.0 Greylisted"`. They hold at once; without an entry the address is taken.
    """

    def __init__(self, dovecot: Dovecot, **main: str) -> None:
        self.dovecot = dovecot
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-postfix-"))
        self.base.chmod(0o755)  # its processes run as several users
        self.submission_port, self.submissions_port, self.mx_port = free_ports(3)
        self.at_submission: dict[str, str] = {}
        self.at_mx: dict[str, str] = {}
        self._policy = Policy(self._answer)
        self._process: subprocess.Popen[bytes] | None = None
        values = {
            "base": self.base,
            "dovecot": dovecot.base,
            "lmtp_port": dovecot.lmtp_port,
            "policy_port": self._policy.server_address[1],
            **{name: getattr(self, name) for name in ("submission_port", "submissions_port", "mx_port")},
        }
        more = "".join(f"{name} = {value}\n" for name, value in main.items())
        for folder in ("etc", "queue", "queue/pid", *OF_POSTFIX):
            (self.base / folder).mkdir()
        for folder in OF_POSTFIX:
            shutil.chown(self.base / folder, "postfix", "postfix")
        self._write("main.cf", MAIN.format(**values) + more)
        self._write("master.cf", SERVICES.format(**values))

    def _write(self, name: str, text: str) -> None:
        path = self.base / "etc" / name
        path.write_text(text)
        os.utime(path, (0, 0))  # Postfix waits a second and a half for a file that may still be written

    def __enter__(self) -> Self:
        Thread(target=self._policy.serve_forever, args=(0.05,), daemon=True).start()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._policy.shutdown()
        self._policy.server_close()
        shutil.rmtree(self.base)

    def start(self) -> None:
        """Return when it answers. What a stop left in the queue goes on."""
        command = [MASTER, "-c", str(self.base / "etc"), "-d"]
        with (self.base / "said").open("ab") as said:
            # a group of its own: all of it can be ended
            self._process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        self._await(self.submission_port)

    def stop(self) -> None:
        """As a crash: all its processes at once."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            await_end(self.submission_port)

    def submit(self, raw: bytes, sender: str, to: str) -> None:
        """What a person's mail program does with a mail that is sent."""
        context = ssl.create_default_context(cafile=str(self.dovecot.ca_file))
        with smtplib.SMTP("localhost", self.submission_port, "localhost", timeout=30) as smtp:
            smtp.starttls(context=context)
            smtp.login(sender, PASSWORD)
            smtp.sendmail(sender, [to], raw)

    def log(self) -> str:
        log = self.base / "postfix.log"
        return log.read_text() if log.exists() else ""

    def _answer(self, asked: dict[str, str]) -> str:
        at = self.at_mx if asked["server_port"] == str(self.mx_port) else self.at_submission
        return at.get(asked["recipient"], "DUNNO")

    def _await(self, port: int) -> None:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as probe:
                if probe.recv(4).startswith(b"220"):
                    return
            time.sleep(0.05)
        raise RuntimeError(f"postfix did not come up: {(self.base / 'said').read_text()}{self.log()}")


class Policy(socketserver.ThreadingTCPServer):
    """Asked by Postfix at each RCPT (SMTPD_POLICY_README)."""

    daemon_threads = True

    def __init__(self, answer: Callable[[dict[str, str]], str]) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", 0), PolicyTalk)


class PolicyTalk(socketserver.StreamRequestHandler):
    """Lines `name=value` up to an empty one, and one answer, as long as Postfix likes."""

    server: Policy

    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            name, _, value = line.decode().rstrip("\n").partition("=")
            asked[name] = value
            if not name:
                self.wfile.write(f"action={self.server.answer(asked)}\n\n".encode())
                asked = {}
