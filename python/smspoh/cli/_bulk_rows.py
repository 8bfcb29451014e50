"""The rows of a bulk send before anything leaves: which can be sent, and to whom."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from smspoh.envelope import generate_encrypt_key
from smspoh.errors import ArgumentError
from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_message
from smspoh.outbox import Preflight, PreflightRules, RowVerdict
from smspoh.phone import Operator

from ._exit import BadInput
from ._zawgyi import tell_of_zawgyi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh.outbox import Checked, OptOuts, Template

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
        verdict: of the number; TEXT; or another `RowVerdict`.
        operator: by the number's prefix; "abroad" for another country.
        parts: of the message; 0 when the row is refused.
        message: what to send, or None when the row is refused.
        why: what is wrong with the row or the message.
    """

    row: int
    line: int
    reference: str
    e164: str | None
    verdict: str
    operator: str
    parts: int = 0
    message: OutgoingMessage | None = None
    why: str | None = None


class Columns(NamedTuple):
    """Which columns a row is made of. By default those of the sample."""

    number: str = "number"
    text: str = "text"
    template: Template | None = None
    reference: str | None = None

    def wanted(self) -> list[tuple[str, str]]:
        """Return the option and the name of each, as the cells of a record have them."""
        if self.template is None:
            texts = [("--text-column", self.text)]
        else:
            texts = [("--template", name) for name in self.template.fields]
        own = [("--reference-column", self.reference)] if self.reference else []
        return [("--number-column", self.number), *texts, *own]


def examine(
    records: Sequence[Record],
    model: OutgoingMessage,
    *,
    columns: Columns | None = None,
    opt_outs: OptOuts | None = None,
    region: str | None = "MM",
    include_unconfirmed: bool = False,
) -> list[Row]:
    """Look at the rows before anything is sent, and make their messages.

    Args:
        records: the cells of n rows, as `columns` wants them.
        model: what all messages have in common. Its `zawgyi` says what is done with
            texts of Zawgyi, which is told on stderr.
        columns: which columns they are.
        opt_outs: whom nothing is sent to.
        region: of numbers without a country code.
        include_unconfirmed: send to UNCONFIRMED numbers too.

    Returns:
        n rows; those that are refused have no message.

    Raises:
        BadInput: two rows have the same reference.
    """
    columns = columns or Columns()
    names = [name for _, name in columns.wanted()]
    cells = [
        None if record.cells is None else dict(zip(names, record.cells, strict=True))
        for record in records
    ]
    own = [row[columns.reference] for row in cells if row and columns.reference]
    if len(set(own)) != len(own):
        raise BadInput("FILE has a reference twice: each row needs its own")
    preflight = Preflight(
        PreflightRules(
            sender=model.sender,
            number_column=columns.number,
            text_column=columns.text,
            template=columns.template,
            region=region,
            include_unconfirmed=include_unconfirmed,
            allow_repeats=True,  # what stands in FILE twice was always sent twice
            opt_outs=opt_outs,
            zawgyi=model.zawgyi,
        )
    )
    ready = replace(model, zawgyi="ignore")  # they were looked at there
    job = secrets.token_hex(4)
    rows = []
    for record, row, checked in zip(records, cells, preflight.check(cells), strict=True):
        reference = row[columns.reference] if row and columns.reference else f"{job}-{checked.row}"
        rows.append(_row(record, checked, reference, ready))
    report = preflight.report()
    tell_of_zawgyi(model.zawgyi, report.zawgyi, report.ambiguous)
    return rows


# Of what is wrong with a text, the outcome file says one word, and the rest in words.
_OF_TEXTS: Final = frozenset({RowVerdict.EMPTY_TEXT, RowVerdict.NO_TEXT, RowVerdict.TOO_MANY_PARTS})
_OF_NUMBERS: Final = frozenset(
    {RowVerdict.OK, RowVerdict.BAD_NUMBER, RowVerdict.NOT_MOBILE, RowVerdict.UNCONFIRMED}
)


def _row(record: Record, checked: Checked, reference: str, model: OutgoingMessage) -> Row:
    verdict, why = str(checked.verdict), checked.why
    if checked.verdict in _OF_NUMBERS and checked.number is not None:
        verdict, why = checked.number.name, None
    elif checked.verdict in _OF_TEXTS:
        verdict = TEXT
    row = Row(
        row=checked.row,
        line=record.line,
        reference=reference,
        e164=checked.e164,
        verdict=verdict,
        operator=checked.operator or Operator.UNKNOWN.name,
        parts=checked.parts,
        why=record.why or why,
    )
    if checked.e164 is None or checked.text is None:
        return row
    return _with_message(row, replace(model, to=checked.e164, message=checked.text))


def _with_message(row: Row, message: OutgoingMessage) -> Row:
    """Return the row with its message, or with what is wrong with it."""
    key = generate_encrypt_key() if message.encrypt else None
    message = replace(message, client_reference=row.reference, encrypt_key=key)
    try:
        checked_message(message, GATEWAY_V3)
    except ArgumentError as error:
        return replace(row, verdict=TEXT, parts=0, why=str(error))
    return replace(row, message=message)


def seal(
    records: Sequence[Record],
    model: OutgoingMessage,
    template: Template | None = None,
    *,
    salt: bytes | None = None,
) -> str:
    """Return what a later run knows the same rows and the same way of sending by.

    The texts cannot be read from it. Whoever guesses the whole of FILE can have
    the guess confirmed, so it is salted and slow.

    Args:
        records: the cells of n rows.
        model: what all messages have in common.
        template: what their texts are made of.
        salt: that of another run; random without.

    Returns:
        The salt and the digest, in 72 hexadecimal digits.
    """
    content = hashlib.sha256()
    converts = "z" if model.zawgyi == "convert" else ""
    common = [model.sender, f"{model.encrypt:d}{model.test:d}{converts}"]
    if template is not None:
        common.append(template.text)
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


def is_sealed_by(
    seal_: str, records: Sequence[Record], model: OutgoingMessage, template: Template | None = None
) -> bool:
    """Return whether a seal is of the same rows and the same way of sending."""
    try:
        salt = bytes.fromhex(seal_)[:SALT_BYTES]
    except ValueError:
        return False
    return seal(records, model, template, salt=salt) == seal_
