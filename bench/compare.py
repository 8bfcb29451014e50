"""Measure every task with all its engines in turn, and write the record of it.

    python -m bench.compare                      write bench/record/<cpu>-<date>.json
    python -m bench.compare --rounds 15          more rounds than the 9 that are usual
    python -m bench.compare --only phone         one part; the others stay as they are recorded
    python -m bench.compare --small --folder X   what a test runs: no figures to keep

A machine that is shared drifts: what runs a minute later runs on another machine. So
each round runs every engine once (A B C, A B C, ...), a ratio is taken inside a round,
and what is told is the median of the rounds' ratios. A short task gets five times the rounds.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import phone_compare
from .machine import ROOT, machine, slug, text_versions, versions
from .rounds import alternate, figures
from .tasks import tasks
from .text_tasks import text_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tasks import Task

RECORDS: Final = ROOT / "bench" / "record"
ROUNDS: Final = 9
ROUNDS_MIN: Final = 7
KERNEL: Final = "cargo run --quiet --locked --release -p smspoh-core --example compressions"


def measure(task: Task, rounds: int) -> dict[str, Any]:
    """Return a task with its engines' figures, after one run of each that is checked."""
    for name, run in task.engines.items():
        task.check(name, run())
    gc.collect()
    gc.disable()
    try:
        times = alternate(task.engines, rounds * task.often)
    finally:
        gc.enable()
    return {
        "name": task.name,
        "title": task.title,
        "unit": task.unit,
        "rows": task.rows,
        "rounds": rounds * task.often,
        "engines": figures(times, task.rows, task.compressions),
    }


def kernel() -> Any:
    """Return what the core's own example measures; None, and a line, when it cannot run."""
    done = subprocess.run(KERNEL.split(), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"compare: no kernel figures: {KERNEL} failed", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def keys(rounds: int, *, small: bool) -> dict[str, Any]:
    """Return what is measured of keys and messages on this machine, now."""
    measured = []
    for task in tasks(small=small).values():
        print(f"compare: {task.title}", flush=True)
        measured.append(measure(task, rounds))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "tasks": measured,
        "kernel": None if small else kernel(),
    }


def texts(rounds: int, *, small: bool) -> dict[str, Any]:
    """Return what is measured of texts on this machine, now."""
    measured = []
    for task in text_tasks(small=small).values():
        print(f"compare: {task.title}", flush=True)
        measured.append(measure(task, rounds))
    date = datetime.now(UTC).date().isoformat()
    return {"date": date, "versions": text_versions(), "tasks": measured}


def nothing() -> dict[str, Any]:
    """Return a record of this machine in which no part was measured yet."""
    date = datetime.now(UTC).date().isoformat()
    return {"date": date, "machine": machine(), "versions": {}, "tasks": [], "kernel": None}


def newest(folder: Path) -> dict[str, Any]:
    """Return the newest record of this machine in a folder, or one of nothing."""
    paths = sorted(
        folder.glob(f"{slug(machine())}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].json")
    )
    return dict(json.loads(paths[-1].read_text("utf-8"))) if paths else nothing()


def record(rounds: int, folder: Path, *, small: bool, only: str | None) -> dict[str, Any]:
    """Return the record of this machine: what is measured now, and the rest as it was."""
    found = newest(folder)
    if only in (None, "keys"):
        found = {**found, **keys(rounds, small=small)}
    if only in (None, "phone"):
        found["phone"] = phone_compare.record(rounds, small=small)
    if only in (None, "texts"):
        found["texts"] = texts(rounds, small=small)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least {ROUNDS_MIN}")
    parser.add_argument("--folder", type=Path, default=RECORDS, help="where the record goes")
    parser.add_argument("--small", action="store_true", help="small tasks, for a test")
    parser.add_argument(
        "--only", choices=("keys", "phone", "texts"), help="measure this part alone"
    )
    options = parser.parse_args(arguments)
    if options.rounds < ROUNDS_MIN:
        parser.error(f"--rounds is {options.rounds}; a median needs at least {ROUNDS_MIN}")
    if options.small and options.folder == RECORDS:
        parser.error("--small needs a --folder of its own: its figures are none to keep")
    found = record(options.rounds, options.folder, small=options.small, only=options.only)
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"{slug(found['machine'])}-{found['date']}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(f"compare: wrote {path.name}")


if __name__ == "__main__":
    main()
