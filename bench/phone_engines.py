"""The engines that read phone numbers: ours, and each rival that is here, an adapter each.

Each does the whole job for each number: from the text as it was found to an E.164 form or why
there is none, whether the number is valid, its region and its type; with "operator" in its
name also who holds it. A rival is used as its documentation says. None of them has a call for
a batch with a region for numbers that name none; the Rust ones loop on the far side of one call
from Python, and those that are not Rust run in a process of their own that times its own loop.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import smspoh
from smspoh.phone import Kind, Operator, Verdict

from .engines import RUST_PHONE_RIVALS, rivals
from .phone_native import Column, Native
from .phone_workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from .phone_corpus import Corpus

OURS: Final = "smspoh, column to columns"
REFERENCE: Final = "phonenumbers"
KINDS: Final = (
    *("FIXED_LINE", "MOBILE", "FIXED_LINE_OR_MOBILE", "TOLL_FREE", "PREMIUM_RATE", "SHARED_COST"),
    *("VOIP", "PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL", ""),
)


class Answer(NamedTuple):
    """What is said of one text.

    Attributes:
        e164: the E.164 form, or the word for why there is none.
        valid: whether it is that of a valid number.
        region: two letters, `001`, or empty where it is not known.
        kind: the type by the name that libphonenumber has for it, or empty.
        operator: who holds the number, as our `Operator` names it, or empty.
    """

    e164: str
    valid: bool
    region: str = ""
    kind: str = ""
    operator: str = ""

    @property
    def number(self) -> str | None:
        """The E.164 form of a valid number; None for all else."""
        return self.e164 if self.valid else None


class Engine(Protocol):
    """What is measured: some rows of a corpus, again and again."""

    name: str
    corpus: Corpus

    def seconds(self) -> float:
        """Read all rows once, and return how long that took."""

    def answers(self) -> list[Answer]:
        """Return what it says of each row."""

    def versions(self) -> dict[str, str]:
        """Return the version of each part that is not the project's."""

    def close(self) -> None:
        """End what was started for it."""


