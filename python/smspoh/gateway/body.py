"""From the bytes of a reply to a JSON value whose every string is text."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

# JSON can write half a surrogate pair, which no encoding can: it would break whoever
# prints or stores it, long after the reply was read.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def json_value(body: bytes) -> Any:
    """Return the value of a body; numbers with a point are exact.

    A byte order mark is passed over, and half of a surrogate pair becomes U+FFFD.

    Raises:
        ValueError: it is not JSON. The error holds nothing of the body.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant
        )
        return _mended(value) if _SURROGATE.search(body) else value
    except (ValueError, RecursionError, InvalidOperation):
        pass
    # Raised out here, for the first error holds the body itself.
    raise ValueError("it is not JSON, or it was cut short")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return value
