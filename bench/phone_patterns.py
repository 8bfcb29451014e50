"""Random digits that a pattern of libphonenumber's metadata matches.

The patterns have literal digits, `\\d`, classes, groups, alternatives and counts, and
nothing else; what is else raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

_ATOM: Final = re.compile(r"\(\?:|\(|\)|\||\\d|\[[^\]]*\]|\d")
_COUNT: Final = re.compile(r"\?|\{(\d+)(?:,(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Digits:
    """One of some digits."""

    choice: str

    def draw(self, random_: random.Random) -> str:
        return random_.choice(self.choice)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, from `least` to `most` times."""

    part: Part
    least: int
    most: int

    def draw(self, random_: random.Random) -> str:
        times = random_.randint(self.least, self.most)
        return "".join([self.part.draw(random_) for _ in range(times)])


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some sequences of parts, each as likely as any other."""

    sequences: tuple[tuple[Part, ...], ...]

    def draw(self, random_: random.Random) -> str:
        return "".join([part.draw(random_) for part in random_.choice(self.sequences)])


Part = Digits | Repeat | Choice


def compiled(pattern: str) -> Choice:
    """Return what draws digits that a pattern matches as a whole."""
    found, end = _choice(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"not a pattern of the metadata, from {end} on: {pattern}")
    return found


def _choice(pattern: str, at: int) -> tuple[Choice, int]:
    sequences: list[list[Part]] = [[]]
    while at < len(pattern):
        atom = _ATOM.match(pattern, at)
        if atom is None:
            raise ValueError(f"not a pattern of the metadata, from {at} on: {pattern}")
        if atom[0] == ")":
            break
        at = atom.end()
        if atom[0] == "|":
            sequences.append([])
            continue
        part: Part
        if atom[0][0] == "(":
            part, at = _choice(pattern, at)
            at += 1  # the bracket that ended it
        else:
            part = Digits(_class(atom[0]))
        if count := _COUNT.match(pattern, at):
            least = int(count[1] or 0)
            part = Repeat(part, least, int(count[2] or least or 1))
            at = count.end()
        sequences[-1].append(part)
    return Choice(tuple(map(tuple, sequences))), at


def _class(text: str) -> str:
    """Return the digits of a digit, of `\\d` or of a class."""
    return "".join(digit for digit in "0123456789" if re.fullmatch(text, digit))
