"""The message format written again from `cryptography` alone, to test ours against."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

KEY_SIZES = {"AES-128-CBC": 16, "AES-192-CBC": 24, "AES-256-CBC": 32}


class RefusedError(Exception):
    """The message is not authentic."""


def _keys(key: bytes, salt: bytes, iterations: int, info: bytes) -> tuple[bytes, bytes]:
    size = len(salt)
    derived = PBKDF2HMAC(hashes.SHA256(), length=size, salt=salt, iterations=iterations).derive(key)
    auth = HKDF(hashes.SHA256(), length=size, salt=None, info=info).derive(derived)
    return derived, auth


def _mac(auth: bytes, covered: bytes) -> hmac.HMAC:
    mac = hmac.HMAC(auth, hashes.SHA256())
    mac.update(covered)
    return mac


def encrypt(
    text: bytes,
    key: bytes,
    cipher: str = "AES-128-CBC",
    iterations: int = 100_000,
    info: bytes = b"AuthorizationKey",
) -> str:
    padder = padding.PKCS7(128).padder()
    return encrypt_padded(padder.update(text) + padder.finalize(), key, cipher, iterations, info)


def encrypt_padded(
    padded: bytes,
    key: bytes,
    cipher: str = "AES-128-CBC",
    iterations: int = 100_000,
    info: bytes = b"AuthorizationKey",
) -> str:
    """Encrypt whole blocks that the caller padded, rightly or not."""
    salt, iv = os.urandom(KEY_SIZES[cipher]), os.urandom(16)
    derived, auth = _keys(key, salt, iterations, info)
    encryptor = Cipher(algorithms.AES(derived), modes.CBC(iv)).encryptor()
    covered = iv + encryptor.update(padded) + encryptor.finalize()
    mac = binascii.hexlify(_mac(auth, covered).finalize())
    return base64.b64encode(salt + mac + covered).decode("ascii")


def derived_salt(secret: bytes, context: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=16, salt=None, info=context).derive(secret)


def decrypt(
    token: str,
    key: bytes,
    cipher: str = "AES-128-CBC",
    iterations: int = 100_000,
    info: bytes = b"AuthorizationKey",
) -> bytes:
    raw = base64.b64decode(token, validate=True)
    size = KEY_SIZES[cipher]
    salt, mac, covered = raw[:size], raw[size : size + 64], raw[size + 64 :]
    derived, auth = _keys(key, salt, iterations, info)
    try:
        _mac(auth, covered).verify(binascii.unhexlify(mac))
    except InvalidSignature:
        raise RefusedError from None
    decryptor = Cipher(algorithms.AES(derived), modes.CBC(covered[:16])).decryptor()
    padded = decryptor.update(covered[16:]) + decryptor.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
