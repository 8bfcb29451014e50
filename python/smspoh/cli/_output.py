"""Printing: CSV or JSON lines on stdout, notes and progress on stderr.

What cannot be written to stdout is an error of its own, `OutputLost`: by then a
message may have gone out. What cannot be written to stderr is let go.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

from smspoh._spreadsheet import CRLF, guarded

from ._exit import BrokenOutput, OutputLost

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one line a row.")

PROGRESS_INTERVAL_S = 0.1


def to_json(value: Mapping[str, Any]) -> str:
    """Return one line of JSON. Burmese stays readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Output:
    """Standard output, whose errors can be told from those of any other file."""

    def __init__(self, stream: TextIO) -> None:
        """Stand in front of a stream."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as the stream does.

        Raises:
            BrokenOutput: nobody reads any more.
            OutputLost: it cannot be written.
        """
        with _told_apart():
            return self._stream.write(text)

    def flush(self) -> None:
        """Flush as the stream does, with the errors of `write`."""
        with _told_apart():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise BrokenOutput from error
    except OSError as error:
        raise OutputLost(error.strerror or "an error without a name") from error


@contextmanager
def printing_after(done: str) -> Iterator[None]:
    """Say on stderr what was done when stdout cannot be written in here.

    Args:
        done: in words, without number or text.
    """
    try:
        yield
    except BrokenOutput:
        note(f"smspoh: {done}")
        raise
    except OutputLost as lost:
        lost.done = done
        raise


def silence(stream: TextIO) -> None:
    """Let go of what a stream still holds: without this Python complains at exit."""
    with suppress(OSError, ValueError):  # not of a file, or closed
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)


class _LineFeeds:
    """Writes rows of CSV with a line feed at their end.

    A writer that is told to end them so leaves a lone carriage return in a cell unquoted.
    """

    def write(self, row: str) -> int:
        return sys.stdout.write(f"{row.removesuffix(CRLF)}\n")


class Rows:
    """Prints rows of named columns: CSV with a header, or JSON lines."""

    def __init__(self, columns: Sequence[str], *, free: Container[str], as_json: bool) -> None:
        """Print the header, unless it is to be JSON.

        Args:
            columns: their names.
            free: those that hold what others wrote, and that no spreadsheet shall run.
            as_json: print JSON lines, in which everything is as it is.
        """
        self._columns = columns
        self._free = [column in free for column in columns]
        self._csv = None if as_json else csv.writer(_LineFeeds(), lineterminator=CRLF)
        if self._csv:
            self._csv.writerow(columns)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Print rows; None is an empty cell in CSV and null in JSON."""
        if self._csv:
            self._csv.writerows(
                [
                    guarded(cell) if free else cell
                    for cell, free in zip(row, self._free, strict=True)
                ]
                for row in rows
            )
            return
        for row in rows:
            sys.stdout.write(to_json(dict(zip(self._columns, row, strict=True))) + "\n")


def note(message: str) -> None:
    """Print one line on stderr, if it can be written at all."""
    try:
        click.echo(message, err=True)
    except OSError:  # what the command does, and its exit code, matter more
        silence(sys.stderr)


def _show(text: str) -> None:
    with suppress(OSError):  # a terminal that went away
        sys.stderr.write(text)
        sys.stderr.flush()


class Progress:
    """One line on stderr that counts up, when a person is watching."""

    def __init__(self, label: str, total: int | None = None) -> None:
        """Set what is counted, and up to what."""
        self._label = label
        self._total = total
        self._done = 0
        self._shown_s = 0.0
        self._watched = sys.stderr.isatty()

    def advance(self, count: int = 1) -> None:
        """Count on, and show it now and then."""
        self._done += count
        of = f" of {self._total:,}" if self._total is not None else ""
        self.show(f"{self._done:,}{of}")

    def show(self, said: str) -> None:
        """Show how far it is in words of the caller's, now and then."""
        now_s = time.monotonic()
        if self._watched and now_s - self._shown_s >= PROGRESS_INTERVAL_S:
            self._shown_s = now_s
            _show(f"\r\x1b[K{self._label}: {said}")

    def note(self, message: str) -> None:
        """Print a line of its own, over what is shown."""
        self._wipe()
        note(message)

    def _wipe(self) -> None:
        if self._watched and self._shown_s:
            _show("\r\x1b[K")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wipe()
