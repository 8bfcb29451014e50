"""The calls into the native library, for an array or for a stream of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh._abi import check, ffi, lib
from smspoh.errors import ArgumentError

from ._columns import ChunkedColumns, Columns
from ._formats import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._columns import Fields

_FLAWS: Final[dict[int, str]] = {
    lib.SMSPOH_ARROW_FLAW_RELEASED: "was released before it was read; one that is there is needed",
    lib.SMSPOH_ARROW_FLAW_FORMAT: "is of a type that is not taken{format}; text, binary, a"
    " dictionary of one of them, null, or a struct of one such field is needed",
    lib.SMSPOH_ARROW_FLAW_SHAPE: "has not the buffers and children that its type needs",
    lib.SMSPOH_ARROW_FLAW_LENGTH: "has a length, an offset or a count of nulls that is out of"
    " range; 0 to the rows of its buffers is needed",
    lib.SMSPOH_ARROW_FLAW_BUFFER: "has a buffer that is null or not aligned, where one with rows"
    " is needed",
    lib.SMSPOH_ARROW_FLAW_OFFSETS: "has an offset that is below 0 or below the one before it; they"
    " have to grow",
    lib.SMSPOH_ARROW_FLAW_VIEW: "has a view that is outside of its buffer; it has to be inside",
    lib.SMSPOH_ARROW_FLAW_CODE: "has a code that is not in its dictionary; 0 to one less than it"
    " has values is needed",
    lib.SMSPOH_ARROW_FLAW_ROWS: "have not as many rows; each row needs one of both",
    lib.SMSPOH_ARROW_FLAW_SIZE: "is so large that the answer has 2 GiB of text or more; smaller"
    " arrays are needed",
}
"""What was found, then what is needed, for each flaw of a column."""


def call(
    name: str,
    column: Any,
    native: Callable[..., int],
    *arguments: Any,
    keys: Any = None,
    raise_from: Callable[[int], None] = check,
) -> Any:
    """Make a call that makes an array.

    Args:
        name: what the column is called in an error.
        column: `const SmspohArrowColumn *`.
        native: the function of the library; behind `arguments` it takes where to write the
            array and the flaw.
        arguments: what it takes before those.
        keys: the column of keys that is among them, like `column`, or None.
        raise_from: raises the error of a status.

    Returns:
        `SmspohArrowArray *`, which lets itself go.

    Raises:
        ArgumentError: the column has a flaw.
    """
    out, flaw = ffi.new("SmspohArrowArray **"), ffi.new("uint32_t *")
    status = native(column, *arguments, out, flaw)
    if flaw[0]:
        number = flaw[0] & ~lib.SMSPOH_ARROW_FLAW_OF_KEYS
        if number == lib.SMSPOH_ARROW_FLAW_ROWS:
            name = f"{name} and keys"
        elif number != flaw[0]:
            name, column = "keys", keys
        # Nothing of a schema that has another flaw, as a released one has, may be read.
        found = refused(column.schema) if number == lib.SMSPOH_ARROW_FLAW_FORMAT else ""
        raise ArgumentError(f"{name} {_FLAWS[number].replace('{format}', found)}")
    raise_from(status)
    return ffi.gc(out[0], lib.smspoh_arrow_array_free)


def result(fields: Fields, arrays: Iterable[Any], *, is_stream: bool) -> Columns | ChunkedColumns:
    """Return the arrays that calls made as columns; of a stream there may be any number."""
    made = list(arrays)
    return ChunkedColumns(fields, made) if is_stream else Columns(fields, made)
