"""The proof of a job: that what the history holds of each encrypted message is what was sent.

The history is read page by page, and what it came to is kept in a database of SQLite that
has no name and goes to the disk when it grows, so memory stays flat.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError
from smspoh.gateway.proof import prove_batch

from .desk import Desk
from .history_reader import HistoryReader
from .states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smspoh.gateway.client import AsyncClient
    from smspoh.gateway.models import Message

    from .journal import Journal
    from .records import Entry
    from .timing import Timing

ENTRIES: Final = 500  # that are opened in one call
STOP_S: Final = 0.2  # after which it is seen that somebody wants to stop
_PUT: Final = """
INSERT INTO proof VALUES (?, ?)
ON CONFLICT (reference) DO UPDATE SET proven = min(proven, excluded.proven)
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """Count the encrypted messages of a job that are ACCEPTED.

    Attributes:
        messages: how many there are.
        proven: whose ciphertext in the history opens, under their key, to what was sent;
            of a message that is there twice, both do.
        refuted: whose ciphertext does not.
        is_whole: the history was read to its end; False where somebody stopped it.
    """

    messages: int
    proven: int
    refuted: int
    is_whole: bool = True

    @property
    def unread(self) -> int:
        """Messages that the history does not have, or not yet."""
        return self.messages - self.proven - self.refuted

    @property
    def is_proven(self) -> bool:
        """True when every one of them is proven."""
        return self.is_whole and self.proven == self.messages


class Proving:
    """Prove the messages of a journal.

    Args:
        journal: whose messages.
        client: as it was sent with, for its profile.
        timing: the time.
        on_proof: called with the reference of each message, in the order they came in, and
            whether it is proven; None is one that the history does not have.
        on_progress: called with how many entries were opened.
        is_stopped: returns whether to end early.
    """

    def __init__(
        self,
        journal: Journal,
        client: AsyncClient,
        timing: Timing,
        *,
        on_proof: Callable[[str, bool | None], object],
        on_progress: Callable[[int], object],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._journal = journal
        self._client = client
        self._timing = timing
        self._desk = Desk()
        self._reader = HistoryReader(client, timing)
        self._on_proof = on_proof
        self._on_progress = on_progress
        self._is_stopped = is_stopped
        self._meta = journal.meta()
        self._found = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._found.execute(
            "CREATE TABLE proof (reference TEXT PRIMARY KEY, proven INTEGER) WITHOUT ROWID"
        )

    async def run(self) -> Proof:
        """Read the history, again while it may be behind, and return what is proven.

        Raises:
            GatewayError: the history could not be read.
            OutboxError: the journal failed.
        """
        try:
            while True:
                await self._read_until_stopped()
                lags_until_ms = await self._desk.call(self._lag)
                again_ms = self._timing.now_ms() + round(self._meta.settings.spacing_s * 1000)
                if self._is_stopped() or lags_until_ms < self._timing.now_ms():
                    return await self._desk.call(self._count)
                while not self._is_stopped() and self._timing.now_ms() < again_ms:
                    await self._timing.sleep(STOP_S)
        finally:
            self._desk.close()
            self._found.close()

    async def _read_until_stopped(self) -> None:
        """Read the history, and drop the reading where it is when somebody wants to stop."""
        reading = asyncio.create_task(self._read())
        try:
            while not reading.done() and not self._is_stopped():
                await asyncio.wait({reading}, timeout=STOP_S)
        finally:
            reading.cancel()
            await asyncio.wait({reading})
        if not reading.cancelled():
            reading.result()

    async def _read(self) -> None:
        batch: list[Message] = []
        async for entry in self._reader.all_since(self._meta.created_ms):
            if self._is_stopped():
                return
            if entry.encrypted:
                batch.append(entry)
            if len(batch) == ENTRIES:
                await self._prove(batch)
                batch = []
        await self._prove(batch)

    async def _prove(self, batch: Sequence[Message]) -> None:
        rows = await self._desk.call(self._of_the_job, batch)
        if not rows:
            return
        proven = await asyncio.to_thread(
            prove_batch,
            [entry for entry, _, _, _ in rows],
            [text for _, _, text, _ in rows],
            [key for _, _, _, key in rows],
            profile=self._client.profile.envelope,
        )
        said = [(row[1], int(is_it)) for row, is_it in zip(rows, proven, strict=True)]
        await self._desk.call(self._found.executemany, _PUT, said)
        self._on_progress(len(said))

    def _of_the_job(self, batch: Sequence[Message]) -> list[tuple[Message, str, str, str | None]]:
        """Return the entries that are encrypted messages of the job, with reference, text, key."""
        rows = []
        for entry in batch:
            one = self._entry_of(entry)
            if one is None or not one.message.encrypt or self._is_found(one.reference, entry):
                continue
            try:
                # The client may convert a text from Zawgyi on its way.
                text = self._client.check(one.message).message
            except (ArgumentError, TypeError, Warning):
                text = one.message.message
            rows.append((entry, one.reference, text, one.message.encrypt_key))
        return rows

    def _entry_of(self, entry: Message) -> Entry | None:
        reference = entry.client_reference
        if reference is not None and reference.startswith(f"{self._meta.settings.job}-"):
            found = self._journal.find(reference)
            if found is not None:
                return found
        owner = None if entry.message_id is None else self._journal.owner(entry.message_id)
        return None if owner is None else self._journal.find(owner)

    def _is_found(self, reference: str, entry: Message) -> bool:
        """Return True where an earlier reading has opened this entry."""
        key = (f"{reference} {entry.message_id}",)
        if self._found.execute("SELECT 1 FROM proof WHERE reference = ?", key).fetchone():
            return True
        self._found.execute(_PUT, (*key, 1))
        return False

    def _lag(self) -> int:
        """Return until when the history may still be behind with a message that it lacks."""
        settle_ms = round(self._meta.settings.settle_s * 1000)
        missing = (one.since_ms for one in self._sent() if self._proven(one.reference) is None)
        return max(missing, default=-settle_ms) + settle_ms

    def _count(self) -> Proof:
        counts = {True: 0, False: 0, None: 0}
        for one in self._sent():
            proven = self._proven(one.reference)
            counts[proven] += 1
            self._on_proof(one.reference, proven)
        whole = not self._is_stopped()
        return Proof(sum(counts.values()), counts[True], counts[False], is_whole=whole)

    def _sent(self) -> Iterator[Entry]:
        return (one for one in self._journal.in_state(State.ACCEPTED) if one.message.encrypt)

    def _proven(self, reference: str) -> bool | None:
        query = "SELECT proven FROM proof WHERE reference = ?"
        row = self._found.execute(query, (reference,)).fetchone()
        return None if row is None else bool(row[0])
