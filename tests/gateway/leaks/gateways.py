"""Gateways on real sockets, over HTTP/1.1 and HTTP/2, that answer as a test says."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from smspoh.envelope import encrypt
from tests.gateway.conftest import QUICK
from tests.gateway.faults import FaultyServer

from .planted import BURMESE, KEY, NUMBER, REFERENCE, STORED

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    target: str
    headers: str
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def words(self) -> str:
        """Return all that was sent, credentials too, in the clear."""
        return " ".join([unquote_plus(self.target), self.body.decode(), self.headers])

    def values(self) -> list[str]:
        """Return each value that was sent, as a validator would repeat it."""
        found = [value for _, value in parse_qsl(urlsplit(self.target).query)]
        body = json.loads(self.body) if self.body else {}
        for row in body.get("messages", [body]):
            for value in row.values():
                found += map(str, value if isinstance(value, list) else [value])
        return found


@dataclass(frozen=True)
class Reply:
    """What goes back; with `raw`, these bytes instead of HTTP; with `cut`, not to its end."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    cut: bool = False
    wait: bool = False


class Http1(FaultyServer):
    """Answer one request a connection."""

    def __init__(self, context: Any = None) -> None:
        super().__init__(context)
        self.answer: Callable[[Asked], Reply] = good
        self.behave = self._behave

    def _behave(self, connection: socket.socket, stopped: Any) -> None:
        head, _, body = self.requests[-1].partition(b"\r\n\r\n")
        line, _, headers = head.decode("latin-1").partition("\r\n")
        try:
            reply = self.answer(Asked([*line.split(), "", ""][1], headers, body))
        except ValueError:  # a client that speaks TLS, to a gateway that does not
            return
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return
        lines = [f"HTTP/1.1 {reply.status} Said", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in reply.headers]
        if not any(name.lower() == "content-length" for name, _ in reply.headers):
            lines.append(f"Content-Length: {len(reply.body) + 9 * (reply.cut or reply.wait)}")
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body)
        if reply.wait:
            stopped.wait(5)


class Http2(FaultyServer):
    """Answer the requests of connections that speak HTTP/2."""

    def __init__(self, context: Any) -> None:
        context.set_alpn_protocols(["h2"])
        super().__init__(context)
        self.answer: Callable[[Asked], Reply] = good

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, h2.exceptions.ProtocolError), connection:
            assert self._context is not None
            with self._context.wrap_socket(connection, server_side=True) as secured:
                secured.settimeout(5)
                self._talk(secured)

    def _talk(self, connection: socket.socket) -> None:
        settings = h2.config.H2Configuration(
            client_side=False,
            header_encoding="utf-8",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        talk = h2.connection.H2Connection(settings)
        talk.initiate_connection()
        heads: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        while True:
            connection.sendall(talk.data_to_send())
            data = connection.recv(65536)
            if not data:
                return
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    heads[event.stream_id] = dict(event.headers)  # type: ignore[arg-type]
                    bodies[event.stream_id] = b""
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    at = event.stream_id
                    head = heads.pop(at)
                    asked = Asked(head[":path"], repr(head), bodies.pop(at))
                    self.requests.append(asked.body)
                    if not self._reply(talk, connection, at, self.answer(asked)):
                        return

    def _reply(self, talk: Any, connection: socket.socket, stream: int, reply: Reply) -> bool:
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return False
        headers = [(":status", str(reply.status)), *reply.headers]
        talk.send_headers(stream, headers)
        for at in range(0, min(len(reply.body), 60_000), 16_000):
            talk.send_data(stream, reply.body[at : at + 16_000])
        if reply.cut:
            talk.reset_stream(stream)
        elif not reply.wait:
            talk.end_stream(stream)
        return True


def good(asked: Asked) -> Reply:
    """Answer as the gateway does when all is well."""
    if asked.path.endswith("/get-balance"):
        return Reply(body=b'{"balance": 12, "currency": "MMK"}')
    if asked.path.endswith("/messages"):
        return _history(asked)
    body = json.loads(asked.body)
    entries = [_entry(row, to) for row in body.get("messages", [body]) for to in _numbers(row)]
    return Reply(body=json.dumps({"messages": entries}).encode())


def _numbers(row: dict[str, Any]) -> list[str]:
    to = row["to"]
    return to if isinstance(to, list) else to.split(",")


def _entry(row: dict[str, Any], to: str) -> dict[str, Any]:
    number = "95" + to[1:] if to.startswith("09") else to.lstrip("+")
    sealed = "encryptKey" in row
    text = encrypt(row["message"], row["encryptKey"], profile=QUICK) if sealed else row["message"]
    return {
        "messageId": "m-7",
        "to": number,
        "message": text,
        "status": "Accepted",
        "clientReference": row.get("clientReference"),
        "encryptMessage": sealed,
        "encryptKey": row.get("encryptKey"),
        "network": "MPT",
    }


def _history(asked: Asked) -> Reply:
    at = int(dict(parse_qsl(urlsplit(asked.target).query))["page"])
    sealed = {"to": NUMBER, "message": STORED, "encryptKey": KEY, "clientReference": REFERENCE}
    entries = [_entry(sealed, NUMBER), _entry({"to": NUMBER, "message": BURMESE}, NUMBER)]
    for row, entry in enumerate(entries):
        entry["messageId"] = f"m-{at}-{row}"
        del entry["encryptKey"]
    links = {"self": f"?page={at}", "last": "?page=2"} | ({"next": "?page=2"} if at == 1 else {})
    page = {"messages": entries, "limit": 20, "records": 4, "start": 0, "links": links}
    return Reply(body=json.dumps(page).encode())
