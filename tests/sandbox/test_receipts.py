"""Receipts: when they go, how they are written, and what happens when nobody takes them.

Source: SMSPoh API Specification 3.0, "Delivery Report"; docs/spec/gateway.md, "Webhook".
"""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smspoh.sandbox import Receipt, Sandbox, SandboxSettings
from smspoh.sandbox.receipt_forms import may_go, post_receipt

from .conftest import KEY, QUICK, SECRET, Caller
from .webhook import Webhook

FIELDS = ["messageId", "to", "clientReference", "status", "updatedAt", "finishedAt"]


def deliver(caller: Caller, seconds: float = 10) -> list[Receipt]:
    """Move the time, send what is due, and return all that was sent."""
    caller.clock.forward(seconds)
    caller.gateway.receipts.deliver_due()
    return caller.gateway.receipts.sent()


def test_each_change_of_status_is_told_in_its_time(caller: Caller) -> None:
    with Webhook() as hook:
        (entry,) = caller.send(deliveryReceiptUrl=hook.url, clientReference="my ref & more")
        assert caller.gateway.receipts.deliver_due() == 0
        assert [sent.status for sent in deliver(caller, 0.3)] == ["Sent"]
        assert [sent.status for sent in deliver(caller, 0.5)] == ["Sent", "Pending"]
        sent = deliver(caller, 60)
    assert [found.status for found in sent] == ["Sent", "Pending", "Success"]
    assert [(found.serial, found.attempt, found.answer) for found in sent] == [
        (1, 1, 200),
        (2, 1, 200),
        (3, 1, 200),
    ]
    assert {(found.message_id, found.url) for found in sent} == {(entry["messageId"], hook.url)}
    queries = [
        parse_qs(urlsplit(target).query, keep_blank_values=True) for target in hook.targets()
    ]
    assert [list(query) for query in queries] == [FIELDS] * 3
    assert queries[2] == {
        "messageId": [entry["messageId"]],
        "to": ["959250000001"],
        "clientReference": ["my ref & more"],
        "status": ["Success"],
        "updatedAt": ["2026-11-23 12:00:02"],
        "finishedAt": ["2026-11-23 12:00:02"],
    }
    assert queries[0]["finishedAt"] == [""]


def last(form: Any, url: str = "", **fields: Any) -> bytes:
    """Return the last receipt of a message as it came to the webhook."""
    caller = Caller(receipt_form=form)
    with Webhook() as hook:
        caller.send(deliveryReceiptUrl=hook.url + url, clientReference="a b", **fields)
        deliver(caller)
    assert len(hook.requests) == 3
    return hook.requests[2]


def test_a_query_is_a_get() -> None:
    request = last("query")
    assert request.startswith(b"GET /hook?messageId=")
    assert b"&clientReference=a+b&status=Success&updatedAt=2026-11-23+12%3A00%3A02&" in request
    assert request.endswith(b"\r\n\r\n")


def test_a_post_can_have_the_query() -> None:
    request = last("post_query")
    assert request.startswith(b"POST /hook?messageId=")
    assert b"Content-Length: 0\r\n" in request


def test_a_form_is_a_post() -> None:
    head, _, body = last("form").partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert list(parse_qs(body.decode(), keep_blank_values=True)) == FIELDS


def test_json_is_a_post() -> None:
    head, _, body = last("json").partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head
    fields = json.loads(body)
    assert list(fields) == FIELDS
    assert fields["finishedAt"] == "2026-11-23 12:00:02"


def test_the_specifications_own_example_has_spaces_and_a_slip() -> None:
    request = last("typo")
    end = (
        b"&to=959250000001&clientReference=a b&status=Success"
        b"&updatedAt=2026-11-23 12:00:02&finishedAt=updatedAt=2026-11-23 12:00:02 HTTP/1.1\r\n"
    )
    assert request.startswith(b"GET /hook?messageId=")
    assert end in request


@pytest.mark.parametrize("form", ["query", "typo"])
def test_a_url_keeps_its_own_query(form: str) -> None:
    assert last(form, "/deep?secret=1").startswith(b"GET /hook/deep?secret=1&messageId=")


def test_a_message_without_a_url_sends_none_unless_the_settings_have_one(caller: Caller) -> None:
    caller.send()
    assert deliver(caller) == []
    with Webhook() as hook, Webhook() as own:
        other = Caller(receipt_url=hook.url)
        other.send()
        other.send(deliveryReceiptUrl=own.url)
        deliver(other)
    assert (len(hook.requests), len(own.requests)) == (3, 3)


def test_a_refused_message_has_no_receipts(caller: Caller) -> None:
    caller.send(to="0972", deliveryReceiptUrl="http://127.0.0.1:9/")
    assert caller.gateway.receipts.waiting() == 0


