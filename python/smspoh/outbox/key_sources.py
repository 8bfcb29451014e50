"""Where the key of a journal comes from."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, OutboxError

from .at_rest import KeyRing, new_key, read_keys, written_key
from .files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VARIABLE: Final = "SMSPOH_OUTBOX_KEY"
KEYRING_SERVICE: Final = "smspoh-outbox"
KEY_FILE_BYTES_MAX: Final = 65_536


def find_keys(
    path: Path,
    *,
    keys: Sequence[bytes] | None = None,
    use_keyring: bool = False,
    create: bool = False,
) -> KeyRing:
    """Return the key ring of a journal.

    It is made of `keys`; else of the variable SMSPOH_OUTBOX_KEY; else, if asked for, of
    what the keyring of the operating system has for the journal; else of the file
    ``<journal>-key``.

    Args:
        path: the journal.
        keys: each 32 bytes, the one in use first.
        use_keyring: ask the operating system's keyring; needs ``smspoh[keyring]``.
        create: the journal is new: where no key is found, one is made and kept in the
            keyring or the file.

    Raises:
        ArgumentError: a key of another form.
        OutboxError: there is none, or its source cannot be used.
    """
    if (given := _given(keys)) is not None:
        return given
    if use_keyring:
        return _of_keyring(str(path.resolve()), create=create)
    beside = path.with_name(f"{path.name}-key")
    if create and not beside.exists():
        _write(beside, written_key(new_key()))
    return read_keys(_read(beside), where="the key file beside the journal")


def find_keys_of_job(
    place: str,
    *,
    keys: Sequence[bytes] | None = None,
    use_keyring: bool = False,
    create: bool = False,
) -> KeyRing:
    """Return the key ring of a journal in a database, beside which no key file can lie.

    Args:
        place: the database and the job, as the keyring knows them: no password.
        keys: as of `find_keys`; so is `use_keyring`.
        use_keyring: ask the operating system's keyring; needs ``smspoh[keyring]``.
        create: the job is new: where the keyring has no key, one is made and kept there.

    Raises:
        ArgumentError: a key of another form.
        OutboxError: there is none, or its source cannot be used.
    """
    if (given := _given(keys)) is not None:
        return given
    if use_keyring:
        return _of_keyring(place, create=create)
    raise OutboxError(
        f"the journal has no key: a database has no key file beside it, so give keys, {VARIABLE}"
        " or the operating system's keyring"
    )


def _given(keys: Sequence[bytes] | None) -> KeyRing | None:
    if keys is not None:
        return KeyRing(keys)
    if (written := os.environ.get(VARIABLE)) is not None:
        return read_keys(written, where=VARIABLE)
    return None


def _of_keyring(name: str, *, create: bool) -> KeyRing:
    try:
        import keyring  # noqa: PLC0415 - an extra
        import keyring.errors  # noqa: PLC0415
    except ImportError:
        raise OutboxError("the keyring needs the extra smspoh[keyring]") from None
    try:
        written = keyring.get_password(KEYRING_SERVICE, name)
        if written is None and create:
            written = written_key(new_key())
            keyring.set_password(KEYRING_SERVICE, name, written)
    except keyring.errors.KeyringError as error:
        raise OutboxError("the operating system's keyring cannot be used") from error
    if written is None:
        raise OutboxError("the operating system's keyring has no key for this journal")
    return read_keys(written, where="the operating system's keyring")


def _read(path: Path) -> str:
    try:
        # A named pipe would block the open until somebody writes.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise OutboxError(
            f"the journal has no key: neither {VARIABLE} nor a key file beside it"
        ) from None
    except OSError as error:
        raise OutboxError(f"the key file cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OutboxError("the key file is not a plain file")
        if found.st_uid != os.geteuid():
            raise OutboxError("the key file belongs to another user: it must be yours")
        if stat.S_IMODE(found.st_mode) & ~(stat.S_IRUSR | stat.S_IWUSR):
            raise OutboxError("the key file can be read by others: it must have mode 0600")
        content = file.read(KEY_FILE_BYTES_MAX + 1)
    if len(content) > KEY_FILE_BYTES_MAX or not content.isascii():
        raise ArgumentError("the key file beside the journal holds no keys")
    return content.decode("ascii")


def _write(path: Path, written: str) -> None:
    """Make the key file, and wait until the disk has it: without it no row can be read."""
    # Whole, then under its name: a power cut must not leave a key file without a key.
    draft = path.with_name(f"{path.name}-new")
    try:
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(draft, flags, 0o600), "wb", buffering=0) as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask took away
            file.write(f"{written}\n".encode())
            os.fsync(file.fileno())
        os.link(draft, path)
        draft.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise OutboxError(f"the key file cannot be made: {error.strerror}") from error
