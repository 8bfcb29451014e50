"""The five calls, through the sandbox's real socket."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from cryptography.exceptions import InvalidSignature

from smspoh.errors import ArgumentError, AuthError, InvalidRequestError, TransportError
from smspoh.gateway import (
    NO_RETRY,
    GatewayProfile,
    Message,
    OutgoingMessage,
    Status,
    prove_batch,
    verify,
)
from smspoh.gateway.client import Client
from smspoh.phone import Operator
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.server import Sandbox

from .conftest import QUICK, QUICK_PROFILE
from .opener import open_token, salt_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALL = Filters()
NUMBERS = ["09250000001", "+959770000001", "959950000001"]


def test_send_to_one_number_gives_one_accepted_entry(client: Client) -> None:
    result = client.send("09250000001", "Hello World", "SMSPoh", client_reference="abc-1")
    [entry] = result
    assert entry.accepted
    assert entry.status == Status.ACCEPTED
    assert entry.message == "Hello World"
    assert entry.to == "959250000001"
    assert entry.client_reference == "abc-1"
    assert entry.sender == "SMSPoh"
    assert entry.operator is Operator.MPT
    assert entry.message_count == 1
    assert entry.scheduled_at is None
    assert not entry.encrypted
    assert result.encrypt_key is None
    assert entry.created_at is not None
    assert entry.created_at.utcoffset() == timedelta(hours=6, minutes=30)


@pytest.mark.parametrize("form", ["comma", "list"])
def test_send_to_several_numbers_gives_one_entry_each_in_either_wire_form(
    sandbox: Sandbox, form: str
) -> None:
    profile = GatewayProfile(send_recipients="comma" if form == "comma" else "list")
    with Client(
        sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, profile=profile
    ) as client:
        result = client.send(NUMBERS, "To all", "SMSPoh")
    assert [entry.to for entry in result] == ["959250000001", "959770000001", "959950000001"]
    assert [entry.operator for entry in result] == [Operator.MPT, Operator.ATOM, Operator.U9]


def test_a_number_written_twice_is_sent_once(client: Client) -> None:
    result = client.send(["09250000001", " +959250000001 "], "Once", "SMSPoh")
    assert len(result) == 1


def test_an_entry_refused_inside_a_success_is_an_outcome_not_an_exception(client: Client) -> None:
    result = client.send(["09250000001", "09720000001"], "Half of them", "SMSPoh")
    assert [entry.accepted for entry in result] == [True, False]
    [refused] = result.refused
    assert refused.error == "Invalid Phone Number"
    assert refused.to == "09720000001"
    assert refused.status == Status.REJECTED
    assert refused.message_id is None


def test_an_unregistered_sender_is_an_outcome_too(client: Client) -> None:
    [entry] = client.send("09250000001", "Who am I", "Nobody")
    assert entry.error == "Invalid Sender ID"
    assert not entry.accepted


def test_a_booking_for_later_comes_back_at_the_same_moment(client: Client) -> None:
    moment = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    [entry] = client.send("09250000001", "Later", "SMSPoh", scheduled_at=moment)
    assert entry.scheduled_at == moment
    assert entry.raw["scheduledAt"] == "2027-01-02 09:34:05"


def test_unicode_forces_the_shorter_parts_and_test_is_free(client: Client) -> None:
    before = client.balance().amount
    [plain] = client.send("09250000001", "x" * 71, "SMSPoh", test=True)
    [forced] = client.send("09250000001", "x" * 71, "SMSPoh", test=True, unicode=True)
    assert (plain.message_count, forced.message_count) == (1, 2)
    assert plain.test
    assert client.balance().amount == before


def test_the_balance_falls_by_parts(client: Client) -> None:
    before = client.balance()
    client.send(NUMBERS, "ကောင်း" * 20, "SMSPoh")  # 120 UCS-2 units: two parts each
    after = client.balance()
    assert before.currency == "MMK"
    assert before.amount - after.amount == 3 * 2 * 10


def test_encrypt_without_a_key_makes_one_and_hands_it_back(client: Client) -> None:
    result = client.send(NUMBERS, "OTP 482913", "SMSPoh", encrypt=True)
    assert result.encrypt_key is not None
    assert len(result.encrypt_key) >= 22  # 128 bits in base64
    assert {entry.encrypt_key for entry in result} == {result.encrypt_key}
    for entry in result:
        assert entry.encrypted
        assert open_token(entry.message, result.encrypt_key or "", iterations=10) == "OTP 482913"
    assert len({salt_of(entry.message) for entry in result}) == 3


def test_encrypt_with_a_key_uses_that_key(client: Client) -> None:
    key = "a key of the caller's own making 42"
    result = client.send("09250000001", "OTP 1", "SMSPoh", encrypt=True, encrypt_key=key)
    assert result.encrypt_key == key
    assert open_token(result[0].message, key, iterations=10) == "OTP 1"
    with pytest.raises(InvalidSignature):
        open_token(result[0].message, key + "!", iterations=10)


def test_each_ciphertext_opens_to_what_was_sent_at_the_real_iteration_count() -> None:
    """The proof of the project, at the gateway's own cost."""
    texts = ["OTP 482913", "သင်၏ကုဒ် ၄၈၂၉၁၃"]
    with (
        Sandbox() as sandbox,
        Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client,
    ):
        bulk = client.send_bulk(
            OutgoingMessage(NUMBERS[row], text, "SMSPoh", encrypt=True)
            for row, text in enumerate(texts)
        )
    keys = [result.encrypt_key or "" for result in bulk]
    entries = [result[0] for result in bulk]
    for entry, text, key in zip(entries, texts, keys, strict=True):
        assert open_token(entry.message, key) == text
    assert prove_batch(entries, texts, keys) == [True, True]
    assert prove_batch(entries, texts[::-1], keys) == [False, False]
    assert prove_batch(entries, texts, keys[::-1]) == [False, False]
    assert verify(entries[0], texts[0], keys[0])


