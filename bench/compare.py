"""Measure every task with all its engines in turn, and write the record of it.

    python -m bench.compare                      write bench/record/<cpu>-<date>.json
    python -m bench.compare --rounds 15          more rounds than the 9 that are usual
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
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, TypedDict

from .machine import ROOT, machine, slug, versions
from .tasks import tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .tasks import Task

RECORDS: Final = ROOT / "bench" / "record"
ROUNDS: Final = 9
ROUNDS_MIN: Final = 7
KERNEL: Final = "cargo run --quiet --locked --release -p smspoh-core --example compressions"


class Figures(TypedDict):
    """What one engine needed.

    Attributes:
        name: the engine.
        median_s: seconds a row, the median of the rounds.
        min_s: seconds a row in the fastest round.
        ratio: its time over that of the first engine in the same round, the median.
        over_s: seconds a row more than the first engine in the same round, the median.
        ns_per_compression: by `median_s`; None where compressions are not all of it.
    """

    name: str
    median_s: float
    min_s: float
    ratio: float
    over_s: float
    ns_per_compression: float | None


def alternate(
    engines: Mapping[str, Callable[[], Any]],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Return the seconds of each engine in each round; a round runs each of them once."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, run in engines.items():
            start = clock()
            run()  # its result is freed here, in its own time
            times[name].append(clock() - start)
    return times


def figures(
    times: Mapping[str, Sequence[float]], rows: int, compressions: int | None
) -> list[Figures]:
    """Return what each engine needed.

    Args:
        times: seconds of each engine in each round, the same number of rounds for all;
            the first engine is what the others are compared with.
        rows: how many rows one run does.
        compressions: SHA-256 compressions a row; None where they are not all of it.
    """
    first = times[next(iter(times))]
    found = []
    for name, seconds in times.items():
        rounds = list(zip(seconds, first, strict=True))
        each = median(seconds) / rows
        found.append(
            Figures(
                name=name,
                median_s=_short(each),
                min_s=_short(min(seconds) / rows),
                ratio=_short(median(mine / other for mine, other in rounds)),
                over_s=_short(median(mine - other for mine, other in rounds) / rows),
                ns_per_compression=_short(each * 1e9 / compressions) if compressions else None,
            )
        )
    return found


def _short(value: float) -> float:
    """Return a value with the digits that a clock can vouch for."""
    return float(f"{value:.5g}")


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


def record(rounds: int, *, small: bool) -> dict[str, Any]:
    """Return the record of this machine, measured now."""
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least {ROUNDS_MIN}")
    parser.add_argument("--folder", type=Path, default=RECORDS, help="where the record goes")
    parser.add_argument("--small", action="store_true", help="small tasks, for a test")
    options = parser.parse_args(arguments)
    if options.rounds < ROUNDS_MIN:
        parser.error(f"--rounds is {options.rounds}; a median needs at least {ROUNDS_MIN}")
    if options.small and options.folder == RECORDS:
        parser.error("--small needs a --folder of its own: its figures are none to keep")
    found = record(options.rounds, small=options.small)
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"{slug(found['machine'])}-{found['date']}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(f"compare: wrote {path.name}")


if __name__ == "__main__":
    main()
