"""One message: its text and parts, its life, its receipts, and its key's door."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from smspoh.envelope import decrypt
from smspoh.errors import ArgumentError, DecryptError, EnvelopeError, MalformedEnvelope

from .forms import posted
from .pages import html, live, nothing_here, page, unless_seen
from .rows import row, tone
from .state import now
from .texts import text_view

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from smspoh.sandbox import exchanges
    from smspoh.sandbox.gateway import SandboxGateway
    from smspoh.sandbox.ledger import Record

PAUSE_S: Final = 1
RECEIPTS_MAX: Final = 50
_BECAME: Final = {
    "reset": "This reply never went out: a fault closed the connection instead.",
    "truncate": "Half of the body of this reply went out: then a fault closed the connection.",
    "drip": "This reply went out drop by drop, by a fault.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step of a message's life, past or to come."""

    status: str
    at: datetime
    is_past: bool
    tone: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """Hold the request that brought a message, and its reply, as they are shown."""

    method: str
    path: str
    status: int
    request: str
    reply: str
    became: str  # of the reply, where a fault kept it from going out whole


class MessageView:
    """Show one message, and do what its page offers."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    def page(self, request: Request) -> Response:
        """Return the page of a message."""
        record = self._record(request)
        if record is None:
            return nothing_here(self._gateway, "There is no such message.")
        kept = self._kept(record)
        text = None
        if not record.encrypted:
            text = text_view(record.text, record.parts, asked_unicode(kept, record))
        return page(
            self._gateway,
            "message.html",
            row=row(record, now(self._gateway)),
            text=text,
            life=self._life(record),
            exchange=None if kept is None else _shown(kept),
        )

    def life(self, request: Request) -> Response:
        """Return the life and the receipts alone, or nothing where the page has them."""
        record = self._record(request)
        if record is None:
            return Response(status_code=204)
        return unless_seen(request, self._life(record))

    async def decrypt(self, request: Request) -> Response:
        """Return the text of an encrypted message, or what is wrong with the key.

        The key is in this request alone: nothing keeps it.
        """
        record = self._record(request)
        form = await posted(request)
        if record is None or not record.encrypted or form is None:
            return nothing_here(self._gateway, "There is no such encrypted message.")
        return HTMLResponse(await run_in_threadpool(self._opened, record, form.get("key", "")))

    async def replay(self, request: Request) -> Response:
        """Have the receipt of a message sent again."""
        record = self._record(request)
        if record is None or not record.receipt_url:
            return nothing_here(self._gateway, "There is no such message with receipts.")
        with contextlib.suppress(ArgumentError):  # wiped in this very moment
            await run_in_threadpool(self._gateway.receipts.replay, record.message_id)
        return HTMLResponse(await run_in_threadpool(self._life, record))

    def _record(self, request: Request) -> Record | None:
        return self._gateway.ledger.get(request.path_params["message_id"])

    def _opened(self, record: Record, key: str) -> str:
        problem = ""
        try:
            text = decrypt(record.message, key, profile=self._gateway.settings.envelope)
            unicode = asked_unicode(self._kept(record), record)
            return html("opened.html", text=text_view(text, record.parts, unicode))
        except DecryptError:
            problem = "This key does not open the message."
        except MalformedEnvelope:
            problem = "The ciphertext is not an encrypted message."
        except (ArgumentError, EnvelopeError):
            problem = "This key cannot be used."
        return html("refused.html", problem=problem)

    def _life(self, record: Record) -> str:
        present = now(self._gateway)
        steps = [Step(name, at, at <= present, tone(name)) for name, at in record.timeline]
        sent = [r for r in self._gateway.receipts.sent() if r.message_id == record.message_id]
        # A receipt may come late, and a replay at any time: so it is asked for again
        # as long as the page is open, unless there is nothing to come.
        is_over = record.finished_at(present) is not None and not record.receipt_url
        return live(
            "life.html",
            url=f"/inbox/messages/{record.message_id}/life",
            name="life",
            pause_s=0 if is_over else PAUSE_S,
            row=row(record, present),
            steps=steps,
            receipts=sent[-RECEIPTS_MAX:],
            unshown=max(0, len(sent) - RECEIPTS_MAX),
        )

    def _kept(self, record: Record) -> exchanges.Exchange | None:
        for one in reversed(self._gateway.requests):
            if one.method == "POST" and record.message_id in one.reply_text:
                return one
        return None


def asked_unicode(kept: exchanges.Exchange | None, record: Record) -> bool | None:
    """Return whether the sender of a message asked for UCS-2, or None where that is not kept."""
    if kept is None:
        return None
    try:
        body = json.loads(kept.request_text.partition("\n\n")[2])
    except (ValueError, RecursionError):  # cut short
        return None
    rows = body.get("messages") if kept.path.endswith("/bulk") else [body]
    asked = {is_asked(row.get("unicode")) for row in rows if row.get("message") == record.text}
    return asked.pop() if len(asked) == 1 else None  # a bulk may ask both ways for one text


def is_asked(value: object) -> bool:
    """Return what a flag says that the gateway has taken."""
    return int(value) != 0 if isinstance(value, str) else bool(value)


def _shown(one: exchanges.Exchange) -> Exchange:
    return Exchange(
        one.method,
        one.path,
        one.status,
        _pretty_request(one.request_text),
        _pretty(one.reply_text),
        _BECAME.get(one.fault, ""),
    )


def _pretty_request(text: str) -> str:
    """Return a request with the JSON of its body as `_pretty` has it."""
    head, gap, body = text.partition("\n\n")
    return head + gap + _pretty(body)


def _pretty(text: str) -> str:
    """Return JSON with a line for each field; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
