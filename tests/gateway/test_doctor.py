"""What an examination is: which checks, of what, without sending and without a secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError
from smspoh.gateway.client import Client
from smspoh.gateway.doctor import CHECKS, DoctorSettings, Finding, Outcome, diagnose
from smspoh.gateway.wire import Wire
from smspoh.sandbox.in_process import InProcess

from .doctored import (
    API_KEY,
    API_SECRET,
    BALANCE,
    DOCUMENTED,
    FAILED,
    NOT,
    OK,
    TOKEN,
    WARNING,
    of_sandbox,
    outcomes,
    settings,
)
from .faults import FaultyServer, http

if TYPE_CHECKING:
    import socket
    import threading

    from smspoh.gateway import Request, Response
    from smspoh.sandbox.server import Sandbox

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_all_is_well_at_a_sandbox(sandbox: Sandbox) -> None:
    found = diagnose(of_sandbox(sandbox))
    assert outcomes(found) == {
        **dict.fromkeys(CHECKS, OK),
        **dict.fromkeys(("certificates", "dns", "tls", "whitelist"), NOT),
    }
    assert tuple(row.check for row in found.findings) == CHECKS
    assert (found.outcome, found.suspects) == (OK, ())
    assert found["http"].found == "HTTP/1.1"
    assert found["balance"].facts["currency"] == "MMK"
    assert "public address" in found["whitelist"].advice
    assert {"smspoh", "python", "httpx2", "httpcore2", "openssl", "native", "backends"} == set(
        found["versions"].facts
    )
    with pytest.raises(KeyError):
        found["nothing"]


def test_nothing_is_sent_and_the_balance_is_asked_for_once(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", BALANCE))
    diagnose(settings(faulty.base_url))
    [request] = faulty.requests
    assert request.startswith(b"GET /api/rest/account/get-balance HTTP/1.1\r\n")


def test_a_client_is_examined_and_stays_open(sandbox: Sandbox) -> None:
    client = Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url)
    assert diagnose(client).outcome is OK
    client.balance()
    client.close()
    with pytest.raises(ArgumentError, match="closed"):
        diagnose(client)


def test_of_a_transport_of_the_clients_own_the_connection_is_not_looked_at(
    sandbox: Sandbox,
) -> None:
    closed = []

    class Closing(InProcess):
        def close(self) -> None:
            closed.append(True)

    with Client(
        sandbox.api_key,
        sandbox.api_secret,
        base_url=sandbox.base_url,
        transport=Closing(sandbox.gateway),
    ) as client:
        found = diagnose(client)
        assert closed == []  # whose it is closes it
    for check in ("dns", "tcp", "tls", "http"):
        assert (found[check].outcome, "of its own" in found[check].found) == (NOT, True)
    assert found["gateway"].outcome is OK


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), 3601])
def test_a_timeout_out_of_range(timeout: float) -> None:
    with pytest.raises(ArgumentError, match="timeout"):
        diagnose(DoctorSettings(), timeout=timeout)
    with pytest.raises(TypeError, match="Client or DoctorSettings"):
        diagnose("key")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "secret", "outcome", "says"),
    [
        (None, "x", FAILED, "there are none"),
        ("", "x", FAILED, "api_key must be printable"),
        ("k:ey", "x", FAILED, "a colon"),
        ("key", "sécret", FAILED, "api_secret must be printable"),
        ("key\n", "secret", FAILED, "api_key must be printable"),
        (" key", "secret", WARNING, "a blank"),
        ("key", "secret ", WARNING, "a blank"),
        ("same", "same", WARNING, "are the same"),
        ("key", "secret", OK, "well formed"),
    ],
)
def test_the_shape_of_credentials(
    faulty: FaultyServer, key: str | None, secret: str, outcome: Outcome, says: str
) -> None:
    faulty.reply(http("200 OK", BALANCE))
    found = diagnose(DoctorSettings(key, secret, faulty.base_url))
    assert found["credentials"].outcome is outcome
    assert says in found["credentials"].found
    asked = b"Authorization" in faulty.requests[0]
    assert asked is (outcome is not FAILED)
    assert found["tcp"].outcome is OK  # the way is looked at without credentials too
    assert found["gateway"].outcome is OK
    assert found["balance"].outcome is (OK if asked else NOT)


@pytest.mark.parametrize(
    "base_url", ["http://example.org", "v3.smspoh.com", "https://a:b@v3.smspoh.com", ""]
)
def test_a_base_url_that_cannot_be_used(base_url: str) -> None:
    found = diagnose(settings(base_url))
    assert found["base_url"].outcome is FAILED
    assert "v3.smspoh.com/api/rest" in found["base_url"].advice
    assert {found[check].outcome for check in ("proxy", "dns", "tcp", "gateway")} == {NOT}


def test_a_backend_that_is_forced_is_named(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSPOH_BACKEND", "portable")
    facts = diagnose(of_sandbox(sandbox))["versions"].facts
    assert facts["SMSPOH_BACKEND"] == "portable"


def test_what_another_machine_says_moves_no_cursor() -> None:
    assert Finding("tls", OK, "by \x1b[2J\r\nnobody").found == "by ?[2J??nobody"


def echo(request: bytes) -> bytes:
    return request.replace(b"\r\n", b" ").replace(b'"', b"'")


@pytest.mark.parametrize("status", ["401 No", "403 No", "404 No", "429 No", "500 No"])
def test_no_secret_is_in_a_diagnosis_or_a_log(
    faulty: FaultyServer, caplog: pytest.LogCaptureFixture, status: str
) -> None:
    caplog.set_level(logging.DEBUG)

    def behave(connection: socket.socket, _: threading.Event) -> None:
        said = echo(faulty.requests[-1]) + f" {API_KEY} {API_SECRET} {TOKEN}".encode()
        connection.sendall(http(status, b'{"message": "' + said + b'"}'))

    faulty.behave = behave
    subject = settings(faulty.base_url)
    found = diagnose(subject, compare=True)
    text = caplog.text + repr(found) + repr(subject)
    assert "repeats what was sent" in found["gateway"].found
    assert "receive_response_headers" in caplog.text  # the library below did log
    assert [each for each in (API_KEY, API_SECRET, TOKEN, "Bearer") if each in text] == []
    of_a_client = Client(API_KEY, API_SECRET, base_url=faulty.base_url)
    with of_a_client:
        assert API_SECRET not in repr(diagnose(of_a_client))


def test_an_interrupt_shows_no_secret_to_what_records_errors(
    faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Wire.exchange

    def interrupt(wire: Wire, request: Request) -> Response:
        if request.path == "/messages":  # the frame that asks has the header
            raise KeyboardInterrupt
        return exchange(wire, request)

    monkeypatch.setattr(Wire, "exchange", interrupt)
    faulty.reply(DOCUMENTED)
    with pytest.raises(KeyboardInterrupt) as ended:
        diagnose(settings(faulty.base_url))
    trace = ended.value.__traceback__
    shown = ""
    while trace is not None:
        if "/python/smspoh/" in trace.tb_frame.f_code.co_filename:
            shown += repr(trace.tb_frame.f_locals)
        trace = trace.tb_next
    assert "DoctorSettings" in shown
    assert [each for each in (API_KEY, API_SECRET, TOKEN) if each in shown] == []
