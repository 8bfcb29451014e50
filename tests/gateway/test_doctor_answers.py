"""What is found of the gateway's answers, and of why it may have refused the credentials."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.gateway.client import Client
from smspoh.gateway.doctor import Cause, DoctorSettings, Likelihood, Outcome, diagnose
from smspoh.sandbox import Fault, Quirks, SandboxSettings
from smspoh.sandbox.server import Sandbox

from .doctored import (
    BALANCE,
    DOCUMENTED,
    FAILED,
    NOT,
    OK,
    WARNING,
    likelihoods,
    of_sandbox,
    refusal,
    serve,
    settings,
)
from .faults import FaultyServer, http

if TYPE_CHECKING:
    import socket
    import threading

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.mark.parametrize(
    ("raw", "says", "advice"),
    [
        (http("429 Slow", b"", "Retry-After: 7"), "429: ", "wait 7 s"),
        (http("429 Slow", b""), "429: ", "wait, and look again"),
        (http("503 No", b"<html>"), "503: it gave no reason", "broken"),
        (http("404 No", b'{"name": "Not Found"}'), "404: Not Found", "check base_url"),
        (http("302 Found", b"", "Location: /"), "302, a redirect", "check base_url"),
        (b"", "no reply from the gateway", "firewall"),
        (b"SSH-2.0-OpenSSH\r\n", "no reply from the gateway", "firewall"),
    ],
)
def test_what_else_a_gateway_may_answer(
    faulty: FaultyServer, raw: bytes, says: str, advice: str
) -> None:
    faulty.reply(raw)
    found = diagnose(settings(faulty.base_url))
    assert found["gateway"].outcome is FAILED
    assert found["gateway"].found.startswith(says)
    assert advice in found["gateway"].advice
    assert (found["balance"].outcome, found.suspects) == (NOT, ())


def test_a_gateway_that_is_silent_ends_in_time(faulty: FaultyServer) -> None:
    def behave(_: socket.socket, stopped: threading.Event) -> None:
        stopped.wait(60)

    faulty.behave = behave
    found = diagnose(settings(faulty.base_url), timeout=0.05)
    assert "ReadTimeout" in found["gateway"].found
    assert found["tcp"].outcome is OK


def test_a_wrong_secret_cannot_be_told_from_a_missing_address(sandbox: Sandbox) -> None:
    """Both get the documented body, as at the real gateway."""
    wrong = DoctorSettings(sandbox.api_key, "another", sandbox.base_url)
    with Sandbox(
        settings=SandboxSettings(quirks=Quirks(allowed_addresses=frozenset({"10.0.0.0/8"})))
    ) as elsewhere:
        for subject in (wrong, of_sandbox(elsewhere)):
            found = diagnose(subject, compare=True)
            assert found["gateway"].outcome is FAILED
            assert found["gateway"].facts["status"] == 401
            assert likelihoods(found) == dict.fromkeys(Cause, Likelihood.POSSIBLE)
            assert all(row.advice for row in found.suspects)
            assert "in the same words" in found.suspects[0].why


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Your IP is not allowed.", Cause.ADDRESS),
        ("Not in the whitelist.", Cause.ADDRESS),
        ("The credentials have expired.", Cause.EXPIRED),
        ("Not for this product.", Cause.PRODUCT),
    ],
)
def test_words_that_name_a_cause(faulty: FaultyServer, message: str, cause: Cause) -> None:
    faulty.reply(refusal("401 Unauthorized", message))
    found = diagnose(settings(faulty.base_url))
    assert likelihoods(found) == {
        **dict.fromkeys(Cause, Likelihood.UNLIKELY),
        cause: Likelihood.LIKELY,
    }
    assert found.suspects[0].cause is cause
    assert found["gateway"].found == f"401: Unauthorized: {message}"


def test_a_history_that_is_answered_clears_the_credentials(faulty: FaultyServer) -> None:
    serve(faulty, {"/messages": http("200 OK", b"{}")}, DOCUMENTED)
    found = diagnose(settings(faulty.base_url))
    assert likelihoods(found)[Cause.PRODUCT] is Likelihood.LIKELY
    assert likelihoods(found)[Cause.WRONG] is Likelihood.UNLIKELY
    assert b"filterByCreatedDateTo=2000-01-01" in faulty.requests[1]  # no message is read
    assert len(faulty.requests) == 2


def test_the_day_that_is_asked_for_has_no_message(sandbox: Sandbox) -> None:
    sandbox.gateway.reset()
    with Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client:
        client.send("09250777888", "Your OTP is zq48x2", "SMSPoh")
        day = date(2000, 1, 1)
        assert len(client.messages(limit=20, created_from=day, created_to=day)) == 0
    sandbox.gateway.faults.add(
        Fault("status", "before", path="/account/get-balance", status=403, times=1)
    )
    found = diagnose(of_sandbox(sandbox))
    assert likelihoods(found)[Cause.PRODUCT] is Likelihood.LIKELY


def test_403_is_for_credentials_that_are_known(faulty: FaultyServer) -> None:
    faulty.reply(refusal("403 Forbidden", "No."))
    assert likelihoods(diagnose(settings(faulty.base_url))) == {
        **dict.fromkeys(Cause, Likelihood.POSSIBLE),
        Cause.WRONG: Likelihood.UNLIKELY,
    }


def test_nobodys_credentials_are_shown_only_when_asked(faulty: FaultyServer) -> None:
    nobodys = base64.b64encode(b"nobody:nothing").decode()
    serve(faulty, {nobodys: refusal("401 Unauthorized", "Who is that?")}, DOCUMENTED)
    found = diagnose(settings(faulty.base_url))
    assert likelihoods(found) == dict.fromkeys(Cause, Likelihood.POSSIBLE)
    assert not any(nobodys.encode() in request for request in faulty.requests)
    found = diagnose(settings(faulty.base_url), compare=True)
    assert likelihoods(found)[Cause.WRONG] is Likelihood.UNLIKELY
    assert sum(nobodys.encode() in request for request in faulty.requests) == 1


@pytest.mark.parametrize(
    ("off_s", "outcome", "says"),
    [
        (0, OK, "off the gateway's"),
        (30, OK, "off the gateway's"),
        (-7200, WARNING, "ahead of the gateway's"),
        (7200, WARNING, "behind the gateway's"),
    ],
)
def test_a_clock_that_is_off(faulty: FaultyServer, off_s: int, outcome: Outcome, says: str) -> None:
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=off_s), usegmt=True)
    faulty.reply(http("200 OK", BALANCE, f"Date: {told}"))
    found = diagnose(settings(faulty.base_url))["clock"]
    assert (found.outcome, says in found.found) == (outcome, True)
    ahead = found.facts["aheadSeconds"]
    assert isinstance(ahead, float)
    assert abs(ahead + off_s) < 60


@pytest.mark.parametrize("headers", [[], ["Date: yesterday"], ["Date: Mon, 1 Jan 2026 00:00:00"]])
def test_a_reply_without_a_date(faulty: FaultyServer, headers: list[str]) -> None:
    faulty.reply(http("200 OK", BALANCE, *headers))
    assert diagnose(settings(faulty.base_url))["clock"].outcome is NOT


@pytest.mark.parametrize(
    ("headers", "outcome", "says"),
    [
        ([], OK, "tells of none"),
        (["X-Rate-Limit-Limit: 100", "X-Rate-Limit-Remaining: 7"], OK, "7 of 100 requests left"),
        (
            ["X-Rate-Limit-Remaining: 0", "X-Rate-Limit-Reset: 9"],
            WARNING,
            "0 of ? requests left, anew in 9 s",
        ),
        (["X-Rate-Limit-Remaining: many"], OK, "tells of none"),
    ],
)
def test_rate_limits(faulty: FaultyServer, headers: list[str], outcome: Outcome, says: str) -> None:
    faulty.reply(http("200 OK", BALANCE, *headers))
    found = diagnose(settings(faulty.base_url))["rate_limit"]
    assert (found.outcome, says in found.found) == (outcome, True)


@pytest.mark.parametrize(
    ("body", "least", "outcome", "says"),
    [
        (BALANCE, None, OK, "500 MMK"),
        (BALANCE, 500, OK, "500 MMK"),
        (BALANCE, 1501, WARNING, "500 MMK, under 1,501"),
        (BALANCE, Decimal("500.5"), WARNING, "under 500.5"),
        (b'{"balance": 0, "currency": "MMK"}', None, WARNING, "0 MMK"),
        (b'{"balance": -3.5, "currency": "MMK"}', None, WARNING, "-3.5 MMK"),
        (b'{"balance": 5, "currency": "\\u001b[2J09250777888"}', None, OK, "5 ?[2J(...)"),
        (b'{"balance": 5}', None, FAILED, "not as specified"),
        (b"<html>", None, FAILED, "not as specified"),
    ],
)
def test_what_is_left(
    faulty: FaultyServer, body: bytes, least: Any, outcome: Outcome, says: str
) -> None:
    faulty.reply(http("200 OK", body))
    found = diagnose(settings(faulty.base_url), balance_min=least)
    assert (found["balance"].outcome, says in found["balance"].found) == (outcome, True)
    assert found["gateway"].outcome is OK
