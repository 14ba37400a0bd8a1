"""The parts that are not the message's text: named as their sender named them, else by kind and place."""

from collections.abc import Iterator
from hashlib import sha256

from mailbot.mail import structure
from mailbot.mail.message import Attachment
from mailbot.mail.structure import Part

#: kinds that look empty to who cannot open them: kept, and named so that people know them (hazard 46)
NAMES = {
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-encrypted": "version.asc",
    "application/pgp-signature": "firma.asc",
    "application/pgp-keys": "claves.asc",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
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


def of(root: Part) -> tuple[Attachment, ...]:
    """Every leaf that is not text, in the order sent. The alternative that was not read is none."""
    return tuple(_described(n, part) for n, part in enumerate(_parts(root), start=1))


def attachment(raw: bytes, n: int) -> bytes:
    """The decoded bytes of `Message.attachments[n]`; raises IndexError where there is none."""
    return list(_parts(structure.read(raw, [])))[n].content


def _parts(root: Part) -> Iterator[Part]:
    return (leaf for leaf in root.leaves if not leaf.is_text)


def _described(n: int, part: Part) -> Attachment:
    content = part.content
    return Attachment(part.name or _name(n, part.type), part.type, len(content), sha256(content).hexdigest())


def _name(n: int, kind: str) -> str:
    """A name for a part without one: the same on every reading."""
    return NAMES.get(kind) or f"adjunto-{n}.{EXTENSIONS.get(kind, 'bin')}"
