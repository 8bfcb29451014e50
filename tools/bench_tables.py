"""What the pages and the pictures of the benchmarks are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH, LABELS, VALUES, LINE = 720, 170, 70, 22  # of the picture, in its units
INK, OURS_FILL, RIVAL_FILL = "#1f2328", "#1a7f5a", "#9aa4ae"


def cpu(record: dict[str, Any]) -> str:
    """Return what a record calls its CPU."""
    machine = record["machine"]
    return f"{machine['model']} (family {machine['family']}, model {machine['number']})"


def seconds(value: float) -> str:
    """Return a time in the unit that leaves one to three digits before the point."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(value) >= size:
            return f"{digits(value / size)} {unit}"
    return f"{digits(value * 1e9)} ns"


def digits(value: float) -> str:
    """Return a figure with three digits; more would be noise."""
    value = float(f"{value:.3g}")
    places = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{places}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is words and whose others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


def words(x: float, y: int, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    """Return a text of a picture, its base line at `y`."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" fill="{INK}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def drawing(lines: Iterable[str], height: int) -> str:
    """Return a picture of so many units of height."""
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        + "".join(f"{line}\n" for line in lines)
        + "</svg>\n"
    )
