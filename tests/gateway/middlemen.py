"""A proxy, and a server of HTTP/2: small ones, which note what they were asked."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

from .faults import FaultyServer, _read_request

if TYPE_CHECKING:
    import ssl

NEEDED = "Basic " + base64.b64encode(b"some@body:pass:word").decode("ascii")
USER = "some%40body:pass%3Aword"  # the same in a URL


class Proxy(FaultyServer):
    """Forward requests and tunnel connections, for who shows the user and the password."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(context)
        self.address = self.base_url.removesuffix("/api/rest").partition("://")[2]
        self.scheme = "http" if context is None else "https"

    @property
    def url(self) -> str:
        """The URL of the proxy with the user and the password in it."""
        return f"{self.scheme}://{USER}@{self.address}"

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._context is not None:
                secured = self._context.wrap_socket(connection, server_side=True)
                connection = stack.enter_context(secured)
            request = _read_request(connection)
            self.requests.append(request)
            self._carry(connection, request)

    def _carry(self, connection: socket.socket, request: bytes) -> None:
        line, _, rest = request.partition(b"\r\n")
        method, target, _ = line.decode().split(" ")
        if f"\r\nproxy-authorization: {NEEDED.lower()}" not in "\r\n" + rest.decode().lower():
            connection.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            return
        parts = urlsplit(target if method != "CONNECT" else f"//{target}")
        with socket.create_connection((parts.hostname, parts.port)) as onward:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                onward.sendall(f"{method} {parts.path} HTTP/1.1\r\n".encode() + rest)
            there = threading.Thread(target=_relay, args=(onward, connection))
            there.start()
            _relay(connection, onward)
            there.join()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


class Http2Server(FaultyServer):
    """Take each message of a send, over HTTP/2 alone."""

    def __init__(self, context: ssl.SSLContext) -> None:
        context.set_alpn_protocols(["h2"])
        super().__init__(context)
        self.bodies: list[bytes] = []
        self.connections = 0

    def _serve(self, connection: socket.socket) -> None:
        assert self._context is not None
        with (
            contextlib.suppress(OSError),
            connection,
            self._context.wrap_socket(connection, server_side=True) as secured,
        ):
            self.connections += 1
            self._talk(secured)

    def _talk(self, secured: socket.socket) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        secured.sendall(talk.data_to_send())
        bodies: dict[int, bytes] = {}
        while data := secured.recv(65536):
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    assert event.stream_id is not None
                    bodies[event.stream_id] = b""
                elif isinstance(event, h2.events.DataReceived):
                    assert event.stream_id is not None
                    assert event.data is not None
                    bodies[event.stream_id] += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    assert event.stream_id is not None
                    self._answer(talk, event.stream_id, bodies.pop(event.stream_id))
            secured.sendall(talk.data_to_send())

    def _answer(self, talk: h2.connection.H2Connection, stream: int, body: bytes) -> None:
        self.bodies.append(body)
        asked = json.loads(body)
        entry = {
            "messageId": f"id-{stream}",
            "status": "Accepted",
            "to": asked["to"],
            "message": asked["message"],
            "clientReference": asked["clientReference"],
        }
        talk.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
        talk.send_data(stream, json.dumps({"messages": [entry]}).encode(), end_stream=True)
