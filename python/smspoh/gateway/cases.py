"""What a client, or what one would be made with, shows before anything is connected."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smspoh.errors import ArgumentError

from .connect import BASE_URL, Connecting, checked_base_url
from .deadline import DeadlineTransport
from .diagnosis import Finding, Outcome
from .findings import not_looked_at
from .hosts import is_loopback
from .observing import is_address, look_up
from .profile import GATEWAY_V3, GatewayProfile
from .wire import authorization

if TYPE_CHECKING:
    import ssl

    import httpx2

    from .client import Client

_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class DoctorSettings:
    """Hold what a client would be made with, also where none can be made of it.

    Attributes:
        api_key, api_secret: the credentials, or None where there are none.
        base_url, http2, proxy, ssl_context, profile: as of `Client`.
        missing: what is wrong where there are no credentials, in words.
    """

    api_key: str | None = None
    api_secret: str | None = None
    base_url: str = BASE_URL
    http2: bool = False
    proxy: str | None = None
    ssl_context: ssl.SSLContext | None = None
    profile: GatewayProfile = GATEWAY_V3
    missing: str = "there are none"

    def __repr__(self) -> str:
        return "<DoctorSettings>"


@dataclass(frozen=True, slots=True)
class Case:
    """Hold what can be used of a client or of settings, and what was found in them.

    Attributes:
        header: the Authorization, or None where there are no credentials.
        connecting: how connections are made, or None where none can be.
        profile: of the gateway.
        transport: the client's own, where it was given one.
        found: what was found before anything is connected.
    """

    header: str | None
    connecting: Connecting | None
    profile: GatewayProfile
    transport: httpx2.BaseTransport | None
    found: tuple[Finding, ...]

    def __repr__(self) -> str:
        return "<Case>"

    @property
    def base_url(self) -> str:
        """The URL, or "" where there is none that can be used."""
        return "" if self.connecting is None else self.connecting.base_url

    @property
    def is_proxied(self) -> bool:
        """Whether a proxy is in between."""
        return self.connecting is not None and self.connecting.proxy is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no words of the gateway may repeat."""
        if self.header is None:
            return ()
        token = self.header.rpartition(" ")[2]
        key, _, secret = base64.b64decode(token).decode("ascii").partition(":")
        return token, key, secret


def of_client(client: Client) -> Case:
    """Return the case of a client, which must be open."""
    client._require_open()
    connecting = client._connecting
    own = client._wire.transport
    return Case(
        client._wire._headers["Authorization"],
        connecting,
        client._calls.rules.profile,
        None if isinstance(own, DeadlineTransport) else own,
        (
            Finding("credentials", Outcome.OK, "well formed"),
            _base_url(connecting.base_url),
            _proxy(connecting),
        ),
    )


def of_settings(settings: DoctorSettings) -> Case:
    """Return the case of settings, whatever is wrong with them."""
    header, credentials = _credentials(settings)
    connecting = None
    try:
        url = checked_base_url(settings.base_url)
    except ArgumentError as error:
        advice = f"the gateway's is {BASE_URL}"
        found = Finding("base_url", Outcome.FAILED, str(error), advice)
        proxy = not_looked_at("proxy", "base_url cannot be used")
    else:
        found = _base_url(url)
        try:
            connecting = Connecting(
                url,
                http2=settings.http2,
                proxy=settings.proxy,
                ssl_context=settings.ssl_context,
            )
        except ArgumentError as error:
            proxy = Finding("proxy", Outcome.FAILED, str(error))
        else:
            proxy = _proxy(connecting)
    return Case(header, connecting, settings.profile, None, (credentials, found, proxy))


def _credentials(settings: DoctorSettings) -> tuple[str | None, Finding]:
    """Return the header of the credentials, and what is to be said of their shape alone."""
    key, secret = settings.api_key, settings.api_secret
    where = "the account's page of API credentials has both"
    if key is None or secret is None:
        return None, Finding("credentials", Outcome.FAILED, settings.missing, where)
    try:
        header = authorization(key, secret, settings.profile)
    except ArgumentError as error:
        return None, Finding("credentials", Outcome.FAILED, str(error), where)
    odd = ""
    if key != key.strip() or secret != secret.strip():
        odd = "one begins or ends with a blank"
    elif key == secret:
        odd = "the key and the secret are the same"
    if odd:
        return header, Finding("credentials", Outcome.WARNING, odd, "copy both anew")
    return header, Finding("credentials", Outcome.OK, "there, and well formed")


def _base_url(url: str) -> Finding:
    if url == BASE_URL:
        return Finding("base_url", Outcome.OK, url)
    here = is_loopback(urlsplit(url).hostname or "")
    return Finding("base_url", Outcome.OK, f"{url}, {'on this machine' if here else 'another'}")


def _proxy(connecting: Connecting) -> Finding:
    if connecting.proxy is None:
        variable = environment_proxy()
        ignored = f"; {variable} is set, and not used" if variable else ""
        return Finding("proxy", Outcome.OK, f"none{ignored}")
    parts = urlsplit(connecting.proxy)
    with_user = ", with a user and a password" if parts.username is not None else ""
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{with_user}"
    return Finding("proxy", Outcome.OK, shown)


def environment_proxy() -> str:
    """Return the variable of the environment that names a proxy, or ""."""
    return next((name for name in _PROXY_VARIABLES if os.environ.get(name)), "")


def certificates_of(connecting: Connecting) -> Finding:
    """Return whose certificates are trusted."""
    if connecting.base_url.startswith("http:"):
        return not_looked_at("certificates", "http to this machine needs none")
    if connecting.ssl_context is not None:
        return Finding("certificates", Outcome.OK, "those of ssl_context are trusted")
    names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    shown = f"those of {' and '.join(names)}" if names else "those of the system"
    return Finding("certificates", Outcome.OK, f"{shown} are trusted")


def dns_of(connecting: Connecting, timeout_s: float, *, own: bool) -> Finding:
    """Return the addresses of the gateway, or of the proxy.

    Args:
        connecting: how connections are made.
        timeout_s: seconds, above 0.
        own: the client has a transport of its own, which looks up what it likes.
    """
    if own:
        return not_looked_at("dns", "the client has a transport of its own")
    parts = urlsplit(connecting.proxy or connecting.base_url)
    host = parts.hostname or ""
    if is_address(host):
        return not_looked_at("dns", "an address needs none")
    addresses, why = look_up(host, parts.port or 443, timeout_s)
    if not addresses:
        variable = "" if connecting.proxy else environment_proxy()
        advice = (
            f"check base_url, and this machine's resolver; {variable} names a proxy, not used here"
            if variable
            else "check base_url, and this machine's resolver"
        )
        return Finding("dns", Outcome.FAILED, f"{host} is not found: {why}", advice)
    shown = ", ".join(addresses)
    return Finding("dns", Outcome.OK, f"{host} is {shown}", facts={"addresses": len(addresses)})
