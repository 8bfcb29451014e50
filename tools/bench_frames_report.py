"""The part of docs/benchmarks.md that is of columns of frames."""

from __future__ import annotations

from typing import Any

from .bench_tables import digits, seconds, table

ABOUT = """
Each engine reads the same numbers with one thread, from a column of its library to a column of
it: the E.164 form or why there is none, verdict, operator, kind, region and calling code.
`smspoh, duckdb` goes from a table to a table. The others call a library in Python for each row,
which answers with the same but for the operator; they read the first *rows* of the list."""
ALONE = """
A file of numbers of Myanmar is read, and written: as it came (*alone*), or as E.164 forms and
verdicts (*normalized*), by polars streaming and by batches of pyarrow, each in a process of its
own. *Speed* is ours over that of reading and writing alone, taken inside a round, then the median
of the rounds. *Peak* is all memory of the process, libraries included; *peak of a tenth* is that
of a file with a tenth of the rows.
"""


def libraries_table(libraries: dict[str, Any]) -> str:
    """Return rows a second of each library and of each peer."""
    engines = libraries["engines"]
    medians = {engine["name"]: engine["median_s"] for engine in engines}
    rows = [
        (
            engine["name"],
            seconds(engine["median_s"]),
            seconds(engine["min_s"]),
            digits(1 / engine["median_s"]),
            f"{engine['rows']:,}",
            _against(engine, medians),
        )
        for engine in engines
    ]
    head = ("engine", "median a row", "fastest", "rows a second", "rows", "against ours there")
    return table(head, rows)


def _against(engine: dict[str, Any], medians: dict[str, float]) -> str:
    """Return how many times as long a peer needs as ours in the same library; "" for ours."""
    library = engine["name"].split(",")[0]
    ours = medians.get(f"smspoh, {library}")
    return "" if ours is None else digits(engine["median_s"] / ours)


def scale_table(scale: dict[str, Any]) -> str:
    """Return the table of a long file."""
    head = (
        *("by", "alone, a row", "normalized, a row", "rows a second", "speed"),
        *("peak alone", "peak", "peak of a tenth"),
    )
    rows = [
        (
            found["name"],
            seconds(found["alone_s"]),
            seconds(found["ours_s"]),
            digits(1 / found["ours_s"]),
            f"{digits(100 * found['speed'])} %",
            *(_mib(found[name]) for name in ("alone_peak_mib", "peak_mib", "tenth_peak_mib")),
        )
        for found in scale["libraries"]
    ]
    return table(head, rows)


def _mib(value: float | None) -> str:
    return "" if value is None else f"{digits(value)} MiB"


def frames_section(frames: dict[str, Any], name: str) -> list[str]:
    """Return the paragraphs of frames of a CPU.

    Args:
        frames: that part of a record.
        name: what the record calls its CPU.
    """
    stamp = f"{name}, {frames['date']}"
    versions = ", ".join(" ".join(pair) for pair in frames["versions"].items())
    libraries, scale = frames["libraries"], frames["scale"]
    parts = [f"\n### Columns of frames\n\n- Versions: {versions}"]
    parts += [f"- Not measured: {engine}: {why}" for engine, why in frames["absent"].items()]
    about = f"{stamp}; rounds: {libraries['rounds']}; bytes a row: {libraries['bytes_a_row']}\n"
    parts += [ABOUT, f"\n{about}", libraries_table(libraries).rstrip()]
    about = f"{stamp}; rounds: {scale['rounds']}; cores: {scale['cores']}; rows: {scale['rows']:,}"
    parts += ["\n### From Parquet to Parquet", ALONE, f"{about}\n", scale_table(scale).rstrip()]
    return parts
