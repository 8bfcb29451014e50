"""What each call comes to, the same in every way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError, AuthError
from smspoh.gateway import (
    Balance,
    OutgoingMessage,
    Status,
    derive_encrypt_key,
    reference_time,
)
from smspoh.sandbox import Fault
from smspoh.sandbox.ledger import Filters

from .conftest import PROFILE, Driven

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.gateway import Message, SendResult

ALL = Filters()
NUMBER = "09250000001"
MASTER = bytes(range(32))


def copies(client: Driven, reference: str | None) -> int:
    """Return what the sandbox accepted under a reference: the oracle."""
    assert reference is not None
    return len(client.gateway.ledger.of_reference(reference))


def messages(count: int, **options: Any) -> list[OutgoingMessage]:
    return [
        OutgoingMessage(f"0925000{row:04d}", f"text {row}", "SMSPoh", **options)
        for row in range(count)
    ]


def test_a_message_is_sent_once_with_a_reference_that_tells_its_time(client: Driven) -> None:
    result: SendResult = client.send(NUMBER, "text", "SMSPoh")
    [entry] = result
    assert entry.accepted
    assert entry.client_reference == result.client_reference
    assert result.client_reference is not None
    assert len(result.client_reference) == 26
    made = reference_time(result.client_reference)
    assert made is not None
    assert abs(datetime.now(UTC) - made) < timedelta(hours=1)
    assert copies(client, result.client_reference) == 1
    assert result.proof is None


def test_a_reference_of_the_callers_own_is_kept(client: Driven) -> None:
    assert client.send(NUMBER, "text", "SMSPoh", client_reference="mine").client_reference == "mine"
    assert copies(client, "mine") == 1


def test_an_encrypted_message_brings_its_key_and_its_proof(client: Driven) -> None:
    result = client.send([NUMBER, "09250000002"], "code 12345", "SMSPoh", encrypt=True)
    assert result.encrypt_key
    assert result.proof
    assert result.proof.proven == (True, True)
    assert client.send(NUMBER, "text", "SMSPoh", encrypt=True, prove=False).proof is None


def test_a_ciphertext_of_something_else_is_no_proof(make: Callable[..., Driven]) -> None:
    """The client's parameters differ from the gateway's, so nothing opens."""
    from smspoh.envelope import EnvelopeProfile

    other = make(profile=replace(PROFILE, envelope=EnvelopeProfile(iterations=11)))
    result = other.send(NUMBER, "text", "SMSPoh", encrypt=True)
    assert result[0].accepted
    assert not result.proof
    assert result.proof.proven == (False,)


def test_keys_are_derived_from_the_master_key_and_the_reference(
    make: Callable[..., Driven],
) -> None:
    client = make(master_key=MASTER)
    result = client.send(NUMBER, "text", "SMSPoh", encrypt=True)
    assert result.encrypt_key == derive_encrypt_key(MASTER, result.client_reference)
    own = client.send(
        NUMBER, "text", "SMSPoh", encrypt=True, encrypt_key="a key of my own, 128 bit"
    )
    assert own.encrypt_key == "a key of my own, 128 bit"


def test_a_page_is_opened_by_each_kind_of_keys(client: Driven) -> None:
    sent = [
        client.send(NUMBER, f"text {row}", "SMSPoh", encrypt=True, client_reference=f"ref-{row}")
        for row in range(3)
    ]
    client.send(NUMBER, "plain", "SMSPoh")
    by_reference = {result.client_reference: result.encrypt_key for result in sent[:2]}
    by_id = {result[0].message_id: result.encrypt_key for result in sent[:2]}
    expected = ["plain", None, "text 1", "text 0"]
    for keys in (by_reference, by_id, lambda entry: by_id.get(entry.message_id)):
        page = client.messages(keys=keys)
        assert [entry.text for entry in page] == expected
        assert page.records == 4
    one = client.messages(keys=sent[2].encrypt_key)
    assert [entry.text for entry in one] == ["plain", "text 2", None, None]
    assert [entry.text for entry in client.messages()] == ["plain", None, None, None]


def test_a_bulk_keeps_the_callers_order_over_several_requests(make: Callable[..., Driven]) -> None:
    client = make(profile=replace(PROFILE, bulk_messages_max=3))
    result = client.send_bulk(messages(7))
    assert [each[0].message for each in result] == [f"text {row}" for row in range(7)]
    assert all(copies(client, each.client_reference) == 1 for each in result)
    assert len({each.client_reference for each in result}) == 7


def test_a_bulk_is_cut_by_bytes_too(make: Callable[..., Driven]) -> None:
    client = make(profile=replace(PROFILE, bulk_bytes_max=250))
    raw = client.raw.send_bulk(messages(6))
    assert [each[0].accepted for each in raw.value] == [True] * 6
    assert len(raw.responses) == 3  # a message takes some 110 bytes
    assert client.gateway.ledger.count(ALL) == 6


def test_encrypted_messages_of_a_bulk_are_proven_together(client: Driven) -> None:
    result = client.send_bulk([*messages(2, encrypt=True), *messages(1)])
    assert [bool(each.proof) for each in result] == [True, True, False]
    assert result[2].proof is None
    assert client.send_bulk(messages(1, encrypt=True), prove=False)[0].proof is None


@pytest.mark.parametrize("wrong", [0, 3, 6])
def test_the_message_that_is_wrong_is_found_and_the_others_go_once(
    client: Driven, wrong: int
) -> None:
    outgoing = messages(7)
    client.gateway.faults.add(Fault("status", "before", path="/send/bulk", status=422, times=1))
    whole = client.send_bulk(outgoing)  # refused once as a whole, then taken in halves
    assert all(each.rejection is None and each[0].accepted for each in whole)
    assert client.gateway.ledger.count(ALL) == 7

    client.gateway.reset()
    bad = OutgoingMessage("09000000007", "text", "SMSPoh", client_reference="wrong")
    result = client.send_bulk([*outgoing[:wrong], bad, *outgoing[wrong + 1 :]])
    assert len(result) == 7
    for row, each in enumerate(result):
        assert each[0].accepted == (row != wrong)
    assert client.gateway.ledger.count(ALL) == 6


def test_find_reads_every_page_and_nothing_twice(client: Driven) -> None:
    wanted = client.send([NUMBER, "09250000002"], "text", "SMSPoh").client_reference
    client.send_bulk(messages(120))
    found: tuple[Message, ...] = client.find(wanted)
    assert sorted(entry.to for entry in found) == ["959250000001", "959250000002"]
    assert [entry.to for entry in client.find(wanted, to=NUMBER)] == ["959250000001"]
    assert client.find(wanted, to="+6681234567") == found
    assert client.find(wanted, sender="Second") == ()
    assert client.find("01ARZ3NDEKTSV4RRFFQ69G5FAV") == ()
    assert client.find("no-ulid-at-all") == ()


def test_the_history_comes_whole_newest_first(client: Driven) -> None:
    client.send_bulk(messages(45))
    history = client.client.iter_messages(20)
    seen = []
    while (entry := client.next_of(history)) is not None:
        seen.append(entry)
    assert [entry.message for entry in seen] == [f"text {row}" for row in reversed(range(45))]
    assert history.next_page is None
    assert client.next_of(history) is None


def test_a_history_goes_on_where_it_failed(make: Callable[..., Driven]) -> None:
    from smspoh.errors import ServerError
    from smspoh.gateway import NO_RETRY

    client = make(retry=NO_RETRY)
    client.send_bulk(messages(45))
    history = client.client.iter_messages(20)
    seen = [client.next_of(history) for _ in range(20)]
    client.gateway.faults.add(Fault("status", "before", path="/messages", times=1))
    with pytest.raises(ServerError):
        client.next_of(history)
    assert history.next_page == 2
    while (entry := client.next_of(history)) is not None:
        seen.append(entry)
    assert len({entry.message_id for entry in seen}) == len(seen) == 45


def test_the_balance(client: Driven) -> None:
    assert isinstance(client.balance(), Balance)


def test_a_reply_is_there_beside_what_was_read_from_it(client: Driven) -> None:
    raw = client.raw.send(NUMBER, "text", "SMSPoh")
    assert raw.value[0].status == Status.ACCEPTED
    [response] = raw.responses
    assert response.status == 200
    assert b"messageId" in response.body
    [attempt] = raw.attempts
    assert (attempt.method, attempt.path, attempt.number) == ("POST", "/send", 1)
    assert client.raw.balance().value == client.balance()
    assert len(client.raw.find(raw.value.client_reference).value) == 1


def test_wrong_credentials(make: Callable[..., Driven], running: Any) -> None:
    client = make()
    client.client._wire._headers["Authorization"] = "Bearer bm86bm8="
    with pytest.raises(AuthError, match="four things"):
        client.balance()


def test_a_closed_client_says_so(make: Callable[..., Driven]) -> None:
    client = make()
    client.close()
    with pytest.raises(ArgumentError, match="closed"):
        client.send(NUMBER, "text", "SMSPoh")
    assert "closed" in repr(client.client)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("send", {"to": "12", "message": "text", "sender": "SMSPoh"}),
        ("messages", {"limit": 21}),
        ("messages", {"keys": ""}),
        ("find", {"reference": ""}),
        ("find", {"reference": "mine", "settle_s": float("nan")}),
        ("find", {"reference": "mine", "settle_s": 3601}),
        ("iter_messages", {"page": 0}),
    ],
)
def test_a_wrong_value_is_an_argument_error(client: Driven, name: str, options: Any) -> None:
    with pytest.raises(ArgumentError):
        getattr(client.client if name == "iter_messages" else client, name)(**options)
