"""What `mailbot status` finds wrong, with its cure: what the daemons say, and what they cannot know."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.health import Kind, age
from mailbot.values import Problem

Doc = dict[str, Any]
#: a daemon that says how it is each minute, and has not for so long, is not well
SILENT = timedelta(minutes=5)


def problems_of(found: Doc, path: Path, url: str, at: datetime) -> Iterator[Problem]:
    """`found`: what `mailbot status --json` prints."""
    if found["running"] is False:
        yield _stopped(found, url)
    yield from _silent(found, at)
    yield from _ill(found)
    yield from _config_problems(found, path)
    yield from (_removed(box) for box in found["mailboxes"] if not box["configured"])


def _stopped(found: Doc, url: str) -> Problem:
    hint = "systemctl start mailbot, o «mailbot run»"
    if found["cases"]:
        return Problem("el servicio no está en marcha", hint)
    hint += ", la crea vacía; si se perdió, no lo arranque: restaure antes una copia (docs/copias.md). Si acaba de "
    hint += "cambiar database, el servicio sigue con la de antes hasta que lo reinicie"
    return Problem(f"el servicio no está en marcha: todavía no hay base de datos en {url}", hint)


def _silent(found: Doc, at: datetime) -> Iterator[Problem]:
    for daemon in found["daemons"]:
        since = datetime.fromisoformat(daemon["at"] or daemon["loaded_at"])
        if at - since >= SILENT:
            said = f"el servicio {daemon['worker']} no dice cómo está desde hace {age(at - since)}"
            yield Problem(said, "vea el registro: journalctl -u mailbot")


def _ill(found: Doc) -> Iterator[Problem]:
    """Of a config that was refused more is known here than by the daemon."""
    ill = [each for each in found["ill"] if each["kind"] != Kind.CONFIG]
    for each in ill:
        yield Problem(each["said"], each["cure"], f"mailbox.{each['about']}" if each["about"] else "")
    told = {each["about"] for each in ill}
    for box in found["mailboxes"]:
        for error in box.get("errors", ()) if box["name"] not in told else ():
            what = "no se puede leer el" if error["at"] == "reading" else "no salen las respuestas del"
            said = f"{what} buzón «{box['name']}» por ahora: {error['said']}"
            yield Problem(said, error["cure"], f"mailbox.{box['name']}", level="warning")


def _config_problems(found: Doc, path: Path) -> Iterator[Problem]:
    file, live = found["file"], found["config"] or {}
    wrong = file["problems"] or _refused(live.get("refused") or {}, file["hash"])
    if wrong:
        said = f"{path.name} no se pudo cargar: se usa la última configuración buena"
        yield Problem(said, "corrija lo que sigue; después, «mailbot status» dice si falta algo")
        yield from (Problem(**each) for each in wrong)
    elif found["running"] and live and live["source"] != file["path"]:
        cure = f"mailbot --config {live['source']} status"
        yield Problem(f"el servicio en marcha usa otro archivo, {live['source']}", cure, level="warning")
    elif found["running"] and live and not file["is_live"]:
        cure = "systemctl reload mailbot"
        yield Problem(f"{path.name} cambió después y no se ha cargado", cure, level="warning")
    if len({each["hash"] for each in found["daemons"]}) > 1:
        said = "los servicios en marcha usan configuraciones distintas"
        yield Problem(said, "copie la misma a todas las máquinas y recárguela", level="warning")
    yield from (Problem(**each) for each in live.get("templates", []))


def _refused(by_service: Doc, digest: str | None) -> list[Doc]:
    """What it said of this content; or that it may not read the file, which whoever asks here may."""
    told = by_service.get("hash") in (digest, PermissionError.__name__)
    return by_service["problems"] if told and by_service else []


def _removed(box: Doc) -> Problem:
    said = f"el buzón «{box['name']}» ya no está en la configuración, y todavía tiene {waiting(box)}"
    hint = f"vuelva a escribir [mailbox.{box['name']}] hasta que no le quede nada"
    return Problem(said, hint, f"mailbox.{box['name']}", level="warning")


def waiting(box: Doc) -> str:
    """`2 casos (1 precaso) y 3 respuestas por enviar`"""
    replies, cases = sum(box["replies"].values()), box["cases"]
    parts = [
        f"{cases} caso{'s' * (cases != 1)} ({box['precasos']} en precaso)" if cases else "",
        f"{replies} respuesta{'s' * (replies != 1)} por enviar" if replies else "",
    ]
    return " y ".join(part for part in parts if part)
