"""The parts that are not the message's text: named as their sender named them, else by kind and place.

A winmail.dat is one of them, as it came; the files in it follow it (hazard 46, lesson 32).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from mailbot.mail import charset, headers, structure, tnef
from mailbot.mail.message import Attachment
from mailbot.mail.octets import Octets
from mailbot.mail.structure import Part
from mailbot.mail.tnef import Envelope, File

#: what Outlook calls its envelopes; of one mail so many are opened
ENVELOPES, ENVELOPE, OPENED = ("application/ms-tnef", "application/vnd.ms-tnef"), "winmail.dat", 5
#: kinds that look empty to who cannot open them: kept, and named so that people know them (hazard 46)
NAMES = {
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-encrypted": "version.asc",
    "application/pgp-signature": "firma.asc",
    "application/pgp-keys": "claves.asc",
    **dict.fromkeys(ENVELOPES, ENVELOPE),
    "text/calendar": "invitacion.ics",
    "message/delivery-status": "estado-de-entrega.txt",
    "message/disposition-notification": "acuse-de-lectura.txt",
    "text/rfc822-headers": "cabeceras-devueltas.txt",
}
EXTENSIONS = {
    "message/rfc822": "eml",
    "message/global": "eml",
    "text/plain": "txt",
    "text/html": "html",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A part, or one of the files in it."""

    part: Part
    file: File | None = None

    @property
    def content(self) -> bytes | memoryview:
        return self.file.data if self.file else self.part.content

    @property
    def digest(self) -> tuple[int, str]:
        """Octets, and sha256 in hex."""
        if not self.file:
            return self.part.digest
        data = self.file.data
        return len(data), sha256(data).hexdigest()


def of(root: Part, notes: list[str]) -> tuple[Attachment, ...]:
    """Every leaf that is not text, in the order sent. The alternative that was not read is none."""
    found: list[Attachment] = []
    around = ""
    for n, entry in enumerate(_entries(root, notes), start=1):
        found.append(_described(n, entry, around if entry.file and not entry.part.is_text else ""))
        around = around if entry.file else found[-1].name
    return tuple(found)


def attachment(raw: Octets, n: int) -> bytes:
    """The decoded bytes of `Message.attachments[n]`; raises IndexError where there is none."""
    for entry in islice(_entries(structure.read(raw, []), []), n, None):
        return bytes(entry.content)
    raise IndexError(n)


def opened(part: Part) -> Envelope | None:
    """What is in a winmail.dat, by whatever type it was sent; None for any other part."""
    return tnef.read(part.content) if is_envelope(part) else None


def is_envelope(part: Part) -> bool:
    return part.type in ENVELOPES or part.name.lower() == ENVELOPE


def _entries(root: Part, notes: list[str]) -> Iterator[_Entry]:
    left = OPENED
    for part in root.leaves:
        yield from (_Entry(part, File(_written(one.name), "", one.data)) for one in part.uuencoded)
        if part.is_text:
            continue
        yield _Entry(part)
        if not left and is_envelope(part):
            notes.append(f"más de {OPENED} {ENVELOPE}: se abrieron los primeros")
        elif envelope := opened(part):
            left -= 1
            yield from (_Entry(part, file) for file in envelope.files)
            if not envelope.whole:
                notes.append(f"{ENVELOPE}: su final no se pudo leer")


def _written(name: bytes) -> str:
    return headers.line(charset.decode(name)[0])


def _described(n: int, entry: _Entry, inside: str) -> Attachment:
    name, kind = entry.part.name, entry.part.type
    size, digest = entry.digest
    if entry.file:
        name = structure.file_name(entry.file.name)
        if name != entry.file.name.strip():
            entry.part.notes.append(structure.FOLDERS)
        kind = entry.file.type or _type(name)
    return Attachment(name or _name(n, kind), kind, size, digest, inside)


def _type(name: str) -> str:
    """By its extension, of the kinds that are known here; a file that says nothing is a row of octets."""
    extension = name.rpartition(".")[2].lower()
    return next(
        (kind for kind, known in EXTENSIONS.items() if known == extension), "application/octet-stream"
    )


def _name(n: int, kind: str) -> str:
    """A name for a part without one: the same on every reading."""
    return NAMES.get(kind) or f"adjunto-{n}.{EXTENSIONS.get(kind, 'bin')}"
