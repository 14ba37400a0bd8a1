"""What an answer says besides data, told from its sender's own words only."""

import re
from collections.abc import Sequence

from mailbot.mail.message import Attachment, Message
from mailbot.rules.courtesy import courteous
from mailbot.rules.fold import fold, words
from mailbot.rules.found import Answer
from mailbot.rules.quoted_form import filled
from mailbot.rules.settings import Field
from mailbot.rules.wanted import Wanted

CANCEL = re.compile(
    r"(?:por favor )?(?:cancelar|cancele|cancelen|cancela)"
    r"(?: (?:la |el |mi |esta |este |su )?(?:solicitud|caso|peticion|requerimiento|ticket))?"
    r"(?: [a-z]{1,10} \d{1,12})?(?: por favor| gracias| muchas gracias)*"
)
#: After the word CANCELAR these tell that it may not have been meant.
SECOND_THOUGHTS = frozenset(words("no pero mejor aun todavia sigue sigo necesito si"))
NOTHING = re.compile(
    r"\b(?:no (?:(?:la|lo|los|las|le|me|se) )*(?:encuentro|encontre|encontramos|conozco|recuerdo|sabria|aparece)"
    r"|no (?:(?:la|lo|los|las) )(?:tengo|tenemos|tiene|veo|se)"
    r"|no se\b(?: (?:cual|cuales|donde|que|como)\b|$)|no aplica|desconozco"
    r"|no (?:tengo|tenemos|tiene|cuento con|veo)(?: (?:el|la|los|las|ese|esa|esos|esas|eso|mas|otro|otra|ningun|"
    r"ninguna|placa|datos?|informacion|celular|telefono|extension|usuario|serial|numero|cedula|inventario|"
    r"etiqueta)\b|$))"
)
#: "ya se los envío": the answer is still to come.
PROMISE = re.compile(
    r"\b(?:ya|ahora|enseguida|luego|manana|un momento|mas tarde|mas tardecito|ahorita)(?: mismo)?"
    r"(?: (?:se|te|le|les|lo|la|los|las))* (?:envio|enviare|envian|mando|mandare|paso|pasare|comparto|busco|"
    r"averiguo|consulto|confirmo|reviso)\b"
)
#: Of a file that comes with it: what is still missing may stand there.
ATTACHED = re.compile(r"\b(?:adjunt|anex)(?:o|a|os|as|amos|e|ado|ada)\b")
#: "¿cómo están?" asks for nothing.
POLITE_QUESTION = re.compile(
    r"(?:c[oó]mo|qu[eé] tal) (?:est[aá]n?|les? va|va|amaneci[oó])[^?¿.]{0,30}\?", re.IGNORECASE
)
GIST = 15
SIGNATURE_LINES, SIGNATURE_WORDS = 5, 6
#: Signs that thank or agree without a word, as reactions do.
NODS = frozenset("👍👌🙏🙌👏😊🙂😀😃❤💚💙✅✔🤝")
#: A logo in a signature is smaller than a photo, in octets.
LOGO = 50_000
NO_FILE = ("application/pgp-signature", "application/pkcs7-signature", "text/vcard", "text/calendar")


def read(message: Message, asked: Sequence[Field] = ()) -> Answer:
    """What the answer means; data are found elsewhere, and may stand beside it.

    A courtesy that brings a file is OTHER: the file may be the answer. So is one above our form, filled in for
    what was `asked`.
    """
    lines = [line for line in message.reply_text.splitlines() if words(fold(line))]
    if not lines:
        return _wordless(message)
    said = [" ".join(words(fold(line))) for line in lines]
    if said[0] in ("nuevo", "nueva"):
        return Answer.NEW
    if _cancels(said):
        return Answer.CANCEL
    names = frozenset(words(fold(message.from_.name))) if message.from_ else frozenset()
    short = sum(len(line.split()) for line in said) <= GIST
    if short and "?" not in message.reply_text and _thanks(lines, names):
        return Answer.OTHER if _brings_file(message) or _fills_in(message, asked) else Answer.COURTESY
    if short and any(NOTHING.search(line) for line in said):
        return Answer.NOTHING_TO_GIVE
    if short and _promises(message, said):
        return Answer.COURTESY
    return Answer.OTHER


def needs_a_person(message: Message) -> bool:
    """Beside what it may give, it says that something is not to be had, or attached, or asks something.

    A form is no reply to that.
    """
    lines = [" ".join(words(fold(line))) for line in message.reply_text.splitlines()]
    attached = _brings_file(message) and any(ATTACHED.search(line) for line in lines)
    asks = "?" in POLITE_QUESTION.sub("", message.reply_text)
    return attached or asks or any(NOTHING.search(line) for line in lines)


def _promises(message: Message, said: list[str]) -> bool:
    """The data will come; they are not here."""
    brings = _brings_file(message) or re.search(r"[\d:?]", message.reply_text)
    return not brings and any(PROMISE.search(line) for line in said)


def _wordless(message: Message) -> Answer:
    if NODS & set(message.reply_text) and not _brings_file(message):
        return Answer.COURTESY
    return Answer.EMPTY


def _cancels(said: list[str]) -> bool:
    """The first line that is no greeting asks for it, and nothing but thanks or a signature follows."""
    while len(said) > 1 and courteous(said[0]):
        said = said[1:]
    after = [line for line in said[1:] if not courteous(line)]
    signature = len(after) <= SIGNATURE_LINES and all(
        len(line.split()) <= SIGNATURE_WORDS and SECOND_THOUGHTS.isdisjoint(line.split()) for line in after
    )
    return CANCEL.fullmatch(said[0]) is not None and signature


def _thanks(lines: list[str], names: frozenset[str]) -> bool:
    """Every line is courtesy; at least one is more than the sender's name."""
    return all(courteous(line, names) for line in lines) and any(courteous(line) for line in lines)


def _fills_in(message: Message, asked: Sequence[Field]) -> bool:
    return bool(asked and filled(message.text, [Wanted(field) for field in asked]))


def _brings_file(message: Message) -> bool:
    return any(_is_file(attachment) for attachment in message.attachments)


def _is_file(attachment: Attachment) -> bool:
    logo = attachment.type.startswith("image/") and attachment.size < LOGO
    return not logo and attachment.type not in NO_FILE
