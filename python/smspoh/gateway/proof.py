"""Proof that the gateway stored what was sent.

With `encrypt`, a reply holds the ciphertext of each message. Opened with the
message's key it must be the text that was sent, byte for byte: then the gateway
read the text right, and holds it only under that key.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from smspoh.envelope import YII2, EnvelopeProfile, decrypt_batch
from smspoh.errors import ArgumentError

from .conceal import concealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Message


@concealed
def verify(entry: Message, text: str, key: str | None, *, profile: EnvelopeProfile = YII2) -> bool:
    """Return True when an entry's ciphertext opens under the key to the text.

    Args:
        entry: a message of a reply or of the history.
        text: what was sent.
        key: the key of that message; None, as of one not encrypted, proves nothing.
        profile: the parameters of the gateway's encryption.

    Returns:
        False also for an entry that is not encrypted, or that was refused.
    """
    return prove_batch([entry], [text], [key], profile=profile)[0]


@concealed
def prove_batch(
    entries: Sequence[Message],
    texts: Sequence[str],
    keys: str | Sequence[str | None] | None,
    *,
    profile: EnvelopeProfile = YII2,
    threads: int = 0,
) -> list[bool]:
    """Return, for each entry, whether its ciphertext opens to its text.

    Args:
        entries: n messages of replies or of the history.
        texts: n texts, as they were sent.
        keys: one key for all, or n keys; None proves nothing.
        profile: the parameters of the gateway's encryption.
        threads: worker threads; 0 lets the library choose.

    Returns:
        n booleans. False also for an entry that is not encrypted or was refused.

    Raises:
        ArgumentError: the lengths differ.
    """
    rows = len(entries)
    key_rows: list[str | None] = (
        [keys] * rows if keys is None or isinstance(keys, str) else list(keys)
    )
    if isinstance(texts, str) or len(texts) != rows or len(key_rows) != rows:
        raise ArgumentError(
            f"{rows} entries need {rows} texts and one key or {rows} keys; "
            f"got {len(texts)} texts and {len(key_rows)} keys"
        )
    sealed = [row for row, entry in enumerate(entries) if entry.encrypted and key_rows[row]]
    proven = [False] * rows
    if not sealed:
        return proven
    opened = decrypt_batch(
        [entries[row].message for row in sealed],
        [key_rows[row] for row in sealed],
        profile=profile,
        threads=threads,
    )
    for row, found in zip(sealed, opened, strict=True):
        proven[row] = found is not None and hmac.compare_digest(
            found.encode("utf-8", "surrogatepass"), texts[row].encode("utf-8", "surrogatepass")
        )
    return proven
