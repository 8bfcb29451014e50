"""The page of the faults, which is made from the record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.sdk_faults.faults import FAULTS
from tools import sdk_report as report

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _figures(
    copies: list[int], learned: dict[str, int], tells: list[str], requests: int = 1
) -> dict[str, Any]:
    asked = [requests, requests]
    return {
        "sends": 20,
        "copies": copies,
        "requests": asked,
        "learned": learned,
        "tells": tells,
    }


def _row(package: str, timeout_s: float | None, **changes: dict[str, Any]) -> dict[str, Any]:
    faults = {name: _figures([1, 1], {"ok": 20}, ["yes"]) for name in FAULTS}
    faults["unreachable_always"] = _figures([0, 0], {"ConnectionError": 20}, ["nothing"])
    return {
        "package": package,
        "version": "1.2",
        "beneath": {"requests": "2.34.2"},
        "timeout_s": timeout_s,
        "faults": {**faults, **changes},
    }


RECORD = {
    "date": "2026-11-27",
    "machine": {"model": "A CPU", "family": "6", "number": "143"},
    "python": "3.11.7",
    "sends": 20,
    "slow_sends": 3,
    "bound_s": 90.0,
    "slow_bound_s": 330.0,
    "sdks": [
        _row("one", 9.05),
        _row(
            "two",
            None,
            closed_once=_figures([1, 2], {"ConnectionError": 4, "ok": 16}, ["cause", "no"]),
            error500_always=_figures([1, 1], {"ServerError 500": 20}, ["yes"], requests=4),
            slow_once=_figures([1, 1], {"waiting": 3}, ["waiting"]),
        ),
    ],
}


def _cells(table: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in table.splitlines()]


def test_a_row_has_the_copies_under_each_fault_and_the_timeout() -> None:
    head, _, one, two = _cells(report.copies_table(RECORD))
    assert head[:4] == ["client", "version", "no fault", "closed, once"]
    assert one == ["one", "1.2", *["1"] * 11, "9.05 s"]
    assert two == ["two", "1.2", "1", "1 to 2", *["1"] * 8, "1, waits", "none"]


def test_a_row_has_what_the_caller_is_told_and_whether_it_can_know() -> None:
    head, _, one, two = _cells(report.learns_table(RECORD))
    assert len(head) == len(one) == len(two)
    assert one == ["one", *["ok: yes"] * 5, "`ConnectionError`"]
    assert two[1] == "`ConnectionError` or ok: inside, no"
    assert two[5] == "waits"


def test_the_page_says_where_when_and_how_often() -> None:
    page = report.page(RECORD)
    assert "A CPU (family 6, model 143), 2026-11-27; Python 3.11.7; requests 2.34.2." in page
    assert "Calls for each fault: 20, for the slow reply 3." in page
    assert "\nRequests of one call that carry the same identifier: two up to 4.\n" in page
    assert report.repeats({**RECORD, "sdks": [_row("one", 1)]}) == ""


def test_check_fails_until_the_page_is_that_of_the_newest_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "faults.md"

    def run(*arguments: str) -> int:
        return report.main(arguments, tmp_path, page)

    assert run("--check") == 1
    assert run() == 0
    assert page.read_text("utf-8").endswith(report.NONE)
    for day in ("2026-11-27", "2026-11-26"):
        record = json.dumps({**RECORD, "date": day})
        (tmp_path / f"sdk-faults-{day}.json").write_text(record, "utf-8")
    capsys.readouterr()
    assert run("--check") == 1
    said = capsys.readouterr().err
    assert said == "docs/faults.md is stale: run python -m tools.sdk_report\n"
    assert run() == 0
    assert run("--check") == 0
    assert "2026-11-27" in page.read_text("utf-8")
    assert run("--chekc") == 2
