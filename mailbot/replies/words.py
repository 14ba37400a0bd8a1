"""Spanish words for values: dates, durations, severities, and why a case waits for a person.

Own tables, since the words must not depend on the locale of the machine.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.desk.case import Attention
from mailbot.desk.settings import ALWAYS
from mailbot.rules.settings import SEVERITIES

DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
UNITS = (
    ("día", "días", 86_400),
    ("hora", "horas", 3_600),
    ("minuto", "minutos", 60),
    ("segundo", "segundos", 1),
)

#: Why the desk is told (`Attention`): what happened, and what a person can do now.
ATTENTION = {
    Attention.CANNOT_ANSWER: "No se le puede responder automáticamente a esta persona. "
    "Comuníquese con ella por otro medio.",
    Attention.REQUEST_REFUSED: "El servidor no aceptó nuestro correo con la petición de datos. "
    "Revise la dirección y pida los datos por otro medio.",
    Attention.REQUEST_BOUNCED: "La petición de datos fue devuelta: no llegó a esta persona. "
    "Pida los datos por otro medio.",
    Attention.REQUEST_UNCERTAIN: "No se sabe si la petición de datos salió: la conexión se cortó al final. "
    "Confirme con la persona por otro medio.",
    Attention.REQUEST_NOT_WRITTEN: "No se pudo escribir el correo con la petición de datos. "
    "Pida los datos por otro medio.",
    Attention.REQUEST_NOT_NOTED: "Lo que fue de la petición de datos no se pudo anotar: el plazo no corre. "
    "Confirme con la persona por otro medio.",
    Attention.NOT_TOLD: "Nuestra última respuesta quizá no le llegó a esta persona. "
    "Dele su número de caso por otro medio.",
    Attention.NOT_IN_PILOT: "Esta dirección no está en el piloto de respuestas: no se le envió nada.",
    Attention.ANSWER_NOT_UNDERSTOOD: "La persona respondió, pero no se pudieron leer los datos. "
    "Léala y complete el caso.",
    Attention.STILL_MISSING: "Los datos se pidieron dos veces y todavía faltan. Pídalos por otro medio.",
    Attention.UNREADABLE_MAIL: "Llegó un correo que no se pudo leer y que puede ser la respuesta. Revíselo.",
    Attention.NEW_MAIL: "La persona escribió de nuevo sobre este caso.",
    Attention.RECOVERED: "El sistema que vigila avisó que la falla terminó. Si quedó bien, cierre el caso.",
    Attention.RESTORED: "La base de datos se restauró de una copia, y de lo que pasó después solo queda el "
    "correo. Léalo, y confirme con la persona en qué quedó.",
}


def day(instant: datetime, timezone: str, now: datetime) -> str:
    """«miércoles 7 de octubre», with the year where it is not that of `now`."""
    local = instant.astimezone(ZoneInfo(timezone))
    year = "" if local.year == now.astimezone(ZoneInfo(timezone)).year else f" de {local.year}"
    return f"{DAYS[local.weekday()]} {local.day} de {MONTHS[local.month - 1]}{year}"


def moment(instant: datetime, timezone: str, now: datetime) -> str:
    """«miércoles 7 de octubre, 9:15 a. m.» in the desk's timezone; minutes are cut, never rounded up."""
    local = instant.astimezone(ZoneInfo(timezone))
    half = "a. m." if local.hour < 12 else "p. m."
    return f"{day(instant, timezone, now)}, {local.hour % 12 or 12}:{local.minute:02} {half}"


def duration(length: timedelta, calendar: str = ALWAYS) -> str:
    """«24 horas», «2 días», «1 hora y 30 minutos»; of a calendar: «16 horas hábiles», never days.

    A day is said only from two on, since «24 horas» is what the procedure says (A22).
    """
    left, working = int(length.total_seconds()), calendar != ALWAYS
    whole_days = left % 86_400 == 0 and left >= 2 * 86_400 and not working
    said = []
    for one, many, seconds in UNITS if whole_days else UNITS[1:]:
        count, left = divmod(left, seconds)
        if count:
            adjective = "" if not working else " hábil" if count == 1 else " hábiles"
            said.append(f"{count} {one if count == 1 else many}{adjective}")
    return " y ".join(said[:2]) or "unos segundos"


def severity(number: int) -> str:
    """«3 (media)»: the number is never shown without its word (B11)."""
    return f"{number} ({SEVERITIES[number]})"
