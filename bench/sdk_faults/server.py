"""The gateway that all of them talk to: it takes messages, fails as it is told, and counts."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from smspoh.sandbox.incoming import Incoming

from .faults import mark_in
from .replies import REPLIES

if TYPE_CHECKING:
    import ssl
    from typing import Self

    from smspoh.sandbox import SandboxGateway

    from .faults import Fault

OUR_HOST: Final = "v3.smspoh.com"
# Azure's API documents that a request with the same one is carried out once.
_REPEATABLE: Final = re.compile(rb'"repeatabilityRequestId"\s*:\s*"([^"]+)"')


@dataclass(slots=True)
class Entry:
    """What became of one message: how often it came, and how many copies were taken."""

    requests: int = 0
    copies: int = 0
    keys: set[str] = field(default_factory=set)


class FaultServer:
    """Listen on the loopback, in threads, until it is closed.

    Args:
        context: for TLS; None speaks without it, for tests.
        slow_s: how long a slow reply takes.
        sandbox: what answers for our own host.
    """

    def __init__(
        self, context: ssl.SSLContext | None, *, slow_s: float, sandbox: SandboxGateway
    ) -> None:
        self.slow_s = slow_s
        self.sandbox = sandbox
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._entries: defaultdict[str, Entry] = defaultdict(Entry)
        self._http = _Listener(self, context)
        self.port = int(self._http.server_address[1])
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def entry(self, mark: str) -> Entry:
        """Return what became of a message so far."""
        with self._lock:
            found = self._entries[mark]
            return Entry(found.requests, found.copies)

    def arrived(self, mark: str, fault: Fault, key: str | None) -> tuple[bool, bool]:
        """Count a request; say whether its message is to be taken, and the fault to happen.

        Args:
            mark: in the text.
            fault: that the mark asks for.
            key: by which the request asks to be carried out once, or None.
        """
        with self._lock:
            entry = self._entries[mark]
            entry.requests += 1
            happens = fault.does != "reply" and (fault.always or entry.requests == 1)
            takes = fault.accepts or not happens
            if takes and (key is None or key not in entry.keys):
                entry.copies += 1
            if takes and key is not None:
                entry.keys.add(key)
        return takes, happens

    def close(self) -> None:
        """Stop listening, and let go of whoever waits for a slow reply."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, faults: FaultServer, context: ssl.SSLContext | None) -> None:
        self.faults = faults
        self._context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the thread of the connection: here it would hold up all.
        if self._context is not None:
            request = self._context.wrap_socket(request, server_side=True)
        try:
            _Handler(request, client_address, self)
        finally:
            # Closed without a word of TLS, as a gateway that dies closes it.
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that end early: that is what is played here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer as the gateway does."""
        self._answer(*self._success(b""))

    def do_POST(self) -> None:
        """Take a message, and fail as its mark says."""
        body = self._body()
        faults, found = self.server.faults, mark_in(body)
        if found is None:
            self._answer(*self._success(body))
            return
        mark, fault = found
        takes, happens = faults.arrived(mark, fault, self._key(body))
        # Before any fault: what is taken is on its way, whatever the caller is told.
        answer = self._success(body) if takes else None
        if happens and fault.does == "close":
            self.close_connection = True
            return
        if happens and fault.does == "slow":
            faults.closing.wait(faults.slow_s)
        if happens and fault.does == "status":
            answer = self._failure(fault.status)
        assert answer is not None
        self._answer(*answer)

    def _key(self, body: bytes) -> str | None:
        named = _REPEATABLE.search(body)
        return named[1].decode() if named else self.headers.get("idempotency-key")

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _success(self, body: bytes) -> tuple[int, str, bytes, dict[str, str]]:
        host = self.headers.get("host", "").partition(":")[0]
        if host in REPLIES:
            status, kind, text = REPLIES[host]
            return status, kind, text.encode(), {}
        parts = urlsplit(self.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query):
            query.setdefault(name, value)
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, parts.path, query, headers, body)
        answer = self.server.faults.sandbox.handle(incoming)
        return answer.status, "application/json", answer.body, {}

    def _failure(self, status: int) -> tuple[int, str, bytes, dict[str, str]]:
        wait = {"Retry-After": "1"} if status == 429 else {}
        if self.headers.get("host", "").startswith("sns."):
            code = "Throttling" if status == 429 else "InternalFailure"
            said = f"<Error><Type>Receiver</Type><Code>{code}</Code><Message>down</Message></Error>"
            xml = f"<ErrorResponse>{said}<RequestId>r</RequestId></ErrorResponse>"
            return status, "text/xml", xml.encode(), wait
        fields = {"message": "down", "title": "down", "status": status, "code": status}
        return status, "application/json", json.dumps(fields).encode(), wait

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the caller waits no more
            self.close_connection = True
