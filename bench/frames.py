"""Measure the columns of each library of frames, and write the record of it.

    python -m bench.frames                      into bench/record/<cpu>-<date>.json
    python -m bench.frames --small --folder X   what a test runs: no figures to keep

Rows a second of each library and of its peers, all with one thread and in turn, round after
round; then ten million numbers from Parquet to Parquet (`frames_scale.py`). The other parts of
this machine's record stay as they are.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .compare import RECORDS, newest
from .frames_scale import scale
from .machine import slug
from .phone_corpus import myanmar
from .phone_engines import Answer, InProcess, OutOfProcess
from .phone_workers import FRAME_WORKERS, missing
from .rounds import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .phone_corpus import Corpus
    from .phone_engines import Engine

ROUNDS: Final = 9
ROWS: Final = 500_000
PEER_ROWS: Final = 2_000
SMALL_ROWS: Final = 300
PACKAGES: Final = ("smspoh", "polars", "pandas", "duckdb", "pyarrow")
# The fields in which an answer of ours is compared with a peer's.
_READ: Final = ("e164", "verdict", "region", "kind", "operator")


def _answer(e164: Any, verdict: Any, region: Any, kind: Any, operator: Any) -> Answer:
    """Return a row of ours as an answer; what is missing is no str."""
    words = (word if isinstance(word, str) else "" for word in (region, kind, operator))
    region, kind, operator = ("" if word == "UNKNOWN" else word for word in words)
    number = e164 if isinstance(e164, str) else str(verdict)
    return Answer(number, verdict == "VALID", region, kind, operator)


def _answers(columns: Any) -> list[Answer]:
    """Return columns of ours, in whatever library they are, as answers."""
    return [_answer(*row) for row in zip(*(columns[name] for name in _READ), strict=True)]


def arrow(corpus: Corpus) -> Engine:
    """Return ours on an array of pyarrow."""
    import pyarrow as pa

    from smspoh.frames import arrow as ours

    column = pa.array(corpus.texts, pa.string())
    return InProcess(
        "smspoh, arrow",
        corpus,
        lambda: ours.normalize(column, threads=1),
        lambda found: _answers(pa.table(found).to_pydict()),
    )


def polars(corpus: Corpus) -> Engine:
    """Return ours on a Series of polars."""
    import polars as pl

    import smspoh.frames.polars  # noqa: F401 - it gives polars its namespaces

    column: Any = pl.Series("phone", corpus.texts)
    return InProcess(
        "smspoh, polars",
        corpus,
        lambda: column.smspoh.normalize(threads=1),
        lambda found: _answers(found.struct.unnest().to_dict(as_series=False)),
    )


def pandas(corpus: Corpus) -> Engine:
    """Return ours on a Series of the dtype that pandas has for text."""
    import pandas as pd

    import smspoh.frames.pandas  # noqa: F401 - it gives pandas its accessor

    column = pd.Series(corpus.texts)
    return InProcess(
        "smspoh, pandas",
        corpus,
        lambda: column.smspoh.normalize(threads=1),
        lambda found: _answers(found.to_dict("list")),
    )


def pandas_objects(corpus: Corpus) -> Engine:
    """Return ours on a Series of objects."""
    import pandas as pd

    import smspoh.frames.pandas  # noqa: F401 - it gives pandas its accessor

    column = pd.Series(corpus.texts, dtype=object)
    return InProcess(
        "smspoh, pandas, dtype object",
        corpus,
        lambda: column.smspoh.normalize(threads=1),
        lambda found: _answers(found.to_dict("list")),
    )


def duckdb(corpus: Corpus) -> Engine:
    """Return ours on a table of DuckDB, into a table."""
    import duckdb as library
    import pyarrow as pa

    from smspoh.frames.duckdb import register

    connection = library.connect(config={"threads": 1})
    register(connection)
    held = pa.table({"phone": pa.array(corpus.texts, pa.string())})
    connection.register("held", held)
    connection.execute("CREATE TABLE phones AS SELECT * FROM held")
    query = "CREATE OR REPLACE TABLE found AS SELECT smspoh_normalize(phone) AS it FROM phones"

    def answers(_: Any) -> list[Answer]:
        rows = connection.execute("SELECT it FROM found").fetchall()
        return [_answer(*(it[name] for name in _READ)) for (it,) in rows]

    return InProcess("smspoh, duckdb", corpus, lambda: connection.execute(query), answers)


OURS: Final[Sequence[Callable[[Corpus], Engine]]] = (arrow, polars, pandas, pandas_objects, duckdb)


def libraries(rounds: int, *, small: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the figures of each library and each peer, and the versions of the peers."""
    rows = SMALL_ROWS if small else ROWS
    corpus = myanmar(rows)
    few = corpus.first(SMALL_ROWS if small else PEER_ROWS)
    present = [name for name in FRAME_WORKERS if missing(name) is None]
    versions: dict[str, str] = {}
    with ExitStack() as opened:
        engines: list[Engine] = [make(corpus) for make in OURS]
        for name in present:
            engines.append(OutOfProcess(name, few))
            opened.callback(engines[-1].close)
            versions |= engines[-1].versions()
        expected = engines[0].answers()
        for engine in engines[1 : len(OURS)]:
            assert engine.answers() == expected, engine.name
        times: dict[str, list[float]] = {engine.name: [] for engine in engines}
        gc.collect()
        gc.disable()
        try:
            for _ in range(rounds + 1):  # the first warms up
                for engine in engines:
                    times[engine.name].append(engine.seconds() / len(engine.corpus.texts))
        finally:
            gc.enable()
    counts = {engine.name: len(engine.corpus.texts) for engine in engines}
    found = figures({name: seconds[1:] for name, seconds in times.items()}, 1, None)
    return {
        "title": corpus.title,
        "rounds": rounds,
        "bytes_a_row": round(corpus.bytes_a_row, 1),
        "engines": [{**each, "rows": counts[each["name"]]} for each in found],
    }, versions


def record(rounds: int, *, small: bool) -> dict[str, Any]:
    """Return what is measured of frames on this machine, now."""
    print("frames: rows a second", flush=True)
    measured, theirs = libraries(rounds, small=small)
    print("frames: Parquet to Parquet", flush=True)
    long = scale(small=small)
    ours = {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {**ours, **theirs},
        "absent": {name: why for name in FRAME_WORKERS if (why := missing(name)) is not None},
        "libraries": measured,
        "scale": long,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(prog="python -m bench.frames")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="at least 3")
    parser.add_argument("--folder", type=Path, default=RECORDS, help="where the record goes")
    parser.add_argument("--small", action="store_true", help="small lists, for a test")
    options = parser.parse_args(arguments)
    if options.rounds < 3:
        parser.error(f"--rounds is {options.rounds}; a median needs at least 3")
    if options.small and options.folder == RECORDS:
        parser.error("--small needs a --folder of its own: its figures are none to keep")
    found = newest(options.folder)
    found["frames"] = record(options.rounds, small=options.small)
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"{slug(found['machine'])}-{found['date']}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(f"frames: wrote {path.name}")


if __name__ == "__main__":
    main()
