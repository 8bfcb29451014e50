"""The sandbox behind a socket: Starlette and uvicorn, on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

try:
    import jinja2  # noqa: F401 - so that what is missing is said here
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Route
    from uvicorn.protocols.http.h11_impl import H11Protocol
except ImportError as missing:
    raise ImportError(
        "the sandbox needs Jinja2, Starlette and uvicorn: pip install 'smspoh[sandbox]'"
    ) from missing

from smspoh.errors import ArgumentError, BugError
from smspoh.gateway.hosts import is_loopback

from .gateway import PREFIX, SandboxGateway
from .inbox import routes as inbox_routes
from .incoming import Incoming
from .replies import broken, too_long
from .transmit import TRANSPORT, transmit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Self

    from starlette.types import Receive, Scope, Send

    from smspoh.gateway.models import Response

    from .settings import SandboxSettings

CONNECTIONS_MAX: Final = 256
KEEP_ALIVE_S: Final = 30  # longer than a client keeps an idle connection, so it closes first
STOP_S: Final = 10
QUICK_BYTES_MAX: Final = 65_536  # about 400 messages
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be told apart
_QUICK: Final = (f"{PREFIX}/send", f"{PREFIX}/account/")


class Sandbox:
    """Run a sandbox gateway on this machine, in a thread, until it is stopped.

    It listens when the object is made. Use it in a ``with`` block, or `stop` it.

    Args:
        host: an address or name of this machine's loopback; or, with `beyond_loopback`, any
            address of this machine, `0.0.0.0` being all of IPv4.
        port: 1 to 65535, or 0 for one that is free.
        api_key: the key it takes; None makes one.
        api_secret: the secret it takes; None makes one.
        settings: how it behaves.
        beyond_loopback: let other machines send through it, as those of a container need.
            Whoever reaches it and has the credentials can; the inbox and the paths below
            ``/_sandbox`` answer this machine alone.

    Attributes:
        base_url: what a client needs as its base_url.
        api_key: the key it takes.
        api_secret: the secret it takes.
        gateway: the `SandboxGateway` that answers.

    Raises:
        ArgumentError: the host is not the loopback, the port cannot be, or the
            credentials are empty.
        OSError: the port is taken.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str | None = None,
        api_secret: str | None = None,
        settings: SandboxSettings | None = None,
        beyond_loopback: bool = False,
    ) -> None:
        self.api_key = _credential("api_key", api_key)
        self.api_secret = _credential("api_secret", api_secret)
        self._socket = _listen(host, port, beyond_loopback=beyond_loopback)
        bound, free_port = self._socket.getsockname()[:2]
        bound = _EVERYWHERE.get(bound, bound)  # what listens everywhere is asked here
        shown = f"[{bound}]" if ":" in bound else bound
        self.base_url = f"http://{shown}:{free_port}{PREFIX}"
        try:
            self.gateway = SandboxGateway(
                self.api_key, self.api_secret, base_url=self.base_url, settings=settings
            )
        except BaseException:
            self._socket.close()
            raise
        self.gateway.receipts.start()
        self._server = _Server(_config(self.gateway, lambda: self._server.should_exit))
        self._thread = threading.Thread(
            target=self._serve, name=f"smspoh-sandbox-{free_port}", daemon=True
        )
        try:
            self._thread.start()
            self._server.ready.wait()
        except BaseException:  # nobody gets an object to stop
            self.stop()
            raise
        if not self._server.started:
            self.stop()
            raise BugError("the sandbox's server ended before it listened")

    def stop(self) -> None:
        """Stop listening, finish what is being answered, and end the thread.

        May be called twice.
        """
        self._server.should_exit = True
        if self._thread.ident is not None:  # else the system gave none
            self._thread.join()
        self._socket.close()
        self.gateway.close()

    def wait(self) -> None:
        """Block until the sandbox is stopped."""
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Sandbox {self.base_url}>"

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.ready.set()


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str | None = None,
    api_secret: str | None = None,
    settings: SandboxSettings | None = None,
    beyond_loopback: bool = False,
    on_ready: Callable[[Sandbox], None] | None = None,
) -> None:
    """Run a sandbox and block until the process is interrupted.

    Args:
        host: as in `Sandbox`.
        port: 1 to 65535, or 0 for one that is free.
        api_key: the key it takes; None makes one.
        api_secret: the secret it takes; None makes one.
        settings: how it behaves.
        beyond_loopback: as in `Sandbox`.
        on_ready: called with the sandbox once it listens.

    Raises:
        ArgumentError, OSError: as `Sandbox` does.
    """
    with (
        Sandbox(
            host=host,
            port=port,
            api_key=api_key,
            api_secret=api_secret,
            settings=settings,
            beyond_loopback=beyond_loopback,
        ) as sandbox,
        contextlib.suppress(KeyboardInterrupt),
    ):
        if on_ready is not None:
            on_ready(sandbox)
        sandbox.wait()


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class _QuietProtocol(H11Protocol):
    """HTTP without the access log, whose lines hold the query: a number and a text.

    The option of that name only turns a logger of the whole process, and whoever
    turns it back has them again. And the state of each request has the transport,
    for the faults that happen to it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {TRANSPORT: transport}


class _Endpoint:
    """Turn HTTP into an `Incoming`, and a `Response` into HTTP."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway
        self._body_bytes_max = gateway.settings.body_bytes_max
        self._in_memory = gateway.settings.store is None  # a file may be slow, or locked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive, self._body_bytes_max)
        if body is None:
            return
        if len(body) > self._body_bytes_max:
            answer = too_long()
        elif self._in_memory and is_quick(scope, body):
            answer = self._answer(scope, body)
        else:
            # Encrypting and searching take a while: off the event loop, so that
            # requests are answered on all cores.
            answer = await asyncio.to_thread(self._answer, scope, body)
        await transmit(answer, scope, receive, send)

    def _answer(self, scope: Scope, body: bytes) -> Response:
        client = scope["client"]
        incoming = Incoming(
            method=scope["method"],
            path=scope["path"],
            query=_query(scope["query_string"]),
            headers=_headers(scope["headers"]),
            body=body,
            peer=client[0] if client else "",
        )
        try:
            return self._gateway.handle(incoming)
        except Exception as error:  # noqa: BLE001 - a server answers, whatever happened
            answer = broken()
            _log_fault(error)
            return answer


