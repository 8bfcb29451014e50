"""Dirty phone numbers to E.164, with a verdict for each.

Numbers of the whole world are judged by the plan of libphonenumber, whose version is
`metadata_version()`; who holds a block of Myanmar comes from a reviewed table, whose
day is `table_date()`. `carrier_name` and `PhoneBatch.carriers` say whom a block of
any country was first given to.
"""

from ._calls import carrier_name, metadata_version, normalize, normalize_batch, table_date
from ._names import Kind, Operator, Verdict
from ._rows import PhoneBatch, PhoneNumber, RefusedNumber

__all__ = [
    "Kind",
    "Operator",
    "PhoneBatch",
    "PhoneNumber",
    "RefusedNumber",
    "Verdict",
    "carrier_name",
    "metadata_version",
    "normalize",
    "normalize_batch",
    "table_date",
]
