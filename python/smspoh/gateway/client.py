"""The synchronous client: a small driver of the flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from smspoh.errors import ArgumentError

from . import flow
from .arguments import (
    checked_filter,
    checked_history_number,
    checked_message,
    checked_page,
    checked_sender,
    wire_date,
)
from .models import Balance, BulkResult, OutgoingMessage, Page, SendResult
from .profile import GATEWAY_V3, GatewayProfile
from .wire import BASE_URL, TIMEOUT_S, Wire, authorization, checked_base_url, checked_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from types import TracebackType

    import httpx2

    from .flow import Flow, T
    from .models import ZawgyiChoice


class Client:
    """Send messages through the SMSPoh REST API v3 and ask about them.

    One client holds one pool of connections and may be used from many threads.
    It never sends a request twice and never follows a redirect. Use it in a
    ``with`` block, or `close` it.

    Args:
        api_key: from the account's page of API credentials.
        api_secret: the secret that belongs to it.
        base_url: https, or http to this machine itself (a sandbox).
        timeout: seconds, above 0, for each wait: to connect, to write, to read.
            The body of a reply must be complete within it, and the whole request
            with its reply within 4 times it. Not bounded: the system's look-up of
            the host's name. A host of several addresses gets one wait to connect
            for each. With a `transport` of your own, 4 times is not kept.
        profile: what the specification leaves open about the gateway.
        transport: an `httpx2.BaseTransport` to use instead of one that this
            client makes, for a proxy or for tests. The client closes it.

    Raises:
        ArgumentError: the credentials are empty, or base_url or timeout cannot be used.

    Source: SMSPoh API Specification 3.0.
    """

    __slots__ = ("_closed", "_profile", "_wire")

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        base_url: str = BASE_URL,
        timeout: float = TIMEOUT_S,
        profile: GatewayProfile = GATEWAY_V3,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._profile = profile
        self._wire = Wire(
            authorization(api_key, api_secret, profile),
            base_url=checked_base_url(base_url),
            timeout_s=checked_timeout(timeout),
            reply_bytes_max=profile.reply_bytes_max,
            transport=transport,
        )
        self._closed = False

    def send(
        self,
        to: str | Sequence[str],
        message: str,
        sender: str,
        *,
        encrypt: bool = False,
        encrypt_key: str | None = None,
        scheduled_at: datetime | None = None,
        unicode: bool | None = None,
        test: bool = False,
        delivery_receipt_url: str | None = None,
        client_reference: str | None = None,
        zawgyi: ZawgyiChoice = "warn",
    ) -> SendResult:
        """Send one text and return an entry for each different recipient.

        Args:
            to: one number or 1 to 100, each as 09..., 959... or + and a country
                code, digits alone. `smspoh.normalize` makes one of what people write.
            message: the text, 1 to 6 parts.
            sender: a registered sender ID, 3 to 11 letters and digits or up to 13 digits.
            encrypt: have the gateway store and return the text encrypted.
            encrypt_key: the key for that; one that is weak gets a WeakKeyWarning. With
                None one is made and handed back as `encrypt_key` of the result.
            scheduled_at: an aware time to send at, to the second; None is now.
            unicode: True sends as UCS-2, also where GSM-7 would do; False says that the
                text is GSM-7, and is refused where it is not; None sends what it needs.
            test: send a test message.
            delivery_receipt_url: where the receipts of this message go.
            client_reference: a reference of yours, 1 to 50 characters.
            zawgyi: what is done with a text that is Zawgyi, which phones with Unicode
                show as rubble: "warn" sends it and gives a ZawgyiWarning, "convert" sends
                it as Unicode, "ignore" sends it without a word. One that only may be
                Zawgyi is never converted, and warned of unless it is ignored.

        Returns:
            The entries as the gateway answered. One that the gateway refused is
            an entry whose `accepted` is False, not an exception. Recipients whom
            the reply does not mention are in `missing`.

        Raises:
            TypeError: an argument has the wrong type.
            ArgumentError: an argument has a value that cannot be sent.
            TransportError: no reply; `maybe_sent` says whether it may have gone out.
            RejectedError: a 4xx, of which AuthError, RateLimitedError, InvalidRequestError.
            ServerError: a 5xx.
            ProtocolError: a reply that is not what the specification says.

        Warns:
            WeakKeyWarning: a key that cannot hold 80 bits.
            ZawgyiWarning: a text that is Zawgyi, or may be, and is sent as it is.

        Whatever is raised once the request was made, an interrupt too, holds the
        key of an encrypted message as `encrypt_key`.

        Source: SMSPoh API Specification 3.0, "Send Message", "Send Encrypt Message".
        """
        outgoing = OutgoingMessage(
            to=to,
            message=message,
            sender=sender,
            encrypt=encrypt,
            encrypt_key=encrypt_key,
            scheduled_at=scheduled_at,
            unicode=unicode,
            test=test,
            delivery_receipt_url=delivery_receipt_url,
            client_reference=client_reference,
            zawgyi=zawgyi,
        )
        return self._run(flow.send(checked_message(outgoing, self._profile), self._profile))

    def send_bulk(self, messages: Iterable[OutgoingMessage]) -> BulkResult:
        """Send many texts and return a result for each, in the caller's order.

        The messages go out in order, in requests of up to the profile's
        `bulk_messages_max`; an encrypted one is a request of its own unless the
        profile says that bulk takes them. All are checked before the first goes.

        Args:
            messages: n messages.

        Returns:
            n results.

        Raises:
            GatewayError: as `send` does. A request that fails stops the rest, and
                the error tells what was done: `results` holds one result for
                each message before the failed request, `rows` the positions of
                the messages in it. Later ones were not sent. A KeyboardInterrupt,
                and whatever else ends the call between the first request and the
                last reply, gets the same attributes, and `request`.

        Source: SMSPoh API Specification 3.0, "Send Bulk Message".
        """
        outgoing: list[OutgoingMessage] = []
        for row, message in enumerate(messages):
            try:
                outgoing.append(checked_message(message, self._profile))
            except (ArgumentError, TypeError) as error:
                raise type(error)(f"messages[{row}]: {error}") from None
        return self._run(flow.send_bulk(outgoing, self._profile))

    def messages(
        self,
        limit: int = 20,
        page: int = 1,
        *,
        created_from: date | datetime | None = None,
        created_to: date | datetime | None = None,
        sender: str | None = None,
        to: str | None = None,
        message: str | None = None,
    ) -> Page:
        """Return one page of the history, newest first.

        Args:
            limit: the page size, one of 20, 50, 100, 500, 1000.
            page: from 1; `Page.next_page` is the one to ask for next.
            created_from: the first day, or an aware time on it.
            created_to: the last day, or an aware time on it.
            sender: a sender ID.
            to: a number of Myanmar; others cannot be filtered for.
            message: a piece of the stored text; the ciphertext of an encrypted one.

        Raises:
            TypeError, ArgumentError, GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Message History".
        """
        profile = self._profile
        checked_page(limit, page, profile)
        query: list[tuple[str, str]] = []
        if created_from is not None:
            first = wire_date("created_from", created_from, profile)
            query.append(("filterByCreatedDateFrom", first))
        if created_to is not None:
            last = wire_date("created_to", created_to, profile)
            if created_from is not None and last < first:
                raise ArgumentError("created_to is before created_from; no day is in between")
            query.append(("filterByCreatedDateTo", last))
        if sender is not None:
            query.append(("from", checked_sender(sender, profile)))
        if to is not None:
            query.append(("to", checked_history_number(to)))
        if message is not None:
            query.append(("message", checked_filter("message", message)))
        return self._run(flow.history(query, page, limit, profile))

    def balance(self) -> Balance:
        """Return what is left in the account.

        Raises:
            GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Get Account Balance".
        """
        return self._run(flow.balance())

    def close(self) -> None:
        """Close the connections; a later call raises ArgumentError. May be called twice."""
        self._closed = True
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        closed = " closed" if self._closed else ""
        return f"<Client {self._wire.base_url}{closed}>"

    def _run(self, calls: Flow[T]) -> T:
        """Drive a flow to its end: one request, one reply, in turn."""
        if self._closed:
            raise ArgumentError("the client is closed; make a new one")
        try:
            request = next(calls)
            while True:
                request = calls.send(self._wire.exchange(request))
        except StopIteration as done:
            result: T = done.value
            return result
        except BaseException as error:
            # An interrupt too: the flow puts on it what was done, and lets it go on.
            calls.throw(error)
            raise
