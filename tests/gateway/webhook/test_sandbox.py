"""Real receipts of the sandbox, in each of its forms, over a socket into each application."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from smspoh import Client
from smspoh.envelope import EnvelopeProfile
from smspoh.gateway.webhook import (
    Arrival,
    Confirmation,
    Expected,
    MemoryDeliveryBook,
    Receipt,
    Webhook,
    WebhookLimits,
    confirm,
)
from smspoh.sandbox import Sandbox, SandboxSettings
from smspoh.sandbox.receipt_forms import post_receipt
from smspoh.sandbox.settings import RECEIPT_FORMS, ReceiptForm

from .calling import FIELDS, QUERY, SECRET
from .serving import over_uvicorn, over_wsgiref

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Serve = Callable[..., AbstractContextManager[str]]

QUICK = EnvelopeProfile(iterations=10)
SERVERS: list[Serve] = [over_uvicorn, over_wsgiref]
PATH = f"/hooks/{SECRET}"


class Taken:
    """What a webhook is for: it keeps what is known, and says when all is over."""

    def __init__(self, **options: Any) -> None:
        self.book = MemoryDeliveryBook()
        self.sent: dict[str, Expected] = {}
        self.receipts: list[Receipt] = []
        self.finished = threading.Event()
        self.webhook = Webhook(
            self.take, path_secret=SECRET, lookup=self.sent.get, allow=["127.0.0.1"], **options
        )

    def take(self, receipt: Receipt) -> None:
        self.book.apply(receipt)
        self.receipts.append(receipt)
        known = [self.book.get(name) for name in self.sent]
        if all(delivery is not None and delivery.is_final for delivery in known):
            self.finished.set()


def run(serve: Serve, form: ReceiptForm, **settings: Any) -> Taken:
    """Have a sandbox send the receipts of some messages, and return what came of them."""
    taken = Taken()
    with serve(taken.webhook, lenient=form == "typo") as url:
        chosen = SandboxSettings(
            envelope=QUICK,
            receipt_url=url + PATH,
            receipt_form=form,
            delivered_after_s=3600,
            receipt_timeout_s=60,
            **settings,
        )
        with (
            Sandbox(settings=chosen) as sandbox,
            Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client,
        ):
            for row in range(4):
                number, reference = f"0945000000{row}", f"ref {row} & ကုဒ်"
                entry = client.send(number, "Hello", "SMSPoh", client_reference=reference)[0]
                assert entry.message_id is not None
                taken.sent[entry.message_id] = Expected(number, reference)
            sandbox.gateway.clock.advance(7200)
            assert taken.finished.wait(60)
            said = {confirm(receipt, client.find) for receipt in taken.receipts}
    assert said == {Confirmation.CONFIRMED}
    for receipt in taken.receipts:
        assert receipt.updated_at is not None
        assert (receipt.finished_at is not None) == receipt.status.is_final
    return taken


@pytest.mark.parametrize("form", RECEIPT_FORMS)
@pytest.mark.parametrize("serve", SERVERS)
def test_every_form_comes_through(serve: Serve, form: ReceiptForm) -> None:
    taken = run(serve, form)
    assert sorted(receipt.status for receipt in taken.receipts) == sorted(
        ["Sent", "Pending", "Success"] * 4
    )
    counts = taken.webhook.counts()
    assert counts == {**dict.fromkeys(Arrival, 0), Arrival.TAKEN: 12}


@pytest.mark.parametrize("serve", SERVERS)
def test_repeated_and_overtaken_ones_end_the_same(serve: Serve) -> None:
    taken = run(
        serve, "json", receipt_repeat_share=0.5, receipt_reorder_share=0.5, undelivered_share=0.5
    )
    for name in taken.sent:
        delivery = taken.book.get(name)
        assert delivery is not None
        assert delivery.status in ("Success", "Undelivered")
        assert delivery.conflicts == frozenset()


@pytest.mark.parametrize("serve", SERVERS)
def test_a_webhook_that_fails_is_sent_to_again(serve: Serve) -> None:
    taken: list[Receipt] = []
    done = threading.Event()

    def take(receipt: Receipt) -> None:
        taken.append(receipt)
        if len(taken) == 1:
            raise OSError("the disk is full")
        if receipt.status.is_final:
            done.set()

    webhook = Webhook(take, path_secret=SECRET)
    with serve(webhook) as url:
        settings = SandboxSettings(
            envelope=QUICK, receipt_url=url + PATH, receipt_retry_s=0, delivered_after_s=0.05
        )
        with (
            Sandbox(settings=settings) as sandbox,
            Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client,
        ):
            client.send("09450000000", "Hello", "SMSPoh")
            assert done.wait(60)
    assert webhook.counts()[Arrival.FAILED] == 1
    statuses = [receipt.status for receipt in taken]
    assert statuses.count(statuses[0]) == 2


@pytest.mark.parametrize("serve", SERVERS)
def test_a_server_refuses_the_spaces_of_the_example_itself(serve: Serve) -> None:
    taken = Taken()
    with serve(taken.webhook) as url:
        assert post_receipt(url + PATH, FIELDS, "typo", 60) == 400
    assert set(taken.webhook.counts().values()) == {0}


@pytest.mark.parametrize("serve", SERVERS)
def test_strangers_over_a_socket(serve: Serve) -> None:
    taken = Taken(limits=WebhookLimits(body_bytes_max=200, body_timeout_s=0.2))
    with serve(taken.webhook) as url:
        assert post_receipt(f"{url}/hooks/wrong", FIELDS, "json", 60) == 404
        assert post_receipt(url + PATH, {**FIELDS, "x": "y" * 200}, "json", 60) == 413
        assert post_receipt(url + PATH, {"to": "0912345"}, "form", 60) == 400
        assert post_receipt(url + PATH, FIELDS, "query", 60) == 200
        host, _, port = url.removeprefix("http://").partition(":")
        head = f"HEAD {PATH}?{QUERY.decode()} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with socket.create_connection((host, int(port)), 60) as line:
            line.sendall(head.encode())
            answer = b"".join(iter(lambda: line.recv(65_536), b""))
        assert answer.partition(b"\r\n")[0].endswith(b" 405 Method Not Allowed")
        assert answer.endswith(b"\r\n\r\n")
    assert taken.receipts == []
    assert taken.webhook.counts()[Arrival.UNKNOWN] == 1


def test_a_body_that_does_not_come_is_answered_408() -> None:
    taken = Taken(limits=WebhookLimits(body_timeout_s=0.05))
    with over_uvicorn(taken.webhook) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
        with socket.create_connection((host, int(port)), 60) as line:
            line.sendall(head.encode())
            assert line.recv(65_536).startswith(b"HTTP/1.1 408 ")
