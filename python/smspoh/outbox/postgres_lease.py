"""The lease of a session: an advisory lock that lives and dies with one connection."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Final

import psycopg

from .postgres_database import LOCKS, connect, told

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER: Final = "SELECT nextval('smspoh_outbox.session_number')::integer"
_TAKE: Final = "SELECT pg_try_advisory_lock(%s, %s)"
# Not only that the connection answers: behind a pooler another server process may.
_HELD: Final = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s
    AND objsubid = 2 AND pid = pg_backend_pid() AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


class Lease:
    """Hold the lock of a new session until it is let go, or its connection ends.

    The server frees the lock when the connection does: by the death of the process at
    once, by that of the machine or the network after the server's keepalives.

    Args:
        given: the parameters of the connection, which is the lease's alone.

    Raises:
        OutboxError: the database cannot be reached.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self._mutex = threading.Lock()
        self._db: psycopg.Connection | None = connect(given)
        try:
            with told("taking a lease"):
                self.session = _taken(self._db)
        except BaseException:
            self._db.close()
            raise
        leave_to_parent([self._db])

    def is_held(self) -> bool:
        """Ask the server whether the lock is held, in one round trip.

        Once it is not, it never is again.
        """
        with self._mutex:
            if self._db is None:
                return False
            try:
                ((held,),) = self._db.execute(_HELD, (LOCKS, self.session)).fetchall()
            except psycopg.Error:
                held = False
            if not held:
                self._drop()
            return bool(held)

    def release(self) -> None:
        """Let the session end. May be called twice."""
        with self._mutex:
            self._drop()

    def _drop(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _taken(db: psycopg.Connection) -> int:
    """Take the lock of the next number that nobody holds, and return the number.

    Tables that were put back count from an earlier number, which one who opened the job
    before that may hold.
    """
    while True:
        ((number,),) = db.execute(_NUMBER).fetchall()
        if db.execute(_TAKE, (LOCKS, number)).fetchone() == (True,):
            return int(number)


_OPEN: weakref.WeakSet[psycopg.Connection] = weakref.WeakSet()


def leave_to_parent(connections: Sequence[psycopg.Connection]) -> None:
    """Have a child that is forked off have no part of connections."""
    _OPEN.update(connections)


def _let_go_in_child() -> None:
    # A child shares the sockets: the server would not see its parent's death. The numbers
    # stay taken, so that nothing else of the child is taken for a connection.
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        for connection in list(_OPEN):
            if not connection.closed:
                os.dup2(nothing.fileno(), connection.fileno(), inheritable=False)


os.register_at_fork(after_in_child=_let_go_in_child)
