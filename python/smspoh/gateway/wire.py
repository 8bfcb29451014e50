"""One request over HTTP: the seam between the flows and the network.

It talks to the HTTP library's transport, not to its client: that one logs each
URL, and the history's URL holds a number and a text. So there are no redirects,
no cookies, no retries and no proxy from the environment here because nothing
does them, not because an option switches them off.
"""

from __future__ import annotations

import base64
import math
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import httpx2

from smspoh.errors import ArgumentError, ProtocolError, TransportError

from .arguments import is_loopback
from .deadline import DeadlineTransport, within
from .models import Request, Response

if TYPE_CHECKING:
    from .profile import GatewayProfile

BASE_URL = "https://v3.smspoh.com/api/rest"  # API Specification 3.0, "Base URL"
TIMEOUT_S = 30.0
CONNECTIONS_MAX = 16
IDLE_S = 5.0  # a connection is kept so long; the HTTP library's own default
CALL_TIMEOUTS = 4  # times the timeout, for a request and its reply: connect, TLS, write, read

# Raised before the first byte of a request leaves. Whatever is not here may have been sent.
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class Wire:
    """Hold the pool of connections, the credentials and the limits of one client.

    Args:
        authorization: the value of the header of that name.
        base_url: as `checked_base_url` took it.
        timeout_s: seconds for each wait, and for a reply's body as a whole; all
            together may take `CALL_TIMEOUTS` times that.
        reply_bytes_max: a longer reply is refused.
        transport: used instead of one made here; closed here all the same.
    """

    __slots__ = ("_authorization", "_reply_bytes_max", "_timeout_s", "_transport", "base_url")

    def __init__(
        self,
        authorization: str,
        *,
        base_url: str,
        timeout_s: float,
        reply_bytes_max: int,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        self.base_url = base_url
        self._authorization = authorization
        self._timeout_s = timeout_s
        self._reply_bytes_max = reply_bytes_max
        self._transport = transport if transport is not None else _transport(base_url)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __repr__(self) -> str:
        return f"<Wire {self.base_url}>"

    def exchange(self, request: Request) -> Response:
        """Return the reply to one request.

        Raises:
            TransportError: none came, or not all of it in time.
            ProtocolError: it is too long, or compressed.
        """
        query = "?" + urlencode(request.query) if request.query else ""
        wire = httpx2.Request(
            request.method,
            self.base_url + request.path + query,
            headers={
                "Authorization": self._authorization,
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "smspoh-python",
            },
            content=request.body or None,
            extensions={"timeout": httpx2.Timeout(self._timeout_s).as_dict()},
        )
        try:
            with within(self._timeout_s * CALL_TIMEOUTS):
                reply = self._transport.handle_request(wire)
                try:
                    with within(self._timeout_s):
                        return self._read(request, reply)
                finally:
                    reply.close()
        except httpx2.TransportError as error:
            failed = _no_reply(error, request)
        # Raised out here: what the library raised may hold bytes of the reply.
        raise failed

    def _read(self, request: Request, reply: httpx2.Response) -> Response:
        """Read a reply whole, within the limits of size and time."""
        headers = tuple((name.lower(), value) for name, value in reply.headers.items())
        status = reply.status_code
        most = self._reply_bytes_max
        deadline = time.monotonic() + self._timeout_s
        body = bytearray()
        late = False
        try:
            for chunk in reply.iter_raw():
                body += chunk
                late = time.monotonic() > deadline
                if late or len(body) > most:
                    break
        except httpx2.ReadTimeout:
            late = True
        if len(body) > most:
            raise ProtocolError(
                f"the gateway's reply is longer than {most} bytes, the most that is read;"
                " the request may have been carried out",
                request=request,
                response=Response(status, headers),
            )
        if late:
            raise TransportError(
                "the gateway's reply did not end in time; the request may have been carried out",
                maybe_sent=True,
                request=request,
                response=Response(status, headers, bytes(body)),
            )
        if reply.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise ProtocolError(
                "the gateway's reply is compressed, which was not asked for;"
                " the request may have been carried out",
                request=request,
                response=Response(status, headers),
            )
        return Response(status, headers, bytes(body))


def _no_reply(error: httpx2.TransportError, request: Request) -> TransportError:
    maybe_sent = not isinstance(error, _NEVER_SENT)
    fate = "the request may have been carried out" if maybe_sent else "nothing was sent"
    # Only the words of a failed connection are shown: they cannot hold a reply.
    words = f" ({error})" if isinstance(error, httpx2.ConnectError) and str(error) else ""
    return TransportError(
        f"no reply from the gateway: {type(error).__name__}{words}; {fate}",
        maybe_sent=maybe_sent,
        request=request,
    )


def _transport(base_url: str) -> DeadlineTransport:
    return DeadlineTransport(_context(base_url), connections_max=CONNECTIONS_MAX, idle_s=IDLE_S)


def _context(base_url: str) -> ssl.SSLContext:
    if base_url.startswith("http:"):
        # No TLS will be spoken, so an empty context saves reading the system's
        # certificates. It would still refuse every server.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return httpx2.create_ssl_context()
    except OSError:  # of which ssl.SSLError is one
        raise ArgumentError(
            "the certificates to trust cannot be read: SSL_CERT_FILE or SSL_CERT_DIR must name"
            " PEM certificates, or be unset for the system's own"
        ) from None


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


def checked_timeout(timeout: float) -> float:
    """Return the seconds to wait, above 0 and at most an hour."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if not (math.isfinite(timeout) and 0 < timeout <= 3600):
        raise ArgumentError("timeout must be above 0 and at most 3600 seconds")
    return float(timeout)


def checked_base_url(base_url: str) -> str:
    """Return the URL without a slash at its end; https, or http to this machine itself."""
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")  # as the resolver will; an empty label is a UnicodeError
        httpx2.URL(base_url)
    except (ValueError, httpx2.InvalidURL):
        host = ""
    if not host or not base_url.isascii() or not base_url.isprintable() or " " in base_url:
        raise ArgumentError("base_url must be a URL such as " + BASE_URL)
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise ArgumentError("base_url must have no credentials, query or fragment in it")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ArgumentError(
            "base_url must begin with https://: over http the credentials and texts can be"
            " read by others; only http to this machine itself (127.0.0.1) is taken"
        )
    # The scheme in lower case: an upper-case one is the same, and `_transport` looks at it.
    return parts.scheme + base_url[len(parts.scheme) :].rstrip("/")
