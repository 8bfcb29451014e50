"""What is secret in a journal, encrypted where it lies.

A sealed value is the id of its key (4 bytes), a nonce (12), the ciphertext and its tag
(16): 32 bytes more than what is in it. It opens only for the row and the purpose that it
was sealed for, so that rows cannot be swapped. AES-GCM-SIV, because a nonce that repeats,
as after a copy of a virtual machine, then tells no more than that two rows are equal.

Source: RFC 8452, AES-GCM-SIV; RFC 5869, HKDF.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smspoh.errors import ArgumentError, JournalCorrupt, OutboxError
from smspoh.gateway.secret import derive_encrypt_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEY_BYTES: Final = 32
ID_BYTES: Final = 4
NONCE_BYTES: Final = 12  # RFC 8452, 4
SEALED_BYTES_MORE: Final = ID_BYTES + NONCE_BYTES + 16
LOOKUP_BYTES: Final = 8  # of a recipient: enough to narrow, and each hit is opened and compared
UNIQUE_BYTES: Final = 16  # of a caller's key: nothing is compared after it

_BODY: Final = ID_BYTES + NONCE_BYTES


class KeyRing:
    """Hold the keys of a journal: the first seals, all of them open.

    Args:
        keys: each 32 bytes, the one in use first, those it took the place of after it.

    Raises:
        TypeError: a key is not bytes.
        ArgumentError: there is none, or one has another size.
        OutboxError: this build of `cryptography` lacks AES-GCM-SIV.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ArgumentError("a key ring needs a key")
        self._ciphers: dict[bytes, AESGCMSIV] = {}
        for key in keys:
            if not isinstance(key, bytes):
                raise TypeError(f"a key must be bytes, not {type(key).__name__}")
            if len(key) != KEY_BYTES:
                raise ArgumentError(f"a key has {len(key)} bytes; it must have {KEY_BYTES}")
            try:
                self._ciphers.setdefault(_id_of(key), AESGCMSIV(key))
            except UnsupportedAlgorithm:
                raise OutboxError(
                    "this build of cryptography has no AES-GCM-SIV; it needs OpenSSL 3.2 or later"
                ) from None
        self.first_id = _id_of(keys[0])
        self._first = self._ciphers[self.first_id]

    def seal(self, content: bytes, purpose: bytes) -> bytes:
        """Return content sealed under the first key, for one purpose."""
        nonce = os.urandom(NONCE_BYTES)
        return self.first_id + nonce + self._first.encrypt(nonce, content, purpose)

    def seal_batch(self, rows: Iterable[tuple[bytes, bytes]], count: int) -> list[bytes]:
        """Return content sealed for its purpose, row by row.

        Args:
            rows: content and purpose, `count` of them.
            count: how many.
        """
        # One call for all nonces: a call each costs a quarter of the sealing.
        nonces = os.urandom(NONCE_BYTES * count)
        encrypt, key_id = self._first.encrypt, self.first_id
        sealed = []
        for place, (content, purpose) in enumerate(rows):
            nonce = nonces[NONCE_BYTES * place : NONCE_BYTES * (place + 1)]
            sealed.append(key_id + nonce + encrypt(nonce, content, purpose))
        return sealed

    def is_first(self, sealed: bytes) -> bool:
        """Return whether a sealed value is under the first key."""
        return sealed[:ID_BYTES] == self.first_id

    def open(self, sealed: bytes, purpose: bytes) -> bytes:
        """Return what was sealed for a purpose.

        Raises:
            OutboxError: the ring does not have its key.
            JournalCorrupt: it was changed, or sealed for another row.
        """
        cipher = self._ciphers.get(sealed[:ID_BYTES])
        if cipher is None:
            raise OutboxError("the key of the journal, or of a row, is not among those given")
        try:
            return cipher.decrypt(sealed[ID_BYTES:_BODY], sealed[_BODY:], purpose)
        except (InvalidTag, ValueError):
            raise JournalCorrupt("a row of the journal was changed: it does not open") from None

    def __repr__(self) -> str:
        return f"<KeyRing keys={len(self._ciphers)}>"


class Secrets:
    """Derive what a journal needs from the one secret that it keeps sealed.

    That secret stays when keys are rotated, so what is derived can always be made again.

    Args:
        master: random bytes, at least 16.
    """

    def __init__(self, master: bytes) -> None:
        self._master = master
        # Keyed once and copied: the key is a block of BLAKE2b of its own.
        self._recipients = _keyed(_derived(master, b"smspoh recipients"), LOOKUP_BYTES)
        self._keys = _keyed(_derived(master, b"smspoh keys of rows"), UNIQUE_BYTES)

    def recipient(self, number_key: str) -> bytes:
        """Return what stands for a recipient in a column that can be searched."""
        started = self._recipients.copy()
        started.update(number_key.encode())
        return started.digest()

    def unique(self, key: str) -> bytes:
        """Return what stands for a caller's own key of a row."""
        started = self._keys.copy()
        started.update(key.encode())
        return started.digest()

    def encrypt_key(self, reference: str) -> str:
        """Return the key of an encrypted message, as `derive_encrypt_key` makes it."""
        return derive_encrypt_key(self._master, reference)

    def is_of(self, master: bytes) -> bool:
        """Return whether these are derived from a secret."""
        return hmac.compare_digest(master, self._master)

    def __repr__(self) -> str:
        return "<Secrets>"


def new_key() -> bytes:
    """Return 32 bytes of the operating system's, for a `KeyRing`."""
    return os.urandom(KEY_BYTES)


def written_key(key: bytes) -> str:
    """Return a key as it is written in files and variables: base64."""
    return base64.b64encode(key).decode()


def read_keys(written: str, *, where: str) -> KeyRing:
    """Return the ring that a text of keys in base64 makes, with commas or lines between.

    Args:
        written: the keys, the one in use first.
        where: how to call the source in an error.

    Raises:
        ArgumentError: none, or one that is not 32 bytes of base64.
    """
    keys = []
    for word in written.replace(",", " ").split():
        try:
            keys.append(base64.b64decode(word, validate=True))
        except (binascii.Error, ValueError):
            raise ArgumentError(f"{where} holds a key that is not base64") from None
    if not keys:
        raise ArgumentError(f"{where} is empty; it needs a key of {KEY_BYTES} bytes in base64")
    return KeyRing(keys)


def _id_of(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=ID_BYTES, person=b"smspoh key id").digest()


def _keyed(key: bytes, size: int) -> hashlib.blake2b:
    return hashlib.blake2b(key=key, digest_size=size)


def _derived(master: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)
