"""Arrow in, Arrow out: columns of any library that speaks the PyCapsule protocol.

`docs/spec/arrow.md` has the types, the nulls and what is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from smspoh._abi import ffi, lib
from smspoh._inputs import as_bytes
from smspoh._run import Run, resolve_threads
from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.envelope.calls import native_profile, require_profile
from smspoh.envelope.keys import require_usable, warn_of_weak_key
from smspoh.phone._calls import native_options

from ._caller import caller_level
from ._calls import call, result
from ._columns import NUMBERS, OPENED, PARTS, TEXTS, ChunkedColumns, Columns, Fields
from ._taken import Taken, TakenArray, side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "ArrowArray",
    "ArrowStream",
    "batches",
    "decrypt",
    "encrypt",
    "normalize",
    "segments",
    "unicode_to_zawgyi",
    "zawgyi_to_unicode",
]

T = TypeVar("T")


class ArrowArray(Protocol):
    """What can hand out one array: an array, a record batch."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return the capsules `arrow_schema` and `arrow_array`."""


class ArrowStream(Protocol):
    """What can hand out a stream of arrays: a chunked array, a series, a reader."""

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
    """Return the E.164 forms of a column of phone numbers, with a verdict for each.

    Each row is what `smspoh.normalize_batch` says of it, but that a null row is null in
    every field. A dictionary's values are judged once.

    Args:
        column: n rows of text, binary, a dictionary of one of them, or null; or a struct of
            one such field.
        region: as in `smspoh.normalize`.
        strict: as in `smspoh.normalize`.
        sms: as in `smspoh.normalize`.
        threads: the most to use, 0 for one a CPU. Below 50,000 rows an array one is used.
        columns: the fields to have, of `e164`, `verdict`, `operator`, `kind`, `region` and
            `calling_code`; None for all. What is not asked for takes no memory.

    Returns:
        A struct of n rows; a `Columns` of an array, a `ChunkedColumns` of a stream.

    Raises:
        ArgumentError: `region` is not supported, `threads` is out of range, `columns` has
            a name that is none, or `column` is crooked or becomes 2 GiB or more an array.
        TypeError: `column` does not speak Arrow.

    Source: docs/spec/arrow.md; docs/spec/numbers.md.
    """
    options = native_options(region, strict, sms=sms)
    threads = resolve_threads(threads)
    fields = Fields(*NUMBERS, columns)
    taken = Taken(column, "column")
    asked = (options, threads, fields.native, len(fields.native))
    arrays = (
        call("column", array.native, lib.smspoh_arrow_normalize, *asked) for array in taken.arrays()
    )
    return result(fields, arrays, is_stream=taken.is_stream)


def encrypt(
    texts: ArrowArray | ArrowStream,
    keys: str | bytes | ArrowArray | ArrowStream,
    *,
    profile: EnvelopeProfile = YII2,
    threads: int = 0,
) -> Columns | ChunkedColumns:
    r"""Return the encrypted message of each text, under a fresh salt.

    The GIL is released while it works.

    Args:
        texts: n rows, as in `normalize`; any bytes.
        keys: one key for every row, or a column of n; at least one byte, not ending in a NUL.
        profile: what the readers expect.
        threads: 0 for one a CPU (at most `SMSPOH_NUM_THREADS`), or 1 to 1,024.

    Returns:
        A column of n tokens. One is null where the text is, and where its key in a column
        is null or cannot be used. A `Columns` if no argument is a stream, else a
        `ChunkedColumns`.

    Raises:
        ArgumentError: a single key that cannot be used, not as many keys as texts,
            `threads` out of range, a column that is crooked or becomes 2 GiB or more an array.
        EntropyError: the operating system gave no random bytes.
        TypeError: an argument of another type.

    Warns:
        WeakKeyWarning: a key that cannot hold 80 bits.

    Source: `yii\base\Security::encryptByPassword`, Yii 2.0; docs/spec/arrow.md.
    """
    tokens, has_weak_key = sealed(texts, keys, profile=profile, threads=threads)
    if has_weak_key:
        warn_of_weak_key(stacklevel=caller_level())
    return tokens


