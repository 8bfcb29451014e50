"""Every error that smspoh raises.

::

    SmspohError
      BugError                    a fault of smspoh itself: please report it
      ArgumentError               (ValueError) a value that the call cannot take
      KdfError                    iterations or length outside RFC 8018
      EntropyError                the operating system gave no random bytes
      OutOfMemoryError            (MemoryError) no memory for a batch of this size
      CancelledError              a long call was stopped
      EnvelopeError
        MalformedEnvelope         not the message format at all
        DecryptError              a wrong key or a changed message
      NumberError                 (ValueError) a single number that was refused
      ReceiptError                (ValueError) no receipt, or not one of this message
      GatewayError                .request .response .maybe_sent
        TransportError            no reply
        RejectedError             4xx
          AuthError               401, 403
          RateLimitedError        429; .retry_after_s
          InvalidRequestError     400, 422; .fields
        ServerError               5xx
        ProtocolError             a reply that does not parse
      OutboxError                 the journal of an outbox cannot do it
        EnqueueError              rows were not taken in; .rows_committed .rows_unsure
        JournalLocked             another process has it open
        JournalCorrupt            it is damaged, or not a journal
        JournalVersion            it is of a later release

A *call* that cannot be done raises one of these. A *row* of a batch never
does: it gets a verdict. No message holds a key, a phone number or the text of
an SMS. A value of the wrong Python type raises the built-in ``TypeError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .gateway.models import Request, Response
    from .gateway.results import SendResult
    from .phone import Verdict


_UNDECIDED = frozenset({408, 409})  # Request Timeout, Conflict; RFC 9110, 15.5


class SmspohError(Exception):
    """Base class of every error of this library. Each one can be pickled and copied."""

    def __reduce__(self) -> tuple[Callable[..., SmspohError], tuple[Any, ...]]:
        # Exception's own way calls the class with `args` alone, which a class
        # that demands keywords refuses: a worker process would then die of the
        # error it wanted to report.
        return _rebuilt, (type(self), self.args, dict(self.__dict__))


def _rebuilt(cls: type[SmspohError], args: tuple[Any, ...], state: dict[str, Any]) -> SmspohError:
    # Not cls.__new__: of two bases it would take that of MemoryError, which refuses.
    error = BaseException.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class BugError(SmspohError):
    """A fault of smspoh itself. Please report it, with the traceback."""

    status: ClassVar[int] = 901


class ArgumentError(SmspohError, ValueError):
    """A value that the call cannot take."""

    status: ClassVar[int] = 101


class KdfError(SmspohError):
    """An iteration count or a length that RFC 8018 does not allow."""

    status: ClassVar[int] = 201


class EntropyError(SmspohError):
    """The operating system gave no random bytes."""

    status: ClassVar[int] = 501


class OutOfMemoryError(SmspohError, MemoryError):
    """There is not enough memory for a batch of this size; a smaller one may fit."""

    status: ClassVar[int] = 502


class CancelledError(SmspohError):
    """A long call was stopped, and nothing of its result is there.

    Python raises instead what stopped it: what `progress` raised, or `KeyboardInterrupt`.
    """

    status: ClassVar[int] = 503


class EnvelopeError(SmspohError):
    """An encrypted message that could not be opened."""


class MalformedEnvelope(EnvelopeError):  # noqa: N818 - the name is part of the design
    """Not the message format at all. Depends on public bytes only."""

    status: ClassVar[int] = 301


class DecryptError(EnvelopeError):
    """A wrong key or a changed message; the two cannot be told apart."""

    status: ClassVar[int] = 302


class NumberError(SmspohError, ValueError):
    """A single phone number that was refused.

    Attributes:
        verdict: why, as a `smspoh.Verdict`.
    """

    def __init__(self, message: str, *, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


class ReceiptError(SmspohError, ValueError):
    """A request that is no receipt, or a receipt that is not one of this message."""


class GatewayError(SmspohError):
    """A call to the gateway that did not succeed.

    Attributes:
        request: the request as it was sent, without credentials; its repr hides
            number, text and key.
        response: the reply, or None when there was none.
        maybe_sent: whether the request may have been carried out all the same,
            so that sending it again may send twice. False: surely not.
        results: of a call of several requests, what the requests before this
            one came to: one `SendResult` for each of the first messages, in the
            caller's order. Empty for a call of one request.
        encrypt_key: the key of the encrypted message that a failed /send carried,
            whoever made it: if it was sent, the gateway may not say it again.
        rows: of a call of several requests, the positions of the messages that
            the failed request carried; later ones were never sent. None for a
            call of one request.
        references: the client references of those messages, in order.
        client_reference: of a /send, the message's own, whoever made it:
            `Client.find` looks for it in the history.
        attempts: requests that were made, the first included.
    """

    results: tuple[SendResult, ...] = ()
    rows: range | None = None
    references: tuple[str, ...] = ()
    client_reference: str | None = None
    encrypt_key: str | None = None
    attempts: int = 1

    def __init__(
        self, message: str, *, request: Request | None = None, response: Response | None = None
    ) -> None:
        super().__init__(message)
        self.request = request
        self.response = response
        self.maybe_sent = True


class TransportError(GatewayError):
    """No reply came. `maybe_sent` is False when no byte of the request left."""

    def __init__(
        self,
        message: str,
        *,
        maybe_sent: bool,
        request: Request | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(message, request=request, response=response)
        self.maybe_sent = maybe_sent


class RejectedError(GatewayError):
    """The gateway refused the request (4xx).

    `maybe_sent` is False, but for 408 and 409: those do not say what became of it.
    """

    def __init__(
        self, message: str, *, request: Request | None = None, response: Response | None = None
    ) -> None:
        super().__init__(message, request=request, response=response)
        self.maybe_sent = response is not None and response.status in _UNDECIDED


class AuthError(RejectedError):
    """The gateway refused the credentials (401 or 403)."""


class RateLimitedError(RejectedError):
    """Too many requests (429).

    Attributes:
        retry_after_s: seconds to wait, or None when the gateway did not say.
        limit: requests allowed in the gateway's period, or None.
        remaining: requests left in that period, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None,
        limit: int | None = None,
        remaining: int | None = None,
        request: Request | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(message, request=request, response=response)
        self.retry_after_s = retry_after_s
        self.limit = limit
        self.remaining = remaining


