"""The two lists of phone numbers that the benchmarks read: Myanmar, and all regions.

Both are drawn with a seed, row by row: the first rows of a long list are a short list.

**Myanmar** is like the lists that people type for a bulk SMS, about 16.4 bytes a row:

- 84 % mobiles of every block that the regulator and libphonenumber agree on, by operator about
  as its share of the subscribers; 5 % fixed lines;
- written 09…, 9…, 959…, +959…, 00959…, 9509… or +95 (0)9…; in one run or grouped with spaces,
  dashes, dots, brackets, NBSP or en dashes; one in six in Burmese digits, and one in
  fifty with a zero-width mark inside;
- 11 % from which no SMS can be sent: three digits too few or too many, a letter among the
  digits, a block that was never allocated, two numbers in one cell, no number at all.

What each row means is known: an E.164 form, or none.

**All regions** is about 13.1 bytes a row: each of the 245 regions and 9 calling codes without
a region is as likely as any other. Of a region 45 % are mobiles, 30 % fixed lines and the rest
of any type it has; the digits are drawn from the patterns of libphonenumber's metadata as
`phonenumbers` has it. 60 % are written in E.164; the others grouped with spaces, dashes
or brackets, or behind 00. One in ten is spoilt: a digit changed, dropped or added, which
leaves some of them valid.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
from phonenumbers import PhoneMetadata

from .phone_patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .phone_patterns import Choice

SEED: Final = 20261123


@dataclass(frozen=True, slots=True)
class Corpus:
    """A list of texts that may be phone numbers.

    Attributes:
        name: of one word.
        title: what is in it.
        texts: the rows.
        meant: the E.164 form that each row means, None where it means none; None as a
            whole where that is for the metadata to say.
        operators: who holds the number of each row, "" where nobody or not known.
    """

    name: str
    title: str
    texts: Sequence[str]
    meant: Sequence[str | None] | None = None
    operators: Sequence[str] | None = None

    def first(self, rows: int) -> Corpus:
        """Return the first rows as a list of their own."""
        return Corpus(
            self.name,
            self.title,
            self.texts[:rows],
            self.meant and self.meant[:rows],
            self.operators and self.operators[:rows],
        )

    @property
    def bytes_a_row(self) -> float:
        """The size of a row in UTF-8, on average."""
        return sum(len(text.encode()) for text in self.texts) / len(self.texts)


# Operator, weight, digits of a whole number, its blocks. Source: docs/spec/numbers.md.
_MOBILES: Final = (
    ("MPT", 6, 8, ("920", "921", "922", "923", "924", *(f"95{n}" for n in range(7)), "983")),
    ("MPT", 26, 10, ("925", "926", "940", "942", "944", "945", "988", "989")),
    ("MPT", 8, 9, ("941", "943", "947", "949", "973", "991")),
    ("MEC", 2, 9, ("930", "931", "932", "933", "936")),
    ("MEC", 1, 10, ("9340", "9346", "9349")),
    ("ATOM", 26, 10, ("9740", "975", "976", "977", "978", "979")),
    ("MYTEL", 13, 10, ("9650", "9651", "9652", "9653", "966", "967", "968", "969")),
    ("U9", 18, 10, ("994", "995", "996", "997", "998")),
)
_NOT_ALLOCATED: Final = ("9741", "9745", "9749", "970", "971", "972", "992", "993")
_PREFIXES: Final = {"0": 50, "": 8, "95": 12, "+95": 15, "0095": 5, "950": 3, "+95 (0)": 2}
_MOBILE_PREFIXES: Final = {"", "95", "950"}
# What stands between the groups, and how often.
_GAPS: Final = {"": 44, " ": 18, "-": 18, ".": 5, ")": 3, "\u00a0": 3, "\u2013": 3}
_NO_NUMBERS: Final = ("", "-", "N/A", "no phone", "0", "မရှိပါ", "?")
_BURMESE: Final = str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉")
_SPOILT: Final = {"short": 25, "long": 15, "letter": 20, "block": 15, "two": 15, "none": 20}
_FIXED: Final = 0.05
_REFUSED: Final = 0.11


def _drawn(weights: dict[str, int], random_: random.Random) -> str:
    return random_.choices(tuple(weights), tuple(weights.values()))[0]


def _digits(random_: random.Random, count: int) -> str:
    return f"{random_.randrange(10**count):0{count}}"


def _mobile(random_: random.Random) -> tuple[str, str]:
    """Return a number without its calling code, and its operator."""
    weights = [weight for _, weight, _, _ in _MOBILES]
    operator, _, size, blocks = random_.choices(_MOBILES, weights)[0]
    block = random_.choice(blocks)
    return block + _digits(random_, size - len(block)), operator


def _grouped(digits: str, gap: str, random_: random.Random) -> str:
    """Return digits cut into groups of two to five, the last of them of three at least."""
    if gap == ")":  # around the first group
        return f"({digits[:2]}) {digits[2:]}"
    groups, rest = [], digits
    while len(rest) > 5:
        cut = random_.randint(2, min(4, len(rest) - 3))
        groups.append(rest[:cut])
        rest = rest[cut:]
    return gap.join([*groups, rest])


def _typed(national: str, random_: random.Random) -> str:
    """Return a number as somebody may type it."""
    prefix, gap = _drawn(_PREFIXES, random_), _drawn(_GAPS, random_)
    if prefix in _MOBILE_PREFIXES and national[0] != "9":
        prefix = "0"  # with 95 or nothing before it, a fixed line may read as another
    if prefix == "0":
        text = _grouped("0" + national, gap, random_)
    elif gap in {"", ")"}:
        text = prefix + national
    else:
        text = prefix + gap * bool(prefix) + _grouped(national, gap, random_)
    if random_.random() < 0.02:
        at = random_.randrange(1, len(text))
        text = text[:at] + random_.choice("\u200b\u200e\u2060") + text[at:]
    return text.translate(_BURMESE) if random_.random() < 0.17 else text


def _refused(random_: random.Random) -> str:
    """Return a text from which no SMS can be sent."""
    national, _ = _mobile(random_)
    match _drawn(_SPOILT, random_):
        case "short":
            return random_.choice(["0", "+95"]) + national[:-3]
        case "long":
            return _typed(national + _digits(random_, 3), random_)
        case "letter":
            at = random_.randrange(3, len(national))
            return f"0{national[:at]}{random_.choice('OolISB')}{national[at + 1 :]}"
        case "block":
            block = random_.choice(_NOT_ALLOCATED)
            return _typed(block + _digits(random_, 10 - len(block)), random_)
        case "two":
            other, _ = _mobile(random_)
            return f"0{national}{random_.choice([', ', '/', ' / ', ';'])}0{other}"
        case _:
            return random_.choice(_NO_NUMBERS)


def _row(fixed: Choice, random_: random.Random) -> tuple[str, str | None, str]:
    share = random_.random()
    if share < _REFUSED:
        return _refused(random_), None, ""
    if share < _REFUSED + _FIXED:
        national, operator = fixed.draw(random_), ""
    else:
        national, operator = _mobile(random_)
    return _typed(national, random_), f"+95{national}", operator


@cache
def myanmar(rows: int) -> Corpus:
    """Return the list of Myanmar."""
    random_ = random.Random(SEED)
    fixed = compiled(_pattern(PhoneMetadata.metadata_for_region("MM"), "fixed_line"))
    texts, meant, operators = zip(*(_row(fixed, random_) for _ in range(rows)), strict=True)
    return Corpus("myanmar", "numbers of Myanmar as people type them", texts, meant, operators)


_TYPES: Final = (
    "mobile",
    "fixed_line",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def _pattern(plan: Any, kind: str) -> str:
    """Return the pattern of a type of number; empty where a region has none of it."""
    of_kind = getattr(plan, kind)
    return (of_kind and of_kind.national_number_pattern) or ""


@cache
def _plans() -> list[tuple[int, list[Choice], list[float]]]:
    """Return each region's calling code, what draws a number of each type, and how often."""
    found = []
    metadata: list[Any] = [
        *map(PhoneMetadata.metadata_for_region, sorted(phonenumbers.SUPPORTED_REGIONS)),
        *map(
            PhoneMetadata.metadata_for_nongeo_region,
            sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS),
        ),
    ]
    for plan in metadata:
        parts, weights = [], []
        for kind in _TYPES:
            if pattern := _pattern(plan, kind):
                parts.append(compiled(pattern))
                weights.append({"mobile": 45.0, "fixed_line": 30.0}.get(kind, 0.0))
        others = weights.count(0.0)
        weights = [weight or 25 / others for weight in weights]
        found.append((plan.country_code, parts, list(accumulate(weights))))
    return found


def _spoilt(digits: str, random_: random.Random) -> str:
    """Return digits with one of them changed, dropped or added."""
    at = random_.randrange(len(digits))
    other = random_.choice("0123456789")
    return random_.choice(
        [digits[:at] + other + digits[at + 1 :], digits[:at] + digits[at + 1 :], digits + other]
    )


def _written(code: int, national: str, random_: random.Random) -> str:
    share = random_.random()
    if share < 0.6:
        return f"+{code}{national}"
    if share < 0.65:
        return f"00{code}{national}"
    if share < 0.75:
        return f"+{code} ({national[:2]}) {national[2:]}"
    return f"+{code} {_grouped(national, random_.choice(' -'), random_)}"


def _abroad(random_: random.Random) -> str:
    code, parts, weights = random_.choice(_plans())
    national = random_.choices(parts, cum_weights=weights)[0].draw(random_)
    if random_.random() < 0.1:
        national = _spoilt(national, random_)
    return _written(code, national, random_)


@cache
def world(rows: int) -> Corpus:
    """Return the list of all regions."""
    random_ = random.Random(SEED)
    title = "numbers of all regions, most of them in E.164"
    return Corpus("world", title, tuple(_abroad(random_) for _ in range(rows)))
