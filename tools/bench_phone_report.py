"""The part of docs/benchmarks.md that is of phone numbers, and its picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .bench_tables import (
    LINE,
    OURS_FILL,
    RIVAL_FILL,
    VALUES,
    WIDTH,
    cpu,
    digits,
    drawing,
    seconds,
    table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OURS = "smspoh"
LABELS = 280  # of the picture: the names are longer than those of keys
GRID = "#d8dee4"
PHONE = """
Phone numbers are read from the text as it was found to an E.164 form or why there is none,
validity, region and type, and with *operator* who holds the number. Two lists are read, which
`bench/phone_corpus.py` draws and describes: numbers of Myanmar as people type them, and numbers
of all regions. `smspoh` answers all of that, operator included, in one pass. *Column to columns*
is the native call on a column as Arrow has it; *list to E.164 list* leaves all but the E.164
forms in columns until they are asked for; *list to tuples* makes Python objects of everything.
No rival has a call for a batch with a region for the numbers that name none, so each is asked
number by number, in its own language; the Rust crates are looped over inside one native call.
Slow ones read the first *rows* of the same list. It is one thread where no other number is said.

*Right* is how many rows got the number that was meant, and none where none was meant: a letter
among the digits, or two numbers in a cell, mean none. *As phonenumbers* is how many rows got the
same valid number, or none, as from the Python library `phonenumbers`; *region and type* is how
many of those that are the same valid number in both have the same region and type. A rival may
have older metadata, so not every difference is an error. *Operator* is how many mobiles were given
the operator that holds their block.

![Time a number, by engine, on a logarithmic scale](benchmarks-phone.svg)
"""


def percent(share: float | None) -> str:
    """Return a share of 1 in hundredths; 100 is for all, and for nothing less."""
    if share is None:
        return ""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"


def list_table(found: dict[str, Any]) -> str:
    """Return the table of a list, with the columns that tell something about it."""
    engines = found["engines"]
    columns = {
        "engine": [engine["name"] for engine in engines],
        "median a number": [seconds(engine["median_s"]) for engine in engines],
        "fastest": [seconds(engine["min_s"]) for engine in engines],
        "numbers a second": [digits(1 / engine["median_s"]) for engine in engines],
        "against the first": [digits(engine["ratio"]) for engine in engines],
        "rows": [f"{engine['rows']:,}" for engine in engines],
        "right": [percent(engine["right"]) for engine in engines],
        "as phonenumbers": [percent(engine["same"]) for engine in engines],
        "region and type": [percent(engine["alike"]) for engine in engines],
        "operator": [percent(engine["operator"]) for engine in engines],
    }
    told = {head: cells for head, cells in columns.items() if any(cells)}
    return table(list(told), zip(*told.values(), strict=True))


def starts_table(starts: Sequence[dict[str, Any]]) -> str:
    """Return the table of what a library needs to start."""
    head = ("library", "import", "first call", "second call", "memory")
    rows = [
        (
            start["name"],
            *(seconds(start[name]) for name in ("import_s", "first_s", "second_s")),
            "" if start["grown_mib"] is None else f"{digits(start['grown_mib'])} MiB",
        )
        for start in starts
    ]
    return table(head, rows)


def scale_table(scale: dict[str, Any]) -> str:
    """Return the table of a long list, by threads."""
    head = ("threads", "median a number", "numbers a second", "against one thread", "memory")
    rows = []
    for threads, name, ratio in (("1", "one_thread", 1.0), ("2", "two_threads", scale["ratio"])):
        peak, each = scale[f"{name}_peak_mib"], scale[f"{name}_s"]
        memory = "" if peak is None else f"{digits(peak)} MiB"
        rows.append((threads, seconds(each), digits(1 / each), digits(ratio), memory))
    return table(head, rows)


def phone_section(phone: dict[str, Any], name: str) -> list[str]:
    """Return the paragraphs of phone numbers of a CPU.

    Args:
        phone: that part of a record.
        name: what the record calls its CPU.
    """
    stamp = f"{name}, {phone['date']}"
    versions = ", ".join(" ".join(pair) for pair in phone["versions"].items())
    parts = [f"\n### Phone numbers\n\n- Versions: {versions}"]
    parts += [f"- Not measured: {engine}: {why}" for engine, why in phone["absent"].items()]
    for found in phone["lists"]:
        title = found["title"][0].upper() + found["title"][1:]
        about = (
            f"{stamp}; rounds: {found['rounds']}; bytes a row: {found['bytes_a_row']};"
            f" rows whose answers were compared: {found['agreed_rows']:,}\n"
        )
        parts += [f"\n### {title}\n", about, list_table(found).rstrip()]
    scale = phone["scale"]
    about = f"{stamp}; rounds: {scale['rounds']}; cores: {scale['cores']}"
    return [
        *parts,
        "\n### From import to the second number, each time in a new process\n",
        f"{stamp}; memory is what the process grew by\n",
        starts_table(phone["starts"]).rstrip(),
        f"\n### {scale['rows']:,} numbers of Myanmar, column to columns\n",
        f"{about}; memory is the peak beside input and output\n",
        scale_table(scale).rstrip(),
    ]


def phone_picture(records: Iterable[dict[str, Any]]) -> str | None:
    """Return docs/benchmarks-phone.svg: a bar for each engine, on one logarithmic scale.

    None where no record has phone numbers.
    """
    panels = [
        (f"{cpu(record)}: {found['title']}", found["engines"])
        for record in records
        for found in (record.get("phone") or {"lists": []})["lists"]
    ]
    if not panels:
        return None
    times = [engine["median_s"] * 1e9 for _, engines in panels for engine in engines]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    unit = (WIDTH - LABELS - VALUES) / max(high - low, 1)
    y = LINE + 8
    lines = [
        words(
            10,
            y,
            "Time a number, on a logarithmic scale: each line is ten times the one before",
            bold=True,
        )
    ]
    for title, engines in panels:
        y += LINE + 14
        lines.append(words(10, y, title))
        top, y = y + LINE, y + LINE
        bars = []
        for engine in engines:
            y += LINE
            width = (math.log10(engine["median_s"] * 1e9) - low) * unit
            fill = OURS_FILL if engine["name"].split(",")[0] == OURS else RIVAL_FILL
            bars += [
                words(LABELS - 8, y, engine["name"], anchor="end"),
                f'<rect x="{LABELS}" y="{y - 14}" width="{width:.1f}" height="17" fill="{fill}"/>',
                words(round(LABELS + width + 6), y, seconds(engine["median_s"])),
            ]
        lines += [*_grid(low, high, unit, top, y), *bars]
    return drawing(lines, y + LINE)


def _grid(low: int, high: int, unit: float, top: int, bottom: int) -> list[str]:
    """Return the line and the time of each power of ten."""
    lines = []
    for power in range(low, high + 1):
        x = round(LABELS + (power - low) * unit)
        lines += [
            f'<path d="M{x} {top + 4}V{bottom + 5}" stroke="{GRID}"/>',
            words(x, top - 2, _decade(power), anchor="middle"),
        ]
    return lines


def _decade(power: int) -> str:
    """Return ten to a power, in ns, in its unit: 10 ns, 1 µs."""
    step, rest = divmod(power, 3)
    return f"{10**rest} {('ns', 'µs', 'ms', 's')[step]}"
