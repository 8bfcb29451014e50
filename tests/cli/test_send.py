"""`smspoh send`, through the socket of a sandbox."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from smspoh.cli import send as command
from smspoh.gateway import SendResult
from smspoh.sandbox.ledger import Filters

from .gateways import Wrapped, tampered

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

TEXT = "Your code is 12345"
TO = ["--to", "+95 (0)9 450-000-000", "--from", "SMSPoh"]


def test_a_text_is_sent_without_its_line_end(run: Run, account: Sandbox) -> None:
    ran = run("send", *TO, "--reference", "one", "--json", stdin=TEXT + "\r\n")
    assert (ran.code, ran.err) == (0, "")
    (row,) = ran.rows
    assert (row["outcome"], row["network"], row["parts"], row["proof"]) == (
        "ACCEPTED",
        "MPT",
        1,
        None,
    )
    (stored,) = run("messages", "--json", "--text", TEXT).rows[:1]
    assert (stored["messageId"], stored["message"], stored["reference"], stored["to"]) == (
        row["messageId"],
        TEXT,
        "one",
        "959450000000",
    )


def test_encrypted_under_a_new_key(run: Run, account: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    ran = run("send", *TO, "--encrypt", "--key-file", str(path), "--generate-key", stdin=TEXT)
    assert ran.code == 0
    assert ran.out.endswith("  MPT  1 part  proven\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() not in ran.out + ran.err
    stored = run("messages", "--json").rows[0]
    assert stored["encrypted"] is True
    opened = run("decrypt", "--key-file", str(path), stdin=stored["message"])
    assert opened.out == TEXT + "\n"


def test_a_changed_ciphertext_is_not_proven(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSPOH_ENCRYPT_KEY", "a key of more than eighty bits")

    def reply(_number: int, result: SendResult) -> SendResult:
        return SendResult(tuple(map(tampered, result.messages)), result.encrypt_key)

    monkeypatch.setattr(command, "connect", lambda _, **options: Wrapped(account, reply=reply))
    ran = run("send", *TO, "--encrypt", stdin=TEXT)
    assert ran.code == 1
    assert ran.out.endswith("  not proven\n")


def test_the_options_reach_the_gateway(run: Run, account: Sandbox) -> None:
    options = ["--test", "--unicode", "--at", "2030-01-02T03:04:05+00:00"]
    ran = run("send", *TO, *options, "--receipt-url", "https://example.org/r", stdin="x" * 71)
    assert ran.code == 0
    assert "2 parts" in ran.out  # 71 UCS-2 units, where GSM-7 would be one part
    message = account.gateway.ledger.find(Filters())[0]
    assert message.test
    assert message.scheduled_at is not None
    assert message.scheduled_at.isoformat() == "2030-01-02T09:34:05+06:30"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("0978912O456", "the number is refused: LETTERS; nothing was sent"),
        ("01 234 5678", "the number is refused: NOT_MOBILE; nothing was sent"),
        ("+66 2 123 4567", "the number is refused: NOT_MOBILE; nothing was sent"),
        ("+66 8123 4567", "the number is refused: TOO_SHORT; nothing was sent"),
        ("+999 1234 5678", "the number is refused: UNKNOWN_CALLING_CODE; nothing was sent"),
        ("09351234567", "UNCONFIRMED (see --include-unconfirmed); nothing was sent"),
    ],
)
def test_refused_numbers(run: Run, account: Sandbox, number: str, says: str) -> None:
    before = run("balance").out
    ran = run("send", "--to", number, "--from", "SMSPoh", stdin=TEXT)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert run("balance").out == before


def test_an_unconfirmed_number_when_asked_for(run: Run, account: Sandbox) -> None:
    ran = run(
        "send", "--to", "09351234567", "--from", "SMSPoh", "--include-unconfirmed", stdin=TEXT
    )
    assert ran.code == 0


@pytest.mark.parametrize(
    ("number", "region"),
    [("+66 81 234 5678", "MM"), ("081 234 5678", "TH"), ("081 234 5678", "th")],
)
def test_a_number_abroad_is_sent(run: Run, account: Sandbox, number: str, region: str) -> None:
    ran = run("send", "--to", number, "--from", "SMSPoh", "--region", region, stdin=TEXT)
    assert (ran.code, ran.err) == (0, "")
    assert account.gateway.ledger.find(Filters())[0].to == "66812345678"


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        ([], TEXT, "Missing option '--to'"),
        (["--to", "09450000000"], TEXT, "Missing option '--from'"),
        ([*TO[:3], "ab"], TEXT, "sender must be"),
        ([*TO], "", "message is empty"),
        ([*TO], "\n", "message is empty"),
        ([*TO], "x" * 919, "more than 6 parts"),
        ([*TO], b"\xff", "FILE is not UTF-8"),
        ([*TO, "missing"], TEXT, "FILE cannot be read"),
        ([*TO, "--at", "tomorrow"], TEXT, "needs a time such as"),
        ([*TO, "--at", "2030-01-01T00:00"], TEXT, "needs an offset from UTC"),
        ([*TO, "--reference", "r" * 51], TEXT, "client_reference has 51 characters"),
        ([*TO, "--receipt-url", "ftp://x"], TEXT, "delivery_receipt_url must be"),
        ([*TO, "--region", "ZZ"], TEXT, "'ZZ' is no region: it needs two letters of ISO 3166-1"),
        ([*TO, "--generate-key"], TEXT, "a key is for --encrypt only"),
        ([*TO, "--key-file", "k"], TEXT, "a key is for --encrypt only"),
        ([*TO, "--encrypt", "--generate-key"], TEXT, "needs --key-file"),
        ([*TO, "--encrypt", "--key-file", "missing"], TEXT, "cannot be read"),
        ([*TO, "--base-url", "ftp://x"], TEXT, "base_url must"),
    ],
)
def test_bad_input(
    run: Run, account: Sandbox, arguments: list[str], stdin: bytes | str, says: str
) -> None:
    ran = run("send", *arguments, stdin=stdin)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert "450" not in ran.err
    assert "code is" not in ran.err


def test_wrong_credentials_are_a_gateway_error(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSPOH_API_SECRET", "wrong")
    ran = run("send", *TO, stdin=TEXT)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "the gateway refused the credentials (401)" in ran.err


def test_nobody_there(run: Run, account: Sandbox) -> None:
    ran = run("send", *TO, "--base-url", "http://127.0.0.1:9/api/rest", stdin=TEXT)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "nothing was sent" in ran.err


def test_a_reply_without_the_message(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Wrapped(account, reply=lambda *_: SendResult(()))
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    ran = run("send", *TO, stdin=TEXT)
    assert (ran.code, "it may have been sent" in ran.err) == (3, True)
