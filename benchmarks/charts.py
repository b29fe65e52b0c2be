"""Charts on two logarithmic axes, as SVG that reads on light and on dark pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Final, NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]


class Chart(NamedTuple):
    """One chart: its title, how its values are spelt, its lines by name, and whether a straight rise is drawn."""

    title: str
    spell: Callable[[float], str]
    lines: Mapping[str, Sequence[Point]]
    rise: bool = False


WIDTH, HEIGHT = 484, 380
LEFT, RIGHT, TOP, BOTTOM = 66, 142, 56, 52
GAP: Final = 15
"""How far apart the names of lines stand at least."""
MARKS: Final = (
    '<circle cx="{x}" cy="{y}" r="4.5"/>',
    '<rect x="{x4}" y="{y4}" width="8" height="8"/>',
    '<path d="M{x} {y5}l5.5 9.5h-11z"/>',
    '<path d="M{x} {y6}l6 6l-6 6l-6 -6z"/>',
)
"""Each line has a mark of its own beside a colour of its own."""

# The background is drawn, so that the page's own never shows through whichever of the two the viewer wants.
STYLE: Final = """
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px } .quiet { fill: #59636e } .grid { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke-width: 2.25 } .rise { stroke: #8b949e; stroke-dasharray: 5 5; stroke-width: 1.5 }
  .line0 { stroke: #0969da } .mark0 { fill: #0969da } .line1 { stroke: #bc4c00 } .mark1 { fill: #bc4c00 }
  .line2 { stroke: #1a7f37 } .mark2 { fill: #1a7f37 } .line3 { stroke: #8250df } .mark3 { fill: #8250df }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #30363d }
    .line0 { stroke: #58a6ff } .mark0 { fill: #58a6ff } .line1 { stroke: #f0883e } .mark1 { fill: #f0883e }
    .line2 { stroke: #3fb950 } .mark2 { fill: #3fb950 } .line3 { stroke: #bc8cff } .mark3 { fill: #bc8cff }
  }
"""


def svg(charts: Sequence[Chart], *, title: str, across: str) -> str:
    """The charts side by side; ``across`` says what the horizontal axis counts."""
    width = WIDTH * len(charts)
    body = "".join(
        f'<g transform="translate({WIDTH * number} 0)">\n{"".join(_chart(chart, across))}</g>\n'
        for number, chart in enumerate(charts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="title">\n<title id="title">{escape(title)}</title>\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{width}" height="{HEIGHT}" rx="6"/>\n{body}</svg>\n'
    )


class _Axis:
    # From values to places: whole decades from ``start`` to ``end``.
    def __init__(self, values: Sequence[float], start: float, end: float, *, margin: float = 0.0) -> None:
        self.low = floor(log10(min(values)) - margin)
        self.high = max(ceil(log10(max(values)) + margin), self.low + 1)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def decades(self) -> range:
        return range(self.low, self.high + 1)


def _chart(chart: Chart, across: str) -> Iterator[str]:
    points = [point for line in chart.lines.values() for point in line]
    horizontal = _Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
    vertical = _Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
    yield _text(LEFT - 46, 28, chart.title, kind="title")
    for decade in vertical.decades:
        y = vertical(10**decade)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>\n'
        yield _text(LEFT - 8, y + 4.5, chart.spell(10**decade), anchor="end", kind="quiet")
    for decade in horizontal.decades:
        x = horizontal(10**decade)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>\n'
        yield _text(x, HEIGHT - BOTTOM + 20, _count(10**decade), anchor="middle", kind="quiet")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across, anchor="middle", kind="quiet")
    if chart.rise:
        yield _rise(next(iter(chart.lines.values())), horizontal, vertical)
    names = _apart([(horizontal(x), vertical(y)) for x, y in (line[-1] for line in chart.lines.values())])
    for number, ((name, line), (end, beside)) in enumerate(zip(chart.lines.items(), names, strict=True)):
        places = [(horizontal(x), vertical(y)) for x, y in line]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline class="line line{number}" points="{way}"/>\n'
        yield f'<g class="mark{number}">{"".join(_mark(number, *place) for place in places)}</g>\n'
        if end < WIDTH - RIGHT:
            # Right of its end other lines go on.
            yield _text(end, beside - 12, name, anchor="end")
        else:
            yield _text(end + 12, beside + 4.5, name)


def _rise(line: Sequence[Point], horizontal: _Axis, vertical: _Axis) -> str:
    # What ten times as many records in ten times the time looks like, through the last measured point.
    last, value = line[-1]
    first = max(line[0][0], last * 10**vertical.low / value)
    start = f'x1="{horizontal(first):.1f}" y1="{vertical(value * first / last):.1f}"'
    return f'<line class="rise" {start} x2="{horizontal(last):.1f}" y2="{vertical(value):.1f}"/>\n'


def _apart(ends: Sequence[Point]) -> list[Point]:
    # The names of lines beside their ends, from above, moved down where they would stand on each other.
    moved = list(ends)
    above: dict[float, float] = {}
    for number in sorted(range(len(ends)), key=lambda number: ends[number][1]):
        x, y = ends[number]
        above[x] = max(y, above.get(x, float("-inf")) + GAP)
        moved[number] = (x, above[x])
    return moved


def _mark(number: int, x: float, y: float) -> str:
    where = {"x": x, "y": y, "x4": x - 4, "y4": y - 4, "y5": y - 6, "y6": y - 6}
    return MARKS[number].format(**{name: f"{value:.1f}" for name, value in where.items()})


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "name") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>\n'


def _count(value: float) -> str:
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
