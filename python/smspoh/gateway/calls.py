"""What a client can be asked, once: each call checks its arguments and returns a flow.

`Client` and `AsyncClient` have these methods with these arguments; what they return
comes when the flow is driven to its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smspoh.errors import ArgumentError

from . import flow
from .arguments import (
    Allowed,
    checked_filter,
    checked_history_number,
    checked_message,
    checked_page,
    checked_reference,
    checked_sender,
    checked_settle_s,
    is_history_number,
    wire_date,
)
from .history import Cursor, Reading
from .models import OutgoingMessage
from .opening import checked_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from .attempt import Flow, Rules
    from .models import Message, ZawgyiChoice
    from .opening import Keys
    from .results import Balance, BulkResult, Page, SendResult


class Calls:
    """Hold what all calls of one client share."""

    __slots__ = ("allowed", "rules")

    def __init__(self, rules: Rules, allowed: Allowed) -> None:
        self.rules = rules
        self.allowed = allowed

    def check(self, message: OutgoingMessage) -> OutgoingMessage:
        """Return a message as it would go out."""
        return checked_message(message, self.rules.profile, self.allowed)

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
        prove: bool = True,
    ) -> Flow[SendResult]:
        """Send one text and return an entry for each different recipient.

        What surely was not sent is tried again, as the client's `RetryPolicy` says; what
        may have been sent never is.

        Args:
            to: one number or 1 to 100, each as 09..., 959... or + and a country
                code, digits alone. `smspoh.normalize` makes one of what people write.
                One that is there twice, in whatever form, is sent to once.
            message: the text, 1 to 6 parts.
            sender: a registered sender ID, 3 to 11 letters and digits or up to 13 digits.
            encrypt: have the gateway store and return the text encrypted.
            encrypt_key: the key for that; one that is weak gets a WeakKeyWarning. With
                None one is derived from the client's `master_key` and the reference, or
                made where there is none, and handed back as `encrypt_key` of the result.
            scheduled_at: an aware time to send at, to the second; None is now.
            unicode: True sends as UCS-2, also where GSM-7 would do; False says that the
                text is GSM-7, and is refused where it is not; None sends what it needs.
            test: send a test message.
            delivery_receipt_url: where the receipts of this message go: http or https to
                a public name, or to a host of the client's `receipt_hosts`.
            client_reference: a reference of yours, 1 to 50 characters; with None one of
                26 is made. `client_reference` of the result or the error has it.
            zawgyi: what is done with a text that is Zawgyi, which phones with Unicode
                show as rubble: "warn" sends it and gives a ZawgyiWarning, "convert" sends
                it as Unicode, "ignore" sends it without a word. One that only may be
                Zawgyi is never converted, and warned of unless it is ignored.
            prove: of an encrypted message, open the ciphertexts of the reply and say in
                `proof` whether they hold what was sent: one key derivation for each.

        Returns:
            The entries as the gateway answered. One that the gateway refused is
            an entry whose `accepted` is False, not an exception. Recipients whom
            the reply does not mention are in `missing`.

        Raises:
            TypeError: an argument has the wrong type.
            ArgumentError: an argument has a value that cannot be sent.
            TransportError: no reply; `maybe_sent` says whether it may have gone out.
                `find` asks the history what became of it.
            RejectedError: a 4xx, of which AuthError, RateLimitedError, InvalidRequestError.
            ServerError: a 5xx.
            ProtocolError: a reply that is not what the specification says.

        Warns:
            WeakKeyWarning: a key that cannot hold 80 bits.
            ZawgyiWarning: a text that is Zawgyi, or may be, and is sent as it is.

        Whatever is raised once the request was made, an interrupt too, holds the
        key of an encrypted message as `encrypt_key`, and `client_reference`.

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
        checked = checked_message(outgoing, self.rules.profile, self.allowed)
        return flow.send(checked, self.rules, prove=prove)

    def send_bulk(
        self, messages: Iterable[OutgoingMessage], *, prove: bool = True
    ) -> Flow[BulkResult]:
        """Send many texts and return a result for each, in the caller's order.

        The messages go out in order, in requests of up to the profile's
        `bulk_messages_max` and `bulk_bytes_max`; an encrypted one is a request of its own
        unless the profile says that bulk takes them. All are checked before the first
        goes. A request that is refused with 413 or 422 is sent again in halves, until the
        message that is wrong is alone: its result has a `rejection`, and the others go.

        Args:
            messages: n messages.
            prove: of encrypted messages, open the ciphertexts of the replies, all in one
                batch, and say in each `proof` whether they hold what was sent.

        Returns:
            n results.

        Raises:
            GatewayError: as `send` does. Any other failure stops the rest, and
                the error tells what was done: `results` holds one result for
                each message before the failed request, `rows` the positions of
                the messages in it and `references` their references. Later ones were
                not sent. A KeyboardInterrupt, and whatever else ends the call between the
                first request and the last reply, gets the same attributes, and `request`.

        Source: SMSPoh API Specification 3.0, "Send Bulk Message".
        """
        outgoing: list[OutgoingMessage] = []
        for row, message in enumerate(messages):
            try:
                outgoing.append(checked_message(message, self.rules.profile, self.allowed))
            except (ArgumentError, TypeError) as error:
                raise type(error)(f"messages[{row}]: {error}") from None
        return flow.send_bulk(outgoing, self.rules, prove=prove)

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
        keys: Keys | None = None,
    ) -> Flow[Page]:
        """Return one page of the history, newest first.

        Args:
            limit: the page size, one of 20, 50, 100, 500, 1000.
            page: from 1; `Page.next_page` is the one to ask for next.
            created_from: the first day, or an aware time on it.
            created_to: the last day, or an aware time on it.
            sender: a sender ID.
            to: a number of Myanmar; others cannot be filtered for.
            message: a piece of the stored text; the ciphertext of an encrypted one.
            keys: opens the encrypted entries, all in one batch, into `Message.text`: one
                key for all, a mapping from message id or client reference to key, or a
                function from entry to key or None. What does not open has the text None.

        Raises:
            TypeError, ArgumentError, GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Message History".
        """
        checked_page(limit, page, self.rules.profile)
        if keys is not None:
            checked_keys(keys)
        query = self._query(created_from, created_to, sender, to, message)
        return flow.messages(query, page, limit, self.rules, keys)

    def iter_messages(
        self,
        limit: int = 1000,
        page: int = 1,
        *,
        created_from: date | datetime | None = None,
        created_to: date | datetime | None = None,
        sender: str | None = None,
        to: str | None = None,
        message: str | None = None,
        keys: Keys | None = None,
    ) -> Reading:
        """Return an iterator over the history, newest first, each message once.

        It asks for a page when it needs one. When that fails it raises, and goes on with
        the same page when it is asked again; `next_page` is where another one can begin.

        Args:
            limit: the page size, one of 20, 50, 100, 500, 1000.
            page: the first page, from 1.
            created_from: the first day, or an aware time on it.
            created_to: the last day, or an aware time on it.
            sender: a sender ID.
            to: a number of Myanmar; others cannot be filtered for.
            message: a piece of the stored text; the ciphertext of an encrypted one.
            keys: opens the encrypted entries of a page in one batch, as of `messages`.

        Raises:
            TypeError, ArgumentError, GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Message History".
        """
        checked_page(limit, page, self.rules.profile)
        if keys is not None:
            checked_keys(keys)
        query = self._query(created_from, created_to, sender, to, message)

        def ask(at: int) -> Flow[Page]:
            return flow.messages(query, at, limit, self.rules, keys)

        return Reading(ask, Cursor(page))

    def find(
        self,
        reference: str,
        *,
        to: str | None = None,
        sender: str | None = None,
        created_from: date | datetime | None = None,
        created_to: date | datetime | None = None,
        settle_s: float = 0.0,
    ) -> Flow[tuple[Message, ...]]:
        """Return the entries of the history with this client reference, newest first.

        It is how to learn what became of a message whose reply was lost. The gateway
        cannot look for a reference, so the days around it are read; `to` and `sender`
        make that shorter.

        Called with `settle_s`, an empty answer means that the message was not sent, as far
        as can be known: the gateway may accept one later still, but then with the same
        reference, so that it shows.

        Args:
            reference: of `SendResult.client_reference` or `GatewayError.client_reference`.
            to: the number it went to; one outside Myanmar does not make it shorter.
            sender: the sender ID it went with.
            created_from: the first day; with neither day, the last two and, of a reference
                that holds a time, as those made here do, those around it.
            created_to: the last day.
            settle_s: seconds, 0 to 3600, to go on asking while the history has no such
                entry; 120 is careful. A reading that fails does not count, and the last of
                at least three whole ones begins when that time is over.

        Returns:
            One entry a recipient whom it was accepted for. More are copies. None means that
            the history does not have it: yet, if `settle_s` is 0.

        Raises:
            TypeError, ArgumentError, GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Message History".
        """
        checked_reference(reference, self.rules.profile)
        if to is not None and not is_history_number(to):
            to = None
        query = self._query(created_from, created_to, sender, to, None)
        return flow.find(reference, query, self.rules, checked_settle_s(settle_s))

    def balance(self) -> Flow[Balance]:
        """Return what is left in the account.

        Raises:
            GatewayError: as `send` does.

        Source: SMSPoh API Specification 3.0, "Get Account Balance".
        """
        return flow.balance(self.rules)

    def _query(
        self,
        created_from: date | datetime | None,
        created_to: date | datetime | None,
        sender: str | None,
        to: str | None,
        message: str | None,
    ) -> list[tuple[str, str]]:
        """Return the filters of the history in the gateway's names."""
        profile = self.rules.profile
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
        return query
