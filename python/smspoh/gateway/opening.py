"""Opening what a reply or the history holds encrypted, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from smspoh.envelope import decrypt_batch
from smspoh.errors import ArgumentError

from .models import Message
from .proof import prove_batch
from .results import Page, Proof, SendResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .profile import GatewayProfile

# One key for all, or one for each by message_id or client_reference, or a function.
Keys: TypeAlias = str | Mapping[str, str] | Callable[[Message], str | None]


def checked_keys(keys: object) -> None:
    """Refuse what cannot tell the key of a message."""
    if not (isinstance(keys, (str, Mapping)) or callable(keys)):
        raise TypeError(f"keys must be a str, a mapping or a function, not {type(keys).__name__}")
    if keys == "":
        raise ArgumentError("keys is empty; a key has at least one character")


def opened(page: Page, keys: Keys, profile: GatewayProfile) -> Page:
    """Return the page with each encrypted entry opened whose key is there and right."""
    at = [row for row, entry in enumerate(page.messages) if entry.encrypted]
    wanted = [_key(keys, page.messages[row]) for row in at]
    rows = [row for row, key in zip(at, wanted, strict=True) if key]
    if not rows:
        return page
    texts = decrypt_batch(
        [page.messages[row].message for row in rows],
        [key for key in wanted if key],
        profile=profile.envelope,
    )
    entries = list(page.messages)
    for row, text in zip(rows, texts, strict=True):
        entries[row] = replace(entries[row], opened=text)
    return replace(page, messages=tuple(entries))


def _key(keys: Keys, entry: Message) -> str | None:
    if isinstance(keys, str):
        return keys
    if not isinstance(keys, Mapping):
        return keys(entry)
    for name in (entry.message_id, entry.client_reference):
        if name is not None and name in keys:
            return keys[name]
    return None


def proof_of(results: Sequence[SendResult], profile: GatewayProfile) -> list[SendResult]:
    """Return the results, each encrypted one with its proof, all opened in one batch."""
    rows = [
        (entry, result.text, result.encrypt_key)
        for result in results
        if result.encrypt_key is not None
        for entry in result.messages
    ]
    proven = iter(
        prove_batch(
            [entry for entry, _, _ in rows],
            [text for _, text, _ in rows],
            [key for _, _, key in rows],
            profile=profile.envelope,
        )
    )
    return [
        result
        if result.encrypt_key is None
        else replace(result, proof=Proof(tuple(next(proven) for _ in result.messages)))
        for result in results
    ]
