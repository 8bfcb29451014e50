"""Columns of a caller: one array, or a stream of them, read where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh._abi import check, ffi, lib
from smspoh.errors import ArgumentError

from ._capsule import ARRAY, SCHEMA, STREAM

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS_MAX: Final = 2**62
"""More rows than any memory holds."""


class TakenArray:
    """One array of a caller, which can be handed on once.

    Attributes:
        native: `const SmspohArrowColumn *`.
    """

    def __init__(self, schema: Any, array: Any, keep: object) -> None:
        self._schema = schema
        self._array = array
        self._keep = keep
        self.native: Any = ffi.new("SmspohArrowColumn *", (schema, array))

    def __len__(self) -> int:
        return max(0, int(self._array.length))

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Hand the array on, as capsules `arrow_schema` and `arrow_array`.

        Args:
            requested_schema: is not followed.

        Raises:
            ArgumentError: it was handed on before.
        """
        if not self._array.release:
            raise ArgumentError("the array was handed on before; it can be once")
        schema, array = ffi.new("SmspohArrowSchema **"), ffi.new("SmspohArrowArray **")
        kind = self._keep.schema() if isinstance(self._keep, _Stream) else self._schema
        check(lib.smspoh_arrow_move_schema(kind, schema))
        capsule = SCHEMA.close(schema[0])
        check(lib.smspoh_arrow_move(self._array, array))
        return capsule, ARRAY.close(array[0])

    def part(self, start: int, count: int) -> TakenArray:
        """Return `count` rows from `start` on, of this array as it is.

        Raises:
            ArgumentError: lengths that no array has.
        """
        whole = self._array
        if not (0 <= whole.offset < ROWS_MAX and 0 <= whole.length < ROWS_MAX):
            raise ArgumentError("an array has a length or an offset that no memory holds")
        part = ffi.new("SmspohArrowArray *", whole[0])
        part.offset += start
        part.length = count
        part.null_count = -1 if whole.null_count else 0
        return TakenArray(self._schema, part, self)


class _Stream:
    """A stream of a caller, while it is read."""

    def __init__(self, capsule: object, name: str) -> None:
        self._capsule = capsule
        self._name = name
        self._native = STREAM.open(capsule, f"__arrow_c_stream__ of {name}")
        if not (self._native.release and self._native.get_schema and self._native.get_next):
            raise ArgumentError(f"{name} is a stream that was released, or has no functions")

    def schema(self) -> Any:
        """Return the type of its arrays."""
        schema = ffi.gc(ffi.new("SmspohArrowSchema *"), _release)
        self._check(self._native.get_schema(self._native, schema))
        return schema

    def arrays(self) -> Iterator[TakenArray]:
        """Yield each array."""
        schema = self.schema()
        while True:
            array = ffi.gc(ffi.new("SmspohArrowArray *"), _release)
            self._check(self._native.get_next(self._native, array))
            if not array.release:
                return
            yield TakenArray(schema, array, self)

    def _check(self, code: int) -> None:
        # What the maker says of its error may have a text in it.
        if code:
            raise ArgumentError(
                f"{self._name} is a stream that failed with the error {code} of errno.h; what"
                " makes its arrays has to say why"
            )


def _release(struct: Any) -> None:
    if struct.release:
        struct.release(struct)


class Taken:
    """A column of a caller.

    Args:
        value: has `__arrow_c_array__`, or `__arrow_c_stream__`.
        name: of the argument, for errors.

    Attributes:
        is_stream: whether it comes as a stream.

    Raises:
        ArgumentError: what it gives are no capsules of Arrow.
        TypeError: it has neither method.
    """

    def __init__(self, value: object, name: str) -> None:
        self.name = name
        self._stream: _Stream | None = None
        self._array: TakenArray | None = None
        self.is_stream = False
        if isinstance(value, TakenArray):
            self._array = value
        elif hasattr(value, "__arrow_c_array__"):
            self._array = _array(value.__arrow_c_array__(), name)
        elif hasattr(value, "__arrow_c_stream__"):
            self._stream = _Stream(value.__arrow_c_stream__(), name)
            self.is_stream = True
        else:
            raise TypeError(
                f"{name} must have __arrow_c_array__ or __arrow_c_stream__, as columns of Arrow"
                f" have; {type(value).__name__} has neither"
            )

    def arrays(self) -> Iterator[TakenArray]:
        """Yield each array."""
        if self._array is not None:
            yield self._array
        elif self._stream is not None:
            yield from self._stream.arrays()


def _array(capsules: object, name: str) -> TakenArray:
    where = f"__arrow_c_array__ of {name}"
    if not isinstance(capsules, tuple) or len(capsules) != 2:
        raise ArgumentError(
            f"{where} gave {type(capsules).__name__}; a tuple of two capsules is needed"
        )
    schema, array = (
        kind.open(capsule, where) for kind, capsule in zip((SCHEMA, ARRAY), capsules, strict=True)
    )
    return TakenArray(schema, array, capsules)


def side_by_side(first: Taken, second: Taken) -> Iterator[tuple[TakenArray, TakenArray]]:
    """Yield the arrays of two columns in parts of as many rows.

    Raises:
        ArgumentError: one has more rows than the other.
    """
    if not (first.is_stream or second.is_stream):
        yield from zip(first.arrays(), second.arrays(), strict=True)  # Rust compares the rows
        return
    left, right = _Rest(first), _Rest(second)
    while left.fill() and right.fill():
        count = min(left.count, right.count)
        yield left.take(count), right.take(count)
    if left.count or right.count or right.fill():
        raise ArgumentError(f"{first.name} and {second.name} have not as many rows")


class _Rest:
    """What is left of a column."""

    def __init__(self, column: Taken) -> None:
        self._arrays = column.arrays()
        self._array: TakenArray | None = None
        self._start = 0
        self.count = 0  # rows that are left of the array

    def fill(self) -> bool:
        """Go on to the next array with rows if none are left; whether there is one."""
        while self.count == 0:
            self._array = None  # let go before the next one comes
            self._array = next(self._arrays, None)
            if self._array is None:
                return False
            self._start, self.count = 0, len(self._array)
        return True

    def take(self, count: int) -> TakenArray:
        """Take rows off."""
        assert self._array is not None  # noqa: S101 - `fill` was asked
        part = self._array.part(self._start, count)
        self._start += count
        self.count -= count
        return part
