"""The files beside a journal: the lock, and the generation that betrays a backup."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from smspoh.errors import JournalLocked, OutboxError

if TYPE_CHECKING:
    from pathlib import Path

MODE: Final = 0o600
_sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has the second alone
_SLOT_BYTES: Final = 128
_SLOT_STEP: Final = 4096  # a page each: no write of one can tear another
_HOT: Final = (0, 1)  # written after every transaction, in turn
_ANCHORS: Final = (2, 3)  # written in turn, and waited for
_ANCHOR_EVERY_S: Final = 1.0
_SLOT = re.compile(rb"([0-9a-f]{32}) ([0-9]{20}) ([0-9a-f]{32})\n")


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Lock:
    """Keep all others from a journal, for as long as this process lives or until `release`.

    Args:
        path: the lock file. It stays when the lock is let go: to remove it would let two
            have it.

    Raises:
        JournalLocked: another has it, in this process or another.
        OutboxError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        except OSError as error:
            raise OutboxError(f"the journal cannot be locked: {error.strerror}") from error
        try:
            # Of an open file, not of a process: two of one process keep each other out too.
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if isinstance(error, BlockingIOError):
                raise JournalLocked("another has this journal open; it must close first") from None
            raise OutboxError(f"the journal cannot be locked: {error.strerror}") from error
        _HELD.add(self)

    @property
    def held(self) -> bool:
        """True until it is let go; False in a child that was forked."""
        return self._descriptor >= 0

    def release(self) -> None:
        """Let another have it. May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


_HELD: weakref.WeakSet[Lock] = weakref.WeakSet()


def _let_go_in_child() -> None:
    # A child shares the open file: it would hold the lock after its parent's death.
    for lock in list(_HELD):
        lock.release()


os.register_at_fork(after_in_child=_let_go_in_child)


class Sidecar:
    """Remember beside a journal how many transactions it has had.

    A journal that has had fewer is a backup that was put back, or has lost what it was
    told is on the disk. Four slots are written in turn: a write that a power cut tears
    leaves an older number, which accuses nobody. What is not waited for survives the
    death of the process, and what is, once a second, that of the machine.

    Args:
        path: the file.
        journal_id: 32 hexadecimal digits; slots of another journal do not count.
    """

    def __init__(self, path: Path, journal_id: str) -> None:
        self._path = path
        self._journal_id = journal_id
        self._descriptor = -1
        self._anchored_s = 0.0
        self._turn = 0

    def read(self) -> int | None:
        """Return the highest number that is there, or None.

        Raises:
            OSError: the file is there and cannot be read.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        found = []
        for slot in (*_HOT, *_ANCHORS):
            start = slot * _SLOT_STEP
            match = _SLOT.match(content[start : start + _SLOT_BYTES])
            if match is None:
                continue
            line = _line(match[1].decode(), int(match[2]))
            if line == match[0] and match[1].decode() == self._journal_id:
                found.append(int(match[2]))
        return max(found, default=None)

    def start(self, generation: int) -> None:
        """Make the file where it is missing, and wait until the disk has the number.

        Raises:
            OSError: it cannot be written.
        """
        if self._descriptor < 0:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, MODE)
        self._anchor(generation)
        self._anchor(generation)
        self._put(_HOT[0], generation)
        self._put(_HOT[1], generation)
        os.fsync(self._descriptor)
        sync_folder(self._path.parent)

    def note(self, generation: int) -> None:
        """Write the number of a transaction that the disk has.

        Raises:
            OSError: it cannot be written.
        """
        self._put(_HOT[generation % 2], generation)
        if time.monotonic() - self._anchored_s >= _ANCHOR_EVERY_S:
            self._anchor(generation)

    def close(self, generation: int | None) -> None:
        """Wait until the disk has the number, if it can be and is not None, and close."""
        if self._descriptor >= 0:
            if generation is not None:
                with suppress(OSError):
                    self._anchor(generation)
            os.close(self._descriptor)
            self._descriptor = -1

    def _anchor(self, generation: int) -> None:
        self._turn += 1
        self._put(_ANCHORS[self._turn % 2], generation)
        _sync_data(self._descriptor)
        self._anchored_s = time.monotonic()

    def _put(self, slot: int, generation: int) -> None:
        line = _line(self._journal_id, generation)
        if os.pwrite(self._descriptor, line, slot * _SLOT_STEP) != len(line):
            raise OSError("a short write")


def _line(journal_id: str, generation: int) -> bytes:
    said = f"{journal_id} {generation:020}"
    check = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    return f"{said} {check}\n".encode()
