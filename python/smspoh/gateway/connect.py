"""How the gateway is reached: URL, certificates, proxy and pool, checked and made."""

from __future__ import annotations

import importlib.util
import ssl
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from smspoh.errors import ArgumentError

from .deadline import AsyncBackend, AsyncDeadlineTransport, Backend, DeadlineTransport
from .hosts import is_loopback
from .proxying import AsyncHTTPProxy, HTTPProxy

if TYPE_CHECKING:
    from urllib.parse import SplitResult

BASE_URL = "https://v3.smspoh.com/api/rest"  # API Specification 3.0, "Base URL"
TIMEOUT_S = 30.0
CONNECTIONS_MAX = 100  # as the HTTP library's own default
IDLE_S = 5.0  # a connection is kept so long; the HTTP library's own default


@dataclass(frozen=True, slots=True)
class Connecting:
    """Hold how connections are made.

    Attributes:
        base_url: as `checked_base_url` took it.
        connections_max: connections at a time, 1 to 1000.
        http2: whether HTTP/2 is offered.
        proxy: the URL of a proxy, or None for none.
        ssl_context: what certificates are trusted, or None for the system's.
    """

    base_url: str
    connections_max: int = CONNECTIONS_MAX
    http2: bool = False
    proxy: str | None = None
    ssl_context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        most = self.connections_max
        if isinstance(most, bool) or not isinstance(most, int):
            raise TypeError(f"connections_max must be an int, not {type(most).__name__}")
        if not 1 <= most <= 1000:
            raise ArgumentError(f"connections_max is {most}; it must be 1 to 1000")
        if self.http2:
            _require_module("h2", "http2=True", "http2")
        if self.proxy is not None:
            _checked_proxy(self.proxy, self.base_url)
        if self.ssl_context is not None:
            _checked_context(self.ssl_context, self.base_url, self.proxy or self.base_url)

    def __repr__(self) -> str:
        return f"<Connecting {self.base_url}>"  # a proxy's URL may have a password

    def transport(self) -> DeadlineTransport:
        """Return a transport that blocks."""
        options = self._options() | {"network_backend": Backend()}
        if self.proxy is None:
            return DeadlineTransport(partial(httpcore2.ConnectionPool, **options))
        socks = self.proxy.lower().startswith("socks")
        kind = httpcore2.SOCKSProxy if socks else HTTPProxy
        return DeadlineTransport(partial(kind, **options))

    def async_transport(self) -> AsyncDeadlineTransport:
        """Return a transport that awaits."""
        options = self._options() | {"network_backend": AsyncBackend()}
        if self.proxy is None:
            return AsyncDeadlineTransport(httpcore2.AsyncConnectionPool(**options))
        socks = self.proxy.lower().startswith("socks")
        kind = httpcore2.AsyncSOCKSProxy if socks else AsyncHTTPProxy
        return AsyncDeadlineTransport(kind(**options))

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "ssl_context": self.ssl_context or _system_context(self.base_url),
            "max_connections": self.connections_max,
            "max_keepalive_connections": self.connections_max,
            "keepalive_expiry": IDLE_S,
            "http2": self.http2,
        }
        if self.proxy is not None:
            url = urlsplit(self.proxy)
            # Without what is before the @, which goes into a header of its own.
            options["proxy_url"] = f"{url.scheme}://{url.netloc.rpartition('@')[2]}/"
            if url.username is not None:
                options["proxy_auth"] = (unquote(url.username), unquote(url.password or ""))
            if url.scheme == "https":
                options["proxy_ssl_context"] = self.ssl_context or _system_context(self.proxy)
        return options


def _system_context(url: str) -> ssl.SSLContext:
    if url.startswith("http:"):
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


def _checked_context(context: object, *urls: str) -> None:
    if not isinstance(context, ssl.SSLContext):
        raise TypeError(f"ssl_context must be an ssl.SSLContext, not {type(context).__name__}")
    checks = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    # A proxy elsewhere could answer for this machine too, which is its own there.
    if not checks and not all(is_loopback(urlsplit(url).hostname or "") for url in urls):
        raise ArgumentError(
            "ssl_context does not check the server's certificate and name: anybody in between"
            " could read credentials and texts; one that does is needed"
            " (ssl.create_default_context(cafile=...) for certificates of your own)"
        )


def _checked_proxy(proxy: object, base_url: str) -> None:
    if not isinstance(proxy, str):
        raise TypeError(f"proxy must be a str, not {type(proxy).__name__}")
    parts = _split(proxy)
    if parts is None or parts.scheme not in ("http", "https", "socks5", "socks5h"):
        raise ArgumentError("proxy must be a URL such as http://proxy.example:3128, or socks5://")
    if not all(map(_is_credential, (parts.username, parts.password))) or (
        ":" in unquote(parts.username or "")
    ):
        raise ArgumentError(
            "proxy must have a name and a password of up to 255 printable ASCII characters each,"
            " and no colon in the name"
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ArgumentError("proxy must have no path, query or fragment")
    if base_url.startswith("http:") and not is_loopback(parts.hostname or ""):
        raise ArgumentError(
            "proxy is on another machine and base_url is http: the proxy could read the"
            " credentials; base_url must be https"
        )
    if parts.scheme.startswith("socks"):
        _require_module("socksio", "a SOCKS proxy", "socks")


def _is_credential(quoted: str | None) -> bool:
    value = unquote(quoted or "")
    return value.isascii() and value.isprintable() and len(value) <= 255  # RFC 1929: one byte


def _require_module(module: str, what: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise ArgumentError(f"{what} needs the package {module}: pip install 'smspoh[{extra}]'")


def checked_timeout(timeout: float) -> float:
    """Return the seconds to wait, above 0 and at most an hour."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if not 0 < timeout <= 3600:  # so no NaN either
        raise ArgumentError("timeout must be above 0 and at most 3600 seconds")
    return float(timeout)


def checked_base_url(base_url: str) -> str:
    """Return the URL without a slash at its end; https, or http to this machine itself."""
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    parts = _split(base_url)
    if parts is None:
        raise ArgumentError("base_url must be a URL such as " + BASE_URL)
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise ArgumentError("base_url must have no credentials, query or fragment in it")
    if parts.scheme != "https" and not (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    ):
        raise ArgumentError(
            "base_url must begin with https://: over http the credentials and texts can be"
            " read by others; only http to this machine itself (127.0.0.1) is taken"
        )
    # The scheme in lower case: an upper-case one is the same, and `_system_context` looks at it.
    return parts.scheme + base_url[len(parts.scheme) :].rstrip("/")


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL that has a host, or None for what is none."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")  # as the resolver will; an empty label is a UnicodeError
        httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL):
        return None
    return parts if host else None
