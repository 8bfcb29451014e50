"""One request over HTTP: the seam between the flows and the network.

It talks to the HTTP library's transport, not to its client: that one logs each
URL, and the history's URL holds a number and a text. So there are no redirects,
no cookies, no retries and no proxy from the environment here because nothing
does them, not because an option switches them off.
"""

from __future__ import annotations

import base64
import contextlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlencode

import httpx2

from smspoh.errors import ArgumentError, GatewayError, ProtocolError, TransportError

from .conceal import request_of_ours, watch_loggers
from .deadline import within
from .models import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .profile import GatewayProfile

_X = TypeVar("_X")  # a transport
CALL_TIMEOUTS = 4  # times the timeout, for a request and its reply: connect, TLS, write, read

# Raised before the first byte of a request leaves. Whatever is not here may have been sent.
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


# What a reply that nobody foresaw makes of the library below, or of a caller's transport.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold how long a reply may take, and be.

    Attributes:
        timeout_s: seconds for each wait, and for a reply's body as a whole; all
            together may take `CALL_TIMEOUTS` times that.
        reply_bytes_max: a longer reply is refused.
    """

    timeout_s: float
    reply_bytes_max: int


class _Wire(Generic[_X]):
    """Hold the credentials, the limits and the transport of one client.

    Args:
        authorization: the value of the header of that name.
        base_url: as `checked_base_url` took it.
        limits: of a reply.
        transport: closed by the client.
    """

    __slots__ = ("_headers", "_limits", "_timeout", "_urls", "base_url", "transport")

    def __init__(self, authorization: str, base_url: str, limits: Limits, transport: _X) -> None:
        self.base_url = base_url
        self.transport = transport
        self._limits = limits
        self._timeout = httpx2.Timeout(limits.timeout_s).as_dict()
        self._urls: dict[str, httpx2.URL] = {}
        self._headers = httpx2.Headers(
            {
                "Host": httpx2.URL(base_url).netloc.decode("ascii"),
                "Authorization": authorization,
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "smspoh-python",
            }
        )
        watch_loggers()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    def request(self, request: Request) -> httpx2.Request:
        """Return the request as the HTTP library has it.

        It would read the URL and the headers anew each time, half of what a request costs.
        """
        url = self._urls.get(request.path)
        if request.query or url is None:
            query = "?" + urlencode(request.query) if request.query else ""
            url = httpx2.URL(self.base_url + request.path + query)
            if not request.query:  # of which there are three
                self._urls[request.path] = url
        headers = httpx2.Headers(self._headers)
        if request.method == "POST":
            headers["Content-Length"] = str(len(request.body))
        made = httpx2.Request(
            request.method,
            url,
            headers=headers,
            stream=httpx2.ByteStream(request.body),
            extensions={"timeout": self._timeout},
        )
        made.read()  # a transport may look at its content
        return made


class Wire(_Wire[httpx2.BaseTransport]):
    """Exchange over a transport that blocks."""

    __slots__ = ()

    def exchange(self, request: Request) -> Response:
        """Return the reply to one request.

        Raises:
            TransportError: none came, or not all of it in time.
            ProtocolError: it is too long, or compressed.
        """
        wire = self.request(request)
        try:
            with request_of_ours(), within(self._limits.timeout_s * CALL_TIMEOUTS):
                reply = self.transport.handle_request(wire)
                reading = _Reading(self._limits, request, reply)
                try:
                    with reading.timed(), within(self._limits.timeout_s):
                        for chunk in (reply.content,) if reading.whole else reply.iter_raw():
                            if reading.take(chunk):
                                break
                finally:
                    reply.close()
                return reading.response()
        except httpx2.TransportError as error:
            failed = _no_reply(error, request)
        except _FAULTS as error:
            failed = _broken(error, request)
        # Raised out here: what the library raised may hold bytes of the reply.
        raise failed


class AsyncWire(_Wire[httpx2.AsyncBaseTransport]):
    """Exchange over a transport that awaits."""

    __slots__ = ()

    async def exchange(self, request: Request) -> Response:
        """Return the reply to one request: as `Wire.exchange`."""
        wire = self.request(request)
        try:
            with request_of_ours(), within(self._limits.timeout_s * CALL_TIMEOUTS):
                reply = await self.transport.handle_async_request(wire)
                reading = _Reading(self._limits, request, reply)
                try:
                    with reading.timed(), within(self._limits.timeout_s):
                        if reading.whole:
                            reading.take(reply.content)
                        else:
                            async for chunk in reply.aiter_raw():
                                if reading.take(chunk):
                                    break
                finally:
                    await reply.aclose()
                return reading.response()
        except httpx2.TransportError as error:
            failed = _no_reply(error, request)
        except _FAULTS as error:
            failed = _broken(error, request)
        raise failed


class _Reading:
    """Read a reply whole, within the limits of size and time."""

    def __init__(self, limits: Limits, request: Request, reply: httpx2.Response) -> None:
        self._request = request
        self._status = reply.status_code
        self._headers = tuple((name.lower(), value) for name, value in reply.headers.items())
        self._coding = reply.headers.get("content-encoding", "identity").strip().lower()
        self._most = limits.reply_bytes_max
        self._end = time.monotonic() + limits.timeout_s
        self._body = bytearray()
        self._late = False
        # A transport for tests may make replies with their content, which cannot be streamed.
        self.whole = reply.is_stream_consumed

    @contextlib.contextmanager
    def timed(self) -> Iterator[None]:
        """Note a wait that took too long, which is a reply that did not end."""
        try:
            yield
        except httpx2.ReadTimeout:
            self._late = True

    def take(self, chunk: bytes) -> bool:
        """Take a piece of the body; True when there is no use in another one."""
        self._body += chunk
        self._late = time.monotonic() > self._end
        return self._late or len(self._body) > self._most

    def response(self) -> Response:
        """Return what was read, or raise why that is no reply."""
        if len(self._body) > self._most:
            raise self._unreadable(f"longer than {self._most} bytes, the most that is read")
        if self._late:
            raise TransportError(
                "the gateway's reply did not end in time; the request may have been carried out",
                maybe_sent=True,
                request=self._request,
                response=Response(self._status, self._headers, bytes(self._body)),
            )
        if self._coding != "identity":
            raise self._unreadable("compressed, which was not asked for")
        return Response(self._status, self._headers, bytes(self._body))

    def _unreadable(self, why: str) -> GatewayError:
        return ProtocolError(
            f"the gateway's reply is {why}; the request may have been carried out",
            request=self._request,
            response=Response(self._status, self._headers),
        )


def _no_reply(error: httpx2.TransportError, request: Request) -> TransportError:
    maybe_sent = not isinstance(error, _NEVER_SENT)
    fate = "the request may have been carried out" if maybe_sent else "nothing was sent"
    # Only the words of a failed connection are shown: they cannot hold a reply.
    words = f" ({error})" if isinstance(error, httpx2.ConnectError) and str(error) else ""
    if isinstance(error, httpx2.ProxyError) and (status := re.match(r"[0-9]{3}\b", str(error))):
        words = f" ({status[0]})"  # what a proxy answered: 407 is that it wants a user
    return TransportError(
        f"no reply from the gateway: {type(error).__name__}{words}; {fate}",
        maybe_sent=maybe_sent,
        request=request,
    )


def _broken(error: Exception, request: Request) -> TransportError:
    return TransportError(
        f"no reply from the gateway: the transport raised {type(error).__name__};"
        " the request may have been carried out",
        maybe_sent=True,
        request=request,
    )


def authorization(api_key: str, api_secret: str, profile: GatewayProfile) -> str:
    """Return the Authorization header for a pair of credentials.

    Source: SMSPoh API Specification 3.0, "Authentication".
    """
    for name, value in (("api_key", api_key), ("api_secret", api_secret)):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
        if not (value.isascii() and value.isprintable() and value.strip()):
            raise ArgumentError(f"{name} must be printable ASCII and not empty")
    if ":" in api_key:
        raise ArgumentError("api_key holds a colon, which divides the key from the secret")
    token = base64.b64encode(f"{api_key}:{api_secret}".encode("ascii")).decode("ascii")
    return f"{profile.auth_scheme} {token}"
