"""The manual pages, from what the program says of itself: python packaging/manual.py DIRECTORY

mailbot(1) has every command as `--help` shows it; mailbot-config(5) is the config.toml of this folder.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import mailbot
from mailbot.cli import spanish

spanish.install()

import click  # noqa: E402 - it takes its words when it is imported

from mailbot.cli.app import app  # noqa: E402

HERE = Path(__file__).parent
TITLE = "La puerta de entrada del correo de una mesa de servicios"
FILES = (
    (
        "/etc/mailbot/config.toml",
        "La configuración; mailbot-config(5). /etc/mailbot/X/config.toml, la de mailbot@X.",
    ),
    ("/etc/mailbot/credentials/", "Un archivo por contraseña, modo 0600."),
    ("/var/lib/mailbot/", "La base de datos y la última configuración buena."),
    ("/usr/share/doc/mailbot/", "La guía de instalación, la de reglas, la de copias, y ejemplos."),
)
EXIT = (
    ("0", "Hecho."),
    ("1", "La respuesta es no: hay problemas, algo falta o quedó por enviar."),
    ("2", "No se pudo hacer; la salida de errores dice por qué y qué hacer."),
    (
        "65",
        "«mailbot run»: la base de datos está dañada, o es de un mailbot más nuevo o de otro programa.",
    ),
    ("77", "«mailbot run»: no hay permiso donde está la base de datos, o el disco es de solo lectura."),
    ("78", "«mailbot run» no tiene configuración que sirva, o PostgreSQL no deja entrar con lo que dice."),
    ("65, 77, 78", "Después de ellos systemd no lo arranca otra vez; después de 1 y 2, sí."),
)


def escaped(text: str) -> str:
    """Plain text for roff: no line of it is taken for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


def page(name: str, section: int, title: str, body: Iterator[str]) -> str:
    head = f'.TH {name.upper()} {section} "" "mailbot {mailbot.__version__}" "mailbot"'
    return "\n".join((head, ".SH NOMBRE", f"{escaped(name)} \\- {escaped(title)}", *body, ""))


def listed(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for term, said in rows:
        yield f".TP\n.B {escaped(term)}\n{escaped(said)}"


def commands(group: click.Group, above: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Each with the words that call it, groups before what is in them."""
    for name in group.list_commands(above):
        found, command, _ = group.resolve_command(above, [name])
        if command is None:
            raise LookupError(name)
        context = click.Context(command, info_name=found, parent=above, terminal_width=78)
        yield context.command_path, command, context
        if isinstance(command, click.Group):
            yield from commands(command, context)


def the_program() -> Iterator[str]:
    top = click.Context(app, info_name="mailbot", terminal_width=78, **app.context_settings)
    yield f".SH SINOPSIS\n.nf\n{escaped(app.get_usage(top).partition(': ')[2])}\n.fi"
    yield f".SH DESCRIPCIÓN\n.nf\n{escaped(app.get_help(top).partition(chr(10))[2].strip(chr(10)))}\n.fi"
    yield ".SH ÓRDENES"
    for path, command, context in commands(app, top):
        yield f".SS {escaped(path)}\n.nf\n{escaped(command.get_help(context))}\n.fi"
    yield ".SH ARCHIVOS"
    yield from listed(FILES)
    yield ".SH CÓDIGOS DE SALIDA"
    yield from listed(EXIT)
    yield ".SH VÉASE TAMBIÉN\n.BR mailbot\\-config (5),\n.BR systemctl (1),\n.BR journalctl (1)"


def the_config() -> Iterator[str]:
    example = (HERE.parent / "config.toml").read_text("utf-8")
    yield ".SH DESCRIPCIÓN\nUn ejemplo completo, con todas las claves; «mailbot check» lo revisa."
    yield f".nf\n{escaped(example)}.fi"
    yield ".SH VÉASE TAMBIÉN\n.BR mailbot (1)"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mailbot.1").write_text(page("mailbot", 1, TITLE, the_program()), "utf-8")
    config = page("mailbot-config", 5, "La configuración de mailbot, config.toml", the_config())
    (folder / "mailbot-config.5").write_text(config, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
