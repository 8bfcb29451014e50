"""The ways to the gateway over real sockets: a proxy, HTTP/2, and certificates of one's own."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError, SmspohError, TransportError
from smspoh.gateway import NO_RETRY, AsyncClient, Client, RetryPolicy
from smspoh.gateway.deadline import AsyncDeadlineTransport
from smspoh.sandbox.server import Sandbox

from .middlemen import NEEDED, Http2Server, Proxy
from .test_tls import Listener, self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.gateway import SendResult

    from .faults import FaultyServer

TO, TEXT, SENDER = "09250000001", "Your code is 12345", "SMSPoh"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        yield running


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path, "127.0.0.1", 20)[0]


def showing(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


@pytest.fixture
def listener(certificate: Path) -> Iterator[Listener]:
    with Proxy(showing(certificate)) as server:
        yield Listener(server, certificate)


@pytest.fixture
def http2(certificate: Path) -> Iterator[Listener]:
    with Http2Server(showing(certificate)) as server:
        yield Listener(server, certificate)


def trusting(listener: Listener) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(listener.certificate))


def send(awaits: bool, base_url: str, count: int = 1, **options: Any) -> list[SendResult]:
    """Send some texts with a client of either kind."""
    if not awaits:
        with Client("key", "secret", base_url=base_url, **options) as client:
            return [client.send(TO, f"{TEXT} {row}", SENDER) for row in range(count)]

    async def together() -> list[SendResult]:
        async with AsyncClient("key", "secret", base_url=base_url, **options) as client:
            sends = [client.send(TO, f"{TEXT} {row}", SENDER) for row in range(count)]
            return list(await asyncio.gather(*sends))

    return asyncio.run(together())


both = pytest.mark.parametrize("awaits", [False, True], ids=["blocking", "awaiting"])


@both
def test_a_proxy_forwards_what_goes_to_this_machine(proxy: Proxy, awaits: bool) -> None:
    with Sandbox() as sandbox:
        credentials = f"{sandbox.api_key}:{sandbox.api_secret}"
        kind: Any = AsyncClient if awaits else Client
        made = kind(*credentials.split(":"), base_url=sandbox.base_url, proxy=proxy.url)
        if awaits:
            result = asyncio.run(_once(made))
        else:
            with made:
                result = made.send(TO, TEXT, SENDER)
    assert len(result.accepted) == 1
    assert proxy.requests[0].startswith(f"POST {sandbox.base_url}/send HTTP/1.1".encode())


async def _once(client: AsyncClient) -> SendResult:
    async with client:
        return await client.send(TO, TEXT, SENDER)


@both
def test_a_proxy_tunnels_and_sees_no_credential_of_the_gateway(
    proxy: Proxy, http2: Listener, awaits: bool
) -> None:
    options: dict[str, Any] = {"proxy": proxy.url, "ssl_context": trusting(http2), "http2": True}
    [result] = send(awaits, http2.server.base_url, **options)
    assert len(result.accepted) == 1
    [request] = proxy.requests
    assert request.startswith(b"CONNECT 127.0.0.1:")
    assert NEEDED.encode() in request
    assert b"Bearer" not in request


@both
def test_a_proxy_over_tls_is_trusted_by_the_same_certificates(
    listener: Listener, http2: Listener, awaits: bool
) -> None:
    assert isinstance(listener.server, Proxy)
    options: dict[str, Any] = {"proxy": listener.server.url, "http2": True}
    [result] = send(awaits, http2.server.base_url, ssl_context=trusting(http2), **options)
    assert len(result.accepted) == 1


@both
def test_a_proxy_that_refuses_is_named_by_its_status(proxy: Proxy, awaits: bool) -> None:
    stranger = f"http://{proxy.address}"
    with pytest.raises(TransportError, match=r"ProxyError \(407\); nothing was sent") as failed:
        send(awaits, "https://127.0.0.1:9", proxy=stranger, retry=NO_RETRY)
    assert failed.value.maybe_sent is False


@both
def test_connections_that_fail_behind_a_proxy_are_given_back(
    proxy: Proxy, http2: Listener, awaits: bool
) -> None:
    """A pool of two, and more failures than that: none is a full pool."""
    retry = RetryPolicy(attempts_max=5, backoff_first_s=0.0)
    with pytest.raises(TransportError, match="ConnectError") as failed:
        send(
            awaits,
            http2.server.base_url,
            proxy=proxy.url,
            retry=retry,
            connections_max=2,
            timeout=2.0,
        )
    assert failed.value.attempts == 5
    assert len(proxy.requests) == 5


@both
def test_http2_takes_many_at_a_time_over_one_connection(http2: Listener, awaits: bool) -> None:
    results = send(awaits, http2.server.base_url, 20, ssl_context=trusting(http2), http2=True)
    assert [result.text for result in results] == [f"{TEXT} {row}" for row in range(20)]
    assert all(len(result.accepted) == 1 for result in results)
    assert isinstance(http2.server, Http2Server)
    assert len(http2.server.bodies) == 20
    assert http2.server.connections == 1


@both
def test_an_authority_of_ones_own_is_trusted_by_a_context_alone(
    listener: Listener, bare_environment: None, awaits: bool
) -> None:
    url = listener.server.base_url
    with pytest.raises(TransportError, match="certificate") as failed:
        send(awaits, url, retry=NO_RETRY)
    assert failed.value.maybe_sent is False
    with pytest.raises(Exception, match="407"):
        send(awaits, url, retry=NO_RETRY, ssl_context=trusting(listener))


@pytest.mark.parametrize("way", ["straight", "through a proxy"])
def test_a_handshake_that_is_cancelled_leaves_no_socket(
    faulty: FaultyServer, proxy: Proxy, way: str
) -> None:
    """The server takes connections and never says a word of TLS."""
    options: dict[str, Any] = {} if way == "straight" else {"proxy": proxy.url}
    base_url = faulty.base_url.replace("http:", "https:")

    async def cancelled() -> None:
        async with AsyncClient("key", "secret", base_url=base_url, **options) as client:
            for _ in range(5):
                sending = asyncio.create_task(client.send(TO, TEXT, SENDER))
                await asyncio.sleep(0.05)
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
            await asyncio.sleep(0.05)
            reader = client._wire.transport
            assert isinstance(reader, AsyncDeadlineTransport)
            assert reader._pool.connections == []
        gc.collect()
        loop: Any = asyncio.get_running_loop()
        # One is the loop's own, to be woken by.
        assert len(loop._selector.get_map()) == 1

    asyncio.run(cancelled())


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_a_context_without_checks_is_for_this_machine_and_no_proxy_elsewhere(scheme: str) -> None:
    """Who runs the proxy could show any certificate, and read the credentials."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    Client("key", "secret", base_url="https://127.0.0.1", ssl_context=context).close()
    with pytest.raises(ArgumentError, match="does not check"):
        Client(
            "key",
            "secret",
            base_url="https://localhost",
            proxy=f"{scheme}://proxy.example:3128",
            ssl_context=context,
        )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_that_is_forked_off_takes_connections_of_its_own() -> None:
    """Over one connection each would read the other's replies, and mix its requests in."""
    with (
        Sandbox() as sandbox,
        Client(
            sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, timeout=5.0
        ) as client,
    ):
        client.balance()
        children = []
        for child in range(3):
            process = os.fork()
            if process == 0:
                os._exit(_sends_ten(client, child))
            children.append(process)
        own = _sends_ten(client, 9)
        exits = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children]
        assert (own, exits) == (0, [0, 0, 0])
        assert len(client.messages(100).messages) == 40


def _sends_ten(client: Client, who: int) -> int:
    """Return how many sends failed, or got another's reply."""
    wrong = 0
    for row in range(10):
        text = f"{who} says {row}"
        try:
            wrong += client.send(TO, text, SENDER)[0].message != text
        except SmspohError:
            wrong += 1
    return wrong
