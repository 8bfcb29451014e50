"""The sandbox's own paths: who may ask, and what they answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import Exchange, Fault, Incoming, exchanges
from smspoh.sandbox.control import ROUTES
from smspoh.sandbox.exchanges import EXCHANGES_MAX, Exchanges, body_text
from smspoh.sandbox.ledger import Filters

from .conftest import Caller

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.sandbox.ledger import Record

HERE = {"host": "127.0.0.1:8025", "content-type": "application/json"}


def ask(caller: Caller, method: str, path: str, **changes: Any) -> int:
    values: dict[str, Any] = {"headers": HERE, "peer": "127.0.0.1", "body": b"{}"} | changes
    incoming = Incoming(method, "/_sandbox" + path, {}, **values)
    return caller.gateway.handle(incoming).status


@pytest.mark.parametrize("peer", ["10.0.0.1", "", "::ffff:10.0.0.1", "2001:db8::1"])
def test_another_machine_may_not_ask(caller: Caller, peer: str) -> None:
    for path, methods in ROUTES.items():
        for method in methods:
            assert ask(caller, method, path, peer=peer) == 403


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(caller: Caller, peer: str) -> None:
    assert ask(caller, "GET", "/messages", peer=peer) == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", "", "[", "a@b"])
def test_a_page_under_another_name_may_not_ask(caller: Caller, host: str) -> None:
    """A name of the web that was made to point here: DNS rebinding."""
    assert ask(caller, "GET", "/messages", headers=HERE | {"host": host}) == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1", "[::1]:80"])
def test_the_names_of_this_machine_may(caller: Caller, host: str) -> None:
    assert ask(caller, "GET", "/messages", headers=HERE | {"host": host}) == 200


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_of_the_web_can_send_changes_nothing(caller: Caller, kind: str) -> None:
    for path, methods in ROUTES.items():
        if "POST" in methods:
            assert ask(caller, "POST", path, headers=HERE | {"content-type": kind}) == 415


def test_no_credentials_are_asked_for_and_the_api_still_asks(caller: Caller) -> None:
    assert ask(caller, "GET", "/messages") == 200
    assert caller.raw("GET", "/messages", authorization="")[0] == 401


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/messages/"])
def test_another_path_is_404(caller: Caller, path: str) -> None:
    assert ask(caller, "GET", path) == 404


def test_another_method_is_405_and_names_the_right_ones(caller: Caller) -> None:
    found = caller.gateway.handle(Incoming("PUT", "/_sandbox/faults", {}, HERE))
    assert (found.status, found.header("allow")) == (405, "GET, POST, DELETE")
    assert ask(caller, "OPTIONS", "/reset") == 405  # what a browser asks first gets no consent


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_object_is_400(caller: Caller, body: bytes) -> None:
    assert ask(caller, "POST", "/clock", body=body) == 400


def test_messages_in_the_order_of_acceptance(caller: Caller) -> None:
    for row in range(5):
        caller.send(to=f"0925{row % 2:07}", message=f"text {row}", clientReference=f"r{row}")
    status, found = caller.control("GET", "/messages")
    assert (status, found["newest"]) == (200, 5)
    assert [row["serial"] for row in found["messages"]] == [1, 2, 3, 4, 5]

    def texts(**query: Any) -> list[str]:
        return [row["text"] for row in caller.control("GET", "/messages", **query)[1]["messages"]]

    assert texts(after=3) == ["text 3", "text 4"]
    assert texts(limit=2) == ["text 0", "text 1"]
    assert texts(limit=0) == []
    assert texts(to="959250000001") == ["text 1", "text 3"]
    assert texts(to="959250000001", limit=1, after=2) == ["text 3"]
    assert texts(to="09250000001") == texts(to="+959250000001") == ["text 1", "text 3"]
    assert texts(contains="4") == ["text 4"]


def test_a_filter_looks_past_the_first_page() -> None:
    caller = Caller(envelope=Caller().gateway.settings.envelope)
    for _ in range(12):
        caller.post(
            "/send/bulk",
            {"messages": [{"to": "09250000001", "message": "hay", "from": "SMSPoh"}] * 100},
        )
    caller.send(message="needle")
    _, found = caller.control("GET", "/messages", contains="needle")
    assert [row["serial"] for row in found["messages"]] == [1201]


def test_an_encrypted_message_is_shown_as_the_handset_gets_it(caller: Caller) -> None:
    (entry,) = caller.send(encrypt=1, encryptKey="a key of 24 characters..")
    (row,) = caller.control("GET", "/messages")[1]["messages"]
    assert (row["text"], row["message"], row["encrypted"]) == (
        "Hello World",
        entry["message"],
        True,
    )
    assert "a key of 24" not in json.dumps(caller.control("GET", "/requests"))


@pytest.mark.parametrize("query", [{"after": "-1"}, {"after": "x"}, {"limit": "1001"}])
def test_a_parameter_that_is_wrong_is_named(caller: Caller, query: dict[str, str]) -> None:
    status, found = caller.control("GET", "/messages", **query)
    assert status == 422
    assert next(iter(query)) in found["message"]


def test_the_ledger_counts_what_was_lost_and_what_came_twice(caller: Caller) -> None:
    caller.send(clientReference="once")
    caller.send(clientReference="twice")
    caller.send(clientReference="twice")
    caller.send(clientReference="lost", to="09000000003")
    caller.send(clientReference="two people", to="09250000001,09250000002")
    caller.send()
    caller.clock.forward(10)
    status, found = caller.control("GET", "/ledger")
    assert status == 200
    counts = {
        row["reference"]: (row["accepted"], row["delivered"], row["lost"], row["repeated"])
        for row in found["references"]
    }
    assert counts == {
        "once": (1, 1, 0, 0),
        "twice": (2, 2, 0, 1),
        "lost": (1, 0, 1, 0),
        "two people": (2, 2, 0, 0),
    }
    assert found["totals"] == {
        "references": 4,
        "accepted": 7,
        "delivered": 6,
        "lost": 1,
        "repeated": 1,
    }


def test_one_reference_with_its_messages_and_times(caller: Caller) -> None:
    (entry,) = caller.send(clientReference="r")
    (row,) = caller.control("GET", "/ledger", reference="r")[1]["references"]
    assert (row["accepted"], row["delivered"], row["lost"]) == (1, 0, 1)
    assert row["messages"][0]["deliveredAt"] is None
    caller.clock.forward(2)
    (row,) = caller.control("GET", "/ledger", reference="r")[1]["references"]
    assert row["messages"] == [
        {
            "messageId": entry["messageId"],
            "to": "959250000001",
            "acceptedAt": "2026-11-23T12:00:00.999999+06:30",
            "deliveredAt": "2026-11-23T12:00:02.999999+06:30",
            "status": "Success",
        }
    ]
    (row,) = caller.control("GET", "/ledger", reference="unknown")[1]["references"]
    assert (row["accepted"], row["messages"]) == (0, [])


def test_the_references_come_page_by_page(caller: Caller) -> None:
    for row in range(5):
        caller.send(clientReference=f"r{row}")

    def page(**query: Any) -> list[str]:
        rows = caller.control("GET", "/ledger", **query)[1]["references"]
        return [row["reference"] for row in rows]

    assert page(limit=2) == ["r0", "r1"]
    assert page(limit=2, after="r1") == ["r2", "r3"]


def test_a_reset_forgets_all_but_the_settings() -> None:
    caller = Caller(balance=100, faults=(Fault("status", path="/never"),))
    caller.send(deliveryReceiptUrl="http://127.0.0.1:1/")
    caller.gateway.faults.add(Fault("reset", path="/never"))
    caller.gateway.clock.freeze()
    caller.gateway.clock.advance(1000)
    assert caller.control("POST", "/reset", {}) == (200, {"newest": 1})
    assert caller.gateway.requests == []
    assert caller.gateway.receipts.waiting() == 0
    assert [rule.kind for rule in caller.gateway.faults.rules().values()] == ["status"]
    assert caller.gateway.clock.now() == caller.clock.now
    assert caller.balance() == 100
    assert caller.history()["records"] == 0
    caller.send()
    assert caller.gateway.ledger.newest() == 2


def test_exchanges_hide_credentials_and_keys(caller: Caller) -> None:
    key = "a-secret-key-of-the-caller"
    caller.send(encrypt=1, encryptKey=key, clientReference="မင်္ဂလာ")
    (exchange,) = caller.gateway.requests
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/api/rest/send", 200)
    both = exchange.request_text + exchange.reply_text
    assert key not in both
    assert "U01TUG9oVjNB" not in both
    assert "authorization: hidden" in exchange.request_text
    assert '"encryptKey": "hidden"' in exchange.request_text
    assert '"encryptKey": "hidden"' in exchange.reply_text
    assert "မင်္ဂလာ" in exchange.request_text
    assert "Hello World" in exchange.request_text
    assert key not in json.dumps(caller.control("GET", "/requests")[1])
    assert "Hello" not in repr(exchange)


def test_a_random_key_is_not_in_the_exchanges(caller: Caller) -> None:
    (entry,) = caller.send(encrypt=1)
    assert entry["encryptKey"] not in caller.gateway.requests[0].reply_text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"encryptKey": "hush"}', '{"encryptKey": "hidden"}'),
        (b'{"encrypt\\u004bey": "hush"}', '{"encryptKey": "hidden"}'),
        (b'[{"encryptKey": {"a": "hush"}}]', '[{"encryptKey": "hidden"}]'),
        (b'{"encryptKey": null}', '{"encryptKey": null}'),
        (b'{"encryptKey": "hush"', "[21 bytes that are not JSON]"),
        (b'{"a": "b"}', '{"a": "b"}'),
        (
            b'{"ENCRYPTKEY": "hush", "encryptkey": 5}',
            '{"ENCRYPTKEY": "hidden", "encryptkey": "hidden"}',
        ),
        (b"EncryptKey=hush", "[15 bytes that are not JSON]"),
        (b"\xff", "[1 bytes that are not UTF-8 text]"),
        ('{"encryptKey": "hush"}'.encode("utf-16"), "[46 bytes that are not UTF-8 text]"),
        ('{"encryptKey": "hush"}'.encode("utf-16-le"), "[44 bytes that are not UTF-8 text]"),
        ('{"encryptKey": "hush"}'.encode("utf-32-be"), "[88 bytes that are not UTF-8 text]"),
        (b"x" * 70_000, "x" * 65_536),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_is_shown_without_its_keys(body: bytes, shown: str) -> None:
    assert body_text(body) == shown


def test_only_the_last_exchanges_are_kept_and_none_of_the_sandboxes_own(caller: Caller) -> None:
    for _ in range(EXCHANGES_MAX + 5):
        caller.raw("GET", "/account/get-balance")
    caller.raw("GET", "/nothing")
    caller.control("GET", "/messages")
    kept = caller.gateway.requests
    assert len(kept) == EXCHANGES_MAX
    assert (kept[-1].path, kept[-1].status) == ("/api/rest/nothing", 404)
    assert all(isinstance(exchange, Exchange) for exchange in kept)


def test_what_a_fault_did_to_the_socket_is_shown(caller: Caller) -> None:
    for kind in ("reset", "truncate", "drip", "status"):
        caller.control("POST", "/faults", {"kind": kind, "times": 1})
        caller.raw("GET", "/account/get-balance")
    caller.send(to="09000000011")
    _, shown = caller.control("GET", "/requests")
    found = [(row["status"], row["fault"]) for row in shown["requests"]]
    assert found == [
        (200, "reset"),
        (200, "truncate"),
        (200, "drip"),
        (500, None),
        (200, "reset"),
    ]


def test_the_exchanges_have_a_limit_of_bytes_too(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Exchange("GET", "/a", 200, "x" * 1000, "y" * 1000, caller.clock.now)
    monkeypatch.setattr(exchanges, "BYTES_MAX", one.size * 3)
    kept = Exchanges()
    for status in range(5):
        kept.add(replace(one, status=status))
    assert [found.status for found in kept.all()] == [2, 3, 4]
    # A text of this character takes 4 bytes for each, the others one.
    wide = replace(one, reply_text="y" * 999 + "\U0001f600", status=9)
    kept.add(wide)
    assert [found.status for found in kept.all()] == [9]
    kept.clear()
    for status in range(5):
        kept.add(replace(one, status=status))
    assert len(kept.all()) == 3


def test_the_head_of_an_exchange_is_cut_too(caller: Caller) -> None:
    caller.raw("GET", "/account/get-balance", x_long="x" * 10**6)
    assert len(caller.gateway.requests[0].request_text) < 70_000


def test_a_request_that_breaks_the_sandbox_is_kept_too(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(caller.gateway.ledger, "buy", broken)
    with pytest.raises(RuntimeError):
        caller.send()
    assert caller.gateway.requests[-1].status == 500


def test_a_replay_of_nothing_is_refused(caller: Caller) -> None:
    caller.send()
    (row,) = caller.control("GET", "/messages")[1]["messages"]
    for message_id in (row["messageId"], "nothing", 5):
        status, _ = caller.control("POST", "/receipts/replay", {"messageId": message_id})
        assert status == 422
    with pytest.raises(ArgumentError, match="receipt URL"):
        caller.gateway.receipts.replay("nothing")


def test_a_key_in_the_address_is_hidden_too(caller: Caller) -> None:
    caller.raw("GET", "/messages", query={"EncryptKey": "hush", "limit": "10"})
    assert "?EncryptKey=hidden&limit=10\n" in caller.gateway.requests[0].request_text


def test_a_message_id_of_half_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    caller = Caller(store=tmp_path / "sandbox.db")
    assert caller.control("POST", "/receipts/replay", {"messageId": "\ud800"})[0] == 422
    caller.gateway.close()


def test_the_ledger_is_passed_over_as_often_for_many_references_as_for_one(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in range(30):
        caller.send(clientReference=f"r{row % 15:02}", message=f"text {row}")
    looked_at: list[str] = []
    match = Filters.match

    def counted(self: Filters, record: Record) -> bool:
        looked_at.append(record.message_id)
        return match(self, record)

    monkeypatch.setattr(Filters, "match", counted)
    counts = []
    for limit in (1, 15):
        looked_at.clear()
        _, found = caller.control("GET", "/ledger", limit=limit)
        counts.append(len(looked_at))
    assert counts[0] == counts[1]
    rows = {row["reference"]: row["messages"] for row in found["references"]}
    for record in caller.gateway.ledger.after(0):
        assert rows[record.client_reference].pop(0)["messageId"] == record.message_id
    assert not any(rows.values())
