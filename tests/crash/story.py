"""What the crash suite plays: a desk with a past, and one batch of mail that meets every step of both paths.

The past is made once per kind of database: mails read, requests sent, clocks running. Each experiment works on
a copy of it, database and maildir.
"""

from collections.abc import Callable
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage

from sqlalchemy import update

from mailbot.desk.decision import ClockKind
from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from tests.pipeline.given import ANA, answer, bounce, mail, poison, read, write

CONFIG = """
service.database = "DATABASE"
replies.per_hour = 100000
precaso.remind_after = "12h"

[mailbox.soporte]
address  = "soporte@mesa.example"
username = "soporte-ACCOUNT"
password = { env = "MAILBOT_TEST_PASSWORD" }
max_size = "20KB"
trust    = "mx.mesa.example"
poll     = "1s"
imap = { host = "127.0.0.1", port = IMAP, security = "none" }
smtp = { host = "127.0.0.1", port = SMTP, security = "none" }

[group.Mesa]
notify = ["mesa@oti.example"]

[field.telefono]
label    = "Teléfono"
pattern  = '\\+?\\d[\\d ()-]{6,}\\d'
remember = true

[field.sede]
label = "Sede"

[[rule]]
name      = "alarma"
from      = ["nagios@oti.example"]
keywords  = ["problem", "recovery"]
recover   = ["recovery"]
correlate = '(host \\w+)'
treat_as  = "monitoreo"
group     = "Mesa"

[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono", "sede"]
group    = "Mesa"
"""

#: what the batch finds besides: a second mailbox that is read for the first time, a rule with a new folder
NEWER = """
[[rule]]
name     = "boletin"
keywords = ["boletín"]
treat_as = "informativo"
folder   = "Boletines"

[mailbox.redes]
address  = "redes@mesa.example"
username = "redes-ACCOUNT"
password = { env = "MAILBOT_TEST_PASSWORD" }
start    = "all"
answer_backlog = true
poll     = "1s"
imap = { host = "127.0.0.1", port = IMAP, security = "none" }
smtp = { host = "127.0.0.1", port = SMTP, security = "none" }
"""

COMPLETE = "Teléfono: 300 555 0101\nSede: Bogotá, piso 3\n"
VOUCHED = {"authentication_results": "mx.mesa.example; dmarc=pass header.from=oti.example"}
#: outcomes of the batch, in the order in which the mails came
OUTCOMES = [
    "opened",
    "opened",
    "updated",
    "duplicate",
    "ignored",
    "failed",
    "on_closed_case",
    "bounce",
    "opened",
    "informativo",
    "updated",
    "updated",
    "unmatched",
    "opened",
    "opened",
    "duplicate",
]
#: what a person moves before the batch is read: whose mail, from where, to where
SORTED = (
    ("saul", "Por revisar", "Crear caso"),
    ("olga", "INBOX", "Crear caso"),
    ("nina", "Por revisar", "Informativo"),
)
HOUR = timedelta(hours=1)

Deliver = Callable[[bytes, str], None]
Mailbot = Callable[..., None]


def somebody(name: str) -> Address:
    return Address(name.title(), addr_spec=f"{name}@oti.example")


#: whose mail nobody can parse
UNREADABLE = somebody("veneno")


class Past:
    """Mails that came, and what mailbot answered; ends with everything settled but what the batch will meet."""

    def __init__(self, deliver: Deliver, mailbot: Mailbot, answers: Callable[[str], list[bytes]]) -> None:
        self.deliver, self.mailbot, self.answers = deliver, mailbot, answers
        self.known = mail(sender=somebody("ana"))

    def play(self, database: str) -> None:
        self.mailbot("run", "--once")  # the first connection: mail from now on is new
        self.gets(self.known)
        for name in ("luz", "eva", "rita", "pino"):
            self.gets(mail(sender=somebody(name)))
        self.gets(mail(text=COMPLETE, sender=somebody("sol")))
        self.gets(mail("Una consulta", sender=somebody("tito")))
        self.gets(mail("PROBLEM host web1", sender=somebody("nagios")))
        for name in ("saul", "nina"):
            self.gets(mail("La silla", sender=somebody(name)))
        self.mailbot("run", "--once")
        self.mailbot("run", "--once")
        self.mailbot("case", "MS-000006", "--move", "anulado", "--reason", "se repitió")
        self.mailbot("promote", "7", "--rule", "acceso")
        store = Store.open(database)
        make_due(store)
        store.dispose()

    def batch(self) -> None:
        """Delivered, and not read by anybody yet."""
        fresh = mail(sender=somebody("gil"))
        batch = [
            mail(text=COMPLETE, sender=somebody("ines")),
            fresh,
            answer(self.last("ana"), COMPLETE, somebody("ana"), **VOUCHED),
            fresh,
            mail(sender=somebody("turnos"), auto_submitted="auto-generated"),
            poison().replace(ANA.addr_spec.encode(), UNREADABLE.addr_spec.encode()),
            answer(self.last("sol"), "¿Y entonces?", somebody("sol")),
            bounce(self.last("rita")),
            large(),
            mail("Boletín de noviembre", sender=somebody("prensa")),
            answer(self.last("pino"), "Teléfono: 300 555 0102\n", somebody("pino")),
            mail("RECOVERY host web1", sender=somebody("nagios")),
            mail("Hola", sender=somebody("tito")),
            mail("La mesa", sender=somebody("olga")),
        ]
        for raw in batch:
            self.gets(raw)
        self.gets(mail(sender=somebody("nora")), "redes")
        self.gets(self.known, "redes")

    def gets(self, raw: bytes, box: str = "soporte") -> None:
        self.deliver(raw, box)

    def last(self, name: str) -> EmailMessage:
        return read(self.answers(somebody(name).addr_spec)[-1])


def large() -> bytes:
    """Above `max_size`: of it only header and text are fetched."""
    message = read(mail(sender=somebody("beto")))
    message.add_attachment(b"x" * 40_000, maintype="application", subtype="pdf", filename="foto.pdf")
    return message.as_bytes()


def make_due(store: Store) -> None:
    """Luz's reminder and Eva's deadline fell while the mailbox was read: the next look at the clocks finds them."""
    clock, case, progress = (table(kind) for kind in (tables.Clock, tables.Case, tables.Progress))
    with store.reading() as s:
        polled = progress.select().where(progress.c.read_up_to.is_not(None))
        read_up_to = s.connection().scalar(polled.with_only_columns(progress.c.read_up_to))
        ids = dict(
            s.connection().execute(case.select().with_only_columns(case.c.requester_email, case.c.id)).all()
        )
    for name, kind, due in (
        ("luz", ClockKind.REMINDER, read_up_to - HOUR),
        ("eva", ClockKind.ANSWER, read_up_to - HOUR),
        ("eva", ClockKind.REMINDER, read_up_to + 24 * HOUR),
    ):
        its = clock.c.case_id == ids[somebody(name).addr_spec], clock.c.kind == kind
        write(store, update(clock).where(*its).values(due=due))
