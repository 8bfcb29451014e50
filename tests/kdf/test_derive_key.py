"""`derive_key` and `derive_key_batch`, against two other implementations."""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from hypothesis import given, settings
from hypothesis import strategies as st

import smspoh
from smspoh import _abi, derive_key, derive_key_batch
from smspoh._inputs import shown

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
        options: dict[str, Any] = {name: value}
        with pytest.raises(smspoh.KdfError, match=rf"{name} is {shown(value)}; it must be 1 to"):
            derive_key(b"p", b"s", **options)
        with pytest.raises(smspoh.KdfError, match=rf"{name} is {shown(value)}; it must be 1 to"):
            derive_key_batch([b"p"], [b"s"], **options)


@pytest.mark.parametrize("value", NOT_AN_INT)
def test_iterations_and_length_of_another_type_are_refused(value: Any) -> None:
    for name in ("iterations", "length"):
        options: dict[str, Any] = {name: value}
        with pytest.raises(TypeError, match=rf"{name} must be an int, not"):
            derive_key(b"p", b"s", **options)


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
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None, "the codec's error holds the text"


def test_a_memoryview_with_gaps_or_released_is_refused() -> None:
    released = memoryview(b"abcdef")
    released.release()
    for view in (memoryview(b"abcdef")[::2], released):
        with pytest.raises(smspoh.ArgumentError, match="has gaps or was released"):
            derive_key(view, b"s")


def test_a_memoryview_of_any_shape_is_its_bytes() -> None:
    words = memoryview(b"8 bytes.").cast("I")
    empty = memoryview((ctypes.c_ubyte * 0 * 3)())
    assert derive_key(words, empty, iterations=2) == by_hashlib(b"8 bytes.", b"", 2, 32)


def test_a_str_of_a_class_of_its_own_is_its_text() -> None:
    class Odd(str):
        __slots__ = ()

        def encode(self, encoding: str = "", errors: str = "") -> Any:
            return None

    assert derive_key(Odd("p"), b"s", iterations=2) == by_hashlib(b"p", b"s", 2, 32)


def test_numbers_too_long_to_write_out_are_refused_all_the_same() -> None:
    huge = 10**5000
    for name in ("iterations", "length"):
        options: dict[str, Any] = {name: huge}
        with pytest.raises(smspoh.KdfError, match="is a number of 16610 bits"):
            derive_key(b"p", b"s", **options)
    with pytest.raises(smspoh.ArgumentError, match="is a number of 16610 bits"):
        derive_key_batch([b"p"], [b"s"], threads=huge)


def test_a_row_cannot_be_resized_while_a_call_has_it() -> None:
    password = bytearray(b"password")
    gathered = _abi.gather([password])
    with pytest.raises(BufferError):
        password.append(0)
    del gathered
    password.append(0)


def test_no_native_buffer_keeps_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    wiped: list[bytes] = []
    wipe = _abi.wipe

    def spy(buffer: Any) -> None:
        wipe(buffer)
        wiped.append(bytes(_abi.ffi.buffer(buffer)))

    monkeypatch.setattr(_abi, "wipe", spy)
    derive_key(b"p", b"s", iterations=2)
    derive_key_batch([b"p", b"q"], [b"s", b"s"], iterations=2)
    assert wiped == [bytes(32), bytes(64)]


def test_more_memory_than_there_is_is_a_memory_error() -> None:
    """The process lives on: a batch too large is refused, not aborted."""
    code = """
import resource, smspoh
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20), used + (300 << 20)))
for call in (
    lambda: smspoh.derive_key(b"p", b"s", iterations=1, length=1 << 36),
    lambda: smspoh.derive_key_batch([b""] * 3_000_000, [b""] * 3_000_000, iterations=1, length=64),
    lambda: smspoh.decrypt_batch(["A" * 152] * 3_000_000, "key"),
):
    try:
        call()
    except MemoryError as error:
        print(type(error).__name__)
print(len(smspoh.derive_key(b"p", b"s", iterations=1)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *errors, last = done.stdout.split()
    assert len(errors) == 3
    assert last == "32"


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
    """Python code of another thread runs in the middle of a derivation."""
    ticks: list[float] = []
    span: list[float] = []

    def derive() -> None:
        span.append(time.monotonic())
        derive_key_batch([b"p"], [b"s"], iterations=3_000_000, threads=1)
        span.append(time.monotonic())

    worker = threading.Thread(target=derive)
    worker.start()
    while worker.is_alive():
        ticks.append(time.monotonic())
        time.sleep(0.001)
    worker.join()
    start, end = span
    quarter = (end - start) / 4
    # Had the call held the GIL, this loop would have run only before and after it.
    assert any(start + quarter < tick < end - quarter for tick in ticks)


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
