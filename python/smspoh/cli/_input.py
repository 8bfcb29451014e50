"""Reading FILE arguments: lines, or the whole of it. `_table` reads CSV."""

from __future__ import annotations

import codecs
import io
import sys
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from smspoh.errors import ArgumentError
from smspoh.phone import normalize_batch

from ._exit import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Readable = BinaryIO | io.BufferedIOBase

T = TypeVar("T")

LINE_BYTES_MAX = 1_048_576
WHOLE_BYTES_MAX = 16_777_216
BLOCK_BYTES = 65_536  # of a file, read at once
BATCH_ROWS = 10_000  # rows handed to the library in one call: some 2 MB of them

file_argument = click.argument("file", default="-", metavar="[FILE|-]")


@contextmanager
def open_input(file: str, *, what: str = "FILE") -> Iterator[BinaryIO]:
    """Open FILE, or standard input for `-`, as bytes.

    Args:
        file: its name.
        what: how to call it in an error.

    Raises:
        BadInput: it cannot be read. The message does not name the file: people
            type a number or a text where a file is meant.
    """
    if file == "-":
        if sys.stdin.isatty():
            click.echo("reading from the terminal; end with Ctrl-D on an empty line", err=True)
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below, where its errors are another's
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise BadInput(f"{what} cannot be read: {why}") from None
    with opened:
        yield opened


def read_text(source: BinaryIO, *, what: str = "FILE") -> str:
    """Return the text of a message: without one byte order mark and one line end.

    Raises:
        BadInput: more than 16 MiB, or not UTF-8.
    """
    text = read_whole(source, what=what).removeprefix("\ufeff")
    return text.removesuffix("\n").removesuffix("\r")


def read_whole(source: BinaryIO, *, what: str = "FILE") -> str:
    """Return everything as one text, exactly as it is.

    Raises:
        BadInput: more than 16 MiB, or not UTF-8.
    """
    content = source.read(WHOLE_BYTES_MAX + 1)
    if len(content) > WHOLE_BYTES_MAX:
        raise BadInput(f"{what} has more than {WHOLE_BYTES_MAX:,} bytes")
    _refuse_other_marks(content, what)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{what} is not UTF-8") from None


def read_lines(source: BinaryIO, *, what: str = "FILE") -> Iterator[str]:
    """Yield each line without its line feed (or carriage return and line feed).

    A byte order mark at the start is dropped. An empty line is a row too.

    Raises:
        BadInput: a line that is not UTF-8 or is longer than 1 MiB.
    """
    for text in decoded_lines(source, what=what):
        yield text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def decoded_lines(source: Readable, *, what: str = "FILE") -> Iterator[str]:
    """Yield each line with its line feed, as text.

    Raises:
        BadInput: a line that is not UTF-8 or is longer than 1 MiB, by its number.
    """
    for text in decoded_blocks(source, what=what):
        yield from io.StringIO(text, newline="\n")


def decoded_blocks(source: Readable, *, what: str = "FILE") -> Iterator[str]:
    """Yield the text of a file as it comes, some lines at a time, each with its line feed.

    A byte order mark at the start is dropped. Lines before one that is wrong are yielded.

    Raises:
        BadInput: a line that is not UTF-8 or is longer than 1 MiB, by its number.
    """
    lines = 0
    for block in _whole_lines(source, what):
        try:
            text = block.decode()
        except UnicodeDecodeError as error:
            begin = block.rfind(b"\n", 0, error.start) + 1
            yield block[:begin].decode()
            lines += block.count(b"\n", 0, begin)
            raise BadInput(f"{what}, line {lines + 1}: not UTF-8") from None
        yield text
        lines += block.count(b"\n")


def _whole_lines(source: Readable, what: str) -> Iterator[bytes]:
    """Yield what is read up to its last line feed, and at the end the rest."""
    lines = 0
    rest = b""
    is_first = True
    while read := _read(source):
        end = read.rfind(b"\n") + 1
        begun = rest + (read[:end] or read)
        rest = read[end:] if end else begun
        if is_first:
            _refuse_other_marks(begun, what)
        # Only the line that was begun before can be longer than what is read at once.
        if (begun.find(b"\n") + 1 or len(begun)) > LINE_BYTES_MAX:
            raise BadInput(f"{what}, line {lines + 1}: more than {LINE_BYTES_MAX:,} bytes")
        if not end:
            continue
        yield begun.removeprefix(codecs.BOM_UTF8) if is_first else begun
        lines += begun.count(b"\n")
        is_first = False
    if rest:
        yield rest.removeprefix(codecs.BOM_UTF8) if is_first else rest


def _read(source: Readable) -> bytes:
    """Return what is there of a file, without waiting for more; nothing at its end."""
    if isinstance(source, io.BufferedIOBase):
        return source.read1(BLOCK_BYTES)
    return source.read(BLOCK_BYTES)


def _refuse_other_marks(content: bytes, what: str) -> None:
    """Name the encoding of a file that says by its first bytes that it is another."""
    # A UTF-32 file that is little-endian begins as a UTF-16 one does: it is asked for first.
    for mark, name in (
        (codecs.BOM_UTF32_LE, "UTF-32"),
        (codecs.BOM_UTF32_BE, "UTF-32"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if content.startswith(mark):
            raise BadInput(f"{what} is {name} by its byte order mark: save it as UTF-8")


def batches(rows: Iterable[T], size: int = BATCH_ROWS) -> Iterator[list[T]]:
    """Cut rows into lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """Return the moment of an option: ISO 8601 with its offset.

    Raises:
        BadParameter: it is none, or has no offset.
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("needs a time such as 2026-12-01T09:00+06:30") from None
    if found.utcoffset() is None:
        raise click.BadParameter("needs an offset from UTC, as in 2026-12-01T09:00+06:30")
    return found


def _region(_ctx: click.Context, _param: click.Parameter, value: str) -> str | None:
    # Outside ASCII, capitals can be other letters: those of `ß` are `SS`, a region.
    region = None if value.lower() == "none" else value.upper() if value.isascii() else value
    try:
        normalize_batch([], region=region)
    except ArgumentError:
        raise click.BadParameter(
            f"{value!r} is no region: it needs two letters of ISO 3166-1, such as MM, or none"
        ) from None
    return region


region_option = click.option(
    "--region",
    metavar="CODE",
    callback=_region,
    default="MM",
    show_default=True,
    help="Where a number without a country code belongs, two letters of ISO 3166-1; 'none' "
    "refuses such numbers.",
)
