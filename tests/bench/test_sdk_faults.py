"""The server that fails on purpose, ours before it, and the campaign."""

from __future__ import annotations

import http.client
import json
import random
import socket
import ssl
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from bench.machine import ROOT
from bench.sdk_faults import __main__ as command
from bench.sdk_faults import authority, child, run
from bench.sdk_faults.adapters import ADAPTERS, OURS
from bench.sdk_faults.campaign import campaign, drawn, retrying
from bench.sdk_faults.faults import FAULTS, Case, mark_in
from bench.sdk_faults.replies import REPLIES
from bench.sdk_faults.server import FaultServer
from smspoh.sandbox import SandboxGateway
from tools import sdk_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh import Client

TWILIO = "api.twilio.com"
AZURE = "faults.communication.azure.com"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    sandbox = SandboxGateway("key", "secret", base_url="https://v3.smspoh.com/api/rest")
    with FaultServer(None, slow_s=60, sandbox=sandbox) as running:
        yield running


def _post(
    server: FaultServer,
    case: Case,
    host: str = TWILIO,
    body: str | None = None,
    key: str | None = None,
) -> int:
    """Send a message as a form, and return the status, or 0 when no reply came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        content = body if body is not None else urlencode({"Body": case.text})
        named = {} if key is None else {"Idempotency-Key": key}
        connection.request("POST", "/any", content, {"Host": host, **named})
        reply = connection.getresponse()
        reply.read()
    except http.client.RemoteDisconnected:
        return 0
    else:
        return reply.status
    finally:
        connection.close()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("written", [json.dumps, lambda text: urlencode({"text": text})])
def test_a_mark_survives_the_encodings_of_a_body(fault: str, written: Any) -> None:
    case = Case("azure-communication-sms", fault, 17)
    assert mark_in(written(case.text).encode()) == (case.mark, FAULTS[fault])
    assert mark_in(written("Your code is 123456").encode()) is None


@pytest.mark.parametrize(
    ("fault", "statuses", "copies"),
    [
        ("none", [201, 201], 2),
        ("closed_once", [0, 201], 2),
        ("closed_always", [0, 0], 2),
        ("error500_once", [500, 201], 2),
        ("error500_always", [500, 500], 2),
        ("error503_once", [503, 201], 2),
        ("error503_always", [503, 503], 2),
        ("refused503_once", [503, 201], 1),
        ("limited_once", [429, 201], 1),
        ("unreachable_once", [201, 201], 2),
    ],
)
def test_the_server_does_what_the_mark_says_and_counts(
    server: FaultServer, fault: str, statuses: list[int], copies: int
) -> None:
    case = Case("twilio", fault, 0)
    assert [_post(server, case), _post(server, case)] == statuses
    entry = server.entry(case.mark)
    assert (entry.requests, entry.copies) == (2, copies)


def test_a_slow_reply_is_taken_at_once_and_comes_when_the_server_ends(server: FaultServer) -> None:
    case = Case("twilio", "slow_once", 0)
    got: list[int] = []
    caller = threading.Thread(target=lambda: got.append(_post(server, case)))
    caller.start()
    while not server.entry(case.mark).copies:
        assert caller.is_alive()
    assert not got
    server.closing.set()
    caller.join()
    assert got == [201]


def test_a_request_that_names_itself_is_carried_out_once(server: FaultServer) -> None:
    case = Case("azure-communication-sms", "error500_once", 0)

    def body(identifier: str) -> str:
        recipient = {"to": "+959450000000", "repeatabilityRequestId": identifier}
        return json.dumps({"smsRecipients": [recipient], "message": case.text})

    assert _post(server, case, AZURE, body("a")) == 500
    assert _post(server, case, AZURE, body("a")) == 202
    assert server.entry(case.mark).copies == 1
    assert _post(server, case, AZURE, body("b")) == 202
    assert server.entry(case.mark).copies == 2


def test_a_key_of_idempotency_is_kept_to(server: FaultServer) -> None:
    case = Case("twilio", "closed_once", 0)
    assert [_post(server, case, key="a"), _post(server, case, key="a")] == [0, 201]
    assert server.entry(case.mark).copies == 1


def test_the_authority_is_trusted_for_its_names_and_no_others(tmp_path: Path) -> None:
    trusted, context = authority.make(tmp_path, [TWILIO])
    sandbox = SandboxGateway("key", "secret", base_url="https://v3.smspoh.com/api/rest")
    client = ssl.create_default_context(cafile=str(trusted))

    def shake(name: str) -> str | None:
        with (
            socket.create_connection(("127.0.0.1", running.port)) as plain,
            client.wrap_socket(plain, server_hostname=name) as wrapped,
        ):
            return wrapped.version()

    with FaultServer(context, slow_s=1, sandbox=sandbox) as running:
        assert shake(TWILIO) == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError):
            shake("api.example.com")


def test_every_adapter_has_a_reply_and_a_version_in_the_lock() -> None:
    locked = (ROOT / "requirements" / "sdks.in").read_text("utf-8").splitlines()[1:]
    assert [line.partition("==")[0] for line in locked] == sorted(ADAPTERS)
    assert {adapter.host for adapter in ADAPTERS.values()} == set(REPLIES)


def test_a_call_past_its_bound_is_told_as_waiting_and_holds_up_no_other() -> None:
    held = threading.Event()
    told: dict[str, str] = {}

    def send(text: str) -> object:
        if Case("x", "slow_once", 0).mark in text:
            held.wait(60)
        elif Case("x", "closed_once", 0).mark in text:
            raise ConnectionResetError
        return None

    cases = [Case("x", fault, 0) for fault in ("slow_once", "closed_once", "none")]
    child.work(send, cases, 0.5, 2, lambda c, found: told.update({c.fault: found["learned"]}))
    held.set()
    assert told == {"slow_once": "waiting", "closed_once": "error", "none": "ok"}


def _outcome(learned: str, raised: list[str], copies: int = 1, **more: Any) -> dict[str, Any]:
    found = {"learned": learned, "raised": raised, "copies": copies, "status": None, "fields": {}}
    return {**found, **more}


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (_outcome("ok", []), "yes"),
        (_outcome("ok", [], copies=2), "no"),
        (_outcome("error", ["sdk.Error", "http.Refused"]), "no"),
        (_outcome("error", ["sdk.Error", "http.Closed"]), "cause"),
        (_outcome("error", ["sdk.ClosedError", "http.Refused"]), "yes"),
        (_outcome("error", ["sdk.Error", "http.Refused"], status=500), "yes"),
        (_outcome("error", ["sdk.Error", "http.Refused"], fields={"maybe_sent": True}), "yes"),
        (_outcome("waiting", []), "waiting"),
        (_outcome("error", ["sdk.Error"], copies=0), "nothing"),
    ],
)
def test_what_a_caller_can_know(outcome: dict[str, Any], answer: str) -> None:
    assert run.tells(outcome, _outcome("error", ["sdk.Error", "http.Refused"], 0)) == answer


def test_an_error_is_told_by_its_classes_its_status_and_its_plain_fields() -> None:
    class SdkError(Exception):
        def __init__(self) -> None:
            super().__init__("said", TimeoutError())
            self.status_code = 503
            self.retried = True
            self.text = "not told"

    def send(_: str) -> object:
        raise SdkError from OSError()

    found = child.attempt(send, Case("x", "none", 0))
    names = [name.rpartition(".")[2] for name in found["raised"]]
    assert names == ["SdkError", "OSError", "TimeoutError"]
    assert (found["status"], found["fields"]) == (503, {"status_code": 503, "retried": True})


def test_ours_reaches_the_handset_once_and_the_record_makes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--sends", "1", "--slow-sends", "1", "--slow-bound", "1"]
    assert command.main(["--only", "smspoh", *options, "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("sdk_faults: 2 clients, ")
    (path,) = tmp_path.glob(sdk_report.NAMES)
    record = json.loads(path.read_text("utf-8"))
    asking, alone = record["sdks"]
    assert [asking["package"], alone["package"]] == list(OURS)
    for fault, figures in asking["faults"].items():
        assert figures["copies"] == ([0, 0] if fault == "unreachable_always" else [1, 1]), fault
    unsent = {"refused503_once", "unreachable_always"}
    for fault, figures in alone["faults"].items():
        assert figures["copies"] == ([0, 0] if fault in unsent else [1, 1]), fault
        assert figures["requests"][1] <= (2 if fault == "limited_once" else 1)
        assert figures["tells"] in (["yes"], ["nothing"] if fault in unsent else ["waiting"])
    assert sdk_report.made(tmp_path) == sdk_report.page(record)


def test_no_message_of_a_campaign_is_lost_or_repeated() -> None:
    tally = campaign(300, seed=7)
    assert str(tally) == "sdk_faults: 300 sends, 300 delivered once, 0 lost, 0 repeated"


def test_the_campaign_draws_every_kind_of_fault() -> None:
    draw = random.Random(7)
    met: Counter[tuple[str, str, str]] = Counter()
    for _ in range(300):
        for fault in drawn(draw):
            met[fault.kind, fault.path, fault.stage] += 1
    assert len(met) == 11
    assert min(met.values()) > 10


def test_a_retry_after_a_lost_reply_is_caught() -> None:
    assert campaign(300, seed=7, send=retrying).repeated > 30


def test_asking_a_history_that_is_further_behind_than_the_wait_is_caught() -> None:
    assert campaign(300, seed=7, settle_s=0.5).repeated > 10


def test_a_message_that_is_never_sent_is_caught() -> None:
    def dropping(client: Client, to: str, message: str, reference: str, policy: object) -> object:
        return None

    assert campaign(3, seed=7, send=dropping).lost == 3


def test_the_campaign_is_a_command_that_fails_when_a_message_is_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["--campaign", "40", "--seed", "2"]) == 0
    assert command.main(["--campaign", "40", "--seed", "2", "--planted"]) == 0
    whole, planted = capsys.readouterr().out.splitlines()
    assert whole == "sdk_faults: 40 sends, 40 delivered once, 0 lost, 0 repeated"
    assert not planted.endswith(" 0 repeated")


def test_what_cannot_be_run_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert command.main(["--only", "carrier-pigeon"]) == 2
    monkeypatch.setattr(command, "SDKS_PYTHON", tmp_path / "absent")
    assert command.main(["--only", "twilio"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "sdk_faults: no adapter for carrier-pigeon",
        "sdk_faults: the SDKs are not installed: make build-sdks",
    ]


def test_a_run_of_some_leaves_the_others_as_they_are_recorded(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    rows = [{"package": "twilio", "version": "1"}, {"package": "plivo", "version": "1"}]
    path.write_text(json.dumps({"sdks": rows}), "utf-8")
    new = [{"package": OURS[0], "version": "2"}, {"package": "plivo", "version": "2"}]
    record = command.merged(new, {"date": "2026-11-27"}, path)
    found = [(row["package"], row["version"]) for row in record["sdks"]]
    assert found == [(OURS[0], "2"), ("plivo", "2"), ("twilio", "1")]
    assert record["date"] == "2026-11-27"
