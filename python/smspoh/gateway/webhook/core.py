"""The webhook without a socket: a request in, a reply out.

What it does is a generator that yields each call of the user's code, so that a driver
can make it in its own way: `Webhook.handle` makes it here, `WebhookASGI` awaits it.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from smspoh.errors import ArgumentError, ReceiptError
from smspoh.gateway.profile import GATEWAY_V3, GatewayProfile

from .fields import body_kind
from .limits import DEFAULT_LIMITS, WebhookLimits
from .origin import UNIX, as_networks, checked_path_secret, inside, origin, path_has_secret
from .receipt import Receipt, parse_receipt
from .verifying import Expected, verify_receipt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
    from typing import Self

_LOGGER: Final = logging.getLogger("smspoh.gateway.webhook")


class Arrival(StrEnum):
    """What a request to the webhook came to."""

    TAKEN = "taken"
    """A receipt; `on_receipt` has returned."""
    UNKNOWN = "unknown"
    """A receipt of a message that `lookup` does not know."""
    MISMATCHED = "mismatched"
    """A receipt of one of our messages, with another number or reference."""
    REFUSED = "refused"
    """Not a receipt, or not from where receipts come."""
    FAILED = "failed"
    """A receipt that the user's own code could not take."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """Hold one HTTP request. Its repr shows the method and the sizes alone.

    Attributes:
        method: as it came.
        path: decoded, without the query; its last segment is the secret.
        query: what is behind the ?, as it came.
        content_type: the header, or None.
        body: all of it.
        client: the address at the other end of the connection, or None.
        forwarded_for: X-Forwarded-For, several joined by commas in their order.
    """

    method: str
    path: str
    query: bytes = b""
    content_type: str | None = None
    body: bytes = b""
    client: str | None = None
    forwarded_for: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, Any], body: bytes = b"") -> Self:
        """Return the request of a WSGI environment, or of Django's `request.META`.

        Source: PEP 3333, "environ Variables"; its strings are bytes as Latin-1.
        """
        path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
        return cls(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=environ.get("QUERY_STRING", "").encode("latin-1", "replace"),
            content_type=environ.get("CONTENT_TYPE") or None,
            body=body,
            client=environ.get("REMOTE_ADDR") or None,
            forwarded_for=environ.get("HTTP_X_FORWARDED_FOR", ""),
        )

    def __repr__(self) -> str:
        return f"<WebhookRequest query={len(self.query)} body={len(self.body)} bytes>"


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """Hold the answer to one request.

    Attributes:
        status: 200: taken, do not send again. 500: could not be stored. Else refused.
        arrival: what it came to.
        body: a line of text without anything of the request.
        headers: name and value pairs.
    """

    status: int
    arrival: Arrival
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the user's code that a driver is to make."""

    function: Callable[[Any], object]
    argument: Receipt | str


Lookup: TypeAlias = "Callable[[str], Expected | Awaitable[Expected | None] | None]"
Steps: TypeAlias = "Generator[Call, Any, WebhookReply]"


