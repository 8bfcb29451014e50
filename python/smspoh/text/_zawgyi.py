"""Zawgyi: told from Unicode, and converted."""

from __future__ import annotations

import warnings
from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from smspoh._abi import check, ffi, lib

from ._names import FONT_ENCODINGS, FontEncoding
from ._pack import Packed, pack_one, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Detection:
    """What the code points of a text are meant for.

    Attributes:
        encoding: the answer.
        probability: how likely the text as a whole is Zawgyi by the model, 0 to 1, given
            that it is that or Unicode; None where the model knows nothing of it. The
            answer looks at more: see `detect_zawgyi`.
    """

    encoding: FontEncoding
    probability: float | None


class DetectionBatch:
    """What the texts of a batch are, as columns of n rows. Its repr shows counts alone."""

    def __init__(self, rows: Iterable[Packed]) -> None:
        self._encodings = bytearray()
        self._probabilities = array("d")
        for packed in rows:
            encodings = bytearray(packed.count)
            probabilities = array("d", bytes(8 * packed.count))
            places = (
                ffi.from_buffer("uint8_t[]", encodings),
                ffi.from_buffer("double[]", probabilities),
            )
            packed.judge(lib.smspoh_zawgyi_detect_batch, 1, *places)
            self._encodings += encodings
            self._probabilities += probabilities

    @cached_property
    def encodings(self) -> list[FontEncoding]:
        """What each row (n) is."""
        return [FONT_ENCODINGS[value] for value in self._encodings]

    @cached_property
    def probabilities(self) -> list[float | None]:
        """How likely each row (n) is Zawgyi by the model, None where it knows nothing of it."""
        return [p if p == p else None for p in self._probabilities]  # noqa: PLR0124 - no NaN

    def counts(self) -> dict[FontEncoding, int]:
        """Return the number of rows of each font encoding that occurs."""
        found = {encoding: self._encodings.count(encoding.value) for encoding in FONT_ENCODINGS}
        return {encoding: count for encoding, count in found.items() if count}

    def __len__(self) -> int:
        return len(self._encodings)

    def __repr__(self) -> str:
        counts = "".join(f", {encoding.name}={n}" for encoding, n in self.counts().items())
        return f"{type(self).__name__}(rows={len(self)}{counts})"


def detect_zawgyi(text: str | bytes | bytearray | memoryview) -> Detection:
    """Return whether a text is Zawgyi or Unicode.

    A text is what the model says at 0.05 and below (UNICODE), or 0.95 and above (ZAWGYI).
    But one that reads the same in both is UNICODE; one that could be Unicode by its marks is
    ZAWGYI only where the model is sure, 10,000 to 1; one of which the model is not sure is
    what it can only be, where its marks fit one of them alone; and one with pieces that
    are surely each is AMBIGUOUS, as is what is left. The shorter a text, the more often it
    is: a word can be both.

    Args:
        text: the text of a message; bytes, in any of their types, are UTF-8.

    Raises:
        TypeError: `text` is neither str nor bytes.
        ArgumentError: it is not UTF-8, has a lone surrogate, or 2 GiB or more.

    Source: Google's Myanmar Tools (`zawgyi_model_version()`); docs/spec/zawgyi.md.
    """
    batch = DetectionBatch([pack_one(text)])
    return Detection(batch.encodings[0], batch.probabilities[0])


def detect_zawgyi_batch(texts: Iterable[object]) -> DetectionBatch:
    """Return whether each of many texts is Zawgyi or Unicode.

    No row fails its batch: one that is no str, no bytes or no UTF-8 is `FontEncoding.NONE`.

    Args:
        texts: n rows. A list of str is fastest.

    Returns:
        Columns of n rows, in the order of `texts`.

    Raises:
        TypeError: `texts` is a single text, or not iterable.
        ArgumentError: the texts have 2 GiB or more a call.

    Source: as `detect_zawgyi`.
    """
    return DetectionBatch(pieces(texts))


