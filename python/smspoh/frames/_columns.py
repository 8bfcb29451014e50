"""What the functions of `smspoh.frames` return: columns that any library of Arrow takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh._abi import check, ffi, lib
from smspoh.errors import ArgumentError

from ._capsule import ARRAY, SCHEMA, STREAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def names_of(columns: Iterable[object]) -> tuple[object, ...]:
    """Return the names of fields that a caller gives.

    Raises:
        TypeError: a single str, or something that is not iterable.
    """
    if isinstance(columns, (str, bytes, bytearray)) or not hasattr(columns, "__iter__"):
        raise TypeError(f"columns must be a list of names, not {type(columns).__name__}")
    return tuple(columns)


class Fields:
    """Which fields an answer has, as the native library takes them.

    Args:
        answer: the number of the answer, a `SMSPOH_ARROW_`.
        all_names: the names of all its fields, by their numbers; none where it is one column.
        columns: the names of those that are wanted, in their order; None for all.

    Attributes:
        answer: the number of the answer.
        names: the names of the fields.
        native: `const uint8_t *`, a number each.

    Raises:
        ArgumentError: a name that is none, or twice; no name at all.
        TypeError: a single str, or something that is not iterable.
    """

    __slots__ = ("answer", "names", "native")

    def __init__(
        self, answer: int, all_names: tuple[str, ...], columns: Sequence[str] | None = None
    ) -> None:
        names = all_names if columns is None else names_of(columns)
        places = {name: place for place, name in enumerate(all_names)}
        if len(set(names)) != len(names) or (all_names and not names):
            raise ArgumentError(
                f"columns has {len(names)} names; one or more are needed, each once"
            )
        if not places.keys() >= set(names):
            raise ArgumentError(
                f"columns has a name that is none of the fields, {', '.join(all_names)}"
            )
        self.answer = answer
        self.names: tuple[str, ...] = tuple(map(str, names))
        self.native: Any = ffi.new("uint8_t[]", [places[name] for name in self.names])


NUMBERS: Final = (
    lib.SMSPOH_ARROW_NUMBERS,
    ("e164", "verdict", "operator", "kind", "region", "calling_code"),
)
OPENED: Final = (lib.SMSPOH_ARROW_OPENED, ("text", "verdict"))
PARTS: Final = (
    lib.SMSPOH_ARROW_PARTS,
    ("encoding", "parts", "units", "units_left", "forced_at"),
)
TEXTS: Final = Fields(lib.SMSPOH_ARROW_TEXTS, ())


class ChunkedColumns:
    """Columns in any number of arrays, which can be read any number of times.

    Its repr shows counts alone.
    """

    def __init__(self, fields: Fields, arrays: Sequence[Any]) -> None:
        self._fields = fields
        self._arrays = arrays

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in their order; empty where it is one column."""
        return self._fields.names

    def __len__(self) -> int:
        return sum(array.length for array in self._arrays)

    def __arrow_c_schema__(self) -> object:
        """Return the type, as a capsule `arrow_schema`."""
        fields, out = self._fields, ffi.new("SmspohArrowSchema **")
        check(lib.smspoh_arrow_schema(fields.answer, fields.native, len(fields.native), out))
        return SCHEMA.close(out[0])

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return all arrays in their order, as a capsule `arrow_array_stream`.

        Args:
            requested_schema: is not followed.
        """
        fields, out = self._fields, ffi.new("SmspohArrowStream **")
        arrays = ffi.new("const SmspohArrowArray *[]", list(self._arrays))
        check(
            lib.smspoh_arrow_stream(
                fields.answer, fields.native, len(fields.native), arrays, len(arrays), out
            )
        )
        return STREAM.close(out[0])

    def __repr__(self) -> str:
        inside = f": {', '.join(self.names)}" if self.names else ""
        return f"<{type(self).__name__} of {len(self)} rows{inside}>"


class Columns(ChunkedColumns):
    """Columns in one array, which can be read any number of times.

    Its repr shows counts alone.
    """

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return the type and the array, as capsules `arrow_schema` and `arrow_array`.

        Args:
            requested_schema: is not followed.
        """
        out = ffi.new("SmspohArrowArray **")
        check(lib.smspoh_arrow_share(self._arrays[0], out))
        return self.__arrow_c_schema__(), ARRAY.close(out[0])
