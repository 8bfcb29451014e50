"""Files that only their owner may read: credentials, keys, outcomes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ._exit import BadInput

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

SECRET_FILE_BYTES_MAX = 65_536


def read_private(path: Path, *, what: str) -> bytes:
    """Return the content of a file that nobody else can read.

    Args:
        path: the file; a symbolic link is followed, its target is what counts.
        what: how to call it in an error, for example "the key file".

    Returns:
        Its bytes, at most 65,536.

    Raises:
        BadInput: missing, not a plain file, owned by somebody else, open to
            others, or too large.
    """
    try:
        # A named pipe would block the open until somebody writes.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise BadInput(f"{what} {path} cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise BadInput(f"{what} {path} is not a plain file")
        if found.st_uid != os.geteuid():
            raise BadInput(f"{what} {path} belongs to another user: it must be yours")
        mode = stat.S_IMODE(found.st_mode)
        if mode & ~(stat.S_IRUSR | stat.S_IWUSR):
            raise BadInput(f"{what} {path} has mode {mode:04o}: it must be 0600 (chmod 600)")
        content = file.read(SECRET_FILE_BYTES_MAX + 1)
    if len(content) > SECRET_FILE_BYTES_MAX:
        raise BadInput(f"{what} {path} has more than {SECRET_FILE_BYTES_MAX:,} bytes")
    return content


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
            BadInput: something is there already, or it cannot be created.
        """
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        try:
            self._descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            raise BadInput(f"{what} {path} is there already: move it away first") from None
        except OSError as error:
            raise BadInput(f"{what} {path} cannot be created: {error.strerror}") from None
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
