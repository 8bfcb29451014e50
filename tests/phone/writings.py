"""Seeded cases of (text, default region): numbers of the whole world, written in all ways.

A case is reproduced by its seed and the number of its block: `block(seed, index)`.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Final

import phonenumbers

from .alphabets import DIGITS, NEAR_PLUSES, PLUSES, TYPED
from .dirt import DIRT, any_sign, stretched, typed
from .plans import (
    CARRIED,
    NO_CODES,
    PLANS,
    PLANS_OF_NO_REGION,
    REGIONS,
    RULED,
    SHARING,
    Plan,
    examples,
    maker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Case = tuple[str, str | None]
BLOCK: Final = 1_000
"""How many cases a block has."""

_UNKNOWN_REGIONS: Final = ("ZZ", "XX")
_RULE: Final = re.compile(r"(\d*)\\(\d)")
_EXAMPLES: Final = tuple(e164 for e164, _ in examples())


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield the first `count` cases of a seed."""
    for index in range(-(-count // BLOCK)):
        yield from block(seed, index)[: count - index * BLOCK]


def block(seed: int, index: int) -> list[Case]:
    """Return one block of a seed's cases; blocks do not depend on each other."""
    seeded = random.Random(f"{seed}/{index}")
    return [_case(seeded) for _ in range(BLOCK)]


def _case(seeded: random.Random) -> Case:
    region = _region(seeded)
    roll = seeded.random()
    if roll < 0.05:
        return typed(seeded, TYPED, 30), region
    if roll < 0.065:
        start = seeded.choice(("", "09", "+", "0", "+95", "tel:", ";phone-context=+95;"))
        return start + "".join(any_sign(seeded) for _ in range(seeded.randint(0, 20))), region
    if roll < 0.08:
        return typed(seeded, "0123456789+ -", 20), region
    if roll < 0.083:
        return stretched(seeded, ""), region
    text = _written(seeded, region)
    for share, dirty in DIRT:
        if seeded.random() < share:
            text = dirty(seeded, text)
    return text, region


def _region(seeded: random.Random) -> str | None:
    roll = seeded.random()
    if roll < 0.5:
        return "MM"
    if roll < 0.86:
        return seeded.choice(REGIONS)
    if roll < 0.90:
        return seeded.choice(RULED)
    if roll < 0.93:
        return seeded.choice(CARRIED)
    return None if roll < 0.97 else seeded.choice(_UNKNOWN_REGIONS)


def _written(seeded: random.Random, region: str | None) -> str:
    """Return a number as it is dialled from a region, yet without dirt."""
    roll = seeded.random()
    if roll < 0.02:
        return _formatted(seeded, region)
    if roll < 0.04:
        return seeded.choice(_EXAMPLES)
    home = PLANS.get(region or "")
    plan = _plan(seeded, home)
    number = _number(seeded, plan)
    roll = seeded.random()
    if home is None or home.code != plan.code:
        if roll < 0.60:
            return f"{seeded.choice(PLUSES)}{plan.code}{number}"
        if roll < 0.82:
            return f"{_idd(seeded, home)}{plan.code}{number}"
        if roll < 0.85:
            return f"{plan.code}{number}"
        if roll < 0.92:
            return f"{_started(seeded, plan)}{number}"
        return _oddly(seeded, home or plan, plan, number)
    if roll < 0.28:
        return f"{home.prefix}{number}"
    if roll < 0.42:
        return number
    if roll < 0.56:
        return ruled(seeded, home, number)
    if roll < 0.76:
        return f"{seeded.choice(PLUSES)}{plan.code}{number}"
    if roll < 0.82:
        return f"{_idd(seeded, home)}{plan.code}{number}"
    if roll < 0.88:
        return f"{plan.code}{number}"
    if roll < 0.93:
        return f"{_started(seeded, plan)}{number}"
    return _oddly(seeded, home, plan, number)


def _plan(seeded: random.Random, home: Plan | None) -> Plan:
    """Return the plan of a number that may be written in a region."""
    roll = seeded.random()
    if home is not None and roll < 0.62:
        return home
    if home is not None and roll < 0.70:
        return PLANS[seeded.choice(SHARING[home.region])]
    if roll < 0.75:
        return seeded.choice(PLANS_OF_NO_REGION)
    return PLANS[seeded.choice(REGIONS)]


def _number(seeded: random.Random, plan: Plan) -> str:
    """Return a national number of a plan, or what is nearly one."""
    number = plan.number(seeded)
    roll = seeded.random()
    if roll < 0.72:
        return number
    if roll < 0.77:
        at = seeded.randint(0, len(number))
        return f"{number[:at]}{seeded.choice(DIGITS)}{number[at:]}"
    if roll < 0.82:
        at = seeded.randrange(len(number))
        return number[:at] + number[at + 1 :]
    if roll < 0.88:
        at = seeded.randrange(len(number))
        return f"{number[:at]}{seeded.choice(DIGITS)}{number[at + 1 :]}"
    if roll < 0.91:
        return "0" * seeded.choice((1, 1, 1, 2, 3)) + number
    if roll < 0.94 and plan.local_lengths:
        return number[-seeded.choice(plan.local_lengths) :]
    if roll < 0.95:
        return seeded.choice("0129") * seeded.randint(1, 20)
    size = seeded.choice((0, 1, 2, 2, 3, 3, 4, 5, 7, 8, 13, 14, 15, 16, 17, 18, 19, 20, 21))
    digits = "".join(seeded.choice(DIGITS) for _ in range(size))
    return number[: min(3, size // 2)] + digits[min(3, size // 2) :]


def _idd(seeded: random.Random, home: Plan | None) -> str:
    """Return what is dialled before a calling code, mostly what the region dials."""
    roll = seeded.random()
    if home is not None and home.idd and roll < 0.85:
        return maker(home.idd).make(seeded)
    if roll < 0.93:
        return "00"
    return maker(PLANS[seeded.choice(REGIONS)].idd).make(seeded)


def _started(seeded: random.Random, plan: Plan) -> str:
    """Return a calling code with a plus and a national prefix behind it."""
    plus = seeded.choice(("+", "+", "+", "", "00"))
    prefix = plan.prefix or "0"
    between = seeded.choice((prefix, f"({prefix})", f" ({prefix}) ", f" {prefix}", f"[{prefix}]"))
    return f"{plus}{plan.code}{between}"


def ruled(seeded: random.Random, plan: Plan, number: str) -> str:
    """Return a number with a carrier code, or in the form that a rule of its plan undoes."""
    if not plan.prefixes:
        return f"{plan.prefix}{number}"
    prefixes = maker(plan.prefixes)
    rule = _RULE.fullmatch(plan.rule)
    if rule is None or seeded.random() < 0.15:
        return f"{prefixes.make(seeded)}{number}"
    added, group = rule[1], int(rule[2])
    if not number.startswith(added):
        return f"{prefixes.make(seeded)}{number[-seeded.choice((4, 6, 7)) :]}"
    rest = number[len(added) :]
    if plan.region == "AR":  # the area code, 15, the number; the rule puts a 9 first
        size = seeded.choice((2, 3, 3, 4, 4))
        skipped = seeded.choice((0, 0, 0, 2))  # with 2, the 15 is part of the number itself
        return f"{seeded.choice(('0', '0', ''))}{rest[:size]}15{rest[size + skipped :]}"
    made = prefixes.make(seeded, {group: rest})
    return made if rest in made else f"{made}{number}"


def _oddly(seeded: random.Random, home: Plan, plan: Plan, number: str) -> str:
    """Return a number behind a start that few would write."""
    code, prefix = str(plan.code), home.prefix or "0"
    idd = _idd(seeded, home)
    return seeded.choice(
        (
            f"+0{number}",
            f"+{prefix}{number}",
            f"+00{code}{number}",
            f"+{idd}{code}{number}",
            f"++0 {idd}{code} {number}",
            f"{idd}{prefix}{number}",
            f"{idd}0{number}",
            f"{idd}{idd}{code}{number}",
            f"{idd}{code}",
            f"{idd}",
            f"+{code}",
            f"+{code}{number[:1]}",
            f"+{code[:1]}",
            f"+{number}",
            f"{idd}{number}",
            f"{code}{code}{number}",
            f"+{code}{code}{number}",
            f"{code}{prefix}{number}",
            f"{code}{prefix}{prefix}{number}",
            f"+{code}{prefix}{prefix}{number}",
            f"{prefix}{prefix}{number}",
            f"{prefix}{code}{number}",
            f"+{seeded.choice(NO_CODES)}{number}",
            f"{idd}{seeded.choice(NO_CODES)}{number}",
            f"{seeded.choice(NEAR_PLUSES)}{code}{number}",
            f"{code}{home.code}{number}",
            f"{home.code}{ruled(seeded, home, number)}",
            f"+{home.code}{ruled(seeded, home, number)}",
        )
    )


def _formatted(seeded: random.Random, region: str | None) -> str:
    """Return an example number as `phonenumbers` writes it, at times for a caller abroad."""
    number = phonenumbers.parse(seeded.choice(_EXAMPLES))
    caller = region if region in PLANS else None
    if caller is not None and seeded.random() < 0.4:
        return phonenumbers.format_out_of_country_calling_number(number, caller)
    return phonenumbers.format_number(number, seeded.choice((1, 2, 2, 3)))
