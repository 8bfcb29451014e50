"""How many parts of an SMS a text takes, and where they end."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from smspoh._abi import check, ffi, lib
from smspoh._inputs import as_rows
from smspoh.errors import ArgumentError

from ._names import ENCODINGS, Encoding
from ._pack import Packed, pack_one, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text takes as an SMS.

    Attributes:
        encoding: how it is written, `Encoding.GSM7` or `Encoding.UCS2`.
        parts: how many SMS it is sent and paid as; 1 for an empty text.
        units: septets, or units of UTF-16, in all. What stays empty at the end of a part,
            because a character is never split, is not counted.
        units_left: units that the last part has left.
        forced_at: the index of the character that made it UCS-2, the first that GSM-7
            lacks; None where it has all.
        boundaries: the index of the first character of each part but the first.
        cuts: those of `boundaries` that divide a Myanmar syllable. Phones put the parts
            together again, so this is no fault.
    """

    encoding: Encoding
    parts: int
    units: int
    units_left: int
    forced_at: int | None
    boundaries: tuple[int, ...]
    cuts: tuple[int, ...]

    def split(self, text: str) -> list[str]:
        """Return the parts of the text that this was made from.

        Raises:
            TypeError: `text` is not a str.
            ArgumentError: `text` is too short to be that text.
        """
        if not isinstance(text, str):
            raise TypeError(f"text must be str, not {type(text).__name__}")
        edges = (0, *self.boundaries, len(text))
        if self.boundaries and self.boundaries[-1] >= len(text):
            raise ArgumentError("text is another than the one that was segmented")
        return [text[start:end] for start, end in pairwise(edges)]


class SegmentsBatch:
    """What the texts of a batch take, as columns of n rows. Its repr shows counts alone.

    A row that is no text, None or what is not UTF-8, is `Encoding.NONE` with counts of 0.
    """

    def __init__(self, rows: Iterable[Packed], *, unicode: bool) -> None:
        self._encodings = bytearray()
        counts = [array("i") for _ in range(4)]
        self._parts, self._units, self._units_left, self._forced_at = counts
        for packed in rows:
            encodings = bytearray(packed.count)
            columns = [array("i", bytes(4 * packed.count)) for _ in counts]
            places = (
                ffi.from_buffer("uint8_t[]", encodings),
                *(ffi.from_buffer("int32_t[]", column) for column in columns),
            )
            packed.judge(lib.smspoh_segments_batch, unicode, 1, *places)
            self._encodings += encodings
            for whole, column in zip(counts, columns, strict=True):
                whole.extend(column)

    @cached_property
    def encodings(self) -> list[Encoding]:
        """How each row (n) is written."""
        return [ENCODINGS[value] for value in self._encodings]

    @cached_property
    def parts(self) -> list[int]:
        """The parts of each row (n)."""
        return self._parts.tolist()

    @cached_property
    def units(self) -> list[int]:
        """The units of each row (n), septets or units of UTF-16."""
        return self._units.tolist()

    @cached_property
    def units_left(self) -> list[int]:
        """The units that the last part of each row (n) has left."""
        return self._units_left.tolist()

    @cached_property
    def forced_at(self) -> list[int | None]:
        """The index of the character that made each row (n) UCS-2, None where none did."""
        return [None if index < 0 else index for index in self._forced_at]

    def counts(self) -> dict[Encoding, int]:
        """Return the number of rows of each encoding that occurs."""
        found = {encoding: self._encodings.count(encoding.value) for encoding in ENCODINGS}
        return {encoding: count for encoding, count in found.items() if count}

    def __len__(self) -> int:
        return len(self._encodings)

    def __repr__(self) -> str:
        counts = "".join(f", {encoding.name}={n}" for encoding, n in self.counts().items())
        return f"{type(self).__name__}(rows={len(self)}, parts={sum(self._parts)}{counts})"