class Webhook:
    """Take receipts: check where a request comes from, read it, verify it, hand it over.

    It may be used from many threads at once.

    Args:
        on_receipt: called with each receipt; 200 is answered only after it returned, so
            that what it stores is stored. If it raises, 500 is answered, and the gateway
            may send again. It must bear repetition (`merge`, or a `DeliveryBook`), and
            to be called in several threads at once.
        path_secret: the last segment of the path of every good request; anything else
            is answered 404. `new_path_secret()` makes one. None takes any path: then only
            `allow` stands between the world and `on_receipt`.
        lookup: returns what was sent under a message id, or None for an id that is none
            of ours. With it, `on_receipt` sees only receipts of our messages whose
            number (and reference) is the one sent.
        on_unknown: called with the others instead. They are answered 200 whether or not
            there is one, lest the gateway repeat them for ever; if it raises, 500.
        allow: addresses and networks that may send receipts; None is everyone. Others
            are answered as a wrong path is.
        trusted_proxies: addresses and networks whose X-Forwarded-For is believed, and
            "unix" for a peer without an address.
        limits: of each request.
        profile: the zone of the times.

    Raises:
        TypeError: an argument has the wrong type.
        ArgumentError: a secret that cannot hold 128 bits, or no address.

    Attributes:
        limits: of each request.
        needs_async: one of the functions is asynchronous: `WebhookASGI` alone serves it.

    Source: docs/spec/gateway.md, "Webhook".
    """

    def __init__(
        self,
        on_receipt: Callable[[Receipt], object],
        *,
        path_secret: str | None,
        lookup: Lookup | None = None,
        on_unknown: Callable[[Receipt], object] | None = None,
        allow: Iterable[str] | None = None,
        trusted_proxies: Iterable[str] = (),
        limits: WebhookLimits = DEFAULT_LIMITS,
        profile: GatewayProfile = GATEWAY_V3,
    ) -> None:
        calls: dict[str, object] = {"on_receipt": on_receipt}
        calls |= {"lookup": lookup} if lookup is not None else {}
        calls |= {"on_unknown": on_unknown} if on_unknown is not None else {}
        for name, function in calls.items():
            if not callable(function):
                raise TypeError(f"{name} must be callable, not {type(function).__name__}")
        if isinstance(trusted_proxies, str):
            raise TypeError("trusted_proxies must be a list of str, not a str")
        proxies = list(trusted_proxies)
        self.limits = limits
        self.needs_async = any(map(_is_async, calls.values()))
        self._on_receipt = on_receipt
        self._lookup = lookup
        self._on_unknown = on_unknown
        self._secret = None if path_secret is None else checked_path_secret(path_secret)
        self._allow = None if allow is None else as_networks("allow", allow)
        self._unix_trusted = UNIX in proxies
        self._trusted = as_networks("trusted_proxies", [p for p in proxies if p != UNIX])
        self._profile = profile
        self._lock = threading.Lock()
        self._counts: Counter[Arrival] = Counter()

    def counts(self) -> dict[Arrival, int]:
        """Return how many requests came to what, since this webhook was made."""
        with self._lock:
            return {arrival: self._counts[arrival] for arrival in Arrival}

    def handle(self, request: WebhookRequest) -> WebhookReply:
        """Return the answer to a request, after all that it asks for was done.

        Whatever the request holds, nothing is raised.

        Raises:
            ArgumentError: one of the functions is asynchronous; `WebhookASGI` awaits those.
        """
        if self.needs_async:
            raise ArgumentError("a function of this webhook is asynchronous; use WebhookASGI")
        refused = self.admit(request)
        if refused is not None:
            return refused
        steps = self.steps(request)
        try:
            call = next(steps)
            while True:
                try:
                    answer = _done(call.function(call.argument))
                except Exception as error:  # noqa: BLE001 - the generator says what it means
                    call = steps.throw(error)
                else:
                    call = steps.send(answer)
        except StopIteration as done:
            reply: WebhookReply = done.value
            return reply

    def admit(self, request: WebhookRequest) -> WebhookReply | None:
        """Return the refusal of a request whose body need not be read, or None.

        For a driver of its own: `admit` first, then the body, then `steps`.
        """
        # The secret first: whoever lacks it learns nothing else, and fills no log.
        if self._secret is not None and not path_has_secret(request.path, self._secret):
            return self._refused(404, "not found")
        if self._allow is not None:
            found = origin(request.client, request.forwarded_for, self._trusted, self._unix_trusted)
            if found is None or not inside(found, self._allow):
                where = "an unknown address" if found is None else f"{found}, which is not allowed"
                _LOGGER.warning("a request with the right path came from %s", where)
                return self._refused(404, "not found")
        if request.method not in ("GET", "POST"):
            refused = self._refused(
                405, "" if request.method == "HEAD" else "GET or POST is needed"
            )
            return replace(refused, headers=(*refused.headers, ("allow", "GET, POST")))
        if len(request.query) > self.limits.query_bytes_max:
            return self.refuse(414, f"the query is longer than {self.limits.query_bytes_max} bytes")
        return None

    def steps(self, request: WebhookRequest) -> Steps:
        """Yield each call of the user's code, and return the answer.

        Send what the call returned, or throw what it raised. For a driver of its own.
        """
        if len(request.body) > self.limits.body_bytes_max:
            return self.refuse(413, f"the body is longer than {self.limits.body_bytes_max} bytes")
        try:
            if request.method == "POST" and request.body:
                body_kind(request.content_type)
        except ReceiptError as unread:
            return self.refuse(415, str(unread))
        try:
            receipt = parse_receipt(
                request.method,
                request.query,
                request.content_type,
                request.body,
                limits=self.limits,
                profile=self._profile,
            )
        except ReceiptError as unread:
            return self.refuse(400, str(unread))
        return (yield from self._given(receipt))

    def refuse(self, status: int, why: str) -> WebhookReply:
        """Return the refusal of a request that had the right path, and log it.

        Args:
            status: of HTTP, 400 to 499.
            why: with nothing of the request in it.
        """
        _LOGGER.warning("a request was refused with %d: %s", status, why)
        return self._refused(status, why)

    def _given(self, receipt: Receipt) -> Steps:
        doing = "lookup"
        try:
            arrival = Arrival.TAKEN
            if self._lookup is not None:
                arrival = _compared(receipt, (yield Call(self._lookup, receipt.message_id)))
            if arrival is Arrival.TAKEN:
                doing = "on_receipt"
                yield Call(self._on_receipt, receipt)
            else:
                doing = "on_unknown"
                _LOGGER.warning("a receipt was not applied: %s", arrival)
                if self._on_unknown is not None:
                    yield Call(self._on_unknown, receipt)
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything
            # Its message and its traceback may hold a number.
            _LOGGER.error("%s raised %s; answered 500", doing, type(error).__name__)  # noqa: TRY400
            return self._counted(500, Arrival.FAILED, "it could not be stored; send it again")
        return self._counted(200, arrival, "OK")

    def _refused(self, status: int, why: str) -> WebhookReply:
        return self._counted(status, Arrival.REFUSED, why)

    def _counted(self, status: int, arrival: Arrival, text: str) -> WebhookReply:
        with self._lock:
            self._counts[arrival] += 1
        body = text.encode()
        headers = (
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(len(body))),
        )
        return WebhookReply(status, arrival, body, headers)

    def __repr__(self) -> str:
        return f"<Webhook {' '.join(f'{name}={count}' for name, count in self.counts().items())}>"


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - of an object that can be called
    )


def _done(answer: object) -> object:
    """Return what a function returned, when it has done its work and not just promised to."""
    if inspect.iscoroutine(answer):
        answer.close()
    if inspect.isawaitable(answer):
        raise TypeError("it returned an awaitable, which WebhookASGI alone awaits")
    return answer


def _compared(receipt: Receipt, expected: object) -> Arrival:
    """Return TAKEN when a receipt is of the message that was sent."""
    if expected is None:
        return Arrival.UNKNOWN
    if not isinstance(expected, Expected):
        raise TypeError(f"lookup must return an Expected or None, not {type(expected).__name__}")
    try:
        verify_receipt(receipt, expected_to=expected.to, expected_reference=expected.reference)
    except ReceiptError:
        return Arrival.MISMATCHED
    return Arrival.TAKEN
