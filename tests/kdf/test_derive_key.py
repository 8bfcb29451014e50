"""`derive_key` and `derive_key_batch`, against two other implementations."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from hypothesis import given, settings
from hypothesis import strategies as st

import smspoh
from smspoh import derive_key, derive_key_batch

OUT_OF_RANGE = [0, -1, 2**32, 10**30]
NOT_AN_INT = [1.0, "1", None, True]


def by_hashlib(password: bytes, salt: bytes, iterations: int, length: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password, salt, iterations, length)


def by_cryptography(password: bytes, salt: bytes, iterations: int, length: int) -> bytes:
    kdf = PBKDF2HMAC(hashes.SHA256(), length=length, salt=salt, iterations=iterations)
    return kdf.derive(password)


@given(
    password=st.binary(max_size=200),
    salt=st.binary(max_size=200),
    iterations=st.integers(1, 300),
    length=st.integers(1, 200),
)
@settings(max_examples=2000)
def test_a_key_is_what_hashlib_and_cryptography_derive(
    password: bytes, salt: bytes, iterations: int, length: int
) -> None:
    key = derive_key(password, salt, iterations=iterations, length=length)
    assert key == by_hashlib(password, salt, iterations, length)
    assert key == by_cryptography(password, salt, iterations, length)


@given(
    rows=st.lists(st.tuples(st.binary(max_size=80), st.binary(max_size=80)), max_size=12),
    iterations=st.integers(1, 50),
    length=st.integers(1, 70),
    threads=st.integers(0, 4),
)
def test_a_batch_is_its_rows(
    rows: list[tuple[bytes, bytes]], iterations: int, length: int, threads: int
) -> None:
    keys = derive_key_batch(
        [password for password, _ in rows],
        [salt for _, salt in rows],
        iterations=iterations,
        length=length,
        threads=threads,
    )
    assert keys == [by_hashlib(password, salt, iterations, length) for password, salt in rows]


def test_the_defaults_are_100_000_iterations_and_32_bytes() -> None:
    assert derive_key("password", "salt") == by_hashlib(b"password", b"salt", 100_000, 32)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_every_kind_of_bytes_goes_in(kind: Any) -> None:
    expected = by_hashlib(b"password", b"salt", 3, 32)
    assert derive_key(kind(b"password"), kind(b"salt"), iterations=3) == expected
    assert derive_key_batch([kind(b"password")], [kind(b"salt")], iterations=3) == [expected]


def test_a_str_stands_for_its_utf_8_bytes_without_normalization() -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    for text in (composed, decomposed, "မြန်မာ", "👨‍👩"):
        expected = by_hashlib(text.encode(), text.encode(), 2, 32)
        assert derive_key(text, text, iterations=2) == expected
    assert derive_key(composed, "s", iterations=2) != derive_key(decomposed, "s", iterations=2)


def test_rows_may_come_from_any_iterable() -> None:
    keys = derive_key_batch((f"p{i}" for i in range(3)), ("s", "s", "s"), iterations=2)
    assert keys == [by_hashlib(f"p{i}".encode(), b"s", 2, 32) for i in range(3)]
    assert derive_key_batch([], []) == []


def test_the_callers_bytes_are_left_as_they_are() -> None:
    password = bytearray(b"password")
    derive_key(password, b"salt", iterations=2)
    password.append(0)  # not exported any more, so it can grow
    assert password == b"password\0"


@pytest.mark.parametrize("value", OUT_OF_RANGE)
def test_iterations_and_length_out_of_range_are_refused(value: int) -> None:
    for name in ("iterations", "length"):
        if name == "length" and value == 2**32:
            continue  # allowed, and 4 GiB
        with pytest.raises(smspoh.KdfError, match=rf"{name} is {value}; it must be 1 to"):
            derive_key(b"p", b"s", **{name: value})
        with pytest.raises(smspoh.KdfError, match=rf"{name} is {value}; it must be 1 to"):
            derive_key_batch([b"p"], [b"s"], **{name: value})


@pytest.mark.parametrize("value", NOT_AN_INT)
def test_iterations_and_length_of_another_type_are_refused(value: Any) -> None:
    for name in ("iterations", "length"):
        with pytest.raises(TypeError, match=rf"{name} must be an int, not"):
            derive_key(b"p", b"s", **{name: value})


@pytest.mark.parametrize("value", [None, 7, 1.5, ["p"]])
def test_a_password_or_salt_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="password must be str or bytes, not"):
        derive_key(value, b"s")
    with pytest.raises(TypeError, match="salt must be str or bytes, not"):
        derive_key(b"p", value)
    with pytest.raises(TypeError, match="password of row 1 must be str or bytes, not"):
        derive_key_batch([b"p", value], [b"s", b"s"])


def test_a_lone_surrogate_is_refused_without_showing_the_password() -> None:
    with pytest.raises(smspoh.ArgumentError, match="lone surrogate") as caught:
        derive_key("secret\ud800", "s")
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret" not in str(error)
        assert error.__suppress_context__
        error = error.__cause__


def test_a_memoryview_with_gaps_is_refused() -> None:
    with pytest.raises(smspoh.ArgumentError, match="memoryview with gaps"):
        derive_key(memoryview(b"abcdef")[::2], b"s")


@pytest.mark.parametrize("rows", ["password", b"password", bytearray(b"password")])
def test_a_single_password_is_not_taken_for_rows(rows: Any) -> None:
    with pytest.raises(TypeError, match="passwords must be a list or another iterable of rows"):
        derive_key_batch(rows, [b"s"] * 8)


def test_what_cannot_be_iterated_is_refused_and_the_callers_own_error_passes() -> None:
    with pytest.raises(TypeError, match="salts must be a list or another iterable of rows"):
        derive_key_batch([b"p"], 7)  # type: ignore[arg-type]

    def broken() -> Any:
        yield b"p"
        raise TypeError("the caller's own")

    with pytest.raises(TypeError, match="the caller's own"):
        derive_key_batch(broken(), [b"s"])


def test_passwords_and_salts_must_be_equally_many() -> None:
    with pytest.raises(smspoh.ArgumentError, match="2 passwords and 1 salts"):
        derive_key_batch([b"p", b"q"], [b"s"])


@pytest.mark.parametrize("threads", [-1, 1025, 10**30])
def test_threads_out_of_range_are_refused(threads: int) -> None:
    with pytest.raises(smspoh.ArgumentError, match="threads is"):
        derive_key_batch([b"p"], [b"s"], threads=threads)


@pytest.mark.parametrize("threads", [1.0, "2", None, True])
def test_threads_of_another_type_are_refused(threads: Any) -> None:
    with pytest.raises(TypeError, match="threads must be an int"):
        derive_key_batch([b"p"], [b"s"], threads=threads)


def test_the_gil_is_released() -> None:
    """Python code of another thread runs while a key is being derived."""
    ticks: list[bool] = []
    working = threading.Event()
    done = threading.Event()

    def derive() -> None:
        working.set()
        derive_key_batch([b"p"] * 1, [b"s"], iterations=3_000_000, threads=1)
        done.set()

    worker = threading.Thread(target=derive)
    worker.start()
    working.wait()
    while not done.is_set():
        ticks.append(done.is_set())
    worker.join()
    # Had the call held the GIL, this loop would have run only before or after it.
    assert len(ticks) > 1000


def test_many_python_threads_may_derive_at_once() -> None:
    results: dict[int, list[bytes]] = {}

    def derive(number: int) -> None:
        results[number] = derive_key_batch(
            [b"p%d" % number] * 5, [b"s%d" % row for row in range(5)], iterations=50, threads=2
        )

    workers = [threading.Thread(target=derive, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for number in range(8):
        assert results[number] == [
            by_hashlib(b"p%d" % number, b"s%d" % row, 50, 32) for row in range(5)
        ]
