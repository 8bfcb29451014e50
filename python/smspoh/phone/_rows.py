"""The answers: a number, a refused row, a batch of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, SupportsIndex, TypeVar, overload

from ._carriers import carriers
from ._names import KINDS, OPERATORS, VERDICTS, Kind, Operator, Verdict

if TYPE_CHECKING:
    import enum
    from array import array

_Member = TypeVar("_Member", bound="enum.Enum")


class Columns(Protocol):
    """What the native library filled in, for n rows."""

    e164: bytearray  # a line a row: what it was read as, also where it is refused
    verdicts: bytearray
    operators: bytearray
    kinds: bytearray
    regions: bytearray
    calling_codes: array[int]


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A number that was accepted. Its repr hides the digits.

    Attributes:
        e164: the E.164 form, `+959…`. Source: ITU-T E.164.
        national: the digits after the calling code, without a leading trunk 0.
        region: two letters of ISO 3166-1, or `001` for no country at all.
        country_code: the country calling code.
        operator: who holds the block; known for mobiles of Myanmar.
        kind: what the block is used for.
        verdict: `Verdict.VALID` or `Verdict.UNCONFIRMED`.
    """

    e164: str
    national: str
    region: str | None
    country_code: int
    operator: Operator
    kind: Kind
    verdict: Verdict

    @property
    def can_receive_sms(self) -> bool:
        """Whether an SMS can arrive, as far as the kind tells: an unknown kind may."""
        return self.kind.can_receive_sms

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(region={self.region!r}, operator={self.operator.name}, "
            f"kind={self.kind.name}, verdict={self.verdict.name})"
        )


@dataclass(frozen=True, slots=True, repr=False)
class RefusedNumber:
    """A row of a batch that was refused. Its repr hides the digits.

    Attributes:
        verdict: why.
        region: as in `PhoneNumber`, as far as the digits tell it, or None.
        country_code: the country calling code, or 0 where none was found.
        operator: as in `PhoneNumber`.
        kind: as in `PhoneNumber`.
        parsed: the E.164 form that the row was read as, for a person who mends
            it; None where no number was read. It may be nobody's number: never
            send to it.
        e164: None.
    """

    verdict: Verdict
    region: str | None
    country_code: int
    operator: Operator
    kind: Kind
    parsed: str | None
    e164: None = None

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(verdict={self.verdict.name}, region={self.region!r}, "
            f"country_code={self.country_code})"
        )


