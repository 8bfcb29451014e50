"""Sending many messages: several at a time, each outcome told as soon as it is known.

What an outcome says about a message, and who finds it out:

- ACCEPTED, REJECTED: the gateway answered for this message.
- FAILED: the request was refused as a whole, or never left: nothing was sent.
- UNKNOWN: no answer, or none that can be read: it may have been sent.
- SKIPPED: never tried, because an earlier request failed or somebody pressed Ctrl-C.

Nothing is sent a second time here, whatever happened to the first.
"""

from __future__ import annotations

import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smspoh.errors import (
    GatewayError,
    InvalidRequestError,
    RejectedError,
    TransportError,
)
from smspoh.gateway import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smspoh.gateway import Client, Message, OutgoingMessage

WORKERS_MAX = 16  # connections of one Client


class Outcome(StrEnum):
    """What became of one message. The names are those of the outcome file."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of one message after its request.

    Attributes:
        outcome: in one word.
        entry: the gateway's answer for it, if there was one.
        proven: whether the ciphertext in the answer opens to what was sent;
            None when it was not sent encrypted or there is no answer.
        error: why the request did not succeed.
    """

    outcome: Outcome
    entry: Message | None = None
    proven: bool | None = None
    error: GatewayError | None = None


SKIPPED = Result(Outcome.SKIPPED)


class Stop:
    """A flag that Ctrl-C or a failed request sets, and the sending loop looks at."""

    def __init__(self) -> None:
        """Start with the flag down."""
        self._event = threading.Event()
        self.interrupted = False
        self.error: GatewayError | None = None

    def __bool__(self) -> bool:
        return self._event.is_set()

    def fail(self, error: GatewayError) -> None:
        """Stop because of an error that the next request would meet too."""
        self.error = self.error or error
        self._event.set()

    def interrupt(self, *_: object) -> None:
        """Stop because somebody asked to."""
        self.interrupted = True
        self._event.set()


@contextmanager
def interruptible() -> Iterator[Stop]:
    """Turn Ctrl-C and SIGTERM into a flag, so that what is on its way is still written down.

    A second one acts as usual.
    """
    stop = Stop()
    signals = (signal.SIGINT, signal.SIGTERM)
    before: dict[signal.Signals, Any] = {}

    def once(number: int, _frame: object) -> None:
        stop.interrupt()
        signal.signal(number, before[signal.Signals(number)])

    if threading.current_thread() is threading.main_thread():  # Python allows it nowhere else
        for each in signals:
            before[each] = signal.signal(each, once)
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def send_one(client: Client, message: OutgoingMessage, *, prove: bool = True) -> Result:
    """Send one message to one recipient and return what became of it.

    Args:
        client: may be shared between threads.
        message: encrypted messages bring their key.
        prove: open the ciphertext of the reply; False leaves that to the caller.

    Raises:
        ArgumentError: the message cannot be sent as it is.
    """
    try:
        answer = client.send(
            message.to,
            message.message,
            message.sender,
            encrypt=message.encrypt,
            encrypt_key=message.encrypt_key,
            scheduled_at=message.scheduled_at,
            unicode=message.unicode,
            test=message.test,
            delivery_receipt_url=message.delivery_receipt_url,
            client_reference=message.client_reference,
        )
    except GatewayError as error:
        return Result(_outcome(error), error=error)
    return _judged(answer, message, prove=prove)


def send_together(client: Client, messages: Sequence[OutgoingMessage]) -> list[Result]:
    """Send messages in one bulk request and return what became of each, in order."""
    try:
        answers = client.send_bulk(messages)
    except GatewayError as error:
        return [Result(_outcome(error), error=error)] * len(messages)
    return [
        _judged(answer, message, prove=False)
        for answer, message in zip(answers, messages, strict=True)
    ]


def send_all(
    batches: Iterable[Sequence[OutgoingMessage]],
    send: Callable[[Sequence[OutgoingMessage]], list[Result]],
    record: Callable[[int, Result], None],
    stop: Stop,
    *,
    workers: int,
) -> None:
    """Send batches, several at a time, and record each message's result when it is known.

    Args:
        batches: messages that go out in one request.
        send: sends a batch; called in worker threads.
        record: called in this thread with the message's number, counted from 0
            over all batches, and its result.
        stop: when it is set no further request is made, and what was not
            tried is recorded as skipped.
        workers: requests at a time.

    Raises:
        BaseException: what `send` raised, after all messages are recorded:
            those of its batch may have been sent.
    """
    on_their_way: dict[Future[list[Result]], range] = {}
    faults: list[BaseException] = []

    def settle(done: Iterable[Future[list[Result]]]) -> None:
        for future in done:
            numbers = on_their_way.pop(future)
            if (fault := future.exception()) is not None:
                faults.append(fault)
            unknown = [Result(Outcome.UNKNOWN)] * len(numbers)
            results = unknown if fault is not None else future.result()
            for number, result in zip(numbers, results, strict=True):
                record(number, result)
                if result.error is not None and not isinstance(result.error, InvalidRequestError):
                    stop.fail(result.error)

    first = 0
    with ThreadPoolExecutor(workers, thread_name_prefix="smspoh-send") as pool:
        for batch in batches:
            numbers = range(first, first + len(batch))
            first = numbers.stop
            if len(on_their_way) >= workers:
                settle(wait(on_their_way, return_when=FIRST_COMPLETED).done)
            if stop or faults:
                for number in numbers:
                    record(number, SKIPPED)
            else:
                on_their_way[pool.submit(send, batch)] = numbers
        while on_their_way:
            settle(wait(on_their_way, return_when=FIRST_COMPLETED).done)
    if faults:
        raise faults[0]


def _outcome(error: GatewayError) -> Outcome:
    never = isinstance(error, RejectedError) or (
        isinstance(error, TransportError) and not error.maybe_sent
    )
    return Outcome.FAILED if never else Outcome.UNKNOWN


def _judged(answer: Sequence[Message], message: OutgoingMessage, *, prove: bool) -> Result:
    """Return the result for a message to one recipient; its answer has one entry."""
    if len(answer) != 1:
        return Result(Outcome.UNKNOWN)
    entry = answer[0]
    outcome = Outcome.ACCEPTED if entry.accepted else Outcome.REJECTED
    proven = None
    if prove and message.encrypt and message.encrypt_key is not None and entry.accepted:
        proven = verify(entry, message.message, message.encrypt_key)
    return Result(outcome, entry, proven)
