"""The variables of the templates, flat and Spanish, each with one sentence; and situations to try them on.

`docs` and the messages about broken templates are made from here. A template never sees anything else.
"""

from collections.abc import Mapping

from mailbot.mail.reply_text import MARKER

#: name → what it holds
VARIABLES: Mapping[str, str] = {
    "numero": "Número del caso: MS-000123. Vacío si el correo no abrió ninguno.",
    "asunto": "Asunto de la conversación, sin RE: ni número: para el asunto del correo.",
    "asunto_citado": "Asunto corto y sin enlaces, para citarlo. Vacío si el remitente no está verificado.",
    "saludo": "«Cordial saludo, Marta Pérez:», o «Cordial saludo:» si no se conoce un nombre confiable.",
    "nombre": "Nombre de la persona. Vacío si no se conoce uno confiable.",
    "tema": "Título de la regla: «Impresión y escáner».",
    "estado": "Estado del caso, como lo dice la mesa: precaso, abierto, no_gestionado… Vacío si no hay caso.",
    "abierto": "Sí, si el caso ya está abierto: los datos se piden mientras tanto, sin plazo.",
    "faltantes": "Lista de lo que falta. Cada uno tiene etiqueta, pista e ilegible (sí o no).",
    "datos": "Lista de lo que ya se sabe. Cada uno tiene etiqueta, valor y dudoso (sí o no).",
    "plazo": "Fin del plazo: «miércoles 7 de octubre, 9:15 a. m.». Vacío si aún no corre o no hay.",
    "horas": "Tiempo para responder: «24 horas». Vacío si no hay plazo.",
    "fecha": "Día en que se registró el caso: «martes 6 de octubre».",
    "fecha_estado": "Día desde el que el caso está en su estado, por ejemplo el de su cierre.",
    "relacionado": "Número del caso anterior, si este nace de una respuesta a uno que ya estaba cerrado.",
    "respuesta_tardia": "«nueva»: responder tarde abre otra solicitud; «avisar»: no.",
    "mesa": "Nombre del servicio, que firma: «Mesa de Servicios».",
    "direccion": "Dirección de correo de la mesa.",
    "marca": "Línea encima de la cual se responde. Lo que queda debajo de ella, citado, no se lee.",
    "solicitante": "Para la mesa: nombre y dirección de quien escribió.",
    "quien_pidio": "Para la mesa, de un correo reenviado: nombre y dirección de quien parece haber pedido ayuda.",
    "mensaje": "Para la mesa: lo que escribió la persona, sin enlaces, en varias líneas.",
    "mensaje_inicial": "Para la mesa: lo que escribió al pedir ayuda. Vacío si es lo mismo que «mensaje».",
    "registrado": "Para la mesa: día y hora en que se registró el caso.",
    "motivo": "Para la mesa: por qué el caso espera a una persona.",
    "severidad": "Para la mesa: «3 (media)».",
    "tipo": "Para la mesa: incidente o requerimiento.",
    "grupo": "Para la mesa: grupo que atiende el caso.",
    "que_pasa": "Para quien opera el servicio: qué falla o qué se resolvió, en una línea.",
    "fallas": "Lo que falla y aún no se había avisado. Cada una tiene que, desde, dicho y remedio.",
    "siguen": "Lo que ya se había avisado y sigue. Cada una tiene que y desde.",
    "resueltas": "Lo que ya está bien. Cada una tiene que, desde, hasta y duracion.",
    "pendientes": "Lo que queda por hacer después de una falla, en frases. Vacío si no queda nada.",
    "orden": "La orden que muestra cómo está el servicio: «sudo mailbot status».",
    "equipo": "La máquina y el config.toml del servicio que avisa.",
    "proximo_aviso": "La hora antes de la cual no habrá otro aviso: «las 9:15 a. m.». Vacío si puede haberlo pronto.",
}

#: what a variable is when there is nothing to say
EMPTY: Mapping[str, object] = {
    **dict.fromkeys(VARIABLES, ""),
    "abierto": False,
    "faltantes": (),
    "datos": (),
    "fallas": (),
    "siguen": (),
    "resueltas": (),
    "pendientes": (),
    "respuesta_tardia": "nueva",
    "marca": MARKER,
}

_PLACA = {
    "etiqueta": "Placa de inventario del equipo",
    "pista": "está en la etiqueta pegada al equipo",
    "ilegible": False,
}
_SEDE = {"etiqueta": "Sede, piso u oficina", "pista": "", "ilegible": False}
_NOMBRE = {"etiqueta": "Nombre completo", "valor": "Marta Pérez", "dudoso": False}
_TELEFONO = {"etiqueta": "Teléfono de contacto", "valor": "el de siempre", "dudoso": True}

