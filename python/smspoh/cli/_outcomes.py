"""What became of each row of FILE: looked up in the journal, and written as a whole."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from smspoh._private import PrivateFile
from smspoh._spreadsheet import csv_line, guarded
from smspoh.errors import ArgumentError
from smspoh.outbox import Preflight, RowVerdict

from ._exit import BadInput, Unrecorded
from ._input import batches
from ._looking import cells_of
from ._output import to_json
from .outbox._journal import word, written_time
from .outbox.enqueueing import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from smspoh.outbox import Checked, Outbox

    from .outbox.enqueueing import Taking

COLUMNS: Final = (
    "row",
    "key",
    "to",
    "verdict",
    "state",
    "since",
    "reference",
    "attempts",
    "messageId",
    "parts",
    "delivery",
    "proof",
    "why",
    "detail",
)
# What others wrote, and no spreadsheet shall run.
FREE: Final = frozenset({"key", "messageId", "why", "detail"})
_BEGINNINGS: Final = {".csv": csv_line(COLUMNS), ".jsonl": b'{"row":'}
_BATCH_ROWS: Final = 1000
_KEPT: Final = "the journal has them, and the same command writes them"


def require_place(path: Path, others: Mapping[str, Path | None]) -> None:
    """Require, before anything is sent, a place where outcomes can be written.

    Args:
        path: where.
        others: files that the run writes too, each by the option that names it.

    Raises:
        BadInput: it has another suffix, its folder is not there, another option names it,
            or what is there was not written by an earlier run: FILE itself, say.
    """
    if path.suffix not in _BEGINNINGS:
        raise BadInput("--outcomes needs a name that ends in .csv or .jsonl")
    if not path.parent.is_dir():
        raise BadInput("--outcomes is in a folder that is not there")
    for option, other in others.items():
        if other is not None and other.resolve() == path.resolve():
            raise BadInput(f"--outcomes and {option} are one file: give each its own")
    if path.exists() and not _is_ours(path):
        raise BadInput(
            "--outcomes is there, and is no file of outcomes: move it away, or give another name"
        )


def _is_ours(path: Path) -> bool:
    """Return whether a file begins as one of outcomes does, or is empty."""
    if not path.is_file():
        return False
    beginning = _BEGINNINGS[path.suffix]
    with path.open("rb") as file:
        return file.read(len(beginning)) in {beginning, b""}


def write_outcomes(
    path: Path,
    outbox: Outbox,
    taking: Taking,
    source: BinaryIO,
    proof_of: Callable[[str], str | None],
) -> None:
    """Write what became of each row to a file of mode 0600, in the place of what is there.

    It is written beside its place first, so that half of it is never taken for the whole.

    Args:
        path: where: CSV, or JSON lines when its name ends in .jsonl.
        outbox: what the rows were taken into.
        taking: how they were.
        source: FILE, at its beginning.
        proof_of: returns a word for the proof of the message of a reference, or None.

    Raises:
        Unrecorded: it could not be written. The journal has all of it.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    as_json = path.suffix == ".jsonl"
    try:
        file = PrivateFile(draft, what="the file of outcomes")
    except ArgumentError as error:
        raise Unrecorded(f"{error}; {_KEPT}") from error
    try:
        with file:
            if not as_json:
                file.append(csv_line(COLUMNS))
            for batch in batches(_rows(outbox, taking, source, proof_of), _BATCH_ROWS):
                file.append(b"".join(_line(row, as_json=as_json) for row in batch))
        draft.replace(path)
    except OSError as error:
        _remove(draft)
        why = f"outcomes could not be written to {path}: {error.strerror}"
        raise Unrecorded(f"{why}; {_KEPT}") from error
    except BaseException:
        _remove(draft)
        raise


def _remove(draft: Path) -> None:
    with suppress(OSError):
        draft.unlink()


def _line(row: tuple[Any, ...], *, as_json: bool) -> bytes:
    if as_json:  # where an escaped lone surrogate is still what it was
        named = dict(zip(COLUMNS, row, strict=True))
        return f"{to_json(named)}\n".encode(errors="backslashreplace")
    cells = zip(COLUMNS, row, strict=True)
    return csv_line([guarded(cell) if name in FREE else cell for name, cell in cells])


def _rows(
    outbox: Outbox, taking: Taking, source: BinaryIO, proof_of: Callable[[str], str | None]
) -> Iterator[tuple[Any, ...]]:
    with cells_of(taking.looking.table(source), "written") as rows:
        for row in Preflight(taking.looking.rules).check(rows):
            yield _row(outbox, taking, row, proof_of)


def _row(
    outbox: Outbox, taking: Taking, row: Checked, proof_of: Callable[[str], str | None]
) -> tuple[Any, ...]:
    own = None
    if taking.key_column is not None and row.cells is not None:
        own = row.cells.get(taking.key_column)
    verdict = str(row.verdict)
    if row.verdict is RowVerdict.BAD_NUMBER and row.number is not None:
        verdict = row.number.name
    head = (row.row, own, row.e164, verdict)
    entry = None
    if row.verdict is RowVerdict.OK:
        entry = outbox.journal.of_key(key_of(row, taking))
    if entry is None:
        return (*head, *(None,) * 8, row.why, None)
    return (
        *head,
        entry.state.value,
        written_time(entry.since_ms),
        entry.reference,
        entry.attempts,
        entry.message_id,
        entry.parts,
        None if entry.delivery is None else word(entry.delivery),
        proof_of(entry.reference),
        entry.why,
        entry.detail,
    )
