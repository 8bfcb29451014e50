"""What the outbox asks of its journal, whatever it is kept in.

Times are whole milliseconds since 1970. A journal's clock never goes back: a time
that is before one it has seen counts as that one. Every call that changes something
is one transaction, which is durable when the call returns; where it raises, nothing
of it has happened, but for what an error of `enqueue` says is committed. Only a disk
that fails twice, at a commit and at the attempt to take it back, can leave that open;
then the journal takes nothing more until it is opened again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from .records import (
        Ambiguous,
        Claimed,
        Counts,
        Delivery,
        Due,
        Enqueued,
        Entry,
        Meta,
        Outcome,
        Recovered,
        Sighting,
        Undelivered,
    )
    from .rows import Row, RowLike
    from .states import State


class Journal(Protocol):
    """Keep the messages of one job, durably.

    Every method may be called from any thread. All but `enqueue` take and give at most
    as much as the caller asks for, so memory stays flat.

    Raises:
        OutboxError: any method, where the journal cannot be read or written.
    """

    def wall_ms(self) -> int:
        """Return the time by the clock that all who share this journal go by."""
        ...

    def meta(self) -> Meta:
        """Return what the journal knows of itself."""
        ...

    def enqueue(self, rows: Iterable[RowLike], now_ms: int) -> Enqueued:
        """Take messages in, PENDING, a thousand in a transaction.

        Args:
            rows: each an `OutgoingMessage` to one recipient, a `Row`, or a mapping. They
                are taken as they come, never all at once. A row whose `key` is there
                already is passed over.
            now_ms: the time.

        Raises:
            EnqueueError: rows or the journal failed; `rows_committed` says from where
                to go on.
        """
        ...

    def adopt(self, rows: Sequence[tuple[str, Row]], now_ms: int) -> Enqueued:
        """Take messages in, in one transaction, under references that they have already.

        Those whose reference or `key` is there are passed over.
        """
        ...

    def recover(self, now_ms: int, *, restored: bool = False) -> Recovered:
        """Make AMBIGUOUS whatever was in flight in a process that is gone.

        Nothing can be claimed before. What this process has in flight is left alone.

        Args:
            now_ms: the time.
            restored: the journal was put back from a backup, though it may not show it:
                all that is not at its end is AMBIGUOUS. Counts the first time alone.
        """
        ...

    def still_holds(self) -> bool:
        """Return whether what was claimed here is still this process's to send.

        Asked before each request. It is always so where the journal belongs to one process;
        where several share it, the others take one for dead whose lease is lost. May be
        called while another method runs, and waits for none.
        """
        ...

    def claim(self, count: int, now_ms: int) -> list[Claimed]:
        """Take up to `count` PENDING messages, oldest first, and return them IN_FLIGHT.

        The intent of all is one transaction, which is durable before this returns; where
        it fails, nothing is claimed. Those past their deadline are left, and those to a
        number that is suppressed are CANCELLED instead.
        """
        ...

    def record(self, outcomes: Sequence[Outcome], now_ms: int) -> list[str]:
        """Write down what became of attempts, in one transaction.

        Returns:
            The references of stale outcomes: their attempt is not in flight.
        """
        ...

    def due(self, now_ms: int) -> Due:
        """Move what only waited, and say what there is to do.

        RETRY_WAIT whose time has come becomes PENDING. ABSENT becomes PENDING where an
        attempt and the deadline are left, else PARKED.
        """
        ...

    def expire(self, now_ms: int) -> int:
        """Make EXPIRED what waits beyond its deadline, and return how many that were."""
        ...

    def ambiguous(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` AMBIGUOUS messages, in the order they came in.

        Args:
            count: how many.
            after: the reference of the message to go on after.
        """
        ...

    def found(self, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
        """Write down what the history has: whatever waits or is PARKED is ACCEPTED then.

        Returns:
            The references of duplicates that this tells of: a second acceptance, or one
            of a message that the journal has as not sent.
        """
        ...

    def unseen(self, references: Sequence[str], *, began_ms: int, now_ms: int) -> int:
        """Count one complete reading of the history that does not have these messages.

        It counts for a message whose settle window was over when the reading began, and
        whose last counted one was `spacing_s` before. With the last one that is needed,
        the message is ABSENT, or PARKED under `at_most_once`.

        Args:
            references: which.
            began_ms: when the reading began.
            now_ms: the time.

        Returns:
            How many were moved.
        """
        ...

    def park(self, references: Sequence[str], now_ms: int) -> int:
        """Give up on AMBIGUOUS messages that the history does not decide; how many moved.

        They become PARKED, or ABSENT under `at_least_once`.
        """
        ...

    def resend(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages PENDING, by word of an operator, and return how many moved."""
        ...

    def assume_sent(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages ACCEPTED, by word of an operator, and return how many moved."""
        ...

    def drop(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages CANCELLED, by word of an operator, and return how many moved."""
        ...

    def cancel(self, references: Sequence[str] | None, now_ms: int) -> int:
        """Make what waits CANCELLED, of these or (None) of all, and return how many moved."""
        ...

    def merge_delivery(self, deliveries: Sequence[Delivery], now_ms: int) -> int:
        """Take receipts in, forward only, and return how many changed something."""
        ...

    def doubtful(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` messages of which an acceptance may come late.

        They were sent again, or are not sent any more, after an attempt of which nobody
        knew, and are neither in flight nor AMBIGUOUS. In the order they came in.

        Args:
            count: how many.
            after: the reference of the message to go on after.
        """
        ...

    def undelivered(self, count: int, *, before_ms: int, after: str = "") -> list[Undelivered]:
        """Return up to `count` ACCEPTED messages whose delivery is not at its end.

        Args:
            count: how many.
            before_ms: those alone that are ACCEPTED since then or longer.
            after: the reference of the message to go on after.
        """
        ...

    def owner(self, message_id: str) -> str | None:
        """Return the reference of the message that has an id of the gateway, or None."""
        ...

    def parts_sent(self) -> int:
        """Return how many parts were, or may have been, sent and paid for.

        One of which the gateway has not said so counts as one part.
        """
        ...

    def suppress(self, numbers: Iterable[str], now_ms: int) -> int:
        """Send nothing to numbers from now on, and return how many messages that cancelled.

        What waits is CANCELLED, and so is what comes in later, when it would be claimed;
        `why` says ``suppressed``. Numbers are compared by their digits, 09 being 959, and
        kept as keyed hashes.
        """
        ...

    def allow(self, numbers: Iterable[str], now_ms: int) -> None:
        """Take numbers off the list of `suppress`; what was cancelled stays so."""
        ...

    def counts(self) -> Counts:
        """Count the messages, by state and by status of delivery."""
        ...

    def find(self, reference: str) -> Entry | None:
        """Return the message of a reference on the wire, or None."""
        ...

    def of_key(self, key: str) -> Entry | None:
        """Return the message that was taken under a caller's own key, or None."""
        ...

    def in_state(self, state: State) -> Iterator[Entry]:
        """Yield the messages that are in a state, in the order they came in."""
        ...

    def to_recipient(self, number: str) -> Iterator[Entry]:
        """Yield the messages to a number, in the order they came in, reading all of it."""
        ...

    def export(self) -> Iterator[Entry]:
        """Yield every message as it is now, in the order they came in."""
        ...

    def rotate(self) -> int:
        """Encrypt anew what is not under the first key of the ring; how many rows that were."""
        ...

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
