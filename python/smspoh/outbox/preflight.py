"""What is looked at before anything is sent.

Rows come from any source, a slice at a time, and each gets one verdict. What is kept
between slices is counts, and a number of 32 bytes for each row that is sent, by which
a repeated one is known: some 100 bytes a row with the set they are in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import restored
from smspoh.errors import ArgumentError
from smspoh.gateway.arguments import checked_sender
from smspoh.phone import Verdict, normalize_batch
from smspoh.phone._names import WHY
from smspoh.text import (
    Encoding,
    FontEncoding,
    detect_zawgyi_batch,
    segments_batch,
    zawgyi_to_unicode_batch,
)

from .corrections import CorrectionsFile
from .preflight_report import REFUSED_KEPT_MAX, PreflightReport
from .preflight_rows import ABROAD, DIGITS_MAX, Checked, RowVerdict, has_usual_digits

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from .preflight_rows import RowCells
    from .preflight_rules import PreflightRules

SLICE_ROWS: Final = 4096  # rows of 1 KiB in a slice are 4 MiB, and a call costs nothing a row
_KEY_BITS: Final = (1 << 60) - 1  # the most that an int of 32 bytes holds

_WHY: Final = {
    RowVerdict.CELLS: "the row has more or fewer cells than the header",
    RowVerdict.UNCONFIRMED: "no good source says that the number is, or is not, in use",
    RowVerdict.OPTED_OUT: "the number is one of the opt-outs",
    RowVerdict.SENDER: "the sender of the row has no shape that can be registered",
    RowVerdict.EMPTY_TEXT: "the text is empty",
    RowVerdict.NO_TEXT: "the text is none, or has half of a surrogate pair in it",
    RowVerdict.ZAWGYI: "the text is Zawgyi, which phones with Unicode show as rubble",
}


class Preflight:
    """Look at rows before they are sent, and count what they come to.

    One object is for one job: what was seen in one call is repeated in the next.

    Args:
        rules: by what they are looked at.
    """

    def __init__(self, rules: PreflightRules) -> None:
        self.rules = rules
        self._rows = 0
        self._seen: set[int] = set()
        self._verdicts: Counter[RowVerdict] = Counter()
        self._numbers: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._sent: Counter[tuple[str, str, int]] = Counter()  # operator, encoding, parts
        self._fonts: Counter[FontEncoding] = Counter()
        self._kept: list[Checked] = []

    def check(
        self, rows: Iterable[RowCells | None], *, slice_rows: int = SLICE_ROWS
    ) -> Iterator[Checked]:
        """Return what is said of each row, in their order, as they come.

        Args:
            rows: each the cells by the names of their columns, as `csv.DictReader` has
                them; None, or a row with cells that have no name, is of CELLS.
            slice_rows: how many are looked at together. It changes no answer.

        Raises:
            TypeError: a row is neither a mapping nor None.
            ArgumentError: `slice_rows` is not 1 or more.
        """
        if slice_rows < 1:
            raise ArgumentError("slice_rows must be 1 or more")
        return self._each(iter(rows), slice_rows)

    def _each(self, rows: Iterator[RowCells | None], slice_rows: int) -> Iterator[Checked]:
        while part := list(islice(rows, slice_rows)):
            yield from self._checked(part)

    def run(
        self,
        rows: Iterable[RowCells | None],
        *,
        balance: Decimal | int | None = None,
        corrections: CorrectionsFile | str | os.PathLike[str] | None = None,
        slice_rows: int = SLICE_ROWS,
    ) -> PreflightReport:
        """Look at all rows and return what they come to.

        Args:
            rows: as in `check`.
            balance: what is on the account.
            corrections: where the rows go that can be corrected, as they are met: a new
                file, of mode 0600, or one that was begun, which stays open.
            slice_rows: as in `check`.

        Raises:
            TypeError, ArgumentError: as `check` and `report`.
            ArgumentError: the file of corrections is there already.
            OSError: it cannot be written.
        """
        if corrections is None or isinstance(corrections, CorrectionsFile):
            self._run(rows, corrections, slice_rows)
        else:
            with CorrectionsFile(Path(corrections), fallback=self.rules.columns) as out:
                self._run(rows, out, slice_rows)
        return self.report(balance=balance)

    def _run(
        self, rows: Iterable[RowCells | None], out: CorrectionsFile | None, slice_rows: int
    ) -> None:
        checked = self.check(rows, slice_rows=slice_rows)
        while part := list(islice(checked, slice_rows)):
            if out is not None:
                out.write(part)

    def report(self, *, balance: Decimal | int | None = None) -> PreflightReport:
        """Return what the rows so far come to.

        Args:
            balance: what is on the account.

        Raises:
            ArgumentError: the balance has more than 30 digits on a side of its point.
        """
        rows_of: Counter[str] = Counter()
        parts_of: Counter[str] = Counter()
        encodings: Counter[str] = Counter()
        for (operator, encoding, parts), count in self._sent.items():
            rows_of[operator] += count
            parts_of[operator] += parts * count
            encodings[encoding] += count
        return PreflightReport(
            rows=self._rows,
            verdicts=_in_order(self._verdicts),
            numbers=_ranked(self._numbers),
            missing=_ranked(self._missing),
            operators=_ranked(rows_of),
            operator_parts={name: parts_of[name] for name in _ranked(rows_of)},
            encodings=_ranked(encodings),
            zawgyi=self._fonts[FontEncoding.ZAWGYI],
            ambiguous=self._fonts[FontEncoding.AMBIGUOUS],
            is_converted=self.rules.zawgyi == "convert",
            cost=self.rules.cost(parts_of),
            balance=None if balance is None else checked_balance(balance),
            columns=self.rules.columns,
            refused=tuple(self._kept),
        )

    def _checked(self, given: Sequence[RowCells | None]) -> list[Checked]:
        part = _Slice(self.rules, given)
        part.look_at_numbers()
        part.look_at_senders()
        part.look_at_texts()
        part.look_at_zawgyi()
        part.look_at_parts()
        part.look_at_repeats(self._seen)
        rows = part.checked(self._rows + 1)
        self._rows += len(rows)
        self._verdicts.update(row.verdict for row in rows)
        for row in rows:
            if row.encoding is not None and row.operator is not None:
                self._sent[row.operator, row.encoding, row.parts] += 1
                continue
            if row.verdict is RowVerdict.BAD_NUMBER and row.number is not None:
                self._numbers[row.number.name] += 1
            if row.verdict.can_be_corrected and len(self._kept) < REFUSED_KEPT_MAX:
                self._kept.append(row)
        self._missing.update(part.missing)
        self._fonts.update(
            font for at, font in part.fonts.items() if part.verdicts[at] is RowVerdict.OK
        )
        return rows


class _Slice:
    """Some rows, looked at column by column; `open` has the places of those still OK."""

    def __init__(self, rules: PreflightRules, given: Sequence[RowCells | None]) -> None:
        self.rules = rules
        self.given = given
        for row in given:
            if row is not None and not isinstance(row, dict | Mapping):
                raise TypeError(f"a row must be a mapping or None, not {type(row).__name__}")
        # What stands for a row of CELLS is never looked into.
        self.rows: list[RowCells] = [
            {} if row is None or None in row else restored(row) for row in given
        ]
        self.verdicts = [
            RowVerdict.CELLS if row is None or None in row else RowVerdict.OK for row in given
        ]
        self.open = [at for at, verdict in enumerate(self.verdicts) if verdict is RowVerdict.OK]
        self.why: dict[int, str] = {}
        self.missing: list[str] = []
        self.texts: list[str] = [""] * len(given)
        self.senders: list[str] = [rules.sender] * len(given)
        self.fonts: dict[int, FontEncoding] = {}

    def _refuse(self, at: int, verdict: RowVerdict, why: str | None = None) -> None:
        self.verdicts[at] = verdict
        if why is not None:
            self.why[at] = why

    def _close(self) -> None:
        self.open = [at for at in self.open if self.verdicts[at] is RowVerdict.OK]

    def look_at_numbers(self) -> None:
        rules = self.rules
        column = rules.number_column
        phones = normalize_batch(
            [row.get(column) for row in self.rows], region=rules.region, strict=True, sms=True
        )
        self.numbers, self.e164 = phones.verdicts, phones.e164
        self.operators = [
            operator.name if region == "MM" else ABROAD
            for operator, region in zip(phones.operators, phones.regions, strict=True)
        ]
        for at in self.open:
            number, e164 = self.numbers[at], self.e164[at]
            if e164 is None:
                is_fixed = number is Verdict.NOT_MOBILE
                self._refuse(
                    at, RowVerdict.NOT_MOBILE if is_fixed else RowVerdict.BAD_NUMBER, WHY[number]
                )
            elif number is Verdict.UNCONFIRMED and not rules.include_unconfirmed:
                self._refuse(at, RowVerdict.UNCONFIRMED)
            elif rules.opt_outs is not None and e164 in rules.opt_outs:
                self._refuse(at, RowVerdict.OPTED_OUT)
        self._close()

    def look_at_senders(self) -> None:
        column, profile = self.rules.sender_column, self.rules.profile
        if column is None:
            return
        for at in self.open:
            own = self.rows[at].get(column)
            if own is None or (isinstance(own, str) and not own.strip()):
                continue
            try:
                self.senders[at] = checked_sender(
                    own.strip() if isinstance(own, str) else own, profile
                )
            except (TypeError, ArgumentError):
                self._refuse(at, RowVerdict.SENDER)
        self._close()

    def look_at_texts(self) -> None:
        template, most = self.rules.template, self.rules.most_parts
        most_chars = most * Encoding.GSM7.part_units
        for at in self.open:
            text: Any
            if template is None:
                text = self.rows[at].get(self.rules.text_column)
            else:
                text, missing = template.fill(self.rows[at])
                if missing is not None:
                    self._refuse(
                        at, RowVerdict.MISSING_FIELD, f"the row has nothing for {missing!r}"
                    )
                    self.missing.append(missing)
                    continue
            if text is None or text == "":
                self._refuse(at, RowVerdict.EMPTY_TEXT)
            elif not isinstance(text, str):
                self._refuse(at, RowVerdict.NO_TEXT)
            elif not text.strip():
                self._refuse(at, RowVerdict.EMPTY_TEXT)
            elif len(text) > most_chars:  # what is far too long is never counted
                self._refuse(at, RowVerdict.TOO_MANY_PARTS, _too_many(most))
            else:
                self.texts[at] = text
        self._close()

    def look_at_zawgyi(self) -> None:
        choice = self.rules.zawgyi
        wide = [at for at in self.open if not self.texts[at].isascii()]
        if choice == "ignore" or not wide:
            return
        found = detect_zawgyi_batch([self.texts[at] for at in wide]).encodings
        self.fonts = dict(zip(wide, found, strict=True))
        zawgyi = [at for at in wide if self.fonts[at] is FontEncoding.ZAWGYI]
        if choice == "refuse":
            for at in zawgyi:
                self._refuse(at, RowVerdict.ZAWGYI)
            self._close()
        elif choice == "convert":
            converted = zawgyi_to_unicode_batch([self.texts[at] for at in zawgyi])
            for at, text in zip(zawgyi, converted, strict=True):
                self.texts[at] = text or self.texts[at]

    def look_at_parts(self) -> None:
        most = self.rules.most_parts
        batch = segments_batch([self.texts[at] for at in self.open])
        self.parts = dict(zip(self.open, batch.parts, strict=True))
        self.encodings = dict(zip(self.open, batch.encodings, strict=True))
        for at, parts in self.parts.items():
            if self.encodings[at] is Encoding.NONE:
                self._refuse(at, RowVerdict.NO_TEXT)
            elif parts > most:
                self._refuse(at, RowVerdict.TOO_MANY_PARTS, _too_many(most, parts))
        self._close()

    def look_at_repeats(self, seen: set[int]) -> None:
        if self.rules.allow_repeats:
            return
        by_number = self.rules.one_per_number
        what = "a message to the same number" if by_number else "the same text to the same number"
        for at in self.open:
            e164 = self.e164[at] or ""
            # Of 1,000,000 rows two have one key by chance once in two million jobs.
            key = int(e164) if by_number else hash((e164, self.texts[at])) & _KEY_BITS
            if key in seen:
                self._refuse(at, RowVerdict.REPEATED, f"a row above is {what}")
            else:
                seen.add(key)

    def checked(self, first: int) -> list[Checked]:
        rows = []
        for at, verdict in enumerate(self.verdicts):
            if verdict is RowVerdict.CELLS:
                why = _WHY[verdict]
                rows.append(Checked(first + at, verdict, None, why, self.given[at]))
                continue
            of_number = (self.rows[at], self.e164[at], self.operators[at])
            if verdict is RowVerdict.OK:
                of_text = (self.texts[at], self.encodings[at].name, self.parts[at])
                sender = self.senders[at]
                row = Checked(
                    first + at, verdict, self.numbers[at], None, *of_number, sender, *of_text
                )
            else:
                why = self.why.get(at) or _WHY[verdict]
                row = Checked(first + at, verdict, self.numbers[at], why, *of_number)
            rows.append(row)
        return rows


def checked_balance(balance: Decimal | int) -> Decimal:
    """Return a balance as a Decimal, when sums of it are exact.

    Raises:
        TypeError: it is neither a Decimal nor an int.
        ArgumentError: it has more than 30 digits on a side of its point, or is not finite.
    """
    if isinstance(balance, bool) or not isinstance(balance, Decimal | int):
        raise TypeError(f"balance must be Decimal or int, not {type(balance).__name__}")
    amount = Decimal(balance)
    if not has_usual_digits(amount):
        raise ArgumentError(
            f"balance must have at most {DIGITS_MAX} digits on each side of its point"
        )
    return amount


def _too_many(most: int, parts: int | None = None) -> str:
    takes = f"{parts} parts" if parts is not None else f"more than {most} parts"
    return f"the text takes {takes}; the most is {most}"


def _in_order(verdicts: Counter[RowVerdict]) -> dict[RowVerdict, int]:
    return {verdict: verdicts[verdict] for verdict in RowVerdict if verdicts[verdict]}


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
