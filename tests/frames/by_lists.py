"""What the functions for lists say, row by row as dicts: the twin of every library of frames.

A list has no nulls, so a row that is None is None in every field here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import smspoh

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
Fields = dict[str, Sequence[Any]]


def normalize(rows: Sequence[object], **options: Any) -> list[Row]:
    batch = smspoh.normalize_batch(rows, **options)
    fields: Fields = {
        "e164": batch.e164,
        "verdict": _names(batch.verdicts),
        "operator": _names(batch.operators),
        "kind": _names(batch.kinds),
        "region": batch.regions,
        "calling_code": batch.country_codes,
    }
    return _table(rows, fields)


def decrypt(rows: Sequence[Any], keys: Any, **options: Any) -> list[Row]:
    batch = smspoh.decrypt_batch(rows, keys, **options)
    return _table(rows, {"text": batch, "verdict": _names(batch.verdicts)})


def segments(rows: Sequence[object], **options: Any) -> list[Row]:
    batch = smspoh.segments_batch(rows, **options)
    fields: Fields = {
        "encoding": _names(batch.encodings),
        "parts": batch.parts,
        "units": batch.units,
        "units_left": batch.units_left,
        "forced_at": batch.forced_at,
    }
    return _table(rows, fields)


def _names(members: Iterable[Any]) -> list[str]:
    return [member.name for member in members]


def _table(rows: Sequence[object], fields: Fields) -> list[Row]:
    found = [
        dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)
    ]
    nothing = dict.fromkeys(fields)
    return [nothing if row is None else one for row, one in zip(rows, found, strict=True)]