_USUAL: Mapping[str, object] = {
    **EMPTY,
    "numero": "MS-000123",
    "asunto": "La impresora no imprime",
    "saludo": "Cordial saludo:",
    "tema": "Impresión y escáner",
    "estado": "precaso",
    "faltantes": (_SEDE, _PLACA),
    "horas": "24 horas",
    "fecha": "martes 6 de octubre",
    "registrado": "martes 6 de octubre, 9:15 a. m.",
    "fecha_estado": "martes 6 de octubre",
    "mesa": "Mesa de Servicios",
    "direccion": "soporte@mesa.example",
    "solicitante": "Marta Pérez <marta.perez@mesa.example>",
    "mensaje": "Buenos días.\n\nLa impresora del piso no imprime desde ayer.",
    "severidad": "4 (baja)",
    "tipo": "incidente",
    "grupo": "Mesa de servicios",
}
_NAMED = {
    "saludo": "Cordial saludo, Marta Pérez:",
    "nombre": "Marta Pérez",
    "asunto_citado": "La impresora no imprime",
}
_FALLA = {
    "que": "No se puede entrar al buzón «soporte»",
    "desde": "martes 6 de octubre, 9:15 a. m.",
    "hasta": "martes 6 de octubre, 9:41 a. m.",
    "duracion": "duró 26 minutos",
    "dicho": "Entrar como soporte@mesa.example en el servidor IMAP: NO [AUTHENTICATIONFAILED]",
    "remedio": "Revise username y password",
}
_ALERT: Mapping[str, object] = {
    **EMPTY,
    "mesa": "Mesa de Servicios",
    "que_pasa": "No se puede entrar al buzón «soporte»",
    "orden": "sudo mailbot status",
    "equipo": "correo1, con /etc/mailbot/config.toml",
}
_HOSTILE = '<script>alert("1")</script> {{ 7 * 7 }} {% raw %} & \' ñ 漢字'

#: situation → variables; every template is rendered on every one before it may serve
SITUATIONS: Mapping[str, Mapping[str, object]] = {
    "faltan dos datos": _USUAL,
    "falta un dato, con nombre": {**_USUAL, **_NAMED, "faltantes": (_PLACA,)},
    "respuesta incompleta": {
        **_USUAL,
        **_NAMED,
        "faltantes": ({**_PLACA, "ilegible": True},),
        "datos": (_NOMBRE, _TELEFONO),
        "plazo": "miércoles 7 de octubre, 9:15 a. m.",
    },
    "abierto mientras llegan los datos": {**_USUAL, "estado": "abierto", "abierto": True, "horas": ""},
    "abierto, sin datos que mostrar": {**_USUAL, "estado": "abierto", "abierto": True, "faltantes": ()},
    "abierto, completo": {
        **_USUAL,
        **_NAMED,
        "estado": "abierto",
        "abierto": True,
        "faltantes": (),
        "datos": (_NOMBRE, _TELEFONO),
    },
    "nace de una respuesta tardía": {**_USUAL, **_NAMED, "relacionado": "MS-000045"},
    "no gestionado": {**_USUAL, "estado": "no_gestionado", "plazo": "miércoles 7 de octubre, 9:15 a. m."},
    "no gestionado, solo avisar": {**_USUAL, "estado": "no_gestionado", "respuesta_tardia": "avisar"},
    "cerrado": {**_USUAL, **_NAMED, "estado": "cerrado", "faltantes": (), "horas": ""},
    "anulado": {**_USUAL, "estado": "anulado", "horas": ""},
    "espera a una persona": {
        **_USUAL,
        "motivo": "Los datos se pidieron dos veces y todavía faltan.",
        "mensaje": "No sé cuál es.",
        "mensaje_inicial": "Buenos días.\n\nLa impresora del piso no imprime desde ayer.",
    },
    "reenviado": {**_USUAL, "quien_pidio": "Ana Ruiz <ana.ruiz@mesa.example>"},
    "sin caso": {
        **EMPTY,
        "asunto": "(sin asunto)",
        "saludo": "Cordial saludo:",
        "mesa": "Mesa de Servicios",
        "direccion": "soporte@mesa.example",
    },
    "algo falla": {**_ALERT, "fallas": (_FALLA,)},
    "algo más falla": {
        **_ALERT,
        "fallas": ({**_FALLA, "dicho": "", "remedio": ""},),
        "siguen": (_FALLA,),
        "resueltas": (_FALLA,),
        "proximo_aviso": "las 9:35 a. m.",
    },
    "ya está bien": {**_ALERT, "resueltas": (_FALLA,)},
    "ya está bien, y queda algo": {**_ALERT, "resueltas": (_FALLA,), "pendientes": ("2 correos fallaron",)},
    "texto hostil": {
        **{name: _HOSTILE for name, value in _USUAL.items() if isinstance(value, str)},
        "marca": MARKER,
        **{name: (dict.fromkeys(_FALLA, _HOSTILE),) for name in ("fallas", "siguen", "resueltas")},
        "pendientes": (_HOSTILE,),
        "abierto": False,
        "faltantes": ({"etiqueta": _HOSTILE, "pista": _HOSTILE, "ilegible": True},),
        "datos": ({"etiqueta": _HOSTILE, "valor": _HOSTILE, "dudoso": True},),
    },
}
