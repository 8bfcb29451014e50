"""Rows of a batch: which may go in, and what became of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from smspoh._inputs import all_as_bytes, all_bytes, as_bytes, as_rows
from smspoh.errors import ArgumentError

from .keys import all_usable, require_usable, unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smspoh._abi import Buffer
    from smspoh._inputs import Encoded

T = TypeVar("T")


class EnvelopeVerdict(IntEnum):
    """What became of one row of a batch."""

    OK = 0
    """Encrypted; or authentic and opened."""
    MALFORMED = 1
    """Not the message format at all."""
    REFUSED = 2
    """A wrong key or a changed message; the two cannot be told apart."""
    NOT_UTF8 = 3
    """Authentic, but the text is not UTF-8 (ask for bytes); or a `str` that has no UTF-8."""
    NOT_TEXT = 4
    """The row to encrypt is neither `str` nor bytes, or a memoryview that cannot be read."""
    BAD_KEY = 5
    """The row's key is neither `str` nor bytes, or cannot be used to encrypt."""


class EnvelopeBatch(list[T | None], Generic[T]):
    """A list with one result a row, None where a row was refused.

    Attributes:
        verdicts: one `EnvelopeVerdict` a row, saying why.
    """

    __slots__ = ("verdicts",)

    def __init__(self, rows: Iterable[T | None], verdicts: list[EnvelopeVerdict]) -> None:
        super().__init__(rows)
        self.verdicts = verdicts

    def __repr__(self) -> str:
        counts = Counter(verdict.name for verdict in self.verdicts)
        inside = ", ".join(f"{count} {name}" for name, count in counts.items())
        return f"<EnvelopeBatch of {len(self)} rows: {inside or 'none'}>"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (list(self), list(self.verdicts))


def text_of(raw: bytes) -> tuple[str | None, EnvelopeVerdict]:
    """Return the text of authentic bytes, and the verdict on them."""
    try:
        return raw.decode(), EnvelopeVerdict.OK
    except UnicodeDecodeError:  # it holds the text, so it goes no further
        return None, EnvelopeVerdict.NOT_UTF8


def texts_of(opened: EnvelopeBatch[bytes]) -> EnvelopeBatch[str]:
    """Return the texts of a batch that was opened; a row that is not UTF-8 is None."""
    try:
        decoded = map(bytes.decode, opened)  # type: ignore[arg-type]  # None is caught below
        return EnvelopeBatch(decoded, opened.verdicts)
    except (TypeError, UnicodeDecodeError):  # a row is None or not UTF-8: one by one, then
        pass
    texts: list[str | None] = [None] * len(opened)
    for row, raw in enumerate(opened):
        if raw is not None:
            texts[row], opened.verdicts[row] = text_of(raw)
    return EnvelopeBatch(texts, opened.verdicts)


@dataclass(frozen=True, slots=True, repr=False)
class Admitted:
    """The rows that may go to Rust, and the verdicts on those that may not."""

    rows: Sequence[int]
    """The place of each admitted row in the caller's batch."""
    values: Encoded | Sequence[Buffer]
    keys: Sequence[Buffer]
    """One an admitted row, or a single one for all of them."""
    verdicts: list[EnvelopeVerdict]
    """One a row of the caller's batch."""

    def result(
        self, results: Sequence[T | None], verdicts: list[EnvelopeVerdict] | None = None
    ) -> EnvelopeBatch[T]:
        """Return the caller's batch, with the results of the admitted rows in their places."""
        if len(self.rows) == len(self.verdicts) == len(results):  # each row in its place
            return EnvelopeBatch(results, self.verdicts if verdicts is None else verdicts)
        whole: list[T | None] = [None] * len(self.verdicts)
        for row, result in zip(self.rows, results, strict=True):
            whole[row] = result
        for row, verdict in zip(self.rows, verdicts or (), strict=False):
            self.verdicts[row] = verdict
        return EnvelopeBatch(whole, self.verdicts)


def admit(values: Iterable[object], keys: object, name: str, *, encrypting: bool) -> Admitted:
    """Sort the rows into those that may go to Rust and those that may not.

    Raises:
        ArgumentError: keys that are not as many as the values; a single key that
            cannot be used.
        TypeError: arguments that are not rows; a single key of another type.
    """
    values = as_rows(values, name)
    one_key = isinstance(keys, (str, bytes, bytearray, memoryview))
    if one_key:
        key = as_bytes(keys, "key")
        if encrypting:
            require_usable(key)
        key_rows: Sequence[object] = ()
    else:
        key_rows = as_rows(keys, "keys")  # type: ignore[arg-type]  # refused there
        if len(key_rows) != len(values):
            raise ArgumentError(
                f"there are {len(values)} {name} and {len(key_rows)} keys;"
                " give one key for all, or one for each"
            )
    whole_values = all_as_bytes(values)
    if whole_values is not None:
        whole_keys = [key] if one_key else _usable(key_rows, encrypting=encrypting)
        if whole_keys is not None:
            count = len(whole_values)
            return Admitted(range(count), whole_values, whole_keys, [EnvelopeVerdict.OK] * count)
    return admit_one_by_one(values, [key] if one_key else None, key_rows, encrypting=encrypting)


def _usable(keys: Sequence[object], *, encrypting: bool) -> list[Buffer] | None:
    """Return a key a row when all are `str`, or all bytes, and can be used; else None."""
    whole: list[Buffer] | None
    try:
        whole = list(map(str.encode, keys))  # type: ignore[arg-type]  # caught below
    except (TypeError, UnicodeEncodeError):
        whole = all_bytes(keys)
    return None if whole is None or (encrypting and not all_usable(whole)) else whole


def admit_one_by_one(
    values: Sequence[object],
    key: list[Buffer] | None,
    key_rows: Sequence[object],
    *,
    encrypting: bool,
) -> Admitted:
    """Do what `admit` does, whatever the rows are: with one key, or else one a row."""
    rows: list[int] = []
    admitted: list[Buffer] = []
    keys = [] if key is None else key
    verdicts = [EnvelopeVerdict.OK] * len(values)
    for row, value in enumerate(values):
        value_, verdict = _admit_value(value, encrypting=encrypting)
        if value_ is not None and key is None:
            key_, verdict = _admit_key(key_rows[row], encrypting=encrypting)
            if key_ is None:
                value_ = None
            else:
                keys.append(key_)
        verdicts[row] = verdict
        if value_ is not None:
            rows.append(row)
            admitted.append(value_)
    return Admitted(rows, admitted, keys, verdicts)


def _admit_value(value: object, *, encrypting: bool) -> tuple[Buffer | None, EnvelopeVerdict]:
    try:
        return as_bytes(value, "row"), EnvelopeVerdict.OK
    except TypeError:
        verdict = EnvelopeVerdict.NOT_TEXT
    except ArgumentError:
        text = isinstance(value, str)
        verdict = EnvelopeVerdict.NOT_UTF8 if text else EnvelopeVerdict.NOT_TEXT
    return None, verdict if encrypting else EnvelopeVerdict.MALFORMED


def _admit_key(key: object, *, encrypting: bool) -> tuple[Buffer | None, EnvelopeVerdict]:
    try:
        key_ = as_bytes(key, "key")
    except (TypeError, ArgumentError):
        return None, EnvelopeVerdict.BAD_KEY
    if encrypting and unusable(key_):
        return None, EnvelopeVerdict.BAD_KEY
    return key_, EnvelopeVerdict.OK
