"""`smspoh messages` and `smspoh balance`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from smspoh.cli import messages as command
from smspoh.gateway import Client
from smspoh.sandbox.server import Sandbox

from .gateways import Wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.gateway import Page

    from .conftest import Run

SENT = 23


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        with Client(running.api_key, running.api_secret, base_url=running.base_url) as client:
            for number in range(SENT):
                sender = "Other" if number == 5 else "SMSPoh"
                client.send("09450000000", f"text {number}", sender, client_reference=f"r{number}")
        yield running


def test_a_page_is_csv(run: Run, account: Sandbox) -> None:
    ran = run("messages")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert ran.code == 0
    assert len(rows) == 20
    assert rows[0]["message"] == f"text {SENT - 1}"
    assert rows[0]["to"] == "959450000000"
    assert rows[0]["createdAt"].endswith("+06:30")
    assert set(rows[0]) == set(command.COLUMNS)


def test_all_pages_once_each(run: Run, account: Sandbox) -> None:
    references = [row["reference"] for row in run("messages", "--all", "--json").rows]
    assert references == [f"r{number}" for number in reversed(range(SENT))]


def test_a_later_page(run: Run, account: Sandbox) -> None:
    assert [row["reference"] for row in run("messages", "--page", "2", "--json").rows] == [
        "r2",
        "r1",
        "r0",
    ]


def test_messages_that_arrive_meanwhile_are_not_listed_twice(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[Page] = []

    def page(found: Page) -> Page:
        first.append(found)
        return first[0]  # the same page for ever, as past the end of some gateways

    monkeypatch.setattr(command, "connect", lambda _, **options: Wrapped(account, page=page))
    assert len(run("messages", "--all", "--json").rows) == 20
    assert len(first) == 2


def test_there_is_an_end_to_pages(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PAGES_MAX", 1)
    ran = run("messages", "--all", "--json")
    assert (ran.code, len(ran.rows)) == (2, 20)
    assert "ask with --since and --until" in ran.err


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--from", "Other"], 1),
        (["--text", "text 1"], 11),
        (["--to", "09450000000", "--limit", "50"], SENT),
        (["--to", "09450000001"], 0),
        (["--since", "2001-01-01", "--limit", "100"], SENT),
        (["--until", "2001-01-01"], 0),
    ],
)
def test_filters(run: Run, account: Sandbox, options: list[str], count: int) -> None:
    assert len(run("messages", "--json", *options).rows) == count


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--since", "yesterday"], "needs a day such as 2026-12-01"),
        (["--until", "2026-13-01"], "needs a day such as 2026-12-01"),
        (["--since", "2026-02-02", "--until", "2026-02-01"], "created_to is before created_from"),
        (["--limit", "7"], "'7' is not one of"),
        (["--page", "0"], "0 is not in the range"),
        (["--to", "+66812345678"], "the history finds numbers of Myanmar only"),
        (["--to", "0978912O456"], "is not a number"),
        (["--from", "?"], "sender must be"),
        (["--text", ""], "message has 0 characters"),
        (["extra"], "an argument too many"),
    ],
)
def test_bad_input(run: Run, account: Sandbox, options: list[str], says: str) -> None:
    ran = run("messages", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert "812345678" not in ran.err


def test_balance(run: Run, account: Sandbox) -> None:
    left = account.gateway.ledger.balance
    assert run("balance").out == f"{left:,} MMK\n"
    assert run("balance", "--json").rows == [{"balance": left, "currency": "MMK"}]


@pytest.mark.parametrize("command", ["balance", "messages"])
def test_wrong_credentials(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("SMSPOH_API_KEY", "wrong")
    ran = run(command)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)


def test_balance_takes_no_argument(run: Run, account: Sandbox) -> None:
    ran = run("balance", "09789123456")
    assert (ran.code, "789123456" in ran.err) == (2, False)