async def _read(receive: Receive, bytes_max: int) -> bytes | None:
    """Return a body, as much of it as shows that it is too long, or None without its client."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > bytes_max or not message.get("more_body", False):
            return bytes(body)


def is_quick(scope: Scope, body: bytes) -> bool:
    """Return True for a request that is answered sooner than a thread would have it.

    A key that is spelt with escapes only makes the loop wait for the encryption.
    """
    short = len(body) <= QUICK_BYTES_MAX and b"ncrypt" not in body
    return short and scope["path"].startswith(_QUICK)


def _query(query: bytes) -> dict[str, str]:
    """Return the first value of each name."""
    found: dict[str, str] = {}
    if query:
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            found.setdefault(name, value)
    return found


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}


def _log_fault(error: Exception) -> None:
    """Say on the server's log what broke, without the values that a traceback could hold."""
    kind = type(error).__name__
    uvicorn.server.logger.error("the sandbox failed on a request: %s", kind)


class _App:
    """Lead the API straight to its endpoint, and the rest through Starlette.

    The routes of a framework cost as much as the whole reply to a small request.
    """

    def __init__(self, gateway: SandboxGateway, is_stopping: Callable[[], bool]) -> None:
        self._endpoint = _Endpoint(gateway)
        pages = inbox_routes(gateway, is_stopping)
        self._others = Starlette(routes=[*pages, Route("/{path:path}", self._endpoint)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        quick = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._endpoint if quick else self._others)(scope, receive, send)


def _config(gateway: SandboxGateway, is_stopping: Callable[[], bool]) -> uvicorn.Config:
    app = _App(gateway, is_stopping)
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=_QuietProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_S,
    )


def _credential(name: str, given: str | None) -> str:
    if given is None:
        return secrets.token_urlsafe(24)
    if not isinstance(given, str):
        raise TypeError(f"{name} must be a str, not {type(given).__name__}")
    if not given or not given.isascii() or not given.isprintable() or ":" in given:
        raise ArgumentError(f"{name} must be printable ASCII without a colon, and not empty")
    return given


def _listen(host: str, port: int, *, beyond_loopback: bool) -> socket.socket:
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(f"port must be an int, not {type(port).__name__}")
    if not (beyond_loopback or is_loopback(host)):
        raise ArgumentError(
            "the sandbox listens on this machine only, 127.0.0.1, ::1 or localhost, unless"
            " beyond_loopback says otherwise"
        )
    if not 0 <= port <= 65535:
        raise ArgumentError(f"port is {port}; it must be 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named, and with it
    # on each reply waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(CONNECTIONS_MAX)
    except OSError:
        listener.close()
        raise
    return listener
