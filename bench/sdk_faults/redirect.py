"""Each SDK speaks to the host that its own code names; here every name is this machine.

So a client is made as for the real gateway, down to the address. Nothing leaves the machine:
there is no other answer to the question where a host is.
"""

from __future__ import annotations

import contextlib
import importlib
import socket
import threading
from typing import Any

_state = threading.local()


def refuse(connections: int) -> None:
    """Let so many of the next connections of this thread be refused."""
    _state.left = connections


def install(port: int, authority: str) -> None:
    """Send whatever this process connects to, to a port of the loopback.

    Args:
        port: of the server.
        authority: the file that is trusted instead of the certificates of certifi, which some
            SDKs take whatever the environment says. Nothing may have imported them yet.
    """
    with contextlib.suppress(ImportError):
        certifi = importlib.import_module("certifi")
        certifi.where = lambda: authority  # type: ignore[attr-defined]
    real = socket.getaddrinfo
    # Bound and never listening: the system refuses whoever connects.
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))

    def here(_host: Any, _port: Any, *arguments: Any, **options: Any) -> Any:
        left = getattr(_state, "left", 0)
        _state.left = max(0, left - 1)
        return real("127.0.0.1", dead.getsockname()[1] if left else port, *arguments, **options)

    socket.getaddrinfo = here  # type: ignore[assignment]
