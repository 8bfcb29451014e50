"""New files that only their owner may read: keys, outcomes, rows to correct."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class PrivateFile:
    """A new file of mode 0600 that grows by whole records.

    A record is in the file when `append` returns, whatever happens to the
    process after that. A record that does not fit, on a full disk say, is
    taken back as a whole.
    """

    def __init__(self, path: Path, *, what: str) -> None:
        """Create the file.

        Args:
            path: where; nothing may be there yet.
            what: how to call it in an error.

        Raises:
            ArgumentError: something is there already, or it cannot be created.
        """
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        try:
            self._descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            raise ArgumentError(f"{what} {path} is there already: move it away first") from None
        except OSError as error:
            raise ArgumentError(f"{what} {path} cannot be created: {error.strerror}") from None
        os.fchmod(self._descriptor, 0o600)  # whatever the umask took away
        self._length = 0

    def append(self, record: bytes) -> None:
        """Write one record, all of it or nothing.

        Raises:
            OSError: the record did not fit; the file is as it was.
        """
        rest = memoryview(record)
        size = len(rest)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, self._length)
            raise
        self._length += size

    def sync(self) -> None:
        """Wait until the disk has the file, under its name."""
        os.fsync(self._descriptor)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync()
        finally:
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
