"""What texts cost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

from ._names import Encoding
from ._segments import SegmentsBatch, segments_batch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """What a batch of texts costs.

    Attributes:
        rows: how many texts there are, with those that are none.
        parts: how many SMS they are paid as.
        gsm7_rows: texts of GSM-7.
        ucs2_rows: texts of UCS-2.
        no_text_rows: rows that are no text, which cost nothing.
        price_per_part: what one SMS costs, in the account's currency.
        total: what all cost, exact.
    """

    rows: int
    parts: int
    gsm7_rows: int
    ucs2_rows: int
    no_text_rows: int
    price_per_part: Decimal
    total: Decimal


def cost(
    texts: Iterable[object] | SegmentsBatch,
    price_per_part: Decimal | int | str,
    *,
    unicode: bool = False,
) -> Cost:
    """Return what it costs to send each of many texts to one recipient.

    Args:
        texts: n rows, as `segments_batch` takes them, or what it returned.
        price_per_part: what one SMS costs, 0 or more: a Decimal, an int, or a str such as
            `"12.5"`, with up to 30 digits before its point and behind it. A float is
            refused, since it is seldom the price that was meant.
        unicode: as in `segments_batch`.

    Raises:
        TypeError: `price_per_part` is of another type; `texts` is a single text.
        ArgumentError: `unicode` with what `segments_batch` returned; `price_per_part` is
            negative, no finite number, or has more than 30
            digits before its point; as `segments_batch`.
    """
    import decimal  # noqa: PLC0415 - a tenth of the import of smspoh

    price = checked_price(price_per_part)
    if isinstance(texts, SegmentsBatch):
        if unicode:
            raise ArgumentError(
                "unicode is for texts; give it to segments_batch, which counts them"
            )
        batch = texts
    else:
        batch = segments_batch(texts, unicode=unicode)
    counts = batch.counts()
    parts = sum(batch.parts)
    # As many digits as the factors have, so that nothing is rounded.
    digits = len(price.as_tuple().digits) + len(str(parts))
    exact = decimal.Context(prec=digits, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
    return Cost(
        rows=len(batch),
        parts=parts,
        gsm7_rows=counts.get(Encoding.GSM7, 0),
        ucs2_rows=counts.get(Encoding.UCS2, 0),
        no_text_rows=counts.get(Encoding.NONE, 0),
        price_per_part=price,
        total=exact.multiply(decimal.Decimal(parts), price),
    )


def checked_price(value: object) -> Decimal:
    """Return the price of a part, exact, with the errors of `cost`."""
    from decimal import Decimal  # noqa: PLC0415 - as above

    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise TypeError(
            f"price_per_part must be Decimal, int or str, not {type(value).__name__};"
            " as '12.5' it is exact"
        )
    if isinstance(value, str) and not _PRICE.fullmatch(value):
        raise ArgumentError(
            "price_per_part must be up to 30 digits, with a point and up to 30 more or without,"
            " as '12.5'"
        )
    price = Decimal(value)
    if not price.is_finite() or price.is_signed() or price.adjusted() >= _DIGITS_MAX:
        raise ArgumentError(f"price_per_part must be from 0, of at most {_DIGITS_MAX} digits")
    return price


_PRICE: Final = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")
_DIGITS_MAX: Final = 30  # before the point; no currency needs as many
