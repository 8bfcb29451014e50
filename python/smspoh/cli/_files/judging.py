"""What is said of the numbers of a batch, and in which columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import OWN_COLUMNS
from smspoh.cli._table import CELLS
from smspoh.frames import arrow
from smspoh.phone import Kind, Operator, Verdict, normalize_batch
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


# What the list says of a row that is nothing; Arrow has a null there.
_NOTHING: Final = {
    "verdict": Verdict.NOT_A_NUMBER.name,
    "operator": Operator.UNKNOWN.name,
    "kind": Kind.UNKNOWN.name,
    "calling_code": 0,
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
        columns = [_at(places, column) for column in self.added.columns]
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


def _at(places: Sequence[int], column: Any) -> Any:
    """Return the rows at these places of a list, or of an array of pyarrow."""
    if isinstance(column, list):
        return [column[at] for at in places]
    return column.take(places) if places else column[:0]  # an empty list has no type


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
        if not isinstance(batch.numbers, list):
            return self._judge_array(batch.numbers)
        phones = normalize_batch(
            batch.numbers, region=self.region, strict=self.strict, sms=self.sms
        )
        verdicts = [verdict.name for verdict in phones.verdicts]
        e164 = phones.e164
        for at in batch.broken:
            verdicts[at] = CELLS
        fine = self._fine
        refused = [at for at, verdict in enumerate(verdicts) if verdict not in fine]
        for at in refused:
            e164[at] = None
        known: dict[str, Sequence[object]] = {"e164": e164, "verdict": verdicts}
        columns = [known[f] if f in known else [*_LISTED[f](phones)] for f in self.fields]
        return Judged(Added(tuple(self.own), columns), refused, [verdicts[at] for at in refused])

    def _judge_array(self, numbers: Any) -> Judged:
        """Return what is said of an array of pyarrow, of which no row becomes an object."""
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.compute as pc  # noqa: PLC0415 - an extra

        said = arrow.normalize(
            numbers,
            region=self.region,
            strict=self.strict,
            sms=self.sms,
            columns=[*{**dict.fromkeys(self.fields), "verdict": None}],
        )
        batch = pa.record_batch(said)
        known = {name: batch.column(name).cast(FIELDS[name]) for name in batch.schema.names}
        for name, nothing in _NOTHING.items():
            if name in known:
                known[name] = known[name].fill_null(nothing)
        verdicts = known["verdict"]
        is_fine = pc.is_in(verdicts, pa.array(sorted(self._fine)))
        places = pc.indices_nonzero(pc.invert(is_fine))
        if "e164" in known:  # UNCONFIRMED has one
            known["e164"] = pc.if_else(is_fine, known["e164"], None)
        columns = [known[name] for name in self.fields]
        refused = verdicts.take(places).to_pylist()
        return Judged(Added(tuple(self.own), columns), places.to_pylist(), refused)

    @property
    def _fine(self) -> set[str]:
        unconfirmed = {Verdict.UNCONFIRMED.name} if self.include_unconfirmed else set()
        return {Verdict.VALID.name, *unconfirmed}
