"""The package as a user meets it: names, types, import, threads, forks."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from typing import Any

import pytest

import smspoh
from smspoh import _abi, _run

LOADED_BY_IMPORT = """
import sys
import smspoh{module}
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def python(code: str, **env: str) -> str:
    """Run code in a new interpreter and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **env},
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["", ".frames", ".frames.arrow"])
def test_import_loads_no_network_and_no_frame_library(module: str) -> None:
    loaded = set(python(LOADED_BY_IMPORT.replace("{module}", module)).split())
    assert "smspoh" in loaded
    unwanted = {"httpx2", "httpcore", "click", "starlette", "uvicorn", "cryptography", "ssl"}
    frames = {"pyarrow", "polars", "pandas", "duckdb", "pyspark", "numpy"}
    assert not loaded & (unwanted | frames | {"phonenumbers", "asyncio", "http"})


def test_the_client_is_loaded_when_it_is_asked_for() -> None:
    code = "import sys, smspoh; smspoh.Client; print('httpx2' in sys.modules)"
    assert python(code) == "True"
    assert "Client" in dir(smspoh)


def test_every_public_name_exists_and_has_a_docstring() -> None:
    assert smspoh.__all__ == sorted(smspoh.__all__, key=lambda name: (not name.isupper(), name))
    for name in smspoh.__all__:
        value = getattr(smspoh, name)
        assert name == "YII2" or value.__doc__, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        smspoh.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_every_module_imports() -> None:
    for module in pkgutil.walk_packages(smspoh.__path__, "smspoh."):
        # __main__ runs the CLI; the native folder holds a library that cffi loads, not Python.
        if module.name != "smspoh.__main__" and "._native." not in module.name:
            importlib.import_module(module.name)


def test_a_stale_native_library_is_refused_at_import() -> None:
    with pytest.raises(ImportError, match=r"speaks ABI 99, and this Python code needs ABI"):
        _abi._check_abi(99)
    assert _abi.lib.smspoh_abi_version() == _abi.ABI_VERSION == _abi.lib.SMSPOH_ABI_VERSION


STUB = """
import sys, types
native = types.ModuleType("smspoh._native")
native.ffi = types.SimpleNamespace()
native.lib = types.SimpleNamespace({members})
sys.modules["smspoh._native"] = native
try:
    import smspoh
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ("smspoh_abi_version=lambda: 99", "speaks ABI 99"),
        ("", "does not tell its ABI"),
        (f"smspoh_abi_version=lambda: {_abi.ABI_VERSION}, SMSPOH_ABI_VERSION=98", "speaks ABI 98"),
    ],
)
def test_another_native_library_is_an_import_error(members: str, said: str) -> None:
    assert said in python(STUB.replace("{members}", members))


def test_threads_default_to_the_cpus_and_the_environment_caps_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SMSPOH_NUM_THREADS", raising=False)
    cpus = _run.resolve_threads(0)
    assert cpus >= 1
    monkeypatch.setenv("SMSPOH_NUM_THREADS", "1")
    assert _run.resolve_threads(0) == 1
    assert _run.resolve_threads(7) == 7, "what the caller says counts"
    monkeypatch.setenv("SMSPOH_NUM_THREADS", "999")
    assert _run.resolve_threads(0) == cpus
    for wrong in ("0", "-1", "many", "1.5", "١", "9" * 5000):
        monkeypatch.setenv("SMSPOH_NUM_THREADS", wrong)
        with pytest.raises(smspoh.ArgumentError, match="SMSPOH_NUM_THREADS"):
            _run.resolve_threads(0)


def test_a_fork_after_a_threaded_call_can_call_again() -> None:
    """Threads live for one call, so a forked child finds no dead pool."""
    code = """
import os, sys, smspoh
rows = [b"p%d" % i for i in range(8)]
before = smspoh.derive_key_batch(rows, rows, iterations=10, threads=2)
child = os.fork()
if child == 0:
    after = smspoh.derive_key_batch(rows, rows, iterations=10, threads=2)
    os._exit(0 if after == before else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert python(code) == "0"


def test_the_native_library_never_takes_null_for_a_value() -> None:
    """The ABI answers a caller's mistake with a status, not with a crash."""
    ffi: Any = _abi.ffi
    lib = _abi.lib
    out = ffi.new("uint8_t[]", 32)
    argument = smspoh.ArgumentError.status
    assert lib.smspoh_derive_key(ffi.NULL, 5, b"salt", 4, 1, ffi.NULL, out, 32) == argument
    assert lib.smspoh_derive_key(b"p", 1, b"salt", 4, 1, ffi.NULL, ffi.NULL, 32) == argument
    assert (
        lib.smspoh_derive_key(b"p", 1, b"salt", 4, 0, ffi.NULL, out, 32) == smspoh.KdfError.status
    )
    assert lib.smspoh_derive_key(ffi.NULL, 0, ffi.NULL, 0, 1, ffi.NULL, out, 32) == 0
    size = ffi.new("size_t *")
    assert lib.smspoh_encrypted_size(17, ffi.NULL, 0, size) == argument
    assert lib.smspoh_encrypted_size(16, ffi.NULL, 1, size) == argument
