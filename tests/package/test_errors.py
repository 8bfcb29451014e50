"""The error table: one in Rust, one in C, one in Python, all the same."""

from __future__ import annotations

import inspect
import pickle
import re
from typing import Any

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


def test_the_tree_at_the_top_of_the_file_is_the_tree() -> None:
    drawn = errors.__doc__ or ""
    drawn = drawn[drawn.index("SmspohError") : drawn.index("A *call*")]
    lines = [re.match(r"( *)(\w+)", line) for line in drawn.splitlines() if line.strip()]
    stack: list[tuple[int, str]] = []
    parents: dict[str, str | None] = {}
    for line in lines:
        assert line is not None
        indent, name = len(line[1]), line[2]
        while stack and stack[-1][0] >= indent:
            stack.pop()
        parents[name] = stack[-1][1] if stack else None
        stack.append((indent, name))
    # The first line lost its indent with the slice above.
    in_code = {cls.__name__: cls.__bases__[0].__name__ for cls in CLASSES}
    in_code["SmspohError"] = "Exception"
    parents["SmspohError"] = "Exception"
    top = {name for name, parent in parents.items() if parent is None}
    parents.update(dict.fromkeys(top, "SmspohError"))
    assert parents == in_code


def test_every_error_is_exported_and_documented() -> None:
    for cls in CLASSES:
        assert getattr(smspoh, cls.__name__) is cls
        assert cls.__name__ in smspoh.__all__
        assert cls.__doc__


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_survives_pickle(cls: type[errors.SmspohError]) -> None:
    needed: dict[type[errors.SmspohError], dict[str, Any]] = {
        errors.NumberError: {"verdict": smspoh.Verdict.LETTERS},
        errors.TransportError: {"maybe_sent": True},
        errors.RateLimitedError: {"retry_after_s": 1.5},
        errors.InvalidRequestError: {"fields": {"to": "wrong"}},
    }
    error = cls("message", **needed.get(cls, {}))
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is cls
    assert str(back) == "message"
    assert back.__dict__ == error.__dict__


def test_argument_and_number_errors_are_value_errors() -> None:
    assert issubclass(smspoh.ArgumentError, ValueError)
    assert issubclass(smspoh.NumberError, ValueError)
