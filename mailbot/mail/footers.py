"""What stands below and around a person's words: lines of mail programs, disclaimers, signatures."""

import re
from collections.abc import Sequence

from mailbot.mail.quoting import Line

#: a line that a telephone, a webmail or a mail gateway adds
ADDED = re.compile(
    r"(?:enviado|enviada|mandado|sent) (?:desde|from|do|de) (?:(?:mi|meu|my|el|un) )?\S+(?: \S+){0,6}"
    r"|(?:enviado|sent) (?:con|with|via) (?:el )?(?:correo|outlook|gmail|yahoo|proton|spark)\b.{0,80}"
    r"|(?:obtener|obtenga|obten|descargar?|obter|get) (?:o )?(?:outlook|bluemail|yahoo mail|gmail|spark|mymail)"
    r" (?:para|for) .{1,80}"
    r"|(?:libre de virus|livre de virus|virus-free)\b.{0,80}"
    # an advertisement's address, and where it leads within the mail: Avast in Gmail
    r"|<https?://www\.(?:avast|avg)\.com/\S{0,500}>|<#[0-9a-f-]{8,60}>"
    r"|\[(?:image|imagen|imagem|cid|logo)\b[^\]]{0,200}\]"
    r"|(?:no suele recibir correos? electronicos? de|you don't often get email from) .*"
    r"|\W{0,6}(?:caution|precaucion|atencion|advertencia|externo|external)\b.{0,80}(?:originated (?:from )?outside"
    r"|fuera de (?:la|su|nuestra) (?:organizacion|entidad)|remitente externo|external sender).*"
)
#: "Antes de imprimir este correo, piense en el medio ambiente"; "antes de imprimir sale un error" is a fault
GREEN = re.compile(
    r"\W{0,6}(?:(?:por favor,? )?(?:piense|considere)|antes de imprimir|no imprima|please consider|before)\b"
)
GREEN_TOO = re.compile(r"ambient|environment|planeta|planet\b|arbol|naturaleza|ecolog")
#: a disclaimer by its heading
HEADED = re.compile(
    r"\W{0,6}(?:(?:aviso|nota|clausula|advertencia|declaracion)(?: legal)?(?: de)?(?: la)? confidencial(?:idad)?"
    r"|aviso legal|aviso de privacidad|confidencialidad|confidentiality(?: notice)?|disclaimer)(?: ?[:.*-].*)?"
)
#: a disclaimer by how it begins and by two of its words: "Este correo trae adjuntos raros" has none of them
STARTS = re.compile(
    r"\W{0,6}(?:(?:este|el presente|esta|this) (?:mensaje|correo|e-?mail|mensagem|message|communication)"
    r"|la informacion (?:contenida|aqui|transmitida|de este)|el contenido de este|si (?:usted )?no es (?:usted )?el"
    r"|si (?:usted )?(?:ha recibido|recibio|recibe) este|if you (?:are not|have received)|the information)\b"
)
LEGAL = re.compile(
    r"confiden[ct]ial|privilegi|destinatari|intended|exclusiv|reservad|prohibi|divulg|disclos|distribu"
    r"|por error|in error"
)
#: RFC 3676 §4.3
SEPARATOR = re.compile(r"-{2,3}|—")
#: without "Cordial saludo" and "Gracias", which open and fill mails too
SIGN_OFF = re.compile(
    r"(?:(?:muy )?(?:cordialmente|atentamente)|att?e?|saludos(?: cordiales)?|atenciosamente|respetuosamente"
    r"|(?:(?:best|kind) )?regards|sincerely)\W{0,3}"
)
SIGNATURE_LINES = 15
#: a labelled value, or a number as long as a telephone's
DATUM = re.compile(r"\W{0,4}[a-z][\w .,/()-]{0,50}: ?[^\s/].*")
DIGIT = re.compile(r"\d")
TELEPHONE = 7
PARAGRAPH = 8


def without_footers(lines: Sequence[Line]) -> list[Line]:
    """The lines above any disclaimer, without those that programs add."""
    kept: list[Line] = []
    green = False
    for n, line in enumerate(lines):
        if not line.plain:
            green = False
            kept.append(line)
            continue
        if _disclaims(lines, n):
            break
        green = green or _is_green(lines, n)
        if not green and not _is_added(line):
            kept.append(line)
    return kept


def without_signature(lines: Sequence[Line]) -> list[Line]:
    """The lines without a signature at their end; those of it that may hold data stay, below its first line."""
    at = signature_at(lines)
    if at is None:
        return list(lines)
    data = [line for line in lines[at + 1 :] if _may_be_datum(line)]
    return [*lines[:at], *([lines[at]] if data else []), *data]


def signature_at(lines: Sequence[Line]) -> int | None:
    """The line that begins a signature: two dashes, or "Atentamente," near the end."""
    for n, line in enumerate(lines):
        if n and SEPARATOR.fullmatch(line.plain):
            return n
    last = len(lines) - 1
    for n in range(last, max(0, last - SIGNATURE_LINES), -1):
        if SIGN_OFF.fullmatch(lines[n].plain):
            return n
    return None


def _may_be_datum(line: Line) -> bool:
    return bool(DATUM.fullmatch(line.plain)) or len(DIGIT.findall(line.plain)) >= TELEPHONE


def _is_added(line: Line) -> bool:
    # «[cid:image001.png@01DB5555.12345670]» and an address hold no telephone
    no_words = line.plain.startswith(("[", "<"))
    return bool(ADDED.fullmatch(line.plain)) and (no_words or len(DIGIT.findall(line.plain)) < TELEPHONE)


def _is_green(lines: Sequence[Line], n: int) -> bool:
    return bool(GREEN.match(lines[n].plain) and GREEN_TOO.search(_paragraph(lines, n)))


def _disclaims(lines: Sequence[Line], n: int) -> bool:
    if HEADED.fullmatch(lines[n].plain):
        return True
    if not STARTS.match(lines[n].plain):
        return False
    return len(set(LEGAL.findall(_paragraph(lines, n)))) > 1


def _paragraph(lines: Sequence[Line], n: int) -> str:
    """The lines from the n-th to the next empty one, few enough for a pattern."""
    words: list[str] = []
    for line in lines[n : n + PARAGRAPH]:
        if not line.plain:
            break
        words.append(line.plain)
    return " ".join(words)
