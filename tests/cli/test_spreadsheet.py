"""CSV that a person opens: no cell is run as a formula, and nothing is lost."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh._spreadsheet import guarded, unguarded
from smspoh.cli import messages
from smspoh.envelope import encrypt

from .gateways import Wrapped

if TYPE_CHECKING:
    from smspoh.gateway import Page
    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

RUN = ["=1+1", "+cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("cell", [*RUN, "+", "+95 x", "+1-A1", "'=1", "''@x", "+" + "A" * 126])
def test_such_a_cell_gets_an_apostrophe(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(f"'{cell}") == cell


@pytest.mark.parametrize(
    "cell",
    ["", "x", "1=1", "'", "'x", "+959450000000", "+95 (0)9 450-000-000", "+" + "A/b" * 50 + "=="],
)
def test_any_other_is_as_it_is(cell: str) -> None:
    assert (guarded(cell), unguarded(cell)) == (cell, cell)


def test_what_is_no_text_is_as_it_is() -> None:
    assert (guarded(None), guarded(-1)) == (None, -1)


def test_every_message_that_begins_with_a_plus_comes_out_exactly() -> None:
    shortest = encrypt("", "a key of more than eighty bits")
    assert guarded("+" + shortest[1:]) == "+" + shortest[1:]


def test_normalize(run: Run) -> None:
    ran = run("normalize", stdin="=1+1\n+959789123456\n")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["number"] for row in rows] == ["'=1+1", "+959789123456"]
    assert rows[1]["e164"] == "+959789123456"
    assert run("normalize", "--json", stdin="=1+1\n").rows[0]["number"] == "=1+1"


def test_messages(run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    run("send", "--to", "09450000000", "--from", "SMSPoh", stdin="=1+1")

    def page(found: Page) -> Page:
        (entry,) = found.messages
        return replace(found, messages=(replace(entry, network="@a\rb", client_reference="-1"),))

    monkeypatch.setattr(messages, "connect", lambda _, **options: Wrapped(account, page=page))
    (row,) = csv.DictReader(io.StringIO(run("messages").out, newline=""), strict=True)
    assert (row["message"], row["network"], row["reference"]) == ("'=1+1", "'@a\rb", "'-1")
    (exact,) = run("messages", "--json").rows
    assert (exact["message"], exact["network"], exact["reference"]) == ("=1+1", "@a\rb", "-1")
