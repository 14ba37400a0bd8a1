"""Mail servers for packaging/test-package.sh: python packaging/test_mail.py ADDRESS PASSWORD

Prints their ports, IMAP and SMTP; for each line on stdin delivers a request and prints the subject of the reply.
"""

import email
import email.policy
import sys
import time

from mailbot.sandbox.servers import Sandbox

WHO = "ana@oti.example"
REQUEST = """\
From: Ana <{who}>
To: {to}
Subject: Olvidé la contraseña ({n})
Message-ID: <{n}.{now}@oti.example>

Buenos días, no puedo entrar.
"""
#: seconds for a reply
PATIENCE = 60


def main(address: str, password: str) -> None:
    with Sandbox([address], password=password) as servers:
        print(servers.imap_port, servers.smtp_port, flush=True)  # noqa: T201
        for n, _ in enumerate(sys.stdin, 1):
            text = REQUEST.format(who=WHO, to=address, n=n, now=time.time_ns())
            servers.deliver(text.replace("\n", "\r\n").encode(), address)
            print(reply(servers, n), flush=True)  # noqa: T201


def reply(servers: Sandbox, n: int) -> str:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if len(sent := servers.sent_to(WHO)) >= n:
            return f"ok      answered: {email.message_from_bytes(sent[-1], policy=email.policy.default)['Subject']}"
        time.sleep(0.1)
    return "FAILED  no reply came"


if __name__ == "__main__":
    main(*sys.argv[1:])