def sealed(
    texts: ArrowArray | ArrowStream,
    keys: str | bytes | ArrowArray | ArrowStream,
    *,
    profile: EnvelopeProfile,
    threads: int,
) -> tuple[Columns | ChunkedColumns, bool]:
    """Return what `encrypt` does, and whether a key is weak, of which nothing is said."""
    require_profile(profile)
    run = Run(threads=threads)
    key = _Keys(keys)
    if key.single is not None:
        require_usable(key.single)
    native, is_weak = native_profile(profile)[0], ffi.new("uint8_t *")
    taken = Taken(texts, "texts")
    found: list[Any] = []
    has_weak_key = False
    for array, of_array, column in key.beside(taken):
        how = (of_array, native, run.native, is_weak)
        encrypt_ = lib.smspoh_arrow_encrypt
        found.append(call("texts", array, encrypt_, *how, keys=column, raise_from=run.check))
        has_weak_key |= bool(is_weak[0])
    return result(TEXTS, found, is_stream=taken.is_stream or key.is_stream), has_weak_key


def decrypt(
    tokens: ArrowArray | ArrowStream,
    keys: str | bytes | ArrowArray | ArrowStream,
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
    threads: int = 0,
    columns: Sequence[str] | None = None,
) -> Columns | ChunkedColumns:
    r"""Return the text of each encrypted message, with a verdict.

    Messages of one array that share key and salt cost one PBKDF2. The GIL is released
    while it works.

    Args:
        tokens: n rows, as in `normalize`.
        keys: one key for every row, or a column of n; any bytes.
        profile: what the senders used.
        lenient: as in `smspoh.decrypt`.
        threads: as in `encrypt`.
        columns: the fields to have, of `text` and `verdict`; None for both.

    Returns:
        A struct of n rows: the text, null where the row is refused, and the name of an
        `EnvelopeVerdict`. A null token is null in both; one whose key is null is BAD_KEY.

    Raises:
        ArgumentError: not as many keys as tokens, `threads` out of range, `columns` with a
            name that is none, a column that is crooked or becomes 2 GiB or more an array.
        TypeError: an argument of another type.

    Source: `yii\base\Security::decryptByPassword`, Yii 2.0; docs/spec/arrow.md.
    """
    require_profile(profile)
    run = Run(threads=threads)
    key = _Keys(keys)
    fields = Fields(*OPENED, columns)
    taken = Taken(tokens, "tokens")
    native = native_profile(profile)[0]
    how = (native, bool(lenient), run.native, fields.native, len(fields.native))
    decrypt_ = lib.smspoh_arrow_decrypt
    arrays = (
        call("tokens", array, decrypt_, of_array, *how, keys=column, raise_from=run.check)
        for array, of_array, column in key.beside(taken)
    )
    return result(fields, arrays, is_stream=taken.is_stream or key.is_stream)


class _Keys:
    """The keys of a call.

    Attributes:
        single: the key of all rows, or None.
        is_stream: whether they are a stream.
    """

    def __init__(self, keys: object) -> None:
        self.single = as_bytes(keys, "keys") if isinstance(keys, (str, bytes, bytearray)) else None
        self._taken = None if self.single is not None else Taken(keys, "keys")
        self.is_stream = self._taken is not None and self._taken.is_stream

    def beside(self, column: Taken) -> Iterator[tuple[Any, Any, Any]]:
        """Yield each array of a column, and the keys of its rows, as the library takes them.

        The third is the column of those keys, for an error; None where there is one key.
        """
        if self._taken is None:
            key = ffi.from_buffer("uint8_t[]", self.single)
            native = ffi.new("SmspohArrowKeys *", {"key": key, "key_size": len(key)})
            for array in column.arrays():
                yield array.native, native, None
            return
        for array, keys in side_by_side(column, self._taken):
            native = ffi.new("SmspohArrowKeys *", {"column": keys.native[0]})
            yield array.native, native, keys.native


