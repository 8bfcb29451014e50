"""Keys that can always be made again: one for each reference, out of one master key."""

from __future__ import annotations

import base64

from smspoh.errors import ArgumentError

from .conceal import concealed

MASTER_KEY_MIN = 16  # bytes: 128 bits
_KEY_BYTES = 24  # as `generate_encrypt_key` makes them: 192 bits, 32 characters
_INFO = b"smspoh encryptKey 1\x00"


@concealed
def derive_encrypt_key(master_key: bytes, reference: str) -> str:
    """Return the encryptKey of the message with this reference.

    A reply that is lost takes no key with it: whoever has the master key and the
    reference has the key.

    Args:
        master_key: at least 16 random bytes, such as `secrets.token_bytes(32)`.
        reference: the client reference of the message, not empty.

    Returns:
        32 characters that are safe everywhere, with 192 bits.

    Raises:
        TypeError: the master key is not bytes, or the reference not a str.
        ArgumentError: the master key is too short, or the reference empty.

    Source: RFC 5869, HKDF with SHA-256, no salt.
    """
    checked_master_key(master_key)
    if not isinstance(reference, str):
        raise TypeError(f"reference must be a str, not {type(reference).__name__}")
    if not reference:
        raise ArgumentError("reference is empty; a key is derived for one message")
    # What the journal at rest needs too, and costs the import of OpenSSL.
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    info = _INFO + reference.encode("utf-8", "surrogatepass")
    key = HKDF(SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(master_key)
    return base64.urlsafe_b64encode(key).decode("ascii")


def checked_master_key(master_key: object) -> bytes:
    """Return a master key that is long enough."""
    if not isinstance(master_key, bytes):
        raise TypeError(f"master_key must be bytes, not {type(master_key).__name__}")
    if len(master_key) < MASTER_KEY_MIN:
        raise ArgumentError(
            f"master_key has {len(master_key)} bytes; it must have at least {MASTER_KEY_MIN},"
            " random ones (secrets.token_bytes(32))"
        )
    return master_key
