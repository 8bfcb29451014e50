"""The clients, one that blocks and one that awaits: small drivers of the same flows."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import urlsplit

import anyio.lowlevel
import httpx2

from smspoh.errors import ArgumentError

from .arguments import Allowed
from .attempt import Rules
from .calls import Calls
from .conceal import concealed
from .connect import (
    BASE_URL,
    CONNECTIONS_MAX,
    TIMEOUT_S,
    Connecting,
    checked_base_url,
    checked_timeout,
)
from .driving import awaiting, blocking, drive, drive_async
from .hosts import checked_receipt_hosts, is_loopback
from .profile import GATEWAY_V3, GatewayProfile
from .raw import RawAsyncClient, RawClient
from .reading import iterating, iterating_async
from .retry import Budget, RetryPolicy
from .secret import checked_master_key
from .wire import AsyncWire, Limits, Wire, authorization

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection, Iterable
    from types import TracebackType

    from .attempt import Flow, Hook, T
    from .models import OutgoingMessage, Response

_X = TypeVar("_X")  # a transport
_RETRY = RetryPolicy()


class _Settings(Generic[_X]):
    """Hold what a client is made with. The arguments are those of `Client`."""

    __slots__ = ("_calls", "_closed", "_connecting")

    @concealed
    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        base_url: str = BASE_URL,
        timeout: float = TIMEOUT_S,
        profile: GatewayProfile = GATEWAY_V3,
        retry: RetryPolicy = _RETRY,
        master_key: bytes | None = None,
        receipt_hosts: Collection[str] = (),
        hooks: Iterable[Hook] = (),
        connections_max: int = CONNECTIONS_MAX,
        http2: bool = False,
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        transport: _X | None = None,
    ) -> None:
        self._closed = True  # until it is made whole
        if transport is not None and (http2 or proxy is not None or ssl_context is not None):
            raise ArgumentError(
                "http2, proxy and ssl_context are of a transport that is made here;"
                " a transport of your own brings its own"
            )
        self._connecting = Connecting(
            checked_base_url(base_url), connections_max, http2, proxy, ssl_context
        )
        credentials = authorization(api_key, api_secret, profile)
        limits = Limits(checked_timeout(timeout), profile.reply_bytes_max)
        rules = _rules(profile, retry, hooks)
        self._calls = Calls(rules, self._allowed(master_key, receipt_hosts))
        self._connect(credentials, limits, transport)
        self._closed = False

    def _allowed(self, master_key: bytes | None, receipt_hosts: Collection[str]) -> Allowed:
        return Allowed(
            master_key=None if master_key is None else checked_master_key(master_key),
            receipt_hosts=checked_receipt_hosts(receipt_hosts),
            loopback=is_loopback(urlsplit(self._connecting.base_url).hostname or ""),
        )

    def _connect(self, credentials: str, limits: Limits, transport: _X | None) -> None:
        raise NotImplementedError

    @property
    def profile(self) -> GatewayProfile:
        """What this client takes to be so where the specification leaves it open."""
        return self._calls.rules.profile

    @property
    def retry(self) -> RetryPolicy:
        """How often this client tries again what surely was not sent."""
        return self._calls.rules.retry

    def check(self, message: OutgoingMessage) -> OutgoingMessage:
        """Return a message as it would go out, and send nothing.

        Args:
            message: whatever `send_bulk` takes.

        Raises:
            TypeError, ArgumentError: as `send_bulk` does, without its place.
        """
        return self._calls.check(message)

    def _require_open(self) -> None:
        if self._closed:
            raise ArgumentError("the client is closed; make a new one")

    def __repr__(self) -> str:
        if not hasattr(self, "_wire"):
            return f"<{type(self).__name__} not made>"
        closed = " closed" if self._closed else ""
        return f"<{type(self).__name__} {self._connecting.base_url}{closed}>"


def _rules(profile: GatewayProfile, retry: RetryPolicy, hooks: Iterable[Hook]) -> Rules:
    for name, value, kind in (("profile", profile, GatewayProfile), ("retry", retry, RetryPolicy)):
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be a {kind.__name__}, not {type(value).__name__}")
    return Rules(
        profile=profile,
        retry=retry,
        budget=Budget(retry.budget),
        hooks=tuple(hooks),
        monotonic=time.monotonic,
        epoch_ns=time.time_ns,
        draw=random.SystemRandom().random,  # a fork must not draw what its parent draws
    )


class Client(_Settings[httpx2.BaseTransport]):
    """Send messages through the SMSPoh REST API v3 and ask about them.

    One client holds one pool of connections and may be used from many threads.
    It tries again what surely was not sent, never what may have been, and never follows a
    redirect. Use it in a ``with`` block, or `close` it.

    Args:
        api_key: from the account's page of API credentials.
        api_secret: the secret that belongs to it.
        base_url: https, or http to this machine itself (a sandbox).
        timeout: seconds, above 0, for each wait: to connect, to write, to read.
            The body of a reply must be complete within it, and one request
            with its reply within 4 times it. Not bounded: the system's look-up of
            the host's name. A host of several addresses gets one wait to connect
            for each. With a `transport` of your own, 4 times is not kept.
        profile: what the specification leaves open about the gateway.
        retry: how often, and for how long, what surely was not sent is tried again;
            `NO_RETRY` never does. Requests that only read are tried again also after a
            lost reply or a 5xx.
        master_key: at least 16 random bytes. The key of each message that is sent
            encrypted without one is derived from it and the message's reference, by
            `derive_encrypt_key`, so that it can always be made again.
        receipt_hosts: hosts that `delivery_receipt_url` may name though they are an
            address or private to a network. Those of this machine are allowed where the
            gateway is on it too.
        hooks: functions that are called with each `Attempt`, in the thread that sends.
            What one raises is logged by its class, and nothing else happens.
        connections_max: connections at a time, 1 to 1000.
        http2: offer HTTP/2 (extra ``http2``).
        proxy: the URL of an HTTP or SOCKS5 proxy (extra ``socks``). The environment's
            are not used.
        ssl_context: whose certificates are trusted, for a proxy or gateway with its own;
            it must check them and the name. With None, the system's are.
        transport: an `httpx2.BaseTransport` to use instead of one that this
            client makes, for tests. The client closes it.

    Raises:
        ArgumentError: the credentials are empty, or another argument cannot be used.

    Source: SMSPoh API Specification 3.0.
    """

    __slots__ = ("_wire",)

    send = blocking(Calls.send)
    send_bulk = blocking(Calls.send_bulk)
    messages = blocking(Calls.messages)
    iter_messages = iterating(Calls.iter_messages)
    find = blocking(Calls.find)
    balance = blocking(Calls.balance)

    @property
    def with_raw_response(self) -> RawClient:
        """The same calls, which return the gateway's replies beside what was read from them."""
        return RawClient(self)

    def close(self) -> None:
        """Close the connections; a later call raises ArgumentError. May be called twice."""
        self._closed = True
        self._wire.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _connect(
        self, credentials: str, limits: Limits, transport: httpx2.BaseTransport | None
    ) -> None:
        if transport is None:
            transport = self._connecting.transport()
        self._wire = Wire(credentials, self._connecting.base_url, limits, transport)

    def _drive(self, flow: Flow[T], replies: list[Response] | None = None, /) -> T:
        self._require_open()
        return drive(flow, self._wire.exchange, replies)


