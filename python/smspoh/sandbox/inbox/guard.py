"""What stands before every page: who may ask, and what a browser may do with the answer.

A page of another site can make the developer's browser send requests to this machine.
So only the names of the loopback are answered (a name that was rebound to 127.0.0.1 is
another one), and what changes something must come from our own page. A sandbox that listens
beyond the loopback shows its pages to this machine all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from smspoh.gateway.hosts import is_loopback
from smspoh.sandbox.control import is_here

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC: Final = "/inbox/static"
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Guard:
    """Refuse who may not ask, and add the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        kept = "no-cache" if scope["path"].startswith(STATIC) else "no-store"

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = kept
            await send(message)

        peer = scope["client"][0] if scope["client"] else ""
        refused = refusal(scope["method"], Headers(scope=scope), peer)
        app = self._app if refused is None else PlainTextResponse(refused, 403)
        await app(scope, receive, send_guarded)


def refusal(method: str, headers: Headers, peer: str) -> str | None:
    """Return why a request from the address `peer` is refused, or None."""
    if not is_here(peer):
        return "The inbox answers this machine alone."
    host = headers.get("host", "")
    if not is_loopback(_name(host)):
        return "The inbox answers to the names of this machine's loopback only."
    site = headers.get("sec-fetch-site")
    if method in {"GET", "HEAD"}:
        # A link may lead here; nothing else of another site may ask.
        is_ours = site in {None, "same-origin", "none"}
        is_link = headers.get("sec-fetch-mode") == "navigate"
        return None if is_ours or is_link else "Another site may only link to the inbox."
    return _refusal_of_change(headers, host, site)


def _refusal_of_change(headers: Headers, host: str, site: str | None) -> str | None:
    """Return why a request that changes something is refused, or None."""
    if headers.get("hx-request") != "true":
        return "The inbox changes something only when its own page asks."
    origin = headers.get("origin")
    # A browser sends one of the two at least; each that is there must be ours.
    if site is None and origin is None:
        return "The request does not say where it comes from."
    if site not in {None, "same-origin"} or origin not in {None, f"http://{host}"}:
        return "The request comes from another site."
    return None


def _name(host: str) -> str:
    """Return the name or address of a Host header, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host
