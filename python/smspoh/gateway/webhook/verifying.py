"""Whether a receipt is of a message that was sent, and whether the history says the same.

A receipt has no signature: who knows the URL can write one. Its id, number and reference
can be compared with what was sent; its status can only be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from smspoh.errors import ReceiptError
from smspoh.gateway.arguments import number_key
from smspoh.gateway.models import Status

from .merging import rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smspoh.gateway.models import Message

    from .receipt import Receipt

_VISIBLE_MIN: Final = 3  # digits before the first star: as many as the specification's example has


@dataclass(frozen=True, slots=True)
class Expected:
    """Hold what was sent under a message id. Its repr shows nothing of it.

    Attributes:
        to: the number, in any form that `Client` takes.
        reference: the client reference that was sent, or None, which compares nothing.
    """

    to: str
    reference: str | None = None

    def __repr__(self) -> str:
        return "<Expected>"


class Confirmation(StrEnum):
    """What the history says of a receipt."""

    CONFIRMED = "confirmed"
    """The message has this status, or one that comes after it."""
    CONTRADICTED = "contradicted"
    """The message has another number, another reference or another end."""
    NOT_FOUND = "not found"
    """The history does not show it, or not yet: ask again later."""


def verify_receipt(
    receipt: Receipt, *, expected_to: str, expected_reference: str | None = None
) -> None:
    """Check that a receipt is of the message that was sent.

    Stars in the receipt's number stand for digits that the gateway hides, at least three
    must be visible before them. The status is not checked: `confirm` asks the history.

    Args:
        receipt: whose id is that of the message.
        expected_to: the number that was sent to, in any form that `Client` takes.
        expected_reference: the client reference that was sent; None compares nothing.

    Raises:
        ReceiptError: another number or reference; the message has neither.
    """
    if not _same_number(receipt.to, expected_to):
        raise ReceiptError("to is not the number that the message was sent to")
    if expected_reference is not None:
        found = receipt.client_reference or ""
        if found.strip() != expected_reference.strip():
            raise ReceiptError("clientReference is not the one that the message was sent with")


def confirm(
    receipt: Receipt, find: Callable[[str], Sequence[Message]], *, reference: str | None = None
) -> Confirmation:
    """Ask the gateway's history whether a receipt says what is so.

    Args:
        receipt: what is to be confirmed.
        find: returns the messages of the history that have a client reference; what it
            raises comes out of here.
        reference: that of the message, from your own records; None takes the receipt's.

    Returns:
        What the history says; NOT_FOUND too where there is no reference to ask by.
    """
    asked = reference or receipt.client_reference
    if not asked:
        return Confirmation.NOT_FOUND
    return compare_with_history(receipt, find(asked))


def compare_with_history(receipt: Receipt, messages: Iterable[Message]) -> Confirmation:
    """Return what entries of the history say of a receipt.

    Args:
        receipt: what is to be confirmed.
        messages: entries of any messages; those of another id are passed over.
    """
    said = {
        _compared(receipt, message)
        for message in messages
        if message.message_id == receipt.message_id
    }
    for answer in (Confirmation.CONTRADICTED, Confirmation.CONFIRMED):
        if answer in said:
            return answer
    return Confirmation.NOT_FOUND


def _compared(receipt: Receipt, message: Message) -> Confirmation:
    ours, theirs = receipt.client_reference, message.client_reference
    if not _same_number(receipt.to, message.to) or (ours and theirs and ours != theirs):
        return Confirmation.CONTRADICTED
    claimed, actual = receipt.status, message.status
    if claimed == actual:
        return Confirmation.CONFIRMED
    if claimed.is_final and actual.is_final:
        return Confirmation.CONTRADICTED
    # A name that nobody knows has no place before another.
    known = claimed.is_final or claimed in _KNOWN
    if known and rank(claimed) < rank(actual):
        return Confirmation.CONFIRMED
    return Confirmation.NOT_FOUND


_KNOWN = frozenset({Status.ACCEPTED, Status.SENT, Status.PENDING, Status.UNKNOWN})


def _same_number(written: str, number: str) -> bool:
    """Return True when two numbers are one; stars of either stand for hidden digits."""
    one, other = number_key(written), number_key(number)
    if "*" in other:
        one, other = other, one
    if "*" not in one:
        return one == other
    head, tail = one.partition("*")[0], one.rpartition("*")[2]
    if "*" in other or len(head) < _VISIBLE_MIN:
        return one == other
    return len(head) + len(tail) <= len(other) and other.startswith(head) and other.endswith(tail)
