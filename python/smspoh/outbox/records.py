"""What goes into a journal and comes out of it, as values.

Times are whole milliseconds since 1970. No repr shows a number, a text or a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .states import Event, Policy, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smspoh.gateway.models import OutgoingMessage, Status

SETTLE_S: Final = 120.0  # what a late acceptance may take; docs/spec/outbox.md
READINGS_MIN: Final = 3
SPACING_S: Final = 20.0
ATTEMPTS_MAX: Final = 3
MESSAGE_ID_CHARS_MAX: Final = 200  # more of one is not kept, nor compared
STATUS_CHARS_MAX: Final = 40
DETAIL_CHARS_MAX: Final = 2000
PARTS_MAX: Final = 2**31 - 1
OUTCOMES: Final = frozenset({Event.ACCEPT, Event.REFUSE, Event.NOT_SENT, Event.UNCLEAR})


class RepeatWarning(UserWarning):
    """A job may send a message twice, by its policy ``at_least_once``."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Say how a job is sent. Made with the journal, and the same for its whole life.

    Attributes:
        job: its name, 1 to 5 ASCII letters and digits.
        policy: what is done with a message of which nobody knows whether it was sent.
        settle_s: seconds after which the history is taken to show every acceptance; with
            `spacing_s` 0 to 2,592,000, to the millisecond.
        readings_min: complete readings without a message, from which on it is absent.
        spacing_s: seconds from one of them to the next, at least.
        attempts_max: attempts that may have been carried out, after which it is parked.
    """

    job: str
    policy: Policy = Policy.EFFECTIVELY_ONCE
    settle_s: float = SETTLE_S
    readings_min: int = READINGS_MIN
    spacing_s: float = SPACING_S
    attempts_max: int = ATTEMPTS_MAX


@dataclass(frozen=True, slots=True)
class Meta:
    """Hold what a journal knows of itself.

    Attributes:
        settings: how its job is sent.
        created_ms: when it was made.
        clock_ms: the latest time it has seen.
        generation: how many transactions it has had.
    """

    settings: Settings
    created_ms: int
    clock_ms: int
    generation: int


@dataclass(frozen=True, slots=True)
class Enqueued:
    """Count what `enqueue` took: `rows` in all, of which `repeated` were there by their key."""

    rows: int
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """Hold one message that is in flight from now on, and whose intent is durable.

    Attributes:
        reference: the one on the wire.
        attempt: which attempt this is, from 1.
        waits: how many of those before were surely not sent.
        message: what to send, to one recipient, with the reference and, where it is
            encrypted, its key.
    """

    reference: str
    attempt: int
    waits: int
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one attempt.

    Attributes:
        reference, attempt: which; an outcome of an attempt that is not in flight is stale.
        event: ACCEPT, REFUSE, NOT_SENT or UNCLEAR.
        message_id: the gateway's; needed to ACCEPT.
        status: the gateway's word of delivery, if it came with the reply.
        parts: of the SMS, if the reply says so.
        retry_ms: when to try again, of NOT_SENT alone; None is at once.
        why: a word for it, of ASCII letters, digits and ``_``, at most 40 characters.
        detail: the gateway's own words, of which 2,000 characters are kept. They may hold
            a number: they are encrypted.
    """

    reference: str
    attempt: int
    event: Event
    message_id: str | None = None
    status: Status | None = None
    parts: int | None = None
    retry_ms: int | None = None
    why: str | None = None
    detail: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Recovered:
    """Say what `recover` found.

    Attributes:
        ambiguous: messages that are AMBIGUOUS since.
        restored: the journal is a backup, or has lost what it had made durable, so that
            all that was not at its end is among them.
    """

    ambiguous: int
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Say what there is to do, at a time. No more than 10,000 of each are counted.

    Attributes:
        pending: messages that can be claimed.
        ambiguous: messages to look for in the history.
        settled: those of them that an absence may be counted for by now.
        next_ms: when a wait or a settle window ends next, or None.
        oldest_ms: the first attempt, or the enqueueing, of the oldest AMBIGUOUS one.
    """

    pending: int
    ambiguous: int
    settled: int
    next_ms: int | None
    oldest_ms: int | None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Hold a message of which nobody knows whether it was sent, for a look at the history.

    Attributes:
        reference: the one on the wire.
        message: what was sent, for a history that does not repeat references.
        first_ms, last_ms: when the first and the last attempt began; None where none is
            known of, in a journal that was restored.
        since_ms: since when it is AMBIGUOUS; its settle window ends `settle_s` later.
        readings: complete readings without it that were counted.
    """

    reference: str
    message: OutgoingMessage
    first_ms: int | None
    last_ms: int | None
    since_ms: int
    readings: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """Say that the history has a message.

    Attributes:
        reference: whose.
        message_ids: each different one that it has for it, the earliest first.
        status: of the first, for the delivery.
    """

    reference: str
    message_ids: tuple[str, ...]
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold a receipt: by the reference, by the gateway's id, or by both.

    Attributes:
        status: the gateway's word.
        reference, message_id: whose; the reference counts where both are given.
    """

    status: Status
    reference: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Hold an ACCEPTED message of whose delivery the end is not known.

    Attributes:
        reference, message_id: ours, and the gateway's.
        first_ms: when its first attempt began.
        to: the number.
    """

    reference: str
    message_id: str
    first_ms: int
    to: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """Count the messages of a journal.

    Attributes:
        states: by state; every state is there.
        delivery: by status of delivery; those without one are not counted.
        duplicates: of which the history has more than one acceptance.
    """

    states: Mapping[State, int]
    delivery: Mapping[str, int]
    duplicates: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one message as the journal has it.

    Attributes:
        reference: the one on the wire.
        caller_reference: the caller's own.
        message: what is sent, to whom.
        state, since_ms: where it is, and since when.
        enqueued_ms: when it came in.
        attempts: how many began; `waits` of them were surely not sent.
        message_id, parts, delivery: of the gateway, or None.
        duplicate: the history has more than one acceptance, or one that this state denies.
        why, detail: of the last outcome, or None.
    """

    reference: str
    caller_reference: str | None = field(repr=False)
    message: OutgoingMessage
    state: State
    since_ms: int
    enqueued_ms: int
    attempts: int
    waits: int
    message_id: str | None
    parts: int | None
    delivery: str | None
    duplicate: bool
    why: str | None
    detail: str | None = field(repr=False)
