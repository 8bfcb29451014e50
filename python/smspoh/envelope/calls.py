"""The calls to Rust: bytes in, messages or texts out."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from smspoh import _abi
from smspoh._inputs import as_bytes
from smspoh.errors import ArgumentError

from .profile import DerivedSalt, EnvelopeProfile
from .rows import EnvelopeVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh._abi import Buffer
    from smspoh._inputs import Encoded
    from smspoh._run import Run

    from .rows import Admitted

VERDICTS = tuple(EnvelopeVerdict)
PIECE_SIZE: Final = 64 * 1024  # bytes that stay in the CPU's cache


def require_profile(profile: object) -> None:
    """Refuse what is not an `EnvelopeProfile`."""
    if not isinstance(profile, EnvelopeProfile):
        raise TypeError(f"profile must be an EnvelopeProfile, not {type(profile).__name__}")


@lru_cache(maxsize=16)
def native_profile(profile: EnvelopeProfile) -> tuple[Any, Any]:
    """Return the profile as Rust takes it, and the buffer that it points to."""
    info = _abi.ffi.new("uint8_t[]", profile.info)
    native = _abi.ffi.new(
        "SmspohProfile *",
        {
            "info": info,
            "info_size": len(profile.info),
            "key_size": profile.key_size,
            "iterations": profile.iterations,
        },
    )
    return native, info


def salt_of(
    salt: Literal["fresh", "shared"] | DerivedSalt, admitted: Admitted | None = None
) -> tuple[Any, object]:
    """Return the salt option as Rust takes it, and what it points to."""
    if isinstance(salt, DerivedSalt) and admitted is not None:
        rows = len(admitted.verdicts)
        if len(salt.contexts) != rows:
            raise ArgumentError(
                f"there are {rows} rows and {len(salt.contexts)} contexts; each row needs one"
            )
        contexts = _abi.gather([as_bytes(salt.contexts[row], "context") for row in admitted.rows])
        secret = _abi.ffi.from_buffer("uint8_t[]", salt.secret)
        native = {
            "mode": _abi.lib.SMSPOH_SALT_DERIVED,
            "secret": secret,
            "secret_size": len(salt.secret),
            "contexts": contexts.data,
            "context_sizes": contexts.sizes,
            "contexts_count": contexts.count,
        }
        return _abi.ffi.new("SmspohSalt *", native), (secret, contexts)
    modes = {"fresh": _abi.lib.SMSPOH_SALT_FRESH, "shared": _abi.lib.SMSPOH_SALT_SHARED}
    if not isinstance(salt, str) or salt not in modes:
        raise ArgumentError('salt must be "fresh", "shared" or a DerivedSalt')
    return _abi.ffi.new("SmspohSalt *", {"mode": modes[salt]}), None


def encrypt(
    texts: Encoded | Sequence[Buffer],
    keys: Sequence[Buffer],
    profile: EnvelopeProfile,
    salt: tuple[Any, object],
    *,
    run: Run,
) -> list[str]:
    """Return the message of each text, under one key for all or one each."""
    if not texts:
        return []
    native, _info = native_profile(profile)
    size = _abi.ffi.new("size_t *")
    with _abi.gathered(texts) as text, _abi.gathered(keys) as key:
        _abi.check(_abi.lib.smspoh_encrypted_size(profile.key_size, text.sizes, text.count, size))
        out = _abi.ffi.new("uint8_t[]", size[0])
        run.check(
            _abi.lib.smspoh_encrypt_batch(
                *(text.data, text.sizes, text.count),
                *(key.data, key.sizes, key.count),
                *(native, salt[0], run.native, out, size[0]),
            )
        )
    return _lines(_abi.ffi.buffer(out, size[0]))


def _lines(text: Any) -> list[str]:
    """Return the lines of an ASCII text, each of which ends in a newline.

    Piece by piece: a `str` of the whole would be as much memory again.
    """
    lines: list[str] = []
    begun: list[str] = []  # the parts of a line that has not ended yet
    whole = memoryview(text)
    for at in range(0, len(whole), PIECE_SIZE):
        piece = str(whole[at : at + PIECE_SIZE], "ascii").split("\n")
        last = piece.pop()
        if piece:
            piece[0] = "".join([*begun, piece[0]])
            begun.clear()
            lines += piece
        begun.append(last)
    return lines


def encrypt_exact(
    text: bytes, key: bytes, profile: EnvelopeProfile, *, salt: bytes, iv: bytes
) -> str:
    """Return the message of a text under a given salt and vector: for the tests alone.

    A salt or vector that is used twice shows which messages begin alike.
    """
    native, _info = native_profile(profile)
    if len(salt) != profile.key_size or len(iv) != 16:
        raise ArgumentError(f"salt must have {profile.key_size} bytes and iv 16")
    size = _abi.ffi.new("size_t *")
    sizes = _abi.ffi.new("size_t[]", [len(text)])
    _abi.check(_abi.lib.smspoh_encrypted_size(profile.key_size, sizes, 1, size))
    out = _abi.ffi.new("uint8_t[]", size[0])
    _abi.check(
        _abi.lib.smspoh_testing_encrypt(
            text, len(text), key, len(key), native, salt, iv, out, size[0]
        )
    )
    return str(_abi.ffi.buffer(out), "ascii").rstrip("\n")


def decrypt(
    tokens: Encoded | Sequence[Buffer],
    keys: Sequence[Buffer],
    profile: EnvelopeProfile,
    *,
    lenient: bool,
    run: Run,
) -> tuple[list[bytes | None], list[EnvelopeVerdict]]:
    """Return the bytes of each message, or None, and the verdict on each."""
    if not tokens:
        return [], []
    native, _info = native_profile(profile)
    rows = len(tokens)
    size = _abi.ffi.new("size_t *")
    offsets = _abi.ffi.new("int64_t[]", rows + 1)
    verdicts = _abi.ffi.new("uint8_t[]", rows)
    with _abi.gathered(tokens) as token, _abi.gathered(keys) as key:
        _abi.check(_abi.lib.smspoh_decrypted_size_max(profile.key_size, token.sizes, rows, size))
        out = _abi.ffi.new("uint8_t[]", size[0])
        try:
            run.check(
                _abi.lib.smspoh_decrypt_batch(
                    *(token.data, token.sizes, rows),
                    *(key.data, key.sizes, key.count),
                    *(native, lenient, run.native, out, size[0], offsets, verdicts),
                )
            )
            raw = _abi.ffi.buffer(out)
            texts: list[bytes | None] = [
                raw[start:end] for start, end in pairwise(_abi.ffi.unpack(offsets, rows + 1))
            ]
        finally:
            _abi.wipe(out)
    numbers = _abi.ffi.buffer(verdicts)[:]
    if not any(numbers):
        return texts, [EnvelopeVerdict.OK] * rows
    for row, number in enumerate(numbers):
        if number:
            texts[row] = None
    return texts, [VERDICTS[number] for number in numbers]
