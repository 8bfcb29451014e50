"""Which format a file is of."""

from __future__ import annotations

import enum
from pathlib import PurePath
from typing import Final

from smspoh.cli._exit import BadInput

PIPE: Final = "-"


class Format(enum.StrEnum):
    """A format of files of rows."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


_BY_SUFFIX: Final = {
    ".csv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
}


def format_by_name(file: str) -> Format | None:
    """Return the format that the end of a name says, in either case; None where it says none."""
    return _BY_SUFFIX.get(PurePath(file).suffix.lower())


def format_of(file: str, chosen: Format | None, *, what: str) -> Format:
    """Return the format of a file, by its name or else as it was chosen.

    Args:
        file: its name, or `-`.
        chosen: by --format.
        what: how to call it in an error, which does not name it: people type a number
            where a file is meant.

    Raises:
        BadInput: nothing says it, or it is Parquet and a pipe.
    """
    found = format_by_name(file) or chosen
    if found is None and file == PIPE:
        raise BadInput(f"{what} is '-', whose format no name says: it needs --format csv or jsonl")
    if found is None:
        raise BadInput(f"{what} ends in none of {', '.join(_BY_SUFFIX)}: it needs --format")
    if found is Format.PARQUET and file == PIPE:
        raise BadInput(f"{what} is '-', and Parquet cannot go through a pipe: it needs a file")
    return found
