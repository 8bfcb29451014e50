"""The threads of the receipts: webhooks that do not answer, resets, and faults of the store."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import SandboxSettings, receipts
from smspoh.sandbox.receipt_forms import post_receipt

from .conftest import Caller
from .webhook import Webhook

LONG_S = 30  # longer than anything here takes, and shorter than the timeout of a receipt


def silent() -> socket.socket:
    """Return a webhook that takes connections and never answers."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(LONG_S)
    return server


def url_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/hook"


def drip(server: socket.socket) -> None:
    """Answer one request, a byte at a time."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60 + b"\r\n\r\n":
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


def test_a_receipt_has_one_deadline_however_its_answer_drips() -> None:
    with silent() as server:
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        assert post_receipt(url_of(server), {"a": "b"}, "query", 0.3) is None
        dripping.join()


def test_the_timeout_of_a_receipt_has_a_maximum() -> None:
    assert SandboxSettings(receipt_timeout_s=60).receipt_timeout_s == 60
    with pytest.raises(ArgumentError, match="at most 60"):
        SandboxSettings(receipt_timeout_s=60.1)


def test_stop_ends_the_receipt_in_hand() -> None:
    caller = Caller(receipt_timeout_s=60)
    with silent() as server:
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=url_of(server))
        caller.clock.forward(10)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(LONG_S)
            assert connection.recv(65_536).startswith(b"GET /hook?")
            stopping = threading.Thread(target=caller.gateway.receipts.stop, daemon=True)
            stopping.start()
            stopping.join(LONG_S)
            assert not stopping.is_alive()
            assert connection.recv(1) == b""


def test_a_webhook_that_does_not_answer_does_not_hold_up_another() -> None:
    caller = Caller(receipt_timeout_s=60)
    with silent() as server, Webhook() as hook, caller.gateway:
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=url_of(server))
        caller.clock.forward(10)
        connection, _ = server.accept()
        with connection:
            caller.send(deliveryReceiptUrl=hook.url)
            caller.clock.forward(10)
            hook.wait(3)
        assert caller.gateway.receipts.waiting() >= 2  # of the one that does not answer


def told(hook: Webhook) -> list[tuple[str, str]]:
    """Return what a webhook was told, in order: references and statuses."""
    queries = [parse_qs(urlsplit(target).query) for target in hook.targets()]
    return [(query["clientReference"][0], query["status"][0]) for query in queries]


def test_the_receipts_of_one_url_stay_in_order_on_many_threads(caller: Caller) -> None:
    with Webhook() as one, Webhook() as two, caller.gateway:
        for row in range(20):
            for hook in (one, two):
                caller.send(deliveryReceiptUrl=hook.url, clientReference=f"r{row}")
        caller.clock.forward(10)
        caller.gateway.receipts.start()
        assert len(one.wait(60)) == len(two.wait(60)) == 60
    every = [(f"r{row}", status) for status in ("Sent", "Pending", "Success") for row in range(20)]
    assert told(one) == told(two) == every


def test_a_fault_of_the_store_does_not_end_the_receipts(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    get, faults = caller.gateway.ledger.get, [sqlite3.OperationalError("hush")]

    def broken_once(message_id: str) -> Any:
        if faults:
            raise faults.pop()
        return get(message_id)

    monkeypatch.setattr(caller.gateway.ledger, "get", broken_once)
    with Webhook() as hook, caller.gateway:
        caller.send(deliveryReceiptUrl=hook.url)
        caller.clock.forward(10)
        caller.gateway.receipts.start()
        hook.wait(2)
        caller.clock.forward(10)
        hook.wait(3)  # and what failed is tried again
    assert "OperationalError" in caplog.text
    assert "hush" not in caplog.text


def test_a_thread_that_died_is_started_anew(caller: Caller) -> None:
    dead = threading.Thread(target=int)
    dead.start()
    dead.join()
    with Webhook() as hook, caller.gateway:
        caller.gateway.receipts._threads += [dead] * receipts._THREADS_MAX
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=hook.url)
        caller.clock.forward(10)
        hook.wait(3)


def test_a_receipt_on_its_way_at_a_reset_comes_to_nothing(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts: list[object] = []

    def reset_meanwhile(*given: object, **_: object) -> int:
        posts.append(given)
        caller.gateway.reset()
        return 500

    monkeypatch.setattr(receipts, "post_receipt", reset_meanwhile)
    caller.send(deliveryReceiptUrl="http://127.0.0.1:9/")
    caller.clock.forward(10)
    assert caller.gateway.receipts.deliver_due() == 0
    assert len(posts) == 1
    assert caller.gateway.receipts.sent() == []
    assert caller.gateway.receipts.waiting() == 0
