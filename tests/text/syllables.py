"""Every shape of a Burmese syllable, in Unicode and as Zawgyi may spell it.

Source: Unicode Technical Note 11 for the order, the code chart of Zawgyi for the glyphs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KINZI = "\u1004\u103a\u1039"
VIRAMA, ASAT = "\u1039", "\u103a"
YA, RA, WA, HA, E = "\u103b\u103c\u103d\u103e\u1031"
I, II, AI, U, UU, TALL_AA, AA = "\u102d\u102e\u1032\u102f\u1030\u102b\u102c"  # noqa: E741
ANUSVARA, DOT, VISARGA = "\u1036\u1037\u1038"
NYA, VOWEL_U, VOWEL_UU, GREAT_SA = "\u1009\u1025\u1026\u103f"

CONSONANTS = [chr(code) for code in range(0x1000, 0x1022)]
VOWELS = [chr(code) for code in (0x1023, 0x1024, 0x1025, 0x1026, 0x1027, 0x1029, 0x102A)]
"""Independent vowels. They take tone marks and anusvara alone."""

MEDIALS = [
    "", YA, RA, WA, HA, YA + WA, RA + WA, YA + HA, RA + HA, WA + HA, YA + WA + HA, RA + WA + HA,
]  # fmt: skip

RHYMES = [
    "", E, I, II, AI, U, UU, TALL_AA, AA, E + TALL_AA, E + AA, I + U,
    ANUSVARA, U + ANUSVARA, I + ANUSVARA,
]  # fmt: skip
TONES = ["", DOT, VISARGA]

CLASSES = ["ကခဂဃ", "စဆဇဈ", "ဋဌဍဎဏ", "တထဒဓန", "ပဖဗဘမ"]
"""The classes of letters, as far as they are written below; nya is in front of its class."""

CONJUNCTS = {
    "ဍ္ဍ": "\u106e",
    "ဍ္ဎ": "\u106f",
    "ဏ္ဍ": "\u1091",
    "ဋ္ဌ": "\u1092",
    "ဋ္ဋ": "\u1097",
}
STACKS = {
    "က": "\u1060", "ခ": "\u1061", "ဂ": "\u1062", "ဃ": "\u1063", "စ": "\u1065", "ဆ": "\u1067\u1066",
    "ဇ": "\u1068", "ဈ": "\u1069", "ဋ": "\u106c", "ဌ": "\u106d", "ဏ": "\u1070", "တ": "\u1072\u1071",
    "ထ": "\u1074\u1073", "ဒ": "\u1075", "ဓ": "\u1076", "န": "\u1077", "ပ": "\u1078", "ဖ": "\u1079",
    "ဗ": "\u107a", "ဘ": "\u107b\u1093", "မ": "\u107c", "လ": "\u1085",
}  # fmt: skip
"""Letters stacked below, and their glyphs."""

OTHER_PAIRS = (
    "ဉစ ဉဆ ဉဇ ဉဈ လလ သမ သတ သက သန သပ ဿမ က္တ ပတ ဂဒ ဂဓ ဂမ ဂလ တမ ဒဂ ဒမ ဒဗ ဒဘ ဗဒ ဗဓ မလ "
    "လမ လပ လဒ လက လဂ ဟမ ဟန ဏတ တက တပ နက တန ပန အမ အက ယမ ရမ"
)
"""Pairs of different classes, as Pali and loan words have them."""


@dataclass(frozen=True)
class Syllable:
    """A syllable in its parts; its text is in the order of Unicode."""

    base: str
    kinzi: bool = False
    stacked: str = ""
    contraction: bool = False  # asat right behind the base
    medials: str = ""
    vowels: str = ""
    asat: bool = False
    tone: str = ""

    def text(self) -> str:
        """The syllable in Unicode."""
        dot = self.tone if self.tone == DOT else ""
        return "".join([
            KINZI * self.kinzi, self.base, VIRAMA * bool(self.stacked), self.stacked,
            ASAT * self.contraction, self.medials, self.vowels, dot, ASAT * self.asat,
            self.tone[len(dot) :],
        ])  # fmt: skip


def pairs() -> list[str]:
    """Return every base with a letter that is stacked below it."""
    same = [a + b for letters in CLASSES for a, b in product(letters, repeat=2)]
    both = [pair.replace(VIRAMA, "") for pair in OTHER_PAIRS.split()]
    return [
        pair
        for pair in dict.fromkeys(same + both)
        if pair[1] in STACKS or pair[0] + VIRAMA + pair[1] in CONJUNCTS
    ]


def _rhymes(onset: Syllable) -> Iterator[Syllable]:
    for vowels, tone in product(RHYMES, TONES):
        yield replace(onset, vowels=vowels, tone=tone)
    for tone in TONES:
        yield replace(onset, asat=True, tone=tone)
        for aa in (AA, TALL_AA):
            yield replace(onset, vowels=E + aa, asat=True, tone=tone)
        yield replace(onset, vowels=U, contraction=True, tone=tone)
        if YA in onset.medials:
            yield replace(onset, vowels=AA, contraction=True, tone=tone)


def syllables() -> Iterator[Syllable]:
    """Yield every shape of a syllable, each once, in its parts."""
    onsets = chain(
        (Syllable(base, kinzi) for base in CONSONANTS for kinzi in (False, True)),
        (Syllable(pair[0], stacked=pair[1]) for pair in pairs()),
    )
    seen = set()
    for onset, medials in product(list(onsets), MEDIALS):
        for syllable in _rhymes(replace(onset, medials=medials)):
            if syllable.text() not in seen and not cannot_return(syllable):
                seen.add(syllable.text())
                yield syllable
    for tone, rhyme in product(TONES, RHYMES):
        yield Syllable(GREAT_SA, vowels=rhyme, tone=tone)
    for vowel, tone, anusvara in product(VOWELS, TONES, ("", ANUSVARA)):
        yield Syllable(vowel, vowels=anusvara, tone=tone)
    for tone in TONES:
        yield Syllable(VOWEL_U, vowels=U + ANUSVARA, tone=tone)


def cannot_return(syllable: Syllable) -> bool:
    """Whether Zawgyi cannot tell a syllable from another: ca with medial ya is jha there."""
    bare = not (syllable.stacked or syllable.contraction)
    return syllable.base == "စ" and YA in syllable.medials and bare


def unicode_syllables() -> Iterator[str]:
    """Yield every well-formed syllable of Burmese, each once."""
    for syllable in syllables():
        yield syllable.text()


BASES = {
    NYA: "\u106a",
    "\u100a": "\u106b",
    "\u1014": "\u108f",
    "\u101b": "\u1090",
    GREAT_SA: "\u1086\u103f",
}
"""Letters of more than one glyph. The great sa of Unicode is no glyph of Zawgyi, but is typed."""

MARKS = {
    YA: "\u103a\u107d", RA: "\u103b\u107e\u107f\u1080\u1081\u1082\u1083\u1084", WA: "\u103c",
    HA: "\u103d\u1087", U: "\u102f\u1033", UU: "\u1030\u1034", DOT: "\u1037\u1094\u1095",
    ASAT: "\u1039", KINZI: "\u1064",
}  # fmt: skip

JOINED = {
    "\u103d\u102f": "\u1088", "\u103d\u1030": "\u1089", "\u103c\u103d": "\u108a",
    "\u1064\u102d": "\u108b", "\u1064\u102e": "\u108c", "\u1064\u1036": "\u108d",
    "\u102d\u1036": "\u108e", "\u102b\u1039": "\u105a", "\u1072\u103c": "\u1096",
}  # fmt: skip
"""Marks side by side that are one glyph as well."""

ORDERS = {
    "typed": "SKCWHYiuatADN",
    "ya first": "SKCYWHiuatADN",
    "vowel above before medials": "SiKCWHYuatADN",
    "vowel below before the one above": "SKCWHYuiatADN",
    "anusvara last": "SKCWHYuatiADN",
    "kinzi behind medials": "SCWHYKiuatADN",
    "stacked behind vowels": "CKWHYiuatSADN",
    "stacked behind the vowel above": "CKWHYiSuatADN",
    "dot before asat": "SKCWHYiuatDAN",
    "dot before vowels": "SKCWHYDiuatAN",
    "asat behind ya": "SKWHYCiuatADN",
    "asat behind u": "SKWHYiuCatADN",
    "ha before wa": "SKCHWYiuatADN",
}
"""Orders of marks behind the base, as typists have them. Stacked, Kinzi, the asat of a
Contraction, medials, i: above, u: below, a and t: the signs of aa, Asat, Dot, visarga (N)."""


def _slots(syllable: Syllable) -> dict[str, list[str]]:
    """The parts behind the base, by their letter in `ORDERS`."""
    slots: dict[str, list[str]] = {}
    names = {YA: "Y", WA: "W", HA: "H", U: "u", UU: "u", AA: "a", TALL_AA: "t", DOT: "D"}
    names |= {I: "i", II: "i", AI: "i", ANUSVARA: "i", VISARGA: "N"}
    for mark in syllable.medials + syllable.vowels + syllable.tone:
        if mark in names:
            slots.setdefault(names[mark], []).append(MARKS.get(mark, mark))
    if syllable.kinzi:
        slots["K"] = [MARKS[KINZI]]
    if syllable.contraction:
        slots["C"] = [MARKS[ASAT]]
    if syllable.asat:
        slots["A"] = [MARKS[ASAT]]
    if syllable.stacked in STACKS:
        slots["S"] = [STACKS[syllable.stacked]]
    return slots


def _bases(syllable: Syllable) -> list[str]:
    """Spellings of the base, the usual one first."""
    bases = [syllable.base, *BASES.get(syllable.base, "")]
    if syllable.base == GREAT_SA:
        bases = bases[1:]
    is_below = syllable.stacked or syllable.asat or syllable.contraction
    if syllable.base == NYA and (is_below or AA in syllable.vowels or TALL_AA in syllable.vowels):
        bases.append(VOWEL_U)
    if syllable.base == VOWEL_UU:
        bases.append("\u1025\u102e")
    is_joined = not (syllable.stacked or syllable.contraction or YA in syllable.medials)
    if syllable.base == "\u1008" and is_joined:
        bases += ["\u1005\u103a", "\u1005\u107d"]
    return list(dict.fromkeys(bases))


def _changed(parts: list[str]) -> Iterator[str]:
    """Each glyph in its usual shape, then one at a time in each other shape; then joined."""
    usual = [part[:1] for part in parts]
    yield "".join(usual)
    for at, part in enumerate(parts):
        for glyph in part[1:]:
            yield "".join([*usual[:at], glyph, *usual[at + 1 :]])
    whole = "".join(usual)
    for apart, joined in JOINED.items():
        if apart in whole:
            yield whole.replace(apart, joined)


def spellings(syllable: Syllable) -> Iterator[tuple[str, str]]:
    """Yield Zawgyi spellings of `syllable`, each once, with the name of the order."""
    slots = _slots(syllable)
    prefixes = [MARKS[RA] if RA in syllable.medials else "", E if E in syllable.vowels else ""]
    conjunct = CONJUNCTS.get(syllable.base + VIRAMA + syllable.stacked)
    seen = set()
    for order, letters in ORDERS.items():
        behind = [part for letter in letters for part in slots.get(letter, [])]
        bases = _bases(syllable)
        starts = [[*reversed(prefixes), bases[0]]]
        if order == "typed":
            starts = [[*reversed(prefixes), base] for base in bases]
            starts.append([*prefixes, bases[0]])
        for start in starts:
            written = [start + behind] if slots.get("S") or not syllable.stacked else []
            if conjunct:
                rest = [part for part in behind if part != STACKS.get(syllable.stacked)]
                written.append([*start[:-1], conjunct, *rest])
            for parts in written:
                # A base of two characters is no choice between them.
                last = len(start) - 1
                for text in _changed([*parts[:last], "\0", *parts[last + 1 :]]):
                    spelled = text.replace("\0", parts[last])
                    if spelled not in seen:
                        seen.add(spelled)
                        yield order, spelled


def zawgyi_spellings(syllable: Syllable) -> Iterator[str]:
    """Yield Zawgyi spellings of `syllable`: each glyph, and the orders that typists use."""
    for _, spelled in spellings(syllable):
        yield spelled


def words(count: int, seed: int) -> Iterator[str]:
    """Yield `count` texts of two to six syllables, with digits, spaces and Latin in between."""
    draw = random.Random(seed)
    every = list(unicode_syllables())
    # What stands beside a zero decides what it is; other digits are digits everywhere.
    between = ["", "", "", "", " ", " ", "၊ ", "။", " ၁၂၀ ", " OTP 42 ", "ABC", "-", "၅", " ၀ "]
    for _ in range(count):
        size = draw.randint(2, 6)
        yield "".join(draw.choice(every) + draw.choice(between) for _ in range(size))
