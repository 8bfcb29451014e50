"""Sending many messages: several at a time, each outcome told as soon as it is known.

What an outcome says about a message, and who finds it out:

- ACCEPTED, REJECTED: the gateway answered for this message.
- FAILED: the request was refused as a whole, or never left: nothing was sent.
- UNKNOWN: no answer, or none that can be read or that says what became of it (408,
  409, 5xx), or nobody waited for it: it may have been sent.
- SKIPPED: never tried, because an earlier request failed or somebody pressed Ctrl-C.

Nothing is sent a second time here, whatever happened to the first.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from smspoh.errors import BugError, GatewayError, InvalidRequestError
from smspoh.gateway import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smspoh.gateway import Client, Message, OutgoingMessage, SendResult

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
    """What Ctrl-C or a failed request sets, and the sending loop looks at.

    Attributes:
        inbox: where the loop waits: a finished request is put into it, or None
            when somebody asks to stop. A `SimpleQueue`, because its `put` may be
            called from a signal handler.
        interrupted: somebody asked to stop.
        abandoned: somebody asked a second time: nothing is waited for any more.
        error: of the gateway, which the next request would meet too.
    """

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.inbox: SimpleQueue[Report | None] = SimpleQueue()
        self.interrupted = False
        self.abandoned = False
        self.error: GatewayError | None = None

    def __bool__(self) -> bool:
        return self.interrupted or self.error is not None

    def fail(self, error: GatewayError) -> None:
        """Stop because of an error that the next request would meet too."""
        self.error = self.error or error

    def interrupt(self, *_: object) -> None:
        """Stop because somebody asked to; the second time, without waiting."""
        self.abandoned = self.interrupted
        self.interrupted = True
        self.inbox.put(None)


@contextmanager
def interruptible() -> Iterator[Stop]:
    """Turn Ctrl-C and SIGTERM into a `Stop`, however often they come.

    Neither ends the process while this lasts, so that each row gets its outcome.
    """
    stop = Stop()
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():  # Python allows it nowhere else
        for each in (signal.SIGINT, signal.SIGTERM):
            before[each] = signal.signal(each, stop.interrupt)
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
            zawgyi=message.zawgyi,
            prove=False,
        )
    except GatewayError as error:
        return Result(_outcome(error), error=error)
    return _judged(answer, message, prove=prove)


def send_together(client: Client, messages: Sequence[OutgoingMessage]) -> list[Result]:
    """Send messages in one bulk request and return what became of each, in order."""
    try:
        answers = client.send_bulk(messages, prove=False)
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
    announce: Callable[[int], None] = lambda _: None,
) -> None:
    """Send batches, several at a time, and record each message's result when it is known.

    Whatever happens, each message is recorded once.

    Args:
        batches: messages that go out in one request.
        send: sends a batch; called in worker threads.
        record: called in this thread with the message's number, counted from 0
            over all batches, and its result.
        stop: when it is set no further request is made, and what was not
            tried is recorded as skipped. When it says that nobody waits, what
            is on its way is recorded as unknown.
        workers: requests at a time.
        announce: called in this thread when somebody has asked to stop, with the
            number of requests that are still waited for.

    Raises:
        BaseException: what `send` or `record` raised, after all messages are
            recorded: those of its batch may have been sent.
    """
    _Sending(send, record, stop, workers, announce).run(_numbered(batches))


def _numbered(
    batches: Iterable[Sequence[OutgoingMessage]],
) -> Iterator[tuple[range, Sequence[OutgoingMessage]]]:
    first = 0
    for batch in batches:
        numbers = range(first, first + len(batch))
        first = numbers.stop
        yield numbers, batch


@dataclass(frozen=True, slots=True)
class Report:
    """A request that has ended: its messages' numbers, and their results or what broke."""

    numbers: range
    results: list[Result]
    fault: BaseException | None = None


