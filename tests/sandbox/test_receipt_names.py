"""Names of webhooks that the system does not answer for, and what stops a receipt on its way."""

from __future__ import annotations

import socket
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.sandbox.names import Names
from smspoh.sandbox.receipt_forms import post_receipt

from .conftest import Caller
from .test_receipt_threads import LONG_S, silent
from .test_receipts import threads
from .webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "slow.example"


class System:
    """Answer for the names of this machine, and for no other before it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_asked = threading.Event()
        self.answers = threading.Event()
        self._find: Any = socket.getaddrinfo

    def __call__(self, host: str, *given: Any, flags: int = 0, **named: Any) -> Any:
        if host != HOST or flags & socket.AI_NUMERICHOST:
            return self._find(host, *given, flags=flags, **named)
        self.asked.append(host)
        self.is_asked.set()
        self.answers.wait(LONG_S)
        return self._find("127.0.0.1", *given, flags=flags, **named)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    found = System()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    yield found
    found.answers.set()


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def test_a_name_has_the_deadline_of_its_receipt_and_one_thread(system: System) -> None:
    names = Names()
    for _ in range(5):
        assert post_receipt(f"http://{HOST}/", {}, "query", 0.02, names=names) is None
    assert system.asked == [HOST]
    asking = [one for one in threading.enumerate() if one.name == "smspoh-sandbox-names"]
    assert len(asking) == 1
    system.answers.set()
    asking[0].join(LONG_S)
    with Webhook() as hook:
        url = hook.url.replace("127.0.0.1", HOST)
        assert post_receipt(url, {}, "query", LONG_S, names=names) == 200
    assert system.asked == [HOST, HOST]  # an answer is not kept


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 64, "a..b"])
def test_a_name_without_an_address_gets_no_receipt(host: str) -> None:
    assert post_receipt(f"http://{host}/", {}, "query", LONG_S) is None


def test_a_name_is_asked_for_by_all_that_wait_at_once(system: System) -> None:
    names, answers = Names(), []
    with Webhook() as hook:
        url = hook.url.replace("127.0.0.1", HOST)

        def post() -> None:
            answers.append(post_receipt(url, {}, "query", LONG_S, names=names))

        posting = [threading.Thread(target=post) for _ in range(3)]
        for thread in posting:
            thread.start()
        assert system.is_asked.wait(LONG_S)
        system.answers.set()
        for thread in posting:
            thread.join()
    assert answers == [200, 200, 200]


def test_stop_ends_the_wait_for_a_name(system: System) -> None:
    caller = Caller(receipt_timeout_s=60, receipt_hosts=frozenset({HOST}))
    caller.gateway.receipts.start()
    caller.send(deliveryReceiptUrl=f"http://{HOST}/")
    caller.clock.forward(10)
    assert system.is_asked.wait(LONG_S)
    caller.gateway.receipts.stop()
    assert threads() == []


def test_stop_leaves_no_next_address_to_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(receipt_timeout_s=60)
    with silent() as server:
        at = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 0))
        monkeypatch.setattr(Names, "find", lambda *_: [at, at, at])
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=f"https://localhost:{port_of(server)}/")
        caller.clock.forward(10)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(LONG_S)
            assert connection.recv(65_536)  # TLS begins, and waits for its answer
            caller.gateway.receipts.stop()
            assert threads() == []


def test_an_address_of_a_family_that_the_kernel_lacks_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = (9999, socket.SOCK_STREAM, 0, "", ("::1", 0, 0, 0))
    there = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 0))
    monkeypatch.setattr(Names, "find", lambda *_: [lacking, there])
    with Webhook() as hook:
        assert post_receipt(hook.url, {}, "query", LONG_S) == 200


def test_a_fault_of_the_store_keeps_what_was_due(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: str) -> None:
        raise sqlite3.OperationalError

    with Webhook() as hook:
        caller.send(deliveryReceiptUrl=hook.url)
        caller.clock.forward(10)
        with monkeypatch.context() as patched:
            patched.setattr(caller.gateway.ledger, "get", failing)
            with pytest.raises(sqlite3.OperationalError):
                caller.gateway.receipts.deliver_due()
        assert caller.gateway.receipts.waiting() == 3
        assert caller.gateway.receipts.deliver_due() == 3


def test_a_system_that_gives_no_thread_loses_no_message_and_no_receipt(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Webhook() as hook, caller.gateway:
        caller.gateway.receipts.start()
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", none)
            caller.send(deliveryReceiptUrl=hook.url)
        assert threads() == []
        caller.gateway.clock.advance(10)
        hook.wait(3)


def test_a_thread_that_can_have_no_other_beside_it_does_all_alone(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def only_one(thread: threading.Thread) -> None:
        if threads():
            raise RuntimeError("can't start new thread")
        start(thread)

    with Webhook() as hook, caller.gateway, monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", only_one)
        caller.gateway.receipts.start()
        caller.send(deliveryReceiptUrl=hook.url)
        caller.clock.forward(10)
        hook.wait(3)
