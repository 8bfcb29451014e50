"""What keeps a job from going on: money, hours of the night, a bad start. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError
from smspoh.text import segments

from .states import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .records import Claimed, Outcome

# Source: the IANA time zone Asia/Yangon; it has no summer time.
MYANMAR: Final = timezone(timedelta(hours=6, minutes=30))


@dataclass(frozen=True, slots=True)
class Guards:
    """Say what a job stops for. Each is off unless it is given.

    Attributes:
        balance_min: the balance below which nothing more is claimed, in the account's money.
        balance_every: messages between two questions for the balance, at least 1.
        price: of one part, in the account's money.
        budget: what the job may cost in all, by parts and `price`; it needs a price.
        quiet: from when to when nothing is claimed, in Myanmar time (+06:30); it may go
            over midnight. One-time codes do without.
        canary: messages that go first; the job stops after them if too many failed.
        canary_failures_max: the share of those that may be refused, 0 to 1.

    Raises:
        ArgumentError: a value is out of its range.
    """

    balance_min: Decimal | int | None = None
    balance_every: int = 10_000
    price: Decimal | int | None = None
    budget: Decimal | int | None = None
    quiet: tuple[time, time] | None = None
    canary: int = 0
    canary_failures_max: float = 0.1

    def __post_init__(self) -> None:
        if self.balance_every < 1 or self.canary < 0:
            raise ArgumentError("balance_every must be at least 1, canary at least 0")
        if not 0 <= self.canary_failures_max <= 1:
            raise ArgumentError("canary_failures_max must be 0 to 1")
        if self.budget is not None and self.price is None:
            raise ArgumentError("a budget needs the price of a part")
        for name in ("balance_min", "price", "budget"):
            if (value := getattr(self, name)) is not None and value < 0:
                raise ArgumentError(f"{name} must be at least 0")
        if self.quiet is not None and any(at.tzinfo is not None for at in self.quiet):
            raise ArgumentError("quiet is in Myanmar time: two times without a zone")


def quiet_until_ms(quiet: tuple[time, time] | None, now_ms: int) -> int | None:
    """Return when the quiet hours that it is in end, or None outside of them.

    Args:
        quiet: from when, and to when, in Myanmar time.
        now_ms: milliseconds since 1970.
    """
    if quiet is None:
        return None
    begins, ends = quiet
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(MYANMAR)
    clock = now.time()
    over_midnight = ends < begins
    inside = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not inside:
        return None
    day = now.date() + timedelta(days=1 if over_midnight and clock >= begins else 0)
    return round(datetime.combine(day, ends, MYANMAR).timestamp() * 1000)


def parts_of(one: Claimed) -> int:
    """Return the parts that a message is sent and paid for in; a test message has none."""
    message = one.message
    if message.test:
        return 0
    return segments(message.message, unicode=bool(message.unicode)).parts


class Budget:
    """Count what a job costs, and say how many messages of a batch it still pays for.

    Args:
        guards: with a budget, or without.
        parts: those that the journal has as sent.
    """

    def __init__(self, guards: Guards, parts: int) -> None:
        self._price = Decimal(guards.price or 0)
        self._limit = guards.budget
        self.parts = parts

    def affords(self, batch: Sequence[Claimed]) -> int:
        """Return how many of a batch, from its first, the budget pays for, and count them."""
        if self._limit is None:
            return len(batch)
        for place, one in enumerate(batch):
            parts = parts_of(one)
            if (self.parts + parts) * self._price > self._limit:
                return place
            self.parts += parts
        return len(batch)

    def give_back(self, batch: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
        """Take off what surely was not sent."""
        if self._limit is None:
            return
        back = {o.reference for o in outcomes if o.event in {Event.NOT_SENT, Event.REFUSE}}
        self.parts -= sum(parts_of(one) for one in batch if one.reference in back)


class Canary:
    """Let the first messages of a job go alone, and judge by them.

    Args:
        guards: how many, and what share of them may fail.
    """

    def __init__(self, guards: Guards) -> None:
        self._count = guards.canary
        self._share = guards.canary_failures_max
        self._out = self._done = self._failed = 0
        self._confirmed = guards.canary == 0

    def room(self) -> int | None:
        """Return how many messages may still go before it is judged; None is any number."""
        return None if self._confirmed else max(0, self._count - self._out)

    def took(self, count: int) -> None:
        """Note that messages are claimed."""
        self._out += count

    def heard(self, outcomes: Sequence[Outcome]) -> bool:
        """Take outcomes in, and return True when the job is to stop for them."""
        if self._confirmed:
            return False
        for outcome in outcomes:
            if outcome.event is Event.NOT_SENT:
                self._out -= 1  # it goes again
                continue
            self._done += 1
            self._failed += outcome.event is Event.REFUSE
        if self._failed > self._share * self._count:
            return True
        if self._done >= self._count:
            self._confirmed = True
        return False

    def confirm(self) -> None:
        """Go on, whatever became of them: someone looked."""
        self._confirmed = True
