"""The ways that break below or beside a call: networks, proxies, interrupts, hooks."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any

import httpx2

from smspoh.gateway import RetryPolicy
from smspoh.gateway import flow as flows
from tests.gateway.faults import FaultyServer

from .gateways import Reply
from .paths import Way, one_of_each
from .planted import KEY, NUMBER, PROXY_PASSWORD, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from .trial import Trial

PROXY_USER = f"user:{PROXY_PASSWORD.replace('@', '%40').replace(':', '%3A')}"


class Failing(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Raise instead of answering, with the request among the local variables."""

    def __init__(self, kind: type[BaseException], *arguments: Any) -> None:
        self._kind, self._arguments = kind, arguments

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise self._kind(*self._arguments)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise self._kind(*self._arguments)


def interrupted(kind: type[BaseException]) -> Callable[[Trial], None]:
    return lambda trial: one_of_each_of(trial, transport=Failing(kind))


def one_of_each_of(trial: Trial, **settings: Any) -> None:
    """Make the calls with another client than the trial's own."""
    trial.client, before = trial.made(**(trial.settings | settings)), trial.client
    if trial.client is not None:
        one_of_each(trial)
        trial.outcome(trial.client.aclose if trial.awaits else trial.client.close)
    trial.client = before


def cancelled(trial: Trial) -> None:
    """Cancel a call in the middle; of a blocking one, interrupt it there."""
    if not trial.awaits:
        interrupted(KeyboardInterrupt)(trial)
        return

    async def cancelling() -> Any:
        sent = asyncio.create_task(trial.client.send(NUMBER, TEXT, "SMSPoh", encrypt=True))
        read = asyncio.create_task(trial.client.messages(to=NUMBER))
        await asyncio.sleep(0.05)
        sent.cancel()
        read.cancel()
        return await asyncio.gather(sent, read, return_exceptions=True)

    for error in trial.outcome(cancelling):
        trial.keep(error)
    trial.outcome(lambda: asyncio.wait_for(trial.client.send(NUMBER, TEXT, "SMSPoh"), 0.05))

    async def grouped() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(trial.client.send(NUMBER + "x", TEXT, "SMSPoh"))
            group.create_task(trial.client.send(NUMBER, TEXT, "SMSPoh"))

    trial.outcome(grouped)


def raising_hook(kind: type[BaseException]) -> Way:
    def hook(_: object) -> None:
        raise kind(TEXT if issubclass(kind, Exception) else "")

    return Way(settings={"hooks": [hook]})


def refused_connection(trial: Trial) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    one_of_each_of(trial, base_url=f"http://127.0.0.1:{port}")
    one_of_each_of(trial, base_url=f"https://127.0.0.1:{port}")
    one_of_each_of(trial, proxy=f"http://{PROXY_USER}@127.0.0.1:{port}")


def through_proxy(scheme: str, answer: Callable[[bytes], bytes]) -> Callable[[Trial], None]:
    """Return the calls through a proxy that answers so to whatever it gets."""

    def calls(trial: Trial) -> None:
        with FaultyServer() as server:
            server.behave = lambda connection, _: connection.sendall(answer(server.requests[-1]))
            port = server.base_url.rpartition(":")[2].partition("/")[0]
            url = f"{scheme}://{PROXY_USER}@127.0.0.1:{port}"
            for base_url in ("https://gateway.example.com", "http://127.0.0.1:9"):
                one_of_each_of(trial, proxy=url, base_url=base_url, timeout=0.5)

    return calls


def refusing(request: bytes) -> bytes:
    said = request.replace(b"\r\n", b" ")[:400]
    return b"HTTP/1.1 407 " + said + b"\r\nContent-Length: 0\r\nX-Odd: " + said + b"\r\n\r\n"


class Socks(FaultyServer):
    """Greet as a SOCKS5 proxy does, and answer what follows with one reply."""

    def __init__(self, method: int, reply: bytes) -> None:
        super().__init__()
        self._method, self._reply = method, reply

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(1)  # the library leaves its connection open when this fails
            connection.recv(100)
            connection.sendall(bytes([5, self._method]))
            connection.recv(1000)
            connection.sendall(self._reply)


