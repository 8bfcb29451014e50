"""Reading what the sandbox's own paths are asked, or saying what is wrong with it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER_MAX: Final = 10**15


def whole(query: Mapping[str, str], name: str, default: int, *, most: int = _NUMBER_MAX) -> int:
    """Return a parameter that is a whole number of 0 to the most.

    Raises:
        ArgumentError: it is something else.
    """
    given = query.get(name)
    if given is None:
        return default
    if not re.fullmatch(r"[0-9]{1,16}", given, re.ASCII) or int(given) > most:
        raise ArgumentError(f"{name} must be a whole number of 0 to {most}")
    return int(given)


def known(body: Mapping[str, Any], names: set[str]) -> None:
    """Check that a body has no field but those.

    Raises:
        ArgumentError: it has.
    """
    if not body.keys() <= names:
        raise ArgumentError(f"the fields are {', '.join(sorted(names))}, and no others")


def number(value: Any, name: str) -> None:
    """Check that a field is a number of a size that can be reckoned with.

    Raises:
        ArgumentError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ArgumentError(f"{name} must be a number")
    if not -_NUMBER_MAX <= value <= _NUMBER_MAX:  # false for what is not a number
        raise ArgumentError(f"{name} must be a number of at most 15 digits")


def flag(body: Mapping[str, Any], name: str) -> bool:
    """Return a field that is a JSON boolean, False when it is not there.

    Raises:
        ArgumentError: it is something else.
    """
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} must be true or false")
    return value


def moment(body: Mapping[str, Any], name: str) -> datetime | None:
    """Return a field that is a time, None when it is null or not there.

    Raises:
        ArgumentError: it is something else.
    """
    value = body.get(name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} must be a time as in ISO 8601") from None


def integer(value: Any, name: str) -> None:
    """Check that a field is a whole number.

    Raises:
        ArgumentError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ArgumentError(f"{name} must be a whole number")
