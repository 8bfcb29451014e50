"""How the work of a call is done, and who watches it."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from . import _abi
from ._inputs import as_int, shown
from .errors import ArgumentError, CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[int, int], object]
    """Called with the work done and the work in all."""

__all__ = ["Run", "backends", "resolve_backend", "resolve_threads"]

THREADS_MAX: Final = 1024
"""More threads than this are taken for a mistake."""


@cache
def backends() -> tuple[str, ...]:
    """Return the names of the backends that this CPU can run.

    A *backend* is one way of computing PBKDF2. The library takes the one that suits
    each group of rows; a name, as the argument `backend` or in `SMSPOH_BACKEND`,
    forces one, which is for measurements and for finding faults.

    Returns:
        Names such as "x86_sha", "x86_avx512" and "portable"; those that some CPUs lack
        come first.
    """
    size = _abi.ffi.new("size_t *")
    _abi.lib.smspoh_backends(_abi.ffi.NULL, 0, size)
    out = _abi.ffi.new("uint8_t[]", size[0])
    _abi.check(_abi.lib.smspoh_backends(out, size[0], size))
    return tuple(bytes(_abi.ffi.buffer(out)).decode().split("\n"))


def resolve_threads(threads: int) -> int:
    """Return the number of threads that a call shall use.

    Args:
        threads: 0 for one a CPU that this process may use, or `SMSPOH_NUM_THREADS`
            where that is set and less; otherwise 1 to 1,024.

    Raises:
        ArgumentError: a number outside that range.
        TypeError: not an int.
    """
    threads = as_int(threads, "threads")
    if not 0 <= threads <= THREADS_MAX:
        raise ArgumentError(f"threads is {shown(threads)}; it must be 0 to {THREADS_MAX}")
    return threads or _threads_default()


def _threads_default() -> int:
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    most = os.environ.get("SMSPOH_NUM_THREADS", "")
    if not most:
        return cpus or 1
    if not (most.isascii() and most.isdecimal() and len(most) < 10 and int(most) >= 1):
        raise ArgumentError("SMSPOH_NUM_THREADS is set to something else than a number from 1")
    return min(cpus or 1, int(most))


def resolve_backend(backend: str | None) -> bytes:
    """Return the name of the one backend that a call shall use; empty is the best.

    Args:
        backend: a name of `backends()`, or None for what `SMSPOH_BACKEND` says.

    Raises:
        ArgumentError: a name that is none.
        TypeError: not a str.
    """
    where = "backend"
    if backend is None:
        where, backend = "SMSPOH_BACKEND", os.environ.get("SMSPOH_BACKEND") or None
    if backend is None:
        return b""
    if not isinstance(backend, str):
        raise TypeError(f"backend must be a str, not {type(backend).__name__}")
    if backend not in backends():
        raise ArgumentError(
            f"{where} names no backend that this CPU can run; those are {', '.join(backends())}"
        )
    return backend.encode()


SHORT: Final = 1 << 18
"""Units of work, each about an iteration of PBKDF2, that are not worth a callback: a
hundredth of a second, a tenth on a CPU without SHA instructions."""


class Run:
    """How the work of one call is done, as Rust takes it.

    While a long call lasts, Rust calls back some twenty times a second on the thread
    that made the call: to tell `progress`, and so that Python can do what a signal asks,
    Ctrl-C above all. What is raised then stops the call and is raised by `check`.

    Args:
        threads: as `resolve_threads` takes it.
        backend: a name of `backends()`, or None for the best.
        progress: called with the work done and the work in all, or None.
        units: how much work there is, in iterations of PBKDF2, where that is known.

    Raises:
        ArgumentError: `threads` out of range, a backend that is not there; `progress`
            on a daemon thread, or on a system that forbids the callback.
        TypeError: an argument of another type.
    """

    __slots__ = ("_caught", "_keep", "native")

    def __init__(
        self,
        *,
        threads: int,
        backend: str | None = None,
        progress: Progress | None = None,
        units: int | None = None,
    ) -> None:
        if progress is not None:
            _check_progress(progress)
        name = _abi.ffi.from_buffer("uint8_t[]", resolve_backend(backend))
        self._caught: list[BaseException] = []
        callback = _abi.ffi.NULL
        # Signals are the main thread's: elsewhere there is nobody to call back.
        main = threading.get_ident() == threading.main_thread().ident
        if (units is None or units > SHORT) and (progress is not None or main):
            callback = self._callback(progress)
        self._keep = (name, callback)
        self.native: Any = _abi.ffi.new(
            "SmspohRun *",
            {
                "threads": resolve_threads(threads),
                "backend": name,
                "backend_size": len(name),
                "progress": callback,
            },
        )

    def _callback(self, progress: Progress | None) -> Any:
        caught = self._caught

        def tell(_context: object, done: int, total: int) -> int:
            if progress is not None:
                progress(done, total)
            return 1

        # Not a `try` in `tell`: a signal's exception comes before its first line.
        def stop(_type: object, error: BaseException, _traceback: object) -> int:
            caught.append(error)
            return 0

        signature = "uint8_t(void *, uint64_t, uint64_t)"
        try:
            return _abi.ffi.callback(signature, tell, error=0, onerror=stop)
        except MemoryError:  # a system that lets nobody make code while it runs
            if progress is None:
                return _abi.ffi.NULL  # Ctrl-C waits for the end, and that is all
        raise ArgumentError(
            "progress cannot be told here: the system forbids the memory that a callback needs"
        )

    def check(self, status: int) -> None:
        """Raise what was raised during the call, else the error of its status."""
        if self._caught:
            error = self._caught[0]
            self._caught.clear()
            try:
                raise error
            finally:
                del error  # or the frame and the exception would hold each other
        if status == CancelledError.status:
            # A second signal came while the first was noted, and took its place.
            raise KeyboardInterrupt
        _abi.check(status)


def _check_progress(progress: object) -> None:
    if not callable(progress):
        raise TypeError(f"progress must be callable, not {type(progress).__name__}")
    # Python ends such a thread in the middle of the callback when the interpreter exits,
    # and takes the process with it.
    if threading.current_thread().daemon:
        raise ArgumentError("progress cannot be told on a daemon thread; use another thread")
