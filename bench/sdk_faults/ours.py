"""Our client, with what it says to do when it cannot know: ask for the reference, then decide."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh import Client, GatewayError, RateLimitedError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

SENDER: Final = "MyShop"
TO: Final = "09450000000"
KEY, SECRET = "key", "secret"


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold how long to wait, and how often to try.

    Attributes:
        attempts: requests of each kind, at most, until the last error is raised.
        settle_s: from a failed request to the look at the history: longer than the history
            may be behind.
        sleep: waits so many seconds.
    """

    attempts: int = 5
    settle_s: float = 1.0
    sleep: Callable[[float], None] = time.sleep


DEFAULT: Final = Policy()


def send_once(
    client: Client, to: str, message: str, reference: str, policy: Policy = DEFAULT
) -> str:
    """Send a message that reaches the gateway once, and return its identifier there.

    Args:
        client: of the account.
        to: one number.
        message: the text.
        reference: of this message and of no other, ever.
        policy: how to wait and how often to try.

    Raises:
        GatewayError: the gateway refused it, or what became of it could not be learned.
    """
    for left in reversed(range(policy.attempts)):
        try:
            entry = client.send(to, message, SENDER, client_reference=reference)[0]
        except RateLimitedError as error:
            if not left:
                raise
            policy.sleep(error.retry_after_s or policy.settle_s)
        except GatewayError as error:
            if isinstance(error, RejectedError) and not error.maybe_sent:
                raise
            policy.sleep(policy.settle_s)
            if error.maybe_sent and (known := find(client, to, reference, policy)):
                return known
            if not left:
                raise
        else:
            return str(entry.message_id)
    raise AssertionError("the last attempt returns or raises")


def find(client: Client, to: str, reference: str, policy: Policy = DEFAULT) -> str | None:
    """Return the identifier of the message of a reference, or None where there is none."""
    page = 1
    failures = 0
    while True:
        try:
            found = client.messages(100, page, to=to)
        except GatewayError:
            failures += 1
            if failures == policy.attempts:
                raise
            policy.sleep(policy.settle_s)
            continue
        for message in found.messages:
            if message.client_reference == reference:
                return message.message_id
        if found.next_page is None:
            return None
        page = found.next_page


def send(text: str) -> object:
    """Send as the other adapters do: a new client, its defaults, one message."""
    with Client(KEY, SECRET) as client:
        return send_once(client, TO, text, text.rpartition(" ")[2])


def send_alone(text: str) -> object:
    """Send likewise, and leave it to the caller what to do with an error."""
    with Client(KEY, SECRET) as client:
        return client.send(TO, text, SENDER, client_reference=text.rpartition(" ")[2])
