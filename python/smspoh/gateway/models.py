"""What goes to the gateway and what comes back, as values.

No repr here shows a phone number, the text of a message, a key or a credential:
a value may be logged, or end up in a traceback, by someone who did not think of
what is in it. The fields themselves are plain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, TypeAlias, get_args

from smspoh.phone import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

ZawgyiChoice: TypeAlias = Literal["warn", "convert", "ignore"]
_SHORT = 5  # characters; a shorter piece of a text is in a name by chance
ZAWGYI_CHOICES: Final[tuple[ZawgyiChoice, ...]] = get_args(ZawgyiChoice)


@dataclass(frozen=True, slots=True)
class Request:
    """Describe one HTTP request to the gateway, without credentials.

    Attributes:
        method: GET or POST.
        path: below the base URL, such as ``/send``.
        query: name and value pairs.
        body: the JSON text in UTF-8; empty for a GET.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        names = ", ".join(name for name, _ in self.query)
        asked = f" query=[{names}]" if names else ""
        return f"<Request {self.method} {self.path}{asked} [{len(self.body)} bytes]>"


@dataclass(frozen=True, slots=True)
class Response:
    """Describe one HTTP reply of the gateway.

    Attributes:
        status: the HTTP status code.
        headers: name and value pairs, names in lower case.
        body: the bytes as they came.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def __repr__(self) -> str:
        return f"<Response {self.status} [{len(self.body)} bytes]>"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Hold one text for one or more recipients.

    Attributes:
        to: a number or several, each as 09..., 959... or + and the country code.
        message: the text.
        sender: the registered sender ID.
        encrypt: the gateway stores and returns the text encrypted.
        encrypt_key: the key for that; with None the client makes one.
        scheduled_at: an aware time to send at, to the second; None is now.
        unicode: True sends as UCS-2, also where GSM-7 would do; False says that the text
            is GSM-7, and is refused where it is not; None sends what the text needs.
        test: a test message.
        delivery_receipt_url: where the receipts of this message go.
        client_reference: a reference of the caller's own, 1 to 50 characters, repeated
            in replies and in the history; with None the client makes one.
        zawgyi: what is done with a text that is Zawgyi: "warn" sends it and warns,
            "convert" sends it as Unicode, "ignore" sends it without a word.

    Source: SMSPoh API Specification 3.0, "Send Message".
    """

    to: str | Sequence[str]
    message: str
    sender: str
    encrypt: bool = False
    encrypt_key: str | None = None
    scheduled_at: datetime | None = None
    unicode: bool | None = None
    test: bool = False
    delivery_receipt_url: str | None = None
    client_reference: str | None = None
    zawgyi: ZawgyiChoice = "warn"

    def __repr__(self) -> str:
        # Not checked yet: a text may be where a sender or a flag should be.
        several = len(self.to) if isinstance(self.to, (list, tuple)) else 1
        return (
            f"<OutgoingMessage sender={_word(self.sender)} recipients={several}"
            f" encrypt={self.encrypt is True} client_reference={self.client_reference!r}>"
        )


class Status(str):
    """Name the state of a message: an open set of strings.

    A name that this release does not know survives unchanged. Names for one
    thing are one value: ``Status("Delivered") == Status.SUCCESS``.

    Source: SMSPoh API Specification 3.0, "Delivery Report".
    """

    __slots__ = ()

    ACCEPTED: ClassVar[Status]
    SENT: ClassVar[Status]
    PENDING: ClassVar[Status]
    SUCCESS: ClassVar[Status]
    REJECTED: ClassVar[Status]
    ERROR: ClassVar[Status]
    EXPIRED: ClassVar[Status]
    FAILED: ClassVar[Status]
    UNDELIVERED: ClassVar[Status]
    UNKNOWN: ClassVar[Status]

    def __new__(cls, name: str) -> Self:
        """Return the status of a name, one value for each thing it may be called."""
        return super().__new__(cls, _STATUS_NAMES.get(name.casefold(), name))

    @property
    def is_final(self) -> bool:
        """True when the gateway will not change this status again."""
        return self in _FINAL

    def __repr__(self) -> str:
        return f"Status({str(self)!r})"


