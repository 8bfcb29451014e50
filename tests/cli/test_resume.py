"""`smspoh send-bulk --resume`: what was skipped goes out, and nothing goes out twice."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smspoh.cli import send_bulk as command
from smspoh.errors import TransportError
from smspoh.sandbox.ledger import Filters

from .gateways import Wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

TABLE = "number,text\n" + "".join(f"0945000000{n},text {n}\n" for n in range(6)) + "1,no number\n"
SEND = ["send-bulk", "people.csv", "--from", "SMSPoh", "--workers", "1"]
ON = ["--resume", "first.csv", "--outcomes", "second.csv"]


@pytest.fixture(params=["csv", "jsonl"])
def first(request: pytest.FixtureRequest) -> str:
    return f"first.{request.param}"


def _stopped(run: Run, account: Sandbox, path: str = "first.csv", *options: str) -> None:
    """Run until the third request, whose answer is lost."""

    def before_send(number: int) -> None:
        if number == 3:
            raise TransportError("lost", maybe_sent=True)

    Path("people.csv").write_text(TABLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            command, "connect", lambda _, **options: Wrapped(account, before_send=before_send)
        )
        ran = run(*SEND, "--encrypt", *options, "--outcomes", path)
    assert ran.code == 3


def _rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["row"]))


def _stored(account: Sandbox) -> Counter[str]:
    return Counter(r.client_reference or "" for r in account.gateway.ledger.find(Filters()))


def test_what_was_skipped_is_sent_and_nothing_twice(run: Run, account: Sandbox, first: str) -> None:
    _stopped(run, account, first)
    ran = run(*SEND, "--encrypt", "--resume", first, "--outcomes", "second.csv", "--json")
    assert ran.code == 1
    (summary,) = ran.rows
    assert summary["fromBefore"] == 4
    assert summary["outcomes"] == {"ACCEPTED": 5, "UNKNOWN": 1}
    assert sum(summary["refused"].values()) == 1
    rows = _rows("second.csv")
    assert [row["outcome"] for row in rows] == [
        *["ACCEPTED"] * 2,
        "UNKNOWN",
        *["ACCEPTED"] * 3,
        "REFUSED",
    ]
    assert all(row["encryptKey"] for row in rows[:6])
    stored = _stored(account)
    # The references of the first run are kept, and each was stored once at most.
    assert [stored[row["reference"]] for row in rows] == [1, 1, 0, 1, 1, 1, 0]
    if first.endswith(".csv"):
        assert [r["reference"] for r in _rows(first)] == [r["reference"] for r in rows]


def test_a_file_is_resumed_once_and_the_new_one_goes_on(run: Run, account: Sandbox) -> None:
    _stopped(run, account)
    assert run(*SEND, "--encrypt", *ON).code == 1
    left = account.gateway.ledger.balance
    again = run(*SEND, "--encrypt", "--resume", "first.csv", "--outcomes", "third.csv")
    assert (again.code, "was resumed before" in again.err) == (2, True)
    assert Path("first.csv.resumed").read_text() == "second.csv\n"
    assert not Path("third.csv").exists()
    on = run(*SEND, "--encrypt", "--resume", "second.csv", "--outcomes", "third.csv")
    assert on.code == 1  # nothing is left to send, and one row is still UNKNOWN
    assert account.gateway.ledger.balance == left


def _other_text() -> None:
    Path("people.csv").write_text(TABLE.replace("text 5", "text 6"))


def _other_row_count() -> None:
    Path("people.csv").write_text(TABLE + "09450000009,one more\n")


def _row_less() -> None:
    Path("people.csv").write_text(TABLE.removesuffix("1,no number\n"))


def _cut_off() -> None:
    """As `kill -9` leaves it: rows on their way, and those after, have no row."""
    lines = Path("first.csv").read_text().splitlines(keepends=True)
    Path("first.csv").write_text("".join(lines[:-1]))


def _half_a_row() -> None:
    Path("first.csv").write_text(Path("first.csv").read_text()[:-10])


def _twice() -> None:
    lines = Path("first.csv").read_text().splitlines(keepends=True)
    Path("first.csv").write_text("".join([*lines, lines[-1]]))


def _no_seal() -> None:
    rows = _rows("first.csv")
    with Path("first.csv").open("w", newline="") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(row | {"seal": "zz"} for row in rows)


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        (_other_text, [], "is of another FILE"),
        (_other_row_count, [], "has no outcome for 1 rows"),
        (_row_less, [], "is of another FILE"),
        (_cut_off, [], "they may have been sent"),
        (_half_a_row, [], "is of another FILE"),
        (_twice, [], "is not an outcome file"),
        (_no_seal, [], "is of another FILE"),
        (lambda: None, ["--test"], "is of another FILE"),
        (lambda: None, ["--from", "Other"], "is of another FILE"),
        (lambda: None, ["--zawgyi", "convert"], "--test or --zawgyi: --resume needs the same"),
        (lambda: None, ["--region", "none"], "comes to another number or to none"),
        (lambda: None, ["--text-column", "number"], "is of another FILE"),
        (lambda: Path("first.csv").unlink(), [], "cannot be read"),
        (lambda: Path("first.csv").write_bytes(b"\xff"), [], "is not an outcome file"),
    ],
)
def test_what_is_not_the_same_is_not_resumed(
    run: Run, account: Sandbox, change: Callable[[], object], options: list[str], says: str
) -> None:
    _stopped(run, account)
    change()
    left = account.gateway.ledger.balance
    ran = run(*SEND, "--encrypt", *ON, *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert "text" not in ran.err.replace("--text-column", "")
    assert not Path("second.csv").exists()
    assert account.gateway.ledger.balance == left


def test_without_encrypt_it_is_not_the_same(run: Run, account: Sandbox) -> None:
    _stopped(run, account)
    ran = run(*SEND, *ON)
    assert (ran.code, "--encrypt" in ran.err) == (2, True)


def test_a_dry_run_says_what_is_left(run: Run, account: Sandbox) -> None:
    _stopped(run, account)
    ran = run(*SEND, "--encrypt", "--resume", "first.csv", "--dry-run")
    assert "from before            4" in ran.out
    assert "would be sent          3" in ran.out
    assert not Path("first.csv.resumed").exists()


def test_it_needs_a_new_file(run: Run, account: Sandbox) -> None:
    _stopped(run, account)
    ran = run(*SEND, "--encrypt", "--resume", "first.csv")
    assert (ran.code, ran.err.startswith("smspoh: --resume needs --outcomes")) == (2, True)


def test_the_seal_is_salted_and_shows_no_text(run: Run, account: Sandbox) -> None:
    _stopped(run, account, "first.csv")
    _stopped(run, account, "other.csv")
    seals = [{row["seal"] for row in _rows(path)} for path in ("first.csv", "other.csv")]
    assert [len(each) for each in seals] == [1, 1]
    assert seals[0] != seals[1]
    assert all("text" not in Path(path).read_text() for path in ("first.csv", "other.csv"))
