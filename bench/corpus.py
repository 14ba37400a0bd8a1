"""Spanish support mail by seed, in the mix that a desk gets: the same seed makes the same bytes.

60 % new requests, 25 % answers to them, 10 % requests with an attachment of 100 KB to 2 MB, 3 % robots (out of
office, bounces), 2 % newsletters. Well-formed, with the headers that a few relays leave, five pairs of charset
and transfer encoding, text alone or with its HTML twin. Text-only: the attachments are left out.
"""

import base64
import math
import quopri
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

MIX = {"new": 0.60, "answer": 0.25, "attached": 0.10, "robot": 0.03, "newsletter": 0.02}
DESK = "soporte@example.com"
FIRST = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST_NAMES = (
    "José María",
    "Begoña",
    "Ángel",
    "Lucía",
    "Iñaki",
    "Óscar",
    "Marta",
    "Andrés",
    "Pilar",
    "Nuria",
)
LAST_NAMES = ("Núñez", "Muñoz", "Ibáñez", "Fernández", "Peña", "López", "Gómez", "Sáenz", "Güell", "Vázquez")
#: of each at least one rule of `bench.config` knows a word
TOPICS = (
    "No puedo acceder a mi cuenta",
    "Olvidé la contraseña del correo",
    "La impresora del piso {n} no imprime",
    "Error {n} al generar el reporte mensual",
    "Sin conexión a la red en la sede {place}",
    "Solicitud de acceso a la carpeta compartida",
    "Factura duplicada del pedido {n}",
    "El computador no enciende esta mañana",
    "Petición de {n} licencias",
    "Teléfono sin tono en la recepción de {place}",
)
PLACES = ("Málaga", "León", "Cádiz", "Bogotá", "Querétaro", "Logroño")
SENTENCES = (
    "Buenos días, les escribo porque llevo varios días con esto y no consigo solucionarlo.",
    "He probado a reiniciar el equipo, borrar la caché y cambiar de navegador, pero sigue igual.",
    "El número de pedido es el {n}, y la fecha de compra fue en marzo.",
    "¿Podrían indicarme qué pasos debo seguir?",
    "Mi compañera ya llamó la semana pasada y le dijeron que lo revisaría un técnico.",
    "La conexión se interrumpe cada pocos minutos, sobre todo por la mañana en {place}.",
    "Quedo a la espera de su respuesta; es bastante urgente para nosotros.",
    "Muchas gracias de antemano por su atención.",
    "Según nos dijeron, la garantía cubre este tipo de avería durante dos años.",
)
#: charset, transfer encoding, how many of a hundred
WRITTEN = (
    ("utf-8", "quoted-printable", 34),
    ("utf-8", "base64", 22),
    ("utf-8", "8bit", 14),
    ("iso-8859-1", "quoted-printable", 22),
    ("windows-1252", "8bit", 8),
)
FILES = (
    ("factura nº 12.pdf", "application/pdf", b"%PDF-1.4\n"),
    ("captura.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("foto.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
)
SMALLEST, LARGEST = 100_000, 2_000_000


@dataclass(frozen=True)
class Mail:
    """`opens`: a request of its own; `answers`: the Message-ID of the request that it belongs to."""

    kind: str
    message_id: str
    sender: str
    raw: bytes = field(repr=False)
    answers: str = ""

    @property
    def opens(self) -> bool:
        return self.kind in ("new", "attached")


@dataclass(frozen=True)
class _Asked:
    """A request that may be answered: its Message-ID, who wrote it, and the thread up to now."""

    first: str
    name: str
    address: str
    subject: str
    text: str
    thread: tuple[str, ...]


def corpus(count: int, *, seed: int = 7, attachments: bool = True) -> Iterator[Mail]:
    """`count` mails in the order in which they came."""
    writer = _Writer(seed)
    kinds = [kind for kind, share in MIX.items() for _ in range(round(share * count))]
    kinds = (kinds + ["new"] * count)[:count]
    writer.dice.shuffle(kinds)
    for n, kind in enumerate(kinds):
        yield writer.mail(n, "new" if kind == "attached" and not attachments else kind)


class _Writer:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same mail on every run
        self.noise = random.Random(seed).randbytes(LARGEST)  # noqa: S311 - what no compression shortens
        self.asked: list[_Asked] = []

    def mail(self, n: int, kind: str) -> Mail:
        if kind == "answer" and self.asked:
            return self._answer(n)
        if kind == "robot":
            return self._robot(n)
        if kind == "newsletter":
            return self._newsletter(n)
        return self._request(n, "new" if kind == "answer" else kind)

    def _request(self, n: int, kind: str) -> Mail:
        dice, name = self.dice, f"{self.dice.choice(FIRST_NAMES)} {self.dice.choice(LAST_NAMES)}"
        address, subject = f"cliente{n}@empresa{n % 7}.example", self._filled(dice.choice(TOPICS))
        text = self._text(3, 9) + f"\nUn saludo,\n{name}\n"
        body = self._body(text)
        if kind == "attached":
            body = self._multipart("mixed", [body, self._file()])
        message_id, raw = self._whole(n, name, address, subject, "", body)
        self.asked.append(_Asked(message_id, name, address, subject, text, (message_id,)))
        return Mail(kind, message_id, address, raw)

    def _answer(self, n: int) -> Mail:
        """To the request itself, or to another answer to it: nineteen in twenty name it in In-Reply-To."""
        to = self.dice.choice(self.asked[-400:])
        when = FIRST + timedelta(minutes=n)
        quoted = "\n".join(f"> {line}" for line in to.text.splitlines())
        text = self._text(1, 3) + f"\nEl {when:%d/%m/%Y} a las {when:%H:%M}, {to.name} escribió:\n{quoted}\n"
        how = self.dice.random()
        extra = f"In-Reply-To: {to.thread[-1]}\n" if how < 0.95 else ""
        extra += "References: " + "\n ".join(to.thread) + "\n" if how < 0.8 or how >= 0.95 else ""
        subject = to.subject if to.subject.startswith("Re: ") else f"Re: {to.subject}"
        message_id, raw = self._whole(n, to.name, to.address, subject, extra, self._body(text))
        self.asked.append(
            _Asked(to.first, to.name, to.address, subject, text, (*to.thread[-10:], message_id))
        )
        return Mail("answer", message_id, to.address, raw, to.first)

    def _robot(self, n: int) -> Mail:
        if self.dice.random() < 0.5:
            address, extra = f"cliente{n}@ausente.example", "Auto-Submitted: auto-replied\n"
            body = self._part("Estaré fuera de la oficina hasta el día 15. Un saludo.\n", "plain")
            message_id, raw = self._whole(n, "Ana", address, "Respuesta automática: Su caso", extra, body)
            return Mail("robot", message_id, address, raw)
        address, victim = "MAILER-DAEMON@mx.example", f"nadie{n}@empresa.example"
        said = f"Content-Type: text/plain; charset=us-ascii\n\nI could not deliver your message to {victim}\n"
        status = (
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
            f"Final-Recipient: rfc822; {victim}\nAction: failed\nStatus: 5.1.1\n"
        )
        returned = (
            f"Content-Type: message/rfc822\n\nFrom: {DESK}\nTo: {victim}\nSubject: Recibido\n"
            f"Message-ID: <auto-{n}@example.com>\n\nHemos recibido su mensaje.\n"
        )
        parts = [part.encode() for part in (said, status, returned)]
        body = self._multipart("report; report-type=delivery-status", parts)
        subject, extra = "Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied\n"
        message_id, raw = self._whole(n, "Mail Delivery System", address, subject, extra, body, path="")
        return Mail("robot", message_id, address, raw)

    def _newsletter(self, n: int) -> Mail:
        address = "boletin@news.example"
        leave = f"List-Unsubscribe: <https://news.example/baja/{n}>\n"
        extra = f"{leave}List-Id: <ofertas.news.example>\nPrecedence: bulk\n"
        body = self._multipart("alternative", self._twins(self._text(60, 120)))
        message_id, raw = self._whole(n, "Boletín Ofertas", address, "¡Ofertas del mes!", extra, body)
        return Mail("newsletter", message_id, address, raw)

    # -- parts ---------------------------------------------------------------------------------------

    def _body(self, text: str) -> bytes:
        if self.dice.random() < 0.45:
            return self._part(text, "plain")
        return self._multipart("alternative", self._twins(text))

    def _twins(self, text: str) -> list[bytes]:
        paragraphs = "".join(
            f'<p class="MsoNormal" style="margin:0cm;font-size:11pt">{each}</p>\n'
            for each in text.split("\n\n")
        )
        html = f"<html><head><style>p {{color:#1f1f1f}}</style></head><body>{paragraphs}</body></html>\n"
        return [self._part(text, "plain"), self._part(html, "html")]

    def _part(self, text: str, subtype: str) -> bytes:
        charset, encoding, _ = self.dice.choices(WRITTEN, [share for *_, share in WRITTEN])[0]
        octets = text.encode(charset)
        if encoding == "base64":
            octets = base64.encodebytes(octets)
        elif encoding == "quoted-printable":
            octets = quopri.encodestring(octets)
        header = f"Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
        return header.encode() + octets

    def _file(self) -> bytes:
        name, kind, magic = self.dice.choice(FILES)
        size = int(math.exp(self.dice.uniform(math.log(SMALLEST), math.log(LARGEST))))
        said = encoded(name)
        header = (
            f'Content-Type: {kind}; name="{said}"\nContent-Disposition: attachment; filename="{said}"\n'
            "Content-Transfer-Encoding: base64\n\n"
        )
        return header.encode() + base64.encodebytes(magic + self.noise[: size - len(magic)])

    def _multipart(self, kind: str, parts: list[bytes]) -> bytes:
        boundary = f"=_{self.dice.getrandbits(64):016x}"
        opening = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'
        each = b"".join(b"--%s\n%s\n" % (boundary.encode(), part) for part in parts)
        return opening.encode() + each + f"--{boundary}--\n".encode()

    def _whole(
        self, n: int, name: str, address: str, subject: str, extra: str, body: bytes, path: str | None = None
    ) -> tuple[str, bytes]:
        """As it looks after three relays that sign and check."""
        when, domain = (
            format_datetime(FIRST + timedelta(minutes=n)),
            address.partition("@")[2],
        )
        message_id = f"<{self.dice.getrandbits(60):015x}.{n}@{domain}>"
        relays = "".join(
            f"Received: from relay{hop}.example (relay{hop}.example [198.51.100.{hop}])\n"
            f"\tby mx.example with ESMTPS id {self.dice.getrandbits(40):010X}\n\tfor <{DESK}>; {when}\n"
            for hop in range(3)
        )
        signed = "\n\t".join(self.dice.randbytes(32).hex() for _ in range(5))
        header = (
            f"Return-Path: <{address if path is None else path}>\n{relays}"
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\n\tb={signed}\n"
            f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=mx.example; s=arc;\n\tb={signed}\n"
            f"Authentication-Results: mx.example; dkim=pass header.d={domain}; spf=pass; dmarc=pass\n"
            f"X-Mailer: Microsoft Outlook 16.0\nFrom: {encoded(name)} <{address}>\nTo: {DESK}\nDate: {when}\n"
            f"Message-ID: {message_id}\n{extra}Subject: {encoded(subject)}\nMIME-Version: 1.0\n"
        )
        return message_id, header.encode() + body

    def _text(self, fewest: int, most: int) -> str:
        count = self.dice.randint(fewest, most)
        return "\n\n".join(self._filled(self.dice.choice(SENTENCES)) for _ in range(count)) + "\n"

    def _filled(self, text: str) -> str:
        return text.format(n=self.dice.randint(100, 999_999), place=self.dice.choice(PLACES))


def encoded(text: str) -> str:
    """RFC 2047, where it is needed."""
    return text if text.isascii() else Header(text, "utf-8").encode()
