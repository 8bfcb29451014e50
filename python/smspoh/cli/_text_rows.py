"""What `smspoh text` finds out about texts, and how that is printed as rows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from smspoh.text import (
    Encoding,
    FontEncoding,
    detect_zawgyi_batch,
    segments,
    segments_batch,
    to_gsm7_batch,
    zawgyi_to_unicode_batch,
)

from ._table import CELLS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

OK = "OK"
EMPTY = "EMPTY"  # or of blanks alone: the gateway does not take it
TOO_LONG = "TOO_LONG"
REFUSED_VERDICTS = frozenset({TOO_LONG, CELLS})

COLUMNS = ("text", "encoding", "parts", "units", "units_left", "forced_at")
COLUMNS_BEHIND = ("font_encoding", "zawgyi_probability", "verdict")
JSON_COLUMNS = (
    "text",
    "encoding",
    "parts",
    "units",
    "unitsLeft",
    "forcedAt",
    "forcedBy",
    "boundaries",
    "cuts",
    "cost",
    "fontEncoding",
    "zawgyiProbability",
    "tooLong",
    "verdict",
)


class Wishes(NamedTuple):
    """What was asked for.

    Attributes:
        price: of a part; None where none was said.
        parts_max: more is too long.
        unicode: UCS-2 in any case.
        gsm7: typographic signs are replaced first.
        convert: Zawgyi is converted first.
    """

    price: Decimal | None
    parts_max: int
    unicode: bool
    gsm7: bool
    convert: bool


class Counted(NamedTuple):
    """What one row takes.

    Attributes:
        text: as it was counted, so converted where that was asked; None is no text.
        font: what the text was before that, with the `probability` that it was Zawgyi.
        saved: parts that `Wishes.gsm7` saves, or would save; or that `Wishes.unicode` takes
            more than the text needs.
        replaced: typographic signs were replaced.
    """

    text: str | None
    encoding: Encoding
    parts: int
    units: int
    units_left: int
    forced_at: int | None
    font: FontEncoding
    probability: float | None
    verdict: str
    saved: int
    replaced: bool

    def cost(self, wishes: Wishes) -> str | None:
        """Return what it costs, in digits; None where no price was said."""
        return None if wishes.price is None else f"{self.parts * wishes.price:f}"


def count(rows: Sequence[str | None], wishes: Wishes) -> list[Counted]:
    """Return what each row takes, in the order of the rows."""
    found = detect_zawgyi_batch(rows)
    texts = _converted(rows, found.encodings) if wishes.convert else rows
    as_it_is = segments_batch(texts, unicode=wishes.unicode)
    plain = texts if wishes.unicode else to_gsm7_batch(texts)
    plain_batch = segments_batch(plain)
    taken, batch = (plain, plain_batch) if wishes.gsm7 else (texts, as_it_is)
    verdicts = [
        _verdict(text, parts, wishes.parts_max)
        for text, parts in zip(taken, batch.parts, strict=True)
    ]
    of_rows = (
        taken,
        batch.encodings,
        batch.parts,
        batch.units,
        batch.units_left,
        batch.forced_at,
        found.encodings,
        found.probabilities,
        verdicts,
        [before - after for before, after in zip(as_it_is.parts, plain_batch.parts, strict=True)],
        [text != before for text, before in zip(taken, texts, strict=True)],
    )
    return [Counted._make(row) for row in zip(*of_rows, strict=True)]


def _converted(
    rows: Sequence[str | None], encodings: Sequence[FontEncoding]
) -> Sequence[str | None]:
    zawgyi = [at for at, encoding in enumerate(encodings) if encoding is FontEncoding.ZAWGYI]
    texts = list(rows)
    for at, text in zip(zawgyi, zawgyi_to_unicode_batch([rows[at] for at in zawgyi]), strict=True):
        texts[at] = text
    return texts


def _verdict(text: str | None, parts: int, parts_max: int) -> str:
    if text is None:
        return CELLS
    if parts > parts_max:
        return TOO_LONG
    return OK if text.strip() else EMPTY


def columns(wishes: Wishes) -> tuple[str, ...]:
    """Return the columns of the CSV."""
    cost = () if wishes.price is None else ("cost",)
    return (*COLUMNS, *cost, *COLUMNS_BEHIND)


def cells(row: Counted, wishes: Wishes) -> tuple[Any, ...]:
    """Return the cells below `columns`."""
    cost = () if wishes.price is None else (row.cost(wishes),)
    return (
        row.text,
        row.encoding.name,
        row.parts,
        row.units,
        row.units_left,
        row.forced_at,
        *cost,
        row.font.name,
        row.probability,
        row.verdict,
    )


def values(row: Counted, wishes: Wishes) -> tuple[Any, ...]:
    """Return what JSON has below `JSON_COLUMNS`."""
    # Counted once more where there are boundaries: a batch has none.
    found = segments(row.text, unicode=wishes.unicode) if row.text and row.parts > 1 else None
    return (
        row.text,
        row.encoding.name,
        row.parts,
        row.units,
        row.units_left,
        row.forced_at,
        forced_by(row),
        found.boundaries if found else (),
        found.cuts if found else (),
        row.cost(wishes),  # as text: JSON numbers lose digits in most readers
        row.font.name,
        row.probability,
        row.verdict == TOO_LONG,
        row.verdict,
    )


def forced_by(row: Counted) -> str | None:
    """Return the code point and the name of the character that made a text UCS-2."""
    if row.text is None or row.forced_at is None:
        return None
    char = row.text[row.forced_at]
    control = unicodedata.category(char) == "Cc"  # Unicode names none of them
    nameless = "TAB" if char == "\t" else "CONTROL CHARACTER" if control else "WITHOUT A NAME"
    return f"U+{ord(char):04X} {unicodedata.name(char, nameless)}"
