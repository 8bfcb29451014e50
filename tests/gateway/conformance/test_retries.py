"""What is tried again and what never is, counted at the handset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import (
    AuthError,
    GatewayError,
    InvalidRequestError,
    RateLimitedError,
    ServerError,
    TransportError,
)
from smspoh.gateway import NO_RETRY, RetryPolicy
from smspoh.sandbox import Fault
from smspoh.sandbox.ledger import Filters

from .conftest import NO_WAIT, Driven, recorder

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = Filters()
NUMBER = "09250000001"


def limited(times: int) -> Fault:
    return Fault("status", "before", path="/send*", status=429, times=times)


@pytest.mark.parametrize("times", [1, 3])
def test_429_is_tried_again(make: Callable[..., Driven], times: int) -> None:
    seen, hook = recorder()
    client = make(hooks=[hook])
    client.gateway.faults.add(limited(times))
    assert client.send(NUMBER, "text", "SMSPoh")[0].accepted
    assert client.gateway.ledger.count(ALL) == 1
    assert [attempt.number for attempt in seen] == list(range(1, times + 2))
    assert [attempt.status for attempt in seen] == [429] * times + [200]
    assert [attempt.error for attempt in seen] == ["RateLimitedError"] * times + [None]
    assert [attempt.retry_in_s is None for attempt in seen] == [False] * times + [True]
    assert [attempt.maybe_sent for attempt in seen] == [False] * times + [True]


def test_429_for_ever_ends_with_the_attempts(client: Driven) -> None:
    client.gateway.faults.add(limited(100))
    with pytest.raises(RateLimitedError) as failed:
        client.send(NUMBER, "text", "SMSPoh")
    assert failed.value.attempts == NO_WAIT.attempts_max
    assert not failed.value.maybe_sent
    assert client.gateway.ledger.count(ALL) == 0


def test_the_budget_ends_before_the_attempts(make: Callable[..., Driven]) -> None:
    client = make(retry=RetryPolicy(attempts_max=10, backoff_first_s=0.0, budget=2))
    client.gateway.faults.add(limited(100))
    attempts = []
    for _ in range(3):
        with pytest.raises(RateLimitedError) as failed:
            client.send(NUMBER, "text", "SMSPoh")
        attempts.append(failed.value.attempts)
    assert attempts == [3, 1, 1]


MAYBE: dict[str, tuple[Fault, type[GatewayError], int]] = {
    "reset after": (Fault("reset", "after", path="/send*", times=1), TransportError, 1),
    "reset before": (Fault("reset", "before", path="/send*", times=1), TransportError, 0),
    "cut short": (Fault("truncate", "after", path="/send*", times=1), TransportError, 1),
    "500 after": (Fault("status", "after", path="/send*", times=1), ServerError, 1),
    "503 before": (Fault("status", "before", path="/send*", times=1, status=503), ServerError, 0),
    "a proxy's page": (Fault("html_502", "after", path="/send*", times=1), ServerError, 1),
    "408": (Fault("status", "after", path="/send*", times=1, status=408), GatewayError, 1),
    "409": (Fault("status", "after", path="/send*", times=1, status=409), GatewayError, 1),
}


@pytest.mark.parametrize("fault", MAYBE)
def test_what_may_have_been_sent_is_not_sent_again_but_found(client: Driven, fault: str) -> None:
    rule, kind, accepted = MAYBE[fault]
    client.gateway.faults.add(rule)
    with pytest.raises(kind) as failed:
        client.send(NUMBER, "text", "SMSPoh", encrypt=True)
    error = failed.value
    assert error.maybe_sent
    assert error.attempts == 1
    assert error.encrypt_key
    assert error.client_reference
    assert client.gateway.ledger.count(ALL) == accepted
    found = client.find(error.client_reference)
    assert len(found) == accepted
    if found:
        page = client.messages(keys={error.client_reference: error.encrypt_key})
        assert page[0].text == "text"


@pytest.mark.parametrize("fault", MAYBE)
def test_a_bulk_tells_which_rows_may_have_been_sent(client: Driven, fault: str) -> None:
    from smspoh.gateway import OutgoingMessage

    rule, kind, accepted = MAYBE[fault]
    client.gateway.faults.add(rule)
    with pytest.raises(kind) as failed:
        client.send_bulk([OutgoingMessage(f"0925000000{row}", "x", "SMSPoh") for row in range(3)])
    assert failed.value.rows == range(3)
    assert len(failed.value.references) == 3
    for reference in failed.value.references:
        assert len(client.find(reference)) == accepted


@pytest.mark.parametrize(
    ("status", "kind"), [(400, InvalidRequestError), (401, AuthError), (404, GatewayError)]
)
def test_what_is_refused_is_refused_once(client: Driven, status: int, kind: Any) -> None:
    client.gateway.faults.add(Fault("status", "before", path="/send", status=status, times=2))
    with pytest.raises(kind) as failed:
        client.send(NUMBER, "text", "SMSPoh")
    assert failed.value.attempts == 1
    assert not failed.value.maybe_sent


@pytest.mark.parametrize("kind", ["reset", "truncate", "html_502", "status"])
def test_reading_is_tried_again_whatever_was_lost(client: Driven, kind: Any) -> None:
    sent = client.send(NUMBER, "text", "SMSPoh")
    client.gateway.faults.add(Fault(kind, "after", path="/messages", times=2))
    assert len(client.find(sent.client_reference)) == 1
    client.gateway.faults.add(Fault(kind, "after", path="/account/get-balance", times=2))
    client.balance()
    client.gateway.faults.add(Fault(kind, "after", path="/messages", times=100))
    with pytest.raises(GatewayError) as failed:
        client.messages()
    assert failed.value.attempts == NO_WAIT.attempts_max


def test_nothing_is_tried_again_where_nothing_should_be(make: Callable[..., Driven]) -> None:
    client = make(retry=NO_RETRY)
    client.gateway.faults.add(limited(1))
    with pytest.raises(RateLimitedError) as failed:
        client.send(NUMBER, "text", "SMSPoh")
    assert failed.value.attempts == 1


def test_a_hook_that_raises_takes_no_result_away(
    make: Callable[..., Driven], caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: object) -> None:
        raise ValueError("secret")

    client = make(hooks=[hook])
    assert client.send(NUMBER, "text", "SMSPoh")[0].accepted
    assert "a hook of the client raised ValueError" in caplog.text
    assert "secret" not in caplog.text
