"""Words that carry no datum: greetings, thanks, and the ways to say that one has nothing to give."""

import re

from mailbot.rules.fold import fold, words

#: One of these makes a line a courtesy…
COURTESIES = frozenset(
    words(
        """ok okay oki vale listo lista gracias agradezco agradecemos agradecido agradecida recibido recibida perfecto
    entendido enterado enterada anotado acuerdo quedo quedamos espero esperamos hola buenos buenas buen saludo
    saludos cordialmente atentamente excelente genial bendiciones dale claro igualmente"""
    )
)
#: …together with nothing but these.
FILLERS = frozenset(
    words(
        """a al ante con cordial cordiales de del dia dias el en esta este estimada estimado estimados feliz gusto la
    las le les lo los me mi muchas muchisimas mil muy noche noches para pendiente pendientes por pronta pronto que
    se sera si su sus super tarde tardes todo toda todos tu tus un una y ya amable amables apoyo atencion atenta
    atentas atento atentos ayuda ayudarme bien colaboracion comentario comentarios doctor doctora favor gestion
    informacion ingeniera ingeniero mensaje respuesta respuestas senor senora senores usted ustedes valiosa
    confirmacion solucion tengan tenga excelente"""
    )
)

#: What is left of a text that gives nothing: "no tengo", "no aplica", "N/A", "ninguna", "lo desconozco".
DECLINED = re.compile(
    r"\W*(?:no (?:(?:la|lo|los|las|le|me|se|les) )*"
    r"(?:tengo|tiene|tenemos|se|sabria|aplica|encuentro|encontre|recuerdo|conozco|cuento|veo|hay|existe|aparece)\b.*"
    r"|n ?/ ?a(?:\W.*)?|na|ningun[oa]?|(?:la |lo )?desconozco.*|sin (?:placa|dato|datos|informacion))\W*",
    re.DOTALL,
)

#: Written where a datum belongs, and none: it will come, or stands elsewhere.
PUT_OFF = re.compile(
    r"\W*(?:pendientes?\b.*|(?:aun |todavia )?(?:por|sin) (?:confirmar|definir|asignar|establecer)\b.*|en tramite\b.*"
    r"|(?:es |en )?(?:el|la|lo|los|las)? ?(?:mism[oa]s?|de siempre|de antes|anterior(?:es)?|igual|arriba|abajo)\b.*"
    r"|ya (?:se )?(?:la|lo|las|los|le|les)? ?(?:tienen|envie|mande|di|habia|conocen|saben|dije|indique|escribi)\b.*"
    r"|(?:el|la) que .*|x{2,}"
    r"|(?:ver|vease|(?:va |esta )?en (?:el |la |mi )?(?:firma|adjunt[oa]s?)|adjunt[oa]s?)\b.*)\W*",
    re.DOTALL,
)


def courteous(line: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a line holds courtesy and nothing else; `names` are folded words, such as the sender's own name."""
    said = set(words(fold(line)))
    return bool(said) and bool(said & COURTESIES or said <= names) and said <= COURTESIES | FILLERS | names


def declined(text: str) -> bool:
    """Whether what was written where a datum belongs says that there is none."""
    return len(words(text)) <= 12 and DECLINED.fullmatch(fold(text)) is not None


def put_off(text: str) -> bool:
    """Whether what was written where a datum belongs only says that it will come, or stands elsewhere."""
    return PUT_OFF.fullmatch(fold(text)) is not None
