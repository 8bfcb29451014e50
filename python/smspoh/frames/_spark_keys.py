"""How keys get from the driver of Spark to its workers: in a broadcast, or in a column of data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from smspoh._inputs import as_bytes
from smspoh.envelope.keys import require_usable, warn_if_weak
from smspoh.errors import ArgumentError

from ._pyspark import column_of, pyspark_functions

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import Column

    Key: TypeAlias = str | bytes
    Keys: TypeAlias = Key | Mapping[Any, Key] | Broadcast[Any]
    # With the tag that is beside the keys in it.
    Held: TypeAlias = tuple[Broadcast[Any], str]


def key_columns(keys: object, key_ids: Column | str | None) -> list[Column]:
    """Return the columns that a function takes beside the texts."""
    if key_ids is not None:
        return [column_of(key_ids, "key_ids")]
    from pyspark.sql import Column  # noqa: PLC0415

    return [keys] if isinstance(keys, Column) else []


def held_keys(keys: object, key_ids: object, *, encrypting: bool, stacklevel: int) -> Held | None:
    """Return the broadcast of keys; None for a column of them."""
    pyspark_functions()
    from pyspark.sql import Column  # noqa: PLC0415

    if isinstance(keys, Column):
        if key_ids is not None:
            raise ArgumentError("key_ids are there and keys is a column; needed is a mapping")
        _refuse_literal(keys)
        return None
    value = looked_at(keys, encrypting=encrypting, stacklevel=stacklevel)
    if (key_ids is None) == isinstance(value, Mapping):
        raise ArgumentError(
            "keys is a mapping and key_ids are missing; needed is a column of ids"
            if key_ids is None
            else "key_ids are there and keys is one key; needed is a mapping of ids to keys"
        )
    return broadcast(value)


def looked_at(keys: object, *, encrypting: bool, stacklevel: int) -> Any:
    """Return the key or the mapping of keys that is given or broadcast, if it can be used."""
    pyspark_functions()
    from pyspark import Broadcast  # noqa: PLC0415

    value = keys
    if isinstance(keys, Broadcast):
        try:
            value = keys.value
        except OSError:  # it was destroyed, or its session stopped: the file of it is gone
            raise ArgumentError(
                "keys is a broadcast that is gone; needed is one of this session, or its keys"
            ) from None
    each = list(value.values()) if isinstance(value, Mapping) else [value]
    for key in each:
        if not isinstance(key, (str, bytes)):
            raise TypeError(
                "keys must be a str or bytes, a mapping of ids to such, a broadcast of either, or"
                f" a column; found is {type(key).__name__}"
            )
    encoded = [as_bytes(key, "key") for key in each]
    if encrypting:
        for key in encoded:
            require_usable(key)
        warn_if_weak(encoded, stacklevel=stacklevel + 1)
    return value


def broadcast(value: Any) -> Held:
    """Return a new broadcast of what was looked at.

    The caller's own is not used: a later session can have another one under its number.
    """
    context = _context()
    if context is None:
        raise ArgumentError(
            "there is no context of Spark that has broadcasts; needed is a session that"
            " runs and is not of Spark Connect, or a column of keys"
        )
    tag = uuid.uuid4().hex
    return context.broadcast((tag, dict(value) if isinstance(value, Mapping) else value)), tag


def _refuse_literal(keys: Column) -> None:
    """Refuse a key that was written as a literal: it would be in the plan and in the logs."""
    # Nothing that is public tells what a column is; with Spark Connect, nothing does.
    node = keys._jc.node() if hasattr(keys, "_jc") else None
    while node is not None and (name := node.getClass().getSimpleName()) != "Literal":
        node = node.child() if name in ("Alias", "Cast") else None
    if node is not None:
        raise ArgumentError(
            "keys is a literal, which would be in plans and logs; needed is the key itself,"
            " which goes into a broadcast, or a column of data"
        )


def _context() -> Any:
    """Return the context of this process, or None: Spark Connect has none."""
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.sql.utils import is_remote  # noqa: PLC0415

    # The active session, which is public, is that of one thread.
    return None if is_remote() else SparkContext._active_spark_context
