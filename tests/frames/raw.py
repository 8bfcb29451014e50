"""Arrow's structs by hand, with ctypes and no library: what a caller may give, also crooked."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class Schema(ctypes.Structure):
    """`struct ArrowSchema`."""


class Array(ctypes.Structure):
    """`struct ArrowArray`."""


class Stream(ctypes.Structure):
    """`struct ArrowArrayStream`."""


RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", RELEASE_SCHEMA),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", RELEASE_ARRAY),
    ("private_data", ctypes.c_void_p),
]
GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))
GET_LAST_ERROR = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(Stream))
RELEASE_STREAM = ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))
Stream._fields_ = [
    ("get_schema", GET_SCHEMA),
    ("get_next", GET_NEXT),
    ("get_last_error", GET_LAST_ERROR),
    ("release", RELEASE_STREAM),
    ("private_data", ctypes.c_void_p),
]

_new = ctypes.pythonapi.PyCapsule_New
_new.restype = ctypes.py_object
_new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


def _release_schema(schema: Any) -> None:
    schema.contents.release = RELEASE_SCHEMA()


def _release_array(array: Any) -> None:
    array.contents.release = RELEASE_ARRAY()


release_schema = RELEASE_SCHEMA(_release_schema)
release_array = RELEASE_ARRAY(_release_array)


class Raw:
    """A column of texts by offsets of 32 bits, whose every part a test may change.

    Attributes:
        schema: its type.
        array: its rows.
        names: of the capsules that it gives.
    """

    def __init__(self, rows: Sequence[str | None]) -> None:
        cells = [(row or "").encode() for row in rows]
        self.data = ctypes.create_string_buffer(b"".join(cells))
        self.offsets = (ctypes.c_int32 * (len(rows) + 1))(0)
        for row, cell in enumerate(cells):
            self.offsets[row + 1] = self.offsets[row] + len(cell)
        self.validity = (ctypes.c_uint8 * (len(rows) // 8 + 1))()
        for row, text in enumerate(rows):
            self.validity[row // 8] |= (text is not None) << row % 8
        held = (self.validity, self.offsets, self.data)
        self.buffers = (ctypes.c_void_p * 3)(*[ctypes.addressof(part) for part in held])
        self.schema = Schema(b"u", None, None, 2, 0, None, None, release_schema)
        self.array = Array(len(rows), -1, 0, 3, 0, self.buffers, None, None, release_array)
        self.names = [b"arrow_schema", b"arrow_array"]

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return capsule(self.schema, self.names[0]), capsule(self.array, self.names[1])


def capsule(struct: ctypes.Structure, name: bytes) -> object:
    """Return a capsule of a struct, which is kept by the caller."""
    return _new(ctypes.addressof(struct), name, None)


class RawStream:
    """A stream of `Raw` columns, which begins anew when it is asked for.

    Attributes:
        code: what its functions return.
        given: how many arrays were taken.
    """

    def __init__(self, *columns: Raw, code: int = 0) -> None:
        self.code = code
        self.given = 0
        self._columns = columns or (Raw([]),)
        self.stream = Stream(
            GET_SCHEMA(self._schema),
            GET_NEXT(self._next),
            GET_LAST_ERROR(lambda _: None),
            RELEASE_STREAM(self._release),
        )

    def _schema(self, _stream: Any, out: Any) -> int:
        out[0] = self._columns[0].schema
        return self.code

    def _next(self, _stream: Any, out: Any) -> int:
        end = Array()
        out[0] = self._columns[self.given].array if self.given < len(self._columns) else end
        self.given += 1
        return self.code

    def _release(self, stream: Any) -> None:
        stream.contents.release = RELEASE_STREAM()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        self.given = 0
        return capsule(self.stream, b"arrow_array_stream")
