"""Whether what a pattern matches is only a piece of a number, or the number of something else."""

import re

from mailbot.rules.fold import fold, words

#: «93 402 70 00»: figures before a number in groups, which make it a piece of a longer one; a card has more.
LONGER = re.compile(r"(?<!\d)\d{2,3}[ .-]$")
GROUPED = re.compile(r"\d{1,4}[ .-]\d")
MORE = re.compile(r"[ .-]?\d")
#: «+52 55 5555 0247 ext. 405»: the extension of a number that the pattern does not know.
NUMBER_BEFORE = re.compile(r"\d(?:[ .()-]{0,3}\d){5,}[\s().,;/-]{0,4}$")
EXTENSION = re.compile(r"(?:ext|anexo|int)", re.IGNORECASE)
#: «FE-3001234567»
CODE = re.compile(r"([^\W_]+)[-_]$")
#: «CC 3001234567»
OTHER = re.compile(
    r"\b(c\W{0,2}c|c\W{0,2}e|t\.\W?i|n\.?i\.?t|rut|dni|nie|nif|cedula|ciudadania|extranjeria|documento|identidad"
    r"|identificacion|pasaporte|radicad[oa]|radicacion|expediente|factura|poliza|cuenta|consecutivo|oficio|contrato"
    r"|serial|ticket|caso|s\W?n|id|ip|codigo|cod|placa|inventario|pedido|orden|guia|resolucion|registro|referencia|ref"
    r"|matricula|turno|tiquete|acta|convenio|proceso|tramite|solicitud|remision)\W{0,4}(?:(?:n|no|nro|num|numero)\b\W{0,4})?(?:es\b\W{0,2})?(?:(?:el|la)\b\W{0,2})?$"
)
NEAR = 60

Span = tuple[int, int]


def is_piece(text: str, span: Span, spans: list[Span]) -> bool:
    """Figures of the same number stand before or after it that no match of `spans` takes."""
    start = span[0]
    before = text[max(0, start - NEAR) : start]
    if EXTENSION.match(text, start):
        number = NUMBER_BEFORE.search(before)
        begun = bool(number and not any(start - len(before) + number.start() < b <= start for _, b in spans))
    else:
        begun = before[-1:].isdigit() or bool(GROUPED.match(text, start) and LONGER.search(before))
    return begun or _goes_on(text, span, spans)


def _goes_on(text: str, span: Span, spans: list[Span]) -> bool:
    """«300 123 4567 8»; what follows a date is an hour."""
    start, end = span
    more = MORE.match(text, end) if text[end - 1 : end].isdigit() and "/" not in text[start:end] else None
    return bool(more and not any(end <= a < more.end() for a, _ in spans))


def of_something_else(text: str, start: int, label_words: set[str]) -> bool:
    """Right before the figures stands what they number, and it is no word of the field's own labels.

    So it is where they are the end of a code.
    """
    if text[start : start + 1].isalpha():
        return False
    before = fold(text[max(0, start - NEAR) : start])
    named = OTHER.search(before) or CODE.search(before)
    return bool(named and not label_words.issuperset(words(named[1])))
