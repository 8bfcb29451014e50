"""Tell how much faster two workers of Spark encrypt than one.

``python -m bench.spark [--rows N] [--rounds N]``, in an environment that has pyspark and Java,
as target/spark of `make test-spark`. A round starts a cluster of one worker and one of two, each
worker with one core and one thread of this library, and gives both the same job: texts to tokens
of Yii2's profile, and nothing of them back but a count. Every second round starts with the other
one. The start of a cluster is not in the time, nor is a first job, which starts a Python in every
worker.

What two workers can be depends on the machine, whose second core may be half of one or somebody
else's. So each round also has one process and two, without Spark, do the same rows.

The lines are for people: no record is kept of them, because the figures are of who else uses the
machine as much as of this library.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import smspoh
from tests.frames.spark.cluster import Cluster

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

KEY: Final = "one key of enough characters for all"
TASKS: Final = 32
"""Parts of a job: 16 for each of two workers, so that the last one does not keep the other long."""
WARM_ROWS: Final = 4
"""Rows of a task in the first job: enough that both workers get some of it."""
START_S: Final = 60.0
"""In which a process has to start."""
SIDES: Final = ("Spark", "processes")


def text(number: int) -> str:
    return f"Your code is {number}"


def job(cluster: Cluster, rows: int) -> None:
    """Encrypt rows and count their tokens."""
    from pyspark.sql import functions

    from smspoh.frames import spark as columns

    table: Any = cluster.spark.range(0, rows, 1, TASKS)
    written = functions.concat(functions.lit(text(0)[:-1]), functions.col("id").cast("string"))
    token = table.select(columns.encrypt(written, KEY).alias("token"))
    [[made]] = token.select(functions.count("token")).collect()
    if made != rows:
        raise AssertionError(f"{made} tokens of {rows} texts")


def of_spark(workers: int, rows: int) -> float:
    """Return the seconds that a cluster of its own needs for the job."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder), workers=workers) as cluster,
    ):
        cluster.wait()
        while len(cluster.python_workers()) < workers:
            job(cluster, WARM_ROWS * TASKS)
        start = time.perf_counter()
        job(cluster, rows)
        return time.perf_counter() - start


def encrypted(numbers: range) -> int:
    """Return how many tokens a process has made of its part of the rows."""
    return len(smspoh.encrypt_batch([text(number) for number in numbers], KEY, threads=1))


def met(barrier: Barrier) -> None:
    """Wait, in a process that has just started, for the others; and encrypt once."""
    encrypted(range(1))
    barrier.wait(START_S)


def of_processes(processes: int, rows: int) -> float:
    """Return the seconds that processes need for the job without Spark."""
    context = get_context("spawn")
    barrier = context.Barrier(processes + 1)
    parts = [range(at * rows // TASKS, (at + 1) * rows // TASKS) for at in range(TASKS)]
    with ProcessPoolExecutor(processes, context, met, (barrier,)) as pool:
        first = [pool.submit(encrypted, range(0)) for _ in range(processes)]
        barrier.wait(START_S)
        for done in first:
            done.result()
        start = time.perf_counter()
        made = sum(pool.map(encrypted, parts))
        seconds = time.perf_counter() - start
    if made != rows:
        raise AssertionError(f"{made} tokens of {rows} texts")
    return seconds


def timed(side: str, workers: int, rows: int) -> float:
    """Return what a side needs, from a process of its own."""
    command = [sys.executable, "-m", "bench.spark", "--one", side, "--workers", str(workers)]
    command += ["--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^seconds ([0-9.]+)$", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{side} with {workers} workers ended with: {done.stderr[-2_000:]}")
    return float(found[1])


def compare(rows: int, rounds: int) -> None:
    """Print the seconds of each round, and the medians."""
    times: dict[tuple[str, int], list[float]] = {(side, n): [] for side in SIDES for n in (1, 2)}
    ratios: dict[str, list[float]] = {side: [] for side in SIDES}
    for number in range(rounds):
        for side in SIDES:
            for workers in (1, 2) if number % 2 == 0 else (2, 1):
                times[side, workers].append(timed(side, workers, rows))
            ratios[side].append(times[side, 1][-1] / times[side, 2][-1])
        print(f"round {number + 1}: {told(times, ratios, lambda seen: seen[-1])}", flush=True)
    print(f"median of {rounds} rounds, {rows:,} rows: {told(times, ratios, median)}")


def told(times: Any, ratios: Any, one: Any) -> str:
    """Return a line of what is one of the seconds and of the ratios."""
    return "; ".join(
        f"{side}: 1 worker {one(times[side, 1]):.2f} s, 2 workers {one(times[side, 2]):.2f} s,"
        f" {one(ratios[side]):.2f} times as fast"
        for side in SIDES
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000, help="texts to encrypt")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is None:
        compare(options.rows, options.rounds)
        return
    run = of_spark if options.one == "Spark" else of_processes
    print(f"seconds {run(options.workers, options.rows):.3f}")


if __name__ == "__main__":
    main()
