"""The engines of PBKDF2-HMAC-SHA256: ours and each rival, an adapter each.

An engine derives the key of each salt from one password, as its documentation says one
does. `test_kdf.py` and `compare.py` run these and no others.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import cffi
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import PBKDF2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

import smspoh

# Password, salts, iterations and the bytes of a key; the keys are in the order of the salts.
Derive = Callable[[bytes, Sequence[bytes], int, int], list[bytes]]

OURS: Final = "smspoh"
RIVALS_FOLDER: Final = Path(__file__).parents[1] / "target" / "rivals" / "release"


def ours(
    password: bytes,
    salts: Sequence[bytes],
    iterations: int,
    length: int,
    *,
    threads: int = 1,
    backend: str | None = None,
) -> list[bytes]:
    """Derive with smspoh; a salt alone goes through `derive_key`."""
    if len(salts) == 1:
        return [
            smspoh.derive_key(
                password, salts[0], iterations=iterations, length=length, backend=backend
            )
        ]
    return smspoh.derive_key_batch(
        [password] * len(salts),
        salts,
        iterations=iterations,
        length=length,
        threads=threads,
        backend=backend,
    )


def by_hashlib(
    password: bytes, salts: Sequence[bytes], iterations: int, length: int
) -> list[bytes]:
    """Derive with the standard library, which asks OpenSSL."""
    return [hashlib.pbkdf2_hmac("sha256", password, salt, iterations, length) for salt in salts]


def by_cryptography(
    password: bytes, salts: Sequence[bytes], iterations: int, length: int
) -> list[bytes]:
    """Derive with `cryptography`, which brings an OpenSSL of its own."""
    return [
        PBKDF2HMAC(hashes.SHA256(), length=length, salt=salt, iterations=iterations).derive(
            password
        )
        for salt in salts
    ]


def by_pycryptodome(
    password: bytes, salts: Sequence[bytes], iterations: int, length: int
) -> list[bytes]:
    """Derive with `pycryptodome`, which has a loop in C for SHA-256."""
    return [
        PBKDF2(password, salt, length, count=iterations, hmac_hash_module=SHA256) for salt in salts
    ]


@cache
def rivals() -> tuple[cffi.FFI, Any]:
    """Return the library of the Rust rivals, loaded; `make build-rivals` makes it."""
    ffi = cffi.FFI()
    signature = (
        "(const uint8_t *password, size_t size, const uint8_t *salts, size_t salt_size,"
        " size_t rows, uint32_t iterations, size_t length, uint8_t *out);"
    )
    phone_signature = (
        "(const uint8_t *data, const int64_t *offsets, size_t rows, uint8_t *e164,"
        " uint8_t *verdicts, uint8_t *kinds, uint8_t *regions);"
    )
    ffi.cdef("".join(f"void {name}{signature}" for name in RUST_RIVALS.values()))
    ffi.cdef("".join(f"void {name}{phone_signature}" for name in RUST_PHONE_RIVALS.values()))
    suffix = "dylib" if sys.platform == "darwin" else "so"
    library = RIVALS_FOLDER / f"librivals.{suffix}"
    if not library.exists():
        raise FileNotFoundError(f"{library.name} is not built; make build-rivals builds it")
    return ffi, ffi.dlopen(str(library))


def by_rust(
    function: str, password: bytes, salts: Sequence[bytes], iterations: int, length: int
) -> list[bytes]:
    """Derive with a function of `bench/rivals`: one call, one key after the other in it."""
    if len({len(salt) for salt in salts}) != 1:
        raise ValueError("the salts are of several sizes; the rivals take them side by side")
    ffi, library = rivals()
    out = ffi.new("uint8_t[]", len(salts) * length)
    derive = getattr(library, function)
    size = len(salts[0])
    derive(password, len(password), b"".join(salts), size, len(salts), iterations, length, out)
    keys = bytes(ffi.buffer(out))
    return [keys[at : at + length] for at in range(0, len(keys), length)]


# The name in the tables, which is the crate's, and the function of bench/rivals.
RUST_RIVALS: Final = {
    "pbkdf2": "rival_pbkdf2_crate",
    "ring": "rival_ring",
    "aws-lc-rs": "rival_aws_lc",
}

# They read phone numbers; `phone_engines.py` runs them.
RUST_PHONE_RIVALS: Final = {
    "rlibphonenumber (crate)": "rival_phone_rlibphonenumber",
    "phonenumber (crate)": "rival_phone_phonenumber",
    "phonelib (crate)": "rival_phone_phonelib",
}

# The first is what the others are compared with: the library, choosing for itself.
ENGINES: Final[dict[str, Derive]] = {
    OURS: ours,
    **{f"{OURS}, {name}": partial(ours, backend=name) for name in smspoh.backends()},
    "hashlib": by_hashlib,
    "cryptography": by_cryptography,
    "pycryptodome": by_pycryptodome,
    **{name: partial(by_rust, function) for name, function in RUST_RIVALS.items()},
}
