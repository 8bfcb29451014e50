"""Arrow to Arrow beside the native call that it stands on: what a row costs more.

python -m bench.arrow [ROWS [ROUNDS]]

The native call fills columns that were there before and are used again; Arrow to Arrow makes
its columns anew, hands them out and lets them go in its own time. Rounds run all in turn, and
what is told is the median of the rounds' differences, in the time of the CPU: on one thread
that is what a row costs, whoever else uses the machine.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from smspoh.frames import arrow

from .phone_corpus import myanmar, world
from .phone_native import Column, Native
from .rounds import alternate, figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .rounds import Figures

ROWS: Final = 1_000_000
UNIQUE_ROWS: Final = 100_000  # drawn; the list is these again and again
ROUNDS: Final = 15
LISTS: Final = {"myanmar": myanmar, "world": world}
TYPES: Final[dict[str, pa.DataType]] = {
    "large_utf8": pa.large_utf8(),
    "utf8": pa.utf8(),
    "utf8_view": pa.string_view(),
}


def engines(texts: Sequence[str], times: int, threads: int) -> Mapping[str, Callable[[], object]]:
    """Return the native call, and Arrow to Arrow of each type, on the same rows."""
    found: dict[str, Callable[[], object]] = {"native": Native(Column(texts, times), threads)}
    for name, kind in TYPES.items():
        rows = pa.array([*texts] * times, kind)

        def run(rows: Any = rows) -> object:
            return pa.record_batch(arrow.normalize(rows, threads=threads))

        found[name] = run
    return found


def measure(rows: int, rounds: int, threads: int, corpus: str) -> list[Figures]:
    """Return what each needed; `over_s` is seconds of CPU a row more than the native call."""
    texts = LISTS[corpus](min(rows, UNIQUE_ROWS)).texts
    times = max(1, rows // len(texts))
    every = engines(texts, times, threads)
    alternate(every, 2)  # so that memory and caches are as they stay
    return figures(alternate(every, rounds, time.process_time), len(texts) * times, None)


def main(arguments: Sequence[str]) -> None:
    """Print a line for each engine."""
    rows = int(arguments[0]) if arguments else ROWS
    rounds = int(arguments[1]) if len(arguments) > 1 else ROUNDS
    for corpus in LISTS:
        for threads in (1, 2):
            for found in measure(rows, rounds, threads, corpus):
                print(
                    f"{corpus:8} {threads} threads  {found['name']:12}"
                    f" {found['median_s'] * 1e9:7.1f} ns a row,"
                    f" {found['over_s'] * 1e9:+6.1f} more than the native call"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
