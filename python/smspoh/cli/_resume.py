"""Going on with a bulk send that was stopped: what is left of it, and that nothing goes twice.

Only rows whose recorded outcome is SKIPPED are sent: those were never tried. The
outcome file is believed only when it has one row for each row of FILE and was
written for the same rows, sent in the same way. It can be resumed once: a file
beside it says so, and what goes on from there is the file of the run that did.
"""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from smspoh._private import PrivateFile
from smspoh._spreadsheet import unguarded

from ._bulk_rows import is_sealed_by
from ._exit import BadInput
from ._outcomes import FREE, OutcomeRow
from ._sending import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from smspoh.gateway import OutgoingMessage
    from smspoh.outbox import Template

    from ._bulk_rows import Row
    from ._table import Record

_OUTCOMES = {*Outcome, "REFUSED"}


class Plan(NamedTuple):
    """What a run is to do.

    Attributes:
        rows: those that this run sends or refuses.
        carried: what an earlier run wrote down of the others.
        seal: what --resume knows the same input by.
    """

    rows: Sequence[Row]
    carried: Sequence[OutcomeRow]
    seal: str


def plan_resume(
    path: Path,
    rows: Sequence[Row],
    records: Sequence[Record],
    model: OutgoingMessage,
    template: Template | None = None,
) -> Plan:
    """Return what is left of the run that wrote an outcome file.

    Args:
        path: of the outcome file.
        rows: all rows of FILE.
        records: what they were made from.
        model: what all messages have in common.
        template: what their texts are made of.

    Raises:
        BadInput: the file was resumed before, is not whole, or is of other rows,
            options or columns.
    """
    if (marker := marker_path(path)).exists():
        raise BadInput(f"{path} was resumed before: {marker} names the outcome file to go on from")
    recorded = {row.row: row for row in _read(path)}
    missing = len(rows) - len(recorded.keys() & {row.row for row in rows})
    if missing:
        raise BadInput(
            f"{path} has no outcome for {missing:,} rows of FILE: that run was cut off,"
            " and they may have been sent"
        )
    seals = {row.seal for row in recorded.values()}
    first = next(iter(seals), None)
    same = len(recorded) == len(rows) and len(seals) == 1 and first is not None
    if not (same and first and is_sealed_by(first, records, model, template)):
        raise BadInput(
            f"{path} is of another FILE, or of other columns, --template, --from, --encrypt,"
            " --test or --zawgyi: --resume needs the same"
        )
    left = []
    for row in rows:
        before = recorded[row.row]
        if before.outcome != Outcome.SKIPPED:
            continue
        if row.message is None or row.e164 != before.e164:
            raise BadInput(
                f"row {row.row} comes to another number or to none: --resume needs the same options"
            )
        message = replace(row.message, client_reference=before.reference)
        left.append(replace(row, reference=before.reference, message=message))
    carried = [row for row in recorded.values() if row.outcome != Outcome.SKIPPED]
    return Plan(left, carried, first)


def marker_path(outcomes: Path) -> Path:
    """Return where it is written that an outcome file was resumed."""
    return outcomes.with_name(f"{outcomes.name}.resumed")


def mark_resumed(outcomes: Path, into: Path) -> None:
    """Write down, before anything is sent, that a run goes on from this outcome file.

    Raises:
        BadInput: another run does.
    """
    with PrivateFile(marker_path(outcomes), what="the mark of a run that goes on") as file:
        file.append(os.fsencode(into) + b"\n")


def _read(path: Path) -> list[OutcomeRow]:
    """Return the rows of an outcome file.

    Raises:
        BadInput: it is none, has a row twice or half of one, or is of a dry run.
    """
    try:
        rows = [_row(values) for values in _values(path)]
    except (ValueError, TypeError, csv.Error):  # not its message, which may quote a key
        rows = []
    if not rows or len({row.row for row in rows}) != len(rows):
        raise BadInput(f"{path} is not an outcome file as send-bulk writes it")
    if None in {row.outcome for row in rows}:
        raise BadInput(f"{path} is of a dry run: nothing was sent, so nothing to resume")
    if not {row.outcome for row in rows} <= _OUTCOMES:
        raise BadInput(f"{path} has an outcome that send-bulk does not write")
    return rows


def _row(values: dict[str, Any]) -> OutcomeRow:
    row = OutcomeRow(**values)
    parts = None if row.parts is None else int(row.parts)
    return row._replace(row=int(row.row), line=int(row.line), parts=parts)


def _values(path: Path) -> Iterator[dict[str, Any]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"the outcome file {path} cannot be read: {error.strerror}") from None
    if path.suffix == ".jsonl":
        for line in content.decode().splitlines():
            yield json.loads(line)
        return
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != OutcomeRow._fields:
        raise ValueError
    for cells in reader:
        yield {
            name: (unguarded(value) if name in FREE else value) or None
            for name, value in cells.items()
        }
