"""The loop of a sender: what is done next, and what keeps it from being done.

Everything waits here and nowhere else, so a test that moves the clock moves all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from smspoh.errors import AuthError, GatewayError, OutboxError

from .deliveries import ask_deliveries
from .desk import Desk, raise_first
from .guards import Budget, Canary, Guards, quiet_until_ms
from .line import Line
from .pacing import Pace, Rate
from .reconciling import Reconciler, Reconciling
from .records import Due, Outcome
from .signals import listening
from .states import END_STATES, Event
from .telling import Notice, Odd, Report, Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smspoh.gateway.client import AsyncClient

    from .journal import Journal
    from .records import Claimed
    from .timing import Timing

IDLE_S: Final = 1.0  # after which it is seen that another thread has enqueued
IDLE_TILL_EMPTY_S: Final = 60.0
SOON_MS: Final = 10
DUE_MS: Final = 500  # that the counts of what waits are good for
RECORD_TRIES: Final = 4  # a reply is worth more than one attempt to write it down
NO_CREDENTIALS: Final = frozenset({"http_401", "http_403"})


class Conductor:
    """Do the work of a `Sender`. The arguments are those of it."""

    def __init__(
        self,
        journal: Journal,
        client: AsyncClient,
        timing: Timing,
        teller: Teller,
        *,
        workers: int,
        batch: int,
        rate: Rate,
        guards: Guards,
        reconciling: Reconciling,
        step: Callable[[str], object],
    ) -> None:
        self.paused: str | None = None
        self._journal = journal
        self._client = client
        self._timing = timing
        self._teller = teller
        self._workers = workers
        self._batch = batch
        self._rate = rate
        self._guards = guards
        self._step = step
        self._desk = Desk()
        self._line = Line(client, self._retry_ms, journal, timing, self._desk)
        self._canary = Canary(guards)
        self._reconciler = Reconciler(
            journal,
            client,
            timing,
            self._desk,
            options=reconciling,
            teller=teller,
            step=step,
        )
        self.stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._flying = 0
        self._look: asyncio.Task[None] | None = None
        self._due: Due | None = None
        self._due_ms = 0
        self._till_balance = 0
        self._swept = False

    # What other threads, and signal handlers, call.

    def stop(self) -> None:
        """End the run, or the next one."""
        self.stopping = True
        self._stir()

    def abandon(self) -> None:
        """End the run, and wait for no reply."""
        self.stopping = True
        self._stir(self._line.give_up)

    def pause(self, why: str) -> None:
        """Claim nothing more until `resume`."""
        self.paused = why
        self._stir()

    def resume(self) -> None:
        """Go on after a pause."""
        self._canary.confirm()
        self.paused = None
        self._till_balance = 0
        self._stir()

    def _stir(self, *more: Callable[[], object]) -> None:
        loop, wake = self._loop, self._wake
        if loop is not None and wake is not None:
            with contextlib.suppress(RuntimeError):  # a loop that is closed
                for each in (*more, wake.set):
                    loop.call_soon_threadsafe(each)

    @contextlib.contextmanager
    def listening(self, *, signals: bool) -> Iterator[None]:
        """Have SIGTERM and SIGINT stop the run, the second time without waiting."""
        try:
            with listening(self.stop, self.abandon) if signals else contextlib.nullcontext():
                yield
        finally:
            self.stopping = self._line.given_up = False

    def close(self) -> None:
        """End the thread of the journal."""
        self._desk.close()

    # The loop.

    async def run(self, *, until_empty: bool, sending: bool = True) -> Report:
        """Work until it is over or stopped."""
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        try:
            await self._begin()
            await self._work(until_empty=until_empty, sending=sending)
        finally:
            try:
                await self._drain()
            finally:
                self._loop = self._wake = None
        counts = await self._desk.call(self._journal.counts)
        return self._teller.report(counts, paused=self.paused, stopped=self.stopping)

    async def ask_deliveries(self, older_than_ms: int) -> int:
        """Ask the history once for deliveries that have no end."""
        return await ask_deliveries(
            self._journal, self._client, self._timing, self._desk, older_than_ms
        )

    async def _begin(self) -> None:
        counts = await self._desk.call(self._journal.counts)
        now = self._timing.now_ms()
        left = sum(n for state, n in counts.states.items() if state not in END_STATES)
        self._teller.begin(left, now)
        self._pace = Pace(self._rate, self._timing.draw, now)
        parts = 0
        if self._guards.budget is not None:
            parts = await self._desk.call(self._journal.parts_sent)
        self._budget = Budget(self._guards, parts)
        self._due = None
        self._swept = False

    async def _work(self, *, until_empty: bool, sending: bool) -> None:
        while not self.stopping:
            self._collect()
            due = await self._look_over()
            self._teller.progress(self._timing.now_ms(), self._flying, self.paused)
            if sending and self.paused is None and await self._launch(due):
                continue
            if until_empty and await self._is_over(sending=sending):
                return
            self._begin_look(due)
            await self._idle(due, until_empty=until_empty, sending=sending)

    async def _look_over(self, *, anew: bool = False) -> Due:
        now = self._timing.now_ms()
        if anew or self._due is None or now - self._due_ms >= DUE_MS:
            self._teller.ended(await self._desk.call(self._journal.expire, now))
            self._due = await self._desk.call(self._journal.due, now)
            self._due_ms = now
        return self._due

    async def _launch(self, due: Due) -> bool:
        """Claim a batch and send it off, if it may go now."""
        now = self._timing.now_ms()
        count = self._room(due, now)
        if count == 0 or not await self._pays():
            return False
        self._step("claim")
        batch = await self._desk.call(self._journal.claim, count, now)
        self._step("claimed")
        self._due = replace(due, pending=max(0, due.pending - len(batch))) if batch else None
        if not batch:
            # What is there cannot be claimed now: it is past its deadline, or suppressed.
            await self._look_over(anew=True)
            return False
        if self._due is not None and self._due.pending == 0:
            self._due = None  # it is counted up to a bound
        batch = await self._paid(batch)
        if batch:
            self._pace.took(len(batch), now)
            self._canary.took(len(batch))
            self._till_balance -= len(batch)
            self._flying += len(batch)
            self._swept = False
            self._tasks.add(asyncio.create_task(self._carry(batch)))
        return True

    def _room(self, due: Due, now_ms: int) -> int:
        """Return how many messages may be claimed now."""
        count = self._size(due)
        if (
            count == 0
            or len(self._tasks) >= (1 if self._pace.is_probing else self._workers)
            or quiet_until_ms(self._guards.quiet, now_ms) is not None
            or self._pace.ready_ms(now_ms, count) > now_ms
        ):
            return 0
        room = self._canary.room()
        return count if room is None else min(count, room)

    def _size(self, due: Due) -> int:
        """Return how many messages the next batch would have."""
        return min(self._pace.most(self._batch), due.pending)

    async def _pays(self) -> bool:
        """Ask for the balance now and then, and return whether it is enough."""
        least = self._guards.balance_min
        if least is None or self._till_balance > 0:
            return True
        self._till_balance = self._guards.balance_every
        try:
            balance = await self._line.balance()
        except AuthError as error:
            self._hold(_status_word(error))
        except GatewayError as error:
            self._teller.notice(Notice(Odd.BALANCE_UNREAD, why=type(error).__name__))
        else:
            if balance.amount < least:
                self._hold("balance")
        return self.paused is None and not self.stopping

    async def _paid(self, batch: list[Claimed]) -> list[Claimed]:
        """Return what of a batch the budget pays for; the rest was surely not sent."""
        paid = self._budget.affords(batch)
        if paid == len(batch):
            return batch
        self._hold("budget")
        rest = [
            Outcome(one.reference, one.attempt, Event.NOT_SENT, why="budget")
            for one in batch[paid:]
        ]
        await self._record(rest)
        self._teller.heard(rest)
        self._due = None
        return batch[:paid]

    async def _carry(self, batch: list[Claimed]) -> None:
        """Send a batch, write down what became of it, and learn from it."""
        try:
            self._step("send")
            sent = await self._line.send(batch)
            self._step("sent")
            await self._record(sent.outcomes)
            self._step("recorded")
        finally:
            self._flying -= len(batch)
        now = self._timing.now_ms()
        self._teller.sent(sent, probing=self._pace.is_probing)
        self._budget.give_back(batch, sent.outcomes)
        self._pace.heard(sent.trouble, sent.retry_after_s, len(batch), now)
        if any(o.event in {Event.NOT_SENT, Event.UNCLEAR} for o in sent.outcomes):
            self._due = None
        if self._canary.heard(sent.outcomes):
            self._hold("canary")
        if sent.stop is not None:
            self._hold(sent.stop)
        if sent.broken is not None:
            raise sent.broken

    async def _record(self, outcomes: Sequence[Outcome]) -> None:
        self._step("record")
        tries = RECORD_TRIES
        while True:
            tries -= 1
            try:
                now = self._timing.now_ms()
                stale = await self._desk.call(self._journal.record, outcomes, now)
            except OutboxError:
                # A disk that is full for a moment must not make what is known unknown.
                if not tries:
                    raise
                await self._timing.sleep(self._rate.backoff_first_s)
            else:
                if stale:
                    self._teller.notice(Notice(Odd.STALE, len(stale)))
                return

    def _retry_ms(self, waits: int, asked_s: float | None) -> int:
        wait_ms = self._pace.backoff_ms(waits)
        return self._timing.now_ms() + max(wait_ms, round((asked_s or 0) * 1000))

    def _hold(self, why: str) -> None:
        if self.paused is None:
            self.paused = why
            self._teller.notice(Notice(Odd.PAUSED, why=why))

    # Waiting.

    def _begin_look(self, due: Due) -> None:
        if self._look is not None or self.paused in NO_CREDENTIALS:
            return
        now = self._timing.now_ms()
        at = self._reconciler.next_ms(due, now)
        if at is not None and at <= now:
            self._look = asyncio.create_task(self._reconciler.look(self._hold))

    async def _is_over(self, *, sending: bool) -> bool:
        if self._tasks or self._look is not None:
            return False
        if self.paused is not None and (sending or self.paused in NO_CREDENTIALS):
            return True
        due = await self._look_over(anew=True)
        waits = due.ambiguous or (sending and (due.pending or due.next_ms is not None))
        ending = self._reconciler.has_sweep(self._timing.now_ms(), ending=True)
        if waits or self._swept or not ending:
            return not waits
        self._swept = True
        self._look = asyncio.create_task(self._reconciler.look(self._hold, ending=True))
        return False

    async def _idle(self, due: Due, *, until_empty: bool, sending: bool) -> None:
        now = self._timing.now_ms()
        quick = self._tasks or self._look is not None or not until_empty
        times = [now + round((IDLE_S if quick else IDLE_TILL_EMPTY_S) * 1000)]
        if due.next_ms is not None:
            times.append(due.next_ms)
        if sending and self.paused is None and due.pending:
            ready_ms = self._pace.ready_ms(now, self._size(due))
            times.append(quiet_until_ms(self._guards.quiet, now) or ready_ms)
        looks = self._look is None and self.paused not in NO_CREDENTIALS
        if looks and (at := self._reconciler.next_ms(due, now)) is not None:
            times.append(at)
        later = [at for at in times if at > now]
        if not self._tasks and len(later) < len(times):
            self._due = None  # it came since `due` was asked for
            later.append(now + SOON_MS)
        wake = self._wake
        assert wake is not None  # noqa: S101 - it says so to the type checker
        waits: set[asyncio.Task[Any]] = {*self._tasks}
        if self._look is not None:
            waits.add(self._look)
        timers = {
            asyncio.ensure_future(self._timing.sleep((min(later) - now) / 1000)),
            asyncio.ensure_future(wake.wait()),
        }
        try:
            await asyncio.wait({*waits, *timers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for timer in timers:
                timer.cancel()
        wake.clear()

    def _collect(self) -> None:
        """Let go of the tasks that are done, and raise what one of them raised."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        if self._look is not None and self._look.done():
            done.add(self._look)
            self._look, self._due = None, None
        raise_first(done)

    async def _drain(self) -> None:
        """Wait for what is in flight, and write it down."""
        waits: set[asyncio.Task[Any]] = {*self._tasks}
        if self._look is not None:
            self._look.cancel()
            waits.add(self._look)
        if self._tasks and self.stopping and self._flying:
            self._teller.notice(Notice(Odd.STOPPING, self._flying))
        if waits:
            done, _ = await asyncio.wait(waits)
            self._tasks.clear()
            self._look = None
            raise_first(done)


def _status_word(error: GatewayError) -> str:
    return "http_401" if error.response is None else f"http_{error.response.status}"
