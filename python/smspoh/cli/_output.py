"""Printing: CSV or JSON lines on stdout, notes and progress on stderr."""

from __future__ import annotations

import csv
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one line a row.")

PROGRESS_INTERVAL_S = 0.1


def to_json(value: Mapping[str, Any]) -> str:
    """Return one line of JSON. Burmese stays readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Rows:
    """Prints rows of named columns: CSV with a header, or JSON lines."""

    def __init__(self, columns: Sequence[str], *, as_json: bool) -> None:
        """Print the header, unless it is to be JSON."""
        self._columns = columns
        self._csv = None if as_json else csv.writer(sys.stdout, lineterminator="\n")
        if self._csv:
            self._csv.writerow(columns)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Print rows; None is an empty cell in CSV and null in JSON."""
        if self._csv:
            self._csv.writerows(rows)
            return
        for row in rows:
            sys.stdout.write(to_json(dict(zip(self._columns, row, strict=True))) + "\n")


def note(message: str) -> None:
    """Print one line on stderr."""
    click.echo(message, err=True)


def counted(counts: Mapping[str, int]) -> str:
    """Return counts as words, the largest first: `12 too_short, 3 letters`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {name}" for name, count in ranked)


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
        now_s = time.monotonic()
        if self._watched and now_s - self._shown_s >= PROGRESS_INTERVAL_S:
            self._shown_s = now_s
            of = f" of {self._total:,}" if self._total is not None else ""
            sys.stderr.write(f"\r\x1b[K{self._label}: {self._done:,}{of}")
            sys.stderr.flush()

    def note(self, message: str) -> None:
        """Print a line of its own, over what is shown."""
        self._wipe()
        note(message)

    def _wipe(self) -> None:
        if self._watched and self._shown_s:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wipe()
