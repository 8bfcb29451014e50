"""What texts take together, and what can be done about it, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smspoh._wording import counted
from smspoh.text import FontEncoding

from ._output import note
from ._text_rows import EMPTY, REFUSED_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._text_rows import Counted, Wishes


class Summary:
    """What texts take together."""

    def __init__(self, wishes: Wishes) -> None:
        """Begin with no texts."""
        self._wishes = wishes
        self._rows = 0
        self._parts = 0
        self._saved = 0
        self._saving = 0
        self._replaced = 0
        self._encodings: Counter[str] = Counter()
        self._fonts: Counter[FontEncoding] = Counter()
        self._verdicts: Counter[str] = Counter()

    def add(self, rows: Sequence[Counted]) -> None:
        """Add what some texts take."""
        self._rows += len(rows)
        self._parts += sum(row.parts for row in rows)
        self._saved += sum(row.saved for row in rows)
        self._saving += sum(row.saved > 0 for row in rows)
        self._replaced += sum(row.replaced for row in rows)
        self._encodings.update(row.encoding.name for row in rows if row.text is not None)
        self._fonts.update(row.font for row in rows)
        self._verdicts.update(row.verdict for row in rows)

    @property
    def is_refused(self) -> bool:
        """Whether some row is no text, or too long."""
        return any(self._verdicts[verdict] for verdict in REFUSED_VERDICTS)

    def show_counts(self) -> None:
        """Print on stderr how many texts there are, and what they take."""
        texts = several(self._encodings.total(), "text")
        price = self._wishes.price
        cost = "" if price is None else f", cost {self._parts * price:,f}"
        encodings = f": {counted(self._encodings)}" if self._encodings else ""
        note(f"{texts}, {several(self._parts, 'part')}{cost}{encodings}")

    def show_notes(self) -> None:
        """Print on stderr what cannot be sent or read, and what can be saved."""
        refused = {name: self._verdicts[name] for name in REFUSED_VERDICTS if self._verdicts[name]}
        if refused:
            total = sum(refused.values())
            note(f"refused {total:,} of {self._rows:,} rows: {counted(refused)}")
        if empty := self._verdicts[EMPTY]:
            note(f"empty, which cannot be sent: {several(empty, 'text')}")
        saving = several(self._saving, "text")
        instead = f"{several(self._parts - self._saved, 'part')} instead of {self._parts:,}"
        if self._wishes.gsm7:
            before = f"{several(self._parts, 'part')} instead of {self._parts + self._saved:,}"
            note(f"signs replaced in {several(self._replaced, 'text')}: {before}")
        elif self._saved > 0 and self._wishes.unicode:
            note(f"hint: GSM-7 would do for {saving}; without --unicode it is {instead}")
        elif self._saved > 0:
            note(
                f"hint: typographic signs alone force UCS-2 in {saving}; --gsm7 makes it {instead}"
            )
        self._show_zawgyi()

    def _show_zawgyi(self) -> None:
        zawgyi, ambiguous = (
            self._fonts[font] for font in (FontEncoding.ZAWGYI, FontEncoding.AMBIGUOUS)
        )
        if zawgyi and self._wishes.convert:
            note(f"converted from Zawgyi: {several(zawgyi, 'text')}")
        elif zawgyi:
            note(
                "smspoh: warning: Zawgyi, which phones with Unicode show as rubble: "
                f"{several(zawgyi, 'text')} (see --convert)"
            )
        if ambiguous:
            note(f"smspoh: warning: may be Zawgyi, left as written: {several(ambiguous, 'text')}")


def several(number: int, word: str) -> str:
    """Return a number with its word: `1 part`, `2,000 parts`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
