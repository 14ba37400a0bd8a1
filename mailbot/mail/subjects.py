"""What a subject says of its mail: out-of-office and undeliverable, forwarded; in Spanish, Portuguese, English.

A person writes "No funciona la respuesta automática de Outlook": the words count only where robots put them, at
the subject's beginning with nothing but the subject they answer behind them.
"""

import re

from mailbot.mail.plain import plain

#: What programs put before the subject of an answer and of a forward, in plain letters (lesson 16); and behind
#: it «[2]», «(2)», «2» or «^2», and a colon, which may be a wide one.
ANSWERS, FORWARDS = r"(?:re|res|resp|rsp|rta|rif|aw|antw|sv|vs)", r"(?:rv|fwd?|enc|wg|tr|reenv(?:iado)?)"
SIGN = r"(?: ?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^?\d{1,3}))?\.? ?[:\uff1a]"
PREFIX = rf"(?:{ANSWERS}|{FORWARDS}){SIGN}"
TAG = r"\[[^\]]{1,30}\]"

#: "[EXTERNO] RE: ". Forwards are no answers: who forwards an out-of-office notice is a person.
PREFIXES = re.compile(rf"(?:(?:{TAG}|{ANSWERS}{SIGN}) ?)*+")
ANSWER = re.compile(rf"(?:{TAG} ?)*+{ANSWERS}{SIGN}")
#: outermost: "RE: RV: …" answers a forward
FORWARD = re.compile(rf"(?:{TAG} ?)*+{FORWARDS}{SIGN}")
ANY_PREFIXES = re.compile(rf"(?:(?:{TAG}|[a-z]{{1,5}}(?:[\[(]\d{{1,3}}[\])])? ?:) ?)*+")
BEFORE_A_SUBJECT = r"(?: ?[:\[(]| re:| rv:| fwd?:)"
AT_THE_END = r"(?: ?$)"

AUTOMATIC = (
    r"(?:respuesta|contestacion|resposta|aviso|mensaje|mensagem) automatic[oa]"
    r"(?: de (?:fuera de (?:la )?oficina|ausencia))?"
    r"|auto(?:matic)?[- ]?(?:reply|response|responder|respuesta)"
)
AWAY = (
    r"out of (?:the )?office(?: -.{0,80}| auto(?:matic)?[- ]?reply| (?:reply|notification|message))?"
    r"|(?:(?:estoy|estare|me encuentro) )?(?:fuera de (?:la )?oficina|ausente de la oficina)"
    r"|(?:estoy|estare|me encuentro) (?:ausente|(?:de|en) vacaciones|de licencia|incapacitad[oa])"
    r"|(?:i am|i'm) (?:currently )?(?:out of (?:the )?office|on (?:vacation|leave|holiday)|away)"
    r"|fora d[oe] escritorio|estou (?:fora do escritorio|ausente|de ferias)|ausencia (?:temporal|temporaria)"
    r"|vacation (?:reply|message|response)"
)
#: words of people too: "Vacaciones: permisos para quien me reemplaza"
MAYBE = (
    r"(?:(?:de|en) )?vacaciones|ausente|ausencia(?: d[eo]l? (?:escritorio|la oficina))?|ferias|away|on vacation"
    r"|vacation|ooo|incapacitad[oa]|incapacidad|(?:estou )?de licen[cç]i?a|licencia de [mp]aternidad|en comision"
)
#: receipts of programs that know no RFC 8098
RECEIPT = r"(?:no )?leido|lida|(?:not )?read|eliminado sin leer|(?:acuse|confirmacion) de (?:lectura|recibo|entrega)"
SINCE = r" (?:hasta|desde|del|until|ate|a partir) .{1,100}"

SAYS_AWAY = re.compile(
    rf"(?:{AUTOMATIC}){BEFORE_A_SUBJECT}|(?:{AWAY})(?:{BEFORE_A_SUBJECT}|{AT_THE_END})"
    # "AUTO: Ana Pérez está fuera de la oficina (regresa el 10/02/2025)", as Notes writes it
    r"|auto ?: .{1,100}(?:out of the office|fuera de la oficina|fora do escritorio|ausente)"
)
MAY_SAY_AWAY = re.compile(
    rf"(?:{AUTOMATIC}|{MAYBE}|{RECEIPT})(?:{BEFORE_A_SUBJECT}| - |{AT_THE_END})|(?:{AWAY}|{MAYBE}){SINCE}"
)
#: a subject answered, or the number of a case
ANSWERED = re.compile(r"\b(?:re|rv|fwd?) ?:|\[[a-z]{1,8}-\d{3,}\]")

UNDELIVERED = re.compile(
    r"undeliver|undelivered|returned mail|delivery (?:status notification|failure|has failed|incomplete)"
    r"|failure notice|mail delivery (?:failed|failure|system)|no (?:se )?(?:puede|pudo|ha podido) entregar"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregado|correo devuelto|mensaje devuelto"
    r"|nao (?:foi possivel entregar|entregue)"
)
DELAYED = re.compile(
    r"delayed|delivery delayed|delivery status notification \(delay|warning|entrega (?:retrasada|demorada)"
)


def says_away(subject: str, *, answers: bool) -> bool:
    """An out-of-office notice or an automatic acknowledgement; `answers`: it follows another message."""
    folded = plain(subject)
    written = folded[PREFIXES.match(folded).end() :]  # type: ignore[union-attr]
    if SAYS_AWAY.match(written):
        return True
    # behind "RE:" such a word is of the subject answered: "RE: Vacaciones [MS-000123]"
    outermost = not ANSWER.match(folded)
    return outermost and (answers or bool(ANSWERED.search(folded))) and bool(MAY_SAY_AWAY.match(written))


def says_undelivered(subject: str) -> bool:
    """A failed delivery. People write such subjects too, so it is only asked of mail without a sender."""
    return bool(UNDELIVERED.search(plain(subject)))


def says_delayed(subject: str) -> bool:
    """A warning: the delivery is still being tried (hazard 11)."""
    return bool(DELAYED.match(plain(subject)))


def says_answered(subject: str) -> bool:
    """It begins as the subject of an answer does: "RE: …"."""
    return bool(ANSWER.match(plain(subject)))


def says_forwarded(subject: str) -> bool:
    """The last thing that was done with it is a forward: "RV: RE: …", not "RE: RV: …"."""
    return bool(FORWARD.match(plain(subject)))


def without_prefixes(subject: str) -> str:
    """The subject in plain letters without what programs put before it."""
    return ANY_PREFIXES.sub("", plain(subject), count=1)