class InProcess:
    """An engine that runs in this process."""

    def __init__(
        self,
        name: str,
        corpus: Corpus,
        run: Callable[[], Any],
        answers: Callable[[Any], list[Answer]],
    ) -> None:
        self.name, self.corpus = name, corpus
        self._run, self._answers = run, answers

    def seconds(self) -> float:
        start = time.perf_counter()
        kept = self._run()
        took = time.perf_counter() - start
        del kept  # what a caller keeps is not freed in the time of its making
        return took

    def answers(self) -> list[Answer]:
        return self._answers(self._run())

    def versions(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        pass


class OutOfProcess:
    """An engine that is a worker's."""

    def __init__(self, name: str, corpus: Corpus) -> None:
        self.name, self.corpus = name, corpus
        self._worker = Worker(name, corpus.texts)

    def seconds(self) -> float:
        return self._worker.nanoseconds() / 1e9

    def answers(self) -> list[Answer]:
        return [
            Answer(e164, valid == "1", region, kind, _operator(operator))
            for e164, valid, region, kind, operator in self._worker.answers()
        ]

    def versions(self) -> dict[str, str]:
        return self._worker.versions()

    def close(self) -> None:
        self._worker.close()


def _operator(name: str) -> str:
    operator = Operator.from_network(name)
    return "" if operator is Operator.UNKNOWN else operator.name


def _ours(
    e164: str | None, verdict: Verdict, region: str | None, kind: Kind, of: Operator
) -> Answer:
    known = "" if kind is Kind.UNKNOWN else kind.name
    operator = "" if of is Operator.UNKNOWN else of.name
    valid = verdict is Verdict.VALID
    return Answer(e164 or verdict.name, valid, region or "", known, operator)


def column(corpus: Corpus, *, threads: int) -> InProcess:
    """Return ours as Arrow has it: the native call, into columns that are there."""
    native = Native(Column(corpus.texts), threads)

    def run() -> Native:
        native()
        return native

    def answers(done: Native) -> list[Answer]:
        verdicts = [Verdict(value) for value in done.verdicts]
        kinds = [Kind(value) for value in done.kinds]
        operators = [Operator(value) for value in done.operators]
        regions = done.regions.decode("ascii")
        names = [regions[at : at + 2].strip("\0") for at in range(0, len(regions), 2)]
        names = ["001" if name == "01" else name for name in names]
        rows = zip(done.lines(), verdicts, names, kinds, operators, strict=True)
        return [_ours(*row) for row in rows]

    name = OURS if threads == 1 else f"{OURS}, {threads} threads"
    return InProcess(name, corpus, run, answers)


def to_e164(corpus: Corpus) -> InProcess:
    """Return ours from a list to the list of E.164 forms; the rest stays in columns."""
    texts = list(corpus.texts)

    def run() -> tuple[smspoh.PhoneBatch, list[str | None]]:
        batch = smspoh.normalize_batch(texts, threads=1)
        return batch, batch.e164

    return InProcess("smspoh, list to E.164 list", corpus, run, lambda done: _of_batch(done[0]))


def to_rows(corpus: Corpus) -> InProcess:
    """Return ours from a list to a list of all that a rival returns, and the operator."""
    texts = list(corpus.texts)

    def run() -> list[tuple[Any, ...]]:
        batch = smspoh.normalize_batch(texts, threads=1)
        columns = batch.e164, batch.verdicts, batch.regions, batch.kinds, batch.operators
        return list(zip(*columns, strict=True))

    return InProcess(
        "smspoh, list to tuples", corpus, run, lambda rows: [_ours(*row) for row in rows]
    )


def each(corpus: Corpus) -> InProcess:
    """Return ours with one call for each number, which raises for one that is refused."""
    texts, normalize, refused = list(corpus.texts), smspoh.normalize, smspoh.NumberError

    def run() -> list[smspoh.PhoneNumber | smspoh.Verdict]:
        rows: list[smspoh.PhoneNumber | smspoh.Verdict] = []
        for text in texts:
            try:
                rows.append(normalize(text))
            except refused as error:
                rows.append(error.verdict)
        return rows

    def answers(rows: list[smspoh.PhoneNumber | smspoh.Verdict]) -> list[Answer]:
        return [
            Answer(row.name, valid=False)
            if isinstance(row, Verdict)
            else _ours(row.e164, row.verdict, row.region, row.kind, row.operator)
            for row in rows
        ]

    return InProcess("smspoh, one call each", corpus, run, answers)


def _of_batch(batch: smspoh.PhoneBatch) -> list[Answer]:
    columns = batch.e164, batch.verdicts, batch.regions, batch.kinds, batch.operators
    return [_ours(*row) for row in zip(*columns, strict=True)]


_ERRORS: Final = ("INVALID_COUNTRY", "NOT_A_NUMBER", "SHORT_AFTER_IDD", "SHORT_NSN", "TOO_LONG")
_RIVAL_SLOT: Final = 24


def by_rust(name: str, corpus: Corpus) -> InProcess:
    """Return a crate, looped over in one call of `bench/rivals`."""
    ffi, library = rivals()
    function = getattr(library, RUST_PHONE_RIVALS[name])
    texts = Column(corpus.texts)
    data = ffi.from_buffer("uint8_t[]", texts.data)
    offsets = ffi.from_buffer("int64_t[]", texts.offsets)
    e164 = ffi.new("uint8_t[]", _RIVAL_SLOT * texts.rows)
    verdicts, kinds = ffi.new("uint8_t[]", texts.rows), ffi.new("uint8_t[]", texts.rows)
    regions = ffi.new("uint8_t[]", 3 * texts.rows)

    def run() -> None:
        function(data, offsets, texts.rows, e164, verdicts, kinds, regions)

    def answers(_: None) -> list[Answer]:
        lines, codes = ffi.buffer(e164)[:], ffi.buffer(regions)[:]
        return [
            Answer(
                lines[row * _RIVAL_SLOT :][:_RIVAL_SLOT].rstrip(b"\0").decode()
                if verdicts[row] < 2
                else _ERRORS[verdicts[row] - 2],
                verdicts[row] == 1,
                codes[row * 3 :][:3].rstrip(b"\0").decode(),
                KINDS[kinds[row]],
            )
            for row in range(texts.rows)
        ]

    return InProcess(name, corpus, run, answers)
