"""The webhook as a WSGI application, for Flask, Django, or a server alone.

Source: PEP 3333.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from smspoh.errors import ArgumentError

from .core import WebhookRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .core import Webhook, WebhookReply


class WebhookWSGI:
    """Serve a `Webhook` as a WSGI application: mount it, or run it alone.

    How long a body may take is for the server to say.

    Args:
        webhook: what answers.

    Raises:
        ArgumentError: a function of the webhook is asynchronous.
    """

    def __init__(self, webhook: Webhook) -> None:
        if webhook.needs_async:
            raise ArgumentError("a function of this webhook is asynchronous; use WebhookASGI")
        self._webhook = webhook

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        """Serve one request, as WSGI has it."""
        reply = self._answer(environ)
        status = f"{reply.status} {HTTPStatus(reply.status).phrase}"
        start_response(status, list(reply.headers))
        return [reply.body]

    def _answer(self, environ: Mapping[str, Any]) -> WebhookReply:
        head = WebhookRequest.from_environ(environ)
        if head.method != "POST":
            return self._webhook.handle(head)
        refused = self._webhook.admit(head)
        if refused is not None:
            return refused
        body = _body(environ, self._webhook.limits.body_bytes_max)
        if body is None:
            return self._webhook.refuse(400, "the body is shorter than its length, or has none")
        return self._webhook.handle(WebhookRequest.from_environ(environ, body))

    def __repr__(self) -> str:
        return f"<WebhookWSGI of {self._webhook!r}>"


def _body(environ: Mapping[str, Any], most: int) -> bytes | None:
    """Return the body, one byte past the limit at most, or None of one that was cut short."""
    written = environ.get("CONTENT_LENGTH") or ""
    if written:
        if not (written.isascii() and written.isdigit() and len(written) < 16):
            return None
        needed = int(written)
    elif environ.get("wsgi.input_terminated"):  # a server's word that chunks are read to the end
        needed = -1
    else:
        return b""
    wanted = most + 1 if needed < 0 else min(needed, most + 1)
    body = bytearray()
    try:
        while len(body) < wanted:
            part = environ["wsgi.input"].read(wanted - len(body))
            if not part:
                break
            body += part
    except OSError:
        return None
    return None if len(body) < wanted and needed >= 0 else bytes(body)
