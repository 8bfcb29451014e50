"""Looking in the history for what may have been sent, and for what was accepted late.

A message is found by one reading; that it is not there takes several, spaced and complete,
each begun after its settle window. A reading that failed says nothing.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, AuthError, GatewayError
from smspoh.gateway.proof import prove_batch

from .deliveries import ask_deliveries
from .history_reader import Asked, HistoryReader
from .reference import reference_time_ms
from .seeking import Match, Search, match, may_be, sighting_of
from .telling import Notice, Odd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smspoh.gateway.client import AsyncClient
    from smspoh.gateway.models import Message

    from .desk import Desk
    from .history_reader import Taking
    from .journal import Journal
    from .records import Ambiguous, Due, Sighting
    from .telling import Teller
    from .timing import Timing

ROWS: Final = 10_000  # that are looked for in one reading
GAP_MS: Final = 50  # between two looks, where the job wants no more
FAILURES_WAIT_MAX_MS: Final = 300_000
_SHARE: Final = 5  # of the settle window, between two looks before its end


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Say how the history is asked.

    Attributes:
        unreadable_s: seconds without one reading that succeeded, after which what is
            settled is PARKED; under ``at_least_once`` it is sent again.
        sweep_s: seconds between two looks for acceptances that came late.
        delivery_after_s: seconds after which a message that is ACCEPTED, and whose delivery
            has no end, is asked for while a sender runs; None leaves it to receipts.
        delivery_every_s: seconds between two such questions.

    Raises:
        ArgumentError: a number is out of its range.
    """

    unreadable_s: float = 3600.0
    sweep_s: float = 600.0
    delivery_after_s: float | None = None
    delivery_every_s: float = 600.0

    def __post_init__(self) -> None:
        for name in ("unreadable_s", "sweep_s", "delivery_after_s", "delivery_every_s"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ArgumentError(f"{name} must be a number of seconds above 0")


class Reconciler:
    """Ask the history for the messages of a journal.

    Args:
        journal: whose messages.
        client: one that does not try again by itself.
        timing: the time.
        desk: the thread of the journal.
        options: how it is asked.
        teller: whom to tell.
        step: called with a name between any two steps.
    """

    def __init__(
        self,
        journal: Journal,
        client: AsyncClient,
        timing: Timing,
        desk: Desk,
        *,
        options: Reconciling,
        teller: Teller,
        step: Callable[[str], object],
    ) -> None:
        self._journal = journal
        self._client = client
        self._timing = timing
        self._desk = desk
        self._options = options
        self._teller = teller
        self._step = step
        self._reader = HistoryReader(client, timing)
        self._settings = journal.meta().settings
        self._echoes: set[bool] = set()  # as of `Search`
        self._began_ms: int | None = None  # the last look
        self._failures = 0
        self._unread_ms: int | None = None  # since when no reading succeeded
        self._undecided: dict[str, tuple[int, int]] = {}
        self._sweep_ms: int | None = 0  # when the next one is due; None while there is no need
        self._delivery_ms: int | None = None if options.delivery_after_s is None else 0

    def next_ms(self, due: Due, now_ms: int) -> int | None:
        """Return when the history is asked next, or None while nothing is looked for."""
        others = [at for at in (self._sweep_ms, self._delivery_ms) if at is not None]
        if not due.ambiguous and not others:
            return None
        spacing_ms = max(GAP_MS, round(self._settings.spacing_s * 1000))
        if self._began_ms is not None and self._failures:
            wait_ms = min(spacing_ms << min(self._failures, 16), FAILURES_WAIT_MAX_MS)
            return self._began_ms + max(spacing_ms, wait_ms)
        if not due.ambiguous:
            return min(others)
        if self._began_ms is None:
            return now_ms
        if due.settled:
            return self._began_ms + spacing_ms
        share_ms = round(self._settings.settle_s * 1000 / _SHARE)
        later = self._began_ms + max(spacing_ms, share_ms)
        settles = later if due.next_ms is None else max(due.next_ms, self._began_ms + spacing_ms)
        return min(later, settles)

    def has_sweep(self, now_ms: int, *, ending: bool = False) -> bool:
        """Return whether late acceptances are to be looked for now."""
        return self._sweep_ms is not None and (ending or self._sweep_ms <= now_ms)

    async def look(self, hold: Callable[[str], object], *, ending: bool = False) -> None:
        """Look for all that is AMBIGUOUS once, and for what came late if it is time.

        Args:
            hold: called with a word when the gateway refuses the credentials.
            ending: nothing else is left to do.

        Raises:
            OutboxError: the journal failed.
        """
        self._began_ms = self._timing.now_ms()
        try:
            agreed = await self._look_for_all()
            if self.has_sweep(self._began_ms, ending=ending):
                await self._sweep()
            await self._ask_deliveries()
        except AuthError as error:
            self._failures += 1
            hold("http_401" if error.response is None else f"http_{error.response.status}")
        except GatewayError as error:
            await self._failed(type(error).__name__)
        else:
            if agreed:
                self._failures, self._unread_ms = 0, None
            else:
                await self._failed("no_two_agree")

    async def _look_for_all(self) -> bool:
        """Look for each AMBIGUOUS message, and return whether the history agrees with itself."""
        after, agreed = "", True
        while True:
            rows = await self._desk.call(self._journal.ambiguous, ROWS, after=after)
            if rows:
                agreed = await self._look_for(rows) and agreed
                after = rows[-1].reference
            if len(rows) < ROWS:
                return agreed

    async def _look_for(self, rows: Sequence[Ambiguous]) -> bool:
        began_ms = self._timing.now_ms()
        numbers = [str(row.message.to) for row in rows]
        search, agreed = await self._search([row.reference for row in rows], numbers, _first(rows))
        self._step("read")
        sightings = search.sightings()
        unseen: list[str] = []
        if agreed:
            named = {found.reference for found in sightings}
            missing = [row for row in rows if row.reference not in named]
            alike, unseen = await self._look_alike(missing, search)
            sightings += alike
        await self._found(sightings)
        self._teller.ended(len(sightings))
        if unseen:
            self._step("unseen")
            now_ms = self._timing.now_ms()
            moved = await self._desk.call(
                self._journal.unseen, unseen, began_ms=began_ms, now_ms=now_ms
            )
            if moved and self._sweep_ms is None:
                self._sweep_ms = now_ms + round(self._options.sweep_s * 1000)
        return agreed

    async def _search(
        self, references: Sequence[str], numbers: Sequence[str], first_ms: int
    ) -> tuple[Search, bool]:
        """Return what was found, of the last reading and of any before it, and if two agreed."""
        wanted = frozenset(references)
        readings: list[Search] = []

        def make() -> Search:
            lookalikes = len(self._echoes) < 2
            return Search(wanted, numbers, self._settings.job, lookalikes=lookalikes)

        def took(reading: Taking) -> None:
            assert isinstance(reading, Search)  # noqa: S101 - it says so to the type checker
            readings.append(reading)

        agreed = await self._reader.agreed(Asked(first_ms, numbers), make, took)
        last = readings[-1]
        for earlier in readings[:-1]:
            last.add(earlier)
        self._echoes |= last.echoes
        last.echoes |= self._echoes
        return last, agreed

    async def _found(self, sightings: Sequence[Sighting]) -> None:
        if not sightings:
            return
        self._step("found")
        now_ms = self._timing.now_ms()
        for reference in await self._desk.call(self._journal.found, sightings, now_ms):
            self._teller.notice(Notice(Odd.DUPLICATE, reference=reference))
        for sighting in sightings:
            self._undecided.pop(sighting.reference, None)

    # Without references.

    async def _look_alike(
        self, rows: Sequence[Ambiguous], search: Search
    ) -> tuple[list[Sighting], list[str]]:
        """Return what is found by its looks, and the references of what is not there."""
        sightings: list[Sighting] = []
        unseen: list[str] = []
        undecided: list[Ambiguous] = []
        for row in rows:
            found = Match(None)
            if alike := search.alike(str(row.message.to)):
                found = await self._match(row, alike)
            if not found.decided:
                undecided.append(row)
            elif found.entry is None:
                unseen.append(row.reference)
            else:
                sightings.append(sighting_of(row.reference, [found.entry]))
        await self._count_undecided(undecided)
        return sightings, unseen

    async def _match(self, row: Ambiguous, alike: Sequence[Message]) -> Match:
        try:
            text = self._client.check(row.message).message
        except (ArgumentError, TypeError, Warning):
            return Match(None)  # it cannot have gone out
        can_be = [entry for entry in alike if may_be(row, entry, text)]
        if row.message.encrypt and can_be:
            key, envelope = row.message.encrypt_key, self._client.profile.envelope
            texts = [text] * len(can_be)
            proven = await asyncio.to_thread(prove_batch, can_be, texts, key, profile=envelope)
            can_be = [entry for entry, is_it in zip(can_be, proven, strict=True) if is_it]
        if not can_be:
            return Match(None)
        to = str(row.message.to)
        others = await self._desk.call(lambda: list(self._journal.to_recipient(to)))
        same = [one for one in others if one.message.message == row.message.message]
        return match(row.reference, can_be, same)

    async def _count_undecided(self, rows: Sequence[Ambiguous]) -> None:
        """Park what stays undecided over as many settled, spaced readings as absence takes."""
        now_ms = self._timing.now_ms()
        settle_ms = round(self._settings.settle_s * 1000)
        spacing_ms = round(self._settings.spacing_s * 1000)
        parked = []
        for row in rows:
            count, last_ms = self._undecided.get(row.reference, (0, 0))
            if row.since_ms + settle_ms > now_ms or (count and last_ms + spacing_ms > now_ms):
                continue
            self._undecided[row.reference] = (count + 1, now_ms)
            if count + 1 >= self._settings.readings_min:
                parked.append(row.reference)
                del self._undecided[row.reference]
        await self._park(parked, "not_unique")

    # When it fails.

    async def _failed(self, why: str) -> None:
        now_ms = self._timing.now_ms()
        self._failures += 1
        self._unread_ms = now_ms if self._unread_ms is None else self._unread_ms
        self._teller.notice(Notice(Odd.UNREADABLE, why=why))
        if now_ms - self._unread_ms < self._options.unreadable_s * 1000:
            return
        settle_ms = round(self._settings.settle_s * 1000)
        after = ""
        while rows := await self._desk.call(self._journal.ambiguous, ROWS, after=after):
            after = rows[-1].reference
            settled = [row.reference for row in rows if row.since_ms + settle_ms <= now_ms]
            await self._park(settled, "unreadable")

    async def _park(self, references: Sequence[str], why: str) -> None:
        if not references:
            return
        self._step("park")
        moved = await self._desk.call(self._journal.park, references, self._timing.now_ms())
        self._teller.notice(Notice(Odd.PARKED, moved, why=why))

    # What came late.

    async def _sweep(self) -> None:
        """Look for what was sent again, or given up, and was accepted after all."""
        after, any_left = "", False
        while True:
            rows = await self._desk.call(self._journal.doubtful, ROWS, after=after)
            if rows:
                any_left = True
                references = [row.reference for row in rows]
                numbers = [str(row.message.to) for row in rows]
                search, _ = await self._search(references, numbers, _first(rows))
                self._step("swept")
                await self._found(search.sightings())
                after = rows[-1].reference
            if len(rows) < ROWS:
                break
        sweep_ms = round(self._options.sweep_s * 1000)
        self._sweep_ms = self._timing.now_ms() + sweep_ms if any_left else None

    async def _ask_deliveries(self) -> None:
        after_s, at = self._options.delivery_after_s, self._delivery_ms
        if after_s is None or at is None or at > self._timing.now_ms():
            return
        older_ms = round(after_s * 1000)
        await ask_deliveries(self._journal, self._client, self._timing, self._desk, older_ms)
        self._delivery_ms = self._timing.now_ms() + round(self._options.delivery_every_s * 1000)


def _first(rows: Sequence[Ambiguous]) -> int:
    """Return the earliest time at which one of some messages can have been accepted."""
    return min(
        reference_time_ms(row.reference) if row.first_ms is None else row.first_ms for row in rows
    )
