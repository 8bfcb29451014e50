"""What every journal makes of the values it keeps, whatever it is kept in."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from smspoh.errors import ArgumentError, OutboxError
from smspoh.gateway.arguments import number_key
from smspoh.gateway.webhook.merging import rank

from .at_rest import KEY_BYTES, Secrets
from .records import (
    DETAIL_CHARS_MAX,
    MESSAGE_ID_CHARS_MAX,
    OUTCOMES,
    PARTS_MAX,
    STATUS_CHARS_MAX,
    Ambiguous,
    Entry,
    Settings,
    Undelivered,
)
from .reference import checked_job
from .rows import unpack
from .states import Event, Policy, State, sources, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smspoh.gateway.models import OutgoingMessage

    from .at_rest import KeyRing
    from .records import Delivery, Outcome, Sighting
    from .rows import Prepared

TIME_S_MAX: Final = 86_400 * 30  # of a settle window; the history is not kept for ever
MASTER_PURPOSE: Final = b"smspoh master"
SUPPRESSED: Final = "suppressed"
COUNTED_MAX: Final = 10_000  # more need not be told, and counting a million costs
PAGE_ROWS: Final = 1000
REPLACEMENT: Final = "\ufffd"
_NOT_SENT: Final = frozenset({State.FAILED, State.CANCELLED, State.EXPIRED})


class Contents:
    """Hold what opens the rows of a journal, and make values of them."""

    settings: Settings
    ring: KeyRing
    secrets: Secrets

    def read_job(self, row: Sequence[Any], settings: Settings | None) -> None:
        """Take the settings and the master secret of a job as they are kept.

        Args:
            row: name, policy, settle_ms, readings_min, spacing_ms, attempts_max, master.
            settings: what the caller says they are, or None.

        Raises:
            OutboxError: they are others, or the key is wrong.
        """
        name, policy, settle_ms, readings_min, spacing_ms, attempts_max, sealed = row
        self.settings = Settings(
            name, Policy(policy), settle_ms / 1000, readings_min, spacing_ms / 1000, attempts_max
        )
        if settings is not None and settings != self.settings:
            raise OutboxError("the journal was made with other settings, which are for its life")
        self.secrets = Secrets(self.ring.open(sealed, MASTER_PURPOSE))

    def require_master(self, master_key: bytes | None) -> None:
        """Refuse a master key that is another than the journal's own."""
        if master_key is not None and not self.secrets.is_of(master_key):
            raise OutboxError("the journal was made with another master_key, which stays")

    def opened(self, reference: str, sealed: bytes) -> bytes:
        """Return the content of a payload."""
        return self.ring.open(sealed, reference.encode())

    def message(self, reference: str, sealed: bytes) -> OutgoingMessage:
        """Return what is sent for a payload: its reference on the wire, its key made."""
        return self._on_the_wire(unpack(self.opened(reference, sealed)), reference)

    def _on_the_wire(self, message: OutgoingMessage, reference: str) -> OutgoingMessage:
        key = message.encrypt_key
        if message.encrypt and key is None:
            key = self.secrets.encrypt_key(reference)
        return replace(message, client_reference=reference, encrypt_key=key)

    def ambiguous_of(self, rows: Iterable[Sequence[Any]]) -> list[Ambiguous]:
        """Return messages of reference, payload, first_ms, last_ms, since_ms, readings."""
        return [
            Ambiguous(reference, self.message(reference, sealed), first, last, since, readings)
            for reference, sealed, first, last, since, readings in rows
        ]

    def undelivered_of(self, rows: Iterable[Sequence[Any]]) -> list[Undelivered]:
        """Return messages of reference, payload, message id and first_ms."""
        return [
            Undelivered(reference, message_id, first, str(self._bare(reference, sealed).to))
            for reference, sealed, message_id, first in rows
        ]

    def _bare(self, reference: str, sealed: bytes) -> OutgoingMessage:
        return unpack(self.opened(reference, sealed))

    def entry(self, row: Sequence[Any]) -> Entry:
        """Return a message of what follows its id in a row.

        The order: reference, payload, state, since_ms, enqueued_ms, attempts, waits,
        message_id, parts, delivery, duplicate, why, detail.
        """
        _, reference, sealed, state, since, enqueued, attempts, waits, *rest = row
        message_id, parts, delivery, duplicate, why, detail = rest
        message = self._bare(reference, sealed)
        if detail is not None:
            detail = self.ring.open(detail, detail_purpose(reference)).decode()
        return Entry(
            reference=reference,
            caller_reference=message.client_reference,
            message=self._on_the_wire(message, reference),
            state=State(state),
            since_ms=since,
            enqueued_ms=enqueued,
            attempts=attempts,
            waits=waits,
            message_id=message_id,
            parts=parts,
            delivery=delivery,
            duplicate=bool(duplicate),
            why=why,
            detail=detail,
        )

    def sealed_anew(
        self, reference: str, sealed: bytes, detail: bytes | None
    ) -> tuple[bytes, bytes | None]:
        """Return a payload and a detail under the first key of the ring."""
        anew = self.ring.seal(self.opened(reference, sealed), reference.encode())
        if detail is not None:
            purpose = detail_purpose(reference)
            detail = self.ring.seal(self.ring.open(detail, purpose), purpose)
        return anew, detail

    def recorded(self, outcome: Outcome, now: int) -> tuple[Any, ...]:
        """Return what an outcome makes of its message.

        The order: state, since_ms, one more wait, retry_ms, message_id, parts, why, detail,
        reference, attempt.
        """
        after = step(State.IN_FLIGHT, outcome.event, self.settings.policy)
        waits = outcome.event is Event.NOT_SENT
        retry_ms = (now if outcome.retry_ms is None else outcome.retry_ms) if waits else None
        detail = None
        if outcome.detail is not None:
            written = outcome.detail[:DETAIL_CHARS_MAX].encode("utf-8", "replace")
            detail = self.ring.seal(written, detail_purpose(outcome.reference))
        return (
            after.value,
            now,
            waits,
            retry_ms,
            kept_id(outcome.message_id or "") or None,
            _kept_parts(outcome.parts),
            outcome.why,
            detail,
            outcome.reference,
            outcome.attempt,
        )

    def kept(self, batch: Sequence[Prepared], references: Sequence[str]) -> Kept:
        """Return rows as they are kept."""
        if not batch:
            return Kept([], [], [], [])
        contents, numbers, keys, deadlines_ms = zip(*batch, strict=True)
        purposes = map(str.encode, references)
        unique = self.secrets.unique
        return Kept(
            list(map(self.secrets.recipient, map(number_key, numbers))),
            deadlines_ms,
            [None if key is None else unique(key) for key in keys],
            self.ring.seal_batch(zip(contents, purposes, strict=True), len(batch)),
        )

    def stands_for(self, number: str) -> bytes:
        """Return the keyed hash of a number, without what people write between its digits."""
        return self.secrets.recipient(number_key("".join(re.findall(r"[+0-9]", number))))


