"""What `myanmartools` says of a text, what we say, and where the two differ.

The Python package looks characters up by bisection in a list that is not sorted, and so
misses those of `MISSED`; Google's other clients, in Java say, find them by ranges. There
the same model decides, read as they do: `by_the_model`.
"""

from __future__ import annotations

import warnings
from functools import cache
from itertools import pairwise
from math import exp, inf, isclose, nan
from typing import TYPE_CHECKING, Any, Final

import myanmartools

from smspoh.text import detect_zawgyi, detect_zawgyi_batch

from .tally import Tally, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TOLERANCE: Final = 1e-9
MISSED: Final = frozenset(map(chr, (*range(0xAA75, 0xAA80), *range(0xA9E0, 0xAA00))))
"""The letters and marks of the model that the package takes for strangers."""
SPACES: Final = frozenset(map(chr, range(0x2000, 0x200C)))
"""Characters of the model that the package takes for strangers as well, and we do too."""
KIND: Final = "missed by bisection"
KINDS: Final = (KIND,)
"""Every difference that there may be. What is not here is a fault."""


@cache
def detector() -> Any:
    """Return the package's detector; making it warns of what it imports."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return myanmartools.ZawgyiDetector()


def characters() -> str:
    """Return every character that the model knows."""
    known: str = detector()._chars  # there is no other way to ask
    return known


@cache
def _states() -> dict[str, int]:
    return {char: state for state, char in enumerate(characters(), 1)}


def package_says(text: str) -> float | None:
    """Return what the package says of a text, None for -inf."""
    probability: float = detector().get_zawgyi_probability(text)
    return None if probability == -inf else probability


def by_the_model(text: str, missed: frozenset[str] = frozenset()) -> float | None:
    """Return what the model says of a text; of spaces and those missed it knows nothing."""
    missed |= SPACES
    find, params = _states().get, detector()._params
    size = len(_states()) + 1
    states = [0, *(0 if char in missed else find(char, 0) for char in text), 0]
    pairs = [(a, b) for a, b in pairwise(states) if a or b]
    if not pairs:
        return None
    total = 0.0
    for a, b in pairs:
        total += params[a * size + b]
    return exp(-total) / (1 + exp(-total)) if total >= 0 else 1 / (1 + exp(total))


def same(one: float | None, other: float | None) -> bool:
    """Return whether two probabilities are one, or both None."""
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=0.0, abs_tol=TOLERANCE)


def found(texts: Sequence[str]) -> list[float | None]:
    """Return what we say of texts, in a batch; no number where one by one differs."""
    answers = detect_zawgyi_batch(texts).probabilities
    singles = [detect_zawgyi(text).probability for text in texts]
    return [row if one == row else nan for one, row in zip(singles, answers, strict=True)]


def judged(text: str, answer: float | None) -> Verdict:
    """Compare what we say of a text with what the package does."""
    said = package_says(text)
    details = f"myanmartools: {said}, smspoh: {answer}"
    if MISSED.isdisjoint(text):
        return Verdict() if same(said, answer) else Verdict((), "probability", details)
    if not same(said, by_the_model(text, MISSED)):
        return Verdict((), "myanmartools misses others", details)
    right = by_the_model(text)
    if not same(right, answer):
        return Verdict((), "probability by the model", f"{details}, model: {right}")
    return Verdict(() if same(said, answer) else (KIND,))


def compared(
    texts: Iterable[str],
    find: Callable[[Sequence[str]], Sequence[float | None]] = found,
) -> Tally:
    """Return the tally of some texts; those with lone surrogates are passed over."""
    rows = [text for text in texts if _is_text(text)]
    tally = Tally()
    for text, answer in zip(rows, find(rows), strict=True):
        tally.add(text, judged(text, answer))
    return tally


def _is_text(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