def test_a_message_that_waits_for_ever_has_no_final_receipt(caller: Caller) -> None:
    with Webhook() as hook:
        caller.send(to="09000000005", deliveryReceiptUrl=hook.url)
        caller.send(to="09000000006", deliveryReceiptUrl=hook.url)
        statuses = sorted(sent.status for sent in deliver(caller))
    assert statuses == ["?", "Pending", "Pending", "Sent", "Sent"]
    assert all("&finishedAt= " in f"{target} " for target in hook.targets())


def test_what_nobody_takes_is_tried_again_until_it_is_taken() -> None:
    caller = Caller(receipt_attempts_max=4, receipt_retry_s=10)
    with Webhook(500, 0, 302, 204) as hook:
        caller.send(to="09000000005", deliveryReceiptUrl=hook.url)
        while caller.gateway.receipts.waiting():
            deliver(caller, 1)
    tries: dict[str, list[tuple[int, int | None]]] = {}
    for found in caller.gateway.receipts.sent():
        tries.setdefault(found.status, []).append((found.attempt, found.answer))
    assert sorted(tries) == ["Pending", "Sent"]
    for found_tries in tries.values():
        numbers = [attempt for attempt, _ in found_tries]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [answer == 204 for _, answer in found_tries[:-1]] == [False] * (len(numbers) - 1)
        assert found_tries[-1][1] == 204
    answers = [answer for found_tries in tries.values() for _, answer in found_tries]
    assert {500, None, 302} < set(answers)


def test_the_back_off_doubles_and_ends() -> None:
    caller = Caller(receipt_attempts_max=3, receipt_retry_s=10, delivered_after_s=0)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    caller.send(deliveryReceiptUrl=url, scheduledAt="2026-11-23 12:00:00")
    counts = [len(deliver(caller, seconds)) for seconds in (0, 9, 4, 19, 7, 1000)]
    assert counts == [3, 3, 6, 6, 9, 9]
    sent = caller.gateway.receipts.sent()
    assert {found.answer for found in sent} == {None}
    assert sorted(found.attempt for found in sent) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert caller.gateway.receipts.waiting() == 0


def test_no_redirect_is_followed() -> None:
    with Webhook() as target, Webhook(302, headers="Location: TARGET\r\n") as hook:
        hook._headers = f"Location: {target.url}\r\n"
        assert post_receipt(hook.url, {"a": "b"}, "query", 10) == 302
    assert len(hook.requests) == 1
    assert target.requests == []


def test_receipts_repeat_as_often_as_the_settings_say() -> None:
    caller = Caller(receipt_repeat_share=1.0)
    with Webhook() as hook:
        caller.send(deliveryReceiptUrl=hook.url)
        statuses = [sent.status for sent in deliver(caller)]
    assert statuses == ["Sent", "Sent", "Pending", "Pending", "Success", "Success"]


def order(seed: int, *, before: int = 0) -> list[str]:
    """Return in which order receipts go, with some messages and a reset before."""
    caller = Caller(receipt_reorder_share=0.5, receipt_reorder_s=100, seed=seed)
    with Webhook() as hook:
        for _ in range(before):
            caller.send(deliveryReceiptUrl=hook.url)
        caller.gateway.reset()
        for _ in range(3):
            caller.send(deliveryReceiptUrl=hook.url)
        records = caller.gateway.ledger.after(before)
        ids = {record.message_id: place for place, record in enumerate(records, 1)}
        return [f"{ids[sent.message_id]} {sent.status}" for sent in deliver(caller, 200)]


def test_receipts_come_out_of_order_and_repeat_it_with_the_seed() -> None:
    assert len(order(1)) == 9
    assert order(1) == order(1) == order(1, before=2)
    assert len({tuple(order(seed)) for seed in (1, 2, 3)}) == 3
    serials = [name for name in order(1) if name.startswith("1 ")]
    every = [[name for name in order(seed) if name.startswith("1 ")] for seed in range(6)]
    in_order = ["1 Sent", "1 Pending", "1 Success"]
    assert sorted(serials) == sorted(in_order)
    assert any(found != in_order for found in every)


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://localhost/x", True),
        ("https://[::1]:8/x?y", True),
        ("http://allowed.example:8/", True),
        ("http://ALLOWED.example/", True),
        ("http://other.example/", False),
        ("http://127.0.0.1.other.example/", False),
        ("http://allowed.example@other.example/", False),
        ("http://10.0.0.1/", False),
        ("http://0.0.0.0/", False),
        ("ftp://127.0.0.1/", False),
        ("file:///etc/passwd", False),
        ("127.0.0.1", False),
        ("", False),
        ("http://", False),
        ("http://127.0.0.1/a b", False),
        ("http://127.0.0.1/\r\nX: y", False),
        ("http://127.0.0.1:99999/", False),
        ("http://127.0.0.1:0/", False),
        ("http://[::1/", False),
        ("http://127.0.0.1/ပ", False),
    ],
)
def test_receipts_go_to_this_machine_and_to_the_allowed_names(url: str, goes: bool) -> None:
    assert may_go(url, frozenset({"Allowed.example"})) is goes


