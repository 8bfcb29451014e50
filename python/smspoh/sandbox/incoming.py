"""A request to the sandbox, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Incoming:
    """Hold one request as the sandbox got it.

    Attributes:
        method: in capitals.
        path: with the prefix ``/api/rest``, or ``/_sandbox``.
        query: the first value of each name.
        headers: names in lower case.
        body: the bytes.
        peer: the address that it came from; a request without a socket is from here.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = "127.0.0.1"

    def __repr__(self) -> str:
        return f"<Incoming {self.method} {self.path} [{len(self.body)} bytes]>"
