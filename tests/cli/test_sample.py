"""The committed sample is the generator's, and each row is what it is meant to be."""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from smspoh.cli.demo import sample
from smspoh.phone import Kind, Verdict, normalize_batch

TOOL = Path(__file__).parents[2] / "tools" / "sample_data.py"

# What each kind of row must come to. A row that is meant to be a number has its E.164.
MEANT = {
    "mobile": {Verdict.VALID},
    "unconfirmed": {Verdict.UNCONFIRMED},
    "abroad": {Verdict.VALID},
    "abroad_refused": {Verdict.TOO_SHORT, Verdict.NOT_MOBILE, Verdict.INVALID},
    "fixed": {Verdict.NOT_MOBILE},
    "not_allocated": {Verdict.INVALID},
    "letters": {Verdict.LETTERS},
    "exponent": {Verdict.LETTERS},
    "too_short": {Verdict.TOO_SHORT},
    "too_long": {Verdict.TOO_LONG},
    "between": {Verdict.INVALID_LENGTH},
    "no_country": {Verdict.UNKNOWN_CALLING_CODE},
    "several": {Verdict.SEVERAL},
    "extension": {Verdict.EXTENSION},
    "empty": {Verdict.NOT_A_NUMBER},
    "nothing": {Verdict.NOT_A_NUMBER, Verdict.LETTERS},
}


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location("sample_data", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_data"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tool() -> Any:
    return _tool()


def test_the_file_is_what_the_tool_makes(tool: Any) -> None:
    committed = (files("smspoh.cli") / "sample.csv").read_bytes()
    assert committed == tool.render(tool.build())
    assert tool.main(["--check"]) == 0


def test_check_notices_a_stale_file(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "SAMPLE", tmp_path / "sample.csv")
    assert tool.main(["--check"]) == 1  # not there
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    with tool.SAMPLE.open("ab") as file:
        file.write(b"\n")
    assert tool.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert tool.main(["--cheque"]) == 2


def test_it_has_a_thousand_rows_and_reads_back(tool: Any) -> None:
    rows = sample()
    assert len(rows) == 1000
    assert rows == [(row.number, row.text) for row in tool.build()]
    assert all(text.strip() for _, text in rows)


def test_it_is_plain_csv() -> None:
    text = (files("smspoh.cli") / "sample.csv").read_text(encoding="utf-8")
    assert "\r" not in text
    assert next(iter(csv.reader(text.splitlines(keepends=True)))) == ["number", "text"]


def test_each_row_comes_to_what_it_is_meant_to_be(tool: Any) -> None:
    rows = tool.build()
    phones = normalize_batch([row.number for row in rows], sms=True)
    wrong = [
        (row.why, ascii(row.number), verdict.name, e164, row.e164)
        for row, verdict, e164 in zip(rows, phones.verdicts, phones.e164, strict=True)
        if verdict not in MEANT[row.why] or e164 != row.e164
    ]
    assert wrong == []


def test_every_verdict_and_operator_occurs(tool: Any) -> None:
    phones = normalize_batch([row.number for row in tool.build()], sms=True)
    assert set(phones.verdicts) == set(Verdict)
    mobile = {
        o.name for o, k in zip(phones.operators, phones.kinds, strict=True) if k is Kind.MOBILE
    }
    assert mobile >= {"MPT", "ATOM", "U9", "MYTEL", "MEC"}
    assert Counter(phones.regions)["MM"] > 700


def test_an_independent_parser_reads_the_same_numbers(tool: Any) -> None:
    """libphonenumber agrees on what is meant, and knows the blocks that are called sure."""
    for row in tool.build():
        if row.e164 is None:
            continue
        parsed = phonenumbers.parse(row.number, "MM")
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == row.e164
        assert phonenumbers.is_valid_number(parsed) is (row.why != "unconfirmed")


def test_the_generator_draws_every_number_below_its_bound(tool: Any) -> None:
    dice = tool.Dice(1)
    assert {dice.below(7) for _ in range(500)} == set(range(7))
    items = list(range(50))
    dice.shuffle(items)
    assert sorted(items) == list(range(50))
    assert items != list(range(50))
