"""What a journal does alike in every database: what an operator decides, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from .states import Event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType


class BaseJournal:
    """Be a part of a journal, which moves messages by an event and can be closed."""

    def _move_each(self, event: Event, references: Sequence[str], now_ms: int) -> int:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        raise NotImplementedError

    def park(self, references: Sequence[str], now_ms: int) -> int:
        """Give up on AMBIGUOUS messages that the history does not decide."""
        return self._move_each(Event.UNDECIDED, references, now_ms)

    def resend(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages PENDING, by word of an operator."""
        return self._move_each(Event.RESEND, references, now_ms)

    def assume_sent(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages ACCEPTED, by word of an operator."""
        return self._move_each(Event.ASSUME_SENT, references, now_ms)

    def drop(self, references: Sequence[str], now_ms: int) -> int:
        """Make PARKED messages CANCELLED, by word of an operator."""
        return self._move_each(Event.DROP, references, now_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
