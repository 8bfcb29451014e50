"""From the bytes of a reply to a JSON value whose every string is text."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

# JSON can write half a surrogate pair, which no encoding can: it would break whoever
# prints or stores it, long after the reply was read.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DEPTH_MAX = 32  # the specification's replies have 3
_HALF = re.compile("[\ud800-\udfff]")


def json_value(body: bytes) -> Any:
    """Return the value of a body, nested 32 deep at most; numbers with a point are exact.

    A byte order mark is passed over, and half of a surrogate pair becomes U+FFFD.

    Raises:
        ValueError: it is not JSON. The error holds nothing of the body.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant
        )
        # Counted only where there are brackets enough.
        if body.count(b"[") + body.count(b"{") <= _DEPTH_MAX or _depth(value) <= _DEPTH_MAX:
            return _mended(value) if _SURROGATE.search(body) else value
    except (ValueError, RecursionError, InvalidOperation):
        pass
    # Raised out here, for the first error holds the body itself.
    raise ValueError("it is not JSON, it was cut short, or it is nested too deep")


def _depth(value: Any) -> int:
    """Return how deep lists and objects are nested, without a call for each level."""
    level, depth = [value], 0
    while level:
        level = [part for part in level if isinstance(part, (list, dict))]
        depth += bool(level)
        level = [
            part
            for nested in level
            for part in (nested.values() if isinstance(nested, dict) else nested)
            if isinstance(part, (list, dict))
        ]
    return depth


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
