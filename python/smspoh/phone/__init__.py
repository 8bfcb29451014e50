"""Dirty phone numbers to E.164, with a verdict for each.

Numbers of Myanmar are judged by a table whose day is `table_date()`; numbers of
other countries by calling code and length alone, so they are UNCONFIRMED.
"""

from ._calls import normalize, normalize_batch, table_date
from ._names import Kind, Operator, Verdict
from ._rows import PhoneBatch, PhoneNumber, RefusedNumber

__all__ = [
    "Kind",
    "Operator",
    "PhoneBatch",
    "PhoneNumber",
    "RefusedNumber",
    "Verdict",
    "normalize",
    "normalize_batch",
    "table_date",
]