def through_socks(method: int, reply: bytes) -> Callable[[Trial], None]:
    def calls(trial: Trial) -> None:
        with Socks(method, reply) as server:
            port = server.base_url.rpartition(":")[2].partition("/")[0]
            one_of_each_of(
                trial,
                proxy=f"socks5://{PROXY_USER}@127.0.0.1:{port}",
                base_url="https://gateway.example.com",
                timeout=0.5,
            )

    return calls


def garbage_for_tls(trial: Trial) -> None:
    with FaultyServer() as server:
        server.reply(b"HTTP/1.1 400 no TLS here\r\n\r\n")
        url = server.base_url.replace("http:", "https:")
        one_of_each_of(trial, base_url=url, timeout=0.3)


def no_such_host(trial: Trial) -> None:
    one_of_each_of(trial, base_url="https://gateway.invalid")


@contextlib.contextmanager
def failing_work(monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]) -> Iterator[None]:
    """Have the opening of ciphertexts fail, as it does when it is interrupted."""

    def fail(*arguments: object) -> None:
        hidden = arguments  # noqa: F841 - what an error tracker would find
        raise kind

    with monkeypatch.context() as patched:
        patched.setattr(flows, "proof_of", fail)
        patched.setattr(flows, "opened", fail)
        yield


def opening_fails(kind: type[BaseException]) -> Callable[[Trial], None]:
    import pytest

    def calls(trial: Trial) -> None:
        with failing_work(pytest.MonkeyPatch(), kind):
            trial.call("send", NUMBER, TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY)
            trial.call("messages", to=NUMBER, keys=KEY)
            trial.history(20, to=NUMBER, keys=KEY)

    return calls


def interrupted_sleep(trial: Trial) -> None:
    """Interrupt the wait before a second attempt."""
    retry = RetryPolicy(attempts_max=2, backoff_first_s=0.0)
    hooks = [lambda attempt: _interrupt() if attempt.retry_in_s is not None else None]
    one_of_each_of(trial, retry=retry, hooks=hooks, base_url=trial.client._connecting.base_url)


def _interrupt() -> None:
    raise KeyboardInterrupt


def untrusted(trial: Trial) -> None:
    """Talk TLS to a gateway whose certificate nobody vouches for."""
    url = trial.client._connecting.base_url
    one_of_each_of(trial, base_url=url.replace("http:", "https:"), ssl_context=None, timeout=0.3)


BREAKS: dict[str, Way] = {
    "Ctrl-C in the request": Way(calls=interrupted(KeyboardInterrupt)),
    "SystemExit in the request": Way(calls=interrupted(SystemExit)),
    "no memory in the request": Way(calls=interrupted(MemoryError)),
    "a transport of another kind of error": Way(calls=interrupted(LookupError)),
    "cancelled in the middle": Way(lambda asked: Reply(wait=True), cancelled, {"timeout": 2.0}),
    "a hook that raises": raising_hook(ValueError),
    "a hook that interrupts": raising_hook(KeyboardInterrupt),
    "nobody listens": Way(calls=refused_connection),
    "no such host": Way(calls=no_such_host),
    "no TLS where there should be": Way(calls=garbage_for_tls),
    "a certificate that is not trusted": Way(calls=untrusted),
    "a proxy that refuses": Way(calls=through_proxy("http", refusing)),
    "a proxy that talks nonsense": Way(calls=through_proxy("http", lambda sent: b"? " + sent)),
    "a proxy that hangs up": Way(calls=through_proxy("http", lambda _: b"")),
    "a SOCKS proxy that refuses the password": Way(calls=through_socks(2, b"\x01\x01")),
    "a SOCKS proxy that wants no password": Way(calls=through_socks(0, b"\x05\x01\x00\x01" * 9)),
    "a SOCKS proxy that talks nonsense": Way(calls=through_socks(7, b"\xff" * 50)),
    "Ctrl-C while texts are opened": Way(calls=opening_fails(KeyboardInterrupt)),
    "an error while texts are opened": Way(calls=opening_fails(LookupError)),
    "Ctrl-C before the second attempt": Way(lambda _: Reply(429, b"{}"), interrupted_sleep),
}
