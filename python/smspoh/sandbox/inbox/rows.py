"""One message, as a page shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from smspoh.sandbox.ledger import Record

PREVIEW_CHARS: Final = 160
CIPHERTEXT_CHARS: Final = 48
_MYANMAR: Final = re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]")
_FAILED: Final = ("Undelivered", "Failed", "Rejected", "Error", "Expired")
_TONES: Final = {"Success": "good"} | dict.fromkeys(_FAILED, "bad")
STATUSES: Final = ("Accepted", "Sent", "Pending", "Success", *_FAILED, "?")  # that can be made


@dataclass(frozen=True, slots=True)
class Row:
    """Hold what a page shows of one message at one moment.

    Attributes:
        record: the message.
        status: the status at that moment.
        preview: the text, or the ciphertext, cut short.
        is_final: whether the status will change no more.
        present: that moment, in the gateway's zone.
    """

    record: Record
    status: str
    preview: str
    is_final: bool
    present: datetime

    @property
    def number(self) -> str:
        """The number, in groups."""
        return number_text(self.record.to)

    @property
    def tone(self) -> str:
        """What the status is drawn as: good, bad or wait."""
        return tone(self.status)

    @property
    def is_burmese(self) -> bool:
        """Whether the preview has letters of the Myanmar script."""
        return is_burmese(self.preview)


def row(record: Record, now: datetime) -> Row:
    """Return what a page shows of a record."""
    most = CIPHERTEXT_CHARS if record.encrypted else PREVIEW_CHARS
    preview = record.message if len(record.message) <= most else record.message[:most] + "…"
    is_final = record.finished_at(now) is not None
    return Row(record, record.status_at(now), preview, is_final, now)


def tone(status: str) -> str:
    """Return what a status is drawn as: good, bad or wait."""
    return _TONES.get(status, "wait")


def number_text(to: str) -> str:
    """Return a number of the history in groups: 959450000000 as +95 9 450 000 000."""
    if to.startswith("959") and to.isdecimal():
        rest = to[3:]
        groups = [rest[at : at + 3] for at in range(0, len(rest), 3)]
        if len(groups) > 1 and len(groups[-1]) == 1:
            groups[-2:] = [groups[-2] + groups[-1]]
        return " ".join(("+95", "9", *groups))
    return f"+{to}"


def is_burmese(text: str) -> bool:
    """Return True for a text with letters of the Myanmar script."""
    return _MYANMAR.search(text) is not None


def time_text(at: datetime, present: datetime) -> str:
    """Return a time in the zone of the present: of the same day without the day."""
    local = at.astimezone(present.tzinfo)
    clock = local.strftime("%H:%M:%S")
    return clock if local.date() == present.date() else f"{local.day} {local:%b} {clock}"


def day_text(at: datetime) -> str:
    """Return a day, as in 23 November 2026."""
    return f"{at.day} {at.strftime('%B %Y')}"