class AsyncClient(_Settings[httpx2.AsyncBaseTransport]):
    """Send messages and ask about them as `Client` does, awaiting, under asyncio or trio.

    One client belongs to one event loop and may be used from many of its tasks. Use it in
    an ``async with`` block, or `aclose` it. A task that is cancelled in a call gets what is
    known of the message on the CancelledError, as attributes of the same names as on a
    `GatewayError`.

    Args:
        api_key, api_secret: as of `Client`, like all others but:
        transport: an `httpx2.AsyncBaseTransport`.
        timeout: bounds the look-up of the host's name too.

    Raises:
        ArgumentError: the credentials are empty, or another argument cannot be used; and a
            call in another event loop than the first one's.

    Source: SMSPoh API Specification 3.0.
    """

    __slots__ = ("_loop", "_wire")

    send = awaiting(Calls.send)
    send_bulk = awaiting(Calls.send_bulk)
    messages = awaiting(Calls.messages)
    iter_messages = iterating_async(Calls.iter_messages)
    find = awaiting(Calls.find)
    balance = awaiting(Calls.balance)

    @property
    def with_raw_response(self) -> RawAsyncClient:
        """The same calls, which return the gateway's replies beside what was read from them."""
        return RawAsyncClient(self)

    async def aclose(self) -> None:
        """Close the connections; a later call raises ArgumentError. May be called twice."""
        self._closed = True
        await self._wire.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _connect(
        self, credentials: str, limits: Limits, transport: httpx2.AsyncBaseTransport | None
    ) -> None:
        if transport is None:
            transport = self._connecting.async_transport()
        self._loop: anyio.lowlevel.EventLoopToken | None = None
        self._wire = AsyncWire(credentials, self._connecting.base_url, limits, transport)

    async def _drive(self, flow: Flow[T], replies: list[Response] | None = None, /) -> T:
        self._require_open()
        # Over a connection of a loop that is closed a message goes out, and no reply comes in.
        loop = anyio.lowlevel.current_token()
        if loop != self._loop:
            if self._loop is not None:
                raise ArgumentError(
                    "the client belongs to another event loop; make one in each, in an async with"
                )
            self._loop = loop
        return await drive_async(flow, self._wire.exchange, replies)
