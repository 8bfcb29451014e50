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
from smspoh.gateway.arguments import is_number, number_key
from smspoh.phone import Operator, normalize_batch

from .fixed import FIXED_NUMBERS
from .forms import Invalid
from .ledger import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .fixed import Then
    from .forms import MessageForm
    from .settings import SandboxSettings
    from .sqlite_ledger import Store

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
class Taken:
    """Hold what became of one request to send.

    Attributes:
        entries: of the reply, one for each recipient.
        records: of the messages that were accepted, as the ledger keeps them.
        then: what `FIXED_NUMBERS` among the recipients do to the reply.
    """

    entries: list[dict[str, Any]]
    records: list[Record]
    then: frozenset[Then]

    def __repr__(self) -> str:
        return f"<Taken entries={len(self.entries)} records={len(self.records)}>"


@dataclass(frozen=True, slots=True)
class _Row:
    """One recipient of one message that can be sent."""

    form: MessageForm
    to: str
    network: str
    key: str | None

    def __repr__(self) -> str:
        return f"<_Row network={self.network!r}>"


@dataclass(frozen=True, slots=True)
class _Refused:
    """One recipient of one message that cannot be sent."""

    form: MessageForm
    to: str
    field: str
    message: str

    def __repr__(self) -> str:
        return f"<_Refused {self.message!r}>"


def accept(
    forms: Sequence[MessageForm], settings: SandboxSettings, ledger: Store, now: datetime
) -> Taken:
    """Take messages, keep those that can be sent, and say what became of each recipient.

    Each encrypted entry has a salt of its own. A message without a key gets one
    at random, which is in its entries here and nowhere else.

    Raises:
        Invalid: a recipient is refused, and the settings want that to be a 422.
    """
    rows = _rows(forms, settings, ledger.balance)
    is_whole = not settings.quirks.refused_as_entry
    if is_whole:
        _demand_all(rows)
    outcomes = _bought(rows, settings, ledger, now)
    if is_whole:
        _demand_all(outcomes)
    entries = [
        _refused_entry(found)
        if isinstance(found, _Refused)
        else _sent_entry(found[1], found[0].key)
        for found in outcomes
    ]
    records = [found[1] for found in outcomes if not isinstance(found, _Refused)]
    then = frozenset(
        FIXED_NUMBERS[record.to].then for record in records if record.to in FIXED_NUMBERS
    ) - frozenset({""})
    return Taken(entries, records, then)


def _bought(
    rows: Sequence[_Row | _Refused], settings: SandboxSettings, ledger: Store, now: datetime
) -> list[tuple[_Row, Record] | _Refused]:
    """Keep the good rows, paid for in the same step, and return what became of each row."""
    good = [row for row in rows if isinstance(row, _Row)]
    prices = [_price(row.form, settings) for row in good]
    offers = zip(_stored(good, settings, now), prices, strict=True)
    kept = iter(ledger.buy(offers, whole=not settings.quirks.refused_as_entry))
    outcomes: list[tuple[_Row, Record] | _Refused] = []
    for row in rows:
        if isinstance(row, _Refused):
            outcomes.append(row)
            continue
        record = next(kept)
        # Another request may have spent meanwhile what `_rows` saw.
        outcomes.append(_unpaid(row.form, row.to) if record is None else (row, record))
    return outcomes


def _rows(
    forms: Sequence[MessageForm], settings: SandboxSettings, balance: int
) -> list[_Row | _Refused]:
    """Return a row for each different recipient of each message, as far as a balance goes."""
    batch = normalize_batch([number for form in forms for number in form.to], sms=True)
    found = zip(batch.e164, batch.operators, strict=True)
    rows: list[_Row | _Refused] = []
    for form in forms:
        key = (form.encrypt_key or generate_encrypt_key()) if form.encrypt else None
        known = _sender_is_known(form.sender, settings)
        price = _price(form, settings)
        seen: set[str] = set()
        for given, (e164, operator) in zip(form.to, found):  # noqa: B905 - one for each number
            to, refused = _recipient(given, e164)
            if settings.quirks.repeated_sent_once:
                if to in seen:
                    continue
                seen.add(to)
            if refused == "Invalid Phone Number":
                rows.append(_Refused(form, given, "to", refused))
            elif not known:
                rows.append(_Refused(form, to, "from", "Invalid Sender ID"))
            elif refused or price > balance:
                rows.append(_unpaid(form, to))
            else:
                balance -= price
                rows.append(_Row(form, to, NETWORKS[operator], key))
    return rows


def _recipient(given: str, e164: str | None) -> tuple[str, str]:
    """Return a number as the gateway writes it, and why it is refused, or nothing."""
    # `normalize` takes what people write; the specification promises less.
    if is_number(given):
        fixed = FIXED_NUMBERS.get(number_key(given))
        if fixed is not None:
            return fixed.to, fixed.refused
        if e164:
            return e164.removeprefix("+"), ""
    return given, "Invalid Phone Number"


def _price(form: MessageForm, settings: SandboxSettings) -> int:
    return 0 if form.test else form.parts * settings.price


def _unpaid(form: MessageForm, to: str) -> _Refused:
    return _Refused(form, to, "to", "Insufficient Balance")


def _demand_all(rows: Sequence[object]) -> None:
    """Raise when a recipient is refused."""
    refused = [row for row in rows if isinstance(row, _Refused)]
    if refused:
        raise Invalid(list(dict.fromkeys((row.field, f"{row.message}.") for row in refused)))


def _sender_is_known(sender: str, settings: SandboxSettings) -> bool:
    if settings.senders is not None:
        if settings.quirks.senders_case_sensitive:
            return sender in settings.senders
        return sender.casefold() in {name.casefold() for name in settings.senders}
    low, high = settings.limits.sender_alphanumeric_min, settings.limits.sender_alphanumeric_max
    if re.fullmatch(r"[0-9]+", sender):
        return len(sender) <= settings.limits.sender_digits_max
    return bool(re.fullmatch(r"[A-Za-z0-9]+", sender)) and low <= len(sender) <= high


def _stored(rows: Sequence[_Row], settings: SandboxSettings, now: datetime) -> list[Record]:
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
    moment = now.astimezone(settings.limits.zone)
    second = moment.replace(microsecond=0)
    records: list[Record] = []
    for row in rows:
        text: str | None = row.form.message if row.key is None else next(tokens)
        if text is None:
            raise RuntimeError("a text that passed the form could not be encrypted")
        records.append(
            Record(
                message_id=str(uuid.uuid4()).upper(),
                message=text,
                to=row.to,
                client_reference=row.form.client_reference,
                scheduled_at=row.form.scheduled_at,
                created_at=second,
                parts=row.form.parts,
                sender=row.form.sender,
                network=row.network,
                test=row.form.test,
                encrypted=row.key is not None,
                timeline=(("Accepted", moment),),
                receipt_url=row.form.receipt_url or settings.receipt_url,
                text=row.form.message,
            )
        )
    return records


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


def _refused_entry(row: _Refused) -> dict[str, Any]:
    """Return an entry that failed inside a 2xx.

    Source: docs/spec/gateway.md, "Replies" (witnessed, not specified).
    """
    data = {"to": row.to, "from": row.form.sender, "clientReference": row.form.client_reference}
    return {"status": False, "message": row.message, "data": data}
