"""Broken configs, each with one mistake: where it must be found, and in which words."""

from tests.config.toml import HERE, VALID, imap, mailbox, oauth2, rule, smtp

SECRET = 'client_secret = { credential = "soporte-cliente" }'
MICROSOFT = 'provider = "microsoft", tenant = "mesa.example", client_id = "c"'
FIELD = '\n[field.telefono]\nlabel = "Teléfono"\n'
OTHER = """
[mailbox.ventas]
address = "{address}"
username = "{username}"
password = {{ env = "CLAVE" }}
[mailbox.ventas.imap]
host = "imap.mesa.example"
[mailbox.ventas.smtp]
host = "smtp.mesa.example"
"""
ALERTS = VALID + '[service]\nalert_to = ["ti@oti.example"]\n'


def alerts_by(*lines: str) -> str:
    """Alerts by a server of their own."""
    return ALERTS + "\n".join(["[service.smtp]", 'from = "mailbot@oti.example"', *lines, ""])


#: what is written → path, words of the message, words of the hint. The marked line is the one that must be named.
ERRORS = [
    # unknown keys: the nearest known one
    (VALID + rule(f'keyword = ["x"] {HERE}'), "rule[0].keyword", 'desconocida "keyword"', '"keywords"'),
    (imap(f"potr = 993 {HERE}"), "mailbox.soporte.imap.potr", 'desconocida "potr"', '"port"'),
    (VALID + f'[servicio] {HERE}\nname = "x"\n', "servicio", "sección desconocida", '"service"'),
    (VALID + f'[[rules]] {HERE}\nname = "x"\n', "rules", "sección desconocida", '"rule"'),
    # one that is near to nothing: all there are
    (VALID + f"[senders]\nzzzz = 1 {HERE}\n", "senders.zzzz", "desconocida", "ours, shared"),
    # not TOML, as people write it who do not know TOML
    (VALID + f'[[rule]]\nname: "vpn" {HERE}\n', "", 'va "=", no ":"', "clave ="),
    (VALID + f'[[rule]]\nname\u00a0= "vpn" {HERE}\n', "", "espacio especial", "espacio corriente"),
    (
        VALID.replace("{ credential", f"{{ {HERE}\n  credential"),
        "",
        "en una sola línea",
        "{ credential =",
    ),
    # in an inline table
    (
        mailbox().replace('credential = "soporte-password" }', f'credencial = "x" }} {HERE}'),
        "mailbox.soporte.password.credencial",
        "desconocida",
        '"credential"',
    ),
    # a quoted key
    (
        VALID + rule('group = "Redes"') + f'[group."Redes"]\n"notifíquese" = [] {HERE}\n',
        'group.Redes."notifíquese"',
        "desconocida",
        "notify",
    ),
    # a key of another section: TOML continues the section above it
    (imap(f'poll = "60s" {HERE}'), "mailbox.soporte.imap.poll", "desconocida", "[mailbox.NOMBRE]"),
    (
        imap(f"per_minute = 30 {HERE}"),
        "mailbox.soporte.imap.per_minute",
        "desconocida",
        "[mailbox.NOMBRE.smtp]",
    ),
    # names are in the section's title
    (VALID + FIELD + f'name = "x" {HERE}\n', "field.telefono.name", "desconocida", "[field.telefono]"),
    (f'home = "/tmp" {HERE}\n' + VALID, "home", "desconocida", "mailbox"),
    # what is missing: named where it belongs
    ("[service]\n", "mailbox", "falta", "[mailbox.soporte]"),
    (
        VALID.replace("[mailbox.soporte]", f"[mailbox.soporte] {HERE}").replace("address", "username"),
        "mailbox.soporte.address",
        "falta",
        "address =",
    ),
    (
        VALID.replace('host = "imap.mesa.example"', "").replace(".imap]", f".imap] {HERE}"),
        "mailbox.soporte.imap.host",
        "falta",
        "host =",
    ),
    (VALID + f"[field.telefono] {HERE}\n", "field.telefono.label", "falta", "label ="),
    (
        VALID + f'[[rule]]\nname="a"\nany_subject=true\n[[rule]] {HERE}\nkeywords = ["x"]\n',
        "rule[1].name",
        "falta",
        "name =",
    ),
    # wrong types
    (imap(f'port = "993" {HERE}'), "mailbox.soporte.imap.port", "número entero", "port = 993"),
    (imap(f"port = 0 {HERE}"), "mailbox.soporte.imap.port", "1 o más", "993"),
    (imap(f"port = 65536 {HERE}"), "mailbox.soporte.imap.port", "65535 o menos", "993"),
    (VALID + rule(f'unless = "boletín" {HERE}'), "rule[0].unless", "lista", 'unless = ["boletín"]'),
    (VALID + rule(f'unless = "acta, boletín" {HERE}'), "rule[0].unless", "lista", '= ["acta", "boletín"]'),
    (
        VALID + rule(keywords=f'keywords = ["clave", 3] {HERE}'),
        "rule[0].keywords[1]",
        "texto entre comillas",
        '"3"',
    ),
    (VALID + rule(f"severity = true {HERE}"), "rule[0].severity", "número entero", ""),
    (VALID + rule(f"severity = 6 {HERE}"), "rule[0].severity", "5 o menos", "1 crítica"),
    (VALID + rule(f"severity = 0 {HERE}"), "rule[0].severity", "1 o más", "1 crítica"),
    (VALID + rule(f'strict = "sí" {HERE}'), "rule[0].strict", "true o false", "strict = true"),
    (VALID + rule(f'treat_as = "caso" {HERE}'), "rule[0].treat_as", "no es un valor admitido", '"monitoreo"'),
    (VALID + rule(f'kind = "queja" {HERE}'), "rule[0].kind", "no es un valor admitido", '"incidente"'),
    (imap(f'security = "ssl" {HERE}'), "mailbox.soporte.imap.security", "no es un valor", '"starttls"'),
    (VALID + f'[rule.acceso] {HERE}\nkeywords = ["x"]\n', "rule", "lista", "[[rule]]"),
    (VALID + f'[field]\nlabel = "x" {HERE}\n', "field.label", "sección", "[field.NOMBRE]"),
    # durations, sizes, dates
    (mailbox(f"poll = 60 {HERE}"), "mailbox.soporte.poll", "duración", '"30s"'),
    (mailbox(f'poll = "1 hora" {HERE}'), "mailbox.soporte.poll", "duración", 'poll = "1h"'),
    (
        VALID + f'[precaso]\nanswer_within = "2 semanas" {HERE}\n',
        "precaso.answer_within",
        "duración",
        'answer_within = "14d"',
    ),
    (mailbox(f'poll = "99999999999d" {HERE}'), "mailbox.soporte.poll", "cien años", ""),
    (mailbox(f'poll = "{"9" * 5000}d" {HERE}'), "mailbox.soporte.poll", "cien años", ""),
    (mailbox(f'poll = "0s" {HERE}'), "mailbox.soporte.poll", "más que cero", "60s"),
    (mailbox(f'poll = "9ms" {HERE}'), "mailbox.soporte.poll", "cien preguntas por segundo", "100ms"),
    (VALID + f'[retention]\nraw = "0d" {HERE}\n', "retention.raw", "más que cero", "365d"),
    (VALID + f'[retention]\ncases = "24h" {HERE}\n', "retention.cases", "answer_within", "quite esta línea"),
    (VALID + f'[precaso]\nanswer_within = "0h" {HERE}\n', "precaso.answer_within", "más que cero", "24h"),
    (VALID + f'[precaso]\nremind_after = "nunca" {HERE}\n', "precaso.remind_after", "duración", '""'),
    (VALID + rule(f'answer_within = "0s" {HERE}'), "rule[0].answer_within", "más que cero", "24h"),
    (mailbox(f'max_size = "50 megas" {HERE}'), "mailbox.soporte.max_size", "tamaño", "50MB"),
    (mailbox(f"max_size = 0 {HERE}"), "mailbox.soporte.max_size", "1 o más", "50MB"),
    (mailbox(f'start = "ayer" {HERE}'), "mailbox.soporte.start", "no es un valor", "2026-01-31"),
    (mailbox(f"start = 2026-01-31T08:00:00 {HERE}"), "mailbox.soporte.start", "no es un valor", "2026-01-31"),
    # references between sections
    (
        VALID + FIELD + rule(f'requires = ["telefno"] {HERE}'),
        "rule[0].requires[0]",
        '"telefno" no existe',
        '"telefono"',
    ),
    (
        VALID + rule(f'requires = ["nombre"] {HERE}'),
        "rule[0].requires[0]",
        '"nombre" no existe',
        "[field.nombre]",
    ),
    (VALID + rule(f'mailboxes = ["soprte"] {HERE}'), "rule[0].mailboxes[0]", "no existe", '"soporte"'),
    (VALID + rule(f'calendar = "oficina" {HERE}'), "rule[0].calendar", "no existe", "[hours.oficina]"),
    (VALID + f'[precaso]\ncalendar = "24x7" {HERE}\n', "precaso.calendar", "no existe", '"24/7"'),
    (
        VALID + rule() + rule().replace('name = "acceso"', f'name = "acceso" {HERE}'),
        "rule[1].name",
        "ya hay otra",
        "distinto",
    ),
    # rules that cannot work
    (
        VALID + rule(keywords="").replace("[[rule]]", f"[[rule]] {HERE}"),
        "rule[0]",
        "no puede coincidir",
        "any_subject",
    ),
    (VALID + rule(keywords=f'keywords = ["!!"] {HERE}'), "rule[0].keywords[0]", "ninguna palabra", "quítela"),
    (
        VALID + rule(keywords=f'keywords = ["clave|contraseña"] {HERE}'),
        "rule[0].keywords[0]",
        '"|"',
        '"clave", "contraseña"',
    ),
    (VALID + rule(f'all = ["portal|"] {HERE}'), "rule[0].all[0]", "ninguna palabra", ""),
    (VALID + rule(f"pattern = '(?=clave)' {HERE}"), "rule[0].pattern", "look-ahead", 'all = ["…"]'),
    (VALID + rule(f"pattern = '(?!clave)' {HERE}"), "rule[0].pattern", "look-ahead", 'unless = ["…"]'),
    (VALID + FIELD + f"pattern = '(?<=x)1' {HERE}\n", "field.telefono.pattern", "look-behind", "quite (?…)"),
    (VALID + FIELD + f"pattern = '(' {HERE}\n", "field.telefono.pattern", "patrón", "agregue «)»"),
    (
        VALID + FIELD + rule(f'requires = ["telefono", "telefono"] {HERE}'),
        "rule[0].requires[1]",
        "ya está en la lista",
        "quítelo",
    ),
    (
        VALID + rule('treat_as = "monitoreo"', f"correlate = 'on \\w+' {HERE}"),
        "rule[0].correlate",
        "tiene 0",
        "(?:…)",
    ),
    (
        VALID + rule('treat_as = "monitoreo"', f"correlate = '(a)(b)' {HERE}"),
        "rule[0].correlate",
        "tiene 2",
        "(?:…)",
    ),
    (VALID + rule(f'folder = "inbox" {HERE}'), "rule[0].folder", "de la que lee", "otra"),
    (
        VALID + rule(f'from = ["mesa.example"] {HERE}'),
        "rule[0].from[0]",
        "no es una dirección",
        '"*@mesa.example"',
    ),
    # addresses
    (
        VALID.replace('"soporte@mesa.example"', f'"soporte mesa" {HERE}'),
        "mailbox.soporte.address",
        "no es una dirección",
        "@",
    ),
    (mailbox(f'aliases = ["a@b@c"] {HERE}'), "mailbox.soporte.aliases[0]", "no es una dirección", "@"),
    (
        VALID + f'[senders]\nours = ["@mesa.example"] {HERE}\n',
        "senders.ours[0]",
        "no es una dirección",
        "*@mesa.example",
    ),
    (VALID + f'[replies]\nsend = ["todos"] {HERE}\n', "replies.send[0]", "no es una dirección", "*@"),
    (VALID + f'[replies]\nsend = "todos" {HERE}\n', "replies.send", "no es un valor", '"none"'),
    (VALID + f"[replies]\nsend = [1] {HERE}\n", "replies.send[0]", "texto entre comillas", '"1"'),
    (VALID + f"[replies]\nper_hour = 0 {HERE}\n", "replies.per_hour", "1 o más", '"none"'),
    (
        VALID + rule('group = "Redes"') + f'[group.Redes]\nnotify = ["redes"] {HERE}\n',
        "group.Redes.notify[0]",
        "no es una dirección",
        "@",
    ),
    # servers and secrets
    (imap(f'security = "none" {HERE}'), "mailbox.soporte.imap.security", "sin cifrado", "insecure = true"),
    (smtp(f'security = "none" {HERE}'), "mailbox.soporte.smtp.security", "sin cifrado", "insecure = true"),
    (
        VALID.replace('"imap.mesa.example"', f'"imap.mesa.example:993" {HERE}'),
        "mailbox.soporte.imap.host",
        "no es el nombre",
        "host =",
    ),
    (
        VALID.replace('credential = "soporte-password" }', f'credential = "a", env = "B" }} {HERE}'),
        "mailbox.soporte.password",
        "un solo lugar",
        "",
    ),
    (
        VALID.replace('credential = "soporte-password" }', f"}} {HERE}"),
        "mailbox.soporte.password",
        "un solo lugar",
        "",
    ),
    (
        VALID.replace('"soporte-password" }', f'"../clave" }} {HERE}'),
        "mailbox.soporte.password.credential",
        "sin carpetas",
        "file =",
    ),
    (
        VALID.replace('{ credential = "soporte-password" }', f'"secreta" {HERE}'),
        "mailbox.soporte.password",
        "sección",
        '{ credential = "soporte-password" }',
    ),
    # oauth2
    (
        mailbox(f"oauth2 = {{ {MICROSOFT} }} {HERE}"),
        "mailbox.soporte.oauth2",
        "password y oauth2",
        "uno de los dos",
    ),
    (oauth2(""), "mailbox.soporte.oauth2", "quién da los tokens", 'provider = "microsoft"'),
    (oauth2('tenant = "mesa.example"'), "mailbox.soporte.oauth2", "quién da los tokens", "token_url"),
    (oauth2('provider = "yahoo"'), "mailbox.soporte.oauth2.provider", "no es un valor", '"google"'),
    (oauth2('provider = "microsoft", tenant = "t"'), "mailbox.soporte.oauth2", "client_id", "client_id ="),
    (oauth2('provider = "microsoft", client_id = "c"'), "mailbox.soporte.oauth2", "tenant", "directorio"),
    (
        oauth2('provider = "microsoft", client_id = "c", tenant = "a/b"'),
        "mailbox.soporte.oauth2.tenant",
        "no es un tenant",
        "dominio",
    ),
    (
        oauth2(f'provider = "microsoft", client_id = "c", tenant = "common", {SECRET}'),
        "mailbox.soporte.oauth2.tenant",
        "una sola organización",
        "directorio",
    ),
    (
        oauth2(f'{MICROSOFT}, grant = "client_credentials"'),
        "mailbox.soporte.oauth2.grant",
        "sin client_secret",
        'grant = "login"',
    ),
    (
        oauth2(f'{MICROSOFT}, client_secret = "abc"'),
        "mailbox.soporte.oauth2.client_secret",
        "no se escribe aquí",
        "credential",
    ),
    (
        oauth2(f'{MICROSOFT}, client_secret = {{ credential = "../x" }}'),
        "mailbox.soporte.oauth2.client_secret.credential",
        "sin carpetas",
        "file =",
    ),
    (
        oauth2('provider = "google", client_id = "c"'),
        "mailbox.soporte.oauth2",
        "client_secret",
        "client_secret =",
    ),
    (
        oauth2(f'provider = "google", client_id = "c", {SECRET}, tenant = "t"'),
        "mailbox.soporte.oauth2.tenant",
        "solo lo usa Microsoft",
        "quítelo",
    ),
    (
        oauth2(f'provider = "google", client_id = "c", {SECRET}, grant = "client_credentials"'),
        "mailbox.soporte.oauth2.grant",
        "Google no da acceso",
        "mailbot login",
    ),
    (
        oauth2(f'provider = "google", client_id = "c", {SECRET}, device_url = "https://x.example/d"'),
        "mailbox.soporte.oauth2.device_url",
        "código de dispositivo",
        "navegador",
    ),
    (
        oauth2(f'token_url = "https://x.example/t", client_id = "c", {SECRET}'),
        "mailbox.soporte.oauth2",
        "falta scope",
        "scope =",
    ),
    (
        oauth2('token_url = "https://x.example/t", client_id = "c", scope = "correo"'),
        "mailbox.soporte.oauth2",
        "a una persona",
        "device_url",
    ),
    (
        oauth2(f'token_url = "http://x.example/t", client_id = "c", scope = "correo", {SECRET}'),
        "mailbox.soporte.oauth2.token_url",
        "sin cifrado",
        '"https://x.example/t"',
    ),
    (
        oauth2(f'token_url = "x.example", client_id = "c", scope = "correo", {SECRET}'),
        "mailbox.soporte.oauth2.token_url",
        "no es una dirección",
        "https://",
    ),
    (
        VALID + f'oauth2 = {{ provider = "google", client_id = "c" }} {HERE}',
        "mailbox.soporte.smtp.oauth2",
        "client_secret",
        "client_secret =",
    ),
    # mailboxes in each other's way
    (mailbox(f'handled = "Inbox" {HERE}'), "mailbox.soporte.handled", "de la que se lee", 'handled = ""'),
    (mailbox(f'review = "INBOX" {HERE}'), "mailbox.soporte.review", "de la que se lee", 'review = ""'),
    # a folder by which people decide must have no other use
    (mailbox(f'create = "inbox" {HERE}'), "mailbox.soporte.create", "ya es la que se lee", 'create = ""'),
    (mailbox(f'create = "Procesados" {HERE}'), "mailbox.soporte.create", "la de handled", 'create = ""'),
    (mailbox(f'informative = "Por revisar" {HERE}'), "mailbox.soporte.informative", "la de review", '= ""'),
    (mailbox(f'informative = "Crear caso" {HERE}'), "mailbox.soporte.informative", "la de create", '= ""'),
    (
        mailbox(f'informative = "Boletines" {HERE}') + rule('folder = "Boletines"'),
        "mailbox.soporte.informative",
        'la de la regla "acceso"',
        "otro uso",
    ),
    (
        VALID
        + OTHER.format(address="Soporte@mesa.example", username="v").replace(
            'example"\nuser', f'example" {HERE}\nuser'
        ),
        "mailbox.ventas.address",
        'ya es del buzón "soporte"',
        "un solo buzón",
    ),
    (
        VALID
        + OTHER.format(address="ventas@mesa.example", username="soporte@mesa.example").replace(
            "[mailbox.ventas]", f"[mailbox.ventas] {HERE}"
        ),
        "mailbox.ventas",
        "la misma carpeta",
        "aliases",
    ),
    (
        VALID.replace("[mailbox.soporte]", f"[mailbox.soporte] {HERE}")
        + OTHER.format(address="ventas@mesa.example", username="soporte@mesa.example").replace(
            "password", 'folder = "Por revisar"\nreview = "V"\ncreate = ""\ninformative = ""\npassword'
        ),
        "mailbox.soporte.review",
        'que lee el buzón "ventas"',
        "[mailbox.ventas]",
    ),
    # the service
    # published without a password: for this machine alone
    (
        VALID + f'[service]\nhttp = "0.0.0.0:9103" {HERE}\n',
        "service.http",
        "no pide contraseña",
        "127.0.0.1:9103",
    ),
    (VALID + f'[service]\nhttp = "[::]:9103" {HERE}\n', "service.http", '"::" no es de esta', "un túnel"),
    (
        VALID + f'[service]\nhttp = "mesa.example:9103" {HERE}\n',
        "service.http",
        "no es de esta",
        "127.0.0.1:9103",
    ),
    (VALID + f'[service]\nhttp = "9103" {HERE}\n', "service.http", "con su puerto", "127.0.0.1:9103"),
    (VALID + f'[service]\nhttp = "127.0.0.1" {HERE}\n', "service.http", "con su puerto", "127.0.0.1:9103"),
    (VALID + f'[service]\nhttp = "127.0.0.1:0" {HERE}\n', "service.http", "con su puerto", "127.0.0.1:9103"),
    (
        VALID + f'[service]\nhttp = "127.0.0.1:70000" {HERE}\n',
        "service.http",
        "con su puerto",
        "127.0.0.1:9103",
    ),
    (
        VALID + f'[service]\nhttp = "http://127.0.0.1:9103" {HERE}\n',
        "service.http",
        "con su",
        "127.0.0.1:9103",
    ),
    (
        VALID + f'[service]\ntimezone = "America/Bogta" {HERE}\n',
        "service.timezone",
        "no existe",
        '"America/Bogota"',
    ),
    (VALID + f'[service]\nprefix = "Mesa1" {HERE}\n', "service.prefix", "mayúsculas", '"MS"'),
    (VALID + f'[service]\nlanguage = "en" {HERE}\n', "service.language", "no está disponible", '"es"'),
    (
        VALID + f'[service]\ndatabase = "postgres://a@b/c" {HERE}\n',
        "service.database",
        "no se conocen",
        "comience con postgresql+psycopg://",
    ),
    (VALID + f'[service]\nalert_to = ["jefe"] {HERE}\n', "service.alert_to[0]", "no es una dirección", "@"),
    # the way out of alerts
    (alerts_by(f'host = "http://x" {HERE}'), "service.smtp.host", "no es el nombre", 'host = "'),
    (
        alerts_by('host = "smtp.oti.example"', f'security = "none" {HERE}'),
        "service.smtp.security",
        "a la vista de todos",
        "starttls",
    ),
    (
        alerts_by('host = "smtp.oti.example"', f'password = {{ credential = "a/b" }} {HERE}'),
        "service.smtp.password.credential",
        "debe ser un nombre",
        "credential",
    ),
    (
        ALERTS + f'[service.smtp] {HERE}\nhost = "smtp.oti.example"\nusername = "mailbot"\n',
        "service.smtp",
        "falta from",
        'from = "',
    ),
    (
        ALERTS + f'[service.smtp]\nhost = "smtp.oti.example"\nfrom = "mailbot" {HERE}\n',
        "service.smtp.from",
        "no es una dirección",
        "@",
    ),
    (
        alerts_by(
            'host = "smtp.gmail.com"',
            'oauth2 = { provider = "google", client_id = "c", client_secret = { env = "S" } }' + f" {HERE}",
        ),
        "service.smtp.oauth2",
        "el permiso que da una persona",
        "password",
    ),
    (
        alerts_by('host = "smtp.oti.example"', f'form = "a@oti.example" {HERE}'),
        "service.smtp.form",
        "desc",
        '"from"',
    ),
    # calendars
    (
        VALID + f'[hours.oficina]\ndays = {{ mon-fri = "8-12" }} {HERE}\n',
        "hours.oficina.days.mon-fri",
        "no es un horario",
        "",
    ),
    (
        VALID + f'[hours.oficina]\ndays = {{ mon-fry = "08:00-12:00" }} {HERE}\n',
        "hours.oficina.days.mon-fry",
        "no es un día",
        "",
    ),
    (VALID + f"[hours.oficina]\ndays = {{}} {HERE}\n", "hours.oficina.days", "nunca abre", ""),
    (
        VALID
        + f'[precaso]\ncalendar = "o"\n[hours.o]\ndays = {{ mon = "08:00-12:00" }}\nholidays = "XX" {HERE}\n',
        "hours.o.holidays",
        "festivos",
        "",
    ),
]

