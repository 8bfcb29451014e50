"""Reading the history for some messages, until two readings agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from smspoh.errors import (
    ArgumentError,
    AuthError,
    GatewayError,
    RateLimitedError,
    RejectedError,
)
from smspoh.gateway.arguments import is_history_number, number_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from typing import Protocol

    from smspoh.gateway.client import AsyncClient
    from smspoh.gateway.models import Message

    from .timing import Timing

    class Taking(Protocol):
        """What a reading is put into."""

        def offer(self, entry: Message) -> None:
            """Take an entry of the history in."""

        def picture(self) -> Collection[object]:
            """Return what was found, to be compared with another reading."""


FEW: Final = 20  # numbers that are asked for one by one
READINGS_MAX: Final = 5  # until two agree
PAGE_TRIES: Final = 8  # so that a history that fails now and then is read all the same
WAIT_S: Final = 0.5  # before a page is asked for again, at first
WAIT_MAX_S: Final = 60.0
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Say what of the history is read.

    Attributes:
        first_ms: the earliest time that an entry can have; a day more is read.
        numbers: the recipients, as anybody writes them.
    """

    first_ms: int
    numbers: Sequence[str]

    def __repr__(self) -> str:
        return f"<Asked numbers={len(self.numbers)}>"


class HistoryReader:
    """Read the history over a client that does not try again by itself."""

    def __init__(self, client: AsyncClient, timing: Timing) -> None:
        self._client = client
        self._timing = timing
        self._limit = max(client.profile.history_limits)

    async def agreed(
        self, asked: Asked, make: Callable[[], Taking], took: Callable[[Taking], object]
    ) -> bool:
        """Read until two readings in a row show the same, and return whether two did.

        Args:
            asked: what is read.
            make: makes what a reading is put into.
            took: called with each that was read whole.

        Raises:
            GatewayError: a reading failed.
        """
        before: Collection[object] | None = None
        for _ in range(READINGS_MAX):
            reading = make()
            await self.read(asked, reading)
            took(reading)
            picture = reading.picture()
            if picture == before:
                return True
            before = picture
        return False

    async def read(self, asked: Asked, reading: Taking) -> None:
        """Read all of it once.

        Raises:
            GatewayError: a page could not be read; what came before it was handed over.
        """
        distinct = {number_key(number): number for number in asked.numbers}
        few = len(distinct) <= FEW and all(map(_can_be_asked_for, distinct.values()))
        now_ms = self._timing.now_ms()
        for to in distinct.values() if few else (None,):
            async for entry in self._entries(to, asked.first_ms, now_ms):
                reading.offer(entry)

    def all_since(self, first_ms: int) -> AsyncIterator[Message]:
        """Yield every entry since a time, and of a day before it, the newest first.

        Raises:
            GatewayError: a page could not be read.
        """
        return self._entries(None, first_ms, self._timing.now_ms())

    async def _entries(self, to: str | None, first_ms: int, now_ms: int) -> AsyncIterator[Message]:
        created_from = _moment(min(first_ms, now_ms)) - _DAY
        created_to = _moment(now_ms) + _DAY
        history = self._client.iter_messages(
            self._limit, created_from=created_from, created_to=created_to, to=to
        )
        failures = 0
        while True:
            try:
                entry = await anext(history)
            except StopAsyncIteration:
                return
            except GatewayError as error:
                failures += 1
                if failures >= PAGE_TRIES or _is_final(error):
                    raise
                await self._timing.sleep(_wait_s(error, failures))
            else:
                failures = 0
                yield entry


def _can_be_asked_for(number: str) -> bool:
    """Return True for a number that the history can be filtered by.

    A journal that was restored has messages that were never looked at.
    """
    try:
        return is_history_number(number)
    except ArgumentError:
        return False


def _is_final(error: GatewayError) -> bool:
    """Return True for a refusal that would come again."""
    if isinstance(error, AuthError):
        return True
    return isinstance(error, RejectedError) and not (
        isinstance(error, RateLimitedError) or error.maybe_sent
    )


def _wait_s(error: GatewayError, failures: int) -> float:
    asked = error.retry_after_s if isinstance(error, RateLimitedError) else None
    return min(WAIT_MAX_S, max(asked or 0.0, WAIT_S * 2.0 ** (failures - 1)))


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
