"""Taking messages: whom they reach, what they cost, and how they are kept.

Source: SMSPoh API Specification 3.0, "Send Message", "Send Encrypt Message" and
"Send Bulk Message"; docs/spec/gateway.md for entries that are refused.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smspoh.envelope import encrypt_admitted, generate_encrypt_key
from smspoh.envelope.rows import admit
from smspoh.gateway.arguments import is_number
from smspoh.phone import Operator, normalize_batch

from .ledger import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .forms import MessageForm
    from .ledger import Ledger
    from .settings import SandboxSettings

# The names that the specification's examples use, two of them since sold.
NETWORKS = {
    Operator.MPT: "MPT",
    Operator.ATOM: "Telenor",
    Operator.U9: "Ooredoo",
    Operator.MYTEL: "Mytel",
    Operator.MEC: "MEC",
    Operator.UNKNOWN: "Unknown",
}
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class _Row:
    """One recipient of one message that can be sent."""

    form: MessageForm
    to: str
    network: str
    key: str | None


def accept(
    forms: Sequence[MessageForm], settings: SandboxSettings, ledger: Ledger
) -> list[dict[str, Any]]:
    """Take messages, keep those that can be sent, and return an entry for each recipient.

    Each encrypted entry has a salt of its own. A message without a key gets one
    at random, which is in its entries here and nowhere else.
    """
    rows: list[_Row | dict[str, Any]] = []
    for form in forms:
        rows += _recipients(form, settings, ledger)
    good = [row for row in rows if isinstance(row, _Row)]
    stored = iter(_stored(good, settings))
    records: list[Record] = []
    entries: list[dict[str, Any]] = []
    for row in rows:
        if isinstance(row, _Row):
            records.append(next(stored))
            entries.append(_sent_entry(records[-1], row.key))
        else:
            entries.append(row)
    ledger.add(records)
    return entries


def _recipients(
    form: MessageForm, settings: SandboxSettings, ledger: Ledger
) -> list[_Row | dict[str, Any]]:
    """Return a row, or a refused entry, for each different recipient."""
    key = (form.encrypt_key or generate_encrypt_key()) if form.encrypt else None
    known = _sender_is_known(form.sender, settings)
    price = 0 if form.test else form.parts * settings.price
    batch = normalize_batch(list(form.to), sms=True)
    rows: list[_Row | dict[str, Any]] = []
    seen: set[str] = set()
    for given, e164, operator in zip(form.to, batch.e164, batch.operators, strict=True):
        # `normalize` takes what people write; the specification promises less.
        good = e164 is not None and is_number(given)
        to = e164.removeprefix("+") if e164 and good else given
        if to in seen:
            continue
        seen.add(to)
        if not good:
            rows.append(_refused_entry("Invalid Phone Number", given, form))
        elif not known:
            rows.append(_refused_entry("Invalid Sender ID", to, form))
        elif not ledger.charge(price):
            rows.append(_refused_entry("Insufficient Balance", to, form))
        else:
            rows.append(_Row(form, to, NETWORKS[operator], key))
    return rows


def _sender_is_known(sender: str, settings: SandboxSettings) -> bool:
    if settings.senders is not None:
        return sender in settings.senders
    low, high = settings.limits.sender_alphanumeric_min, settings.limits.sender_alphanumeric_max
    if re.fullmatch(r"[0-9]+", sender):
        return len(sender) <= settings.limits.sender_digits_max
    return bool(re.fullmatch(r"[A-Za-z0-9]+", sender)) and low <= len(sender) <= high


def _stored(rows: Sequence[_Row], settings: SandboxSettings) -> list[Record]:
    """Return the records of rows, the texts of encrypted ones sealed in one batch."""
    sealed = [row for row in rows if row.key is not None]
    tokens = iter(
        encrypt_admitted(
            admit(
                [row.form.message for row in sealed],
                [row.key for row in sealed],
                "texts",
                encrypting=True,
            ),
            profile=settings.envelope,
        )
        if sealed
        else ()
    )
    now = settings.now()
    records: list[Record] = []
    for row in rows:
        text: str | None = row.form.message if row.key is None else next(tokens)
        if text is None:
            raise RuntimeError("a text that passed the form could not be encrypted")
        records.append(_record(row, text, now))
    return records


def _record(row: _Row, text: str, now: datetime) -> Record:
    return Record(
        message_id=str(uuid.uuid4()).upper(),
        message=text,
        to=row.to,
        client_reference=row.form.client_reference,
        scheduled_at=row.form.scheduled_at,
        created_at=now,
        parts=row.form.parts,
        sender=row.form.sender,
        network=row.network,
        test=row.form.test,
        encrypted=row.key is not None,
    )


def entry(record: Record, status: str) -> dict[str, Any]:
    """Return a record in the documented shape, without a key."""
    fields: dict[str, Any] = {
        "messageId": record.message_id,
        "message": record.message,
        "to": record.to,
        "clientReference": record.client_reference,
        "scheduledAt": time_text(record.scheduled_at),
        "createdAt": time_text(record.created_at),
        "messageCount": record.parts,
        "from": record.sender,
        "network": record.network,
        "type": "sms.text",
        "status": status,
        "test": record.test,
    }
    if record.encrypted:
        fields["encryptMessage"] = True
    return fields


def time_text(moment: datetime | None) -> str | None:
    """Return a time of the gateway's zone as it writes them."""
    return None if moment is None else moment.strftime(TIME_FORMAT)


def _sent_entry(record: Record, key: str | None) -> dict[str, Any]:
    fields = entry(record, "Accepted")
    if key is not None:
        fields["encryptKey"] = key
    return fields


def _refused_entry(message: str, to: str, form: MessageForm) -> dict[str, Any]:
    """Return an entry that failed inside a 2xx.

    Source: docs/spec/gateway.md, "Replies" (witnessed, not specified).
    """
    data = {"to": to, "from": form.sender, "clientReference": form.client_reference}
    return {"status": False, "message": message, "data": data}
