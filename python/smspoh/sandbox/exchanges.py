"""The last requests and replies of a sandbox, without what is secret in them."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

EXCHANGES_MAX: Final = 1000
BYTES_MAX: Final = 32 * 1024 * 1024  # of memory, that all of them take
TEXT_BYTES_MAX: Final = 65_536  # of one request, and of one reply
HIDDEN: Final = "hidden"
_KEY: Final = "encryptkey"
_SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """Hold one request and its reply, with credentials and keys hidden.

    Attributes:
        method: in capitals.
        path: with the prefix ``/api/rest``.
        status: of the reply.
        request_text: the head and the body, each up to 64 KiB.
        reply_text: the body, up to 64 KiB, as it was before a fault of the socket.
        at: an aware time.
        fault: what the socket did to the reply: "reset", "truncate" or "drip"; empty
            where it was sent whole.
    """

    method: str
    path: str
    status: int
    request_text: str
    reply_text: str
    at: datetime
    fault: str = ""

    @property
    def size(self) -> int:
        """Bytes of memory that its texts take."""
        return sum(map(sys.getsizeof, (self.path, self.request_text, self.reply_text)))

    def __repr__(self) -> str:
        return f"<Exchange {self.method} {self.status}>"


class Exchanges:
    """Keep the last exchanges, as many as there is room for. May be used from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Exchange] = deque()
        self._bytes = 0

    def add(self, exchange: Exchange) -> None:
        """Keep one, and forget the oldest that are too much."""
        with self._lock:
            self._kept.append(exchange)
            self._bytes += exchange.size
            while len(self._kept) > EXCHANGES_MAX or self._bytes > BYTES_MAX:
                self._bytes -= self._kept.popleft().size

    def all(self) -> list[Exchange]:
        """Return what is kept, oldest first."""
        with self._lock:
            return list(self._kept)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def head_text(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the head of a request, with credentials hidden."""
    shown = {name: HIDDEN if _is_key(name) else value for name, value in query.items()}
    asked = "?" + urlencode(shown) if shown else ""
    lines = [f"{method} {path}{asked}"]
    for name, value in headers.items():
        lines.append(f"{name}: {HIDDEN if name.lower() in _SECRET_HEADERS else value}")
    return _cut("\n".join(lines)) + "\n\n"


def body_text(body: bytes) -> str:
    """Return a body, with every `encryptKey` hidden, in capitals or not.

    One that could hold a key and cannot be read as JSON is not shown, and none that is
    not UTF-8.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # UTF-16 of ASCII is UTF-8 too, with these in between
        return f"[{len(body)} bytes that are not UTF-8 text]"
    # A backslash may write a name in another way.
    if _KEY not in text.casefold() and "\\u" not in text:
        return body[:TEXT_BYTES_MAX].decode("utf-8", "replace")
    try:
        shown = json.dumps(_hidden(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"[{len(body)} bytes that are not JSON]"
    return _cut(shown)


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:TEXT_BYTES_MAX].decode("utf-8", "replace")


def _is_key(name: str) -> bool:
    return name.casefold() == _KEY


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if _is_key(name) and inner is not None else _hidden(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return value
