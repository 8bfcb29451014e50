"""Values of Parquet as CSV and JSON have them: as text where those have no such type."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any, Final

from smspoh.cli._exit import BadInput


def listed(column: Any) -> list[Any]:
    """Return a column as a list of what JSON has, but for what is nested.

    Raises:
        BadInput: its type has no such form.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra

    kind = column.type
    try:
        if pa.types.is_duration(kind):  # as text it would be a count without its unit
            counts, digits = column.cast("int64").to_pylist(), _DIGITS[kind.unit]
            return [None if count is None else _duration(count, digits) for count in counts]
        if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
            column = column.cast(pa.string())
        return [v.decode() if isinstance(v, bytes) else v for v in column.to_pylist()]
    except (pa.ArrowException, ValueError):
        raise BadInput(
            f"FILE has a column of {kind}, part of which is no text: OUT needs to be Parquet"
        ) from None


def cell(value: Any) -> object:
    """Return what CSV has of a value of a list; null is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return dumps(value) if isinstance(value, (dict, list)) else value


def dumps(value: Any) -> str:
    """Return JSON; NaN and the infinities, which it has not, as null."""
    try:
        return json.dumps(value, **_JSON, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(value), **_JSON)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [*map(_without_nan, value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value


_DIGITS: Final = {"s": 0, "ms": 3, "us": 6, "ns": 9}  # of a second, in each unit of Arrow


def _duration(count: int, digits: int) -> str:
    """Return a duration as ISO 8601 has it, of a count of units of 10^-digits s."""
    whole, part = divmod(abs(count), 10**digits)
    fraction = f".{part:0{digits}}".rstrip("0") if part else ""
    return f"{'-' * (count < 0)}PT{whole}{fraction}S"


def _plain(value: Any) -> str:
    """Return as text what is nested and that JSON has not."""
    if isinstance(value, timedelta):  # also that of pandas, which alone has nanoseconds
        rest = getattr(value, "nanoseconds", 0)
        return _duration(value // timedelta(microseconds=1) * 1000 + rest, 9)
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_JSON: Final[dict[str, Any]] = {
    "ensure_ascii": False,
    "separators": (",", ":"),
    "default": _plain,
}
