"""Capsules of Python, in which Arrow's structs go from library to library.

Source: Arrow's PyCapsule interface.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from smspoh._abi import ffi, lib
from smspoh.errors import ArgumentError

_python: Final = ctypes.pythonapi
_python.PyCapsule_GetPointer.restype = ctypes.c_void_p
_python.PyCapsule_GetPointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
_python.PyCapsule_New.restype = ctypes.py_object
_python.PyCapsule_New.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


def _address(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None  # noqa: S101 - a function has one
    return address


lib.smspoh_capsule_getter(ffi.cast("SmspohCapsuleGetter", _address(_python.PyCapsule_GetPointer)))


class CapsuleKind:
    """One of the three kinds of capsules.

    Attributes:
        name: the name that a capsule of this kind has.
    """

    def __init__(self, name: bytes, struct: str, free: str) -> None:
        self.name = name
        # A capsule keeps the address of its name, and may outlive this module.
        _python.Py_IncRef(ctypes.py_object(name))
        self._struct = f"{struct} *"
        self._free_boxed: Any = getattr(lib, f"smspoh_arrow_{free}_free")
        self._destructor = int(ffi.cast("uintptr_t", getattr(lib, f"smspoh_capsule_free_{free}")))

    def open(self, capsule: object, where: str) -> Any:
        """Return what a capsule of a caller holds, as a pointer that is valid while it lives.

        Raises:
            ArgumentError: it is no such capsule.
        """
        try:
            address = _python.PyCapsule_GetPointer(capsule, self.name)
        except ValueError:
            address = None
        if address is None:
            raise ArgumentError(
                f"{where} gave {type(capsule).__name__} in the place of a capsule"
                f" {self.name.decode()}"
            )
        return ffi.cast(self._struct, address)

    def close(self, boxed: Any) -> object:
        """Return a capsule that owns a struct in a box of the native library."""
        try:
            return _python.PyCapsule_New(
                int(ffi.cast("uintptr_t", boxed)), self.name, self._destructor
            )
        except BaseException:
            self._free_boxed(boxed)
            raise


SCHEMA: Final = CapsuleKind(b"arrow_schema", "SmspohArrowSchema", "schema")
ARRAY: Final = CapsuleKind(b"arrow_array", "SmspohArrowArray", "array")
STREAM: Final = CapsuleKind(b"arrow_array_stream", "SmspohArrowStream", "stream")
