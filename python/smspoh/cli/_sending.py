"""Sending one message, and what became of it.

- ACCEPTED, REJECTED: the gateway answered for this message.
- FAILED: the request was refused as a whole, or never left: nothing was sent.
- UNKNOWN: no answer, or none that can be read or that says what became of it (408,
  409, 5xx): it may have been sent.

Nothing is sent a second time here, whatever happened to the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from smspoh.errors import GatewayError
from smspoh.gateway import verify

if TYPE_CHECKING:
    from smspoh.gateway import Client, Message, OutgoingMessage, SendResult


class Outcome(StrEnum):
    """What became of one message."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of one message after its request.

    Attributes:
        outcome: in one word.
        entry: the gateway's answer for it, if there was one.
        proven: whether the ciphertext in the answer opens to what was sent;
            None when it was not sent encrypted or there is no answer.
        error: why the request did not succeed.
    """

    outcome: Outcome
    entry: Message | None = None
    proven: bool | None = None
    error: GatewayError | None = None


def send_one(client: Client, message: OutgoingMessage, *, prove: bool = True) -> Result:
    """Send one message to one recipient and return what became of it.

    Args:
        client: may be shared between threads.
        message: encrypted messages bring their key.
        prove: open the ciphertext of the reply; False leaves that to the caller.

    Raises:
        ArgumentError: the message cannot be sent as it is.
    """
    try:
        answer = client.send(
            message.to,
            message.message,
            message.sender,
            encrypt=message.encrypt,
            encrypt_key=message.encrypt_key,
            scheduled_at=message.scheduled_at,
            unicode=message.unicode,
            test=message.test,
            delivery_receipt_url=message.delivery_receipt_url,
            client_reference=message.client_reference,
            zawgyi=message.zawgyi,
            prove=False,
        )
    except GatewayError as error:
        return Result(_outcome(error), error=error)
    return _judged(answer, message, prove=prove)


def _outcome(error: GatewayError) -> Outcome:
    return Outcome.UNKNOWN if error.maybe_sent else Outcome.FAILED


def _judged(answer: SendResult, message: OutgoingMessage, *, prove: bool) -> Result:
    """Return the result for a message to one recipient; its answer has one entry."""
    if answer.rejection is not None:
        return Result(Outcome.FAILED, error=answer.rejection)
    if len(answer) != 1:
        return Result(Outcome.UNKNOWN)
    entry = answer[0]
    outcome = Outcome.ACCEPTED if entry.accepted else Outcome.REJECTED
    proven = None
    if prove and message.encrypt and message.encrypt_key is not None and entry.accepted:
        proven = verify(entry, message.message, message.encrypt_key)
    return Result(outcome, entry, proven)
