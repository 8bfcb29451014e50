"""What arrives on the phones of a sandbox, for tests: wait for it, look into it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.envelope import EnvelopeProfile, decrypt
from smspoh.gateway.arguments import number_key

from .codes import find_codes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .gateway import SandboxGateway
    from .ledger import Record

TIMEOUT_S: Final = 5.0
POLL_S: Final = 0.02  # between two looks at a clock that a test may move
SHOWN_MAX: Final = 20  # messages that a failure lists


@dataclass(frozen=True, slots=True)
class Arrival:
    """Hold one message that a phone has. Its repr hides number and text.

    Attributes:
        to: the number of the phone, + and the country code.
        sender: the sender ID.
        reference: the client reference, or empty.
        at: when it arrived, an aware time by the sandbox's clock.
        encrypted: whether the gateway stored it encrypted.
    """

    to: str
    sender: str
    reference: str
    at: datetime
    encrypted: bool
    _record: Record
    _envelope: EnvelopeProfile

    def text(self, *, key: str | None = None) -> str:
        """Return the text.

        Args:
            key: opens what the gateway stored, instead of telling what the phone shows.

        Raises:
            AssertionError: it was not sent encrypted, but a key is given.
            DecryptError: another key.
        """
        if key is None:
            return self._record.text
        if not self.encrypted:
            raise AssertionError("the message was not sent encrypted; leave key out")
        return decrypt(self._record.message, key, profile=self._envelope)

    def code(self, *, digits_min: int = 4, digits_max: int = 8) -> str:
        """Return the one code of the text, such as an OTP, in ASCII digits.

        Digits may be Burmese. A number that is longer or shorter is no code, nor is a
        piece of an amount such as 1,500,000: it is what the inbox finds too.

        Args:
            digits_min: of a code, 1 or more.
            digits_max: of a code.

        Raises:
            AssertionError: there is none, or there are several.
        """
        found_codes = find_codes(self._record.text, digits_min, digits_max)
        codes = [code.digits for code in found_codes]
        if len(codes) != 1:
            found = ", ".join(codes) or "none"
            raise AssertionError(
                f"the text should hold one code of {digits_min} to {digits_max} digits,"
                f" and holds: {found}"
            )
        return codes[0]

    def __repr__(self) -> str:
        return f"<Arrival sender={self.sender!r} reference={self.reference!r} at={self.at}>"


class Arrivals:
    """Wait for messages on the phones of a sandbox.

    Each message is found once: waiting again waits for the next.

    Args:
        gateway: the sandbox. What it accepted before is not looked at.
    """

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway
        self._start = gateway.ledger.newest()
        self._found: set[int] = set()

    def wait_for(
        self,
        *,
        to: str | None = None,
        contains: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Arrival:
        """Wait for a message, and return the first that arrived and was not yet returned.

        Args:
            to: the number of the phone, as 09..., 959... or + and the country code.
            contains: what its text holds.
            timeout_s: seconds to wait at most.

        Raises:
            AssertionError: it did not arrive. The message lists what did.
        """
        found = self._wait(to, contains, timeout_s)
        if found is None:
            raise AssertionError(
                f"no message{_wanted(to, contains)} arrived in {timeout_s:g} s\n{self._seen()}"
            )
        self._found.add(found.serial)
        return self._arrival(found)

    def assert_none(
        self, *, to: str | None = None, contains: str | None = None, within_s: float = 0.0
    ) -> None:
        """Raise if a message arrives that `wait_for` would return.

        Args:
            to: as in `wait_for`.
            contains: as in `wait_for`.
            within_s: seconds to wait for one.

        Raises:
            AssertionError: one has arrived. The message lists what did.
        """
        if self._wait(to, contains, within_s) is not None:
            raise AssertionError(f"a message{_wanted(to, contains)} arrived\n{self._seen()}")

    def all(self) -> list[Arrival]:
        """Return every message that has arrived, whoever looked at it, in order of acceptance."""
        now = self._gateway.clock.now()
        return [self._arrival(record) for record in self._records() if _is_there(record, now)]

    def _wait(self, to: str | None, contains: str | None, timeout_s: float) -> Record | None:
        ledger, deadline = self._gateway.ledger, time.monotonic() + timeout_s
        while True:
            newest, now = ledger.newest(), self._gateway.clock.now()
            arrived = [
                record
                for record in self._records()
                if record.serial not in self._found
                and _is_there(record, now)
                and (to is None or record.to == number_key(to))
                and (contains is None or contains in record.text)
            ]
            if arrived:
                return min(arrived, key=lambda record: (record.delivered_at, record.serial))
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            ledger.wait(newest, min(left_s, POLL_S))

    def _records(self) -> Iterator[Record]:
        serial = self._start
        while records := self._gateway.ledger.after(serial):
            yield from records
            serial = records[-1].serial

    def _arrival(self, record: Record) -> Arrival:
        return Arrival(
            to=f"+{record.to}",
            sender=record.sender,
            reference=record.client_reference,
            at=record.delivered_at or record.created_at,
            encrypted=record.encrypted,
            _record=record,
            _envelope=self._gateway.settings.envelope,
        )

    def _seen(self) -> str:
        """Return what was accepted, a line each: these are a test's own numbers and texts."""
        zone = self._gateway.settings.limits.zone
        now = self._gateway.clock.now().astimezone(zone)
        records = list(self._records())
        if not records:
            return "nothing was accepted since the test began"
        lines = [f"{len(records):,} accepted since the test began:"]
        for record in records[-SHOWN_MAX:]:
            when = (
                "arrived"
                if _is_there(record, now)
                else "never arrives"
                if record.delivered_at is None
                else f"arrives at {_shown(record.delivered_at.astimezone(zone))},"
                f" and it is {_shown(now)}"
            )
            again = ", returned before" if record.serial in self._found else ""
            text = record.text if len(record.text) <= 60 else f"{record.text[:60]}…"
            lines.append(f"  +{record.to} from {record.sender}: {text!r} ({when}{again})")
        return "\n".join(lines)


def _is_there(record: Record, now: datetime) -> bool:
    return record.delivered_at is not None and record.delivered_at <= now


def _shown(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")


def _wanted(to: str | None, contains: str | None) -> str:
    return "".join(
        (
            "" if to is None else f" to {to}",
            "" if contains is None else f" that contains {contains!r}",
        )
    )
