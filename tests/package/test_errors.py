"""The error table: one in Rust, one in C, one in Python, all the same."""

from __future__ import annotations

import inspect

import pytest

import smspoh
from smspoh import _abi, errors

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.SmspohError)
]


def statuses_of_the_library() -> dict[str, int]:
    """Return the statuses as the native library's own declarations have them."""
    names = [name for name in dir(_abi.lib) if name.startswith("SMSPOH_STATUS_")]
    return {name: getattr(_abi.lib, name) for name in names}


def test_python_and_rust_have_the_same_statuses() -> None:
    in_rust = set(statuses_of_the_library().values())
    in_python = {cls.__dict__["status"] for cls in CLASSES if "status" in cls.__dict__}
    assert len(in_rust) >= 7
    assert in_python == in_rust - {0}


def test_no_two_classes_share_a_status() -> None:
    numbers = [cls.__dict__["status"] for cls in CLASSES if "status" in cls.__dict__]
    assert len(set(numbers)) == len(numbers)


def test_check_raises_the_class_of_each_status() -> None:
    _abi.check(0)
    for cls in CLASSES:
        if "status" in cls.__dict__:
            with pytest.raises(cls) as caught:
                _abi.check(cls.__dict__["status"])
            assert type(caught.value) is cls
            assert str(caught.value)


def test_a_status_that_nobody_knows_is_a_bug() -> None:
    with pytest.raises(smspoh.BugError, match="unknown status 999"):
        _abi.check(999)


def test_every_error_is_exported_and_documented() -> None:
    for cls in CLASSES:
        assert getattr(smspoh, cls.__name__) is cls
        assert cls.__name__ in smspoh.__all__
        assert cls.__doc__


def test_errors_of_a_value_are_value_errors() -> None:
    assert issubclass(smspoh.ArgumentError, ValueError)
    assert issubclass(smspoh.ReceiptError, ValueError)
    assert issubclass(smspoh.NumberError, ValueError)
