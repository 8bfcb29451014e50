"""Receipts: what the sandbox tells a webhook of each change of a message's status.

They wait in order of their time by the sandbox's clock. `Receipts.deliver_due` sends
what is due in the caller's thread; a sandbox with a socket has a few threads for it, so
that one webhook that does not answer does not hold up the others.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from smspoh.errors import ArgumentError
from smspoh.gateway.models import Status

from .life import draws
from .names import Names
from .receipt_forms import may_go, post_receipt, receipt_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .clock import SandboxClock
    from .ledger import Record
    from .settings import SandboxSettings
    from .sqlite_ledger import Store

_LOOK_S: Final = 0.05  # between looks at a clock that is not the machine's
_RETRY_MAX_S: Final = 3600.0
_THREADS_MAX: Final = 4
_STOP_S: Final = 1.0  # that `stop` waits for the threads
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Hold one receipt that went out, or tried to.

    Attributes:
        serial: 1, 2, 3 and so on in the order of sending.
        message_id: of its message.
        url: where it went.
        status: what it said.
        at: an aware time by the sandbox's clock.
        attempt: 1 for the first try; 0 when it may not go there and was not tried.
        answer: the HTTP status of the answer; None without one.
    """

    serial: int
    message_id: str
    url: str
    status: str
    at: datetime
    attempt: int
    answer: int | None

    def __repr__(self) -> str:
        return f"<Receipt {self.serial} {self.status} attempt={self.attempt} answer={self.answer}>"


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    """One receipt that waits. `order` keeps those of one time in the order they came."""

    due: datetime
    order: int
    message_id: str
    url: str
    step: int
    attempt: int
    generation: int

    def __repr__(self) -> str:
        return f"<_Job {self.order}>"


