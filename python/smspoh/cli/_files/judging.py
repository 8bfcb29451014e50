"""What is said of the numbers of a batch, and in which columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh._spreadsheet import OWN_COLUMNS
from smspoh.cli._table import CELLS
from smspoh.phone import Verdict, normalize_batch
from smspoh.phone._names import WHY

from .batch import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from smspoh.phone import PhoneBatch

    from .batch import Batch

# What can be added to a row, and its type where there are types.
FIELDS: Final = {
    "e164": "string",
    "verdict": "string",
    "operator": "string",
    "kind": "string",
    "region": "string",
    "calling_code": "int16",
}
REJECTED_FIELDS: Final = dict(zip(OWN_COLUMNS, ("int64", "string", "string"), strict=True))

_UNCONFIRMED: Final = (
    "no good source says that the number is in use; --include-unconfirmed takes such numbers"
)
_WHY: Final = {verdict.name: why for verdict, why in WHY.items()} | {
    Verdict.UNCONFIRMED.name: _UNCONFIRMED
}
_LISTED: Final[dict[str, Callable[[PhoneBatch], Sequence[object]]]] = {
    "operator": lambda phones: [operator.name for operator in phones.operators],
    "kind": lambda phones: [kind.name for kind in phones.kinds],
    "region": lambda phones: phones.regions,
    "calling_code": lambda phones: phones.country_codes,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a batch of n rows.

    Attributes:
        added: the columns that were asked for, n long.
        refused: the places of the rows that are refused.
        verdicts: of those rows.
    """

    added: Added
    refused: list[int]
    verdicts: list[str]

    def counts(self) -> Counter[str]:
        """Return the number of refused rows of each verdict."""
        return Counter(self.verdicts)

    def kept(self, rows: int) -> tuple[list[int], Added]:
        """Return the places of the rows that are not refused, of so many, and their columns."""
        refused = frozenset(self.refused)
        places = [at for at in range(rows) if at not in refused]
        columns = [
            [column[at] for at in places] if isinstance(column, list) else column.take(places)
            for column in self.added.columns
        ]
        return places, Added(self.added.names, columns)

    def why(self, begin: int, broken: Mapping[int, str]) -> Added:
        """Return the columns of the refused rows: where they are, their verdict, and why.

        Args:
            begin: how many rows of FILE are before the batch.
            broken: the reason of rows that are not of the shape of FILE.
        """
        whys = [
            broken[at] if at in broken else _WHY[verdict]
            for at, verdict in zip(self.refused, self.verdicts, strict=True)
        ]
        rows = [begin + at + 1 for at in self.refused]
        return Added(tuple(REJECTED_FIELDS), [rows, self.verdicts, whys])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How numbers are judged, and what of the answer is written.

    Attributes:
        region: as in `normalize_batch`.
        strict: as there.
        sms: as there.
        include_unconfirmed: take UNCONFIRMED numbers too.
        fields: of `FIELDS`, in the order to have them.
        prefix: of their names.
    """

    region: str | None
    strict: bool
    sms: bool
    include_unconfirmed: bool
    fields: tuple[str, ...]
    prefix: str

    @property
    def own(self) -> dict[str, str]:
        """The columns that are added, by name, with their types."""
        return {f"{self.prefix}{field}": FIELDS[field] for field in self.fields}

    def judge(self, batch: Batch) -> Judged:
        """Return what is said of a batch."""
        numbers = batch.numbers
        phones = normalize_batch(
            numbers if isinstance(numbers, list) else numbers.to_pylist(),
            region=self.region,
            strict=self.strict,
            sms=self.sms,
        )
        verdicts = [verdict.name for verdict in phones.verdicts]
        e164 = phones.e164
        for at in batch.broken:
            verdicts[at] = CELLS
        fine = {Verdict.VALID.name}
        if self.include_unconfirmed:
            fine.add(Verdict.UNCONFIRMED.name)
        refused = [at for at, verdict in enumerate(verdicts) if verdict not in fine]
        for at in refused:
            e164[at] = None
        known: dict[str, Sequence[object]] = {"e164": e164, "verdict": verdicts}
        columns = [known[f] if f in known else [*_LISTED[f](phones)] for f in self.fields]
        return Judged(Added(tuple(self.own), columns), refused, [verdicts[at] for at in refused])
