"""What a worker of Spark does with one batch: arrays of pyarrow in, one out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from smspoh.errors import ArgumentError

from . import arrow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from ._spark_keys import Held

_WITHOUT_THREADS: Final = ("unicode_to_zawgyi", "zawgyi_to_unicode")  # they have one always


def run(
    work: str, arrays: Sequence[pa.Array], options: Mapping[str, Any], held: Held | None
) -> pa.Array:
    """Return what a function of `smspoh.frames.arrow` makes of a batch.

    Args:
        work: the function's name.
        arrays: n rows each: what it works on, and keys or ids of keys where it takes them.
        options: what else it takes.
        held: the broadcast of a key or of a mapping of keys; None where none is needed, or
            where the keys are an array.

    Raises:
        ArgumentError: SQL gives another number of columns; the keys are those of a session
            that was stopped.
    """
    import pyarrow as pa  # noqa: PLC0415 - without it, this file can be imported all the same

    value = None if held is None else _held_value(held)
    _require_columns(work, len(arrays), value)
    first, *others = arrays
    if value is not None:
        others = [_keys(value, *others)]
    # One thread: a task has one core, and its neighbours have the others.
    threads = {} if work in _WITHOUT_THREADS else {"threads": 1}
    return _plain(pa.array(getattr(arrow, work)(first, *others, **options, **threads)))


def _held_value(held: Held) -> Any:
    """Return what was broadcast, if it is what the column was made with."""
    value = held[0].value
    # Every context numbers its broadcasts from 0, so this can be another column's key.
    if not (isinstance(value, tuple) and len(value) == 2 and value[0] == held[1]):
        raise ArgumentError(
            "the column has the keys of a session of Spark that was stopped; needed is a column"
            " that is made anew in this session"
        )
    return value[1]


def _require_columns(work: str, found: int, value: Any) -> None:
    """Refuse columns that would be ignored, or are missing: SQL takes any number of them."""
    if work not in ("encrypt", "decrypt"):
        count, needed = 1, "one column; options are those of register"
    elif value is None:
        count, needed = 2, "two, the second of keys"
    elif isinstance(value, Mapping):
        count, needed = 2, "two, the second of ids of keys"
    else:
        count, needed = 1, "one column, for register was given one key for every row"
    if found != count:
        raise ArgumentError(f"smspoh_{work} has {found} columns; needed is {needed}")


def _keys(value: Any, ids: pa.Array | None = None) -> Any:
    """Return the one key, or an array of n keys by their ids; null where there is no such id."""
    import pyarrow as pa  # noqa: PLC0415

    if not isinstance(value, Mapping) or ids is None:
        return value
    codes = ids.dictionary_encode()
    found = [value.get(key_id) for key_id in _listed(codes.dictionary)]
    encoded = [key.encode() if isinstance(key, str) else key for key in found]
    return pa.DictionaryArray.from_arrays(codes.indices, pa.array(encoded, pa.binary()))


def _listed(ids: pa.Array) -> list[Any]:
    """Return ids as objects; Spark has strings that are not UTF-8, which are ids of no key."""
    import pyarrow as pa  # noqa: PLC0415

    if not (pa.types.is_string(ids.type) or pa.types.is_large_string(ids.type)):
        return ids.to_pylist()  # type: ignore[no-any-return, unused-ignore]
    raw = ids.cast(pa.large_binary()).to_pylist()
    return [None if each is None else each.decode(errors="surrogateescape") for each in raw]


def _plain(array: pa.Array) -> pa.Array:
    """Return the array with plain strings for dictionaries, which Spark does not take."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    if pa.types.is_struct(array.type):
        names = [field.name for field in array.type]
        return pa.StructArray.from_arrays([_plain(part) for part in array.flatten()], names=names)
    return array