class Kept(NamedTuple):
    """Hold what is kept of rows, a column each, in their order.

    Attributes:
        recipients: keyed hashes of their numbers.
        deadlines_ms: or None.
        keys: keyed hashes of their callers' keys, or None.
        payloads: what is sealed of each.
    """

    recipients: list[bytes]
    deadlines_ms: Sequence[int | None]
    keys: list[bytes | None]
    payloads: list[bytes]


@dataclass(frozen=True, slots=True)
class Seen:
    """Say what a sighting makes of a message.

    Attributes:
        after: the state it moves to, or None.
        message_id: the id that it has from now on if it had none, or None.
        repeated: the history has an acceptance more than the journal can account for.
        delivery: the status and its rank, or None.
    """

    after: State | None
    message_id: str | None
    repeated: bool
    delivery: tuple[str, int] | None


def seen(sighting: Sighting, state: State, known_id: str | None, policy: Policy) -> Seen | None:
    """Return what a sighting makes of a message in a state, or None for nothing."""
    ids = tuple(kept_id(name) for name in sighting.message_ids if name)
    if not ids or state is State.IN_FLIGHT:
        return None  # the outcome of what is in flight is on the way, and knows more
    others = set(ids) - {known_id}
    repeated = bool(others) if state in _NOT_SENT else len(others) > (known_id is None)
    delivery = None
    if sighting.status is not None and state not in _NOT_SENT:
        delivery = (_kept_status(sighting.status), rank(sighting.status))
    # The id of what was not sent stays the one of its refusal, or none.
    kept = None if state in _NOT_SENT else ids[0]
    return Seen(sources(Event.FOUND, policy).get(state), kept, repeated, delivery)


