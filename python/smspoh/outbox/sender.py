"""The sender: claims what waits, sends it, writes down what became of it, and asks the history.

Each batch is journalled once before its first byte leaves and once after its reply. One
loop decides all; requests run beside each other, and the journal has a thread of its own.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final, Self

from smspoh.errors import ArgumentError

from .conductor import Conductor
from .guards import Guards
from .pacing import Rate
from .proving import Proving
from .reconciling import Reconciling
from .telling import Teller
from .timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType
    from typing import Any, TypeVar

    from smspoh.gateway.client import AsyncClient

    from .outbox import Outbox
    from .proving import Proof
    from .telling import Notice, Progress, Report

    T = TypeVar("T")

BATCH_MAX: Final = 10_000
WORKERS_MAX: Final = 100
_RATE: Final = Rate()
_GUARDS: Final = Guards()
_RECONCILING: Final = Reconciling()


def _no_step(*_: object) -> None:
    """Do nothing between two steps."""


class Sender:
    """Send the messages of an outbox until each is at its end.

    One thread runs it; `stop`, `pause` and `resume` may be called from any other, and from
    a signal handler. Use it in a ``with`` block, or `close` it.

    Args:
        outbox: whose messages. The caller closes it, after the sender.
        client: made with `NO_RETRY`, because what is tried again is decided here. It
            belongs to the sender from now on, which closes it.
        workers: requests beside each other, 1 to 100.
        batch: messages that are claimed at once, 1 to 10,000: one wait for the disk
            before their requests and one after them.
        rate: how fast messages go out.
        guards: what the job stops for.
        reconciling: how the history is asked for what may have been sent.
        on_progress: called with a `Progress` about once in `progress_s`.
        on_notice: called with each `Notice` of what was odd.
        progress_s: seconds between two calls of `on_progress`.
        timing: the time; None is that of the outbox.
        step: called with a name between any two steps that a crash could part.

    Raises:
        ArgumentError: the client tries again by itself, or a number is out of its range.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: AsyncClient,
        *,
        workers: int = 4,
        batch: int = 100,
        rate: Rate = _RATE,
        guards: Guards = _GUARDS,
        reconciling: Reconciling = _RECONCILING,
        on_progress: Callable[[Progress], object] | None = None,
        on_notice: Callable[[Notice], object] | None = None,
        progress_s: float = 1.0,
        timing: Timing | None = None,
        step: Callable[[str], object] = _no_step,
    ) -> None:
        if client.retry.attempts_max != 1:
            raise ArgumentError("the client must be made with NO_RETRY: the sender tries again")
        if not (1 <= workers <= WORKERS_MAX and 1 <= batch <= BATCH_MAX):
            raise ArgumentError(f"workers must be 1 to {WORKERS_MAX}, and batch 1 to {BATCH_MAX:,}")
        self._client = client
        self._journal = outbox.journal
        self._timing = timing or Timing(outbox.clock.now_ms)
        self._lock = threading.Lock()
        self._closed = False
        self._runner = asyncio.Runner()
        self._conductor = Conductor(
            self._journal,
            client,
            self._timing,
            Teller(on_progress, on_notice, round(progress_s * 1000)),
            workers=workers,
            batch=batch,
            rate=rate,
            guards=guards,
            reconciling=reconciling,
            step=step,
        )

    @property
    def paused(self) -> str | None:
        """Why nothing is claimed, in a word, or None."""
        return self._conductor.paused

    def run(self, *, until_empty: bool = True, signals: bool = True) -> Report:
        """Send, and block until there is nothing left to do.

        What may have been sent is looked for in the history meanwhile.

        Args:
            until_empty: return once every message is at its end, or the job is paused;
                False goes on, also through pauses, until `stop`.
            signals: have SIGTERM and SIGINT do what `stop` does, and from the second on what
                `abandon` does, while this runs in the main thread.

        Raises:
            ArgumentError: the sender is closed, or runs already.
            OutboxError: the journal failed. Nothing was sent that it does not know of.
        """
        return self._run(self._conductor.run(until_empty=until_empty), signals=signals)

    def reconcile(self, *, signals: bool = True) -> Report:
        """Look for what may have been sent, and send nothing, until nothing is left to find.

        What came late is looked for too, once.

        Args:
            signals: as of `run`.

        Raises:
            ArgumentError, OutboxError: as `run` does.
        """
        return self._run(self._conductor.run(until_empty=True, sending=False), signals=signals)

    def ask_deliveries(self, *, older_than_s: float = 600.0) -> int:
        """Ask the history once what became of messages of which no receipt told the end.

        Args:
            older_than_s: those alone that the gateway took so many seconds ago; at least 0.

        Returns:
            How many are further now.

        Raises:
            ArgumentError: as `run` does.
            GatewayError: the history could not be read.
            OutboxError: the journal failed.
        """
        work = self._conductor.ask_deliveries(round(older_than_s * 1000))
        return self._run(work, signals=False)

    def prove(
        self,
        on_proof: Callable[[str, bool | None], object] = _no_step,
        on_progress: Callable[[int], object] = _no_step,
        *,
        signals: bool = True,
    ) -> Proof:
        """Prove that the history holds each encrypted message that is ACCEPTED as it was sent.

        Its ciphertext is opened under the message's key, which takes a derivation each, and
        compared with the text. While the settle window of a message that is not there lasts,
        the history is read again.

        Args:
            on_proof: called at the end with the reference of each message and whether it is
                proven; None is one that the history does not have.
            on_progress: called with how many entries were opened just now.
            signals: have SIGTERM and SIGINT end it early, while it runs in the main thread.

        Raises:
            ArgumentError: as `run` does.
            GatewayError: the history could not be read.
            OutboxError: the journal failed.
        """
        proving = Proving(
            self._journal,
            self._client,
            self._timing,
            on_proof=on_proof,
            on_progress=on_progress,
            is_stopped=lambda: self._conductor.stopping,
        )
        return self._run(proving.run(), signals=signals)

    def stop(self) -> None:
        """Claim nothing more, wait for what is in flight, write it down, and have `run` return.

        May be called from any thread and from a signal handler. Before `run` it makes the
        next one return at once.
        """
        self._conductor.stop()

    def abandon(self) -> None:
        """End `run` as `stop` does, but wait for no reply.

        What was in flight is AMBIGUOUS, and looked for by the next run.
        """
        self._conductor.abandon()

    def pause(self, why: str = "asked") -> None:
        """Claim nothing more until `resume`; what is in flight goes on.

        Args:
            why: a word for it.
        """
        self._conductor.pause(why)

    def resume(self) -> None:
        """Go on after a pause, whatever it was for. It confirms a canary."""
        self._conductor.resume()

    def close(self) -> None:
        """Close the client. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            self._runner.run(self._client.aclose())
        finally:
            self._runner.close()
            self._conductor.close()

    def _run(self, work: Coroutine[Any, Any, T], *, signals: bool) -> T:
        if self._closed or not self._lock.acquire(blocking=False):
            work.close()
            raise ArgumentError("the sender is closed, or runs already")
        try:
            with self._conductor.listening(signals=signals):
                return self._runner.run(work)
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sender paused={self.paused}>"
