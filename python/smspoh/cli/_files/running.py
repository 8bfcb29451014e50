"""A file from one end to the other: read, judged, written, counted."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from os.path import realpath  # which, unlike that of Path, takes a link to itself
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import OWN_COLUMNS
from smspoh._wording import time_to_go
from smspoh.cli._exit import BadInput
from smspoh.cli._garbage import collecting_seldom
from smspoh.cli._input import open_input
from smspoh.cli._output import Progress

from .batch import require_names, require_no_own
from .csv_rows import CsvSink, CsvSource
from .formats import PIPE, Format, format_of
from .json_rows import JsonSink, JsonSource
from .judging import REJECTED_FIELDS
from .new_file import NewFiles
from .parquet_rows import ParquetSink, ParquetSource, require_pyarrow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from .batch import Sink, Source
    from .judging import Judge

_FILE: Final = "FILE"
_OUT: Final = "OUT"
_REJECTED: Final = "the file of --rejected"


@dataclass(slots=True)
class Counts:
    """What a run came to.

    Attributes:
        rows: of FILE.
        refused: of them, by verdict.
        seconds: that it took.
    """

    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def per_s(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return an object of JSON."""
        return {
            "rows": self.rows,
            "accepted": self.rows - self.refused.total(),
            "refused": dict(self.refused.most_common()),
            "seconds": round(self.seconds, 3),
            "rowsPerSecond": round(self.per_s),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done.

    Attributes:
        file: what is read, or `-`.
        out: what is written, or `-`.
        rejected: where the refused rows go; None leaves them in `out`.
        format: of files whose name does not say it.
        column: the name that numbers have.
        delimiter: of CSV, read and written.
        judge: of the numbers.
    """

    file: str
    out: str
    rejected: str | None
    format: Format | None
    column: str
    delimiter: str
    judge: Judge

    def run(self) -> Counts:
        """Do it.

        Returns:
            What it came to.

        Raises:
            BadInput, ArgumentError: a file cannot be read or made.
            OutputLost, BrokenOutput: what is written cannot be.
        """
        formats = self._formats()
        with (
            _stopped_by_sigterm(),
            collecting_seldom(),
            open_input(self.file) as opened,
            NewFiles() as files,
            Progress("normalized") as progress,
            ExitStack() as stack,
        ):
            source = self._source(opened, formats[_FILE])
            sinks = [
                stack.enter_context(_writing(self._sink(files, source, what, formats[what])))
                for what in formats
                if what != _FILE
            ]
            return self._through(source, *sinks, progress=progress)

    def _formats(self) -> dict[str, Format]:
        if not set(OWN_COLUMNS).isdisjoint(self.judge.own):
            raise BadInput("--prefix makes a name of a file of corrections: it needs another")
        names = {_FILE: self.file, _OUT: self.out}
        if _is_one(self.out, self.file):
            raise BadInput("OUT is FILE, which is never changed: it needs a name of its own")
        if self.rejected is not None:
            if self.rejected == PIPE:
                raise BadInput("--rejected needs a file: '-' is for FILE and OUT")
            for what, name in names.items():
                if _is_one(self.rejected, name):
                    raise BadInput(f"--rejected is {what}: it needs a file of its own")
            names[_REJECTED] = self.rejected
        found = {what: format_of(name, self.format, what=what) for what, name in names.items()}
        if Format.PARQUET in found.values():
            require_pyarrow()
        return found

    def _source(self, opened: BinaryIO, kind: Format) -> Source:
        own = self.judge.own | (REJECTED_FIELDS if self.rejected is not None else {})
        if kind is Format.JSONL:
            return JsonSource(opened, self.column, own=own)
        source: Source
        if kind is Format.CSV:
            source = CsvSource(opened, self.column, delimiter=self.delimiter)
        else:
            source = ParquetSource(opened, self.column)
        require_no_own(source.columns, own)
        return source

    def _sink(self, files: NewFiles, source: Source, what: str, kind: Format) -> Sink:
        path = self.out if what == _OUT else self.rejected or ""
        own = self.judge.own if what == _OUT else REJECTED_FIELDS
        if kind is Format.PARQUET:
            schema = source.schema()
            require_names(schema.names, what="Parquet")
            return ParquetSink(files.open(Path(path), what=what), schema, own)
        write = sys.stdout.write if path == PIPE else files.open(Path(path), what=what).write
        if kind is Format.JSONL:
            require_names(source.columns, what="JSON")
            return JsonSink(write, own)
        return CsvSink(
            write, source.columns, own, delimiter=self.delimiter, is_guarded=what == _REJECTED
        )

    def _through(
        self, source: Source, out: Sink, rejected: Sink | None = None, *, progress: Progress
    ) -> Counts:
        counts = Counts()
        begun_s = time.monotonic()
        for batch in source:
            judged = self.judge.judge(batch)
            if rejected is None or not judged.refused:
                out.write(batch, judged.added)
            else:
                places, added = judged.kept(len(batch))
                if places:
                    out.write(batch.take(places), added)
                rejected.write(batch.take(judged.refused), judged.why(counts.rows, batch.broken))
            counts.rows += len(batch)
            counts.refused.update(judged.counts())
            counts.seconds = time.monotonic() - begun_s
            progress.show(how_far(counts, source.share()))
        for sink in (out, rejected):
            if sink is not None:
                sink.finish()
        counts.seconds = time.monotonic() - begun_s
        return counts


def how_far(counts: Counts, share: float | None) -> str:
    """Return how far a run is, in words.

    Args:
        counts: so far.
        share: how much of FILE was read, 0 to 1, where that is known.
    """
    said = [f"{counts.rows:,} rows", f"{counts.per_s:,.0f} a second"]
    if share:
        said.append(f"{100 * share:.0f} %")
        said.append(time_to_go(counts.seconds * (1 - share) / share))
    return ", ".join(said)


def _is_one(first: str, second: str) -> bool:
    """Whether two names are of one file."""
    return PIPE not in (first, second) and realpath(first) == realpath(second)


@contextmanager
def _writing(sink: Sink) -> Iterator[Sink]:
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C, so that it leaves nothing half-written either."""
    if threading.current_thread() is not threading.main_thread():  # Python allows it nowhere else
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
