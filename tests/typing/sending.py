"""A program that sends, as a user would write it. Checked by mypy and pyright, strictly."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import assert_type

from smspoh import AsyncClient, Client, GatewayError, RateLimitedError, TransportError
from smspoh.gateway import (
    NO_RETRY,
    Attempt,
    Balance,
    BulkResult,
    Message,
    OutgoingMessage,
    Page,
    Proof,
    RawResult,
    Response,
    RetryPolicy,
    SendResult,
    derive_encrypt_key,
    new_reference,
    reference_time,
)

MASTER_KEY = bytes(32)


def noted(attempt: Attempt) -> None:
    print(attempt.method, attempt.path, attempt.number, attempt.status, attempt.retry_in_s)


def key_of(entry: Message) -> str | None:
    reference = entry.client_reference
    return None if reference is None else derive_encrypt_key(MASTER_KEY, reference)


def send_code(client: Client, to: str, code: str) -> bool:
    """Send one code, and say whether it was accepted."""
    reference = new_reference()
    try:
        result = client.send(
            to,
            f"Your code is {code}",
            "SMSPoh",
            encrypt=True,
            client_reference=reference,
            scheduled_at=datetime.now(UTC) + timedelta(minutes=1),
        )
    except RateLimitedError as error:
        assert_type(error.retry_after_s, float | None)
        return False
    except TransportError as error:
        assert_type(error.maybe_sent, bool)
        found = client.find(reference, to=to)
        assert_type(found, tuple[Message, ...])
        return bool(found)
    except GatewayError as error:
        assert_type(error.client_reference, str | None)
        assert_type(error.attempts, int)
        raise
    assert_type(result, SendResult)
    assert_type(result.proof, Proof | None)
    assert_type(result[0], Message)
    assert_type(result[0].text, str | None)
    return bool(result.accepted) and bool(result.proof)


def read_all(client: Client) -> Iterator[str]:
    for entry in client.iter_messages(created_from=date(2026, 11, 1), keys=key_of):
        assert_type(entry, Message)
        if entry.text is not None:
            yield entry.text
    page = client.messages(20, 1, to="09250000001", keys={"reference": "key"})
    assert_type(page, Page)
    raw = client.with_raw_response.send("09250000001", "text", "SMSPoh")
    assert_type(raw, RawResult[SendResult])
    assert_type(raw.responses, tuple[Response, ...])
    assert_type(client.with_raw_response.balance().value, Balance)


async def send_many(client: AsyncClient, messages: list[OutgoingMessage]) -> int:
    result = await client.send_bulk(messages)
    assert_type(result, BulkResult)
    assert_type(await client.balance(), Balance)
    assert_type(await client.find("reference"), tuple[Message, ...])
    assert_type(await client.with_raw_response.send_bulk(messages), RawResult[BulkResult])
    history = client.iter_messages(1000)
    assert_type(history.next_page, int | None)
    assert_type(aiter(history), AsyncIterator[Message])
    return sum([1 async for entry in history if entry.status.is_final])


def main() -> None:
    retry = RetryPolicy(attempts_max=3, deadline_s=20.0)
    context = ssl.create_default_context(cafile="bank.pem")
    with Client(
        "key",
        "secret",
        timeout=10,
        retry=retry,
        master_key=MASTER_KEY,
        receipt_hosts=["receipts.bank.internal"],
        hooks=[noted],
        connections_max=16,
        http2=True,
        proxy="http://proxy.bank.example:3128",
        ssl_context=context,
    ) as client:
        send_code(client, "09250000001", "123456")
    assert_type(reference_time(new_reference()), datetime | None)
    Client("key", "secret", retry=NO_RETRY).close()


# What is wrong must not pass.
def wrong(client: Client, awaiting: AsyncClient) -> None:
    client.send(9250000001, "text", "SMSPoh")  # type: ignore[arg-type]
    client.send("09250000001", "text")  # type: ignore[call-arg]
    client.send("09250000001", "text", "SMSPoh", secret=True)  # type: ignore[call-arg]
    client.find(None)  # type: ignore[arg-type]
    awaiting.send("09250000001", "text", "SMSPoh").messages  # type: ignore[attr-defined]  # noqa: B018
