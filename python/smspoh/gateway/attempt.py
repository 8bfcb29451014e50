"""What a flow asks its driver for, and one exchange with the gateway in several attempts.

A flow is a generator. It yields a `Request` and is sent the `Response`, or has the
`GatewayError` thrown into it; it yields a `Sleep` or a `Work` and is sent what came of it.
Nothing here does I/O, so each driver is a few lines: see `client.py`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from smspoh.errors import BugError, GatewayError

from .failures import failure
from .models import Request, Response
from .retry import Budget, RetryPolicy, may_try_again, wait_s

if TYPE_CHECKING:
    from .profile import GatewayProfile

T = TypeVar("T")
_LOG = logging.getLogger("smspoh.gateway")


@dataclass(frozen=True, slots=True)
class Sleep:
    """Ask the driver to wait.

    Attributes:
        seconds: how long, at least 0.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Ask the driver for something that takes a CPU for milliseconds, in a thread if it must.

    Attributes:
        run: called once; what it returns is sent back.
    """

    run: Callable[[], Any]

    def __repr__(self) -> str:
        return "<Work>"  # what it holds may be a text


Step: TypeAlias = Request | Sleep | Work
Flow: TypeAlias = Generator[Step, Any, T]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Describe one request that was made, for a hook: no number, no text, no reference.

    Attributes:
        method: GET or POST.
        path: below the base URL, such as ``/send``.
        number: from 1; above 1 the request was tried before.
        started_ns: when it began, nanoseconds since the epoch.
        elapsed_s: seconds until its reply was whole, or it failed.
        status: of the reply, or None where there was none.
        error: the name of the error's class, or None for a success.
        maybe_sent: whether the request may have been carried out.
        retry_in_s: seconds until the next attempt, or None when this was the last.
    """

    method: str
    path: str
    number: int
    started_ns: int
    elapsed_s: float
    status: int | None
    error: str | None
    maybe_sent: bool
    retry_in_s: float | None


Hook: TypeAlias = Callable[[Attempt], object]


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold what all flows of one client go by.

    Attributes:
        profile: what the specification leaves open about the gateway.
        retry: how often and how long.
        budget: what is left of the client's further attempts.
        hooks: called with each attempt, in order.
        monotonic: seconds of a clock that never goes back.
        epoch_ns: nanoseconds since the epoch.
        draw: a number from 0 to 1.
    """

    profile: GatewayProfile
    retry: RetryPolicy
    budget: Budget
    hooks: tuple[Hook, ...]
    monotonic: Callable[[], float]
    epoch_ns: Callable[[], int]
    draw: Callable[[], float]


def exchange(
    request: Request,
    rules: Rules,
    read: Callable[[Request, Response], T],
    *,
    reads: bool,
) -> Flow[T]:
    """Make one request, again where that is safe, and return what its reply reads as.

    Args:
        request: what is asked.
        rules: the client's.
        read: turns a 2xx into a value, or raises a ProtocolError.
        reads: the request changes nothing at the gateway.
    """
    under_way = [False]
    try:
        return (yield from _attempts(request, rules, read, under_way, reads=reads))
    except GatewayError:
        raise
    except BaseException as error:
        # An interrupt, wherever it comes: after a reply too, for its caller gets no result.
        attach(error, request=request, maybe_sent=under_way[0])
        raise


def _attempts(
    request: Request,
    rules: Rules,
    read: Callable[[Request, Response], T],
    under_way: list[bool],
    *,
    reads: bool,
) -> Flow[T]:
    """Make the attempts, and keep in `under_way` whether one may have been carried out."""
    begun = rules.monotonic()
    number = 0
    while True:
        number += 1
        started_ns, started = rules.epoch_ns(), rules.monotonic()
        under_way[0] = True
        value, response, error = yield from _one(request, read)
        now = rules.monotonic()
        wait = None
        if error is not None and may_try_again(error, reads=reads):
            wait = wait_s(error, number, now - begun, rules.retry, rules.draw())
            if wait is not None and not rules.budget.take():
                wait = None
        under_way[0] = error is None or error.maybe_sent
        _tell(rules, request, response, error, (number, started_ns, now - started, wait))
        if error is None:
            rules.budget.succeed()
            assert value is not None  # noqa: S101 - it says so to the type checker
            return value
        if wait is None:
            error.attempts = number
            raise error
        yield Sleep(wait)


def _one(
    request: Request, read: Callable[[Request, Response], T]
) -> Flow[tuple[T | None, Response | None, GatewayError | None]]:
    """Make one attempt and return its value or its error; only other errors are raised."""
    response: Response | None = None
    try:
        answer = yield request
        response = _response(answer)
        if not 200 <= response.status < 300:
            return None, response, failure(request, response)
        return read(request, response), response, None
    except GatewayError as error:
        return None, response or error.response, error


def _response(answer: object) -> Response:
    if not isinstance(answer, Response):
        raise BugError("a driver sent a flow something that is no response")
    return answer


def _tell(
    rules: Rules,
    request: Request,
    response: Response | None,
    error: GatewayError | None,
    facts: tuple[int, int, float, float | None],
) -> None:
    """Write the log and call the hooks; no hook may take the result of a request away."""
    number, started_ns, elapsed_s, wait = facts
    said = response.status if response is not None else type(error).__name__
    _LOG.debug(
        "%s %s, attempt %d: %s after %.3f s", request.method, request.path, number, said, elapsed_s
    )
    if wait is not None:
        _LOG.info("%s %s is tried again in %.3f s", request.method, request.path, wait)
    if not rules.hooks:
        return
    attempt = Attempt(
        method=request.method,
        path=request.path,
        number=number,
        started_ns=started_ns,
        elapsed_s=elapsed_s,
        status=None if response is None else response.status,
        error=None if error is None else type(error).__name__,
        maybe_sent=error is None or error.maybe_sent,
        retry_in_s=wait,
    )
    for hook in rules.hooks:
        try:
            hook(attempt)
        except Exception as fault:  # noqa: BLE001 - the message is sent, and its caller must hear so
            _LOG.warning("a hook of the client raised %s", type(fault).__name__)


def attach(error: BaseException, **facts: object) -> None:
    """Put what is known on an error; one that takes no attributes is left as it is."""
    for name, value in facts.items():
        with contextlib.suppress(AttributeError, TypeError):
            setattr(error, name, value)
