"""Ten million numbers from a Parquet file to a Parquet file, beside reading and writing it alone.

    python -m bench.frames_scale WAY SMALL SOURCE TARGET    what one process measures, as JSON

Each run is a process, so that its peak of memory is its own; the time is that of the way alone,
without the imports. What is written is the column as it came, or its E.164 forms and verdicts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from .machine import ROOT
from .rounds import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS: Final = 10_000_000
UNIQUE_ROWS: Final = 500_000  # drawn; the file is these again and again
BATCH_ROWS: Final = 100_000
ROUNDS: Final = 3
FIELDS: Final = ["e164", "verdict"]
_STATUS: Final = Path("/proc/self/status")


def polars_alone(source: str, target: str) -> None:
    """Read and write with polars, streaming."""
    import polars as pl

    pl.scan_parquet(source).sink_parquet(target)


def polars_ours(source: str, target: str) -> None:
    """Read, normalize and write with polars, streaming."""
    import polars as pl

    import smspoh.frames.polars  # noqa: F401 - it gives polars its namespaces

    phone: Any = pl.col("phone")
    found = phone.smspoh.normalize(columns=FIELDS).struct.unnest()
    pl.scan_parquet(source).select(found).sink_parquet(target)


def _batches(source: str) -> Any:
    """Return a file of Parquet whose batches pyarrow does not keep: it does, as it comes."""
    from pyarrow import parquet

    return parquet.ParquetFile(source, pre_buffer=False)


def pyarrow_alone(source: str, target: str) -> None:
    """Read and write batches with pyarrow."""
    from pyarrow import parquet

    file = _batches(source)
    with parquet.ParquetWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches(BATCH_ROWS):
            writer.write_batch(batch)


def pyarrow_ours(source: str, target: str) -> None:
    """Read, normalize and write batches with pyarrow."""
    import pyarrow as pa
    from pyarrow import parquet

    from smspoh.frames import arrow

    def made() -> Iterator[Any]:
        for batch in _batches(source).iter_batches(BATCH_ROWS):
            yield pa.record_batch(arrow.normalize(batch.column("phone"), columns=FIELDS))

    batches = made()
    first = next(batches)
    with parquet.ParquetWriter(target, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


WAYS: Final[dict[str, Callable[[str, str], None]]] = {
    way.__name__: way for way in (polars_alone, polars_ours, pyarrow_alone, pyarrow_ours)
}
LIBRARIES: Final = {"polars, streaming": "polars", "pyarrow, batches": "pyarrow"}


def write(path: Path, rows: int) -> None:
    """Write a list of Myanmar with so many rows."""
    import pyarrow as pa
    from pyarrow import parquet

    from .phone_corpus import myanmar

    drawn = min(rows, UNIQUE_ROWS)
    batch = pa.record_batch({"phone": pa.array(myanmar(drawn).texts, pa.string())})
    with parquet.ParquetWriter(path, batch.schema) as writer:
        for start in range(0, rows, drawn):
            part = batch.slice(0, min(drawn, rows - start))
            writer.write_batch(part, row_group_size=BATCH_ROWS)


def measured(way: str, *paths: Path) -> dict[str, Any]:
    """Return the seconds and the peak of memory of a way, in a process of its own.

    Args:
        way: of `WAYS`.
        paths: a small file, the one that is measured, and where to write.
    """
    done = subprocess.run(
        (sys.executable, "-m", "bench.frames_scale", way, *map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(done.stdout))


def scale(*, small: bool) -> dict[str, Any]:
    """Return how each library does with a long file, and with a tenth of it."""
    rows = 20_000 if small else ROWS
    with tempfile.TemporaryDirectory(prefix="smspoh-bench-") as name:
        folder = Path(name)
        names = ("small", "source", "tenth", "target")
        small_file, source, tenth, target = (folder / name for name in names)
        write(small_file, 10)
        write(source, rows)
        write(tenth, rows // 10)
        runs: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way, found in runs.items():
                found.append(measured(way, small_file, source, target))
        of_tenth = {way: measured(way, small_file, tenth, target)["peak_mib"] for way in WAYS}
    return {
        "rows": rows,
        "rounds": ROUNDS,
        "cores": os.cpu_count(),
        "libraries": [
            {
                "name": name,
                "alone_s": _median(runs[f"{key}_alone"], "s", rows),
                "ours_s": _median(runs[f"{key}_ours"], "s", rows),
                "speed": _speed(runs[f"{key}_alone"], runs[f"{key}_ours"]),
                "alone_peak_mib": _median(runs[f"{key}_alone"], "peak_mib", 1),
                "peak_mib": _median(runs[f"{key}_ours"], "peak_mib", 1),
                "tenth_peak_mib": of_tenth[f"{key}_ours"],
            }
            for name, key in LIBRARIES.items()
        ],
    }


def _median(runs: list[dict[str, Any]], name: str, rows: int) -> float | None:
    values = [run[name] for run in runs if run[name] is not None]
    return short(median(values) / rows) if values else None


def _speed(alone: list[dict[str, Any]], ours: list[dict[str, Any]]) -> float:
    """Return our speed as a share of that of reading and writing alone, in the same round."""
    return short(median(one["s"] / two["s"] for one, two in zip(alone, ours, strict=True)))


def _peak_mib() -> float | None:
    """Return the peak of memory of this process; None where the system does not tell."""
    try:
        peak = _STATUS.read_text("ascii").split("VmHWM:")[1].split()[0]
    except OSError:
        return None
    return round(int(peak) / 1024, 1)


def main(way: str, small: str, source: str, target: str) -> None:
    """Run a way twice, with a small file first: what is loaded at first is not a row's."""
    WAYS[way](small, target)
    start = time.perf_counter()
    WAYS[way](source, target)
    print(json.dumps({"s": time.perf_counter() - start, "peak_mib": _peak_mib()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
