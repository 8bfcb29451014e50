"""The rows of a bulk send before anything leaves: which can be sent, and to whom."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smspoh.envelope import generate_encrypt_key
from smspoh.errors import ArgumentError
from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_message
from smspoh.phone import Verdict, normalize_batch

from ._exit import BadInput
from ._table import CELLS
from ._zawgyi import as_unicode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._table import Record

TEXT = "TEXT"  # the verdict of a row whose message cannot be sent as it is

SALT_BYTES = 12
# RFC 7914 (scrypt): 16 MiB and some 50 ms a guess.
SCRYPT_N, SCRYPT_R, SCRYPT_P, DIGEST_BYTES = 16_384, 8, 1, 24


@dataclass(frozen=True, slots=True)
class Row:
    """One row of FILE after its number and text were looked at.

    Attributes:
        row: from 1, without the header and without empty lines.
        line: of FILE, from 1, where the row begins.
        reference: what the gateway will repeat.
        e164: None when the number was refused.
        verdict: of the number; or CELLS or TEXT.
        operator: by the number's prefix; "abroad" for another country.
        message: what to send, or None when the row is refused.
        why: what is wrong with the row or the message.
    """

    row: int
    line: int
    reference: str
    e164: str | None
    verdict: str
    operator: str
    message: OutgoingMessage | None = None
    why: str | None = None


def examine(
    records: Sequence[Record],
    model: OutgoingMessage,
    *,
    region: str | None = "MM",
    include_unconfirmed: bool = False,
) -> list[Row]:
    """Normalize the numbers and check the messages of all rows.

    Args:
        records: number, text, and perhaps reference of n rows.
        model: what all messages have in common. Its `zawgyi` says what is done with
            texts of Zawgyi, which is told on stderr.
        region: of numbers without a country code.
        include_unconfirmed: send to UNCONFIRMED numbers too.

    Returns:
        n rows; those that are refused have no message.

    Raises:
        BadInput: two rows have the same reference.
    """
    references = [record.cells[2] for record in records if record.cells and len(record.cells) > 2]
    if len(set(references)) != len(references):
        raise BadInput("FILE has a reference twice: each row needs its own")
    numbers = [record.cells[0] if record.cells else None for record in records]
    phones = normalize_batch(numbers, region=region, strict=True, sms=True)
    texts = as_unicode([r.cells[1] if r.cells else "" for r in records], model.zawgyi)
    model = replace(model, zawgyi="ignore")  # they were looked at here
    job = secrets.token_hex(4)
    taken = {Verdict.VALID, Verdict.UNCONFIRMED} if include_unconfirmed else {Verdict.VALID}
    columns = zip(
        records, texts, phones.e164, phones.verdicts, phones.regions, phones.operators, strict=True
    )
    rows = []
    for at, (record, text, e164, verdict, region_, operator) in enumerate(columns, start=1):
        row = Row(
            row=at,
            line=record.line,
            reference=f"{job}-{at}",
            e164=e164,
            verdict=verdict.name,
            operator=operator.name if region_ == "MM" else "abroad",
        )
        if record.cells is None:
            row = replace(row, verdict=CELLS, why=record.why)
        else:
            if len(record.cells) > 2:
                row = replace(row, reference=record.cells[2])
            if e164 is not None and verdict in taken:
                row = _with_message(row, replace(model, to=e164, message=text))
        rows.append(row)
    return rows


def _with_message(row: Row, message: OutgoingMessage) -> Row:
    """Return the row with its message, or with what is wrong with it."""
    key = generate_encrypt_key() if message.encrypt else None
    message = replace(message, client_reference=row.reference, encrypt_key=key)
    try:
        checked_message(message, GATEWAY_V3)
    except ArgumentError as error:
        return replace(row, verdict=TEXT, why=str(error))
    return replace(row, message=message)


def seal(records: Sequence[Record], model: OutgoingMessage, salt: bytes | None = None) -> str:
    """Return what a later run knows the same rows and the same way of sending by.

    The texts cannot be read from it. Whoever guesses the whole of FILE can have
    the guess confirmed, so it is salted and slow.

    Args:
        records: number, text, and perhaps reference of n rows.
        model: what all messages have in common.
        salt: that of another run; random without.

    Returns:
        The salt and the digest, in 72 hexadecimal digits.
    """
    content = hashlib.sha256()
    converts = "z" if model.zawgyi == "convert" else ""
    common = (model.sender, f"{model.encrypt:d}{model.test:d}{converts}")
    for cells in (common, *(record.cells or () for record in records)):
        content.update(len(cells).to_bytes(4, "big"))
        for cell in cells:
            encoded = cell.encode()
            content.update(len(encoded).to_bytes(4, "big"))
            content.update(encoded)
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    digest = hashlib.scrypt(
        content.digest(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=DIGEST_BYTES
    )
    return (salt + digest).hex()


def is_sealed_by(seal_: str, records: Sequence[Record], model: OutgoingMessage) -> bool:
    """Return whether a seal is of the same rows and the same way of sending."""
    try:
        salt = bytes.fromhex(seal_)[:SALT_BYTES]
    except ValueError:
        return False
    return seal(records, model, salt) == seal_