def many(count: int, *, encrypt: Sequence[int] = ()) -> list[OutgoingMessage]:
    return [
        OutgoingMessage(f"0925{row:07}", f"text {row}", "SMSPoh", encrypt=row in encrypt, test=True)
        for row in range(count)
    ]


def test_bulk_is_split_and_comes_back_in_the_callers_order(client: Client) -> None:
    bulk = client.send_bulk(many(205))
    assert [result[0].message for result in bulk] == [f"text {row}" for row in range(205)]
    assert [result[0].to for result in bulk] == [f"95925{row:07}" for row in range(205)]
    assert bulk.unmatched == ()


def test_bulk_keeps_the_recipients_of_a_message_together(client: Client) -> None:
    bulk = client.send_bulk(
        [
            OutgoingMessage(NUMBERS, "to three", "SMSPoh"),
            OutgoingMessage("09250000001", "to one", "Second"),
        ]
    )
    assert [len(result) for result in bulk] == [3, 1]
    assert bulk[1][0].sender == "Second"
    assert [entry.message for entry in bulk.messages] == ["to three"] * 3 + ["to one"]


@pytest.mark.parametrize("bulk_encrypt", [False, True])
def test_encrypted_messages_among_plain_ones_keep_their_places(
    sandbox: Sandbox, bulk_encrypt: bool
) -> None:
    profile = GatewayProfile(envelope=QUICK, bulk_encrypt=bulk_encrypt, bulk_messages_max=3)
    messages = many(8, encrypt=[1, 2, 7])
    with Client(
        sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, profile=profile
    ) as client:
        bulk = client.send_bulk(messages)
    for row, (message, result) in enumerate(zip(messages, bulk, strict=True)):
        assert result[0].encrypted == message.encrypt
        text = result[0].message
        if message.encrypt:
            text = open_token(text, result.encrypt_key or "", iterations=10)
        assert text == f"text {row}"
    keys = [result.encrypt_key for result in bulk if result.encrypt_key]
    assert len(set(keys)) == 3


def test_no_messages_are_no_request(client: Client) -> None:
    assert len(client.send_bulk([])) == 0


class Watched(httpx2.HTTPTransport):
    """The real transport, and a word before each request."""

    def __init__(self, watch: Callable[[int], None]) -> None:
        super().__init__()
        self._watch = watch

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._watch(len(request.content))
        return super().handle_request(request)


def test_a_bulk_that_fails_part_way_says_what_was_accepted() -> None:
    """The gateway goes away after the first of three requests: nothing accepted is lost."""
    messages = many(5)
    profile = GatewayProfile(bulk_messages_max=2)
    sandbox = Sandbox()
    asked: list[int] = []

    def watch(length: int) -> None:
        asked.append(length)
        if len(asked) == 2:
            sandbox.stop()

    with (
        Client(
            sandbox.api_key,
            sandbox.api_secret,
            base_url=sandbox.base_url,
            profile=profile,
            transport=Watched(watch),
            retry=NO_RETRY,
        ) as client,
        pytest.raises(TransportError) as failed,
    ):
        client.send_bulk(messages)
    error = failed.value
    assert [result[0].message for result in error.results] == ["text 0", "text 1"]
    assert all(result[0].accepted for result in error.results)
    assert error.rows == range(2, 4)
    assert len(asked) == 2  # the third request was never made, and none was repeated
    assert len(sandbox.gateway.ledger.find(ALL)) == 2


def test_a_bulk_with_a_wrong_message_sends_nothing(client: Client, sandbox: Sandbox) -> None:
    before = len(sandbox.gateway.ledger.find(ALL))
    messages = [*many(2), OutgoingMessage("09250000001", "", "SMSPoh")]
    with pytest.raises(ArgumentError, match=r"messages\[2\]: message is empty"):
        client.send_bulk(messages)
    assert len(sandbox.gateway.ledger.find(ALL)) == before


