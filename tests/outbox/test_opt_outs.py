"""Opt-outs: whoever asked for no more messages is found, however the number was written."""

from __future__ import annotations

import pytest

from smspoh.errors import ArgumentError
from smspoh.outbox import OptOuts


def test_a_number_is_found_however_it_was_written() -> None:
    lines = ["# March", "", "၀၉ ၄၅၀ ၀၀၀ ၀၀၀", "  ", "+95 9 789-123-456", "09450000000", "01222222"]
    out = OptOuts(lines)
    assert len(out) == 3
    assert "+959450000000" in out
    assert "+959789123456" in out
    assert "+951222222" in out
    assert "+959450000001" not in out
    assert repr(out) == "<OptOuts numbers=3>"
    assert "+66812345678" in OptOuts(["081 234 5678"], region="TH")


def test_a_line_that_is_no_number_is_an_error_and_not_shown() -> None:
    lines = ["09450000000"] * 10_001 + ["0945000000O"]
    with pytest.raises(
        ArgumentError, match=r"line 10002 of the opt-outs is no number \(LETTERS\)"
    ) as caught:
        OptOuts(lines)
    assert "0945" not in str(caught.value)
    with pytest.raises(ArgumentError, match="line 1 "):
        OptOuts([None])


def test_a_single_text_and_a_wrong_region_are_refused() -> None:
    with pytest.raises(TypeError, match="a list of numbers is needed"):
        OptOuts("09450000000")
    with pytest.raises(ArgumentError, match="region"):
        OptOuts(["09450000000"], region="XX")
