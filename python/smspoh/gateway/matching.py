"""Which entry of a reply belongs to which message, and who was left without one.

Nothing is taken on trust: an entry that names somebody else, or that repeats
another message's reference, is not the entry of the message beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import number_key
from .models import Message, OutgoingMessage, Status, as_recipients
from .results import BulkResult, SendResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh.errors import RejectedError


def assign_one(message: OutgoingMessage, entries: Sequence[Message]) -> SendResult:
    """Return the entries of the reply to one message, each looked at for its number.

    An entry that names no number is the message's own. When there are too few of
    those for all recipients that are left, nobody can tell whom they are for, and
    all that are left are missing.
    """
    written = _recipients(message)
    waiting = list(written)
    own: list[Message] = []
    unmatched: list[Message] = []
    nameless = 0
    for entry in entries:
        if entry.to and not any(_names(entry.to, key) for key in written):
            unmatched.append(entry)
        else:
            own.append(entry)
    for entry in sorted(own, key=_vagueness):
        fitting = [key for key in waiting if _names(entry.to, key)]
        if not entry.to:
            nameless += 1
        elif fitting:
            waiting.remove(fitting[0])
    missing = () if nameless >= len(waiting) else tuple(written[key] for key in waiting)
    return _result(message, own, missing=missing, unmatched=tuple(unmatched))


def refused_alone(message: OutgoingMessage, rejection: RejectedError) -> SendResult:
    """Return what a message came to whose own request was refused: a refused entry each."""
    own = [
        Message(
            message_id=None,
            message="",
            to=number,
            status=Status.REJECTED,
            client_reference=message.client_reference,
            sender=message.sender,
            error=str(rejection),
        )
        for number in _recipients(message).values()
    ]
    return _result(message, own, rejection=rejection)


def _result(message: OutgoingMessage, own: Sequence[Message], **more: Any) -> SendResult:
    return SendResult(
        tuple(own),
        message.encrypt_key,
        text=message.message,
        client_reference=message.client_reference,
        **more,
    )


def assign(group: Sequence[OutgoingMessage], entries: Sequence[Message]) -> BulkResult:
    """Return the entries of a bulk reply, each with the message that it belongs to.

    The reply is one flat list. When it has an entry for each different recipient,
    in order, and none that contradicts its place, place decides. Otherwise the
    number does, and among messages to one number the reference and then the text.
    """
    expected = {
        (row, key): number
        for row, message in enumerate(group)
        for key, number in _recipients(message).items()
    }
    found: list[list[Message]] = [[] for _ in group]
    unmatched: list[Message] = []
    waiting: dict[str, list[int]] = {}
    if _in_order(group, list(expected), entries):
        for (row, _), entry in zip(expected, entries, strict=True):
            found[row].append(entry)
    else:
        for row, key in expected:
            waiting.setdefault(key, []).append(row)
        claims: dict[int, int | None] = {}
        for at in sorted(range(len(entries)), key=lambda at: _vagueness(entries[at])):
            claims[at] = _claim(group, waiting, entries[at])
        for at, entry in enumerate(entries):
            claimed = claims[at]
            (unmatched if claimed is None else found[claimed]).append(entry)
    missing: list[list[str]] = [[] for _ in group]
    for (row, key), number in expected.items():
        if row in waiting.get(key, ()):
            missing[row].append(number)
    results = [
        _result(message, own, missing=tuple(left))
        for own, message, left in zip(found, group, missing, strict=True)
    ]
    return BulkResult(tuple(results), tuple(unmatched))


def _recipients(message: OutgoingMessage) -> dict[str, str]:
    """Return each different recipient as it was first written, by its digits."""
    written: dict[str, str] = {}
    for number in as_recipients(message.to):
        written.setdefault(number_key(number), number)
    return written


def _names(to: str, key: str) -> bool:
    """Return True when a number of a reply is the one of a recipient.

    A star stands for digits that the gateway hides, as in the specification's examples.
    """
    if "*" not in to:
        return bool(to) and number_key(to) == key
    head, tail = number_key(to).partition("*")[0], to.rpartition("*")[2]
    return len(head) + len(tail) <= len(key) and key.startswith(head) and key.endswith(tail)


def _vagueness(entry: Message) -> int:
    """Return how many recipients an entry may name: those that name one choose first."""
    if not entry.to:
        return 100
    if "*" not in entry.to:
        return 0
    return 50 - sum(letter.isdigit() for letter in entry.to[:49])


def _in_order(
    group: Sequence[OutgoingMessage],
    expected: Sequence[tuple[int, str]],
    entries: Sequence[Message],
) -> bool:
    if len(entries) != len(expected):
        return False
    references = {message.client_reference for message in group} - {None}
    texts = {message.message for message in group}
    for entry, (row, key) in zip(entries, expected, strict=True):
        message, reference = group[row], entry.client_reference
        if entry.to and not _names(entry.to, key):
            return False
        if reference not in (None, message.client_reference) and (
            message.client_reference is not None or reference in references
        ):
            return False
        if not entry.encrypted and entry.message != message.message and entry.message in texts:
            return False
    return True


def _claim(
    group: Sequence[OutgoingMessage], waiting: dict[str, list[int]], entry: Message
) -> int | None:
    """Return the row that an entry belongs to, and take it off the waiting ones."""
    reference = entry.client_reference
    if entry.to and "*" not in entry.to:
        keys = [number_key(entry.to)]
    else:
        keys = [key for key in waiting if not entry.to or _names(entry.to, key)]
    places = [(row, key) for key in keys for row in waiting.get(key, ())]
    if reference is not None:
        same = [place for place in places if group[place[0]].client_reference == reference]
        places = same or (places if entry.to else [])
    elif not entry.to:
        return None
    if entry.message and not entry.encrypted:
        places = [place for place in places if group[place[0]].message == entry.message] or places
    if not places:
        return None
    row, key = min(places)
    waiting[key].remove(row)
    return row