class Receipts:
    """Send receipts, and remember them. May be used from many threads.

    Args:
        ledger: where the messages are.
        clock: says when one is due.
        settings: the form, the faults and the limits.
    """

    def __init__(self, ledger: Store, clock: SandboxClock, settings: SandboxSettings) -> None:
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._changed = threading.Condition()  # over an RLock
        self._jobs: list[_Job] = []
        # By URL, what is due while another of it is in hand; so they stay in order.
        self._held: dict[str, deque[_Job]] = {}
        self._in_hand: set[str] = set()
        self._names = Names()
        self._ends: dict[threading.Thread, Callable[[], object]] = {}  # of what each waits for
        self._dismissed: WeakSet[threading.Thread] = WeakSet()
        self._generation = 0  # what a reset raises, so that what is older comes to nothing
        self._orders = 0
        self._serial = 0
        self._sent: deque[Receipt] = deque(maxlen=settings.receipts_max)
        self._threads: list[threading.Thread] = []
        self._idle: set[threading.Thread] = set()  # of them, those that wait or begin
        self._runs = False  # a thread may be started when one is needed
        clock.watch(self._wake)

    def plan(self, records: Iterable[Record]) -> None:
        """Have each record with a URL send a receipt for each change of its status.

        "Accepted" is in the reply, so no receipt says it.
        """
        for record in records:
            if record.receipt_url:
                for step in range(1, len(record.timeline)):
                    self._plan_step(record, step)

    def sent(self, after: int = 0) -> list[Receipt]:
        """Return the receipts after a serial, in the order of sending."""
        with self._changed:
            return [receipt for receipt in self._sent if receipt.serial > after]

    def waiting(self) -> int:
        """Return how many receipts wait for their time."""
        with self._changed:
            return len(self._jobs) + sum(map(len, self._held.values()))

    def replay(self, message_id: str) -> None:
        """Send again, as soon as may be, what a message's receipts have said until now.

        Raises:
            ArgumentError: there is no such message, or it has no URL.
        """
        record = self._ledger.get(message_id)
        if record is None or not record.receipt_url:
            raise ArgumentError("there is no message of that id that has a receipt URL")
        now = self._clock.now()
        for step, (_, at) in enumerate(record.timeline):
            if step and at <= now:
                self._push(now, record, step, 1)

    def deliver_due(self, now: datetime | None = None) -> int:
        """Send what is due, once each, and return how many that were.

        Args:
            now: an aware time; None is that of the sandbox's clock.
        """
        moment = now or self._clock.now()
        due: deque[_Job] = deque()
        with self._changed:
            while self._jobs and self._jobs[0].due <= moment:
                due.append(heapq.heappop(self._jobs))
        count = 0
        try:
            while due:
                count += self._deliver(due[0], moment)
                due.popleft()
        finally:  # what a fault of the store kept from going waits on
            with self._changed:
                for job in due:
                    if job.generation == self._generation:
                        heapq.heappush(self._jobs, job)
        return count

    def clear(self, reset: Callable[[], object] = lambda: None) -> None:
        """Forget what was sent, what waits and what is on its way. Serials go on.

        Args:
            reset: forgets the messages, while nothing can be planned: whose message is older
                has no receipt after it, and whose is newer has all.
        """
        with self._changed:
            reset()
            self._generation += 1
            self._jobs.clear()
            self._held.clear()
            self._sent.clear()

    def start(self) -> None:
        """Let threads send them; the first starts with the first that waits."""
        with self._changed:
            self._runs = True
            self._ensure_thread()

    def stop(self) -> None:
        """End the threads, and the connections that they have in hand. What waits stays.

        A thread that does not end within a second is left to end by itself.
        """
        with self._changed:
            self._runs = False
            threads, self._threads = self._threads, []
            self._idle.clear()
            for held in self._held.values():
                for job in held:
                    heapq.heappush(self._jobs, job)
            self._held.clear()
            self._in_hand.clear()
            self._dismissed.update(threads)
            for end in self._ends.values():
                end()
            self._changed.notify_all()
        deadline = time.monotonic() + _STOP_S
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def __repr__(self) -> str:
        return f"<Receipts sent={self._serial} waiting={self.waiting()}>"

    def _plan_step(self, record: Record, step: int) -> None:
        due, settings = record.timeline[step][1], self._settings
        again = False
        if settings.receipt_reorder_share or settings.receipt_repeat_share:
            held, wait, twice = draws(settings.seed, self._place(record), f"receipt {step}", 3)
            if held < settings.receipt_reorder_share:
                due += timedelta(seconds=wait * settings.receipt_reorder_s)
            again = twice < settings.receipt_repeat_share
        for _ in range(1 + again):
            self._push(due, record, step, 1)

    def _push(self, due: datetime, record: Record, step: int, attempt: int) -> None:
        with self._changed:
            if self._place(record) <= 0:
                return  # a reset came between its acceptance and this
            url = record.receipt_url or ""
            self._put(_Job(due, 0, record.message_id, url, step, attempt, self._generation))

    def _place(self, record: Record) -> int:
        """Return the place of a message in the order since the last reset, from 1."""
        return record.serial - self._ledger.reset_serial

    def _put(self, job: _Job) -> None:
        """Let a job wait behind those of its time, unless it came to nothing meanwhile."""
        with self._changed:
            full = self.waiting() >= self._settings.receipts_max
            if full or job.generation != self._generation:
                return
            self._orders += 1
            heapq.heappush(self._jobs, replace(job, order=self._orders))
            self._ensure_thread()
            self._changed.notify_all()

    def _deliver(self, job: _Job, now: datetime) -> int:
        record = self._ledger.get(job.message_id)
        if record is None or not record.receipt_url or job.generation != self._generation:
            return 0  # it went meanwhile
        status, at = record.timeline[job.step]
        settings = self._settings
        attempt, answer = 0, None
        if may_go(record.receipt_url, settings.receipt_hosts):
            attempt = job.attempt
            fields = receipt_fields(
                record, status, at.astimezone(settings.limits.zone), Status(status).is_final
            )
            answer = self._post(record.receipt_url, fields)
            good = answer is not None and 200 <= answer < 300
            if not good and attempt < settings.receipt_attempts_max:
                self._retry(job, record, now)
        with self._changed:
            if job.generation != self._generation:
                return 0
            self._serial += 1
            self._sent.append(
                Receipt(
                    self._serial,
                    record.message_id,
                    record.receipt_url,
                    status,
                    now,
                    attempt,
                    answer,
                )
            )
        return 1

    def _post(self, url: str, fields: Mapping[str, str | None]) -> int | None:
        """Send one receipt on a connection that `stop` can end."""
        me, settings = threading.current_thread(), self._settings

        def hold(end: Callable[[], object]) -> None:
            with self._changed:
                if me in self._dismissed:
                    raise OSError("stopped")
                self._ends[me] = end

        try:
            return post_receipt(
                url,
                fields,
                settings.receipt_form,
                settings.receipt_timeout_s,
                hold=hold,
                names=self._names,
            )
        finally:
            with self._changed:
                self._ends.pop(me, None)

    def _retry(self, job: _Job, record: Record, now: datetime) -> None:
        settings = self._settings
        (share,) = draws(settings.seed, self._place(record), f"retry {job.step} {job.attempt}", 1)
        doubled = settings.receipt_retry_s * 2 ** min(job.attempt - 1, 32)
        wait_s = min(doubled * (1 + share / 4), _RETRY_MAX_S)  # not all at once
        self._again(job, now, wait_s)

    def _again(self, job: _Job, now: datetime, wait_s: float) -> None:
        due = now + timedelta(seconds=wait_s)
        self._put(replace(job, due=due, attempt=job.attempt + 1))

    def _ensure_thread(self) -> None:
        """Start a thread where something waits and none does. Behind the lock."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if not self._runs or not self._jobs or len(self._threads) >= _THREADS_MAX:
            return
        self._idle.intersection_update(self._threads)
        if not self._idle:
            thread = threading.Thread(target=self._run, name="smspoh-sandbox-receipts", daemon=True)
            # One that the system does not give is asked for again when something changes.
            with suppress(RuntimeError):
                thread.start()
                self._threads.append(thread)
                self._idle.add(thread)

    def _next_due(self, now: datetime) -> _Job | None:
        """Return the first that is due and whose URL is free, which it takes."""
        while self._jobs and self._jobs[0].due <= now:
            job = heapq.heappop(self._jobs)
            if job.url not in self._in_hand:
                self._in_hand.add(job.url)
                return job
            self._held.setdefault(job.url, deque()).append(job)
        return None

    def _free(self, url: str) -> None:
        """Let the next of a URL go. Its others stay held until then."""
        self._in_hand.discard(url)
        held = self._held.get(url)
        if held:
            heapq.heappush(self._jobs, held.popleft())
        if not held:
            self._held.pop(url, None)

    def _run(self) -> None:
        me = threading.current_thread()
        while True:
            with self._changed:
                # Behind the lock, so that whoever moves the clock now is heard after it.
                now = self._clock.now()
                if me not in self._threads:
                    return
                job = self._next_due(now)
                if job is None:
                    self._idle.add(me)
                    self._changed.wait(self._patience_s())
                    continue
                self._idle.discard(me)
                self._ensure_thread()  # one that waits for the next
            try:
                self._deliver_guarded(job, now)
            finally:
                with self._changed:
                    if me in self._threads:
                        self._free(job.url)

    def _deliver_guarded(self, job: _Job, now: datetime) -> None:
        """Send a receipt; what the store raises ends the try, and not the thread."""
        try:
            self._deliver(job, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, others wait
            _LOGGER.error("a receipt could not be sent: %s", type(error).__name__)  # noqa: TRY400 - its values stay here
            if job.attempt < self._settings.receipt_attempts_max:
                self._again(job, now, self._settings.receipt_retry_s)

    def _patience_s(self) -> float | None:
        """Return how long nothing can be due unless something changes; None is for ever."""
        if not self._jobs or self._clock.frozen:
            return None
        if not self._clock.steady:
            return _LOOK_S
        left_s = (self._jobs[0].due - self._clock.now()).total_seconds()
        return min(max(left_s, 0.0), threading.TIMEOUT_MAX)

    def _wake(self) -> None:
        with self._changed:
            self._ensure_thread()
            self._changed.notify_all()
