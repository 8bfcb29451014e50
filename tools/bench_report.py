"""Make docs/benchmarks.md and its pictures from the records in bench/record.

    python -m tools.bench_report            write them
    python -m tools.bench_report --check    fail when the committed ones are not what this makes

Of each CPU the newest record counts, and has a section; `make bench` makes a record.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bench_frames_report import frames_section
from .bench_phone_report import PHONE, phone_picture, phone_section
from .bench_tables import (
    LABELS,
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

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "bench" / "record"
DOCS = ROOT / "docs"

OURS = "smspoh"
DRAWN = ("one", "batch")  # the tasks of the picture
TOP = """\
# Benchmarks

<!-- Made by tools/bench_report.py from the records in bench/record. Do not edit. -->

PBKDF2-HMAC-SHA256, the encrypted message, phone numbers and texts, by this library and by others.

With keys, `smspoh` is the library as it chooses for itself; `smspoh, NAME` is a backend that was
forced by its name. The rivals have no call for a batch and derive one key after the other.

To reproduce, on your machine and into a record of your own:

```sh
make bench
```

Each round runs every engine once, in turn, because a shared machine drifts. *Median* and
*fastest* are over the rounds. *Against* is an engine's time over that of the first engine of the
table, taken inside a round, then the median of the rounds: 2.00 needs twice as long; *over* is
the difference, likewise. *ns a compression* is the median time over the SHA-256 compressions of a
key, which are two an iteration.
"""
NONE = "\nThere is no record yet.\n"


def newest(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest record of each CPU, the newest of all first."""
    found: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: str(record["date"])):
        found[cpu(record)] = record
    return sorted(sorted(found.values(), key=cpu), key=lambda r: str(r["date"]), reverse=True)


def task_table(task: dict[str, Any]) -> str:
    """Return the table of a task, with the columns that tell something about it."""
    engines, unit = task["engines"], task["unit"]
    first = engines[0]["name"]
    columns = {
        "engine": [engine["name"] for engine in engines],
        f"median a {unit}": [seconds(engine["median_s"]) for engine in engines],
        "fastest": [seconds(engine["min_s"]) for engine in engines],
        f"{unit}s a second": [digits(1 / engine["median_s"]) for engine in engines],
    }
    if engines[0]["ns_per_compression"] is not None:
        columns["ns a compression"] = [digits(e["ns_per_compression"]) for e in engines]
    elif len(engines) > 1:
        columns[f"over {first}"] = ["", *(seconds(engine["over_s"]) for engine in engines[1:])]
    if len(engines) > 1:
        columns[f"against {first}"] = [digits(engine["ratio"]) for engine in engines]
    return table(list(columns), zip(*columns.values(), strict=True))


def kernel_table(kernel: dict[str, Any]) -> str:
    """Return the table of the core's own figures, a row for each number of lanes."""
    head = ("backend", "lanes", "ns a compression", "cycles a compression")
    rows = [
        (
            backend["name"],
            str(backend["lanes"]),
            digits(backend["ns_per_compression"]),
            digits(backend["cycles_per_compression"]),
        )
        for backend in kernel["backends"]
    ]
    return table(head, rows)


def task_sections(tasks: Iterable[dict[str, Any]], stamp: str) -> list[str]:
    """Return the paragraphs of tasks; `stamp` says where and when they were measured."""
    parts = []
    for task in tasks:
        title = task["title"][0].upper() + task["title"][1:]
        about = f"{stamp}; rounds: {task['rounds']}\n"
        parts += [f"\n### {title}\n", about, task_table(task).rstrip()]
    return parts


def section(record: dict[str, Any]) -> str:
    """Return the section of a CPU."""
    machine, versions = record["machine"], record["versions"]
    stamp = f"{cpu(record)}, {record['date']}"
    flags = ", ".join(machine["flags"]) or "none that matter here"
    parts = [
        f"\n## {cpu(record)}\n",
        f"- System: {machine['system']}; cores: {machine['cores']}; instructions: {flags}",
    ]
    if versions:
        parts.append(f"- Versions: {', '.join(' '.join(pair) for pair in versions.items())}")
    parts += task_sections(record["tasks"], stamp)
    if kernel := record["kernel"]:
        parts += [
            "\n### One compression in the loop of PBKDF2, by lanes\n",
            f"{stamp}; the clock ran at {digits(kernel['clock_ghz'])} GHz\n",
            kernel_table(kernel).rstrip(),
        ]
    if phone := record.get("phone"):
        parts += phone_section(phone, cpu(record))
    if texts := record.get("texts"):
        versions = ", ".join(" ".join(pair) for pair in texts["versions"].items())
        parts.append(f"\n### Texts\n\n- Versions: {versions}")
        parts += task_sections(texts["tasks"], f"{cpu(record)}, {texts['date']}")
    if frames := record.get("frames"):
        parts += frames_section(frames, cpu(record))
    return "\n".join(parts) + "\n"


def page(records: Sequence[dict[str, Any]]) -> str:
    """Return docs/benchmarks.md."""
    if not records:
        return TOP + NONE
    keys = "\n![Nanoseconds a compression, by engine](benchmarks.svg)\n"
    if any(record.get("phone") for record in records):
        keys += PHONE
    return TOP + keys + "".join(section(record) for record in records)


def picture(records: Sequence[dict[str, Any]]) -> str:
    """Return docs/benchmarks.svg: a bar for each engine, in ns a compression, on one scale."""
    panels = [
        (f"{cpu(record)}: {task['title']}", task["engines"])
        for record in records
        for task in record["tasks"]
        if task["name"] in DRAWN
    ]
    most = max((e["ns_per_compression"] for _, engines in panels for e in engines), default=1.0)
    lines, y = [], LINE + 8
    lines.append(words(10, y, "ns a SHA-256 compression; shorter is faster", bold=True))
    for title, engines in panels:
        y += LINE + 14
        lines.append(words(10, y, title))
        for engine in engines:
            y += LINE
            ns = engine["ns_per_compression"]
            width = (WIDTH - LABELS - VALUES) * ns / most
            fill = OURS_FILL if engine["name"].split(",")[0] == OURS else RIVAL_FILL
            lines += [
                words(LABELS - 8, y, engine["name"], anchor="end"),
                f'<rect x="{LABELS}" y="{y - 14}" width="{width:.1f}" height="17" fill="{fill}"/>',
                words(round(LABELS + width + 6), y, digits(ns)),
            ]
    return drawing(lines, y + LINE)


def made(folder: Path) -> dict[str, str | None]:
    """Return each file that the records of a folder make; None for one that must not be there."""
    # Those of the faults have a page of their own: tools/sdk_report.py.
    paths = sorted(set(folder.glob("*.json")) - set(folder.glob("sdk-faults-*.json")))
    read = (json.loads(path.read_text("utf-8")) for path in paths)
    records = newest(read)
    return {
        "benchmarks.md": page(records),
        "benchmarks.svg": picture(records) if records else None,
        "benchmarks-phone.svg": phone_picture(records),
    }


def main(arguments: Sequence[str], records: Path = RECORDS, docs: Path = DOCS) -> int:
    """Write the page and its pictures, or with `--check` compare them with the committed ones."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = 0
    for name, text in made(records).items():
        path = docs / name
        there = path.read_text("utf-8") if path.exists() else None
        if there == text:
            continue
        if arguments:
            print(f"docs/{name} is stale: run python -m tools.bench_report", file=sys.stderr)
            stale = 1
        elif text is None:
            path.unlink()
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