def segments(
    texts: ArrowArray | ArrowStream,
    *,
    unicode: bool = False,
    threads: int = 0,
    columns: Sequence[str] | None = None,
) -> Columns | ChunkedColumns:
    """Return how many parts each text is sent in.

    Args:
        texts: n rows, as in `normalize`.
        unicode: as in `smspoh.segments`, for every row.
        threads: the most to use, 0 for one a CPU. Below 2 MiB of text an array one is used.
        columns: the fields to have, of `encoding`, `parts`, `units`, `units_left` and
            `forced_at`; None for all.

    Returns:
        A struct of n rows; what is not UTF-8 is NONE with counts of 0, and a null row is null.
        A `Columns` of an array, a `ChunkedColumns` of a stream.

    Raises:
        ArgumentError: `threads` out of range, `columns` with a name that is none, a
            column that is crooked or has 2 GiB or more an array.
        TypeError: `texts` does not speak Arrow.

    Source: 3GPP TS 23.038 and TS 23.040; docs/spec/arrow.md.
    """
    threads = resolve_threads(threads)
    fields = Fields(*PARTS, columns)
    taken = Taken(texts, "texts")
    asked = (bool(unicode), threads, fields.native, len(fields.native))
    arrays = (
        call("texts", array.native, lib.smspoh_arrow_segments, *asked) for array in taken.arrays()
    )
    return result(fields, arrays, is_stream=taken.is_stream)


def zawgyi_to_unicode(texts: ArrowArray | ArrowStream) -> Columns | ChunkedColumns:
    """Return each text of Zawgyi as Unicode; nothing is asked, as in `smspoh.zawgyi_to_unicode`.

    Args:
        texts: n rows, as in `normalize`.

    Returns:
        A column of n texts, null where the row is null or not UTF-8. A `Columns` of an
        array, a `ChunkedColumns` of a stream.

    Raises:
        ArgumentError: a column that is crooked or becomes 2 GiB or more an array.
        TypeError: `texts` does not speak Arrow.

    Source: docs/spec/zawgyi.md; docs/spec/arrow.md.
    """
    return _converted(texts, to_zawgyi=False)


def unicode_to_zawgyi(texts: ArrowArray | ArrowStream) -> Columns | ChunkedColumns:
    """Return each text of Unicode as Zawgyi, for phones that have nothing else.

    Arguments, answer and errors are those of `zawgyi_to_unicode`.
    """
    return _converted(texts, to_zawgyi=True)


def _converted(texts: ArrowArray | ArrowStream, *, to_zawgyi: bool) -> Columns | ChunkedColumns:
    taken = Taken(texts, "texts")
    arrays = (
        call("texts", array.native, lib.smspoh_arrow_zawgyi_convert, to_zawgyi)
        for array in taken.arrays()
    )
    return result(TEXTS, arrays, is_stream=taken.is_stream)


def batches(source: ArrowArray | ArrowStream, function: Callable[[ArrowArray], T]) -> Iterator[T]:
    """Yield what a function makes of each array of a stream, one at a time.

    So a stream of any length takes the memory of one of its arrays, where the functions
    above would keep all of their answer.

    Args:
        source: a stream of columns or of tables, or one array.
        function: is given each array; it may be `normalize`, or anything that takes what
            has `__arrow_c_array__`. Other libraries can take that from it once.

    Yields:
        What `function` returns.

    Raises:
        ArgumentError: the stream fails.
        TypeError: `source` does not speak Arrow.
    """
    taken = Taken(source, "source")
    return _each(taken, function)


def _each(taken: Taken, function: Callable[[TakenArray], T]) -> Iterator[T]:
    for array in taken.arrays():
        yield function(array)
