"""How a receipt is written, and how one is sent: a request on a socket of its own.

Source: SMSPoh API Specification 3.0, "Delivery Report", which says "POST fields" and
shows a query string; docs/spec/gateway.md, "Webhook", for the forms that follow.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import time
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote, urlencode, urlsplit

from smspoh.gateway.hosts import is_loopback

from .names import Names
from .sending import time_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from urllib.parse import SplitResult

    from _typeshed import WriteableBuffer

    from .ledger import Record
    from .names import Hold
    from .settings import ReceiptForm

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


def receipt_fields(record: Record, status: str, at: datetime, done: bool) -> dict[str, str | None]:
    """Return the documented fields of one receipt.

    Args:
        record: the message.
        status: what it became.
        at: when, an aware time of the gateway's zone.
        done: whether that is final.
    """
    return {
        "messageId": record.message_id,
        "to": record.to,
        "clientReference": record.client_reference,
        "status": status,
        "updatedAt": time_text(at),
        "finishedAt": time_text(at) if done else None,
    }


def may_go(url: str, hosts: frozenset[str]) -> bool:
    """Return True for a URL that receipts may go to: this machine's, or one that is allowed."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return False
    return is_loopback(host) or host in {name.lower() for name in hosts}


def post_receipt(
    url: str,
    fields: Mapping[str, str | None],
    form: ReceiptForm,
    timeout_s: float,
    *,
    hold: Hold = lambda _: None,
    names: Names | None = None,
) -> int | None:
    """Send one receipt, and return the HTTP status of the answer, or None without one.

    No redirect is followed and no proxy is used.

    Args:
        url: that `may_go`.
        fields: of the receipt.
        form: how it is written.
        timeout_s: seconds for all of it, from asking for the address of a name.
        hold: called, before each wait, with what ends it; an OSError of it ends the receipt.
        names: asks for addresses.
    """
    parts, deadline = urlsplit(url), time.monotonic() + timeout_s
    request = _request(url, fields, form)
    try:
        # http.client would refuse the spaces of the specification's example, and would
        # wait anew for each drop of an answer.
        with closing(_connected(parts, deadline, hold, names or Names())) as line:
            line.settimeout(_left_s(deadline))
            line.sendall(request)  # the timeout is for all of it
            answer = http.client.HTTPResponse(cast("socket.socket", _Answer(line, deadline)))
            with closing(answer):
                answer.begin()
                return answer.status
    except (OSError, http.client.HTTPException, ValueError):
        return None


class _Answer(io.RawIOBase):
    """What comes over a socket until a deadline, for `http.client.HTTPResponse`."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        super().__init__()
        self._line = line
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._line.settimeout(_left_s(self._deadline))
        return self._line.recv_into(buffer)


def _connected(parts: SplitResult, deadline: float, hold: Hold, names: Names) -> socket.socket:
    """Return a connection to the first address of a host that takes one."""
    secure = parts.scheme == "https"
    port = (443 if secure else 80) if parts.port is None else parts.port
    found = names.find(parts.hostname or "", deadline, hold)
    failed: OSError | None = None
    for tried, (family, kind, protocol, _, address) in enumerate(found):
        try:
            line = socket.socket(family, kind, protocol)
        except OSError as error:  # the kernel may lack the family of an address
            failed = error
            continue
        try:
            hold(partial(_shut, line))
            line.settimeout(_left_s(deadline) / (len(found) - tried))
            line.connect((address[0], port, *address[2:]))
            if secure:
                line = ssl.create_default_context().wrap_socket(
                    line, server_hostname=parts.hostname, do_handshake_on_connect=False
                )
                hold(partial(_shut, line))
                line.settimeout(_left_s(deadline))
                line.do_handshake()
        except OSError as error:
            line.close()
            failed = error
        except BaseException:
            line.close()
            raise
        else:
            return line
    raise failed or OSError("the host has no address")


def _shut(line: socket.socket) -> None:
    """End what another thread does with a socket."""
    with suppress(OSError):
        # Of the socket below TLS, which that thread is in.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _left_s(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _request(url: str, fields: Mapping[str, str | None], form: ReceiptForm) -> bytes:
    parts = urlsplit(url)
    filled = {name: value or "" for name, value in fields.items()}
    method, query, kind, body = "GET", parts.query, "", b""
    if form == "json":
        method, kind, body = "POST", _JSON, json.dumps(fields).encode()
    elif form == "form":
        method, kind, body = "POST", _FORM, urlencode(filled).encode()
    else:
        method = "POST" if form == "post_query" else "GET"
        written = _typo(filled) if form == "typo" else urlencode(filled)
        query = f"{query}&{written}" if query else written
    target = (parts.path or "/") + (f"?{query}" if query else "")
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "User-Agent: smspoh-sandbox",
        "Connection: close",
    ]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _typo(fields: Mapping[str, str]) -> str:
    """Return the query as the specification's example has it, spaces and all.

    Source: SMSPoh API Specification 3.0, "Webhook": ``finishedAt=updatedAt=2024-12-23 00:02:00``.
    """
    written = [
        f"{name}={'updatedAt=' if name == 'finishedAt' else ''}{quote(value, safe=' :*')}"
        for name, value in fields.items()
    ]
    return "&".join(written)
