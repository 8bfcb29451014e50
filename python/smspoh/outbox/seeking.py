"""Which entries of the history are messages of a job: pure decisions.

A reference decides, wherever the gateway repeats references. While none of this job's was
ever seen in the history, what looks like a message may be one: by its number, text, sender
and time, and only where one entry fits one message and no other. Encrypted messages go out
by another call than the others, so what is seen of the one kind proves nothing of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.gateway.arguments import number_key

from .records import Sighting
from .states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from smspoh.gateway.models import Message

    from .records import Ambiguous, Entry

DAY_MS: Final = 86_400_000
_NEVER_SENT: Final = frozenset({State.FAILED})  # the gateway refused it


class Search:
    """Keep what one reading of the history has of some messages.

    Args:
        references: those that are looked for.
        numbers: the recipients of those, as anybody writes them.
        job: the job's name, which its references begin with.
        lookalikes: keep entries without a reference to one of the numbers.

    Attributes:
        echoes: the kinds, encrypted (True) or not, of which the history has a reference of
            this job.
    """

    def __init__(
        self,
        references: Collection[str],
        numbers: Iterable[str],
        job: str,
        *,
        lookalikes: bool,
    ) -> None:
        self._references = references
        self._prefix = f"{job}-"
        self._keys = frozenset(map(number_key, numbers)) if lookalikes else frozenset()
        self._masks: dict[tuple[int, int], dict[tuple[str, str], list[str]]] = {}
        self._found: dict[str, dict[str, Message]] = {}
        self._alike: dict[str, dict[str, Message]] = {}
        self.echoes: set[bool] = set()

    def offer(self, entry: Message) -> None:
        """Take an entry of the history in."""
        reference, message_id = entry.client_reference, entry.message_id
        if reference is not None:
            if reference.startswith(self._prefix):
                self.echoes.add(entry.encrypted)
            if message_id is not None and reference in self._references:
                self._found.setdefault(reference, {})[message_id] = entry
        elif message_id is not None and self._keys:
            for key in self._named(entry.to):
                self._alike.setdefault(key, {})[message_id] = entry

    def picture(self) -> frozenset[tuple[str, str]]:
        """Return all that was found, to be compared with another reading."""
        groups = [*self._found.items(), *self._alike.items()]
        return frozenset(
            (name, message_id)
            for name, found in groups
            for message_id, entry in found.items()
            if entry.client_reference is not None or entry.encrypted not in self.echoes
        )

    def add(self, other: Search) -> None:
        """Take in what another reading found: what one has seen is there."""
        for reference, found in other._found.items():
            self._found.setdefault(reference, {}).update(found)
        self.echoes |= other.echoes

    def sightings(self) -> list[Sighting]:
        """Return each message that was found by its reference."""
        return [sighting_of(name, found.values()) for name, found in self._found.items()]

    def alike(self, number: str) -> list[Message]:
        """Return the entries to a number that have no reference."""
        found = self._alike.get(number_key(number), {}).values()
        return [entry for entry in found if entry.encrypted not in self.echoes]

    def _named(self, to: str) -> list[str]:
        """Return which of the numbers an entry can mean; stars stand for hidden digits."""
        if "*" not in to:
            key = number_key(to)
            return [key] if key in self._keys else []
        head, tail = number_key(to).partition("*")[0], to.rpartition("*")[2]
        shape = (len(head), len(tail))
        if shape not in self._masks:
            index = self._masks[shape] = {}
            for key in self._keys:
                if len(key) >= sum(shape):
                    index.setdefault((key[: shape[0]], key[len(key) - shape[1] :]), []).append(key)
        return self._masks[shape].get((head, tail), [])


def sighting_of(reference: str, entries: Iterable[Message]) -> Sighting:
    """Return what the history has of one message, the earliest entry first."""
    # The history has the newest first, so of equal times the last one came first.
    oldest_first = list(entries)[::-1]
    ordered = sorted(oldest_first, key=lambda entry: _moment(entry.created_at))
    ids = tuple(entry.message_id for entry in ordered if entry.message_id)
    return Sighting(reference, ids, ordered[0].status)


def may_be(row: Ambiguous, entry: Message, text: str) -> bool:
    """Return True when an entry without a reference can be a message, its text aside.

    Args:
        row: the message.
        entry: of the history, to its number.
        text: as it was sent; that of an encrypted entry is not looked at.
    """
    if entry.sender and entry.sender != row.message.sender:
        return False
    if entry.encrypted != row.message.encrypt or not (entry.encrypted or entry.message == text):
        return False
    if entry.created_at is None or row.first_ms is None or row.last_ms is None:
        return True
    created_ms = entry.created_at.timestamp() * 1000
    return row.first_ms - DAY_MS <= created_ms <= max(row.last_ms, row.since_ms) + DAY_MS


@dataclass(frozen=True, slots=True)
class Match:
    """Say whether one of the entries that look like a message is it.

    Attributes:
        entry: the one that is, or None.
        decided: False where nobody can tell.
    """

    entry: Message | None
    decided: bool = True


def match(reference: str, alike: Sequence[Message], siblings: Sequence[Entry]) -> Match:
    """Return whether exactly one entry fits exactly one message.

    Args:
        reference: of the message.
        alike: entries that can be it.
        siblings: every message of the journal to the same number with the same text.
    """
    known = {one.message_id for one in siblings if one.message_id is not None}
    free = [entry for entry in alike if entry.message_id not in known]
    if not free:
        return Match(None)
    rivals = [
        one
        for one in siblings
        if one.reference != reference
        and one.message_id is None
        and one.attempts > one.waits
        and one.state not in _NEVER_SENT
    ]
    if len(free) == 1 and not rivals:
        return Match(free[0])
    return Match(None, decided=False)


def _moment(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()
