"""What a person wrote now, as the mail programs of our users send it (A18, A20; hazards 23, 44; lesson 30)."""

import time
from textwrap import dedent

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.html import to_text
from mailbot.mail.reply_text import MARKER, reply_text

#: our reply as it stands quoted in an answer
OURS = f"""{MARKER}

Cordial saludo:

Recibimos su correo y lo registramos con el número MS-000123.
Para poder ayudarle, responda este mensaje con:

Teléfono de contacto:
Sede, piso u oficina:

Mesa de Servicios"""
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))


def mail(text: str) -> str:
    return dedent(text).strip("\n").replace("@OURS@", OURS).replace("@QUOTED@", QUOTED)


# Each answers "Teléfono: 300 123 4567" (and "Sede: Calle 26") to our request, and nothing else is theirs.
ANSWERS = {
    "Gmail": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        El lun, 3 feb 2025 a las 9:00, Mesa de Servicios (<soporte@mesa.example>)
        escribió:

        @QUOTED@
        """,
    "Gmail in Latin America: a la(s)": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        El lun, 3 de feb. de 2025 a la(s) 9:00 a.m., Mesa de Servicios (
        soporte@mesa.example) escribió:

        > Cordial saludo:
        > Teléfono de contacto:
        """,
    "Gmail, its line wrapped over four": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        El lun, 3 feb 2025 a las 9:00,
        Mesa de Servicios de la Oficina de Tecnologías de la Información
        (<soporte@mesa.example>)
        escribió:

        > Cordial saludo:
        """,
    "Gmail on Android": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        El lun., 3 de feb. de 2025 9:00 a. m., Mesa <soporte@mesa.example> escribió:

        > Cordial saludo:
        """,
    "Gmail in English": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        On Mon, Feb 3, 2025 at 9:00 AM Mesa de Servicios <soporte@mesa.example> wrote:

        > Cordial saludo:
        """,
    "Gmail in Portuguese": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Em seg., 3 de fev. de 2025 às 09:00, Mesa <soporte@mesa.example> escreveu:

        > Cordial saludo:
        """,
    "a language we do not know, over a marked quote": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Am Mo., 3. Feb. 2025 um 09:00 Uhr schrieb Mesa <soporte@mesa.example>:

        > Cordial saludo:
        """,
    "old Gmail: a date without a verb": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        2015-02-03 9:00 GMT-05:00 Mesa de Servicios <soporte@mesa.example>:

        > Cordial saludo:
        """,
    "Outlook 2016": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios <soporte@mesa.example>
        Enviado el: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana.perez@entidad.example>
        CC: Luis Gómez <luis.gomez@entidad.example>
        Asunto: RE: No imprime [MS-000123]

        @OURS@
        """,
    "Outlook within one organisation: no address": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios
        Enviado el: lunes, 3 de febrero de 2025 9:00
        Para: Ana Pérez
        Asunto: RE: No imprime [MS-000123]

        Cordial saludo:
        Teléfono de contacto: 601 742 7777
        """,
    "Outlook on the web, with its ruler": """
        Teléfono: 300 123 4567
        Sede: Calle 26
        ________________________________
        De: Mesa de Servicios <soporte@mesa.example>
        Enviado: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana.perez@entidad.example>
        Asunto: RE: No imprime [MS-000123]

        @OURS@
        """,
    "Outlook for iOS": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Obtener Outlook para iOS<https://aka.ms/o0ukef>
        ________________________________
        De: Mesa de Servicios <soporte@mesa.example>
        Enviado: Monday, February 3, 2025 9:00:00 AM
        Para: Ana Pérez <ana.perez@entidad.example>
        Asunto: RE: No imprime [MS-000123]

        Cordial saludo:
        """,
    "Outlook for Android, bold labels": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Enviado desde Outlook para Android<https://aka.ms/AAb9ysg>

        *De:* Mesa de Servicios <soporte@mesa.example>
        *Enviado:* lunes, 3 de febrero de 2025 9:00
        *Para:* Ana Pérez <ana.perez@entidad.example>
        *Asunto:* RE: No imprime [MS-000123]

        Cordial saludo:
        """,
    "Outlook in English": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        From: Mesa de Servicios <soporte@mesa.example>
        Sent: Monday, February 3, 2025 9:00 AM
        To: Ana Pérez <ana.perez@entidad.example>
        Subject: RE: No imprime [MS-000123]

        Cordial saludo:
        """,
    "Outlook in Portuguese": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios <soporte@mesa.example>
        Enviada em: segunda-feira, 3 de fevereiro de 2025 09:00
        Para: Ana Pérez <ana.perez@entidad.example>
        Assunto: RE: No imprime [MS-000123]

        Cordial saludo:
        """,
    "Outlook for Mac": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios <soporte@mesa.example>
        Fecha: lunes, 3 de febrero de 2025, 9:00 a. m.
        Para: Ana Pérez <ana.perez@entidad.example>
        Asunto: Re: No imprime [MS-000123]
        Cordial saludo:
        """,
    "Outlook, many recipients over many lines": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios <soporte@mesa.example>
        Enviado el: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana@entidad.example>; Luis Gómez <luis@entidad.example>;
        Marta Ruiz <marta@entidad.example>; José Díaz <jose@entidad.example>;
        Eva Mora <eva@entidad.example>
        Asunto: RE: No imprime

        Cordial saludo:
        """,
    "old Outlook": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        -----Mensaje original-----
        De: Mesa de Servicios [mailto:soporte@mesa.example]
        Enviado el: lunes, 03 de febrero de 2025 9:00
        Para: Ana Pérez
        Asunto: RE: No imprime

        Cordial saludo:
        """,
    "Samsung": """
        Teléfono: 300 123 4567
        Sede: Calle 26


        Enviado desde mi Galaxy


        -------- Mensaje original --------
        De: Mesa de Servicios <soporte@mesa.example>
        Fecha: 3/2/25 9:00 a. m. (GMT-05:00)
        A: Ana Pérez <ana.perez@entidad.example>
        Asunto: Re: No imprime [MS-000123]

        Cordial saludo:
        """,
    "English Android": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Sent from my T-Mobile 4G LTE Device

        -------- Original message --------
        From: Mesa de Servicios <soporte@mesa.example>

        Cordial saludo:
        """,
    "iPhone": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Enviado desde mi iPhone

        > El 3/02/2025, a la(s) 9:00 a. m., Mesa de Servicios <soporte@mesa.example> escribió:
        >
        > Cordial saludo:
        """,
    "Apple Mail": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        > El 3 feb 2025, a las 9:00, Mesa de Servicios <soporte@mesa.example> escribió:
        > 
        > Cordial saludo:
        """,  # noqa: W291
    "Thunderbird": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        @QUOTED@
        """,
    "Yahoo: quoted without marks": """
        Teléfono: 300 123 4567
        Sede: Calle 26

            El lunes, 3 de febrero de 2025, 09:00:00 a. m. COT, Mesa <soporte@mesa.example> escribió:

         Cordial saludo:
         Teléfono de contacto: 601 742 7777
        """,
    "Zimbra": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: "Mesa de Servicios" <soporte@mesa.example>
        Para: "Ana Pérez" <ana.perez@entidad.example>
        Enviados: Lunes, 3 de Febrero 2025 9:00:00
        Asunto: Re: No imprime

        Cordial saludo:
        """,
    "Hotmail: From is not the first": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Date: Mon, 3 Feb 2025 09:00:00 -0500
        Subject: Re: No imprime
        From: soporte@mesa.example
        To: ana.perez@entidad.example

        Cordial saludo:
        """,
    "a webmail's header without a time": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De: Mesa de Servicios <soporte@mesa.example>
        Fecha: 3 de febrero de 2025
        Para: Ana Pérez

        Cordial saludo:
        """,
    "Outlook's header as a table, values under their labels": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De:
        Mesa de Servicios
        Enviado el:
        lunes, 3 de febrero de 2025 9:00
        Para:
        Ana Pérez

        Cordial saludo:
        """,
    "Zoho": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        ---- El lun, 03 feb 2025 09:00:00 -0500, Mesa <soporte@mesa.example> escribió ----

        Cordial saludo:
        """,
    "Lotus Notes, as a memo": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        De:\tMesa de Servicios/OTI/ENTIDAD
        Para:\tAna Perez/GH/ENTIDAD@ENTIDAD
        Fecha:\t03/02/2025 09:00 a.m.
        Asunto:\tRe: No imprime

        Cordial saludo:
        """,
    "Lotus Notes, as a sentence": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Mesa de Servicios escribió el 03/02/2025 09:00:00 a.m.:

        Cordial saludo:
        """,
    "an address before the verb": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        <soporte@mesa.example> escribió:
        Cordial saludo:
        """,
    "our marker, quoted": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        @QUOTED@
        """,
    "our marker, unquoted, without any header": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        @OURS@
        """,
    "our marker, wrapped": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        > > -- Escriba su respuesta encima de
        > > esta línea --
        Teléfono de contacto: 601 742 7777
        """,
    "our marker, between other dashes, without accents": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        ***** – Escriba su respuesta encima de esta linea – *****
        Teléfono de contacto: 601 742 7777
        """,
    "typed below the quote": """
        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        @QUOTED@

        Teléfono: 300 123 4567
        Sede: Calle 26
        """,
    "typed below a quote without marker": """
        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Cordial saludo:
        > Nos faltan datos.
        Teléfono: 300 123 4567
        Sede: Calle 26
        """,
    "a phone's tail above the quote, the answer below": """
        Enviado desde mi iPhone

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        @QUOTED@

        Teléfono: 300 123 4567
        Sede: Calle 26
        """,
    "a disclaimer between answer and quote": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        AVISO DE CONFIDENCIALIDAD: Este correo electrónico contiene información de la
        Entidad. Si no es el destinatario, bórrelo. PBX: 601 742 7777

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        @QUOTED@
        """,
    "a sign-off without data": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        Cordialmente,

        Ana Pérez
        Profesional universitaria

        De: Mesa de Servicios <soporte@mesa.example>
        Enviado el: lunes, 3 de febrero de 2025 9:00 a. m.
        Asunto: RE: No imprime

        Cordial saludo:
        """,
    "a sign-off in bold": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        *Cordialmente,*
        *Ana Pérez*

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Cordial saludo:
        """,
    "our marker wrapped out of its quote": """
        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > -- Escriba su respuesta encima de
        esta línea --
        > Teléfono de contacto:

        Teléfono: 300 123 4567
        Sede: Calle 26
        """,
    "a signature after two dashes": """
        Teléfono: 300 123 4567
        Sede: Calle 26

        -- 
        Ana Pérez
        Profesional universitaria

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Cordial saludo:
        """,  # noqa: W291
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_told_from_what_it_quotes(text: str) -> None:
    assert reply_text(mail(text)) == "Teléfono: 300 123 4567\nSede: Calle 26"


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_windows_line_ends_make_no_difference(text: str) -> None:
    assert reply_text(mail(text).replace("\n", "\r\n")) == "Teléfono: 300 123 4567\nSede: Calle 26"


CASES = {
    "answered point by point": (
        """
        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Teléfono de contacto:
        300 123 4567
        > Sede, piso u oficina:
        Calle 26, piso 3
        """,
        "300 123 4567\nCalle 26, piso 3",
    ),
    # It cannot be told from a quote of what somebody else had filled in.
    "typed into the quoted lines": (
        """
        Listo

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Teléfono de contacto: 300 123 4567
        """,
        "Listo",
    ),
    "typed into our text where quotes have no marks": (
        """
        De: Mesa de Servicios <soporte@mesa.example>
        Enviado: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana.perez@entidad.example>
        Asunto: RE: No imprime

        -- Escriba su respuesta encima de esta línea --
        Teléfono de contacto: 300 123 4567
        """,
        "",
    ),
    "nothing but a quote": ("El 03/02/2025 a las 9:00, Mesa escribió:\n@QUOTED@", ""),
    "data under a sign-off stay": (
        """
        La sede es Calle 26.

        Atentamente,
        Ana Pérez
        Teléfono: 300 123 4567
        Cel. 311 765 4321
        Profesional universitaria

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Cordial saludo:
        """,
        "La sede es Calle 26.\n\nAtentamente,\nTeléfono: 300 123 4567\nCel. 311 765 4321",
    ),
    "a greeting is no sign-off": (
        """
        Buenos días.
        Cordial saludo,

        La sede es Calle 26
        piso 3

        El 03/02/2025 a las 9:00, Mesa de Servicios escribió:
        > Cordial saludo:
        """,
        "Buenos días.\nCordial saludo,\n\nLa sede es Calle 26\npiso 3",
    ),
    "a field named Fecha right above Outlook's header": (
        """
        Fecha: 3/12/2025
        De: Mesa de Servicios <soporte@mesa.example>
        Enviado: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana.perez@entidad.example>
        Asunto: RE: No imprime

        Cordial saludo:
        """,
        "Fecha: 3/12/2025",
    ),
    "an answer to an answer: only the first is new": (
        """
        Sí, sigue fallando.

        El mar, 4 feb 2025 a las 8:00, Mesa (<soporte@mesa.example>) escribió:

        > ¿Sigue fallando?
        >
        > El lun, 3 feb 2025 a las 9:00, Luis (<luis@x.example>) escribió:
        >
        >> Teléfono: 311 765 4321
        """,
        "Sí, sigue fallando.",
    ),
    # Forwards: of a third person's data nothing is the sender's (lesson 29).
    "Gmail's forward with a word above": (
        """
        Por favor ayuden a Luis.

        ---------- Forwarded message ---------
        De: Luis Gómez <luis@x.example>
        Date: lun, 3 feb 2025 a las 9:00
        Subject: No imprime
        To: <ana@x.example>

        Teléfono: 311 765 4321
        """,
        "Por favor ayuden a Luis.",
    ),
    "Gmail's forward without a word": ("---------- Mensaje reenviado ---------\nTeléfono: 311 765 4321", ""),
    "Outlook's forward": (
        """
        Reenvío lo de Luis.

        De: Luis Gómez <luis@x.example>
        Enviado el: lunes, 3 de febrero de 2025 9:00 a. m.
        Para: Ana Pérez <ana@x.example>
        Asunto: No imprime

        Teléfono: 311 765 4321
        """,
        "Reenvío lo de Luis.",
    ),
    "Apple's forward": (
        """
        Va lo de Luis

        Inicio del mensaje reenviado:

        De: Luis Gómez <luis@x.example>
        Asunto: No imprime
        Fecha: 3 de febrero de 2025, 9:00:00 a. m. COT
        Para: Ana Pérez <ana@x.example>

        Teléfono: 311 765 4321
        """,
        "Va lo de Luis",
    ),
    "Thunderbird's forward": (
        "Va\n\n-------- Mensaje reenviado --------\nAsunto: \tNo imprime\nTel: 311",
        "Va",
    ),
    "Lotus' forward": (
        "Va\n----- Reenviado por Ana Perez/GH con fecha 03/02/2025 09:00 -----\nTel: 311",
        "Va",
    ),
    # Footers
    "an English disclaimer": (
        """
        Sede: Calle 26

        This message and any attachments are intended only for the addressee and may be
        confidential or privileged. Phone: 601 742 7777
        """,
        "Sede: Calle 26",
    ),
    "Este mensaje y sus anexos": (
        """
        Sede: Calle 26

        Este mensaje y sus anexos pueden contener información confidencial y están
        dirigidos exclusivamente a su destinatario.
        Línea nacional: 01 8000 123 456
        """,
        "Sede: Calle 26",
    ),
    "the environment": (
        """
        Sede: Calle 26

        Antes de imprimir este correo, piense bien si es necesario: el cuidado
        del medio ambiente es cosa de todos.

        Teléfono: 300 123 4567
        """,
        "Sede: Calle 26\n\nTeléfono: 300 123 4567",
    ),
    "an antivirus and an image": (
        "Sede: Calle 26\n\n[image: image.png]\nLibre de virus.www.avast.com",
        "Sede: Calle 26",
    ),
    "an antivirus with its addresses, in Gmail": (
        """
        Sede: Calle 26

        <https://www.avast.com/sig-email?utm_medium=email&utm_source=link&utm_term=webmail>
        Libre de virus.www.avast.com
        <#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>
        """,
        "Sede: Calle 26",
    ),
    "a gateway's warning": (
        "PRECAUCIÓN: Este correo proviene de fuera de la organización. No abra enlaces.\n\nSede: Calle 26",
        "Sede: Calle 26",
    ),
}


@pytest.mark.parametrize(("text", "words"), CASES.values(), ids=CASES)
def test_what_counts_as_written_now(text: str, words: str) -> None:
    assert reply_text(mail(text)) == words


# Fresh mails of which every line is the writer's.
WHOLE = {
    "the signature of a fresh mail may hold name and telephone": """
        Buenos días, no imprime.

        Cordialmente,

        Ana Pérez
        Profesional universitaria
        Teléfono: 601 742 7777 ext. 123
        -- 
        Oficina 302
        """,  # noqa: W291
    "Para: in prose": """
        Necesito un permiso.
        Para: el proyecto de 2025
        De: enero a marzo
        """,
    # Common in public offices, and no message quoted.
    "an office memo": """
        PARA: Oficina de Tecnologías
        DE: Ana Pérez, Gestión Humana
        ASUNTO: Solicitud de permisos
        FECHA: 3 de febrero de 2025

        Solicito acceso al aplicativo.
        """,
    "a form whose fields are called like headers": """
        De: Sede Norte
        Fecha: 3/02/2025
        Para: Sede Centro
        Asunto: traslado de equipo
        """,
    "what somebody said is told": """
        El lunes 3 de febrero a las 9:00 mi jefe me escribió:
        que no podía entrar.
        """,
    "the same, wrapped": """
        El usuario de la sede norte no pudo
        entrar y después escribió:
        no puedo entrar
        """,
    "a word of disclaimers": """
        Este mensaje es confidencial: olvidé mi contraseña.
        """,
    "El … escribió: without time or address": """
        El usuario escribió:
        no puedo entrar
        """,
    "printing trouble is no footer": """
        Antes de imprimir sale el mensaje de error 5.
        Teléfono: 300 123 4567
        """,
    "a suspicious mail is reported": """
        Este correo trae adjuntos y me da error al abrirlo. ¿Es confiable?
        Este mensaje llegó ayer.
        """,
    "a request to get a program": """
        Descargar Office para Windows en el equipo de Luis
        Obtener acceso para mi compañera
        """,
    "outside the office": """
        Atención: desde fuera de la oficina no conecta la VPN.
        """,
    "rulers of one's own": """
        Primer equipo
        -----------
        Placa: 12345
        ______________________
        """,
    "a sent tail that holds a telephone": """
        Hola
        Enviado desde mi celular 300 123 4567
        """,
    "original message in prose": """
        Adjunto el mensaje original
        Original message: error 5
        """,
    "a Windows prompt": """
        C:\\> ping 10.0.0.1
        """,
    "our marker's first word": """
        Escriba su respuesta, dice la pantalla.
        """,
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_no_line_of_a_fresh_mail_is_lost(text: str) -> None:
    assert reply_text(mail(text)) == mail(text).replace("-- \n", "--\n")


HTML = {
    "Gmail": (
        '<div dir="ltr">Teléfono: 300 123<div>Sede: 26</div></div><br><div class="gmail_quote"><div dir="ltr" '
        'class="gmail_attr">El lun, 3 feb 2025 a las 9:00, Mesa (&lt;<a href="mailto:s@x.example">s@x.example</a>'
        '&gt;) escribió:<br></div><blockquote class="gmail_quote"><div>Teléfono: 601</div></blockquote></div>'
    ),
    "Outlook": (
        "<p class=MsoNormal>Teléfono: 300 123</p><p class=MsoNormal>Sede: 26</p><p>&nbsp;</p><div><div style="
        "'border-top:solid'><p><b>De:</b> Mesa &lt;s@x.example&gt; <br><b>Enviado el:</b> lunes, 3 de febrero de "
        "2025 9:00<br><b>Para:</b> Ana<br><b>Asunto:</b> RE: x</p></div></div><p>Teléfono: 601</p>"
    ),
    "Outlook on the web, in Polish": (
        '<div>Teléfono: 300 123</div><div>Sede: 26</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">'
        "<b>Od:</b> Mesa<br><b>Wysłane:</b> 3.02.2025</div><div>Teléfono: 601</div>"
    ),
    "answered in a table": (
        "<table><tr><td>Teléfono:</td><td>300 123</td></tr><tr><td>Sede:</td><td>26</td></tr></table>"
        "<blockquote>Teléfono: 601</blockquote>"
    ),
}


@pytest.mark.parametrize("source", HTML.values(), ids=HTML)
def test_an_answer_in_html_is_told_from_its_quote(source: str) -> None:
    assert reply_text(to_text(source)).replace("\t", " ") == "Teléfono: 300 123\nSede: 26"


def test_our_reply_alone_leaves_nothing() -> None:
    """Hazard 23: quoted text of our own reply is no supplied data."""
    assert reply_text(OURS) == ""
    assert reply_text(QUOTED) == ""


HOSTILE = {
    "one line of 1 MB": "El 3 feb 2025 9:00 " * 52_000,
    "20,000 lines that begin an attribution": "El lun, 3 feb 2025 a las 9:00, Mesa\n" * 20_000,
    "20,000 labels": "De: ana@x.example\nPara: x\n" * 10_000,
    "20,000 dates before From": "Fecha: 3/2/2025 9:00\n" * 20_000,
    "20,000 quotes": "> \n" * 20_000,
    "a million line breaks": "\n" * 1_000_000,
    "1 MB of dashes": "-" * 1_000_000,
    "20,000 rulers": ("-" * 399 + "\n") * 2_500,
    "marker's words": ("escriba su respuesta encima de esta " * 10 + "\n") * 2_700,
    "1 MB of combining marks": "e" + "\u0301\u0323" * 500_000,
    "20,000 disclaimers that are none": "este mensaje confidencial\n" * 19_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_little_time(text: str) -> None:
    """Hazard 44."""
    took = []
    for _ in range(3):  # what a neighbour of the machine does counts as ours, but not each time
        began = time.thread_time()
        reply_text(text)
        took.append(time.thread_time() - began)
    assert min(took) < 0.5


LINES = st.lists(
    st.sampled_from(
        [
            *mail(ANSWERS["Outlook 2016"]).split("\n")[:10],
            *mail(ANSWERS["Thunderbird"]).split("\n")[:6],
            "-----Mensaje original-----",
            "Cordialmente,",
            "-- ",
            "",
            "Enviado desde mi iPhone",
            "AVISO DE CONFIDENCIALIDAD",
        ]
    )
)


@settings(deadline=None)
@given(LINES)
def test_nothing_is_added_and_no_quoted_line_stays(lines: list[str]) -> None:
    kept = reply_text("\n".join(lines)).split("\n")
    assert set(kept) <= {line.rstrip() for line in lines} | {""}
    assert not any(line.startswith(">") for line in kept)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    reply_text(text)
