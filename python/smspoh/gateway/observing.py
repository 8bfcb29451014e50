"""What can be seen of a connection while a request is made: times, certificate, version.

Nothing is connected beside the request: what is seen is what the client's own way of
connecting does, through its proxy and with its certificates.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2

from smspoh.errors import GatewayError

from .wire import Wire

if TYPE_CHECKING:
    from .models import Request, Response


@dataclass(slots=True)
class Seen:
    """Hold what was seen; None is what was not.

    Attributes:
        tcp_s: seconds until TCP was connected.
        tcp_error: why it was not.
        tls_version: such as ``TLSv1.3``.
        certificate: of the gateway, as `ssl.SSLSocket.getpeercert` returns it.
        tls_error: why there was no TLS.
        verify_code: OpenSSL's number of what is wrong with the certificate.
        http_version: such as ``HTTP/1.1``.
    """

    tcp_s: float | None = None
    tcp_error: str | None = None
    tls_version: str | None = None
    certificate: dict[str, Any] = field(default_factory=dict)
    tls_error: str | None = None
    verify_code: int | None = None
    http_version: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what came of one request.

    Attributes:
        request: what was asked.
        response: the reply, or None.
        error: why there is none.
        at_s: the middle of the exchange, seconds since the epoch.
    """

    request: Request
    response: Response | None
    error: GatewayError | None
    at_s: float

    @property
    def status(self) -> int:
        """The status of the reply; 0 where there is none."""
        return 0 if self.response is None else self.response.status

    @property
    def is_success(self) -> bool:
        """Whether the gateway answered 2xx."""
        return 200 <= self.status < 300


class Watching(httpx2.BaseTransport):
    """Send requests over another transport and see how.

    Args:
        inner: the transport; whoever made it closes it.
        proxied: TLS to a proxy is not TLS to the gateway.
    """

    def __init__(self, inner: httpx2.BaseTransport, *, proxied: bool) -> None:
        self._inner = inner
        self._of_tls = ("proxy", "socks") if proxied else ("connection",)
        self._began_s = 0.0
        self.seen = Seen()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply of the other transport."""
        request.extensions = {**request.extensions, "trace": self._note}
        return self._inner.handle_request(request)

    def _note(self, name: str, info: dict[str, Any]) -> None:
        """Take an event of httpcore2: its place, what is done there, and how far that is.

        Source: httpcore2, "Extensions", `trace`.
        """
        place, _, rest = name.partition(".")
        event, _, stage = rest.partition(".")
        if event == "connect_tcp":
            self._note_tcp(stage, info)
        elif event == "start_tls" and place in self._of_tls:
            self._note_tls(stage, info)
        elif event == "receive_response_headers" and stage == "complete":
            version = "HTTP/2" if place == "http2" else info["return_value"][0].decode("ascii")
            self.seen.http_version = version

    def _note_tcp(self, stage: str, info: dict[str, Any]) -> None:
        now_s = time.monotonic()
        if stage == "started":
            self._began_s = now_s
        elif stage == "complete":
            self.seen.tcp_s = now_s - self._began_s
        else:
            self.seen.tcp_error = _why(info["exception"])

    def _note_tls(self, stage: str, info: dict[str, Any]) -> None:
        if stage == "complete":
            found = info["return_value"].get_extra_info("ssl_object")
            self.seen.tls_version = found.version()
            self.seen.certificate = found.getpeercert() or {}
        elif stage == "failed":
            failed = info["exception"].__cause__
            if isinstance(failed, ssl.SSLCertVerificationError):
                self.seen.verify_code = failed.verify_code
                self.seen.tls_error = failed.verify_message
            else:
                self.seen.tls_error = _why(info["exception"])


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__


class Anonymous(Wire):
    """A wire that shows no credentials."""

    __slots__ = ()

    def request(self, request: Request) -> httpx2.Request:
        """Return the request without its Authorization."""
        wire = super().request(request)
        del wire.headers["Authorization"]
        return wire


def ask(wire: Wire, request: Request) -> Answer:
    """Make one request, and return what came of it whatever that is."""
    before_s = time.time()
    response, error = None, None
    try:
        response = wire.exchange(request)
    except GatewayError as failed:
        error = failed
    return Answer(request, response, error, (before_s + time.time()) / 2)


def is_address(host: str) -> bool:
    """Return True for an address, which needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def look_up(host: str, port: int, timeout_s: float) -> tuple[list[str], str]:
    """Return the addresses of a name, or none and why.

    The system's look-up knows no timeout, so it is left behind in a thread of its own when
    it takes longer.

    Args:
        host: a name.
        port: of TCP.
        timeout_s: seconds, above 0.
    """
    found: queue.SimpleQueue[tuple[list[str], str]] = queue.SimpleQueue()

    def ask_the_system() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            found.put(([], why or type(error).__name__))
        else:
            found.put((list(dict.fromkeys(str(row[4][0]) for row in rows)), ""))

    threading.Thread(target=ask_the_system, daemon=True).start()
    try:
        return found.get(timeout=timeout_s)
    except queue.Empty:
        return [], f"no answer in {timeout_s:g} s"
