"""Facts + template → words. Packaged files, and an admin's own that win over them as long as they work.

Every file is rendered on every sample situation when this is built; one that fails is reported with its
line and what to write instead, and the packaged file serves. Mail is only ever data here, never a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.replies import overrides as own_files
from mailbot.replies.variables import EMPTY
from mailbot.values import Problem

PACKAGED = {
    path.name: path for path in sorted((Path(__file__).parent.parent / "templates" / "es").glob("*.j2"))
}
SUBJECT, TEXT, HTML = ".subject.txt.j2", ".body.txt.j2", ".body.html.j2"
#: the replies, without the shared parts they include
NAMES = tuple(name.removesuffix(SUBJECT) for name in PACKAGED if name.endswith(SUBJECT))
FILES = tuple(name + suffix for name in NAMES for suffix in (SUBJECT, TEXT, HTML))


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one reply. `subject` is one line; both bodies end with a line break."""

    subject: str
    text: str
    html: str


class Templates:
    """All replies, each compiled once. `overrides`: a folder, or its `es/`, with files named as ours."""

    def __init__(self, overrides: Path | None = None) -> None:
        #: what the admin's files held, by name
        self.digests = own_files.digests(overrides) if overrides else {}
        found, named = own_files.find(overrides, PACKAGED) if overrides else ({}, [])
        self._own, broken = own_files.working(found, FILES, lambda own: _environment({**PACKAGED, **own}))
        self._problems = named + broken
        self._packaged = _packaged()
        self._custom = _fixed({**PACKAGED, **self._own}) if self._own else self._packaged

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the overrides, also with those that failed only later, on real mail."""
        return tuple(self._problems)

    def render(self, name: str, facts: Mapping[str, object]) -> Rendered:
        """The reply `name`; variables not given are empty. Raises jinja2.TemplateNotFound."""
        known = {**EMPTY, **facts}
        subject, text, html = (self._render(name + suffix, known) for suffix in (SUBJECT, TEXT, HTML))
        return Rendered(" ".join(subject.split()), _tidy(text), html.strip() + "\n")

    def _render(self, file: str, facts: Mapping[str, object]) -> str:
        try:
            return self._custom.get_template(file).render(facts)
        except Exception as error:  # a template may raise anything; the reply goes out all the same
            if not self._own:
                raise
            _, problem = own_files.explain(error, file, self._own)
            if problem not in self._problems:
                self._problems.append(problem)
            return self._packaged.get_template(file).render(facts)


@cache
def _packaged() -> Environment:
    """They do not change while the program runs: a reload need not wait for them."""
    return _fixed(PACKAGED)


def _fixed(files: Mapping[str, Path]) -> Environment:
    """As they are now: another version of a file must not be mixed in later. Compiled is what is sent."""
    return _environment(files, {name: path.read_text("utf-8") for name, path in files.items()})


def _environment(
    files: Mapping[str, Path], texts: Mapping[str, str] | None = None
) -> ImmutableSandboxedEnvironment:
    """Sandboxed (hazard 27), strict, HTML escaped by our own rule since all names end in `.j2`.

    `texts`: what stands in the files; otherwise each is read when it is asked for.
    """

    def load(name: str) -> tuple[str, str, None]:
        if name not in files:
            raise TemplateNotFound(name)
        text = texts[name] if texts else files[name].read_text("utf-8")
        return text, str(files[name]), None

    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )


def _tidy(text: str) -> str:
    """No blanks at the end of lines, no two blank lines together."""
    lines = "\n".join(each.rstrip() for each in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
