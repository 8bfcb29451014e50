"""Our client, with what it says to do when it cannot know: ask for the reference, then decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from smspoh import Client, GatewayError

SENDER: Final = "MyShop"
TO: Final = "09450000000"
KEY, SECRET = "key", "secret"


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold how long to look for a message, and how often to send one that is not there.

    Attributes:
        attempts: calls of `send`, at most, until the last error is raised.
        settle_s: as of `Client.find`: longer than the history may be behind.
    """

    attempts: int = 5
    settle_s: float = 1.0


DEFAULT: Final = Policy()


def send_once(
    client: Client, to: str, message: str, reference: str, policy: Policy = DEFAULT
) -> str:
    """Send a message that reaches the gateway once, and return its identifier there.

    What surely was not sent, the client itself tries again.

    Args:
        client: of the account.
        to: one number.
        message: the text.
        reference: of this message and of no other, ever.
        policy: how long to look and how often to send.

    Raises:
        GatewayError: the gateway refused it, or what became of it could not be learned.
    """
    for left in reversed(range(policy.attempts)):
        try:
            return str(client.send(to, message, SENDER, client_reference=reference)[0].message_id)
        except GatewayError as error:
            if not error.maybe_sent:
                raise
            found = client.find(reference, to=to, settle_s=policy.settle_s)
            if found:
                return str(found[0].message_id)
            if not left:
                raise
    raise AssertionError("the last attempt returns or raises")


def send(text: str) -> object:
    """Send as the other adapters do: a new client, its defaults, one message."""
    with Client(KEY, SECRET) as client:
        return send_once(client, TO, text, text.rpartition(" ")[2])


def send_alone(text: str) -> object:
    """Send likewise, and leave it to the caller what to do with an error."""
    with Client(KEY, SECRET) as client:
        return client.send(TO, text, SENDER, client_reference=text.rpartition(" ")[2])
