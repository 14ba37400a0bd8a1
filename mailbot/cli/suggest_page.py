"""What the rules lack, as a page that is TOML: a new rule can be pasted, the rest are comments."""

from collections.abc import Sequence

import click

from mailbot.cli import toml_page
from mailbot.cli.amounts import counted, number
from mailbot.config import written
from mailbot.config.model import Config
from mailbot.config.positions import Positions
from mailbot.rules.keywords import Part
from mailbot.rules.suggest.suggestions import Suggested, Suggestion, Word

#: fields that are named as what a new rule may ask for
FIELDS = 8


class Page:
    """`source`: whose mail it was, in words; `by_sender`: it is known who wrote."""

    def __init__(self, config: Config, source: str, *, by_sender: bool = True) -> None:
        self.config, self.source, self.by_sender = config, source, by_sender
        self._numbers = {rule.name: n for n, rule in enumerate(config.rule)}

    def show(self, found: Suggested) -> None:
        self._head(found)
        known = [s for s in found.suggestions if s.part is Part.KEYWORD and not s.new]
        new = [s for s in found.suggestions if s.new]
        unless = [s for s in found.suggestions if s.part is Part.UNLESS]
        if known:
            toml_page.heading(
                "Palabras para reglas que ya existen: van dentro de la lista que cada una ya tiene"
            )
            self._for_rules(known)
        if new:
            toml_page.heading("Reglas nuevas")
            toml_page.comment(
                "Péguelas antes de las generales, y revise de cada una kind, severity (1 crítica, 2 alta, 3 media, "
                f"4 baja, 5 solicitud), group y requires: los datos que pide{self._fields()}."
            )
            for suggestion in new:
                self._new(suggestion)
        if unless:
            toml_page.heading("Excepciones: palabras de correos que coincidieron y no llegaron a ser un caso")
            self._for_rules(unless)
        if found.suggestions:
            click.echo()
            toml_page.comment(
                "Después de guardar: «mailbot check»; y «mailbot rules replay» dice qué cambiaría con lo guardado."
            )

    def _head(self, found: Suggested) -> None:
        of = " de personas" if self.by_sender else ""
        said = f"{self.source}: {counted(found.mails, f'correo{of}', f'correos{of}')}"
        if found.mails:
            asked = counted(found.requests, "parece una solicitud", "parecen solicitudes")
            said += f"; {number(found.unmatched)} sin regla, y de estos {asked}"
        toml_page.comment(f"{said}.")
        if not found.suggestions:
            toml_page.comment(
                "No hay nada que sugerir: ninguna palabra que las reglas no tengan se repite en tres solicitudes."
            )

    def _for_rules(self, suggestions: Sequence[Suggestion]) -> None:
        for n, suggestion in enumerate(suggestions):
            if n:
                click.echo("#")
            toml_page.comment(f"agregue a la regla {self.where(suggestion.rule)}: {line(suggestion)}")
            self._words(suggestion)

    def _new(self, suggestion: Suggestion) -> None:
        click.echo()
        self._words(suggestion)
        toml_page.block(self.toml(suggestion))

    def toml(self, suggestion: Suggestion) -> str:
        """A rule to be pasted, or the line of a list that a rule has already."""
        if suggestion.new is None:
            return line(suggestion)
        return written.rule(suggestion.new)

    def _fields(self) -> str:
        names = [*self.config.field]
        more = ", …" if len(names) > FIELDS else ""
        return f" ({', '.join(names[:FIELDS])}{more})" if names else ""

    def where(self, name: str) -> str:
        """The rule with the line where it begins."""
        n = self._numbers.get(name)
        try:
            text = self.config.source.read_text("utf-8-sig")
            place = Positions(text).of(("rule", n))[0] if n is not None else 0
        except (OSError, UnicodeDecodeError):
            place = 0
        return f'"{name}" (línea {place})' if place else f'"{name}"'

    def _words(self, suggestion: Suggestion) -> None:
        nothing = suggestion.part is Part.UNLESS
        for word in suggestion.words:
            toml_page.comment(f'"{word.keyword}": {self._told(word, nothing=nothing)}', 2)
            for subject in word.examples:
                toml_page.comment(subject, 4, "· ")

    def _told(self, word: Word, *, nothing: bool) -> str:
        """«de 14 correos, 13 sin regla, 1 informativo; 9 personas»."""
        if nothing:
            kinds = [counted(word.unmatched, "no llegó a ser un caso", "no llegaron a ser un caso")]
        else:
            kinds = [f"{number(word.unmatched)} sin regla"]
            if word.requests < word.unmatched:
                kinds[0] += f" ({counted(word.requests, 'parece una solicitud', 'parecen solicitudes')})"
            if word.promoted:
                kinds.append(counted(word.promoted, "promovido a mano", "promovidos a mano"))
            kinds += [counted(word.informativo, "informativo", "informativos")] if word.informativo else []
            kinds += [f"{number(word.matched)} ya con regla"] if word.matched else []
        who = ("persona", "personas") if self.by_sender else ("asunto distinto", "asuntos distintos")
        return f"de {counted(word.mails, 'correo', 'correos')}, {', '.join(kinds)}; {counted(word.senders, *who)}"


def line(suggestion: Suggestion) -> str:
    """`keywords = ["uno", "dos"]`."""
    listed = ", ".join(written.text(word.keyword) for word in suggestion.words)
    return f"{suggestion.part.value} = [{listed}]"
