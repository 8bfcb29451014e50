"""Rows of a batch: which may go in, and what became of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from smspoh._inputs import as_bytes, as_rows
from smspoh.errors import ArgumentError

from .keys import require_usable, unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smspoh._abi import Buffer

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


@dataclass(frozen=True, slots=True, repr=False)
class Admitted:
    """The rows that may go to Rust, and the verdicts on those that may not."""

    rows: list[int]
    """The place of each admitted row in the caller's batch."""
    values: list[Buffer]
    keys: list[Buffer]
    """One an admitted row, or a single one for all of them."""
    verdicts: list[EnvelopeVerdict]
    """One a row of the caller's batch."""

    def result(
        self, results: Sequence[T | None], verdicts: Sequence[EnvelopeVerdict] = ()
    ) -> EnvelopeBatch[T]:
        """Return the caller's batch, with the results of the admitted rows in their places."""
        whole: list[T | None] = [None] * len(self.verdicts)
        for row, result in zip(self.rows, results, strict=True):
            whole[row] = result
        for row, verdict in zip(self.rows, verdicts, strict=False):
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
    admitted = Admitted([], [], [key] if one_key else [], [EnvelopeVerdict.OK] * len(values))
    for row, value in enumerate(values):
        value_, verdict = _admit_value(value, encrypting=encrypting)
        if value_ is not None and not one_key:
            key_, verdict = _admit_key(key_rows[row], encrypting=encrypting)
            if key_ is None:
                value_ = None
            else:
                admitted.keys.append(key_)
        admitted.verdicts[row] = verdict
        if value_ is not None:
            admitted.rows.append(row)
            admitted.values.append(value_)
    return admitted


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
