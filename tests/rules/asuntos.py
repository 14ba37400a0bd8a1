"""A desk's year of subjects, made from templates: 460 mails of 46 persons, each with what it really is about.

Nothing here was taken from the word lists of `mailbot/rules/suggest/words.py`, which were once mended by what was
wrongly suggested from these subjects. The same on every run.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

#: about nothing that a desk could do; and what is sent around
NOTHING, NEWS = "nada", "noticias"

NAMES = """Ana Ruiz|Luis Gil|Marta Peña|Jorge Niño|Sofía Lamus|Pedro Cuéllar|Inés Mora|Raúl Tovar|
Elsa Bonilla|
Tomás Arango|Lina Chaparro|Iván Pulido|Nora Bedoya|Hugo Salcedo|Clara Useche|Darío Monroy|Rita Cepeda|
Saúl Barrios|
Olga Pinzón|Fabio Rengifo|Gina Caicedo|Abel Murcia|Berta Solano|Ciro Pardo|Delia Roa|Efraín Vega|Flor Nieto|
Guido Lara|Hilda Beltrán|Ismael Cano|Judith Páez|Kevin Ávila|Lucía Rey|Mario Sáenz|Nubia Forero|Óscar Daza|
Pilar Amaya|Quintín Melo|Rocío Franco|Samuel Ariza|Tania Cruz|Ulises Vela|Vera Luna|Walter Prada|
Ximena Hoyos|
Yesid Galvis"""

PEOPLE = [name.strip() for name in NAMES.replace("\n", "").split("|")]

#: {…} is replaced by one of WORDS
WORDS = {
    "hola": ("", "", "", "Buenos días, ", "Urgente: ", "URGENTE ", "Solicito ayuda, ", "Buen día - "),
    "donde": ("", "", " piso 3", " de la oficina jurídica", " sede norte", " en Pasto", " del segundo piso"),
    "cuando": ("", "", " desde ayer", " desde el lunes", " hoy 12/03/2026", " esta mañana", " hace dos días"),
    "quien": (
        "Ana Ruiz",
        "Juan Pérez",
        "Carlos Gómez",
        "Lina Chaparro",
        "el contratista nuevo",
        "María López",
    ),
    "mes": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    "n": ("12", "45", "103", "2026", "0078", "3"),
}

#: by the matter, with how many mails
MATTERS: dict[str, tuple[int, str]] = {
    "impresion": (
        34,
        """{hola}la impresora{donde} no imprime{cuando}|Impresora{donde} atascada|
        {hola}no puedo imprimir{cuando}|
        IMPRESORA NO IMPRIME|error de impresión{donde}|{hola}atasco de papel en la impresora{donde}|
        instalar impresora en mi equipo|configurar impresora{donde}|{hola}el escáner no envía al correo|
        No funciona el escaner{donde}|escáner dañado{donde}|impresoras{donde} sin conexión|
        la fotocopiadora{donde} se traba""",
    ),
    "conectividad": (
        30,
        """{hola}sin internet{donde}|{hola}no hay internet{cuando}|Internet intermitente{donde}|
        falla del wifi{donde}|
        {hola}no me conecta la VPN|configurar vpn para {quien}|error en la VPN{cuando}|VPN no conecta|
        {hola}la red está muy lenta{donde}|WiFi caído{donde}|acceso a la carpeta compartida de {quien}|
        no abre la carpeta compartida{donde}""",
    ),
    "acceso": (
        40,
        """{hola}olvidé mi contraseña|cambio de contraseña{cuando}|CONTRASEÑA VENCIDA|
        restablecer contrasena de {quien}|
        {hola}usuario bloqueado|se me bloqueó la cuenta|desbloqueo de usuario de {quien}|
        clave del correo vencida|
        {hola}no recuerdo la clave|cambio de clave|contraseña del portal|resetear clave de {quien}""",
    ),
    "usuarios": (
        26,
        """crear usuario para {quien}|Creación de usuario {quien}|creación de correo institucional {quien}|
        {hola}nuevo contratista: {quien}|retiro de usuario {quien}|permiso sobre carpeta de {mes}|
        inactivar usuario {quien}""",
    ),
    "software": (
        24,
        """instalar Adobe Reader|{hola}instalación de AutoCAD|solicitud de licencia de Office|
        Licencia de Project vencida|
        instalar Power BI en el equipo de {quien}|{hola}necesito instalar el antivirus|
        actualizar office{donde}""",
    ),
    "equipo": (
        34,
        """{hola}el computador no enciende{cuando}|computador lento{donde}|pantalla azul{cuando}|
        portátil dañado|
        {hola}no prende el portatil|el teclado no funciona|mouse dañado{donde}|monitor parpadea|
        se apaga el equipo solo|
        revisión de equipo{donde}|sin audio en el computador""",
    ),
    "aplicativos": (
        34,
        """Orfeo no abre{cuando}|{hola}error en Orfeo al radicar|No carga Orfeo|orfeo se cierra solo|
        error 500 en SIIF|
        {hola}no abre el SIIF{cuando}|Kactus no genera el desprendible|falla en la plataforma SECOP|
        La intranet no carga{cuando}|
        error en el módulo de nómina del aplicativo|pagina web caída{cuando}""",
    ),
    "correo": (
        22,
        """{hola}Outlook no abre|no me llegan correos{cuando}|Teams sin sonido|buzón lleno|
        OneDrive no sincroniza|
        problema con el correo{cuando}|error en el correo de {quien}|no puedo entrar a Teams""",
    ),
    "telefonia": (
        14,
        """teléfono sin tono{donde}|mi extensión no timbra|{hola}teléfono IP dañado{donde}|
        no entran llamadas{donde}""",
    ),
    "proyeccion": (
        20,
        """préstamo de videobeam para {mes}|{hola}el videobeam no prende|
        solicito video beam para el auditorio|
        Préstamo videobeam|videobeam dañado{donde}|reserva de videobeam""",
    ),
    "carne": (
        16,
        """el biométrico no me lee la huella|{hola}registro de huella de {quien}|
        biométrico{donde} no funciona|
        no registra la huella{cuando}|Biometrico sin servicio""",
    ),
    "tablero": (
        14,
        """el tablero de indicadores no actualiza|error en el tablero de indicadores|
        {hola}tablero de control no muestra datos de {mes}|
        acceso al tablero de indicadores|permisos para el tablero de indicadores""",
    ),
    NOTHING: (
        96,
        """Reunión de seguimiento {mes}|Acta del comité {n}|Informe mensual de {mes}|
        Almuerzo de integración|
        Asistencia al comité del jueves|Documentos para firma|Cuenta de cobro {mes} {quien}|
        Vacaciones {quien}|
        Envío informe de supervisión {mes}|Observaciones al contrato {n}|proyecto de resolución {n}|
        Cotización papelería|
        Planilla de seguridad social {mes}|incapacidad {quien}|Comisión de servicios {quien}|Viáticos {mes}|
        respuesta derecho de petición {n}|citación audiencia|Cambio de horario {mes}|
        Cambio de supervisor contrato {n}|
        Listado de asistencia {mes}|certificado laboral {quien}|
        solicitud certificado de ingresos y retenciones|
        propuesta económica|Factura {n}|acuerdos de gestión {mes}|Confirmo asistencia|
        novedades de nómina {mes}""",
    ),
    NEWS: (
        56,
        """Boletín institucional No. {n}|Circular {n} de 2026|Comunicado: horario de {mes}|
        Invitación: charla de bienestar|
        Invitación lanzamiento tablero de indicadores|Convocatoria brigada de emergencia|
        Encuesta de clima laboral|
        Ventana de mantenimiento {mes}|Recordatorio reunión de área|
        Felicitaciones a los cumpleañeros de {mes}""",
    ),
}


class Asunto(NamedTuple):
    subject: str
    sender: str
    name: str
    matter: str


def asuntos(seed: int = 7) -> list[Asunto]:
    dice = random.Random(seed)  # noqa: S311 - the same on every run
    return [*_all(dice)]


def from_keywords(rules: Iterable[tuple[str, Sequence[str]]], seed: int = 7) -> list[Asunto]:
    """Another year: each keyword of these rules in one to six mails, among the same mail about nothing."""
    dice = random.Random(seed)  # noqa: S311 - the same on every run
    mail = []
    for rule, keywords in rules:
        for keyword in keywords:
            for _ in range(dice.choice((1, 1, 2, 3, 4, 6))):
                name = dice.choice(PEOPLE)
                template = dice.choice(("{hola}K{donde}{cuando}", "K de {quien}", "{hola}K", "K{cuando}"))
                subject = _filled(template.replace("K", keyword.rstrip("*")), dice)
                mail.append(Asunto(subject, _address(name), name, rule))
    return mail + [a for a in asuntos(seed) if a.matter in (NOTHING, NEWS)]


def _all(dice: random.Random) -> Iterator[Asunto]:
    for matter, (mails, text) in MATTERS.items():
        templates = [" ".join(t.split()) for t in text.split("|")]
        for _ in range(mails):
            # news come from few addresses, everything else from everybody
            name = dice.choice(PEOPLE[:4] if matter == NEWS else PEOPLE)
            subject = _filled(dice.choice(templates), dice)
            yield Asunto(subject, _address(name), name, matter)


def _filled(template: str, dice: random.Random) -> str:
    """As it is typed: at times in capitals, without accents, or without a capital."""
    for key, choices in WORDS.items():
        template = template.replace("{" + key + "}", dice.choice(choices))
    match dice.randrange(8):
        case 0:
            return template.upper()
        case 1:
            return template.translate(str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU"))
        case 2 | 3:
            return template
        case _:
            return template[:1].upper() + template[1:]


def _address(name: str) -> str:
    return name.lower().replace(" ", ".") + "@mesa.example"