class _Sending:
    """One run of `send_all`."""

    def __init__(
        self,
        send: Callable[[Sequence[OutgoingMessage]], list[Result]],
        record: Callable[[int, Result], None],
        stop: Stop,
        workers: int,
        announce: Callable[[int], None],
    ) -> None:
        self._send = send
        self._record = record
        self._stop = stop
        self._workers = workers
        self._announce = announce
        self._announced = False
        self._held = range(0)  # the messages of a batch that waits for a free worker
        self._on_their_way: dict[int, range] = {}  # by their first number
        self._outbox: SimpleQueue[tuple[range, Sequence[OutgoingMessage]] | None] = SimpleQueue()
        self._threads = 0
        self._faults: list[BaseException] = []

    def run(self, numbered: Iterator[tuple[range, Sequence[OutgoingMessage]]]) -> None:
        """Send what is to be sent, then leave no message without its result."""
        try:
            for numbers, batch in numbered:
                self._held = numbers
                self._wait(at_most=self._workers - 1)
                if self._stop or self._faults:
                    break
                self._hand_out(numbers, batch)
            self._wait(at_most=0)
        finally:
            for _ in range(self._threads):
                self._outbox.put(None)
            for unanswered in self._on_their_way.values():
                self._note(unanswered, [Result(Outcome.UNKNOWN)] * len(unanswered))
            self._note(self._held, [SKIPPED] * len(self._held))
            for skipped, _ in numbered:
                self._note(skipped, [SKIPPED] * len(skipped))
        if self._faults:
            raise self._faults[0]

    def _hand_out(self, numbers: range, batch: Sequence[OutgoingMessage]) -> None:
        self._on_their_way[numbers.start] = numbers
        self._held = range(0)
        if self._threads < len(self._on_their_way):
            # A daemon: nobody waits for one whose answer was given up.
            threading.Thread(target=self._work, name="smspoh-send", daemon=True).start()
            self._threads += 1
        self._outbox.put((numbers, batch))

    def _work(self) -> None:
        """Send batches until told to end; the thread of a worker."""
        while (job := self._outbox.get()) is not None:
            numbers, batch = job
            try:
                results = self._send(batch)
                if len(results) != len(numbers):  # else rows would be left without one
                    raise BugError("a request gave another number of results than of messages")  # noqa: TRY301
                report = Report(numbers, results)
            except BaseException as fault:  # noqa: BLE001 - raised in the thread that waits
                report = Report(numbers, [Result(Outcome.UNKNOWN)] * len(numbers), fault)
            self._stop.inbox.put(report)

    def _wait(self, *, at_most: int) -> None:
        """Record what comes in until so many requests are on their way, or nobody waits."""
        while True:
            if self._stop.interrupted and not self._announced:
                self._announced = True
                self._announce(len(self._on_their_way))
            if len(self._on_their_way) <= at_most:
                return
            try:  # what has come in is known, even when nobody waits for more
                report = self._stop.inbox.get(block=not self._stop.abandoned)
            except Empty:
                return
            if report is not None:
                self._settle(report)

    def _settle(self, report: Report) -> None:
        del self._on_their_way[report.numbers.start]
        if report.fault is not None:
            self._faults.append(report.fault)
        for result in report.results:
            if result.error is not None and not isinstance(result.error, InvalidRequestError):
                self._stop.fail(result.error)
        self._note(report.numbers, report.results)

    def _note(self, numbers: range, results: list[Result]) -> None:
        """Record results. A disk that is full ends the run, but keeps no other row back."""
        for number, result in zip(numbers, results, strict=True):
            try:
                self._record(number, result)
            except Exception as fault:  # noqa: BLE001 - raised when all is recorded
                self._faults.append(fault)


def _outcome(error: GatewayError) -> Outcome:
    return Outcome.UNKNOWN if error.maybe_sent else Outcome.FAILED


def _judged(answer: SendResult, message: OutgoingMessage, *, prove: bool) -> Result:
    """Return the result for a message to one recipient; its answer has one entry."""
    if answer.rejection is not None:
        return Result(Outcome.FAILED, error=answer.rejection)
    if len(answer) != 1:
        return Result(Outcome.UNKNOWN)
    entry = answer[0]
    outcome = Outcome.ACCEPTED if entry.accepted else Outcome.REJECTED
    proven = None
    if prove and message.encrypt and message.encrypt_key is not None and entry.accepted:
        proven = verify(entry, message.message, message.encrypt_key)
    return Result(outcome, entry, proven)
