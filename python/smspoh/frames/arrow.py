"""Arrow in, Arrow out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from smspoh.envelope import YII2, EnvelopeProfile

from ._columns import ChunkedColumns, Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


class ArrowArray(Protocol):
    """What can hand out one array."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return the capsules `arrow_schema` and `arrow_array`."""


class ArrowStream(Protocol):
    """What can hand out a stream of arrays."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the capsule `arrow_array_stream`."""


def normalize(
    column: ArrowArray | ArrowStream,
    *,
    region: str | None = "MM",
    strict: bool = True,
    sms: bool = False,
    threads: int = 0,
    columns: Sequence[str] | None = None,
) -> Columns | ChunkedColumns:
    """Return the E.164 forms of a column of phone numbers, with a verdict for each."""
    raise NotImplementedError


def encrypt(
    texts: ArrowArray | ArrowStream,
    keys: str | bytes | ArrowArray | ArrowStream,
    *,
    profile: EnvelopeProfile = YII2,
    threads: int = 0,
) -> Columns | ChunkedColumns:
    """Return the encrypted message of each text, under a fresh salt."""
    raise NotImplementedError


def decrypt(
    tokens: ArrowArray | ArrowStream,
    keys: str | bytes | ArrowArray | ArrowStream,
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
    threads: int = 0,
    columns: Sequence[str] | None = None,
) -> Columns | ChunkedColumns:
    """Return the text of each encrypted message, with a verdict."""
    raise NotImplementedError


def segments(
    texts: ArrowArray | ArrowStream,
    *,
    unicode: bool = False,
    threads: int = 0,
    columns: Sequence[str] | None = None,
) -> Columns | ChunkedColumns:
    """Return how many parts each text is sent in."""
    raise NotImplementedError


def zawgyi_to_unicode(texts: ArrowArray | ArrowStream) -> Columns | ChunkedColumns:
    """Return each text of Zawgyi as Unicode."""
    raise NotImplementedError


def unicode_to_zawgyi(texts: ArrowArray | ArrowStream) -> Columns | ChunkedColumns:
    """Return each text of Unicode as Zawgyi."""
    raise NotImplementedError


def batches(source: ArrowStream, function: Callable[[ArrowArray], T]) -> Iterator[T]:
    """Yield what `function` makes of each array of a stream, one at a time."""
    raise NotImplementedError
