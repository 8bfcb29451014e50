"""`smspoh outbox export`: every message and where it is, as CSV."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from smspoh._private import PrivateFile
from smspoh._spreadsheet import csv_line, guarded
from smspoh.cli._input import batches
from smspoh.cli._output import Progress, Rows

from ._journal import journal_options, read_journal, word, written_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smspoh.outbox.records import Entry

COLUMNS: Final = (
    "reference",
    "state",
    "since",
    "enqueuedAt",
    "attempts",
    "waits",
    "messageId",
    "parts",
    "delivery",
    "duplicate",
    "why",
)
CONTENT: Final = ("to", "from", "message", "encrypted", "callerReference", "detail")
FREE: Final = frozenset({"messageId", *CONTENT})
_STANDARD_OUTPUT: Final = "-"
_BATCH_ROWS: Final = 1000


@click.command("export")
@journal_options
@click.argument("out", metavar="OUT.csv|-")
@click.option(
    "--with-content",
    is_flag=True,
    help="Write numbers, texts, senders, your own references and the gateway's words too.",
)
def export(*, journal: Path | str, keyring: bool, out: str, with_content: bool) -> None:
    """Write every message with its state to a new CSV file of mode 0600.

    Works beside the process that sends. Keys are never written. Of a journal
    that is damaged, '-' prints what can be read.
    """
    columns = (*COLUMNS, *CONTENT) if with_content else COLUMNS
    with ExitStack() as stack:
        opened = read_journal(journal, keyring=keyring)
        stack.enter_context(opened)
        rows = (_row(entry, with_content=with_content) for entry in opened.export())
        if out == _STANDARD_OUTPUT:
            Rows(columns, free=FREE, as_json=False).write(rows)
        else:
            _write(Path(out), columns, rows)


def _write(path: Path, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with PrivateFile(path, what="the export") as file, Progress("exported") as progress:
        try:
            file.append(csv_line(columns))
            for batch in batches(rows, _BATCH_ROWS):
                file.append(b"".join(csv_line(_guarded(columns, row)) for row in batch))
                progress.advance(len(batch))
        except BaseException:
            path.unlink(missing_ok=True)  # the half of it would be taken for the whole
            raise


def _guarded(columns: Sequence[str], row: tuple[Any, ...]) -> list[Any]:
    return [
        guarded(cell) if name in FREE else cell for name, cell in zip(columns, row, strict=True)
    ]


def _row(entry: Entry, *, with_content: bool) -> tuple[Any, ...]:
    row = (
        entry.reference,
        entry.state.value,
        written_time(entry.since_ms),
        written_time(entry.enqueued_ms),
        entry.attempts,
        entry.waits,
        entry.message_id,
        entry.parts,
        None if entry.delivery is None else word(entry.delivery),
        "true" if entry.duplicate else "false",
        entry.why,
    )
    if not with_content:
        return row
    message = entry.message
    return (
        *row,
        message.to,
        message.sender,
        message.message,
        "true" if message.encrypt else "false",
        entry.caller_reference,
        entry.detail,
    )
