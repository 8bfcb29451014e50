"""What a request ends with decides each of its messages, exactly by the table of the design."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smspoh.errors import ProtocolError, RateLimitedError, TransportError
from smspoh.gateway.failures import failure
from smspoh.gateway.matching import refused_alone
from smspoh.gateway.models import Message, OutgoingMessage, Request, Response, Status
from smspoh.gateway.profile import GATEWAY_V3
from smspoh.gateway.results import BulkResult, SendResult
from smspoh.outbox.judging import (
    Judgement,
    Trouble,
    judge_error,
    judge_invalid,
    judge_result,
    judge_unknown,
)
from smspoh.outbox.records import Claimed
from smspoh.outbox.states import Event

REQUEST = Request("POST", "/send/bulk")
RETRY_MS = 5_000
ACCEPT, REFUSE, NOT_SENT, UNCLEAR = Event.ACCEPT, Event.REFUSE, Event.NOT_SENT, Event.UNCLEAR
REFUSALS = {400, 404, 405, 413, 415, 422}
SURELY_NOT = {401, 403, 429}


def batch(count: int) -> list[Claimed]:
    return [
        Claimed(
            f"job-{n}",
            1,
            0,
            OutgoingMessage(f"0979000000{n}", f"text {n}", "SMSPoh", client_reference=f"job-{n}"),
        )
        for n in range(count)
    ]


def entry(n: int, **more: object) -> Message:
    fields: dict[str, object] = {
        "message_id": f"id-{n}",
        "message": f"text {n}",
        "to": f"95979000000{n}",
        "status": Status.ACCEPTED,
        "client_reference": f"job-{n}",
        "message_count": 1,
    }
    return Message(**(fields | more))  # type: ignore[arg-type]


def result(*rows: tuple[Message, ...]) -> BulkResult:
    return BulkResult(tuple(SendResult(row) for row in rows))


def failed(status: int, count: int, *, splits: bool = True) -> Judgement:
    error = failure(REQUEST, Response(status))
    error.rows = range(count)
    profile = GATEWAY_V3 if splits else replace(GATEWAY_V3, bulk_split_statuses=())
    return judge_error(batch(count), error, retry_ms=RETRY_MS, profile=profile)


def events(judged: Judgement) -> list[Event]:
    return [outcome.event for outcome in judged.outcomes]


@pytest.mark.parametrize("status", [*range(300, 309), *range(400, 452), *range(500, 512), 599])
def test_every_status_of_a_single_message(status: int) -> None:
    judged = failed(status, 1)
    (outcome,) = judged.outcomes
    if status in REFUSALS:
        assert outcome.event is REFUSE
    elif status in SURELY_NOT:
        assert outcome.event is NOT_SENT
        assert outcome.retry_ms == RETRY_MS
    else:
        assert outcome.event is UNCLEAR
    assert outcome.why == f"http_{status}"
    assert judged.stop == (f"http_{status}" if status in {401, 403} else None)
    assert judged.again == ()


@pytest.mark.parametrize("status", [*range(300, 309), *range(400, 452), *range(500, 512), 599])
def test_every_status_of_several_messages(status: int) -> None:
    judged = failed(status, 3)
    if status in {400, 413, 422}:
        assert events(judged) == []
        assert [list(part) for part in judged.again] == [[0], [1, 2]]
    elif status in {404, 405, 415}:
        # Not a message is wrong, but the address: the job stops, and loses none.
        assert events(judged) == [NOT_SENT] * 3
        assert judged.stop == f"http_{status}"
    elif status in SURELY_NOT:
        assert events(judged) == [NOT_SENT] * 3
        assert judged.stop == (None if status == 429 else f"http_{status}")
    else:
        assert events(judged) == [UNCLEAR] * 3
        assert judged.trouble is Trouble.UNCLEAR


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_gateway_that_may_send_a_part_of_what_it_refuses_is_asked_instead(status: int) -> None:
    assert events(failed(status, 3, splits=False)) == [UNCLEAR] * 3
    assert events(failed(status, 1, splits=False)) == [REFUSE]


@pytest.mark.parametrize("count", [1, 3])
def test_without_a_reply_it_counts_whether_a_byte_may_have_left(count: int) -> None:
    for maybe_sent, event, trouble in (
        (False, NOT_SENT, Trouble.UNREACHABLE),
        (True, UNCLEAR, Trouble.UNCLEAR),
    ):
        error = TransportError("no reply", maybe_sent=maybe_sent, request=REQUEST)
        judged = judge_error(batch(count), error, retry_ms=RETRY_MS)
        assert events(judged) == [event] * count
        assert (judged.trouble, judged.stop) == (trouble, None)


def test_a_success_that_cannot_be_read_is_unclear() -> None:
    for response in (None, Response(200), Response(201)):
        error = ProtocolError("unreadable", request=REQUEST, response=response)
        judged = judge_error(batch(2), error, retry_ms=RETRY_MS)
        assert events(judged) == [UNCLEAR] * 2
        assert {outcome.why for outcome in judged.outcomes} == {"unreadable"}


def test_what_the_gateway_asks_to_wait_is_handed_on() -> None:
    error = RateLimitedError("slower", retry_after_s=7.0, request=REQUEST, response=Response(429))
    judged = judge_error(batch(2), error, retry_ms=RETRY_MS)
    assert (judged.trouble, judged.retry_after_s) == (Trouble.LIMITED, 7.0)


def test_of_a_failure_in_the_middle_each_message_gets_its_own() -> None:
    error = TransportError("no reply", maybe_sent=True, request=REQUEST)
    error.results = (SendResult((entry(0),)), SendResult((entry(1, error="no", message_id=None),)))
    error.rows = range(2, 4)
    judged = judge_error(batch(6), error, retry_ms=RETRY_MS)
    assert events(judged) == [ACCEPT, REFUSE, UNCLEAR, UNCLEAR, NOT_SENT, NOT_SENT]
    last = judged.outcomes[-1]
    assert (last.why, last.retry_ms) == ("not_reached", None), "it was never sent: at once"


def test_after_a_refusal_the_others_go_again_at_once() -> None:
    error = failure(REQUEST, Response(400))
    error.results = (SendResult((entry(0),)),)
    error.rows = range(1, 2)
    judged = judge_error(batch(4), error, retry_ms=RETRY_MS)
    assert events(judged) == [ACCEPT, REFUSE]
    assert [list(part) for part in judged.again] == [[2, 3]]
    error.rows = range(1, 3)
    judged = judge_error(batch(4), error, retry_ms=RETRY_MS)
    assert events(judged) == [ACCEPT]
    assert [list(part) for part in judged.again] == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("found", "event", "why"),
    [
        (entry(0), ACCEPT, None),
        (entry(0, status=Status.PENDING), ACCEPT, None),
        (entry(0, status=Status.ERROR), ACCEPT, None),
        (entry(0, status=Status("Something new")), ACCEPT, None),
        (entry(0, client_reference=None), ACCEPT, None),
        (entry(0, status=Status.REJECTED), REFUSE, "entry_refused"),
        (entry(0, message_id=None, error="Invalid Sender ID"), REFUSE, "entry_refused"),
        (entry(0, message_id=None), UNCLEAR, "no_entry"),
        (entry(0, client_reference="job-9"), UNCLEAR, "wrong_reference"),
    ],
)
def test_an_entry_decides_its_message(found: Message, event: Event, why: str | None) -> None:
    judged = judge_result(batch(1), result((found,)))
    (outcome,) = judged.outcomes
    assert (outcome.event, outcome.why) == (event, why)
    assert outcome.message_id == (found.message_id if why != "wrong_reference" else None)


def test_a_missing_entry_is_unclear_and_one_too_many_is_reported() -> None:
    strange = entry(7, client_reference="nobody")
    found = BulkResult(
        (SendResult((entry(0), entry(0, message_id="b"))), SendResult(())), (strange,)
    )
    judged = judge_result(batch(2), found)
    assert events(judged) == [ACCEPT, UNCLEAR]
    assert [one.message_id for one in judged.strangers] == ["b", "id-7"]
    assert judged.trouble is Trouble.NONE, "a gateway that decides some is not down"
    assert judge_result(batch(2), result((), ())).trouble is Trouble.UNCLEAR


def test_what_the_client_found_by_halving_is_refused_with_the_gateways_words() -> None:
    (one,) = batch(1)
    rejection = failure(REQUEST, Response(422))
    judged = judge_result([one], BulkResult((refused_alone(one.message, rejection),)))  # type: ignore[arg-type]
    (outcome,) = judged.outcomes
    assert (outcome.event, outcome.why) == (REFUSE, "http_422")
    assert outcome.detail == str(rejection)


def test_what_nobody_foresaw() -> None:
    assert judge_invalid(batch(1)[0], ValueError("too long")).event is REFUSE
    assert {outcome.event for outcome in judge_unknown(batch(2))} == {UNCLEAR}


def test_no_outcome_shows_a_number_or_a_text() -> None:
    shown = repr([failed(status, 2) for status in (400, 401, 404, 500)])
    shown += repr(judge_result(batch(1), result((entry(0, error="97900000"),))).outcomes)
    assert "97900000" not in shown
    assert "text 0" not in shown


@pytest.mark.parametrize("words", ["Insufficient Balance", "insufficient balance. "])
def test_too_little_money_is_no_fault_of_a_message_and_pauses_the_job(words: str) -> None:
    entries = (entry(0), entry(1, error=words, message_id=None))
    judged = judge_result(batch(2), result(*((one,) for one in entries)))
    assert events(judged) == [ACCEPT, NOT_SENT]
    assert (judged.stop, judged.trouble) == ("balance", Trouble.NONE)


def test_too_little_money_for_a_whole_request_pauses_it_too() -> None:
    body = b'[{"field": "to", "message": "Insufficient Balance."}]'
    error = failure(REQUEST, Response(422, body=body))
    error.rows = range(1)
    judged = judge_error(batch(1), error, retry_ms=RETRY_MS)
    assert events(judged) == [NOT_SENT]
    assert (judged.stop, judged.trouble) == ("balance", Trouble.NONE)
