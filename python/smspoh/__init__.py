"""SMSPoh for Python, with a Rust core.

- Keys and messages: `derive_key`, `encrypt`, `decrypt` and their `_batch` forms.
- Phone numbers: `normalize`, `normalize_batch`.
- Texts: `segments`, `cost`, `detect_zawgyi`, `zawgyi_to_unicode`.
        # The clients cost the import of httpx2, and the outbox that of cryptography, so
        # they are loaded when they are asked for; likewise the version, which is in the
        # files of the installed package.
        if name in ("Client", "AsyncClient"):
            from .gateway import client  # noqa: PLC0415

            globals()[name] = found = getattr(client, name)
            return found
        if name == "Outbox":
            from .outbox import Outbox  # noqa: PLC0415

            globals()["Outbox"] = Outbox
            return Outbox
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .envelope import (
    YII2,
    DerivedSalt,
    EnvelopeBatch,
    EnvelopeProfile,
    EnvelopeVerdict,
    WeakKeyWarning,
    decrypt,
    decrypt_batch,
    decrypt_bytes,
    decrypt_bytes_batch,
    encrypt,
    encrypt_batch,
    generate_encrypt_key,
)
from .errors import (
    ArgumentError,
    AuthError,
    BugError,
    CancelledError,
    DecryptError,
    EnqueueError,
    EntropyError,
    EnvelopeError,
    GatewayError,
    InvalidRequestError,
    JournalCorrupt,
    JournalLocked,
    JournalVersion,
    KdfError,
    MalformedEnvelope,
    NumberError,
    OutboxError,
    OutOfMemoryError,
    ProtocolError,
    RateLimitedError,
    ReceiptError,
    RejectedError,
    ServerError,
    SmspohError,
    TransportError,
)
from .kdf import backends, derive_key, derive_key_batch
from .phone import (
    Kind,
    Operator,
    PhoneBatch,
    PhoneNumber,
    RefusedNumber,
    Verdict,
    normalize,
    normalize_batch,
)
from .text import (
    Cost,
    Detection,
    DetectionBatch,
    Encoding,
    FontEncoding,
    Segments,
    SegmentsBatch,
    ZawgyiWarning,
    cost,
    detect_zawgyi,
    detect_zawgyi_batch,
    segments,
    segments_batch,
    to_gsm7,
    to_gsm7_batch,
    unicode_to_zawgyi,
    unicode_to_zawgyi_batch,
    zawgyi_to_unicode,
    zawgyi_to_unicode_batch,
)

if TYPE_CHECKING:
    from .gateway import AsyncClient as AsyncClient
    from .gateway import Client as Client
    from .outbox import Outbox as Outbox

    __version__: str

__all__ = [
    "YII2",
    "ArgumentError",
    "AsyncClient",
    "AuthError",
    "BugError",
    "CancelledError",
    "Client",
    "Cost",
    "DecryptError",
    "DerivedSalt",
    "Detection",
    "DetectionBatch",
    "Encoding",
    "EnqueueError",
    "EntropyError",
    "EnvelopeBatch",
    "EnvelopeError",
    "EnvelopeProfile",
    "EnvelopeVerdict",
    "FontEncoding",
    "GatewayError",
    "InvalidRequestError",
    "JournalCorrupt",
    "JournalLocked",
    "JournalVersion",
    "KdfError",
    "Kind",
    "MalformedEnvelope",
    "NumberError",
    "Operator",
    "OutOfMemoryError",
    "Outbox",
    "OutboxError",
    "PhoneBatch",
    "PhoneNumber",
    "ProtocolError",
    "RateLimitedError",
    "ReceiptError",
    "RefusedNumber",
    "RejectedError",
    "Segments",
    "SegmentsBatch",
    "ServerError",
    "SmspohError",
    "TransportError",
    "Verdict",
    "WeakKeyWarning",
    "ZawgyiWarning",
    "backends",
    "cost",
    "decrypt",
    "decrypt_batch",
    "decrypt_bytes",
    "decrypt_bytes_batch",
    "derive_key",
    "derive_key_batch",
    "detect_zawgyi",
    "detect_zawgyi_batch",
    "encrypt",
    "encrypt_batch",
    "generate_encrypt_key",
    "normalize",
    "normalize_batch",
    "segments",
    "segments_batch",
    "to_gsm7",
    "to_gsm7_batch",
    "unicode_to_zawgyi",
    "unicode_to_zawgyi_batch",
    "zawgyi_to_unicode",
    "zawgyi_to_unicode_batch",
]


# A type checker must not see this: it would take every name for one of the module's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # The clients cost the import of httpx2, and the outbox that of cryptography, so
        # they are loaded when they are asked for; likewise the version, which is in the
        # files of the installed package.
        if name in ("Client", "AsyncClient"):
            from .gateway import client  # noqa: PLC0415

            globals()[name] = found = getattr(client, name)
            return found
        if name == "Outbox":
            from .outbox import Outbox  # noqa: PLC0415

            globals()["Outbox"] = Outbox
            return Outbox
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415

            return version("smspoh")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
