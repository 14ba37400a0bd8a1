"""A config.toml with a thousand rules, for the benchmarks: `python -m bench.config --help`."""

import argparse
import random
import sys
from pathlib import Path

RULES = 1000
#: what the subjects of the benchmarks speak of, and what is asked for then
KNOWN = (
    ("acceso", ("acceder", "acceso*", "contraseña"), ("telefono",)),
    ("impresion", ("impresora*", "imprim*"), ("equipo",)),
    ("reportes", ("reporte*", "error *"), ()),
    ("red", ("red", "conexión", "servidor*"), ("sede",)),
    ("facturas", ("factura*", "pedido*", "pago*", "devolución", "cobro*"), ()),
    ("equipos", ("computador*", "aplicación", "avería"), ("equipo",)),
    ("compras", ("licencias", "presupuesto", "garantía", "envío"), ()),
    ("telefonia", ("teléfono*", "línea*"), ()),
    ("datos", ("facturación", "domiciliación", "suscripción", "titular"), ()),
)
SYLLABLES = ("ca", "per", "tó", "lin", "me", "so", "da", "ra", "ción", "ble", "ñi", "tra")
HEAD = """[service]
name = "Mesa de Servicios"
database = "{database}"
[replies]
per_hour = 1000000000
per_address_per_hour = 1000000000
per_address_per_day = 1000000000
[mailbox.soporte]
address = "soporte@example.com"
username = "{user}"
password = {{ file = "{password}" }}
start = "all"
answer_backlog = true
poll = "{poll}"
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}
[field.telefono]
label = "Teléfono"
[field.equipo]
label = "Código del equipo"
[field.sede]
label = "Sede"
"""
RULE = '[[rule]]\nname = "{name}"\nkeywords = {keywords}\nrequires = {requires}\n'


def written(
    home: Path,
    *,
    imap: int,
    smtp: int,
    user: str,
    password: str,
    database: str,
    rules: int = RULES,
    poll: str = "60s",
) -> Path:
    """config.toml in `home`, and the password in a file beside it."""
    home.mkdir(parents=True, exist_ok=True)
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    path = home / "config.toml"
    head = HEAD.format(imap=imap, smtp=smtp, user=user, password=secret, database=database, poll=poll)
    path.write_text(head + "".join(_rules(rules)), encoding="utf-8")
    return path


def _rules(count: int) -> list[str]:
    """Those that subjects match stand among the others, which match none, as in a book that grew for years."""
    dice = random.Random(3)  # noqa: S311 - the same rules on every run

    def word() -> str:
        return "".join(dice.choices(SYLLABLES, k=dice.choice((2, 3, 4))))

    others = [
        (f"otra-{n}", tuple(f"{word()} {word()}" for _ in range(5)), ()) for n in range(count - len(KNOWN))
    ]
    rules = [*others, *KNOWN]
    dice.shuffle(rules)
    return [
        RULE.format(name=name, keywords=_list(keys), requires=_list(asked)) for name, keys, asked in rules
    ]


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("home", type=Path, help="folder for config.toml and the password")
    options.add_argument("--imap", type=int, required=True, help="port on 127.0.0.1, without TLS")
    options.add_argument("--smtp", type=int, required=True, help="port on 127.0.0.1, without TLS")
    options.add_argument("--user", default="soporte")
    options.add_argument("--password", default="secreto")
    options.add_argument("--rules", type=int, default=RULES)
    options.add_argument("--poll", default="60s", help="beside IDLE; under a second it takes its place")
    options.add_argument("--database", required=True, help="path of a SQLite file, or postgresql+psycopg://…")
    given = vars(options.parse_args())
    sys.stdout.write(f"{written(given.pop('home'), **given)}\n")


if __name__ == "__main__":
    main()
