"""What is read in people's answers: precision and recall per field, and the reply text per mail program.

`python -m bench.extraction` prints the tables and writes them, with the date, into docs/extraction.md. The samples
are those of tests/fixtures/respuestas; a third of them, the held-out ones, was not looked at while the code was made.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.rules.respuestas import Answer, answers

PAGE = Path(__file__).parents[1] / "docs" / "extraction.md"
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)
SETS = (("Tuned on", False), ("Held out", True))


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def per_field(sample: Iterable[Answer]) -> Iterator[tuple[str, Counter[str]]]:
    """Per field, and in all: given by people, found right, wrong, missed."""
    counts: dict[str, Counter[str]] = {"all": Counter()}
    for answer in sample:
        for name in answer.expected.keys() | answer.given.keys():
            right = answer.right(name)
            seen = {
                "expected": int(name in answer.expected),
                "right": int(right),
                "wrong": int(name in answer.given and not right),
                "missed": int(name in answer.missed),
            }
            for key in (name, "all"):
                counts.setdefault(key, Counter()).update(seen)
    yield from sorted(counts.items(), key=lambda item: (item[0] == "all", -item[1]["expected"], item[0]))


def fields_table(sample: list[Answer]) -> Iterator[str]:
    yield "| field | given | right | wrong | missed | precision | recall |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, n in per_field(sample):
        precision, recall = percent(n["right"], n["right"] + n["wrong"]), percent(n["right"], n["expected"])
        figures = f"{n['expected']} | {n['right']} | {n['wrong']} | {n['missed']} | {precision} | {recall}"
        yield f"| {name} | {figures} |"


def programs_table(every: list[Answer]) -> Iterator[str]:
    yield "| program | samples | reply text right | all data right |"
    yield "|---|---:|---:|---:|"
    for client in sorted({answer.client for answer in every}):
        mine = [answer for answer in every if answer.client == client]
        whole = sum(not answer.text_faults for answer in mine)
        data = sum(not answer.wrong and not answer.missed for answer in mine)
        yield f"| {client} | {len(mine)} | {whole} | {data} |"
    whole = sum(not answer.text_faults for answer in every)
    yield f"| all | {len(every)} | {whole} | {sum(not a.wrong and not a.missed for a in every)} |"


def figures() -> Iterator[str]:
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}."
    for title, held_out in SETS:
        sample = answers(held_out=held_out)
        faults = sum(bool(answer.text_faults) for answer in sample)
        yield from ("", f"### {title}: {len(sample)} samples, reply text right in {len(sample) - faults}", "")
        yield from fields_table(sample)
    yield from ("", "### Per mail program, both sets", "")
    yield from programs_table(answers())


def main() -> None:
    text = "\n".join(figures()) + "\n"
    sys.stdout.write(text)
    if PAGE.exists():
        PAGE.write_text(FIGURES.sub(lambda _: text, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
