"""Reading files that only their owner may read: credentials and keys."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ._exit import BadInput

if TYPE_CHECKING:
    from pathlib import Path

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