def test_the_history_is_filtered_and_paged() -> None:
    now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # already the 24th in Yangon
    settings = SandboxSettings(envelope=QUICK, clock=lambda: now)
    with (
        Sandbox(settings=settings) as sandbox,
        Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client,
    ):
        client.send_bulk(many(45))
        client.send("+66812345678", "abroad", "Second")
        client.send("09770000001", "needle 100%&=", "Second")
        first = client.messages()
        assert (first.records, first.limit, first.start, first.page) == (47, 20, 0, 1)
        assert first.messages[0].message == "needle 100%&="
        seen: list[Message] = []
        page: int | None = 1
        while page is not None:
            found = client.messages(page=page)
            seen += found.messages
            page = found.next_page
        assert len({entry.message_id for entry in seen}) == 47
        assert client.messages(limit=50).next_page is None
        assert client.messages(sender="Second").records == 2
        assert client.messages(to="09770000001").records == 1
        assert client.messages(to="+959250000003").records == 1
        assert client.messages(message="needle 100%&=").records == 1
        assert client.messages(created_from=date(2026, 11, 24)).records == 47
        assert client.messages(created_to=date(2026, 11, 23)).records == 0
        assert client.messages(created_from=now, created_to=now).records == 47


def test_the_history_holds_ciphertext_and_no_key(client: Client) -> None:
    result = client.send(
        "09250009999", "secret text", "SMSPoh", encrypt=True, client_reference="hist-1"
    )
    [entry] = [
        entry
        for entry in client.messages(to="09250009999").messages
        if entry.client_reference == "hist-1"
    ]
    assert entry.message == result[0].message
    assert entry.encrypted
    assert entry.encrypt_key is None
    assert result.encrypt_key is not None
    assert result.encrypt_key not in str(entry.raw)
    assert verify(entry, "secret text", result.encrypt_key, profile=QUICK)


def test_wrong_credentials_name_all_four_causes(sandbox: Sandbox) -> None:
    with (
        Client(sandbox.api_key, "wrong", base_url=sandbox.base_url) as client,
        pytest.raises(AuthError) as failed,
    ):
        client.balance()
    said = str(failed.value)
    for cause in ("key or secret", "whitelist", "another product", "expired"):
        assert cause in said
    assert failed.value.response is not None
    assert failed.value.response.status == 401


def test_a_field_that_the_gateway_refuses_is_named(sandbox: Sandbox) -> None:
    """Booleans in the flags, as the specification's table has them, are refused."""
    profile = GatewayProfile(flags="boolean")
    with (
        Client(
            sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, profile=profile
        ) as client,
        pytest.raises(InvalidRequestError, match=r"test: Test must be a number\.") as failed,
    ):
        client.send("09250000001", "x", "SMSPoh", test=True)
    assert failed.value.fields == {"test": "Test must be a number."}


def test_one_client_serves_many_threads(client: Client) -> None:
    results: dict[int, str] = {}

    def work(row: int) -> None:
        [entry] = client.send("09250000001", f"thread {row}", "SMSPoh", test=True)
        results[row] = entry.message

    threads = [threading.Thread(target=work, args=(row,)) for row in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {row: f"thread {row}" for row in range(12)}


def test_a_closed_client_refuses_and_may_be_closed_again(sandbox: Sandbox) -> None:
    client = Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url)
    client.close()
    client.close()
    with pytest.raises(ArgumentError, match="closed"):
        client.balance()
    assert repr(client) == f"<Client {sandbox.base_url} closed>"


def test_proof_is_false_for_what_cannot_be_proven(client: Client) -> None:
    plain, refused = client.send(["09250000001", "09720000001"], "text", "SMSPoh")
    key = "a key of the caller's own making 42"
    assert prove_batch([plain, refused], ["text", "text"], key, profile=QUICK) == [False, False]
    assert prove_batch([], [], key) == []
    [sealed] = client.send("09250000001", "text", "SMSPoh", encrypt=True, encrypt_key=key)
    assert verify(sealed, "text", key, profile=QUICK)
    assert not verify(sealed, "text", None, profile=QUICK)
    assert not verify(sealed, "Text", key, profile=QUICK)
    assert prove_batch([sealed, sealed], ["text"] * 2, [key, None], profile=QUICK) == [True, False]


@pytest.mark.parametrize(("texts", "keys"), [(["a"], "k"), (["a", "b"], ["k"]), ("ab", "k")])
def test_proof_needs_as_many_texts_and_keys_as_entries(
    client: Client, texts: Sequence[str], keys: str | list[str]
) -> None:
    entries = client.send(["09250000001", "09770000001"], "text", "SMSPoh")
    with pytest.raises(ArgumentError, match="2 entries need 2 texts"):
        prove_batch(entries, texts, keys, profile=QUICK_PROFILE.envelope)


@pytest.mark.parametrize("where", ["/nowhere/at/all.pem", __file__])
def test_certificates_that_cannot_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", where)
    with pytest.raises(ArgumentError, match="SSL_CERT_FILE or SSL_CERT_DIR must name"):
        Client("key", "secret")
