"""What there is to say about the text of a message."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smspoh.sandbox.codes import find_codes
from smspoh.text import Encoding, FontEncoding, detect_zawgyi, segments, zawgyi_to_unicode

if TYPE_CHECKING:
    from smspoh.sandbox.codes import Code


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one part of a text.

    Attributes:
        text: what it says.
        is_cut: whether it begins inside a Myanmar syllable.
    """

    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class TextView:
    """Hold what a page says about a text.

    Attributes:
        text: the text.
        parts: it, cut as it is sent.
        encoding: "GSM-7", "UCS-2", or "GSM-7 or UCS-2" where it cannot be known.
        is_known: whether the encoding is; the units are 0 where it is not.
        units: septets, or units of UTF-16, in all.
        units_left: those that the last part has left.
        unit: what one of them is called.
        forced_by: the character that made it UCS-2, as it is named; empty where none did.
        forced_at: the place of that character, from 1.
        font_encoding: what the code points are meant for; empty where it cannot matter.
        as_unicode: the text in Unicode, where it is Zawgyi; else empty.
        codes: the one-time codes in it.
    """

    text: str
    parts: list[Part]
    encoding: str
    is_known: bool
    units: int
    units_left: int
    unit: str
    forced_by: str
    forced_at: int
    font_encoding: str
    as_unicode: str
    codes: list[Code]


def text_view(text: str, parts: int, unicode: bool | None = None) -> TextView:
    """Return what a page says about a text.

    Args:
        text: the text.
        parts: how many it was sent in: that of UCS-2 where the sender asked for that.
        unicode: whether the sender asked for UCS-2; None where it is not known.
    """
    found, wide = segments(text), segments(text, unicode=True)
    if unicode or (unicode is None and found.parts != parts):
        found = wide
    is_gsm7 = found.encoding is Encoding.GSM7
    # A text that has as many parts in both: nothing says which it was.
    is_known = unicode is not None or not is_gsm7 or wide.parts != parts
    if is_known or found.parts == 1:
        cuts, starts = set(found.cuts), (0, *found.boundaries)
        pieces = [
            Part(piece, start in cuts)
            for piece, start in zip(found.split(text), starts, strict=True)
        ]
    else:
        pieces = [Part(text, is_cut=False)]
    font = detect_zawgyi(text).encoding
    at = found.forced_at
    return TextView(
        text=text,
        parts=pieces,
        encoding=("GSM-7" if is_gsm7 else "UCS-2") if is_known else "GSM-7 or UCS-2",
        is_known=is_known,
        units=found.units if is_known else 0,
        units_left=found.units_left if is_known else 0,
        unit="septets" if is_gsm7 else "units",
        forced_by="" if at is None else _name(text[at]),
        forced_at=0 if at is None else at + 1,
        font_encoding="" if font is FontEncoding.NONE else font.name,
        as_unicode=zawgyi_to_unicode(text) if font is FontEncoding.ZAWGYI else "",
        codes=find_codes(text),
    )


def _name(sign: str) -> str:
    """Return a character, its code point and its name."""
    name = unicodedata.name(sign, "without a name")
    # A mark needs a letter to stand on; what cannot be seen is not shown.
    shown = f"\u25cc{sign}" if unicodedata.category(sign).startswith("M") else sign
    code = f"U+{ord(sign):04X} {name}"
    return f"{shown} {code}" if sign.isprintable() and not sign.isspace() else code
