"""`smspoh send-bulk`, through the socket of a sandbox."""

from __future__ import annotations

import csv
import json
import signal
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli import send_bulk as command
from smspoh.envelope import decrypt
from smspoh.errors import (
    InvalidRequestError,
    ProtocolError,
    RejectedError,
    ServerError,
    TransportError,
)
from smspoh.gateway import Response, SendResult
from smspoh.sandbox.ledger import Filters

from .gateways import Wrapped, tampered

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

FROM = ["--from", "SMSPoh"]
ROWS = """\
number,text,id
09 450 000 000,first,a
0978912O456,second,b
၀၉၇၈၉၁၂၃၄၅၆,တတိယ,c
09 337 382 971,fourth,d
09450000001,,e
09450000002,sixth,f
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def _outcomes(path: str = "people.outcomes.csv") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["row"]))


def _column(name: str, path: str = "people.outcomes.csv") -> list[str]:
    return [row[name] for row in _outcomes(path)]


def _use(monkeypatch: pytest.MonkeyPatch, account: Sandbox, **changes: Any) -> Wrapped:
    client = Wrapped(account, **changes)
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    return client


def test_every_row_has_its_outcome(run: Run, account: Sandbox, table: Path) -> None:
    ran = run("send-bulk", str(table), *FROM, "--reference-column", "id", "--json")
    assert ran.code == 1
    (summary,) = ran.rows
    assert summary["rows"] == 6
    assert summary["refused"] == {"LETTERS": 1, "UNCONFIRMED": 1, "TEXT": 1}
    assert summary["outcomes"] == {"ACCEPTED": 3}
    assert _column("reference") == list("abcdef")
    assert _column("outcome") == [
        "ACCEPTED",
        "REFUSED",
        "ACCEPTED",
        "REFUSED",
        "REFUSED",
        "ACCEPTED",
    ]
    assert _column("verdict") == ["VALID", "LETTERS", "VALID", "UNCONFIRMED", "TEXT", "VALID"]
    stored = {record.message_id: record for record in account.gateway.ledger.find(Filters())}
    for row in (row for row in _outcomes() if row["outcome"] == "ACCEPTED"):
        record = stored[row["messageId"]]
        assert row["e164"] == f"+{record.to}"
        assert row["reference"] == record.client_reference
        assert (row["status"], row["parts"], row["proof"], row["encryptKey"]) == (
            "Accepted",
            "1",
            "",
            "",
        )


def test_unencrypted_rows_share_a_request(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _use(monkeypatch, account)
    assert run("send-bulk", str(table), *FROM).code == 1
    assert client.requests == 1


def test_encrypted_rows_are_proven_and_their_keys_kept(
    run: Run, account: Sandbox, table: Path
) -> None:
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--include-unconfirmed")
    assert ran.code == 1  # two rows are still refused
    assert "proven                 4" in ran.out
    rows = [row for row in _outcomes() if row["outcome"] == "ACCEPTED"]
    assert [row["proof"] for row in rows] == ["proven"] * 4
    keys = [row["encryptKey"] for row in rows]
    assert len(set(keys)) == 4
    assert not any(key in ran.out + ran.err for key in keys)
    stored = {
        record.message_id: record.message for record in account.gateway.ledger.find(Filters())
    }
    opened = [decrypt(stored[row["messageId"]], row["encryptKey"]) for row in rows]
    assert opened == ["first", "တတိယ", "fourth", "sixth"]
    assert stat.S_IMODE(Path("people.outcomes.csv").stat().st_mode) == 0o600
    assert not Path("people.outcomes.csv.keys").exists()


def test_all_fine_is_code_0(run: Run, account: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("to;say\n09450000000;hello\n")
    columns = ["--number-column", "to", "--text-column", "say", "--delimiter", ";"]
    ran = run("send-bulk", "good.csv", *FROM, *columns, "--outcomes", "done.jsonl", "--encrypt")
    assert (ran.code, ran.err) == (0, "")
    (row,) = [json.loads(line) for line in Path("done.jsonl").read_text().splitlines()]
    assert (row["row"], row["e164"], row["proof"], row["parts"]) == (
        1,
        "+959450000000",
        "proven",
        1,
    )
    assert row["error"] is None


def test_numbers_abroad_are_judged_by_their_own_plan(
    run: Run, account: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "abroad.csv").write_text(
        "number,text\n+66 81 234 5678,a\n+66 8123 4567,b\n+66 2 123 4567,c\n081 234 5678,d\n"
    )
    ran = run("send-bulk", "abroad.csv", *FROM, "--region", "th", "--json")
    assert ran.code == 1
    assert _column("verdict", "abroad.outcomes.csv") == [
        "VALID",
        "TOO_SHORT",
        "NOT_MOBILE",
        "VALID",
    ]
    assert _column("e164", "abroad.outcomes.csv") == ["+66812345678", "", "", "+66812345678"]
    assert _column("outcome", "abroad.outcomes.csv").count("ACCEPTED") == 2


def test_standard_input(run: Run, account: Sandbox) -> None:
    ran = run(
        "send-bulk", "-", *FROM, "--outcomes", "out.csv", stdin="number,text\n09450000000,x\n"
    )
    assert ran.code == 0
    assert _column("outcome", "out.csv") == ["ACCEPTED"]


def test_keys_are_on_the_disk_before_the_first_message_leaves(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, list[dict[str, str]]]] = []

    def before_send(_number: int) -> None:
        path = Path("people.outcomes.csv.keys")
        with path.open(newline="") as file:
            seen.append((stat.S_IMODE(path.stat().st_mode), list(csv.DictReader(file))))

    _use(monkeypatch, account, before_send=before_send)
    run("send-bulk", str(table), *FROM, "--encrypt", "--reference-column", "id")
    assert len(seen) == 3
    expected = {
        row["reference"]: row["encryptKey"] for row in _outcomes() if row["outcome"] == "ACCEPTED"
    }
    for mode, keys in seen:
        assert mode == 0o600
        assert {row["reference"]: row["encryptKey"] for row in keys} == expected


def test_a_row_is_in_the_file_before_the_next_is_sent(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []

    def before_send(_number: int) -> None:
        lengths.append(_column("outcome").count("ACCEPTED"))

    _use(monkeypatch, account, before_send=before_send)
    run("send-bulk", str(table), *FROM, "--encrypt", "--workers", "1")
    assert lengths == [0, 1, 2]


def test_a_changed_ciphertext_is_not_proven(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(number: int, result: SendResult) -> SendResult:
        messages = tuple(map(tampered, result.messages)) if number == 2 else result.messages
        return SendResult(messages, result.encrypt_key)

    _use(monkeypatch, account, reply=reply)
    table.write_text("number,text\n09450000000,a\n09450000001,b\n09450000002,c\n")
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--workers", "1", "--json")
    assert ran.code == 1
    assert (ran.rows[0]["proven"], ran.rows[0]["notProven"]) == (2, 1)
    assert _column("proof") == ["proven", "not proven", "proven"]


def _raise(error: Exception) -> Callable[[int], None]:
    def before_send(number: int) -> None:
        if number == 2:
            raise error

    return before_send


@pytest.mark.parametrize(
    ("error", "outcomes", "code"),
    [
        (TransportError("lost", maybe_sent=True), ["ACCEPTED", "UNKNOWN", "SKIPPED"], 3),
        (TransportError("lost", maybe_sent=False), ["ACCEPTED", "FAILED", "SKIPPED"], 3),
        (ServerError("lost"), ["ACCEPTED", "UNKNOWN", "SKIPPED"], 3),
        (RejectedError("lost", response=Response(404)), ["ACCEPTED", "FAILED", "SKIPPED"], 3),
        (RejectedError("lost", response=Response(408)), ["ACCEPTED", "UNKNOWN", "SKIPPED"], 3),
        (RejectedError("lost", response=Response(409)), ["ACCEPTED", "UNKNOWN", "SKIPPED"], 3),
        (ProtocolError("lost"), ["ACCEPTED", "UNKNOWN", "SKIPPED"], 3),
        (InvalidRequestError("lost", fields={}), ["ACCEPTED", "FAILED", "ACCEPTED"], 1),
    ],
)
def test_a_request_that_fails(
    run: Run,
    account: Sandbox,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    outcomes: list[str],
    code: int,
) -> None:
    client = _use(monkeypatch, account, before_send=_raise(error))
    table.write_text("number,text\n09450000000,a\n09450000001,b\n09450000002,c\n")
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--workers", "1")
    assert ran.code == code
    assert _column("outcome") == outcomes
    assert _column("error")[1] == "lost"
    assert [bool(key) for key in _column("encryptKey")] == [True, True, outcomes[2] != "SKIPPED"]
    assert client.requests == 3 - outcomes.count("SKIPPED")  # and none twice
    assert ran.err == ("smspoh: lost\n" if code == 3 else "")


def test_a_bulk_request_that_fails_is_unknown_for_all_of_it(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def before_send(_number: int) -> None:
        raise TransportError("lost", maybe_sent=True)

    _use(monkeypatch, account, before_send=before_send)
    ran = run("send-bulk", str(table), *FROM)
    assert ran.code == 3
    assert _column("outcome").count("UNKNOWN") == 3


def test_ctrl_c_writes_down_what_is_on_its_way(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = threading.main_thread().ident
    assert main is not None

    def before_send(number: int) -> None:
        if number == 2:
            signal.pthread_kill(main, signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    _use(monkeypatch, account, before_send=before_send)
    table.write_text("number,text\n" + "09450000000,a\n" * 5)
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--workers", "1")
    assert ran.code == 130
    assert _column("outcome") == ["ACCEPTED", "ACCEPTED", "SKIPPED", "SKIPPED", "SKIPPED"]
    assert _column("proof")[:2] == ["proven", "proven"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_row_of_other_cells_than_the_header_is_never_sent(
    run: Run, account: Sandbox, table: Path
) -> None:
    table.write_text(
        'number,text\n\n09450000000,Hello, world\n09450000001\n"09450000002","a\nb"\n9,x\n'
    )
    left = account.gateway.ledger.balance
    ran = run("send-bulk", str(table), *FROM, "--json")
    assert ran.code == 1
    assert ran.rows[0]["refused"]["CELLS"] == 2
    assert _column("outcome") == ["REFUSED", "REFUSED", "ACCEPTED", "REFUSED"]
    assert _column("verdict")[:3] == ["CELLS", "CELLS", "VALID"]
    assert _column("line") == ["3", "4", "5", "7"]
    assert _column("error")[0] == "a row of 3 cells under a header of 2"
    assert left - account.gateway.ledger.balance == account.gateway.settings.price


def test_the_same_command_twice_does_not_send_twice(
    run: Run, account: Sandbox, table: Path
) -> None:
    run("send-bulk", str(table), *FROM)
    left = account.gateway.ledger.balance
    content = Path("people.outcomes.csv").read_bytes()
    ran = run("send-bulk", str(table), *FROM)
    assert (ran.code, ran.out) == (2, "")
    assert "is there already: move it away first" in ran.err
    assert account.gateway.ledger.balance == left
    assert Path("people.outcomes.csv").read_bytes() == content


def test_left_over_keys_are_never_overwritten(run: Run, account: Sandbox, table: Path) -> None:
    keys = Path("people.outcomes.csv.keys")
    keys.write_text("of a run that was cut off")
    left = account.gateway.ledger.balance
    ran = run("send-bulk", str(table), *FROM, "--encrypt")
    assert (ran.code, "the keys of a run that was cut off" in ran.err) == (2, True)
    assert not Path("people.outcomes.csv").exists()
    assert keys.read_text() == "of a run that was cut off"
    assert account.gateway.ledger.balance == left


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["people.csv"], "Missing option '--from'"),
        (FROM, "Missing argument"),
        (["missing.csv", *FROM], "FILE cannot be read"),
        (["people.csv", "--from", "?"], "sender must be"),
        (["people.csv", *FROM, "--number-column", "phone"], "choose another with --number-column"),
        (["people.csv", *FROM, "--reference-column", "text"], "has a reference twice"),
        (["people.csv", *FROM, "--workers", "0"], "0 is not in the range"),
        (["people.csv", *FROM, "--workers", "17"], "17 is not in the range"),
        (
            ["people.csv", *FROM, "--region", "ZZ"],
            "'ZZ' is no region: it needs two letters of ISO 3166-1",
        ),
        (["people.csv", *FROM, "--outcomes", "no/where.csv"], "cannot be created"),
        (["-", *FROM], "--outcomes is needed"),
    ],
)
def test_bad_input(
    run: Run, account: Sandbox, table: Path, arguments: list[str], says: str
) -> None:
    table.write_text(ROWS.replace("sixth", "first"), encoding="utf-8")
    left = account.gateway.ledger.balance
    ran = run("send-bulk", *arguments, stdin="number,text\n09450000000,x\n")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert account.gateway.ledger.balance == left


def test_too_many_rows(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "ROWS_MAX", 5)
    ran = run("send-bulk", str(table), *FROM)
    assert (ran.code, ran.err) == (
        2,
        "smspoh: FILE has more than 5 rows, the most that one run takes\n",
    )


def test_a_fault_of_ours_is_raised_after_every_row_has_its_outcome(
    run: Run, account: Sandbox, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, account, before_send=_raise(RuntimeError("09450000000")))
    table.write_text("number,text\n" + "09450000000,a\n" * 4)
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--workers", "1")
    assert ran.code == 70
    assert "450" not in ran.err
    assert _column("outcome") == ["ACCEPTED", "UNKNOWN", "SKIPPED", "SKIPPED"]
    keys = Path("people.outcomes.csv.keys").read_text()
    assert _column("encryptKey")[1] in keys  # the run was cut off, so they stay