def zawgyi_to_unicode(text: str | bytes | bytearray | memoryview) -> str:
    """Return a text of Zawgyi as Unicode.

    Nothing is asked: a text that is Unicode already becomes rubble, so ask `detect_zawgyi`
    first. What is no Myanmar script stays as it is.

    Raises:
        TypeError, ArgumentError: as `detect_zawgyi`.

    Source: the code chart of Zawgyi; Unicode Technical Note 11; docs/spec/zawgyi.md.
    """
    return _converted(pack_one(text), to_zawgyi=False)[0] or ""


def unicode_to_zawgyi(text: str | bytes | bytearray | memoryview) -> str:
    """Return a text of Unicode as Zawgyi, for a phone that has nothing else.

    Raises:
        TypeError, ArgumentError: as `detect_zawgyi`.

    Source: as `zawgyi_to_unicode`.
    """
    return _converted(pack_one(text), to_zawgyi=True)[0] or ""


def zawgyi_to_unicode_batch(texts: Iterable[object]) -> list[str | None]:
    """Return each of many texts of Zawgyi as Unicode; None for a row that is no text.

    Raises:
        TypeError: `texts` is a single text, or not iterable.
        ArgumentError: 256 texts have 2 GiB or more a call.

    Source: as `zawgyi_to_unicode`.
    """
    return _converted_batch(texts, to_zawgyi=False)


def unicode_to_zawgyi_batch(texts: Iterable[object]) -> list[str | None]:
    """Return each of many texts of Unicode as Zawgyi; None for a row that is no text.

    Raises:
        TypeError, ArgumentError: as `zawgyi_to_unicode_batch`.

    Source: as `zawgyi_to_unicode`.
    """
    return _converted_batch(texts, to_zawgyi=True)


def zawgyi_model_version() -> str:
    """Return the version of `myanmartools` that the model of `detect_zawgyi` is of."""
    version = ffi.new("uint8_t[16]")
    check(lib.smspoh_zawgyi_model_version(version))
    return bytes(version).rstrip(b"\0").decode("ascii")


def _converted_batch(texts: Iterable[object], *, to_zawgyi: bool) -> list[str | None]:
    converted: list[str | None] = []
    for packed in pieces(texts, utf16=False):
        converted += _converted(packed, to_zawgyi=to_zawgyi)
    return converted


def _converted(packed: Packed, *, to_zawgyi: bool) -> list[str | None]:
    room = _room("uint8_t[]", max(1, packed.size * lib.SMSPOH_ZAWGYI_GROWTH))
    offsets = ffi.new("int64_t[]", packed.count + 1)
    packed = packed.judge(lib.smspoh_zawgyi_convert_batch, to_zawgyi, room, len(room), offsets)
    ends = list(offsets)
    whole = ffi.buffer(room, ends[-1])[:]
    # Only a row that is no text becomes nothing.
    return [
        whole[start:end].decode() if end > start or not packed.may_be_no_text(row) else None
        for row, (start, end) in enumerate(pairwise(ends))
    ]


_room: Final = ffi.new_allocator(should_clear_after_alloc=False)


class ZawgyiWarning(UserWarning):
    """A text that is Zawgyi, or may be: a phone with Unicode shows it as rubble."""


def warn_of_zawgyi(encoding: FontEncoding, *, stacklevel: int) -> None:
    """Warn of a text whose font encoding is `encoding`, unless phones can read it."""
    if encoding is FontEncoding.ZAWGYI:
        found = (
            "message is Zawgyi, which phones with Unicode show as rubble;"
            " zawgyi='convert' sends it as Unicode"
        )
    elif encoding is FontEncoding.AMBIGUOUS:
        found = (
            "message may be Zawgyi, or have pieces of it, which phones with Unicode show as"
            " rubble; it is sent as it is: a person has to look"
        )
    else:
        return
    warnings.warn(found, ZawgyiWarning, stacklevel=stacklevel)
