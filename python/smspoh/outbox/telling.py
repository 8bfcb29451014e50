"""What a sender tells of its work: how far it is, what was odd, and how it ended.

Nothing here holds a number, a text or a key.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from .judging import Trouble
from .states import END_STATES, Event, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .line import Sent
    from .records import Counts, Outcome

_LOG = logging.getLogger("smspoh.outbox")
RATE_OVER_MS: Final = 10_000


class Odd(StrEnum):
    """Name what somebody should hear of."""

    STRANGER = "stranger"  # a reply had an entry that belongs to no message of its request
    DUPLICATE = "duplicate"  # the gateway accepted a message twice, or one that was refused
    STALE = "stale"  # an outcome came of an attempt that is not in flight
    UNREADABLE = "unreadable"  # a reading of the history failed
    UNDECIDED = "undecided"  # the history does not say which of several messages it has
    PARKED = "parked"  # nothing more can be found out: an operator decides
    UNREACHABLE = "unreachable"  # no connection, for the first time since one was there
    PAUSED = "paused"  # nothing more is claimed until `resume`
    BALANCE_UNREAD = "balance_unread"
    STOPPING = "stopping"  # nothing more is claimed, and what is in flight is waited for


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell of one thing that was odd.

    Attributes:
        odd: what.
        count: of how many messages, or entries.
        reference: of the message on the wire, where it is one.
        why: a word for it, or None.
    """

    odd: Odd
    count: int = 1
    reference: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Tell how far a run is.

    Attributes:
        accepted, refused, unclear, not_sent: outcomes of attempts since the run began.
        in_flight: messages whose request is on its way.
        left: messages that are not at their end, as far as it is known without counting.
        per_s: messages a second that got an outcome, over the last ten seconds.
        left_s: seconds that the rest takes at that rate, or None.
        paused: why nothing is claimed, or None.
    """

    accepted: int
    refused: int
    unclear: int
    not_sent: int
    in_flight: int
    left: int
    per_s: float
    left_s: float | None
    paused: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Tell how a run ended.

    Attributes:
        counts: of the journal, by state.
        accepted, refused, unclear, not_sent: outcomes of attempts in this run.
        paused: why it stopped claiming, or None.
        stopped: `stop` ended it.
        duplicates: messages that this run found accepted twice.
        strangers: entries that belonged to no message.
    """

    counts: Counts
    accepted: int = 0
    refused: int = 0
    unclear: int = 0
    not_sent: int = 0
    paused: str | None = None
    stopped: bool = False
    duplicates: int = 0
    strangers: int = 0

    @property
    def left(self) -> int:
        """Messages that are not at their end."""
        return sum(n for state, n in self.counts.states.items() if state not in END_STATES)

    @property
    def is_done(self) -> bool:
        """True when every message is at its end, and none is PARKED."""
        return self.left == 0 and not self.counts.states[State.PARKED]


class Teller:
    """Count outcomes, and tell those who want to hear.

    Args:
        on_progress: called with a `Progress` now and then.
        on_notice: called with each `Notice`. What either raises is logged by its class.
        every_ms: milliseconds between two calls of `on_progress`.
    """

    def __init__(
        self,
        on_progress: Callable[[Progress], object] | None,
        on_notice: Callable[[Notice], object] | None,
        every_ms: int,
    ) -> None:
        self._on_progress = on_progress
        self._on_notice = on_notice
        self._every_ms = every_ms
        self.begin(0, 0)

    def begin(self, left: int, now_ms: int) -> None:
        """Begin to count a run, with so many messages that are not at their end."""
        self._events = dict.fromkeys(Event, 0)
        self._odd = dict.fromkeys(Odd, 0)
        self._left = left
        self._told_ms = now_ms
        self._marks: deque[tuple[int, int]] = deque([(now_ms, 0)])
        self._outcomes = 0

    def heard(self, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes."""
        self._outcomes += len(outcomes)
        for outcome in outcomes:
            self._events[outcome.event] += 1
            self._left -= outcome.event in {Event.ACCEPT, Event.REFUSE}

    def sent(self, sent: Sent, *, probing: bool) -> None:
        """Count the outcomes of a batch, and tell what was odd about it.

        Args:
            sent: what became of it.
            probing: what was sent before it failed too: an outage is told of once.
        """
        self.heard(sent.outcomes)
        if sent.strangers:
            self.notice(Notice(Odd.STRANGER, len(sent.strangers)))
        if sent.trouble is Trouble.UNREACHABLE and sent.stop is None and not probing:
            unsent = sum(outcome.event is Event.NOT_SENT for outcome in sent.outcomes)
            self.notice(Notice(Odd.UNREACHABLE, unsent))

    def ended(self, count: int) -> None:
        """Count messages that came to their end otherwise."""
        self._left -= count

    def notice(self, notice: Notice) -> None:
        """Tell of what was odd."""
        self._odd[notice.odd] += notice.count
        _LOG.warning("%s: %d, %s", notice.odd, notice.count, notice.why or "-")
        _call(self._on_notice, notice)

    def progress(self, now_ms: int, in_flight: int, paused: str | None) -> None:
        """Tell how far the run is, if it is time."""
        if self._on_progress is None or now_ms - self._told_ms < self._every_ms:
            return
        self._told_ms = now_ms
        self._marks.append((now_ms, self._outcomes))
        while len(self._marks) > 2 and now_ms - self._marks[0][0] > RATE_OVER_MS:
            self._marks.popleft()
        began_ms, before = self._marks[0]
        per_s = (self._outcomes - before) * 1000 / max(1, now_ms - began_ms)
        left = max(0, self._left)
        events = self._events
        told = Progress(
            accepted=events[Event.ACCEPT],
            refused=events[Event.REFUSE],
            unclear=events[Event.UNCLEAR],
            not_sent=events[Event.NOT_SENT],
            in_flight=in_flight,
            left=left,
            per_s=per_s,
            left_s=left / per_s if per_s > 0 else None,
            paused=paused,
        )
        _call(self._on_progress, told)

    def report(self, counts: Counts, *, paused: str | None, stopped: bool) -> Report:
        """Return how the run ended."""
        events = self._events
        return Report(
            counts,
            accepted=events[Event.ACCEPT],
            refused=events[Event.REFUSE],
            unclear=events[Event.UNCLEAR],
            not_sent=events[Event.NOT_SENT],
            paused=paused,
            stopped=stopped,
            duplicates=self._odd[Odd.DUPLICATE],
            strangers=self._odd[Odd.STRANGER],
        )


def _call(listener: Callable[..., object] | None, told: object) -> None:
    if listener is None:
        return
    try:
        listener(told)
    except Exception as fault:  # noqa: BLE001 - the messages go on, whoever listens
        _LOG.warning("a listener of the sender raised %s", type(fault).__name__)