def test_a_url_that_may_not_be_is_written_down_and_not_tried(caller: Caller) -> None:
    caller.send(deliveryReceiptUrl="http://other.example/")
    sent = deliver(caller)
    assert [(found.attempt, found.answer) for found in sent] == [(0, None)] * 3
    assert caller.gateway.receipts.waiting() == 0


def test_a_replay_sends_what_was_said_until_now(caller: Caller) -> None:
    with Webhook() as hook:
        (entry,) = caller.send(deliveryReceiptUrl=hook.url)
        deliver(caller, 0.7)
        status, answer = caller.control(
            "POST", "/receipts/replay", {"messageId": entry["messageId"]}
        )
        assert (status, answer["waiting"]) == (200, 3)  # two again, and one to come
        caller.gateway.receipts.deliver_due()
        sent = caller.gateway.receipts.sent(after=2)
    assert [(found.serial, found.status) for found in sent] == [(3, "Sent"), (4, "Pending")]
    _, shown = caller.control("GET", "/receipts", after=3)
    assert [row["serial"] for row in shown["receipts"]] == [4]
    assert shown["waiting"] == 1


def test_receipts_of_forgotten_messages_go_nowhere(caller: Caller) -> None:
    with Webhook() as hook:
        caller.send(deliveryReceiptUrl=hook.url)
        caller.gateway.ledger.wipe()
        assert deliver(caller) == []
    assert hook.requests == []


def test_there_are_not_more_than_the_most() -> None:
    caller = Caller(receipts_max=4)
    with Webhook() as hook:
        caller.send(to="09250000001,09250000002", deliveryReceiptUrl=hook.url)
        assert caller.gateway.receipts.waiting() == 4
        assert len(deliver(caller)) == 4


def test_a_round_can_be_of_another_time(caller: Caller) -> None:
    with Webhook() as hook:
        caller.send(deliveryReceiptUrl=hook.url)
        later = caller.gateway.clock.now() + timedelta(seconds=1)
        assert caller.gateway.receipts.deliver_due(later) == 2
    assert [found.at for found in caller.gateway.receipts.sent()] == [later, later]


def test_a_reset_between_acceptance_and_plan_leaves_no_receipt(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = caller.gateway.receipts.plan

    def late(records: Any) -> None:
        caller.gateway.reset()
        plan(records)

    with monkeypatch.context() as patched:
        patched.setattr(caller.gateway.receipts, "plan", late)
        caller.send(deliveryReceiptUrl="http://127.0.0.1:9/")
    assert caller.gateway.receipts.waiting() == 0
    caller.send(deliveryReceiptUrl="http://127.0.0.1:9/")
    assert caller.gateway.receipts.waiting() == 3


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "receipts" in thread.name]


def test_a_sandbox_sends_them_by_itself_by_its_clock() -> None:
    settings = SandboxSettings(envelope=QUICK, delivered_after_s=1000)
    caller = Caller()
    with (
        Webhook() as hook,
        Sandbox(api_key=KEY, api_secret=SECRET, settings=settings) as sandbox,
    ):
        caller.gateway = gateway = sandbox.gateway
        assert threads() == []  # until there is a receipt
        gateway.clock.freeze()
        caller.send(deliveryReceiptUrl=hook.url)
        assert threads() == ["smspoh-sandbox-receipts"]
        gateway.clock.advance(150)
        hook.wait(1)
        assert gateway.receipts.waiting() == 2
        gateway.clock.resume()
        gateway.clock.advance(1000)
        hook.wait(3)
    assert threads() == []
    assert [found.status for found in gateway.receipts.sent()] == ["Sent", "Pending", "Success"]


def test_the_thread_follows_the_machines_clock() -> None:
    caller = Caller(delivered_after_s=0.2, clock=SandboxSettings().clock)
    with Webhook() as hook, caller.gateway:
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=hook.url)
        hook.wait(3)
    assert threads() == []


def test_the_thread_follows_a_clock_of_the_callers(caller: Caller) -> None:
    with Webhook() as hook, caller.gateway:
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=hook.url)
        caller.clock.forward(5)
        hook.wait(3)
    assert threads() == []


def test_a_thread_that_is_stopped_leaves_the_rest_for_later(caller: Caller) -> None:
    with Webhook() as hook:
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=hook.url)
        caller.gateway.receipts.stop()
        caller.gateway.receipts.stop()
        assert caller.gateway.receipts.waiting() == 3
        assert len(deliver(caller)) == 3


def test_no_repr_shows_a_url_or_an_id(caller: Caller) -> None:
    (entry,) = caller.send(deliveryReceiptUrl="http://other.example/hush")
    (first, *_) = deliver(caller)
    for value in (first, caller.gateway.receipts):
        assert "hush" not in repr(value)
        assert entry["messageId"] not in repr(value)
