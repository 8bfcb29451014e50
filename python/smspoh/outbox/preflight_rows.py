"""What is said of a row before anything is sent: the verdicts, and the answer itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from smspoh.phone import Verdict

RowCells: TypeAlias = Mapping[Any, Any]
"""A row: the cells by the names of their columns."""

DIGITS_MAX: Final = 30  # of money, before the point and behind it
# Prices of 60 digits times counts of 20, added up: nothing is rounded.
EXACT: Final = Context(prec=120, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
ABROAD: Final = "abroad"  # in the place of an operator, of a number that is not of Myanmar


class RowVerdict(StrEnum):
    """What became of a row. The names are stable; a row gets the first that fits."""

    OK = "OK"
    CELLS = "CELLS"  # not the cells of the header, so nobody knows which is which
    BAD_NUMBER = "BAD_NUMBER"  # the verdict of the number says why
    NOT_MOBILE = "NOT_MOBILE"  # it cannot take an SMS
    UNCONFIRMED = "UNCONFIRMED"  # no good source says that it is in use; sent to when asked
    OPTED_OUT = "OPTED_OUT"
    SENDER = "SENDER"  # no shape that can be registered
    MISSING_FIELD = "MISSING_FIELD"  # of the template
    EMPTY_TEXT = "EMPTY_TEXT"
    NO_TEXT = "NO_TEXT"  # no str, or half of a surrogate pair in it
    ZAWGYI = "ZAWGYI"  # where that is refused
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    REPEATED = "REPEATED"  # a row above is sent the same, or, where asked, anything

    @property
    def can_be_corrected(self) -> bool:
        """Whether something in the row is wrong that a person can mend.

        Nothing is wrong in what is repeated or opted out: it must not be sent.
        """
        return self not in _AS_IT_IS


_AS_IT_IS: Final = frozenset({RowVerdict.OK, RowVerdict.REPEATED, RowVerdict.OPTED_OUT})


class Checked(NamedTuple):
    """One row after it was looked at. Its repr shows no number, text or cell.

    Attributes:
        row: from 1, in the order they came.
        verdict: OK, or the first thing that is wrong.
        number: the verdict of the number; None of a row of CELLS.
        why: what is wrong, in words, without a number or a text; None of a row that is OK.
        cells: the row as it was given; None of a row of CELLS that was given as None.
        e164: the number; None where it is refused.
        operator: by the number's prefix, as `MPT`; `abroad` for another country. None of a
            row of CELLS.
        sender: whom it is from; like all that follows, None (0 parts) unless it is OK.
        text: as it is sent: filled in, and converted from Zawgyi where that was asked.
        encoding: `GSM7` or `UCS2`.
        parts: what it is paid as.
    """

    row: int
    verdict: RowVerdict
    number: Verdict | None
    why: str | None
    cells: RowCells | None
    e164: str | None = None
    operator: str | None = None
    sender: str | None = None
    text: str | None = None
    encoding: str | None = None
    parts: int = 0

    def outgoing(self) -> dict[str, str]:
        """Return the row as `Outbox.enqueue` takes it.

        Raises:
            ValueError: it is not OK.
        """
        if self.e164 is None or self.text is None or self.sender is None:
            raise ValueError(f"row {self.row} is {self.verdict}; only one that is OK is sent")
        return {"to": self.e164, "message": self.text, "sender": self.sender}

    def __repr__(self) -> str:
        return f"<Checked row={self.row} verdict={self.verdict}>"


def has_usual_digits(amount: Decimal) -> bool:
    """Return whether an amount is finite and has at most 30 digits on each side of its point."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DIGITS_MAX and amount.adjusted() < DIGITS_MAX
