"""The applications called in process, as a server calls them, and receipts to call them with."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from wsgiref.validate import validator

from smspoh.gateway.models import Status
from smspoh.gateway.webhook import Receipt, Webhook, WebhookASGI, WebhookWSGI

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

SECRET: Final = "Zq3vX8kT1mB6nR9wY2cL5d"  # 22 of 64 characters: 132 bits
NUMBER: Final = "959450000001"
FIELDS: Final = {
    "messageId": "133FF6AC-6EDB-4024-8965-F5DA5FEC7F80",
    "to": NUMBER,
    "clientReference": "abcde12345",
    "status": "Success",
    "updatedAt": "2024-12-23 00:00:00",
    "finishedAt": "2024-12-23 00:02:00",
}
QUERY: Final = urlencode(FIELDS).encode()
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sends: `path` and `query` as bytes, as they stand on the wire."""

    method: str = "GET"
    path: bytes = b"/hooks/" + SECRET.encode()
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    client: str | None = "198.51.100.7"
    pieces: int = 1


@dataclass(slots=True)
class Got:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def receipt(status: str = "Success", at: datetime | None = None, **others: Any) -> Receipt:
    """Return a receipt of the message of `FIELDS`."""
    made = {"message_id": FIELDS["messageId"], "to": NUMBER, "finished_at": None, **others}
    return Receipt(status=Status(status), updated_at=at, **made)


def post(body: bytes, kind: str | None = FORM, **others: Any) -> Sent:
    """Return a POST of a body."""
    headers = () if kind is None else ((b"content-type", kind.encode("latin-1")),)
    return Sent("POST", headers=headers, body=body, **others)


def by_asgi(webhook: Webhook | WebhookASGI, sent: Sent) -> Got:
    """Return the answer of the ASGI application."""
    app = WebhookASGI(webhook) if isinstance(webhook, Webhook) else webhook
    got = asyncio.run(asgi(app, sent))
    assert got is not None
    return got


async def asgi(app: Callable[..., Any], sent: Sent) -> Got | None:
    """Return the answer of an ASGI application, or None where it gave none."""
    step = -(-len(sent.body) // sent.pieces) or 1
    parts = [sent.body[at : at + step] for at in range(0, len(sent.body), step)] or [b""]
    events = [
        {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
        for at, part in enumerate(parts)
    ]
    got = Got()

    async def receive() -> dict[str, Any]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            assert not got.status
            got.status = event["status"]
            got.headers = {name.decode(): value.decode() for name, value in event["headers"]}
        else:
            got.body += event["body"]

    scope = {
        "type": "http",
        "method": sent.method,
        "path": sent.path.decode("utf-8", "replace"),
        "query_string": sent.query,
        "headers": list(sent.headers),
        "client": (sent.client, 4242) if sent.client else None,
    }
    await app(scope, receive, send)
    return got if got.status else None


def environ_of(sent: Sent) -> dict[str, Any]:
    """Return a request as PEP 3333 has it: bytes as Latin-1, several headers in one."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": sent.path.decode("latin-1"),
        "QUERY_STRING": sent.query.decode("latin-1"),
        "REMOTE_ADDR": sent.client or "",
        "CONTENT_LENGTH": str(len(sent.body)) if sent.body else "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in sent.headers:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if environ.get(key) else text
    return environ


def by_wsgi(
    webhook: Webhook | WebhookWSGI, sent: Sent, *, valid: bool = True, **environ: Any
) -> Got:
    """Return the answer of the WSGI application, which `wsgiref.validate` looks at too."""
    app: Any = WebhookWSGI(webhook) if isinstance(webhook, Webhook) else webhook
    got = Got()

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        got.status, got.headers = int(status.split(maxsplit=1)[0]), dict(headers)

    valid = valid and sent.method.isupper()  # it warns of other methods
    called: Any = validator(app) if valid else app
    answer = called({**environ_of(sent), **environ}, start_response)
    got.body = b"".join(answer)
    if valid:
        answer.close()
    return got


BOTH: Final[dict[str, Callable[[Webhook, Sent], Got]]] = {"asgi": by_asgi, "wsgi": by_wsgi}
