"""Stage two for `[service] alert_to` and `[service.smtp]`: who is told when something is ill, and which way."""

from collections.abc import Iterator

from mailbot.config.addresses import address_findings, addresses_findings
from mailbot.config.mailboxes import credential_findings, server_findings
from mailbot.config.model import AlertSmtp, Config
from mailbot.config.oauth2 import is_by_login
from mailbot.config.problem import Finding

TO = ("service", "alert_to")
SMTP = ("service", "smtp")
FROM = 'from = "mailbot@mesa.example"'


def alerts_findings(config: Config) -> Iterator[Finding]:
    service = config.service
    yield from addresses_findings(TO, service.alert_to)
    for n, address in enumerate(service.alert_to):
        if address.lower() in config.own_addresses:
            said = f'"{address}" es uno de los buzones que se leen: si no se puede leer, nadie ve el aviso'
            cure = "escriba la dirección de quien opera el servicio"
            yield Finding((*TO, n), said, cure, level="warning")
    if service.smtp:
        yield from _smtp_findings(service.smtp)
        if not service.alert_to:
            said = "no tiene efecto: no se avisa a nadie"
            yield Finding(SMTP, said, 'alert_to = ["ti@mesa.example"]', level="warning")


def _smtp_findings(smtp: AlertSmtp) -> Iterator[Finding]:
    yield from server_findings(SMTP, smtp)
    yield from credential_findings(SMTP, smtp)
    if smtp.from_:
        yield from address_findings((*SMTP, "from"), smtp.from_)
    elif "@" not in smtp.username:
        yield Finding(SMTP, "falta from, la dirección de quien avisa", FROM)
    else:
        yield from address_findings((*SMTP, "username"), smtp.username)
    if smtp.oauth2 and is_by_login(smtp.oauth2):
        said = "los avisos no usan el permiso que da una persona: cuando se vence, no habría quien avise"
        yield Finding((*SMTP, "oauth2"), said, "use password, o un oauth2 con client_secret")
