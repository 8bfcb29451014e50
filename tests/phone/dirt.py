"""What people and programs put around and into a number, seeded.

Each function takes a text and returns it dirtier. Most of it is harmless to the
number; some of it changes or ends it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from .alphabets import (
    DIGITS,
    KEYS,
    LATIN,
    NEAR_PUNCTUATION,
    NUMERALS,
    ODD_LETTERS,
    POOLS,
    PUNCTUATION,
    SCRIPTS,
)
from .phrases import (
    AMBIGUOUS_LABELS,
    CONTEXTS,
    DIALLED_LABELS,
    EXPLICIT_CASES,
    EXPLICIT_LABELS,
    GOOD_CONTEXTS,
    LEADS,
    SECONDS,
    TAILS,
)

_TABLES: Final = tuple(str.maketrans(DIGITS, script) for script in SCRIPTS)
_MARKS: Final = (*[""] * 12, *[":", ".", "\uff0e"] * 2, ";", "::", "=")
_BREAKS: Final = "\n\n\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\t\x00_"


def grouped(seeded: random.Random, text: str) -> str:
    """Return the text with something between groups of its digits."""
    if not text:
        return text
    style = seeded.random()
    if style < 0.30:
        one = " "
    elif style < 0.5:
        one = seeded.choice(("-", ".", "/", " - ", "  ", "\u00a0"))
    elif style < 0.85:
        one = seeded.choice(PUNCTUATION)
    elif style < 0.93:
        one = ""
    else:
        one = seeded.choice(NEAR_PUNCTUATION)
    size = seeded.choice((1, 2, 3, 3, 4, 4, 5))
    made = []
    at = 0
    while at < len(text):
        end = at + (size if seeded.random() < 0.6 else seeded.randint(1, 5))
        made.append(text[at:end])
        at = end
    if one:
        joined = one.join(made)
    else:
        joined = made[0]
        for part in made[1:]:
            joined += seeded.choice(PUNCTUATION) + part
    if seeded.random() < 0.15:
        return bracketed(seeded, joined)
    return joined


def bracketed(seeded: random.Random, text: str) -> str:
    """Return the text with a pair of brackets, or one of them, somewhere."""
    start = seeded.randint(0, min(4, len(text)))
    end = seeded.randint(start, min(start + 5, len(text)))
    opening, closing = seeded.choice(("()", "()", "()", "[]", "\uff08\uff09", ")(", "<>", "{}"))
    if seeded.random() < 0.1:
        opening, closing = seeded.choice(((opening, ""), ("", closing)))
    return f"{text[:start]}{opening}{text[start:end]}{closing}{text[end:]}"


def in_a_script(seeded: random.Random, text: str) -> str:
    """Return the text with digits of another script, all or some of them."""
    roll = seeded.random()
    if roll < 0.75:
        return text.translate(seeded.choice(_TABLES))
    made = list(text)
    for at, sign in enumerate(made):
        if sign in DIGITS and seeded.random() < 0.4:
            made[at] = seeded.choice(SCRIPTS)[int(sign)]
    if roll > 0.95 and made:
        made[seeded.randrange(len(made))] = seeded.choice(NUMERALS)
    return "".join(made)


def lettered(seeded: random.Random, text: str) -> str:
    """Return the text with keys of a telephone for some of its digits."""
    made = list(text)
    digits = [at for at, sign in enumerate(made) if sign in KEYS]
    for at in digits[-seeded.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 7)) :]:
        made[at] = seeded.choice(KEYS[made[at]])
    if digits and seeded.random() < 0.25:
        made[seeded.choice(digits)] = seeded.choice(ODD_LETTERS)
    if digits and seeded.random() < 0.1:
        made.insert(seeded.choice(digits), seeded.choice("xX\n \u017f\u0131\u0130\u212a"))
    return "".join(made)


def extended(seeded: random.Random, text: str) -> str:
    """Return the text with an extension in one of the forms there are, or nearly."""
    before = "".join(seeded.choice(" \u00a0\t,-") for _ in range(seeded.choice((0, 1, 1, 1, 2, 3))))
    after = "".join(seeded.choice(" \u00a0\t,-") for _ in range(seeded.choice((0, 0, 0, 1, 1, 2))))
    mark = seeded.choice(_MARKS)
    limit = seeded.choice((6, 9, 15, 20))
    size = seeded.choice((1, 2, 3, 4, 5, limit - 1, limit, limit + 1))
    digits = "".join(seeded.choice(DIGITS) for _ in range(size))
    suffix = "#" if seeded.random() < 0.15 else ""
    form = seeded.random()
    if form < 0.15:
        return f"{text};ext={digits}"
    if form < 0.30:
        between = seeded.choice(("-", " ", "- ", " - ", "--", "", "\u2013", "\u00a0", "\t"))
        return f"{text}{between}{digits}#"
    labels = EXPLICIT_LABELS if form < 0.6 else AMBIGUOUS_LABELS if form < 0.8 else DIALLED_LABELS
    label = seeded.choice(labels)
    if seeded.random() < 0.2:
        label = "".join(_odd_case(seeded, sign) for sign in label)
    return f"{text}{before}{label}{mark}{after}{digits}{suffix}"


def _odd_case(seeded: random.Random, sign: str) -> str:
    """Return the sign, or what ignoring case may take for it."""
    odd = EXPLICIT_CASES.get(sign)
    return sign if odd is None or seeded.random() < 0.5 else seeded.choice(odd)


def followed(seeded: random.Random, text: str) -> str:
    """Return the text with a second number behind it."""
    digits = "".join(seeded.choice(DIGITS) for _ in range(seeded.choice((1, 2, 3, 6, 8, 10))))
    between = seeded.choice(SECONDS)
    return f"{text}{between}{digits}"


def as_uri(seeded: random.Random, text: str) -> str:
    """Return the text as a `tel:` URI, with a context and parameters in odd orders too."""
    scheme = seeded.choice(("tel:", "tel:", "tel:", "", "", "TEL:", "tel: ", "Call tel:", "xtel:"))
    context = f";phone-context={seeded.choice(GOOD_CONTEXTS + CONTEXTS)}"
    isub = f";isub={seeded.choice(('', '1', '12345', 'a', ';'))}"
    ext = f";ext={seeded.choice(('', '1', '123', 'x1', '123456789012345678901'))}"
    form = seeded.random()
    if form < 0.15:
        return f"{scheme}{text}"
    if form < 0.55:
        return f"{scheme}{text}{context}"
    if form < 0.60:
        return (
            f"{scheme}{text}{context}{seeded.choice((';', ';x=1', isub, ext, ';tel:', ';tel:1'))}"
        )
    if form < 0.65:
        return f"{context}{seeded.choice(('', ';'))}{scheme}{text}"
    if form < 0.70:
        return f"{scheme}{text}{context};phone-context={seeded.choice(CONTEXTS)}"
    if form < 0.74:
        return f"{scheme}{text}{context.upper()}"
    if form < 0.78:
        return f"{scheme}{scheme}{text}{context}"
    parts = [isub, ext, context, ";x=1"]
    seeded.shuffle(parts)
    return f"{scheme}{text}{''.join(parts[: seeded.randint(1, 3)])}"


def led(seeded: random.Random, text: str) -> str:
    """Return the text with something before it."""
    return f"{seeded.choice(LEADS)}{text}"


def trailed(seeded: random.Random, text: str) -> str:
    """Return the text with something behind it."""
    return f"{text}{seeded.choice(TAILS)}"


def broken(seeded: random.Random, text: str) -> str:
    """Return the text with an end of a line, or the like, at any place of it."""
    at = seeded.choice((0, len(text), len(text), seeded.randint(0, len(text))))
    return f"{text[:at]}{seeded.choice(_BREAKS)}{text[at:]}"


def any_sign(seeded: random.Random) -> str:
    """Return a random character of a random pool."""
    return seeded.choice(seeded.choice(POOLS))


def mutated(seeded: random.Random, text: str) -> str:
    """Return the text with one to three random changes of a character."""
    signs = list(text)
    for _ in range(seeded.choice((1, 1, 1, 1, 2, 3))):
        at = seeded.randint(0, len(signs))
        change = seeded.random()
        if change < 0.4 or at == len(signs):
            signs.insert(at, any_sign(seeded))
        elif change < 0.6:
            signs[at] = any_sign(seeded)
        elif change < 0.75:
            del signs[at]
        elif change < 0.9:
            signs.insert(at, signs[at])
        else:
            other = seeded.randrange(len(signs))
            signs[at], signs[other] = signs[other], signs[at]
    return "".join(signs)


def stretched(seeded: random.Random, text: str) -> str:
    """Return the text filled up to about the longest that is read, 250 characters."""
    room = seeded.choice((248, 249, 249, 250, 250, 250, 251, 251, 252, 300)) - len(text)
    one = seeded.choice(" -x01.a\u1040\U0001d7d8\n;,+")
    at = seeded.choice((0, 0, len(text), len(text), seeded.randint(0, len(text))))
    return f"{text[:at]}{one * room}{text[at:]}"


def typed(seeded: random.Random, alphabet: str = DIGITS + LATIN, longest: int = 24) -> str:
    """Return random signs of an alphabet."""
    return "".join(seeded.choice(alphabet) for _ in range(seeded.randint(0, longest)))


Dirt = Callable[[random.Random, str], str]
DIRT: Final[tuple[tuple[float, Dirt], ...]] = (
    (0.04, lettered),
    (0.45, grouped),
    (0.12, in_a_script),
    (0.09, extended),
    (0.03, followed),
    (0.05, as_uri),
    (0.09, led),
    (0.09, trailed),
    (0.02, broken),
    (0.12, mutated),
    (0.006, stretched),
)
"""How often a written number gets which dirt, in this order."""
