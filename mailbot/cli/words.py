"""The stable names of the database as Spanish words and sentences, for people."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

OUTCOMES = {
    "opened": "abrió un caso",
    "updated": "se unió a su caso",
    "on_closed_case": "llegó sobre un caso terminado",
    "unmatched": "nada lo reconoció: está en revisión",
    "informativo": "informativo: se archivó sin caso",
    "ignored": "no pide nada: es automático, una lista o un aviso",
    "bounce": "rebote de un correo nuestro",
    "backlog": "anterior a la primera conexión: no se atendió",
    "duplicate": "el mismo correo otra vez",
    "too_big": "demasiado grande para leer su texto: está en revisión",
    "failed": "no se pudo leer: se guardó entero y está en revisión",
}

#: what `rules test` says that would happen
WOULD = {
    "opened": "abriría un caso",
    "unmatched": "pasaría a revisión, sin caso",
    "informativo": "se archivaría, sin caso",
    "ignored": "no se haría nada: es automático, una lista o un aviso",
    "bounce": "se anotaría como rebote",
    "too_big": "pasaría a revisión: su texto no se puede leer por el tamaño",
}

#: in one or two words, for lists
SHORT = {
    "opened": "abrió caso",
    "updated": "se unió",
    "on_closed_case": "caso terminado",
    "unmatched": "en revisión",
    "informativo": "informativo",
    "ignored": "no pide nada",
    "bounce": "rebote",
    "backlog": "anterior",
    "duplicate": "repetido",
    "too_big": "muy grande",
    "failed": "no se leyó",
}

ATTENTION = {
    "cannot_answer": "no se le puede responder",
    "request_refused": "el servidor rechazó la petición de datos",
    "request_bounced": "la petición de datos rebotó",
    "request_uncertain": "no se sabe si la petición de datos salió",
    "request_not_written": "la petición de datos no se pudo escribir",
    "request_not_noted": "lo que fue de la petición de datos no se pudo anotar",
    "not_told": "nuestra última respuesta quizá no le llegó",
    "not_in_pilot": "su dirección está fuera del piloto",
    "answer_not_understood": "su respuesta la debe leer una persona",
    "still_missing": "se le pidieron los datos dos veces y todavía faltan",
    "unreadable_mail": "llegó un correo que no se pudo leer",
    "new_mail": "llegó un correo nuevo",
    "recovered": "la falla terminó: si quedó bien, cierre el caso",
    "restored": "la base de datos se restauró de una copia anterior",
}

STATUSES = {
    "queued": "en cola",
    "sending": "saliendo",
    "sent": "enviada",
    "uncertain": "no se sabe si salió",
    "refused": "rechazada por el servidor",
    "given_up": "no salió en cinco días",
    "bounced": "rebotó",
    "failed": "no se pudo escribir",
    "not_needed": "no se envió: ya no hacía falta",
}

TEMPLATES = {
    "pedir_datos": "pide los datos que faltan",
    "pedir_faltantes": "pide otra vez lo que falta",
    "recordatorio": "recuerda que faltan datos",
    "caso_abierto": "dice que el caso está abierto",
    "no_gestionado": "dice que el plazo venció",
    "caso_cerrado": "dice que hace falta una solicitud nueva",
    "cancelado": "confirma la cancelación",
    "a_la_mesa": "dice que una persona lo leerá",
    "sin_regla": "dice que nadie lo ha atendido aún",
    "muy_grande": "dice que el correo es muy grande",
    "aviso_caso": "avisa a la mesa del caso",
    "aviso_atencion": "avisa a la mesa: el caso espera a una persona",
}

SOURCES = {
    "sender": "nombre del remitente",
    "label": "línea con su etiqueta",
    "text": "texto libre",
    "remembered": "lo dio antes",
    "person": "lo escribió la mesa",
}

#: why only a trace is left of a message or a case
REMOVED = {
    "retention": "su contenido se retiró por el plazo de [retention]",
    "forgotten": "su contenido se retiró porque la persona pidió suprimir sus datos",
}

#: (check, said) → what it means; `{0}` is the detail
REASONS: Mapping[tuple[str, str], str] = {
    ("rule", "matched"): "regla que coincide: {0}",
    ("rule", "none"): "ninguna regla coincide con el asunto",
    ("rule", "nothing_matched"): "no pertenece a ningún caso ni coincide con una regla",
    ("identity", "duplicate_of"): "es el mismo correo que el mensaje {0}",
    ("start", "older_than_first_connection"): "ya estaba en el buzón antes de la primera conexión",
    ("thread", "notice"): "responde a un aviso a la mesa: trae su referencia {0}",
    ("thread", "reference"): "responde a un correo nuestro: trae su referencia {0}",
    ("thread", "follows_message"): "sigue a un mensaje del caso, y quien escribe participa en él: {0}",
    ("thread", "number"): "trae el número en el asunto, y quien escribe participa en el caso: {0}",
    ("thread", "same_subject"): "la misma persona con el mismo asunto que {0}",
    ("thread", "brings_missing_data"): "la misma persona da un dato que le falta a {0}",
    ("thread", "answers_unknown"): "responde a algo que escribió una persona de la mesa",
    ("answer_says", "cancel"): "pide cancelar",
    ("answer_says", "new"): "pide una solicitud nueva (NUEVO)",
    ("answer_says", "courtesy"): "es solo una cortesía",
    ("answer_says", "nothing_to_give"): "dice que no tiene el dato",
    ("answer_says", "empty"): "no trae texto propio",
    ("answer_says", "other"): "trae texto propio",
    ("data", "found"): "dato encontrado: {0}",
    ("data", "misfit"): "un dato no tiene la forma esperada: {0}",
    ("data", "missing"): "falta: {0}",
    ("answer", "allowed"): "admite respuesta automática; la dirección de respuesta de quien escribe es {0}",
    ("answer", "null_return_path"): "no se responde: su remitente de sobre está vacío",
    ("answer", "suppressed"): "no se responde: pide no recibir respuestas automáticas",
    ("answer", "no_single_sender"): "no se responde: no tiene un único remitente válido",
    ("answer", "own_address"): "no se responde: es una dirección nuestra, {0}",
    ("answer", "outside_ours"): "no se responde: {0} no está en [senders] ours",
    ("answer", "hourly_limit"): "no se responde: límite por hora de esa dirección, {0}",
    ("answer", "daily_limit"): "no se responde: límite por día de esa dirección, {0}",
    ("answer", "breaker"): "no se responde: límite por hora de todo el servicio, {0}",
    ("sender", "outside_ours"): "{0} no está en [senders] ours",
    ("size", "text_not_read"): "su texto no se pudo leer por el tamaño",
    ("bounce", "did_not_arrive"): "un correo nuestro no llegó: {0}",
    ("bounce", "no_failure"): "avisa de una demora o de una entrega; no cambia nada",
    ("alert", "own"): "es un aviso de este mismo servicio",
    ("machine", "opened"): "una máquina avisa una falla, y abre un caso: {0}",
    ("machine", "repeated"): "la misma falla otra vez: se suma a {0}",
    ("machine", "recovered"): "la falla terminó: se anota en {0}",
    ("machine", "recovery_without_problem"): "avisa el fin de una falla que no tiene caso abierto: {0}",
    ("machine", "may_be_a_fault"): "pero en el asunto también hay una palabra de keywords: va a revisión",
    ("machine", "fault_in_text"): "cuál es la falla lo dice el texto: {0}",
    ("machine", "fault_is_subject"): "correlate no halla cuál es la falla: el mismo asunto es la misma falla",
    ("forward", "original_sender"): "es un reenvío: quien pidió ayuda parece ser {0}",
    ("by_hand", "promoted"): "una persona pidió el caso: regla {0}",
    ("by_hand", "filed"): "una persona dijo que no pide nada: {0}",
    ("moved", "before_it_was_read"): "pertenece a un caso y se une a él, aunque se haya {0} antes de leerlo",
    ("thread", "lost_case"): "nombra un caso que se perdió al restaurar la base de datos: {0}",
    (
        "restored",
        "answered_before",
    ): "ya se había atendido antes de restaurar la base de datos: no se respondió",
    ("failed", "error"): "error al leerlo: {0}",
    ("removed", "retention"): f"{REMOVED['retention']} el {{0}}; queda su huella, para no tomarlo por nuevo",
    ("removed", "forgotten"): f"{REMOVED['forgotten']} el {{0}}; queda su huella, para no tomarlo por nuevo",
    ("failed", "not_given"): "el servidor no lo entregó: {0}",
}

BY = re.compile(r"(?:cli|folder):[^)]+")

#: what the history of a case says happened
EVENTS = {
    "registered": "registrado",
    "completed": "datos completos",
    "opened": "abierto",
    "moved": "movido",
    "data_set": "datos escritos por la mesa",
    "note": "nota",
    "related": "relacionado con",
    "attended": "atendido",
    "requester": "ahora es de",
    "forwarded": "es un reenvío: quien pidió ayuda parece ser",
    "asked": "petición de datos enviada",
    "answered": "respuesta con una parte de los datos",
    "reminded": "recordatorio",
    "expired": "plazo vencido",
    "handed_over": "pasa a una persona",
    "reopened": "reabierto",
    "cancelled": "cancelado por quien lo pidió",
    "reply_bounced": "un correo nuestro rebotó",
    "delivery_notice": "aviso de entrega o de demora",
    "mail": "correo nuevo",
    "automatic": "correo automático",
    "courtesy": "cortesía",
    "written_again": "escribió otra vez",
    "mail_on_closed": "correo sobre el caso terminado",
    "late_answer": "respuesta tardía",
    "repeated": "la misma falla otra vez",
    "recovered": "la falla terminó",
    "removed": "retirado",
}

#: reasons of events that say more than the event does; the others are left out
WHY = {
    **ATTENTION,
    **REMOVED,
    "open_at_once": "sin esperar los datos",
    "monitoreo": "por una máquina",
    "answer_was_in_time": "la respuesta había llegado a tiempo",
    "request": "la petición de datos",
    "request_again": "la segunda petición de datos",
    "reminder": "el recordatorio",
    "close": "el aviso de cierre",
    "notice": "una respuesta",
    "desk": "un aviso a la mesa",
    "delayed": "demora",
    "delivered": "entrega",
    "relayed": "entregado a otro servidor",
    "expanded": "repartido por una lista",
}
SAID_ALREADY = {"data_complete", "data_incomplete", "data_did_not_come", "request_accepted", "desistida"}

RELATIONS = {
    "related": "relacionado",
    "late_answer_of": "respuesta tardía",
    "new_after": "solicitud nueva después de un caso terminado",
    "stranger_named": "alguien ajeno al caso escribió su número",
    "duplicate_of": "duplicado",
}


def reasons(of: Iterable[Mapping[str, str]]) -> list[str]:
    """Each reason as a sentence, in order; what makes it automatic is told once."""
    told = [reason(r["check"], r["said"], r["detail"]) for r in of]
    return list(dict.fromkeys(told))


def reason(check: str, said: str, detail: str) -> str:
    """One reason as a sentence; one that has none is shown by its names."""
    if sentence := REASONS.get((check, said)):
        return sentence.format(_detail(check, detail)).rstrip(" :")
    if check == "automatic":
        return f"es automático: {detail or said}"
    if check == "answer":
        return "no se responde: es automático"
    return f"{check}: {said}" + (f" ({detail})" if detail else "")


def _detail(check: str, detail: str) -> str:
    if check == "thread":
        return detail.replace(" (third party)", ", que le reenviaron")
    if check in ("by_hand", "moved"):
        return BY.sub(lambda found: by(found[0]), detail)
    if check == "data":
        for source, word in SOURCES.items():
            detail = detail.replace(f" ({source})", f", {word}")
    return detail


def subject(of: Mapping[str, Any]) -> str:
    """Of a message or a case; of one that was removed, when."""
    if at := of.get("removed_at"):
        return f"(retirado el {at[:10]})"
    return str(of["subject"]) or "(sin asunto)"


def event(e: Mapping[str, Any]) -> str:
    """`datos completos: precaso → abierto`, and why, as far as that says more."""
    if e["kind"] == "registered":
        return f"registrado como {e['to_state']}" + (f", regla {e['reason']}" if e["reason"] else "")
    parts = [EVENTS.get(e["kind"], e["kind"].replace("_", " "))]
    if e["to_state"]:
        parts.append(f"{e['from_state']} → {e['to_state']}" if e["from_state"] else e["to_state"])
    if e["reason"] and e["reason"] not in SAID_ALREADY:
        parts.append(WHY.get(e["reason"], e["reason"]))
    return ": ".join(parts)


def by(whom: str) -> str:
    """`mailbot`, an address, the user of the machine, or the folder to which somebody moved the mail."""
    kind, _, name = whom.partition(":")
    if kind == "mail":
        return name or "remitente desconocido"
    if kind == "folder":
        return f"movido a «{name}»"
    return f"{name}, desde la línea de órdenes" if kind == "cli" else whom
