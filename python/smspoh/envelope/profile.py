"""What sender and reader agree on, and where salts come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from smspoh._inputs import as_bytes, as_rows
from smspoh.errors import ArgumentError
from smspoh.kdf import check_options

if TYPE_CHECKING:
    from collections.abc import Sequence

Cipher = Literal["AES-128-CBC", "AES-192-CBC", "AES-256-CBC"]

KEY_SIZES: Final[dict[str, int]] = {  # bytes; FIPS 197
    "AES-128-CBC": 16,
    "AES-192-CBC": 24,
    "AES-256-CBC": 32,
}
SECRET_SIZE_MIN: Final = 16  # bytes; 128 bits, as for the keys themselves


@dataclass(frozen=True, slots=True)
class EnvelopeProfile:
    r"""What sender and reader agree on. The default is Yii2's.

    Attributes:
        cipher: "AES-128-CBC", "AES-192-CBC" or "AES-256-CBC".
        iterations: of PBKDF2, 1 to 2**32 - 1.
        info: HKDF's info for the MAC key.

    Raises:
        ArgumentError: another cipher.
        KdfError: iterations out of range.
        TypeError: a field of another type.

    Source: `yii\base\Security`, Yii 2.0.
    """

    cipher: Cipher = "AES-128-CBC"
    iterations: int = 100_000
    info: bytes = b"AuthorizationKey"

    def __post_init__(self) -> None:
        if not isinstance(self.cipher, str):
            raise TypeError(f"cipher must be a str, not {type(self.cipher).__name__}")
        if self.cipher not in KEY_SIZES:
            raise ArgumentError(f"cipher is {self.cipher!r}; it must be {' or '.join(KEY_SIZES)}")
        check_options(self.iterations, self.key_size)
        if not isinstance(self.info, bytes):
            raise TypeError(f"info must be bytes, not {type(self.info).__name__}")

    @property
    def key_size(self) -> int:
        """Bytes of the AES key and of the salt: 16, 24 or 32."""
        return KEY_SIZES[self.cipher]


YII2: Final = EnvelopeProfile()
"""Yii2's default profile, and the one assumed of SMSPoh."""


@dataclass(frozen=True, slots=True, repr=False)
class DerivedSalt:
    """Salts that come out the same when a message is encrypted again.

    Each salt is HKDF-SHA256 of the secret with the row's context as info. The
    initialization vector stays random.

    Attributes:
        secret: the job's secret, at least 16 bytes.
        contexts: n rows, each naming its message within the job; kept as bytes.

    Raises:
        ArgumentError: a secret under 16 bytes, two contexts that are alike, or a
            context that has no UTF-8 form.
        TypeError: a field of another type.

    Source: RFC 5869.
    """

    secret: bytes
    contexts: Sequence[str | bytes]

    def __post_init__(self) -> None:
        if not isinstance(self.secret, bytes):
            raise TypeError(f"secret must be bytes, not {type(self.secret).__name__}")
        if len(self.secret) < SECRET_SIZE_MIN:
            raise ArgumentError(
                f"secret has {len(self.secret)} bytes; it must have at least {SECRET_SIZE_MIN}"
            )
        contexts = tuple(
            bytes(as_bytes(context, "context", row))
            for row, context in enumerate(as_rows(self.contexts, "contexts"))
        )
        if len(set(contexts)) != len(contexts):
            raise ArgumentError("two contexts are alike; each message needs one of its own")
        object.__setattr__(self, "contexts", contexts)

    def __repr__(self) -> str:
        return f"<DerivedSalt for {len(self.contexts)} rows>"
