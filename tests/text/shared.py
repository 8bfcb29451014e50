"""What several of these tests need: drawn texts, and errors that hold none."""

from __future__ import annotations

import traceback
from typing import Final

from hypothesis import strategies as st

from .alphabets import ASTRAL, BASIC, EXTENSION

_SIGNS: Final = st.one_of(
    st.sampled_from(BASIC),
    st.sampled_from(EXTENSION),
    st.sampled_from("မြန်ာေက"),
    st.sampled_from(ASTRAL),
    st.characters(exclude_categories=["Cs"]),
)
_SIZES: Final = st.one_of(st.integers(0, 4), st.integers(0, 170))
_GSM_SIGNS: Final = st.sampled_from(BASIC[:20] + EXTENSION * 3)
TEXTS: Final[st.SearchStrategy[str]] = st.one_of(
    st.text(_SIGNS, max_size=80),
    *(
        st.lists(st.tuples(signs, _SIZES), max_size=9).map(
            lambda runs: "".join(sign * size for sign, size in runs)
        )
        for signs in (_SIGNS, _GSM_SIGNS)
    ),
)
"""Texts, many with runs of one character that end near the end of a part."""

SECRET: Final = "lantern zebra77"


def check_silent(error: BaseException) -> None:
    """Check that neither an error nor what hangs on it holds the text."""
    told = traceback.format_exception(error)
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None:
            told += [str(one), repr(one), repr(one.args), repr(vars(one))]
            left += [one.__context__, one.__cause__]
    assert not any(word in line for line in told for word in SECRET.split())
