"""What became of each message of a request, from what the request ended with: pure decisions.

The table is that of docs/spec/outbox.md. Whatever is not surely one of the other three is
UNCLEAR: then the history is asked, and nothing is sent again before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from smspoh.errors import (
    AuthError,
    GatewayError,
    InvalidRequestError,
    ProtocolError,
    RateLimitedError,
    RejectedError,
    TransportError,
)
from smspoh.gateway.models import Status
from smspoh.gateway.profile import GATEWAY_V3, GatewayProfile

from .records import Outcome
from .states import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh.gateway.models import Message
    from smspoh.gateway.results import BulkResult, SendResult

    from .records import Claimed

REFUSALS: Final = frozenset({400, 404, 405, 413, 415, 422})  # of one message: final
NO_MONEY: Final = "balance"  # why a message was not sent, and why the job pauses
# Of several: what is wrong with one of them is not said by these, but with the address.
OF_THE_ENDPOINT: Final = frozenset({404, 405, 415})


class Trouble(StrEnum):
    """Name what a request says about those to come."""

    NONE = "none"
    LIMITED = "limited"  # 429
    UNREACHABLE = "unreachable"  # no connection
    UNCLEAR = "unclear"  # no reply that can be read, or a gateway that fails


@dataclass(frozen=True, slots=True)
class Judgement:
    """Say what became of a batch.

    Attributes:
        outcomes: one for each message that is decided, in the order of the batch.
        again: places in the batch, in groups, that surely were not sent and go out at
            once, each group in a request of its own: halves of a batch that was refused,
            and what came after it.
        stop: why the whole job pauses, in a word, or None.
        trouble: what it says about requests to come.
        retry_after_s: seconds that the gateway asks to wait, with LIMITED.
        strangers: entries of the reply that belong to no message of the batch.
    """

    outcomes: tuple[Outcome, ...]
    again: tuple[Sequence[int], ...] = ()
    stop: str | None = None
    trouble: Trouble = Trouble.NONE
    retry_after_s: float | None = None
    strangers: tuple[Message, ...] = ()


def judge_result(
    batch: Sequence[Claimed], result: BulkResult, *, profile: GatewayProfile = GATEWAY_V3
) -> Judgement:
    """Return what became of a batch whose requests all had a reply that can be read.

    Args:
        batch: what was sent, in order.
        result: of `send_bulk`, one for each.
        profile: of the gateway.
    """
    outcomes, strangers = _of_results(batch, result.results, profile)
    # Where it decides some of them, it is not the gateway that is down.
    unclear = bool(outcomes) and all(o.event is Event.UNCLEAR for o in outcomes)
    return Judgement(
        tuple(outcomes),
        stop=_stop_of(outcomes),
        trouble=Trouble.UNCLEAR if unclear else Trouble.NONE,
        strangers=(*strangers, *result.unmatched),
    )


def judge_error(
    batch: Sequence[Claimed],
    error: GatewayError,
    *,
    retry_ms: int,
    profile: GatewayProfile = GATEWAY_V3,
) -> Judgement:
    """Return what became of a batch, one of whose requests failed.

    Args:
        batch: what was sent, in order.
        error: of `send_bulk`: `results` and `rows` say how far it came.
        retry_ms: when what was not sent is tried again.
        profile: of the gateway. With `bulk_split_statuses` it sends nothing of a request
            that it refuses, so that one of several messages may be sent again in halves.
    """
    outcomes, strangers = _of_results(batch, error.results, profile)
    rows = error.rows if error.rows is not None else range(len(error.results), len(batch))
    failed, rest = batch[rows.start : rows.stop], range(rows.stop, len(batch))
    status = None if error.response is None else error.response.status
    split: tuple[range, ...] = ()
    stop: str | None = None
    trouble = Trouble.NONE
    retry_after_s = error.retry_after_s if isinstance(error, RateLimitedError) else None
    event, why = _of_error(error, status, len(failed), profile)
    if event is None:
        middle = (rows.start + rows.stop) // 2
        split = (range(rows.start, middle), range(middle, rows.stop))
    else:
        detail = str(error) if event is Event.REFUSE else None
        at = retry_ms if event is Event.NOT_SENT else None
        outcomes += [_outcome(one, event, why, retry_ms=at, detail=detail) for one in failed]
        trouble = _trouble(event, error)
        if event is Event.NOT_SENT and isinstance(error, RejectedError) and status != 429:
            stop = why
            trouble = Trouble.NONE if why == NO_MONEY else trouble
    goes_on = event in (None, Event.REFUSE)
    again = tuple(part for part in (*split, rest) if part) if goes_on else ()
    if not goes_on:
        # They were never sent, whatever became of those before them.
        outcomes += [
            _outcome(batch[at], Event.NOT_SENT, "not_reached", retry_ms=None) for at in rest
        ]
    stop = stop or _stop_of(outcomes)
    return Judgement(tuple(outcomes), again, stop, trouble, retry_after_s, tuple(strangers))


def judge_invalid(one: Claimed, error: Exception) -> Outcome:
    """Return the outcome of a message that was refused here, before a byte left."""
    return _outcome(one, Event.REFUSE, "invalid", detail=str(error))


def judge_unknown(batch: Sequence[Claimed]) -> tuple[Outcome, ...]:
    """Return the outcomes of a batch whose sending ended with what nobody expected."""
    return tuple(_outcome(one, Event.UNCLEAR, "broken") for one in batch)


def judge_abandoned(
    batch: Sequence[Claimed], error: BaseException, profile: GatewayProfile = GATEWAY_V3
) -> list[Outcome]:
    """Return what became of a batch whose replies nobody waited for.

    Args:
        batch: what was sent, in order.
        error: what ended `send_bulk`, with what is known attached as to a `GatewayError`.
        profile: of the gateway.
    """
    results: Sequence[SendResult] = getattr(error, "results", ())
    rows: range = getattr(error, "rows", range(len(results), len(batch)))
    outcomes, _ = _of_results(batch, results, profile)
    for at in range(len(results), len(batch)):
        sent = at < rows.stop and getattr(error, "maybe_sent", True)
        event, why = (Event.UNCLEAR, "abandoned") if sent else (Event.NOT_SENT, "not_reached")
        outcomes.append(_outcome(batch[at], event, why))
    return outcomes


def _of_error(
    error: GatewayError, status: int | None, count: int, profile: GatewayProfile
) -> tuple[Event | None, str]:
    """Return what became of the messages of a failed request; None is to split them."""
    if isinstance(error, TransportError):
        unclear = error.maybe_sent
        return (Event.UNCLEAR, "no_reply") if unclear else (Event.NOT_SENT, "unreachable")
    why = "unreadable" if status is None or 200 <= status < 300 else f"http_{status}"
    if isinstance(error, (AuthError, RateLimitedError)):
        return Event.NOT_SENT, why
    if isinstance(error, ProtocolError) or status not in REFUSALS:
        return Event.UNCLEAR, why
    if count == 1:
        return (Event.NOT_SENT, NO_MONEY) if _is_of_balance(error, profile) else (Event.REFUSE, why)
    if status in OF_THE_ENDPOINT:
        return Event.NOT_SENT, why
    return (None, why) if profile.bulk_split_statuses else (Event.UNCLEAR, why)


def _trouble(event: Event, error: GatewayError) -> Trouble:
    if event is Event.UNCLEAR:
        return Trouble.UNCLEAR
    if isinstance(error, RateLimitedError):
        return Trouble.LIMITED
    return Trouble.UNREACHABLE if event is Event.NOT_SENT else Trouble.NONE


def _is_of_balance(error: GatewayError, profile: GatewayProfile) -> bool:
    return isinstance(error, InvalidRequestError) and any(
        map(profile.is_of_balance, error.fields.values())
    )


def _stop_of(outcomes: Sequence[Outcome]) -> str | None:
    return NO_MONEY if any(one.why == NO_MONEY for one in outcomes) else None


def _of_results(
    batch: Sequence[Claimed], results: Sequence[SendResult], profile: GatewayProfile
) -> tuple[list[Outcome], list[Message]]:
    outcomes: list[Outcome] = []
    strangers: list[Message] = []
    for one, result in zip(batch, results, strict=False):
        if result.rejection is not None:
            response = result.rejection.response
            if _is_of_balance(result.rejection, profile):
                outcomes.append(_outcome(one, Event.NOT_SENT, NO_MONEY))
                continue
            why = "refused" if response is None else f"http_{response.status}"
            outcomes.append(_outcome(one, Event.REFUSE, why, detail=str(result.rejection)))
            continue
        own = [entry for entry in result.messages if _is_own(entry, one)]
        strangers += [entry for entry in result.messages if entry not in own]
        strangers += own[1:]
        outcomes.append(_of_entry(one, own[0], profile) if own else _no_entry(one, result))
    return outcomes, strangers


def _is_own(entry: Message, one: Claimed) -> bool:
    return entry.client_reference in (None, one.reference)


def _no_entry(one: Claimed, result: SendResult) -> Outcome:
    return _outcome(one, Event.UNCLEAR, "wrong_reference" if result.messages else "no_entry")


def _of_entry(one: Claimed, entry: Message, profile: GatewayProfile) -> Outcome:
    if profile.is_of_balance(entry.error) and not entry.message_id:
        return _outcome(one, Event.NOT_SENT, NO_MONEY)
    if entry.error is not None or entry.status == Status.REJECTED:
        return Outcome(
            one.reference,
            one.attempt,
            Event.REFUSE,
            message_id=entry.message_id,
            status=entry.status if entry.message_id else None,
            why="entry_refused",
            detail=entry.error or str(entry.status),
        )
    if not entry.message_id:
        return _outcome(one, Event.UNCLEAR, "no_entry")
    return Outcome(
        one.reference,
        one.attempt,
        Event.ACCEPT,
        message_id=entry.message_id,
        status=entry.status,
        parts=entry.message_count,
    )


def _outcome(
    one: Claimed,
    event: Event,
    why: str,
    *,
    retry_ms: int | None = None,
    detail: str | None = None,
) -> Outcome:
    return Outcome(one.reference, one.attempt, event, retry_ms=retry_ms, why=why, detail=detail)
