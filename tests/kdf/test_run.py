"""How a call is done: by which backend, watched by whom, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

import smspoh
from smspoh import _abi, _run, derive_key, derive_key_batch

FOREVER = 2**32 - 1  # iterations; minutes


@pytest.mark.parametrize("backend", smspoh.backends())
def test_every_backend_derives_the_same_keys(backend: str) -> None:
    passwords, salts = [b"p%d" % row for row in range(37)], [b"salt"] * 37
    keys = derive_key_batch(passwords, salts, iterations=50, length=40)
    forced = derive_key_batch(passwords, salts, iterations=50, length=40, backend=backend)
    assert forced == keys
    assert derive_key(b"p7", b"salt", iterations=50, length=40, backend=backend) == keys[7]


def test_a_backend_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(smspoh.ArgumentError, match=r"^backend names no backend .* rustcrypto"):
        derive_key(b"p", b"s", backend="nonsense")
    not_a_name: Any = 7
    with pytest.raises(TypeError, match="backend must be a str"):
        derive_key_batch([b"p"], [b"s"], backend=not_a_name)
    monkeypatch.setenv("SMSPOH_BACKEND", "nonsense")
    for call in (lambda: derive_key(b"p", b"s"), lambda: smspoh.encrypt_batch(["t"], "k" * 40)):
        with pytest.raises(smspoh.ArgumentError, match=r"^SMSPOH_BACKEND names no backend"):
            call()
    monkeypatch.setenv("SMSPOH_BACKEND", "portable")
    assert len(derive_key(b"p", b"s", iterations=2)) == 32
    monkeypatch.setenv("SMSPOH_BACKEND", "")
    assert len(derive_key(b"p", b"s", iterations=2)) == 32


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_grows_and_never_passes_the_whole(threads: int) -> None:
    seen: list[tuple[int, int]] = []
    here = threading.get_ident()

    def note(done: int, total: int) -> None:
        assert threading.get_ident() == here
        seen.append((done, total))

    salts = [b"%d" % row for row in range(8)]
    derive_key_batch([b"p"] * 8, salts, iterations=3_000_000, threads=threads, progress=note)
    assert len(seen) > 2
    assert {total for _, total in seen} == {8 * 3_000_000}
    assert seen == sorted(seen)
    assert seen[-1][0] == 8 * 3_000_000, "the last call says that all is done"


def test_progress_is_asked_no_more_once_it_raised() -> None:
    calls: list[int] = []
    rows = [b"%d" % row for row in range(300)]

    def enough(done: int, total: int) -> None:
        calls.append(done)
        raise ValueError(f"call {len(calls)}")

    with pytest.raises(ValueError, match="call 1"):
        derive_key_batch(rows, rows, iterations=FOREVER, threads=200, progress=enough)
    assert len(calls) == 1


def test_progress_on_a_daemon_thread_is_refused() -> None:
    caught: list[BaseException] = []

    def derive() -> None:
        try:
            derive_key(b"p", b"s", iterations=2, progress=lambda done, total: None)
        except smspoh.ArgumentError as error:
            caught.append(error)

    thread = threading.Thread(target=derive, daemon=True)
    thread.start()
    thread.join()
    assert "daemon thread" in str(caught[0])


def test_a_system_that_forbids_callbacks_derives_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = _abi.ffi

    class Forbidding:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def callback(self, *args: object, **options: object) -> None:
            raise MemoryError

    expected = derive_key(b"p", b"s", iterations=300_000)
    monkeypatch.setattr(_abi, "ffi", Forbidding())
    assert derive_key(b"p", b"s", iterations=300_000) == expected
    with pytest.raises(smspoh.ArgumentError, match="progress cannot be told here"):
        derive_key(b"p", b"s", iterations=300_000, progress=lambda done, total: None)


def test_a_signal_that_displaces_another_is_still_a_keyboard_interrupt() -> None:
    run = _run.Run(threads=1)
    with pytest.raises(KeyboardInterrupt):
        run.check(smspoh.CancelledError.status)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_progress_raises_stops_the_call_and_is_raised(threads: int) -> None:
    class EnoughError(Exception):
        pass

    def enough(done: int, total: int) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        derive_key_batch(
            [b"p"] * 3, [b"s"] * 3, iterations=FOREVER, threads=threads, progress=enough
        )
    with pytest.raises(EnoughError):
        derive_key(b"p", b"s", iterations=FOREVER, progress=enough)
    profile = smspoh.EnvelopeProfile(iterations=FOREVER)
    with pytest.raises(EnoughError):
        smspoh.encrypt_batch(["t"], "k" * 40, profile=profile, threads=threads, progress=enough)
    token = smspoh.encrypt("t", "k" * 40, profile=smspoh.EnvelopeProfile(iterations=1))
    with pytest.raises(EnoughError):
        smspoh.decrypt_batch([token], "k", profile=profile, threads=threads, progress=enough)


def test_progress_must_be_callable() -> None:
    not_callable: Any = 1
    with pytest.raises(TypeError, match="progress must be callable"):
        derive_key(b"p", b"s", progress=not_callable)


@pytest.mark.parametrize(
    "call",
    [
        f"derive_key(b'p', b's', iterations={FOREVER})",
        f"derive_key_batch([b'p'] * 5, [b's'] * 5, iterations={FOREVER}, threads=1)",
        f"derive_key_batch([b'p', b'q', b'r'], [b's'] * 3, iterations={FOREVER}, threads=2)",
    ],
)
def test_ctrl_c_stops_a_call_that_would_take_minutes(call: str) -> None:
    # What runs in the background of a shell inherits that SIGINT is ignored.
    code = f"""
import signal
import smspoh
signal.signal(signal.SIGINT, signal.default_int_handler)
print("ready", flush=True)
try:
    smspoh.{call}
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)  # into the call
        os.kill(process.pid, signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert (out, error) == ("stopped\n", "")


def test_a_thread_that_is_not_the_main_one_derives_too() -> None:
    keys: list[bytes] = []
    thread = threading.Thread(target=lambda: keys.append(derive_key(b"p", b"s", iterations=2)))
    thread.start()
    thread.join()
    assert keys == [derive_key(b"p", b"s", iterations=2)]
