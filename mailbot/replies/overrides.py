"""The admin's own templates: which of them work, and what to write instead in those that do not."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb

from jinja2 import Environment, TemplateAssertionError, TemplateNotFound, TemplateSyntaxError, meta, nodes

from mailbot.replies.variables import SITUATIONS, VARIABLES
from mailbot.values import Problem

#: what the members of `faltantes` and `datos` have, and those of `fallas`, `siguen` and `resueltas`
PARTS = (
    *("etiqueta", "pista", "ilegible", "valor", "dudoso"),
    *("que", "desde", "hasta", "duracion", "dicho", "remedio"),
)
#: how Jinja's sentences begin → in Spanish
JINJA = (
    (r"unexpected '(.+?)'", r"no se esperaba «\1»"),
    (r"expected token 'end of print statement', got '(.+?)'", r"falta «}}» antes de «\1»"),
    (r"expected token 'end of statement block', got '(.+?)'", r"falta «%}» antes de «\1»"),
    (r"expected token '(.+?)', got '(.+?)'", r"se esperaba «\1» y hay «\2»"),
    (r"Encountered unknown tag '(\w+)'", r"no hay ninguna orden «\1»"),
    (r"Unexpected end of template", "termina antes de lo que dejó abierto"),
    (r"unexpected char '(.+?)'", r"no se esperaba el signo «\1»"),
    (r"unexpected end of", "termina antes de tiempo"),
    (r"Missing end of (?:comment|raw)", "falta cerrar lo que empieza con {#, o con {% raw %}"),
    (r"No (?:filter|test) named '(.+?)'", r"«\1»"),
)
COMPARE = "Compárela con la que trae mailbot en mailbot/templates/es."


def find(folder: Path, packaged: Mapping[str, Path]) -> tuple[dict[str, Path], list[Problem]]:
    """The files in `folder` or its `es/` by template name; a name that no reply has is a warning."""
    if not folder.is_dir():
        hint = "Créela, o corrija templates en [replies]."
        return {}, [Problem("No existe la carpeta de plantillas.", hint, file=str(folder))]
    there = _templates(folder)
    problems = [
        Problem(
            f"Ninguna respuesta usa la plantilla «{name}».",
            nearest(name, packaged, "Los nombres son los de mailbot/templates/es."),
            file=str(path),
            level="warning",
        )
        for name, path in there.items()
        if name not in packaged
    ]
    return {name: path for name, path in there.items() if name in packaged}, problems


def digests(folder: Path) -> dict[str, str]:
    """What stands in these files, by name: the hash of each, to see which was changed."""
    found = {}
    for name, path in _templates(folder).items():
        try:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            found[name] = type(error).__name__
    return found


def _templates(folder: Path) -> dict[str, Path]:
    return {path.name: path for place in (folder, folder / "es") for path in sorted(place.glob("*.j2"))}


def working(
    own: Mapping[str, Path], names: Iterable[str], environment: Callable[[Mapping[str, Path]], Environment]
) -> tuple[dict[str, Path], list[Problem]]:
    """Those of `own` with which every template renders every sample situation, and why the others do not."""
    left, problems, names = dict(own), [], tuple(names)
    while left and (failure := _first_failure(left, names, environment(left))):
        name, found = failure
        problems += found
        del left[name]
    return left, problems


def explain(error: Exception, file: str, own: Mapping[str, Path]) -> tuple[str, Problem]:
    """The admin's file that an error came from, the innermost on the way to it, and the problem to show."""
    paths = {str(path): name for name, path in own.items()}
    way = [(frame.filename, frame.lineno or 0) for frame in extract_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError):
        way.append((error.filename or "", error.lineno))
    ours = [(paths[path], line) for path, line in way if path in paths]
    name, line = ours[-1] if ours else (file if file in own else next(iter(own)), 0)
    message, hint = _in_spanish(error)
    return name, Problem(message, hint, file=str(own[name]), line=line)


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"¿Quiso decir «{near[0]}»?" if near else otherwise


def _first_failure(
    own: Mapping[str, Path], names: tuple[str, ...], environment: Environment
) -> tuple[str, list[Problem]] | None:
    for name in own:
        try:
            environment.get_template(name)
            if problems := _unknown_variables(environment, own[name]):
                return name, problems
        except Exception as error:  # unreadable, not UTF-8, badly written: all are the admin's to mend
            return _explained(error, name, own)
    for name in names:
        try:
            for situation in SITUATIONS.values():
                environment.get_template(name).render(situation)
        except Exception as error:  # a template may raise anything
            return _explained(error, name, own)
    return None


def _explained(error: Exception, file: str, own: Mapping[str, Path]) -> tuple[str, list[Problem]]:
    name, problem = explain(error, file, own)
    return name, [problem]


def _unknown_variables(environment: Environment, path: Path) -> list[Problem]:
    """The names that no reply knows, also in a branch that no sample takes, each where it stands first."""
    text = path.read_text("utf-8")
    tree = environment.parse(text, filename=str(path))
    unknown = meta.find_undeclared_variables(tree) - set(VARIABLES) - set(environment.globals)
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            lines[node.name] = min(node.lineno, lines.get(node.name, node.lineno))
    return [_unknown(name, line, text, path) for name, line in sorted(lines.items(), key=lambda one: one[1])]


def _unknown(name: str, line: int, text: str, path: Path) -> Problem:
    where = re.search(rf"\b{re.escape(name)}\b", text.splitlines()[line - 1])
    hint = nearest(name, VARIABLES, f"Hay: {', '.join(VARIABLES)}.")
    column = where.start() + 1 if where else 0
    return Problem(f"La variable «{name}» no existe.", hint, file=str(path), line=line, column=column)


def _translated(said: str) -> str:
    """Jinja's own sentence, if it is one of the usual ones."""
    for pattern, spanish in JINJA:
        if match := re.match(pattern, said):
            return match.expand(spanish)
    return said


def _in_spanish(error: Exception) -> tuple[str, str]:
    said = str(error).strip()
    if isinstance(error, UnicodeDecodeError):
        return "El archivo no está en UTF-8.", "Guárdelo con la codificación UTF-8."
    if isinstance(error, TemplateNotFound):
        return f"Se incluye un archivo que no existe: «{said}».", "Revise los {% include %} y {% extends %}."
    if isinstance(error, TemplateAssertionError):
        return f"La plantilla usa algo que no existe: {_translated(said)}", COMPARE
    if isinstance(error, TemplateSyntaxError):
        hint = "Revise que cada {{ tenga su }}, y cada {% if %}, {% for %} y {% block %} su {% end… %}."
        return f"La plantilla está mal escrita: {_translated(said)}", hint
    if isinstance(error, OSError):
        return f"No se puede leer el archivo: {error.strerror or said}.", "Revise que exista y sus permisos."
    if match := re.search(r"has no attribute '(\w+)'", said):
        return f"«{match[1]}» no existe.", nearest(match[1], PARTS, f"Cada dato tiene: {', '.join(PARTS)}.")
    return f"La plantilla falla con datos de ejemplo: {type(error).__name__}: {said}", COMPARE
