"""The outcome file of a bulk send, and the keys that wait beside it.

Both are of mode 0600 and new: a file that is there already is never written
to. A row is in the outcome file as soon as its outcome is known. The keys of
encrypted messages are on the disk before the first message leaves, in a file
of their own; when every row has its outcome, and with it its key, that file
is deleted. After a crash it is what opens the messages whose answer was lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smspoh._private import PrivateFile
from smspoh._spreadsheet import csv_line, guarded

from ._output import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class OutcomeRow(NamedTuple):
    """One row of the outcome file. The names are its columns."""

    row: int  # of the input, from 1, without the header and without empty lines
    line: int  # of the input, from 1, where the row begins
    reference: str
    e164: str | None
    verdict: str
    outcome: str | None  # None in a dry run, of a row that would be sent
    status: str | None = None
    messageId: str | None = None  # noqa: N815 - the gateway's own spelling
    parts: int | None = None
    proof: str | None = None
    encryptKey: str | None = None  # noqa: N815 - the gateway's own spelling
    error: str | None = None
    seal: str | None = None  # what --resume knows the same input by; None in a dry run


# What others wrote, and no spreadsheet shall run. References and keys must be exact.
FREE = ("status", "messageId", "error")


class OutcomeFile:
    """Writes outcomes as CSV, or as JSON lines when the name ends in .jsonl."""

    def __init__(self, path: Path) -> None:
        """Create the file.

        Raises:
            BadInput: something is there already, or it cannot be created.
        """
        self.path = path
        self._as_json = path.suffix == ".jsonl"
        self._file = PrivateFile(path, what="the outcome file")
        if not self._as_json:
            self._file.append(csv_line(OutcomeRow._fields))

    def write(self, row: OutcomeRow) -> None:
        """Write one row; it is in the file when this returns."""
        if self._as_json:  # where an escaped lone surrogate is still what it was
            self._file.append(f"{to_json(row._asdict())}\n".encode(errors="backslashreplace"))
            return
        cells = row._asdict() | {name: guarded(getattr(row, name)) for name in FREE}
        self._file.append(csv_line([*cells.values()]))

    def sync(self) -> None:
        """Wait until the disk has it."""
        self._file.sync()

    def close(self) -> None:
        """Wait until the disk has it, and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def keys_path(outcomes: Path) -> Path:
    """Return where the keys wait: the outcome file's name and `.keys`."""
    return outcomes.with_name(f"{outcomes.name}.keys")


def write_keys(path: Path, keys: Iterable[tuple[str, str]]) -> None:
    """Write references and keys as CSV, and wait until the disk has them."""
    with PrivateFile(path, what="the file of keys") as file:
        file.append(csv_line(("reference", "encryptKey")) + b"".join(map(csv_line, keys)))
