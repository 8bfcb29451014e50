"""Seeded texts of messages: all alphabets, and the lengths where the parts of an SMS end.

A text is reproduced by its seed and the number of its block: `block(seed, index)`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .alphabets import (
    ASTRAL,
    BASIC,
    BURMESE_WORDS,
    ESCAPE,
    EXTENDED_A,
    EXTENDED_B,
    EXTENSION,
    KAREN,
    LATIN_WORDS,
    MON,
    MYANMAR,
    OTHER_WORDS,
    SCRIPTS,
    SHAN,
    SPACES,
    TYPOGRAPHIC,
    ZAWGYI_WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK: Final = 1_000
"""How many texts a block has."""
SEAMS: Final[tuple[int, ...]] = (
    *(0, 1, 2),
    *range(66, 73),
    *range(133, 137),
    *range(152, 164),
    *range(200, 203),
    *range(304, 310),
    *(402, 403, 459, 460),
)
"""Lengths where a part is full, or a message is one part no more."""
LONGEST: Final = 2_000

_STRANGERS: Final = "`\tçčя中ကေ…’\u00a0\0\ufeff" + ASTRAL
_BREAKS: Final = ("\n", "\r", "\r\n", "\n\n", "\f", "\v", "\x85", "\u2028", "\0", ESCAPE)
_LONE: Final = ("\ud800", "\udbff", "\udc00", "\udfff", "\ud83d\ude00")


def texts(seed: int, count: int) -> Iterator[str]:
    """Yield the first `count` texts of a seed."""
    for index in range(-(-count // BLOCK)):
        yield from block(seed, index)[: count - index * BLOCK]


def block(seed: int, index: int) -> list[str]:
    """Return one block of a seed's texts; blocks do not depend on each other."""
    seeded = random.Random(f"{seed}/{index}")
    return [_text(seeded) for _ in range(BLOCK)]


def _text(seeded: random.Random) -> str:
    (style,) = seeded.choices(_STYLES, _SHARES)
    text = style(seeded, _size(seeded))
    if seeded.random() < 0.08:
        text = _put(seeded, text, seeded.choice(_BREAKS))
    if seeded.random() < 0.004:
        text = _put(seeded, text, seeded.choice(_LONE))
    return text


def _size(seeded: random.Random) -> int:
    roll = seeded.random()
    if roll < 0.60:
        return seeded.choice(SEAMS)
    if roll < 0.85:
        return seeded.randint(0, 165)
    if roll < 0.985:
        return seeded.randint(0, 500)
    return seeded.randint(500, LONGEST)


def _put(seeded: random.Random, text: str, sign: str) -> str:
    """Return the text with a sign at one of its ends, or anywhere in it."""
    at = seeded.choice((0, len(text), len(text), seeded.randint(0, len(text))))
    return f"{text[:at]}{sign}{text[at:]}"


def _signs(seeded: random.Random, alphabet: Sequence[str], size: int) -> str:
    return "".join(seeded.choices(alphabet, k=size))


def _basic(seeded: random.Random, size: int) -> str:
    return _signs(seeded, BASIC, size)


def _extended(seeded: random.Random, size: int) -> str:
    alphabet = seeded.choice((EXTENSION, BASIC[:30] + EXTENSION, BASIC + EXTENSION))
    return _signs(seeded, alphabet, size)


def _placed(seeded: random.Random, size: int) -> str:
    """Return narrow characters with runs of wide ones about the ends of the parts."""
    if seeded.random() < 0.5:
        narrow, wide, ends = seeded.choice(BASIC), EXTENSION, (153, 160, 306, 459)
    else:
        narrow, wide, ends = seeded.choice("ကç中" + BASIC), ASTRAL, (67, 70, 134, 201)
    text, used = "", 0
    for end in ends:
        if end > size or used > end - 4:
            continue
        before = end - used - seeded.choice((0, 1, 1, 1, 2, 3))
        run = seeded.choice((1, 1, 2, 3, 40))
        text += narrow * before + _signs(seeded, wide, run)
        used += before + 2 * run
    return text + narrow * max(0, size - used)


