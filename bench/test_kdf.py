"""PBKDF2-HMAC-SHA256: ours and the rivals, on one machine in one run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

import smspoh

if TYPE_CHECKING:
    from collections.abc import Callable

ITERATIONS = 100_000  # what a message costs
SALTS = [b"salt %011d" % row for row in range(8)]


def ours(salts: list[bytes]) -> list[bytes]:
    return smspoh.derive_key_batch(
        [b"password"] * len(salts), salts, iterations=ITERATIONS, length=16, threads=1
    )


def by_hashlib(salts: list[bytes]) -> list[bytes]:
    return [hashlib.pbkdf2_hmac("sha256", b"password", salt, ITERATIONS, 16) for salt in salts]


def by_cryptography(salts: list[bytes]) -> list[bytes]:
    return [
        PBKDF2HMAC(hashes.SHA256(), length=16, salt=salt, iterations=ITERATIONS).derive(b"password")
        for salt in salts
    ]


@pytest.mark.parametrize("engine", [ours, by_hashlib, by_cryptography], ids=lambda f: f.__name__)
@pytest.mark.parametrize("rows", [1, 8])
def test_derive(benchmark: Any, engine: Callable[[list[bytes]], list[bytes]], rows: int) -> None:
    benchmark.group = f"{rows} keys of {ITERATIONS} iterations, one thread"
    keys = benchmark.pedantic(engine, (SALTS[:rows],), rounds=5, warmup_rounds=1)
    assert keys == by_hashlib(SALTS[:rows])
