"""The picture of docs/growth.md, drawn from what `bench.growth --json` kept: `python -m bench.curves FILE > SVG`."""

import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

#: what is drawn, its unit, and below what it is to stay
Goal = float | None
DRAWN: tuple[tuple[str, str, str, Goal], ...] = (
    ("CPU ms/mail", "A mail, from fetched to answered", "ms of CPU", None),
    ("tick, CPU ms", "Tick, nothing due", "ms of CPU", 20),
    ("query of cases --limit 50, CPU ms", "Query of cases --limit 50", "ms of CPU", 50),
    ("start of the daemon, CPU ms", "Start of the daemon", "ms of CPU", 1000),
    ("status, CPU ms", "mailbot status", "ms of CPU", None),
    ("explain, the last, CPU ms", "mailbot explain", "ms of CPU", None),
)
#: pixels: of a panel, of what is drawn in it, and around that
WIDTH, HEIGHT, PLOT_WIDTH, PLOT_HEIGHT, LEFT, TOP = 300, 190, 220, 110, 44, 46
#: of a page with light and with dark ground
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .quiet { fill: #59636e; font-size: 11px }
.axis { stroke: #d1d9e0 } .goal { stroke: #bc4c00; stroke-dasharray: 4 3 } .over { fill: #bc4c00 }
.line { fill: none; stroke: #0969da; stroke-width: 2 } .dot { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 } .axis { stroke: #3d444d }
  .goal { stroke: #f0883e } .over { fill: #f0883e } .line { stroke: #4493f8 } .dot { fill: #4493f8 }
}
"""


@dataclass(frozen=True)
class Panel:
    """One measure: a value for each number of stored messages, smallest first."""

    title: str
    unit: str
    goal: Goal
    values: dict[int, float]

    @property
    def top(self) -> float:
        """Of the scale: a round number above all of it."""
        most = max(*self.values.values(), self.goal or 0) * 1.1
        step = float(f"1e{len(str(int(most))) - 1}")
        return -(-most // step) * step

    def svg(self) -> Iterator[str]:
        yield text(LEFT, 18, self.title, "title")
        yield text(LEFT, 34, self.unit, "quiet")
        if self.goal:
            yield text(LEFT + PLOT_WIDTH, 34, f"goal: below {self.goal:g} ms", "over", "end")
            yield line(self.y(self.goal), "goal")
        for part in (0.0, 0.5, 1.0):
            yield line(self.y(part * self.top), "axis")
            yield text(LEFT - 6, self.y(part * self.top) + 4, f"{part * self.top:g}", "quiet", "end")
        points = [(self.x(n), self.y(value)) for n, value in enumerate(self.values.values())]
        yield f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
        for (x, y), (stored, value) in zip(points, self.values.items(), strict=True):
            yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
            beside = y + 18 if value > self.top / 2 else y - 8
            yield text(x, beside, f"{value:.2g}" if value < 10 else f"{value:.0f}", "", "middle")
            yield text(x, TOP + PLOT_HEIGHT + 18, short(stored), "quiet", "middle")

    def x(self, n: int) -> float:
        return LEFT + 18 + n * (PLOT_WIDTH - 36) / max(len(self.values) - 1, 1)

    def y(self, value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value / self.top)


def text(x: float, y: float, said: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


def line(y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{LEFT}" x2="{LEFT + PLOT_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'


def short(number: int) -> str:
    """`1M`, `10k`"""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return str(number)


def svg(panels: list[Panel], columns: int = 3) -> str:
    width, height = columns * WIDTH, -(-len(panels) // columns) * HEIGHT
    drawn = (
        f'<g transform="translate({n % columns * WIDTH} {n // columns * HEIGHT})">{"".join(panel.svg())}</g>'
        for n, panel in enumerate(panels)
    )
    across = "Across: stored messages. Every fifth opened a case, and half of the cases are open precasos."
    below = text(LEFT, height + 14, across, "quiet")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 24}" width="{width}">'
    about = "<title>What mailbot costs by how much is stored</title>"
    return f"{head}{about}<style>{STYLE}</style>{''.join(drawn)}{below}</svg>\n"


def panels(lines: list[dict[str, float]]) -> list[Panel]:
    """Medians of the turns with the usual rules."""
    turns = [each for each in lines if DRAWN[1][0] in each]
    sizes = sorted({int(turn["stored"]) for turn in turns})
    return [
        Panel(
            title,
            unit,
            goal,
            {n: statistics.median(t[name] for t in turns if t["stored"] == n) for n in sizes},
        )
        for name, title, unit, goal in DRAWN
    ]


if __name__ == "__main__":
    kept = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    sys.stdout.write(svg(panels([json.loads(each) for each in kept])))
