"""The encrypted message: PBKDF2, AES-CBC and HMAC as Yii2 puts them together.

This is what SMSPoh returns in `message` when a message was sent with
`encrypt: 1`. `docs/spec/envelope.md` has every byte of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from smspoh._inputs import as_bytes
from smspoh._run import Run
from smspoh.errors import DecryptError, EnvelopeError, MalformedEnvelope

from . import calls
from .keys import WeakKeyWarning, generate_encrypt_key, require_usable, warn_if_weak
from .profile import YII2, DerivedSalt, EnvelopeProfile
from .rows import EnvelopeBatch, EnvelopeVerdict, admit, text_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smspoh._abi import Buffer

    from .rows import Admitted

__all__ = [
    "YII2",
    "DerivedSalt",
    "EnvelopeBatch",
    "EnvelopeProfile",
    "EnvelopeVerdict",
    "WeakKeyWarning",
    "decrypt",
    "decrypt_batch",
    "decrypt_bytes",
    "decrypt_bytes_batch",
    "encrypt",
    "encrypt_batch",
    "generate_encrypt_key",
]


def encrypt(text: str | Buffer, key: str | Buffer, *, profile: EnvelopeProfile = YII2) -> str:
    r"""Return the encrypted message of a text, under a fresh salt.

    The GIL is released while it works.

    Args:
        text: any bytes; a `str` stands for its UTF-8 bytes. May be empty. Neither
            it nor the key may change during the call, if it is a bytearray.
        key: the encrypt key: at least one byte, not ending in a NUL; a `str`
            stands for its UTF-8 bytes.
        profile: what the reader expects.

    Returns:
        Base64, 152 characters or more.

    Raises:
        ArgumentError: a key that cannot be used, a `str` that has no UTF-8 form.
        EntropyError: the operating system gave no random bytes.
        TypeError: an argument of another type.

    Warns:
        WeakKeyWarning: a key that cannot hold 80 bits.

    Source: `yii\base\Security::encryptByPassword`, Yii 2.0.
    """
    calls.require_profile(profile)
    text, key = as_bytes(text, "text"), as_bytes(key, "key")
    require_usable(key)
    run = Run(threads=1, units=profile.iterations + len(text))
    [token] = calls.encrypt([text], [key], profile, calls.salt_of("fresh"), run=run)
    warn_if_weak([key], stacklevel=3)
    return token


def encrypt_batch(
    texts: Iterable[str | Buffer | None],
    keys: str | Buffer | Iterable[str | Buffer | None],
    *,
    profile: EnvelopeProfile = YII2,
    salt: Literal["fresh", "shared"] | DerivedSalt = "fresh",
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> EnvelopeBatch[str]:
    r"""Return the encrypted message of each text; a bad row is None and fails no other.

    The GIL is released while it works.

    Args:
        texts: n rows, as in `encrypt`.
        keys: one key for every row, or n keys, as in `encrypt`.
        profile: what the reader expects.
        salt: "fresh", a random salt for each message, which costs one PBKDF2 each;
            "shared", one random salt for the batch, so that one PBKDF2 serves all
            rows of a key, which shows that they belong together; or a `DerivedSalt`
            with n contexts.
        threads: 0 for one a CPU (at most `SMSPOH_NUM_THREADS`), or 1 to 1,024.
        progress: called some twenty times a second while a long call lasts, with the
            work done and the work in all, in iterations of PBKDF2. What it raises
            stops the call and is raised here. So does Ctrl-C.

    Returns:
        n rows; `.verdicts` says why a row is None.

    Raises:
        ArgumentError: keys or contexts that are not n, a single key that cannot
            be used, another `salt`, `threads` out of range.
        EntropyError: the operating system gave no random bytes.
        TypeError: an argument of another type; a single `str` for `texts`.

    Warns:
        WeakKeyWarning: a key that cannot hold 80 bits.

    Source: `yii\base\Security::encryptByPassword`, Yii 2.0.
    """
    admitted = admit(texts, keys, "texts", encrypting=True)
    batch = encrypt_admitted(
        admitted, profile=profile, salt=salt, threads=threads, progress=progress
    )
    warn_if_weak(admitted.keys, stacklevel=3)
    return batch


def encrypt_admitted(
    admitted: Admitted,
    *,
    profile: EnvelopeProfile = YII2,
    salt: Literal["fresh", "shared"] | DerivedSalt = "fresh",
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> EnvelopeBatch[str]:
    """Do what `encrypt_batch` does, without a word on weak keys.

    For the sandbox, which is given its keys: the caller who chose them was warned.
    """
    calls.require_profile(profile)
    run = Run(threads=threads, progress=progress)
    native_salt = calls.salt_of(salt, admitted)
    tokens = calls.encrypt(admitted.values, admitted.keys, profile, native_salt, run=run)
    return admitted.result(tokens)


def decrypt(
    token: str | Buffer,
    key: str | Buffer,
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
) -> str:
    r"""Return the text of an encrypted message, once it is proven authentic.

    Args:
        token: the message in base64.
        key: the encrypt key; any bytes; a `str` stands for its UTF-8 bytes.
        profile: what the sender used.
        lenient: take the base64 that PHP takes too: white space, missing padding,
            last bits that are not zero.

    Returns:
        The text. A text that is not UTF-8 needs `decrypt_bytes`.

    Raises:
        MalformedEnvelope: not the message format at all.
        DecryptError: a wrong key or a changed message.
        EnvelopeError: authentic, but the text is not UTF-8.
        ArgumentError: a key that has no UTF-8 form.
        TypeError: an argument of another type.

    Source: `yii\base\Security::decryptByPassword`, Yii 2.0.
    """
    text, verdict = text_of(decrypt_bytes(token, key, profile=profile, lenient=lenient))
    if text is None or verdict is not EnvelopeVerdict.OK:
        raise EnvelopeError("the message is authentic but its text is not UTF-8; use decrypt_bytes")
    return text


def decrypt_bytes(
    token: str | Buffer,
    key: str | Buffer,
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
) -> bytes:
    """Return the bytes of an encrypted message, once it is proven authentic.

    Arguments and errors are those of `decrypt`, but any bytes are fine.
    """
    calls.require_profile(profile)
    key = as_bytes(key, "key")
    if isinstance(token, str):
        token = token.encode("utf-8", "surrogatepass")  # base64 will refuse what is not ASCII
    token = as_bytes(token, "token")
    run = Run(threads=1, units=profile.iterations + len(token))
    [text], [verdict] = calls.decrypt([token], [key], profile, lenient=bool(lenient), run=run)
    if verdict is EnvelopeVerdict.MALFORMED:
        raise MalformedEnvelope(
            f"{len(token)} characters that are not an encrypted message; needed is canonical"
            f" base64 of {profile.key_size + 96} bytes or more in the format of Yii2"
        )
    if text is None:
        raise DecryptError("the key is wrong or the message was changed")
    return text


def decrypt_batch(
    tokens: Iterable[str | Buffer | None],
    keys: str | Buffer | Iterable[str | Buffer | None],
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> EnvelopeBatch[str]:
    r"""Return the text of each encrypted message; a bad row is None and fails no other.

    Messages that share key and salt cost one PBKDF2. The GIL is released while it
    works.

    Args:
        tokens: n rows, as in `decrypt`.
        keys: one key for every row, or n keys, as in `decrypt`.
        profile: what the senders used.
        lenient: as in `decrypt`.
        threads: 0 for one a CPU (at most `SMSPOH_NUM_THREADS`), or 1 to 1,024.
        progress: called some twenty times a second while a long call lasts, with the
            work done and the work in all, in iterations of PBKDF2. What it raises
            stops the call and is raised here. So does Ctrl-C.

    Returns:
        n rows; `.verdicts` says why a row is None.

    Raises:
        ArgumentError: keys that are not n, `threads` out of range.
        TypeError: an argument of another type; a single `str` for `tokens`.

    Source: `yii\base\Security::decryptByPassword`, Yii 2.0.
    """
    opened = decrypt_bytes_batch(
        tokens, keys, profile=profile, lenient=lenient, threads=threads, progress=progress
    )
    return texts_of(opened)


def decrypt_bytes_batch(
    tokens: Iterable[str | Buffer | None],
    keys: str | Buffer | Iterable[str | Buffer | None],
    *,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> EnvelopeBatch[bytes]:
    """Return the bytes of each encrypted message; a bad row is None and fails no other.

    Arguments and errors are those of `decrypt_batch`, but any bytes are fine.
    """
    calls.require_profile(profile)
    run = Run(threads=threads, progress=progress)
    admitted = admit(tokens, keys, "tokens", encrypting=False)
    texts, verdicts = calls.decrypt(
        admitted.values, admitted.keys, profile, lenient=bool(lenient), run=run
    )
    return admitted.result(texts, verdicts)
