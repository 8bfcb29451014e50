"""An independent reader of encrypted messages: `cryptography` alone, nothing of smspoh.

Source: yii\\base\\Security::decryptByPassword, as docs/spec/envelope.md has it.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC


def salt_of(token: str) -> bytes:
    """Return the salt of an encrypted message."""
    return base64.b64decode(token, validate=True)[:16]


def open_token(token: str, key: str, *, iterations: int = 100_000) -> str:
    """Return the text; raise InvalidSignature for a wrong key or a changed message."""
    raw = base64.b64decode(token, validate=True)
    salt, mac, iv, sealed = raw[:16], raw[16:80], raw[80:96], raw[96:]
    derived = PBKDF2HMAC(hashes.SHA256(), 16, salt, iterations).derive(key.encode())
    auth = HKDF(hashes.SHA256(), 16, None, b"AuthorizationKey").derive(derived)
    signer = hmac.HMAC(auth, hashes.SHA256())
    signer.update(iv + sealed)
    signer.verify(bytes.fromhex(mac.decode("ascii")))
    reader = Cipher(algorithms.AES(derived), modes.CBC(iv)).decryptor()
    padded = reader.update(sealed) + reader.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode()
