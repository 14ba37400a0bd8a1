"""`mailbot forget`: what is stored of a person is shown, and removed."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import NO, as_json, config_file, fail, now, opened, show_json, who
from mailbot.mail.address import valid
from mailbot.store import forgetting
from mailbot.store.engine import Store
from mailbot.store.forgetting import StillLive, Stored
from mailbot.values import rfc3339

KEPT = (
    "De cada caso, su número con estados, fechas, regla y categoría, sin decir de quién fue: para los informes.",
    "De cada correo, su huella (SHA-256), su Message-ID, sus fechas y su lugar: para no tomarlo otra vez por nuevo.",
    "Que se hizo, quién y cuándo, con el SHA-256 de la dirección: para demostrarlo (Decreto 1377 de 2013, art. 26).",
)
NOT_COVERED = (
    "Lo que escribió desde otra dirección, o en un correo del que no se supo quién lo escribía.",
    "Lo que otras personas escribieron o citaron de ella, y sus correos en que ella está en «Para» o «CC».",
    "Las copias de seguridad ya hechas: bórrelas, o repita esta orden si restaura una.",
    "El diario (journalctl), con Message-ID y con lo que contestaron los servidores, que puede nombrar la dirección.",
    "Los registros de los servidores de correo.",
)
IN_FILE = (
    "El archivo de la base de datos tiene todavía lo que se suprimió, porque otro proceso lo leía en este momento, por "
    "ejemplo «mailbot db backup». Repita la orden cuando termine."
)
LAW = (
    "Ley 1581 de 2012, art. 8 literal e (supresión) y art. 15 (reclamos: 15 días hábiles). No procede cuando hay un "
    "deber legal o contractual de permanecer en la base de datos (Decreto 1377 de 2013, art. 9; Decreto 1074 de 2015, "
    "art. 2.2.2.25.2.6). En la Unión Europea, RGPD, art. 17, y sus excepciones en 17.3. Una entidad pública revisa "
    "antes sus tablas de retención documental (Ley 594 de 2000)."
)


@click.command(cls=Command)
@click.argument("address", metavar="DIRECCIÓN", help="El correo de la persona.")
@click.option("--dry-run", is_flag=True, help="Muestra lo que hay de ella y no cambia nada.")
@click.option("--yes", is_flag=True, help="Sin preguntar.")
@config_file
@as_json
def forget(address: str, dry_run: bool, yes: bool, config: Path | None, as_json: bool) -> None:
    """Suprime los datos de una persona: lo que escribió, lo que se le respondió, sus casos y sus datos.

    La dirección se compara entera y sin distinguir mayúsculas. Lo que escriba después es de una persona nueva. No se
    puede deshacer; si se interrumpe, repita la orden.
    """
    if not valid(address.strip().lower()):
        raise click.UsageError(f"«{address}» no es una dirección de correo.")
    if as_json and not (yes or dry_run):
        raise click.UsageError("Con --json no se pregunta nada: agregue --yes, o --dry-run para solo ver.")
    with opened(config) as (_, store):
        with store.reading() as s:
            found = forgetting.stored(s, address)
        if not as_json:
            _show(found)
        if found.live and not dry_run:
            fail(_still_live(found.live), NO)
        is_clean = dry_run or _forget(store, found, yes)
    for_now = [*_for_now(found), *([] if is_clean else [IN_FILE])]
    if as_json:
        told = {"kept": [*KEPT, *for_now], "not_covered": NOT_COVERED, "law": LAW}
        show_json({**asdict(found), "before": rfc3339(found.before), "done": not dry_run, **told})
    elif not dry_run:
        _show_done(found, for_now)


def _forget(store: Store, found: Stored, yes: bool) -> bool:
    if not yes and not _sure():
        fail("No se cambió nada.", NO)
    try:
        return forgetting.forget(store, found.address, who(), now())
    except StillLive as live:  # opened while the question waited
        fail(_still_live(live.numbers), NO)


def _sure() -> bool:
    asked = "¿Suprimir todo esto? No se puede deshacer. Escriba sí o no"
    said: str = click.prompt(asked, default="no", show_default=False, err=True)
    return said.strip().lower() in ("sí", "si", "s")


def _still_live(numbers: Any) -> str:
    return (
        f"Hay casos suyos en curso: {', '.join(numbers)}. Termínelos primero, por ejemplo con «mailbot case "
        f"{numbers[0]} --move anulado --reason TEXTO», y repita la orden. No se cambió nada."
    )


def _show(found: Stored) -> None:
    layout.title("Datos de una persona", found.address)
    layout.facts(_facts(found))
    if found.before:
        click.echo(f"Ya se suprimió una vez, el {found.before:%Y-%m-%d}.")


def _facts(found: Stored) -> Iterator[tuple[str, str]]:
    yield "en curso", ", ".join(found.live)
    yield "casos", ", ".join(found.cases) or "ninguno terminado"
    yield "correos", _counted(found.messages, found.messages_on_live)
    yield "respuestas", _counted(found.replies, found.replies_on_live)
    yield "recordado", ", ".join(found.remembered)
    yield "en otros", ", ".join(found.others)


def _counted(n: int, on_live: int) -> str:
    return f"{n}, y {on_live} en casos en curso" if on_live else str(n)


def _show_done(found: Stored, for_now: list[str]) -> None:
    click.echo("Suprimido.")
    layout.heading("Se conserva, y por qué")
    layout.items([*KEPT, *for_now])
    if found.on_server:
        layout.heading("En el servidor de correo: mailbot nunca borra; hágalo allí una persona")
        layout.items([f"{place['mailbox']}, {place['folder']}: {place['n']}" for place in found.on_server])
    layout.heading("No lo alcanza esta orden")
    layout.items(NOT_COVERED)
    layout.paragraph(LAW)


def _for_now(found: Stored) -> Iterator[str]:
    if found.others:
        numbers = ", ".join(found.others)
        yield f"Lo que hay de ella en casos en curso de otras personas: {numbers}. Repita la orden cuando terminen."
    if found.waiting or found.on_way:
        cases = f" ({', '.join(found.waiting)})" if found.waiting else ""
        yield f"{found.on_way} respuestas que están por salir, y sus casos{cases}. Repita la orden cuando salgan."