_STATUS_NAMES = {
    "accepted": "Accepted",
    "sent": "Sent",
    "pending": "Pending",
    "success": "Success",
    "delivered": "Success",  # a newer page of the vendor's, for the same state
    "rejected": "Rejected",
    "error": "Error",
    "expired": "Expired",
    "failed": "Failed",
    "undelivered": "Undelivered",
}
Status.ACCEPTED = Status("Accepted")
Status.SENT = Status("Sent")
Status.PENDING = Status("Pending")
Status.SUCCESS = Status("Success")
Status.REJECTED = Status("Rejected")
Status.ERROR = Status("Error")
Status.EXPIRED = Status("Expired")
Status.FAILED = Status("Failed")
Status.UNDELIVERED = Status("Undelivered")
Status.UNKNOWN = Status("?")
_FAILED = frozenset(
    {Status.REJECTED, Status.ERROR, Status.EXPIRED, Status.FAILED, Status.UNDELIVERED}
)
_FINAL = _FAILED | {Status.SUCCESS}


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one entry of a reply: one SMS to one recipient.

    Attributes:
        message_id: the gateway's own id, or None where it gave none.
        message: the text; the ciphertext when `encrypted`; empty when refused.
        to: the number as the gateway wrote it, 959... for Myanmar.
        client_reference: the caller's reference, or None.
        scheduled_at, created_at, finished_at: aware times, or None.
        message_count: parts of the SMS, or None.
        sender: the sender ID.
        network: the gateway's name for the operator; see `operator`.
        type: the gateway's kind of message, such as ``sms.text``.
        status: the state at the time of the reply.
        test: a test message.
        encrypted: `message` is a ciphertext.
        encrypt_key: its key, in the reply to the send alone.
        error: the gateway's words for an entry that it refused, else None.
        opened: the text of an encrypted message, where its key was at hand.
        raw: the entry as it came.
    """

    message_id: str | None
    message: str
    to: str
    status: Status
    client_reference: str | None = None
    scheduled_at: datetime | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None
    message_count: int | None = None
    sender: str = ""
    network: str = ""
    type: str = ""
    test: bool = False
    encrypted: bool = False
    encrypt_key: str | None = None
    error: str | None = None
    opened: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def accepted(self) -> bool:
        """True when the gateway took the message and has not given it up for good.

        It says nothing of delivery. False: refused, or failed for good already
        (Rejected, Error, Expired, Failed, Undelivered).
        """
        return self.message_id is not None and self.error is None and self.status not in _FAILED

    @property
    def text(self) -> str | None:
        """The text: `message`, or what it opened to if `encrypted`; None where that is unknown."""
        return self.opened if self.encrypted else self.message

    @property
    def operator(self) -> Operator:
        """The operator that `network` names; UNKNOWN for a name that is not known."""
        return Operator.from_network(self.network)

    def __repr__(self) -> str:
        kind = " encrypted" if self.encrypted else ""
        hidden = [self.to, *re.findall(r"\w+", f"{self.message} {self.opened or ''}")]
        return (
            f"<Message {_word(self.message_id, hidden)} {_word(self.status, hidden)}"
            f" network={_word(self.network, hidden)} parts={self.message_count}{kind}>"
        )


def _word(value: object, hidden: Iterable[str] = ()) -> str:
    """Return a name for a repr, unless it is no name, or repeats a number or a text."""
    if value is None:
        return "None"
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.?-]{0,40}", value):
        return "(...)"
    if any(len(each) > _SHORT and each in value for each in hidden):
        return "(...)"
    return repr(str(value))


def as_recipients(to: str | Iterable[str]) -> tuple[str, ...]:
    """Return one number or several as a tuple."""
    return (to,) if isinstance(to, str) else tuple(to)