def segments(text: str | bytes | bytearray | memoryview, *, unicode: bool = False) -> Segments:
    """Return how many parts a text is sent in, and where they end.

    Args:
        text: the text of a message; bytes, in any of their types, are UTF-8.
        unicode: True writes it as UCS-2 also where GSM-7 would do.

    Returns:
        The parts of GSM-7 where the text has no other characters, else of UCS-2. There is
        no limit here: the gateway's is `GatewayProfile.message_parts_max`.

    Raises:
        TypeError: `text` is neither str nor bytes.
        ArgumentError: it is not UTF-8, has a lone surrogate, or 2 GiB or more.

    Source: 3GPP TS 23.038 (the alphabets) and TS 23.040 (concatenated messages).
    """
    packed = pack_one(text)
    batch = SegmentsBatch([packed], unicode=bool(unicode))
    encoding, parts = batch.encodings[0], batch.parts[0]
    starts, cuts = _boundaries(packed.data, encoding, parts - 1) if parts > 1 else ((), ())
    return Segments(
        encoding,
        parts,
        batch.units[0],
        batch.units_left[0],
        batch.forced_at[0],
        starts,
        cuts,
    )


def segments_batch(texts: Iterable[object], *, unicode: bool = False) -> SegmentsBatch:
    """Return how many parts each of many texts is sent in.

    No row fails its batch: one that is no str, no bytes or no UTF-8 is `Encoding.NONE`.

    Args:
        texts: n rows. A list of str is fastest.
        unicode: as in `segments`, for every row.

    Returns:
        Columns of n rows, in the order of `texts`.

    Raises:
        TypeError: `texts` is a single text, or not iterable.
        ArgumentError: the texts have 2 GiB or more a call.

    Source: 3GPP TS 23.038 and TS 23.040.
    """
    return SegmentsBatch(pieces(texts), unicode=bool(unicode))


def _boundaries(
    text: bytes, encoding: Encoding, count: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    at = ffi.new("int32_t[]", count)
    is_cut = ffi.new("uint8_t[]", count)
    found = ffi.new("size_t *")
    check(lib.smspoh_text_boundaries(text, len(text), encoding.value, at, is_cut, count, found))
    starts = tuple(at[0 : found[0]])
    return starts, tuple(start for start, cut in zip(starts, is_cut, strict=True) if cut)


_TO_GSM7: Final = str.maketrans(
    {
        **dict.fromkeys("\u00b4\u02bc\u2018\u2019\u201a\u201b\u2032\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\uff02", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),  # dashes, minus
        **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),  # tab, spaces of other widths
        **{chr(code): " " for code in range(0x2000, 0x200B)},
        # What nobody sees: soft hyphen, joiners, marks of direction, byte order mark.
        **dict.fromkeys("\u00ad\u180e\ufeff", ""),
        **{chr(code): "" for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F))},
        **{chr(code): "" for code in range(0x2060, 0x2070)},
        "\u2026": "...",
    }
)


def to_gsm7(text: str) -> str:
    """Return a text with typographic signs as GSM-7 has them, if that makes it GSM-7.

    Curly quotes become straight ones, dashes hyphens, an ellipsis three dots, spaces of
    other widths and tabs a space; joiners and marks of direction, which nobody sees, go. One
    such sign more than doubles the price of a long message.

    Args:
        text: the text of a message.

    Returns:
        The text itself, unchanged, where it would stay UCS-2 (Burmese is never touched) or
        take more parts, as one of many an ellipsis would.

    Raises:
        TypeError: `text` is not a str.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be str, not {type(text).__name__}")
    made = to_gsm7_batch([text])[0]
    return text if made is None else made  # None is of a lone surrogate


def to_gsm7_batch(texts: Iterable[object]) -> list[str | None]:
    """Return each of many texts as `to_gsm7` does; None for a row that is no text.

    Args:
        texts: n rows of str. Other rows, and those with a lone surrogate, are no text.

    Raises:
        TypeError: `texts` is a single text, or not iterable.
        ArgumentError: the texts have 2 GiB or more a call.
    """
    rows = [row if isinstance(row, str) else None for row in as_rows(texts, "texts")]
    before = segments_batch(rows)
    # A row that is GSM-7 already has none of these signs but the tab, which makes it UCS-2.
    replaced = [
        row.translate(_TO_GSM7) if row is not None and encoding is Encoding.UCS2 else row
        for row, encoding in zip(rows, before.encodings, strict=True)
    ]
    after = segments_batch(replaced)
    made: list[str | None] = []
    for row, new, encoding, was, parts in zip(
        rows, replaced, after.encodings, before.parts, after.parts, strict=True
    ):
        is_better = encoding is Encoding.GSM7 and parts <= was
        made.append(None if encoding is Encoding.NONE else new if is_better else row)
    return made
