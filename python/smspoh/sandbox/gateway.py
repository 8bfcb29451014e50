"""The sandbox without a socket: one request in, one reply out.

The shapes are those of the SMSPoh API Specification 3.0. Where it is silent, the
answer is the one of docs/spec/gateway.md, and of the Yii2 framework behind it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from . import control, forms
from .clock import SandboxClock
from .exchanges import Exchange, Exchanges, body_text, head_text
from .faults import Faults
from .history import history_page
from .ledger import Ledger
from .life import draw_timeline
from .limiter import Limiter
from .receipts import Receipts
from .replies import Reply, broken, refusal, reply, spoiled, too_long
from .sending import accept
from .settings import SandboxSettings
from .sqlite_ledger import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from smspoh.gateway.models import Response

    from .incoming import Incoming
    from .ledger import Record
    from .sending import Taken
    from .sqlite_ledger import Store

PREFIX = "/api/rest"


class SandboxGateway:
    """Answer the five calls of the API, and those below ``/_sandbox``, over a ledger.

    Args:
        api_key: half of the only credentials that are taken.
        api_secret: the other half.
        base_url: what the links of the history begin with.
        settings: how it behaves.

    Attributes:
        settings: how it behaves.
        clock: the time of everything here.
        ledger: the messages and the balance.
        faults: what goes wrong on purpose.
        receipts: what is told to webhooks.

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
        self.base_url = base_url
        self.settings = settings or SandboxSettings()
        self.clock = SandboxClock(self.settings.clock)
        self.ledger: Store = self._ledger()
        self.faults = Faults(self.settings.seed, self.settings.faults)
        self.receipts = Receipts(self.ledger, self.clock, self.settings)
        self._exchanges = Exchanges()
        self._limiter = Limiter(self.settings.quirks.rate_limit_per_s)
        self._calls: dict[str, tuple[str, Callable[[Incoming], Response]]] = {
            "/send": ("POST", self._send),
            "/send/bulk": ("POST", self._send_bulk),
            "/messages": ("GET", self._messages),
            "/messages/index": ("GET", self._messages),
            "/account/get-balance": ("GET", self._balance),
        }

    @property
    def paths(self) -> dict[str, str]:
        """The method of each path of the API, below ``/api/rest``."""
        return {path: method for path, (method, _) in self._calls.items()}

    @property
    def requests(self) -> list[Exchange]:
        """The last exchanges of the API, oldest first, secrets hidden: 1,000, or 32 MiB."""
        return self._exchanges.all()

    def handle(self, request: Incoming) -> Response:
        """Return the reply to one request. May be called from many threads."""
        if control.is_control(request.path):
            return control.answer(self, request)
        now = self.clock.now()
        path = request.path.removeprefix(PREFIX) if request.path.startswith(PREFIX) else ""
        try:
            answer = self._limited(request, path)
        except Exception:
            self._keep(request, broken(), now)
            raise
        self._keep(request, answer, now)
        return answer

    def reset(self) -> None:
        """Forget everything but the settings: messages, receipts, faults, exchanges, time."""
        self.receipts.clear(lambda: self.ledger.restore(self.settings.balance))
        self.faults.reset()
        self.clock.reset()
        self._exchanges.clear()
        self._limiter.reset()

    def close(self) -> None:
        """End the threads of the receipts and close the store. May be called twice."""
        self.receipts.stop()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SandboxGateway {self.base_url}>"

    def _keep(self, request: Incoming, answer: Response, now: datetime) -> None:
        head = head_text(request.method, request.path, request.query, request.headers)
        self._exchanges.add(
            Exchange(
                request.method,
                request.path,
                answer.status,
                head + body_text(request.body),
                body_text(answer.body),
                now,
                (answer.fault or "") if isinstance(answer, Reply) else "",
            )
        )

    def _limited(self, request: Incoming, path: str) -> Response:
        if path not in self._calls:
            return refusal(404, "Page not found.")
        refused = self._stranger(request)
        if refused is not None:
            return refused
        taken, headers = self._limiter.take(self.clock.now())
        answer = self._faulty(request, path) if taken else refusal(429, "Rate limit exceeded.")
        if not headers:
            return answer
        return replace(answer, headers=(*answer.headers, *headers))

    def _stranger(self, request: Incoming) -> Response | None:
        """Return the refusal of a request that has the wrong method or credentials."""
        method, _ = self._calls[request.path.removeprefix(PREFIX)]
        if request.method != method:
            said = "Method Not Allowed. This URL can only handle the following request methods: "
            return refusal(405, f"{said}{method}.", ("allow", method))
        allowed = self.settings.quirks.allows(request.peer)
        if not allowed or not self._authorized(request.headers.get("authorization", "")):
            return refusal(401, "Your request was made with invalid credentials.")
        return None

    def _faulty(self, request: Incoming, path: str) -> Response:
        fault = self.faults.draw(path, "before")
        if fault is not None:
            return spoiled(broken(), fault)
        answer = self._answer(request, path)
        fault = self.faults.draw(path, "after")
        return answer if fault is None else spoiled(answer, fault)

    def _answer(self, request: Incoming, path: str) -> Response:
        method, call = self._calls[path]
        if len(request.body) > self.settings.body_bytes_max:
            return too_long()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if method == "POST" and kind != "application/json":
            return refusal(415, "The content type must be application/json.")
        try:
            return call(request)
        except forms.Unreadable:
            return refusal(400, "Invalid JSON data in request body: Syntax error.")
        except forms.Invalid as found:
            return reply(422, [{"field": name, "message": said} for name, said in found.fields])

    def _authorized(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        try:
            given = base64.b64decode(token.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        known = scheme == self.settings.limits.auth_scheme or (
            scheme == "Basic" and self.settings.quirks.basic_taken
        )
        return known and hmac.compare_digest(given, self._token)

    def _send(self, request: Incoming) -> Response:
        return self._take([forms.message_form(forms.json_object(request.body), "", self.settings)])

    def _send_bulk(self, request: Incoming) -> Response:
        return self._take(forms.bulk_form(forms.json_object(request.body), self.settings))

    def _take(self, messages: list[forms.MessageForm]) -> Response:
        taken = accept(messages, self.settings, self.ledger, self.clock.now())
        self.receipts.plan(taken.records)
        answer = reply(self.settings.quirks.success_status, {"messages": taken.entries})
        return self._with_effects(answer, taken) if taken.then else answer

    def _with_effects(self, answer: Response, taken: Taken) -> Response:
        """Return the reply as the fixed numbers among the recipients have it."""
        if "burst" in taken.then:
            self._limiter.burst(self.settings.burst_requests)
        if "error" in taken.then:
            answer = broken()
        return Reply(
            answer.status,
            answer.headers,
            answer.body,
            fault="reset" if "drop" in taken.then else None,
            delay_s=self.settings.slow_reply_s if "slow" in taken.then else 0.0,
        )

    def _messages(self, request: Incoming) -> Response:
        page = forms.page_form(request.query, self.settings)
        lag_s = self.faults.draw_lag_s(request.path.removeprefix(PREFIX))
        now = self.clock.now()
        shown = history_page(page, self.settings, self.ledger, self.base_url, now=now, lag_s=lag_s)
        return reply(self.settings.quirks.success_status, shown)

    def _balance(self, _: Incoming) -> Response:
        body = {"balance": self.ledger.balance, "currency": self.settings.currency}
        return reply(self.settings.quirks.success_status, body)

    def _ledger(self) -> Store:
        """Return the ledger of the settings, whose records get their timeline."""
        settings = self.settings
        if settings.store is None:
            return Ledger(
                balance=settings.balance, messages_max=settings.messages_max, plan=self._plan
            )
        return SqliteLedger(settings.store, balance=settings.balance, plan=self._plan)

    def _plan(self, record: Record, serial: int) -> Record:
        place = serial - self.ledger.reset_serial
        timeline = draw_timeline(
            place, record.to, record.accepted_at, record.scheduled_at, self.settings
        )
        status, at = timeline[-1]
        return replace(
            record,
            serial=serial,
            timeline=timeline,
            delivered_at=at if status == "Success" else None,
        )
