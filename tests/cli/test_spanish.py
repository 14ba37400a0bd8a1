"""Nothing that mailbot prints of itself is English: every page of help, every mistake that can be typed."""

import re

import click
import pytest

from tests.cli.conftest import Desk, typed

COMMANDS: tuple[tuple[str, ...], ...] = (
    (),
    ("init",),
    ("run",),
    ("check",),
    ("hours",),
    ("rules",),
    ("rules", "test"),
    ("rules", "replay"),
    ("rules", "list"),
    ("cases",),
    ("case",),
    ("messages",),
    ("explain",),
    ("retry",),
    ("promote",),
    ("reconcile",),
    ("db",),
    ("db", "upgrade"),
    ("db", "check"),
    ("db", "backup"),
    ("demo",),
)
ENGLISH = re.compile(
    r"\b(the|and|is|are|was|not|of|for|to|with|this|that|it|usage|options|arguments?|commands?|try|help|missing|"
    r"invalid|value|values|valid|such|did|you|mean|one|required|show|message|exit|option|unexpected|extra|got|"
    r"default|range|choice|choose|integer|text|path|file|takes|given|aborted|unknown|requires|does|take)\b",
    re.IGNORECASE,
)
#: the program's own names stay as they are
NAMES = re.compile(r"--[\w-]+|mailbot [\w ]+|Message-ID|message_id|\b[a-z]+_[a-z_]+\b|config\.toml")


def english(said: str) -> list[str]:
    return ENGLISH.findall(NAMES.sub(" ", said))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "mailbot")
def test_the_help_of_every_command_is_spanish_and_fits_a_terminal(words: tuple[str, ...]) -> None:
    done = typed(*words, "--help")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"Uso: {' '.join(('mailbot', *words))} [OPCIONES]")
    assert "Muestra esta ayuda y termina." in done.stdout
    assert english(done.stdout) == []
    assert "..." not in done.stdout.replace("[ARGUMENTOS]...", ""), "no help is cut"
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["casos"], "No existe la orden «casos». ¿Quiso decir una de estas: 'case', 'cases'?"),
        (["zzz"], "No existe la orden «zzz»."),
        (["db"], "Órdenes:"),
        (["db", "upgrad"], "¿Quiso decir 'upgrade'?"),
        (["rules", "--config", "x"], "Falta la orden."),
        (["cases", "--sate", "abierto"], "No existe la opción «--sate». ¿Quiso decir '--state'?"),
        (["cases", "--state"], "La opción «--state» necesita un valor."),
        (["cases", "--state", "listo"], "«listo» no es uno de estos: 'precaso', 'abierto'"),
        (["cases", "--limit", "cero"], "«cero» no es un número mayor que cero."),
        (["cases", "--limit", "0"], "«0» no es un número mayor que cero."),
        (["cases", "--attention=yes"], "La opción «--attention» no lleva valor."),
        (["cases", "MS-000001"], "Sobra un argumento: MS-000001"),
        (["cases", "a", "b"], "Sobran argumentos: a b"),
        (["case"], "Falta el argumento 'CASO'."),
        (["promote", "1"], "Falta la opción '--rule'."),
        (["messages", "--outcome", "leido"], "«leido» no es uno de estos: 'opened'"),
        (["demo", "--imap-port", "mil"], "«mil» no es un número entero."),
        (["demo", "--imap-port", "70000"], "70000 no está en el rango"),
        (["-x"], "No existe la opción «-x»."),
        (["--config"], "La opción «--config» necesita un valor."),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_is_typed_wrong_is_told_in_spanish(words: list[str], said: str) -> None:
    done = typed(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert english(done.stderr) == []


def test_without_words_the_help_is_shown() -> None:
    done = typed()
    assert "Órdenes:" in done.stderr
    assert english(done.stderr) == []


def test_interrupting_is_told_in_one_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mailbot.cli.cases.queries.cases", interrupted)
    done = desk.mailbot("cases")
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "\nInterrumpido.\n")


def test_click_took_its_words_from_the_catalogue() -> None:
    """Else the tests above would read another click than users do."""
    assert vars(click.core)["_"]("Commands") == "Órdenes"
