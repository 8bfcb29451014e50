"""What is measured: each task with its engines, at full size or small enough for a test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import smspoh

from .engines import ENGINES, OURS, by_hashlib, ours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PASSWORD: Final = b"correct horse battery staple"
KEY: Final = PASSWORD.decode()
LENGTH: Final = 32  # bytes of a key: one block of PBKDF2
TEXT: Final = ("Your code is 123456. Do not share it with anyone. " * 4)[:160]


@dataclass(frozen=True, slots=True)
class Task:
    """One task, its engines, and how to see that they did it.

    Attributes:
        name: of one word.
        title: what each engine does in one run.
        unit: what a row is.
        rows: how many of them are in one run.
        compressions: SHA-256 compressions a row; None where PBKDF2 is not all of it.
        engines: what runs, by name. The others are compared with the first.
        seen: what of a run's result can be compared.
        expected: what must be seen, by other code than the engines'.
        often: how many times the usual rounds it is given, being short.
    """

    name: str
    title: str
    unit: str
    rows: int
    compressions: int | None
    engines: Mapping[str, Callable[[], Any]]
    seen: Callable[[Any], object]
    expected: Callable[[], object]
    often: int = 1

    def check(self, engine: str, result: Any) -> None:
        """Raise when what an engine returned is not what it must be."""
        if self.seen(result) != self.expected():
            raise AssertionError(f"{engine} gave another answer: {self.title}")


def compressions(iterations: int) -> int:
    """Return the SHA-256 compressions of a key of one block.

    Two an iteration, the inner and the outer one, and two for the pads of HMAC's key.
    It holds for a password of at most 64 bytes and a salt of at most 51.
    """
    return 2 * iterations + 2


def _salts(rows: int) -> list[bytes]:
    return [b"salt %011d" % row for row in range(rows)]


def _keys(name: str, title: str, rows: int, iterations: int, engines: Mapping[str, Any]) -> Task:
    """Return the task of deriving `rows` keys, each of a salt of its own."""
    arguments = (PASSWORD, _salts(rows), iterations, LENGTH)
    return Task(
        name=name,
        title=title,
        unit="key",
        rows=rows,
        compressions=compressions(iterations),
        engines={engine: partial(derive, *arguments) for engine, derive in engines.items()},
        seen=lambda keys: keys,
        expected=cache(partial(by_hashlib, *arguments)),
        often=5 if rows == 1 else 1,
    )


def _shared(rows: int, iterations: int) -> Task:
    """Return the task of encrypting under one salt, so that one key is derived."""
    texts, profile = [TEXT] * rows, smspoh.EnvelopeProfile(iterations=iterations)
    encrypt = partial(smspoh.encrypt_batch, texts, KEY, profile=profile, salt="shared", threads=1)
    return Task(
        name="shared",
        title=f"{rows:,} messages of {len(TEXT)} bytes under one salt, one thread",
        unit="message",
        rows=rows,
        compressions=None,
        engines={OURS: encrypt},
        seen=lambda messages: list(smspoh.decrypt_batch(messages, KEY, profile=profile)),
        expected=lambda: texts,
        often=5,
    )


def _fresh(name: str, rows: int, iterations: int) -> Task:
    """Return the task of encrypting under a salt a message, beside its keys alone."""
    texts, profile = [TEXT] * rows, smspoh.EnvelopeProfile(iterations=iterations)
    keys = partial(ours, PASSWORD, _salts(rows), iterations, 16)
    encrypt = partial(smspoh.encrypt_batch, texts, KEY, profile=profile, salt="fresh", threads=1)
    times = "one iteration" if iterations == 1 else f"{iterations:,} iterations"
    return Task(
        name=name,
        title=f"{rows:,} messages of {len(TEXT)} bytes, a salt and {times} each, one thread",
        unit="message",
        rows=rows,
        compressions=None,
        engines={"its keys alone": keys, "encrypt_batch": encrypt},
        seen=len,
        expected=lambda: rows,
        often=5 if iterations == 1 else 1,
    )


@cache
def tasks(*, small: bool = False) -> dict[str, Task]:
    """Return the tasks by name; the small ones do the same in milliseconds."""
    iterations = 200 if small else 100_000  # what a message costs
    rows, messages = 64, 200 if small else 20_000
    each = f"of {iterations:,} iterations"
    threads = {f"{OURS}, {n} thread{'s' * (n > 1)}": partial(ours, threads=n) for n in (1, 2)}
    found = [
        _keys("one", f"one key alone {each}", 1, iterations, ENGINES),
        _keys("batch", f"{rows} keys {each}, one thread", rows, iterations, ENGINES),
        _keys("threads", f"{rows} keys {each}, by threads", rows, iterations, threads),
        _shared(messages, iterations),
        _fresh("fresh", rows, iterations),
        _fresh("rest", messages, 1),
    ]
    return {task.name: task for task in found}