def check_outcome(outcome: Outcome) -> None:
    """Refuse an outcome that is none, or lacks what it needs."""
    if outcome.event not in OUTCOMES:
        raise ArgumentError("an outcome is ACCEPT, REFUSE, NOT_SENT or UNCLEAR")
    if outcome.event is Event.ACCEPT and not outcome.message_id:
        raise ArgumentError("an outcome that is ACCEPT needs the message_id of the gateway")


def said(status: Any, whose: str | None) -> tuple[str, int, str | None]:
    """Return a status as it is kept, its rank, and whose it is."""
    return _kept_status(status), rank(status), whose


def whose(delivery: Delivery) -> str:
    """Return the reference, else the id, by which the message of a receipt is found."""
    if delivery.reference is not None:
        return delivery.reference
    return kept_id(delivery.message_id or "")


def kept_id(message_id: str) -> str:
    """Return an id of the gateway as it is kept: no NUL, which a database cannot hold."""
    return message_id.replace("\0", REPLACEMENT)[:MESSAGE_ID_CHARS_MAX]


def _kept_status(status: Any) -> str:
    return str(status).replace("\0", REPLACEMENT)[:STATUS_CHARS_MAX]


def detail_purpose(reference: str) -> bytes:
    """Return what the detail of a row is sealed for."""
    return f"detail {reference}".encode()


def checked_settings(settings: Settings) -> Settings:
    """Return settings as a journal can hold them: times to the millisecond."""
    checked_job(settings.job)
    if settings.policy not in set(Policy):
        raise ArgumentError(f"policy must be one of {', '.join(Policy)}")
    if min(settings.readings_min, settings.attempts_max) < 1:
        raise ArgumentError("readings_min and attempts_max must be at least 1")
    times = (settings.settle_s, settings.spacing_s)
    if not all(0 <= time_s <= TIME_S_MAX for time_s in times):
        raise ArgumentError(f"settle_s and spacing_s must be 0 to {TIME_S_MAX}")
    settle_s, spacing_s = (round(time_s * 1000) / 1000 for time_s in times)
    return replace(settings, policy=Policy(settings.policy), settle_s=settle_s, spacing_s=spacing_s)


def new_job(
    settings: Settings, ring: KeyRing, created_ms: int, master_key: bytes | None
) -> tuple[Any, ...]:
    """Return the columns of a new job.

    The order: journal_id, name, policy, settle_ms, readings_min, spacing_ms, attempts_max,
    created_ms, clock_ms, master.
    """
    return (
        secrets.token_hex(16),
        settings.job,
        settings.policy.value,
        round(settings.settle_s * 1000),
        settings.readings_min,
        round(settings.spacing_s * 1000),
        settings.attempts_max,
        created_ms,
        created_ms,
        ring.seal(master_key or secrets.token_bytes(KEY_BYTES), MASTER_PURPOSE),
    )


def _kept_parts(parts: int | None) -> int | None:
    """Return parts as they are, or None for a number that no SMS has: a reply may say anything."""
    return parts if parts is not None and 0 <= parts <= PARTS_MAX else None
