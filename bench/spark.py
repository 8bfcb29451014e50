"""Tell how much faster two workers of Spark encrypt than one.

``python -m bench.spark [--rows N] [--rounds N]``, in an environment that has pyspark and Java,
as target/spark of `make test-spark`. A round starts a cluster of one worker and one of two, each
worker with one core, and gives both the same job: texts to tokens of Yii2's profile, and nothing
of them back but a count. The start of a cluster, and its first job, which starts Python, are
not in the time. The lines are for people: no record is kept of them, because the figures are
of who else uses the machine as much as of this library.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.frames.spark.cluster import Cluster

KEY: Final = "one key of enough characters for all"
TASKS: Final = 16


def job(cluster: Cluster, rows: int, tasks: int = TASKS) -> None:
    """Encrypt rows and count their tokens."""
    from pyspark.sql import functions

    from smspoh.frames import spark as columns

    table: Any = cluster.spark.range(0, rows, 1, tasks)
    text = functions.concat(functions.lit("Your code is "), functions.col("id").cast("string"))
    token = table.select(columns.encrypt(text, KEY).alias("token"))
    [[made]] = token.select(functions.count("token")).collect()
    if made != rows:
        raise AssertionError(f"{made} tokens of {rows} texts")


def one(workers: int, rows: int) -> None:
    """Print the seconds that a cluster of its own needs for the job."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder), workers=workers) as cluster,
    ):
        cluster.wait()
        job(cluster, 8 * TASKS)
        start = time.perf_counter()
        job(cluster, rows)
        print(f"seconds {time.perf_counter() - start:.3f}")


def timed(workers: int, rows: int) -> float:
    """Return what `one` prints, from a process of its own."""
    command = [sys.executable, "-m", "bench.spark", "--one", str(workers), "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^seconds ([0-9.]+)$", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"the run of {workers} workers ended with: {done.stderr[-2_000:]}")
    return float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_600, help="texts to encrypt")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=int, metavar="WORKERS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.rows)
        return
    ratios: list[float] = []
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for number in range(1, options.rounds + 1):
        for workers, times in seconds.items():
            times.append(timed(workers, options.rows))
        ratios.append(seconds[1][-1] / seconds[2][-1])
        print(
            f"round {number}: 1 worker {seconds[1][-1]:.2f} s,"
            f" 2 workers {seconds[2][-1]:.2f} s, {ratios[-1]:.2f} times as fast",
            flush=True,
        )
    print(
        f"median of {options.rounds} rounds, {options.rows:,} rows: 1 worker"
        f" {median(seconds[1]):.2f} s, 2 workers {median(seconds[2]):.2f} s,"
        f" {median(ratios):.2f} times as fast"
    )


if __name__ == "__main__":
    main()