#: not TOML at all
UNREADABLE = [
    # pasted from a word processor
    (f"[service]\nname = “Mesa de Servicios” {HERE}\n", "comilla “", "rectas"),
    (f'[[rule]]\nname = "a"\nkeywords = ["clave", «contraseña»] {HERE}\n', "comilla «", "rectas"),
    # begun with a straight quote, ended with that of a word processor; in a section's name
    (f'[service]\nname = "Mesa” {HERE}\n', "comilla ”", "rectas"),
    (f'[[rule]]\nname = "a"\nkeywords = ["clave", "usuario”] {HERE}\n', "comilla ”", "rectas"),
    (f"[group.“Mesa de servicios”] {HERE}\n", "comilla “", "rectas"),
    # the quotes are missing
    (f"[service]\nname = Mesa {HERE}\n", "valor", "comillas rectas"),
    (f"[service]\nwatch = True {HERE}\n", "valor", "true"),
    (f'[service]\nname = "Mesa {HERE}\n', "comilla que cierra", "comillas rectas"),
    # a backslash between double quotes
    (f'[field.x]\nlabel = "x"\npattern = "\\d+" {HERE}\n', "barra", "comillas simples"),
    # repeated
    (f'[service]\nname = "a"\nname = "b" {HERE}\n', "repetida", "deje una sola"),
    (f"[service]\n[service] {HERE}\n", "repetida", "[[rule]]"),
    # broken sections and keys
    (f"[service {HERE}\n", '"]"', ""),
    (f"[group.Mesa de servicios] {HERE}\n", '"]"', "entre comillas"),
    (f"[service]\nname {HERE}\n", '"="', ""),
    (f"[service]\nname = \"a\" 'b' {HERE}\n", "sobra", "#"),
    (f"Mesa de servicios {HERE}\n", '"="', ""),
]
