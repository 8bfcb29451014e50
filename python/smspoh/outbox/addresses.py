"""Telling the address of a database from the path of a file, without the driver."""

from __future__ import annotations

from typing import Final, TypeGuard

SCHEMES: Final = ("postgresql://", "postgres://")


def is_address(text: object) -> TypeGuard[str]:
    """Return whether something is the address of a database of PostgreSQL."""
    return isinstance(text, str) and text.startswith(SCHEMES)
