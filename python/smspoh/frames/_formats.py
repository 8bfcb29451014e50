"""Types of Arrow in words, by the letters that a schema has for them.

Source: the C data interface of Arrow, "Data type description - format strings",
<https://arrow.apache.org/docs/format/CDataInterface.html>.
"""

from __future__ import annotations

import re
from typing import Any, Final

from smspoh._abi import ffi

_FORMAT_SHOWN_MAX: Final = 8  # characters of a format without a word; some have a name in them
_FORMAT_READ_MAX: Final = 16  # the digits of any decimal are within

_TEXTS: Final = frozenset(("u", "U", "vu", "z", "Z", "vz"))
_INTEGERS: Final = {
    "c": "int8",
    "s": "int16",
    "i": "int32",
    "l": "int64",
    "C": "uint8",
    "S": "uint16",
    "I": "uint32",
    "L": "uint64",
}
_WORDS: Final = _INTEGERS | {
    "n": "null",
    "b": "boolean",
    "e": "half float",
    "f": "float",
    "g": "double",
    **dict.fromkeys(("u", "U", "vu"), "text"),
    **dict.fromkeys(("z", "Z", "vz"), "binary"),
    **dict.fromkeys(("tdD", "tdm"), "date"),
    **dict.fromkeys(("+l", "+L", "+vl", "+vL"), "list"),
    "+s": "a struct",
    "+m": "map",
    "+r": "run-end encoded values",
}
_BY_BEGIN: Final = {
    "tt": "time",
    "ts": "timestamp",
    "tD": "duration",
    "ti": "interval",
    "w:": "binary of a fixed size",
    "+w:": "list of a fixed size",
    "+u": "union",
}
"""Of those that have a unit, a size or a name at their end."""
_DECIMAL: Final = re.compile(r"d:(\d+),(-?\d+)(,\d*)?")


def refused(schema: Any) -> str:
    """Return of what type a column is that is not taken, for a message.

    Args:
        schema: `const SmspohArrowSchema *`, which was not released.

    Returns:
        `, double`, say, or nothing where the schema has no format. A name that is in a type, as
        that of a time zone, is not shown.
    """
    if schema.format == ffi.NULL:
        return ""
    if _format(schema) != "+s":
        return f", {_word(schema)}"
    if schema.n_children != 1:
        return f", a struct of {schema.n_children} fields"
    field = schema.children[0]
    values = field.dictionary if _is_dictionary(field) else field
    if _format(values) in _TEXTS | {"n"}:
        return ", a struct with nulls of its own"
    return f", a struct of a field of {_word(field)}"


def _word(schema: Any) -> str:
    if _is_dictionary(schema):
        return f"a dictionary of {_of_format(_format(schema.dictionary))}"
    return _of_format(_format(schema))


def _is_dictionary(schema: Any) -> bool:
    values = schema.dictionary
    return _format(schema) in _INTEGERS and values != ffi.NULL and bool(values.release)


def _of_format(found: str) -> str:
    if decimal := _DECIMAL.fullmatch(found):
        return f"decimal({decimal[1]}, {decimal[2]})"
    begins = (word for begin, word in _BY_BEGIN.items() if found.startswith(begin))
    return _WORDS.get(found) or next(begins, None) or repr(found[:_FORMAT_SHOWN_MAX])


def _format(schema: Any) -> str:
    if schema.format == ffi.NULL:
        return ""
    return str(ffi.string(schema.format, _FORMAT_READ_MAX).decode("ascii", "replace"))
