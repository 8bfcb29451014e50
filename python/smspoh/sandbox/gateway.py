"""The sandbox without a socket: one request in, one reply out.

The shapes are those of the SMSPoh API Specification 3.0. Where it is silent, the
answer is the one of docs/spec/gateway.md, and of the Yii2 framework behind it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smspoh.gateway.models import Response

from . import forms
from .history import history_page
from .ledger import Ledger
from .sending import accept
from .settings import SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "/api/rest"
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """Hold one request as the sandbox got it.

    Attributes:
        method: in capitals.
        path: with the prefix ``/api/rest``.
        query: the first value of each name.
        headers: names in lower case.
        body: the bytes.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<Incoming {self.method} {self.path} [{len(self.body)} bytes]>"


class SandboxGateway:
    """Answer the five calls of the API over a ledger of its own.

    Args:
        api_key: half of the only credentials that are taken.
        api_secret: the other half.
        base_url: what the links of the history begin with.
        settings: how it behaves.

    Source: SMSPoh API Specification 3.0.
    """

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        base_url: str,
        settings: SandboxSettings | None = None,
    ) -> None:
        self._token = f"{api_key}:{api_secret}".encode()
        self._base_url = base_url
        self.settings = settings or SandboxSettings()
        self.ledger = Ledger(balance=self.settings.balance, messages_max=self.settings.messages_max)
        self._routes: dict[str, tuple[str, Callable[[Incoming], Response]]] = {
            "/send": ("POST", self._send),
            "/send/bulk": ("POST", self._send_bulk),
            "/messages": ("GET", self._messages),
            "/messages/index": ("GET", self._messages),
            "/account/get-balance": ("GET", self._balance),
        }

    def __repr__(self) -> str:
        return f"<SandboxGateway {self._base_url}>"

    def handle(self, request: Incoming) -> Response:
        """Return the reply to one request. May be called from many threads."""
        path = request.path.removeprefix(PREFIX) if request.path.startswith(PREFIX) else ""
        if path not in self._routes:
            return refusal(404, "Page not found.")
        method, call = self._routes[path]
        refused = self._refused(request, method)
        if refused is not None:
            return refused
        try:
            return call(request)
        except forms.Unreadable:
            return refusal(400, "Invalid JSON data in request body: Syntax error.")
        except forms.Invalid as found:
            return reply(422, [{"field": name, "message": said} for name, said in found.fields])

    def _refused(self, request: Incoming, method: str) -> Response | None:
        """Return the refusal of a request that does not get as far as its call."""
        if request.method != method:
            said = "Method Not Allowed. This URL can only handle the following request methods: "
            return refusal(405, f"{said}{method}.", ("allow", method))
        if not self._authorized(request.headers.get("authorization", "")):
            return refusal(401, "Your request was made with invalid credentials.")
        if len(request.body) > self.settings.body_bytes_max:
            return too_long()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if method == "POST" and kind != "application/json":
            return refusal(415, "The content type must be application/json.")
        return None

    def _authorized(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        try:
            given = base64.b64decode(token.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme == self.settings.limits.auth_scheme and hmac.compare_digest(
            given, self._token
        )

    def _send(self, request: Incoming) -> Response:
        form = forms.message_form(forms.json_object(request.body), "", self.settings)
        return reply(200, {"messages": accept([form], self.settings, self.ledger)})

    def _send_bulk(self, request: Incoming) -> Response:
        bulk = forms.bulk_form(forms.json_object(request.body), self.settings)
        return reply(200, {"messages": accept(bulk, self.settings, self.ledger)})

    def _messages(self, request: Incoming) -> Response:
        page = forms.page_form(request.query, self.settings)
        return reply(200, history_page(page, self.settings, self.ledger, self._base_url))

    def _balance(self, _: Incoming) -> Response:
        body = {"balance": self.ledger.balance, "currency": self.settings.currency}
        return reply(200, body)


def reply(status: int, body: Any, *headers: tuple[str, str]) -> Response:
    """Return a JSON reply."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, (("content-type", "application/json; charset=UTF-8"), *headers), data)


def refusal(status: int, message: str, *headers: tuple[str, str]) -> Response:
    """Return an error in the documented shape.

    Source: SMSPoh API Specification 3.0, the 401 body of "Send Message".
    """
    body = {"name": _REASONS[status], "message": message, "code": 0, "status": status}
    return reply(status, body, *headers)


def too_long() -> Response:
    """Return the refusal of a body that is too long."""
    return refusal(413, "The request body is too long.")


def broken() -> Response:
    """Return the reply of a sandbox that failed."""
    return refusal(500, "An internal server error occurred.")
