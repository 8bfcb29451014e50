"""How much of FILE was read."""

from __future__ import annotations

import io
import os
import stat
from contextlib import suppress
from typing import BinaryIO


class Counted(io.BufferedIOBase):
    """A file that counts the bytes that are read of it."""

    def __init__(self, source: BinaryIO) -> None:
        """Stand in front of a file."""
        self._source = source
        self.read_bytes = 0
        self.size = _size(source)

    def read1(self, size: int = -1) -> bytes:
        """Return what is there, at most `size` bytes; nothing at the end."""
        read = getattr(self._source, "read1", self._source.read)
        found: bytes = read(size)
        self.read_bytes += len(found)
        return found

    def share(self) -> float | None:
        """Return how much was read, 0 to 1; None where the size is not known."""
        return min(1.0, self.read_bytes / self.size) if self.size else None


def _size(source: BinaryIO) -> int | None:
    with suppress(OSError):
        found = os.fstat(source.fileno())
        if stat.S_ISREG(found.st_mode):
            return found.st_size
    return None
