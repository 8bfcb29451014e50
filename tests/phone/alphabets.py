"""The characters that texts of the tests are made of.

Only characters that the running Python knows: a newer Unicode may know more.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import Final

_ALL: Final = [chr(code) for code in range(sys.maxunicode + 1)]


def _of(*categories: str) -> tuple[str, ...]:
    return tuple(c for c in _ALL if unicodedata.category(c) in categories)


DIGITS: Final = "0123456789"
SCRIPTS: Final[tuple[str, ...]] = tuple(
    "".join(map(chr, range(ord(zero), ord(zero) + 10)))
    for zero in _of("Nd")
    if unicodedata.decimal(zero) == 0
)
"""The decimal digits of each script, ten a text."""
NUMERALS: Final[tuple[str, ...]] = _of("No", "Nl")
"""What counts and is no decimal digit: ², ①, Ⅷ, Kharosthi."""
DIGIT_NUMERALS: Final[tuple[str, ...]] = tuple(
    c for c in NUMERALS if unicodedata.digit(c, -1) != -1
)
"""Those of them that `unicodedata.digit` gives a value."""
LETTERS: Final[tuple[str, ...]] = _of("Lu", "Ll", "Lt", "Lm", "Lo")
MARKS: Final[tuple[str, ...]] = _of("Mn", "Mc", "Me")
INVISIBLE: Final[tuple[str, ...]] = (*_of("Cf"), "\u034f", *map(chr, range(0xFE00, 0xFE10)))
SPACES: Final[tuple[str, ...]] = (*_of("Zs", "Zl", "Zp"), *"\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
SIGNS: Final[tuple[str, ...]] = _of(
    "Po", "Pd", "Ps", "Pe", "Pi", "Pf", "Pc", "Sm", "Sk", "So", "Sc"
)
ANY: Final[tuple[str, ...]] = tuple(c for c in _ALL if unicodedata.category(c) != "Cn")
"""Every assigned character, lone surrogates and private ones among them."""

PUNCTUATION: Final = (
    "-x\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d\uff0e\uff0f \u00a0\u00ad\u200b\u2060"
    "\u3000()\uff08\uff09\uff3b\uff3d.[]/~\u2053\u223c\uff5eX"
)
"""What libphonenumber takes inside a number."""
NEAR_PUNCTUATION: Final = (
    "\u200c\u200d\u200e\u200f\u202a\u202c\u2061\u2066\u2069\ufeff\u2009\u202f\u2007\u1680\u205f\t\v\f"
    "\n\r\u2028\u2029\x85\x1c{}<>\u2039\u27e8\u207d\u208d\ufe59\ufe5a\\\u2044\u2215\u29f8|\u00a6"
    "_\u203f\uff3f\u00b7\u2022\u30fb\u2024\u2027\u3002\uff61\ufe52\u2016\u2043\u2796\u02d7\ufe58\ufe63\u058a"
    "\u05be\u1806\u2e3a\u301c\u3030\u02dc\u0303\u0334\u00d7\u2715\u0445\u0425\uff58\uff38\u200a\u00af"
    "*\uff0a\u2217#\uff03\u266f,\uff0c\u060c;\u037e\uff1b:\uff1a'\"\u2019!?&@$%^=\x00\x7f\u0301\ufffd"
)
"""What looks like it and is not, and what ends or splits a number."""
PLUSES: Final = ("+", "+", "+", "++", "\uff0b", "+ ", "\uff0b+", " +", "+\u00a0", "+(", "(+", "+-+")
NEAR_PLUSES: Final = ("\ufe62", "\u207a", "\u208a", "\u2795", "\ufb29", "\u00b1", "t", "\u2020")
KEYS: Final = {
    "2": "ABCabc",
    "3": "DEFdef",
    "4": "GHIghi",
    "5": "JKLjkl",
    "6": "MNOmno",
    "7": "PQRSpqrs",
    "8": "TUVtuv",
    "9": "WXYZwxyz",
}
ODD_LETTERS: Final = (
    "\u017f\u212a\u0130\u0131\u00df\ufb05\ufb06\u1e9e\u212b\u00e5\uff21\uff41\u0410\u0430\u041e\u043e"
    "\u1c81\u1c82\u0411\u0431\u1c80\u1c88\u2c2f\U0001d400\U0001d7ce\u24b6\u24d0\u2160\u2170\u00aa\u00ba"
)
"""Letters that upper and lower case, or ignoring case, do odd things with."""
LOOKALIKES: Final = (
    "OoQDlIiSsZzBbGgqT\u043e\u041e\u03bf\u039f\u101d\u1002\u101c\u04c0\u01c0\uff4f\u1d0f"
)
"""Letters that are taken for a digit."""
LATIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
TYPED: Final = "0123456789 -.()/+x#,;~*:\n\tabtelXTOext="
"""The small alphabet of plain random texts."""
POOLS: Final = (
    DIGITS,
    DIGITS,
    DIGITS,
    PUNCTUATION,
    PUNCTUATION,
    PUNCTUATION,
    NEAR_PUNCTUATION,
    "+\uff0b*#;,x/~",
    LATIN,
    ODD_LETTERS,
    LOOKALIKES,
    "".join(SCRIPTS),
    NUMERALS,
    LETTERS,
    MARKS,
    INVISIBLE,
    SPACES,
    SIGNS,
    ANY,
    "\ud800\udbff\udc00\udfff",
    "\x00\x01\x1b\x7f\x80\x9f",
)
"""Where a random character comes from: each of these is as likely as the next."""
