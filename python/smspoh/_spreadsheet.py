"""Rows of CSV, and cells of them that a spreadsheet would run as a formula.

Such a cell gets an apostrophe in front, which spreadsheets take for "this is text".
Nothing is lost: a cell that already has apostrophes in front of such a start gets one
more, so that taking one away always gives back what was there.

Source: OWASP, "CSV Injection": cells that begin with = + - @, a tab or a carriage return.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

CRLF = "\r\n"
# The columns of ours in a file of rows to correct, whose other cells are all guarded.
VERDICT_COLUMN: Final = "smspoh_verdict"
OWN_COLUMNS: Final = ("smspoh_row", VERDICT_COLUMN, "smspoh_why")

_RUNS = re.compile(r"'*[=+\-@\t\r]")
# Digits and what stands between them name no function. Nor does Base64, as which an
# encrypted message must come out exactly: its shortest has 152 characters.
_HARMLESS = re.compile(r"\+[0-9][0-9 ().-]*|\+[A-Za-z0-9+/]{127,}={0,2}")


def guarded(cell: T) -> T | str:
    """Return a cell as no spreadsheet runs it; what is no text as it is."""
    if isinstance(cell, str) and _RUNS.match(cell) and not _HARMLESS.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    """Return what was given to `guarded`."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def restored(row: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return a row of a file of corrections as it was; any other as it is."""
    if VERDICT_COLUMN not in row:
        return row
    return {
        _as_it_was(name): _as_it_was(cell) for name, cell in row.items() if name not in OWN_COLUMNS
    }


def _as_it_was(cell: Any) -> Any:
    return unguarded(cell) if isinstance(cell, str) else cell


def csv_line(cells: Sequence[Any], *, delimiter: str = ",") -> bytes:
    """Return a row of CSV in UTF-8 with its line feed."""
    out = io.StringIO()
    # With this line end, a lone carriage return in a cell gets its quotes too.
    csv.writer(out, delimiter=delimiter, lineterminator=CRLF).writerow(cells)
    # A lone surrogate in a reply must not keep the outcome of a sent message back.
    line = f"{out.getvalue().removesuffix(CRLF)}\n"
    return line.encode(errors="backslashreplace")