def _stranger(seeded: random.Random, size: int) -> str:
    """Return a text of GSM-7 with one character that it lacks."""
    text = _signs(seeded, BASIC if seeded.random() < 0.8 else BASIC + EXTENSION, size)
    at = seeded.choice((0, len(text), seeded.randint(0, len(text))))
    return f"{text[:at]}{seeded.choice(_STRANGERS)}{text[at + 1 :]}"


def _script(seeded: random.Random, size: int) -> str:
    return _signs(seeded, seeded.choice(SCRIPTS) + " ", size)


def _mixed(seeded: random.Random, size: int) -> str:
    alphabet = "".join(_signs(seeded, seeded.choice(SCRIPTS), 8) for _ in range(4))
    return _signs(seeded, alphabet, size)


def _anything(seeded: random.Random, size: int) -> str:
    """Return characters of the whole of Unicode, without surrogates."""
    codes = (seeded.randrange(0x110000 - 0x800) for _ in range(size))
    return "".join(chr(code if code < 0xD800 else code + 0x800) for code in codes)


def _typographic(seeded: random.Random, size: int) -> str:
    signs = _signs(seeded, TYPOGRAPHIC, max(1, size // 20))
    return _words(LATIN_WORDS, signs)(seeded, size)


def _words(words: Sequence[str], between: str = "    ,။") -> Style:
    """Return a style of words, cut at the size that is asked."""

    def made(seeded: random.Random, size: int) -> str:
        text = ""
        while len(text) < size:
            text += seeded.choice(words) + seeded.choice(between)
        return text[:size]

    return made


Style = Callable[[random.Random, int], str]
_WEIGHTED: Final[tuple[tuple[int, Style], ...]] = (
    (16, _basic),
    (8, _words(LATIN_WORDS, " ")),
    (14, _extended),
    (14, _placed),
    (10, _stranger),
    (6, _script),
    (6, _mixed),
    (3, _anything),
    (5, _typographic),
    (7, _words(BURMESE_WORDS)),
    (5, _words(ZAWGYI_WORDS)),
    (2, _words((*BURMESE_WORDS, *ZAWGYI_WORDS, *LATIN_WORDS))),
    (1, _words(OTHER_WORDS)),
    (3, lambda seeded, size: _signs(seeded, MYANMAR, size)),
)
_SHARES: Final = tuple(share for share, _ in _WEIGHTED)
_STYLES: Final = tuple(style for _, style in _WEIGHTED)


def myanmar(seed: int, count: int) -> list[str]:
    """Return texts for the question whether they are Zawgyi: most are short."""
    seeded = random.Random(f"{seed}/myanmar")
    return [_myanmar(seeded) for _ in range(count)]


_POOLS: Final = (
    MYANMAR,
    MYANMAR + SPACES,
    MYANMAR + EXTENDED_A + EXTENDED_B + SPACES + " a1",
    SHAN + " ",
    MON + " ",
    KAREN + " ",
    EXTENDED_A + SHAN,
    "၀၁၂၃၄၅၆၇၈၉ ",
    "၀၁၂၃၄၅၆၇၈၉ကေ",
)


def _myanmar(seeded: random.Random) -> str:
    size = seeded.choice((0, 1, 2, 3, 3, 4, 6, 10, 10, 20, 40, 80, 300))
    roll = seeded.random()
    if roll < 0.45:
        return _signs(seeded, seeded.choice(_POOLS), size)
    if roll < 0.50:
        return _signs(seeded, "".join(SCRIPTS), size)
    words = seeded.choice(
        (BURMESE_WORDS, ZAWGYI_WORDS, OTHER_WORDS, LATIN_WORDS + BURMESE_WORDS + ZAWGYI_WORDS)
    )
    return _words(words, seeded.choice((" ", " ,။", SPACES)))(seeded, size)