class PhoneBatch(Sequence["PhoneNumber | RefusedNumber"]):
    """The answers of a batch, as columns of n rows. Its repr shows counts alone.

    A column becomes a list when it is first asked for; a row becomes an object
    when it is indexed or iterated over.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @cached_property
    def e164(self) -> list[str | None]:
        """The E.164 form of each row (n), None where it is refused."""
        lines: list[str | None] = self._lines()  # type: ignore[assignment]  # a list of its own
        accepted = self._columns.verdicts.translate(_ACCEPTED)
        row = accepted.find(0)
        while row >= 0:
            lines[row] = None
            row = accepted.find(0, row + 1)
        return lines

    @cached_property
    def parsed(self) -> list[str | None]:
        """The E.164 form that each row (n) was read as, also where it is refused.

        None where no number was read. What a refused row was read as may be nobody's
        number: it is there for a person who mends a list, and never to be sent to.
        """
        return [line or None for line in self._lines()]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The verdict of each row (n)."""
        return _members(VERDICTS, self._columns.verdicts)

    @cached_property
    def operators(self) -> list[Operator]:
        """The operator of each row (n)."""
        return _members(OPERATORS, self._columns.operators)

    @cached_property
    def kinds(self) -> list[Kind]:
        """The kind of each row (n)."""
        return _members(KINDS, self._columns.kinds)

    @cached_property
    def regions(self) -> list[str | None]:
        """The region of each row (n), None where the digits do not tell it."""
        pairs = bytes(self._columns.regions)
        return [_region(pairs[at : at + 2]) for at in range(0, len(pairs), 2)]

    @cached_property
    def country_codes(self) -> list[int]:
        """The country calling code of each row (n), 0 where none was found."""
        return self._columns.calling_codes.tolist()

    @cached_property
    def carriers(self) -> list[str | None]:
        """The carrier of each row (n), in English: whom the block was first given to.

        None where the metadata names none, and where the row is not VALID or no mobile,
        no pager and no block that may be of mobiles. The metadata is not looked up for
        it before this is asked for.

        In most countries a number can be taken to another carrier, so this does not tell
        who serves it today. In Myanmar it is the metadata's view: it has the names of
        then, `Telenor` for ATOM, and says `MPT` of blocks that are MEC's. `operators`
        has the reviewed ones.

        Source: libphonenumber (`metadata_version()`); docs/spec/carriers.md.
        """
        columns = self._columns
        return carriers(columns.e164, columns.verdicts, columns.kinds)

    def counts(self) -> dict[Verdict, int]:
        """Return the number of rows of each verdict that occurs."""
        found = {verdict: self._columns.verdicts.count(verdict.value) for verdict in VERDICTS}
        return {verdict: count for verdict, count in found.items() if count}

    def to_list(self) -> list[PhoneNumber | RefusedNumber]:
        """Return every row as an object."""
        return list(self)

    def __len__(self) -> int:
        return len(self._columns.verdicts)

    @overload
    def __getitem__(self, index: SupportsIndex) -> PhoneNumber | RefusedNumber: ...
    @overload
    def __getitem__(self, index: slice) -> list[PhoneNumber | RefusedNumber]: ...
    def __getitem__(
        self, index: SupportsIndex | slice
    ) -> PhoneNumber | RefusedNumber | list[PhoneNumber | RefusedNumber]:
        if isinstance(index, slice):
            return [self._row(row) for row in range(*index.indices(len(self)))]
        return self._row(range(len(self))[index])

    def __iter__(self) -> Iterator[PhoneNumber | RefusedNumber]:
        return map(self._row, range(len(self)))

    def __repr__(self) -> str:
        counts = "".join(f", {verdict.name}={n}" for verdict, n in self.counts().items())
        return f"{type(self).__name__}(rows={len(self)}{counts})"

    def _lines(self) -> list[str]:
        lines = self._columns.e164.decode("ascii").split("\n")
        del lines[-1]  # what is behind the last line break
        return lines

    def _row(self, row: int) -> PhoneNumber | RefusedNumber:
        columns = self._columns
        return answer(
            self.parsed[row],
            (columns.verdicts[row], columns.operators[row], columns.kinds[row]),
            bytes(columns.regions[2 * row : 2 * row + 2]),
            columns.calling_codes[row],
        )


def answer(
    parsed: str | None, names: tuple[int, int, int], region: bytes, country_code: int
) -> PhoneNumber | RefusedNumber:
    """Return one row of the native columns as an object.

    Args:
        parsed: the E.164 form that the row was read as, or None.
        names: the values of verdict, operator and kind.
        region: two bytes, as the native column has them.
        country_code: the country calling code, or 0.
    """
    verdict, operator, kind = VERDICTS[names[0]], OPERATORS[names[1]], KINDS[names[2]]
    if parsed is None or not _ACCEPTED[names[0]]:
        return RefusedNumber(verdict, _region(region), country_code, operator, kind, parsed)
    national = parsed[2 if country_code < 10 else 3 if country_code < 100 else 4 :]
    # As PhoneNumber(...) would, and faster: a frozen class sets its fields by a longer way.
    number: PhoneNumber = object.__new__(PhoneNumber)
    _set_e164(number, parsed)
    _set_national(number, national)
    _set_region(number, _region(region))
    _set_country_code(number, country_code)
    _set_operator(number, operator)
    _set_kind(number, kind)
    _set_verdict(number, verdict)
    return number


# What sets a field of a frozen number: the slots themselves, in the order of the fields.
_set_e164, _set_national, _set_region, _set_country_code, _set_operator, _set_kind, _set_verdict = (
    getattr(PhoneNumber, field.name).__set__ for field in fields(PhoneNumber)
)


def _region(code: bytes) -> str | None:
    try:
        return _REGIONS[code]
    except KeyError:
        return _REGIONS.setdefault(code, code.decode("ascii"))


# One a verdict that accepts, by its value.
_ACCEPTED: Final = bytes(
    value < len(VERDICTS) and VERDICTS[value].is_accepted for value in range(256)
)
_REGIONS: Final[dict[bytes, str | None]] = {b"\0\0": None, b"01": "001"}


def _members(members: tuple[_Member, ...], column: bytearray) -> list[_Member]:
    return [members[value] for value in column]
