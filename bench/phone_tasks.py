"""What is measured of phone numbers: each list with its engines, at full size or small."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from . import phone_corpus
from .engines import RUST_PHONE_RIVALS
from .phone_engines import OURS, OutOfProcess, by_rust, column, each, to_e164, to_rows
from .phone_workers import MYANMAR_ONLY, WORKERS, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .phone_corpus import Corpus
    from .phone_engines import Engine

CORPORA: Final[Mapping[str, Callable[[int], Corpus]]] = {
    "myanmar": phone_corpus.myanmar,
    "world": phone_corpus.world,
}
# The first is what the others are compared with.
ENGINES: Final[Mapping[str, Callable[[Corpus], Engine]]] = {
    OURS: partial(column, threads=1),
    f"{OURS}, 2 threads": partial(column, threads=2),
    "smspoh, list to E.164 list": to_e164,
    "smspoh, list to tuples": to_rows,
    "smspoh, one call each": each,
    **{name: partial(by_rust, name) for name in RUST_PHONE_RIVALS},
    **{name: partial(OutOfProcess, name) for name in WORKERS},
}

# A run should take some hundredths of a second at least, and a round some seconds at most. So
# who needs longer for a number reads fewer of them: the first rows of the same list.
ROWS: Final = 200_000
SLOW_ROWS: Final = 5_000
_ROWS: Final = {
    "phonenumber (crate)": 1_000,
    "smspoh, one call each": 50_000,
    "rlibphonenumber (crate)": 20_000,
    "phonelib (crate)": 100_000,
    "phonenumbers": 2_000,
    "phonenumbers, pattern cache": 2_000,
    "phonenumbers, operator": 2_000,
    "rphonenumbers, operator": 2_000,
    "python-myanmar": 50_000,
    "myanmar-phonenumber": 50_000,
    "myanmar-phonenumber, operator": 50_000,
}
SMALL_ROWS: Final = 300


def rows_of(name: str, *, small: bool = False) -> int:
    """Return how many rows an engine reads in a run."""
    if small:
        return SMALL_ROWS
    full = name.startswith("smspoh, ") and name != "smspoh, one call each"
    return _ROWS.get(name, ROWS if full else SLOW_ROWS)


def engines_of(corpus: str) -> list[str]:
    """Return the engines that read a list, by name, whether they are here or not.

    Abroad nobody is asked for the operator, which ours does not know there.
    """
    if corpus == "myanmar":
        return list(ENGINES)
    return [name for name in ENGINES if name not in MYANMAR_ONLY and not name.endswith("operator")]


def absent() -> dict[str, str]:
    """Return each engine that cannot run here, with the reason."""
    return {name: reason for name in WORKERS if (reason := missing(name)) is not None}