class InvalidRequestError(RejectedError):
    """The gateway found a field wrong (400 or 422).

    Attributes:
        fields: the gateway's own complaint for each field it named, word for
            word: it may repeat what was sent.
    """

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str],
        request: Request | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(message, request=request, response=response)
        self.fields = dict(fields)


class ServerError(GatewayError):
    """The gateway failed (5xx). The request may have been carried out."""


class ProtocolError(GatewayError):
    """A reply that is not what the specification says: a redirect, HTML, a cut-off body.

    The request may have been carried out.
    """


class OutboxError(SmspohError):
    """The journal of an outbox could not do what was asked: a full disk, say, or a wrong key."""


class EnqueueError(OutboxError):
    """Rows could not be taken in: one is wrong, their source failed, or the journal did.

    Attributes:
        rows_committed: how many rows, from the first, are in the journal for good. To go
            on, enqueue again from there.
        rows_unsure: how many after those may be there too, because the disk failed so
            that nobody can tell before the journal is opened again. Nearly always 0.
    """

    def __init__(self, message: str, *, rows_committed: int, rows_unsure: int = 0) -> None:
        super().__init__(message)
        self.rows_committed = rows_committed
        self.rows_unsure = rows_unsure


class JournalLocked(OutboxError):  # noqa: N818 - the name is part of the design
    """Another process, or another part of this one, has the journal open."""


class JournalCorrupt(OutboxError):  # noqa: N818 - the name is part of the design
    """The journal is damaged, or is not one. No row of it was changed."""


class JournalVersion(OutboxError):  # noqa: N818 - the name is part of the design
    """The journal is of a later release than this one."""
