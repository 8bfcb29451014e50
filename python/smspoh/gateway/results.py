"""What the calls of a client come to, as values. No repr shows a number, a text or a key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from .models import Message

if TYPE_CHECKING:
    from decimal import Decimal

    from smspoh.errors import RejectedError

    from .attempt import Attempt
    from .models import Response

T = TypeVar("T")


class _Rows(Sequence[T]):
    """Be a sequence of what `_rows` returns."""

    __slots__ = ()

    @property
    @abstractmethod
    def _rows(self) -> tuple[T, ...]: ...

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)


@dataclass(frozen=True, slots=True)
class Proof:
    """Say of which entries the ciphertext opened to the text that was sent.

    It is true when all did, and there is at least one: then the gateway read the text
    right, and holds it only under that key.

    Attributes:
        proven: n booleans, one for each entry, in order.
    """

    proven: tuple[bool, ...]

    def __bool__(self) -> bool:
        return bool(self.proven) and all(self.proven)


@dataclass(frozen=True, slots=True)
class SendResult(_Rows[Message]):
    """Hold what one outgoing message came to: a sequence of its entries.

    Attributes:
        messages: one entry for each different recipient, as the gateway answered.
            A 2xx can hold refused entries: look at `accepted` of each.
        encrypt_key: the key of the message, whoever made it; None when not encrypted.
            The gateway gives it once and never again.
        missing: the recipients, as the caller wrote them, for whom the reply has
            no entry: what became of them is not known, they may have been sent to.
        unmatched: entries of the reply that name none of the recipients. Those of
            a bulk are on the `BulkResult`.
        text: the text as it was sent, which is not the caller's where Zawgyi was
            converted: `verify` needs this one.
        client_reference: what `Client.find` finds the message by.
        proof: of an encrypted message, that the ciphertexts of the reply open to its
            text; None when it is not encrypted, or no proof was asked for.
        rejection: of a bulk, why the gateway refused the request of this message
            alone (413, 422); its entries are refused ones. None otherwise.
    """

    messages: tuple[Message, ...]
    encrypt_key: str | None = None
    missing: tuple[str, ...] = ()
    unmatched: tuple[Message, ...] = ()
    text: str = ""
    client_reference: str | None = None
    proof: Proof | None = None
    rejection: RejectedError | None = None

    @property
    def accepted(self) -> tuple[Message, ...]:
        """The entries that the gateway took."""
        return tuple(entry for entry in self.messages if entry.accepted)

    @property
    def refused(self) -> tuple[Message, ...]:
        """The entries that the gateway did not take."""
        return tuple(entry for entry in self.messages if not entry.accepted)

    @property
    def _rows(self) -> tuple[Message, ...]:
        return self.messages

    def __repr__(self) -> str:
        odd = "".join(
            f" {name}={len(found)}"
            for name, found in (("missing", self.missing), ("unmatched", self.unmatched))
            if found
        )
        return f"<SendResult accepted={len(self.accepted)} refused={len(self.refused)}{odd}>"


@dataclass(frozen=True, slots=True)
class BulkResult(_Rows[SendResult]):
    """Hold what a bulk send came to: one `SendResult` a message, in the caller's order.

    Attributes:
        results: one for each message; `missing` of each names the recipients that
            the reply does not mention: they may have been sent to.
        unmatched: entries of the replies that belong to no message.
    """

    results: tuple[SendResult, ...]
    unmatched: tuple[Message, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """All entries, in the caller's order."""
        return tuple(entry for result in self.results for entry in result.messages)

    @property
    def _rows(self) -> tuple[SendResult, ...]:
        return self.results

    def __repr__(self) -> str:
        accepted = sum(len(result.accepted) for result in self.results)
        refused = sum(len(result.refused) for result in self.results)
        return f"<BulkResult messages={len(self.results)} accepted={accepted} refused={refused}>"


@dataclass(frozen=True, slots=True)
class Page(_Rows[Message]):
    """Hold one page of the history: a sequence of its entries, newest first.

    Attributes:
        messages: the entries of this page.
        page: the number of this page, from 1.
        limit: the page size that the gateway used.
        records: messages that match the filters, over all pages.
        start: the position of the first entry, from 0.
        links: the gateway's own links; they may lack the filters, so do not follow them.
        next_page: the number to ask for next, or None at the end.

    Source: SMSPoh API Specification 3.0, "Message History".
    """

    messages: tuple[Message, ...]
    page: int
    limit: int
    records: int
    start: int
    links: Mapping[str, str] = field(default_factory=dict, compare=False)
    next_page: int | None = None

    @property
    def _rows(self) -> tuple[Message, ...]:
        return self.messages

    def __repr__(self) -> str:
        return f"<Page {self.page} messages={len(self.messages)} records={self.records}>"


@dataclass(frozen=True, slots=True)
class Balance:
    """Hold what is left in the account.

    Attributes:
        amount: exact, as the gateway wrote it.
        currency: such as ``MMK``.
    """

    amount: int | Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RawResult(Generic[T]):
    """Hold what a call came to, beside the replies that it was read from.

    Attributes:
        value: what the call itself returns.
        responses: each reply of the gateway, in order, those of failed attempts too.
        attempts: each request that was made, in order.
    """

    value: T
    responses: tuple[Response, ...]
    attempts: tuple[Attempt, ...]
