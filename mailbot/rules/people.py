"""A person's name in the display name of From, where it surely is one."""

import re

from mailbot.rules.fold import fold, words

#: A word of a display name that speaks of an office, a service or a machine.
NOT_A_PERSON = frozenset(
    words(
        """administracion administrador admin alcaldia alerta alertas almacen area asistencia atencion ayuda buzon
    calidad cartera centro ciudadano comunicaciones contabilidad contacto contratacion coordinacion correo
    correspondencia cuenta departamento desk despacho direccion equipo escaner financiera gerencia gestion grupo
    help helpdesk humano humanos impresora info informacion informatica infraestructura it juridica ministerio
    noreply notificaciones notificacion oficina planeacion presupuesto radicacion recepcion recursos reply
    scanner secretaria secretario seguridad servicio servicios sistema sistemas soporte subdireccion talento team
    tecnica tecnico tecnologia tecnologias tesoreria ti tics unidad universidad usuario usuarios ventanilla web
    sas ltda server servidor zabbix nagios monitor monitoreo backup mailer daemon postmaster copiadora"""
    )
)
#: Of an office only where it comes first: Ana Mesa is a person, Mesa Central is none.
ALSO_NAMES = frozenset(words("mesa sala"))
#: What is said of a person instead of their name.
DESCRIBES = frozenset(
    words(
        """nuevo nueva contratista funcionario funcionaria usuario usuaria persona servidor servidora publico publica
        pasante practicante colaborador colaboradora companero companera jefe jefa ingeniero ingeniera doctor doctora
        profesional coordinador coordinadora director directora asesor asesora auxiliar tecnico tecnica contrato
        carrera administrativa administrativo planta provisional externo externa interno interna si no este esta
        mismo misma todos varios"""
    )
)
#: Two persons.
TWO = re.compile(r"\b\w+\s+\w+\s+(?:y|e)\s+\w+\s+\w+", re.IGNORECASE)
PARTICLES = frozenset(words("de del la las los y e da do dos van von san santa"))
#: Letters, with an apostrophe, a hyphen or the point of an initial.
NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")


def of_office(name: str) -> bool:
    """«Oficina Jurídica»: it begins with a word that no person's name begins with."""
    return not NOT_A_PERSON.isdisjoint(words(fold(name))[:1])


def is_described(text: str) -> bool:
    """«la contratista nueva», «contrato 123», «Ana Ruiz y Luis Gil»: no name of one person."""
    said = set(words(fold(text)))
    figures = any(sign.isdigit() for sign in text)
    return figures or said <= DESCRIBES | PARTICLES or TWO.search(text) is not None


def person_name(display_name: str) -> str:
    """`Pérez, Ana (OTI)` → `Ana Pérez`; "" for what may be anything but a person with two names at least."""
    name = re.sub(r"\([^()]*\)", " ", display_name).strip(" '\"\t")
    if name.count(",") == 1:
        last, first = name.split(",")
        name = f"{first} {last}"
    parts = name.split()
    long = [part for part in parts if len(words(part)) and len(part.rstrip(".")) > 1]
    plausible = 2 <= len(parts) <= 7 and all(NAME_WORD.fullmatch(part) for part in parts)
    folded = set(words(fold(name)))
    office = folded & NOT_A_PERSON or set(words(fold(name))[:1]) & ALSO_NAMES
    if not plausible or office or sum(fold(part) not in PARTICLES for part in long) < 2:
        return ""
    return " ".join(parts)
