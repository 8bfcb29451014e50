"""Variables of the environment, where an empty one is a mistake and not a default."""

from __future__ import annotations

import os

from smspoh._run import resolve_backend, resolve_threads

from ._exit import BadInput


def variable(name: str) -> str | None:
    """Return the value of a variable, or None when it is not set.

    Raises:
        BadInput: it is set but empty. A script whose own variable is missing
            does that, and must not get the default: the real gateway, say.
    """
    value = os.environ.get(name)
    if value == "":
        raise BadInput(f"{name} is set but empty: give it a value, or unset it")
    return value


def require_environment() -> None:
    """Refuse what the variables of the library say wrongly, before anything is done.

    Raises:
        ArgumentError: a backend or a number of threads that is none.
        BadInput: one is set but empty.
    """
    variable("SMSPOH_BACKEND")
    resolve_backend(None)
    variable("SMSPOH_NUM_THREADS")
    resolve_threads(0)
