"""A column of a frame that is read number by number, in a process of its own.

    python frames_worker.py NAME TEXTS

It is asked and answers as worker.py, which has the whole job for a number.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import polars as pl
from worker import line, phonenumbers_like  # type: ignore[import-not-found]  # beside it

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# e164 or error, valid, region, type, operator, as worker.py has them.
_ROW: Final = pl.Struct(
    {
        "e164": pl.String,
        "valid": pl.Boolean,
        "region": pl.String,
        "kind": pl.Int64,
        "operator": pl.String,
    }
)


def pandas_apply(texts: Sequence[str]) -> tuple[Callable[[], Any], Callable[[Any], list[Any]]]:
    """Return what reads a Series by `apply` with `phonenumbers`, and what its rows are."""
    judge, column = phonenumbers_like("phonenumbers"), pd.Series(texts)
    return lambda: column.apply(judge), list


def polars_map(texts: Sequence[str]) -> tuple[Callable[[], Any], Callable[[Any], list[Any]]]:
    """Return what reads a Series by `map_elements` with `rphonenumbers`, and its rows."""
    judge, column = phonenumbers_like("rphonenumbers"), pl.Series(texts)

    def row(text: str) -> dict[str, Any]:
        e164, valid, region, kind, operator = judge(text)
        known = None if kind is None else int(kind)
        return {
            "e164": e164,
            "valid": valid,
            "region": region,
            "kind": known,
            "operator": operator,
        }

    return (
        lambda: column.map_elements(row, return_dtype=_ROW),
        lambda found: [tuple(each.values()) for each in found],
    )


PEERS: Final = {
    "pandas, apply of phonenumbers": (pandas_apply, ("pandas", "phonenumbers")),
    "polars, map_elements of rphonenumbers": (polars_map, ("polars", "rphonenumbers")),
}


def main(name: str, path: str) -> None:
    """Answer each line of stdin until there is none."""
    prepare, packages = PEERS[name]
    run, rows_of = prepare(Path(path).read_text("utf-8").split("\n")[:-1])
    gc.disable()
    for asked in sys.stdin:
        command, _, where = asked.rstrip("\n").partition(" ")
        answer: dict[str, Any] = {}
        if command == "run":
            start = time.perf_counter_ns()
            found = run()
            answer["ns"] = time.perf_counter_ns() - start
            del found
            gc.collect()
        elif command == "answers":
            Path(where).write_text("".join(line(row) for row in rows_of(run())), "utf-8")
        else:
            answer = {package: version(package) for package in packages}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
