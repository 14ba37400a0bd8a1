"""Whether some words tell a place: a kind of place and which one, and nothing that makes it one among others."""

import re

from mailbot.rules.bare import SENTENCE
from mailbot.rules.courtesy import COURTESIES, FILLERS
from mailbot.rules.fold import fold, words
from mailbot.rules.wanted import Wanted

PLACES = frozenset(
    words("sede oficina piso ciudad lugar ubicacion edificio planta despacho torre bloque bodega sotano")
)
#: What makes a place one among others, or of another time.
STORY = SENTENCE | frozenset(
    words(
        """hoy manana ayer hasta desde solo lunes martes miercoles jueves viernes sabado domingo semana mes dias
        horas hora am pm casa teletrabajo comision vacaciones reunion momento ahora mientras quien otra otro otras
        otros misma mismo nuestra nuestro mi su trabaja atiende todos todas varias varios sin cerrada cerrado
        ubicada ubicado queda quedan cualquier alguna alguien tambien antes despues ni son era un una impresora
        equipo computador portatil pantalla internet red wifi error falla problema siempre frente lado enfrente cerca
        cambio traslado venir ir vivo virtual mojado actual desconocida desconocido adjunta adjunto creo preguntar
        senores senor senora doctor doctora estimados estimado apreciados respetados atn mesa servicios o y es"""
    )
)
#: Of a name before the kind of place; and words that lead from a story to it.
MOST_BEFORE = 3
LEADING = frozenset(words("de del la el los las a al en por para con mi"))
HOURS = re.compile(r"\d ?(?:am|pm|a\.? ?m|p\.? ?m)\b|\d a (?:las )?\d|\d:\d")
#: Words; of them so many may be in small letters and unknown here: more tell a story.
MOST_WORDS, MOST_UNKNOWN = 8, 2
KNOWN = (
    PLACES
    | FILLERS
    | frozenset(words("primer primero segundo tercer tercero cuarto quinto sexto norte sur centro y e"))
)


def is_place(wanted: Wanted) -> bool:
    """The field asks where somebody is."""
    return any(PLACES & set(label) for label in wanted.labels)


def tells(wanted: Wanted, text: str) -> bool:
    """«sede Norte, piso 4» does; «la oficina», «la sede Norte hoy» and «la oficina de 8 a 5» do not."""
    said = words(fold(text))
    if wanted.after_label(text, "") is None or len(said) > MOST_WORDS or HOURS.search(fold(text)):
        return False
    which = set(said) - PLACES - FILLERS - COURTESIES - {"principal", "central"}
    unknown = [word for word in words(text) if word.islower() and fold(word) not in KNOWN]
    known_kind = not PLACES.isdisjoint(said) and STORY.isdisjoint(said)
    return known_kind and bool(which) and len(unknown) <= MOST_UNKNOWN


def begins(text: str) -> bool:
    """With the kind of place or with its name: «Sede Norte», «Neiva, piso 2»; not «venir a la oficina»."""
    said = words(fold(text))
    before = next((n for n, word in enumerate(said) if word in PLACES), len(said))
    return not before or (before <= MOST_BEFORE and said[before - 1] not in LEADING and "en" not in said)
