"""Where the key of an encrypted message comes from. Never from an option."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from smspoh._private import PrivateFile
from smspoh.envelope import EnvelopeProfile, generate_encrypt_key

from ._environment import variable
from ._exit import BadInput
from ._private import read_private

if TYPE_CHECKING:
    from collections.abc import Callable

    Cipher = Literal["AES-128-CBC", "AES-192-CBC", "AES-256-CBC"]
    F = TypeVar("F", bound=Callable[..., Any])

VARIABLE = "SMSPOH_ENCRYPT_KEY"
WHAT = "the key file"
TERMINAL = "/dev/tty"

key_file_option = click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help=f"Read the key from this file, of mode 0600. Without it: {VARIABLE}, then a prompt.",
)
generate_key_option = click.option(
    "--generate-key",
    is_flag=True,
    help="Make a new key and write it to --key-file, which must not be there yet.",
)


def profile_options(function: F) -> F:
    """Add `--cipher` and `--iterations`, for a gateway that differs from the default."""
    for option in (
        click.option(
            "--iterations",
            type=click.IntRange(1, 2**32 - 1),
            default=100_000,
            show_default=True,
            help="The iterations of PBKDF2.",
        ),
        click.option(
            "--cipher",
            type=click.Choice(["AES-128-CBC", "AES-192-CBC", "AES-256-CBC"]),
            default="AES-128-CBC",
            show_default=True,
            help="The cipher.",
        ),
    ):
        function = option(function)
    return function


def make_profile(cipher: Cipher, iterations: int) -> EnvelopeProfile:
    """Return the profile that the options name."""
    return EnvelopeProfile(cipher=cipher, iterations=iterations)


def find_key(key_file: Path | None, *, generate: bool = False) -> str:
    """Return the key from the file, the environment or a prompt, in that order.

    Args:
        key_file: a file of mode 0600 that holds the key and nothing else; one
            line end, of either kind, is not part of the key.
        generate: make a key and write it to `key_file` instead.

    Raises:
        BadInput: no key to be had, or one with control characters in it, or the
            file cannot be used.
    """
    if generate:
        return _make_key(key_file)
    if key_file is not None:
        try:
            key = read_private(key_file, what=WHAT).decode()
        except UnicodeDecodeError:
            raise BadInput(f"{WHAT} {key_file} is not UTF-8") from None
        key = key[:-2] if key.endswith("\r\n") else key.removesuffix("\n")
        if not key:
            raise BadInput(f"{WHAT} {key_file} is empty")
        return _checked(key, f"{WHAT} {key_file}")
    if (key_set := variable(VARIABLE)) is not None:
        return _checked(key_set, VARIABLE)
    return _ask()


def _checked(key: str, where: str) -> str:
    """Return a key that has nothing in it that is not seen. It would be another key."""
    if key.startswith("\ufeff"):
        raise BadInput(f"{where} begins with a byte order mark: save it without")
    if any(unicodedata.category(char) == "Cc" for char in key):
        raise BadInput(
            f"{where} holds a control character: it must be the key and at most one line end"
        )
    return key


def _make_key(key_file: Path | None) -> str:
    if key_file is None:
        raise BadInput("--generate-key needs --key-file, a file to write the key to")
    key = generate_encrypt_key()
    with PrivateFile(key_file, what=WHAT) as file:
        file.append(f"{key}\n".encode())
    return key


def _ask() -> str:
    """Ask on the terminal itself: standard input may be the text."""
    try:
        os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        raise BadInput(f"no key: set {VARIABLE} or give --key-file") from None
    import getpass  # noqa: PLC0415 - rarely needed

    if not (key := getpass.getpass("Key: ")):
        raise BadInput("an empty key cannot be used")
    return key
