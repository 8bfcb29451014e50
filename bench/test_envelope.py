"""Messages: ours, and the same format written from `cryptography` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import smspoh
from tests.envelope import independent

from .tasks import Task, tasks

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "correct horse battery staple"
# One iteration, so that what is measured is everything but PBKDF2.
PROFILE = smspoh.EnvelopeProfile(iterations=1)
TEXTS = ["Your OTP is 123456. Do not share it with anyone. " * 3] * 1000

MESSAGES = ["shared", "fresh", "rest"]
ALL = [(name, engine) for name in MESSAGES for engine in tasks(small=True)[name].engines]


def ours(tokens: list[str]) -> list[str | None]:
    return list(smspoh.decrypt_batch(tokens, KEY, profile=PROFILE, threads=1))


def by_cryptography(tokens: list[str]) -> list[str | None]:
    return [independent.decrypt(token, KEY.encode(), iterations=1).decode() for token in tokens]


@pytest.mark.parametrize("engine", [ours, by_cryptography], ids=lambda f: f.__name__)
def test_decrypt(benchmark: Any, engine: Callable[[list[str]], list[str | None]]) -> None:
    tokens = [token for token in smspoh.encrypt_batch(TEXTS, KEY, profile=PROFILE) if token]
    benchmark.group = f"{len(TEXTS)} messages opened, without the cost of PBKDF2, one thread"
    assert benchmark.pedantic(engine, (tokens,), rounds=5, warmup_rounds=1) == TEXTS


@pytest.mark.parametrize(("name", "engine"), ALL)
def test_encrypt(benchmark: Any, sized: dict[str, Task], name: str, engine: str) -> None:
    task = sized[name]
    benchmark.group = task.title
    task.check(engine, benchmark.pedantic(task.engines[engine], rounds=5, warmup_rounds=1))
