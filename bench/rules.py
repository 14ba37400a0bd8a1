"""Microseconds a subject for 10, 1,000 and 10,000 rules of five keywords each: `python bench/rules.py`.

What is timed is the whole of Rulebook.match: folding, matching, and the words as written. Subjects have up to
59 characters; as in a real rule book, most rules match none of them.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import partial

from mailbot.rules.fold import fold_subject
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule

TOPICS = (
    "No puedo ingresar al sistema de nómina",
    "Solicitud de acceso a la carpeta compartida",
    "La impresora del piso no imprime",
    "Olvidé la contraseña del correo",
    "Red lenta en la sede norte desde ayer",
    "El computador no enciende esta mañana",
    "Actualización de software del equipo",
    "Reunión de seguimiento del contrato",
    "Teléfono sin tono en la recepción",
    "Error al generar el reporte mensual",
)
COMMON = sorted({word for topic in TOPICS for word in topic.split() if len(word) > 2})
SYLLABLES = ("ca", "per", "tó", "lin", "me", "so", "da", "ra", "ción", "ble", "ñi", "tra")
ENDINGS = ("", "", "s", "es", "mente", "*")


def rules(count: int, dice: random.Random) -> list[Rule]:
    """Phrases of one to three words, one word in five from the subjects' own."""
    rare = ["".join(dice.choices(SYLLABLES, k=dice.choice((2, 3, 4)))) for _ in range(5000)]

    def word() -> str:
        return dice.choice(COMMON if dice.random() < 0.2 else rare) + dice.choice(ENDINGS)

    def keyword() -> str:
        size = dice.choice((1, 2, 2, 3))
        return dice.choice(rare) if size == 1 else " ".join(word() for _ in range(size))

    real = [Rule(name=topic, keywords=(topic.split()[-1] + "*",)) for topic in TOPICS[:3]]
    return [
        *real,
        *(Rule(name=f"r{n}", keywords=tuple(keyword() for _ in range(5))) for n in range(count - 3)),
    ]


def subjects(count: int, dice: random.Random) -> list[str]:
    """Two topics each; one in ten is an answer."""
    both = (f"{dice.choice(TOPICS)}, {dice.choice(TOPICS)}"[:59] for _ in range(count))
    return [("RE: " if dice.random() < 0.1 else "") + subject for subject in both]


def microseconds(work: Callable[[str], object], on: list[str]) -> float:
    """The best of nine runs over all subjects: what the machine's other work adds is no cost of ours."""
    runs = []
    for _ in range(9):
        start = time.perf_counter()
        for subject in on:
            work(subject)
        runs.append((time.perf_counter() - start) / len(on) * 1e6)
    return min(runs)


def main() -> None:
    dice = random.Random(3)  # noqa: S311 - the same subjects on every run
    on = subjects(1000, dice)
    out = sys.stdout.write
    out(f"folding alone                   {microseconds(fold_subject, on):6.1f} µs/subject\n")
    for count in (10, 1_000, 10_000):
        written = rules(count, dice)
        start = time.perf_counter()
        book = Rulebook(written)
        built = (time.perf_counter() - start) * 1e3
        matches = [m for m in (book.match(s, "ana@mesa.example", "soporte") for s in on) if m]
        took = microseconds(partial(book.match, sender="ana@mesa.example", mailbox="soporte"), on)
        rate = sum(1 + len(m.also_matched) for m in matches) / len(on)
        out(f"{count:6,} rules, built in {built:5.0f} ms {took:6.1f} µs/subject   {rate:.2f} rules match\n")


if __name__ == "__main__":
    main()
