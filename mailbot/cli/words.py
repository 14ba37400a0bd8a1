"""The stable names of the database as Spanish sentences, for people."""

from collections.abc import Mapping

OUTCOMES = {
    "opened": "abrió un caso",
    "updated": "se unió a su caso",
    "on_closed_case": "llegó sobre un caso terminado",
    "unmatched": "ninguna regla lo reconoció; está en revisión",
    "informativo": "informativo: se archivó sin caso",
    "ignored": "no pide nada: automático, lista o aviso",
    "bounce": "rebote de un correo nuestro",
    "backlog": "anterior a la primera conexión",
    "duplicate": "el mismo correo otra vez",
    "too_big": "demasiado grande para leer su texto",
    "failed": "no se pudo leer; se guardó entero",
}

ATTENTION = {
    "cannot_answer": "no se le puede responder",
    "request_refused": "el servidor rechazó la petición de datos",
    "request_bounced": "la petición de datos rebotó",
    "request_uncertain": "no se sabe si la petición de datos salió",
    "request_not_written": "la petición de datos no se pudo escribir",
    "not_in_pilot": "su dirección está fuera del piloto",
    "answer_not_understood": "su respuesta la debe leer una persona",
    "still_missing": "se le pidieron los datos dos veces y todavía faltan",
    "unreadable_mail": "llegó un correo que no se pudo leer",
    "new_mail": "llegó un correo nuevo",
}

#: (check, said) → what it means; `{0}` is the detail
REASONS: Mapping[tuple[str, str], str] = {
    ("rule", "matched"): "regla que coincide — {0}",
    ("rule", "none"): "ninguna regla coincide con el asunto",
    ("rule", "nothing_matched"): "no pertenece a ningún caso ni coincide con una regla",
    ("identity", "duplicate_of"): "es el mismo correo que el mensaje {0}",
    ("start", "older_than_first_connection"): "ya estaba en el buzón antes de la primera conexión",
    ("thread", "reference"): "responde a un correo nuestro: trae su referencia {0}",
    ("thread", "follows_message"): "sigue a un mensaje del caso, y quien escribe participa en él ({0})",
    ("thread", "number"): "trae el número en el asunto, y quien escribe participa en el caso ({0})",
    ("thread", "same_subject"): "la misma persona con el mismo asunto que {0}",
    ("thread", "brings_missing_data"): "la misma persona da un dato que le falta a {0}",
    ("thread", "answers_unknown"): "responde a algo que escribió una persona de la mesa",
    ("answer_says", "cancel"): "pide cancelar",
    ("answer_says", "new"): "pide una solicitud nueva (NUEVO)",
    ("answer_says", "courtesy"): "es solo una cortesía",
    ("answer_says", "nothing_to_give"): "dice que no tiene el dato",
    ("answer_says", "empty"): "no trae texto propio",
    ("answer_says", "other"): "trae texto propio",
    ("data", "found"): "dato encontrado — {0}",
    ("data", "misfit"): "un dato no tiene la forma esperada — {0}",
    ("data", "missing"): "falta — {0}",
    ("answer", "allowed"): "se le puede responder, a {0}",
    ("answer", "null_return_path"): "no se responde: su remitente de sobre está vacío",
    ("answer", "suppressed"): "no se responde: pide no recibir respuestas automáticas",
    ("answer", "no_single_sender"): "no se responde: no tiene un único remitente válido",
    ("answer", "own_address"): "no se responde: es una dirección nuestra ({0})",
    ("answer", "outside_ours"): "no se responde: {0} no está en [senders] ours",
    ("answer", "hourly_limit"): "no se responde: límite por hora de esa dirección ({0})",
    ("answer", "daily_limit"): "no se responde: límite por día de esa dirección ({0})",
    ("answer", "breaker"): "no se responde: límite por hora de todo el servicio ({0})",
    ("sender", "outside_ours"): "{0} no está en [senders] ours",
    ("size", "text_not_read"): "su texto no se pudo leer por el tamaño",
    ("bounce", "did_not_arrive"): "un correo nuestro no llegó: {0}",
    ("bounce", "no_failure"): "avisa de una demora o de una entrega; no cambia nada",
    ("machine", "opened"): "correo de una máquina que abre un caso ({0})",
    ("machine", "repeated"): "la misma falla otra vez: se suma a {0}",
    ("machine", "recovered"): "la falla terminó: se anota en {0}",
    ("machine", "recovery_without_problem"): "avisa el fin de una falla que no tiene caso",
    ("by_hand", "promoted"): "una persona eligió la regla {0}",
    ("failed", "error"): "error al leerlo: {0}",
}


def reason(check: str, said: str, detail: str) -> str:
    """One reason as a sentence; one that has none is shown by its names."""
    if sentence := REASONS.get((check, said)):
        return sentence.format(detail or "—")
    if check == "automatic":
        return f"es automático: {detail or said}"
    if check == "answer":
        return f"no se responde: es automático ({detail or said})"
    return f"{check}: {said}" + (f" ({detail})" if detail else "")


def reasons(of: list[dict[str, str]]) -> list[str]:
    return [reason(r["check"], r["said"], r["detail"]) for r in of]
