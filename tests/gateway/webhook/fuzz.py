"""Hostile requests against both applications: `python -m tests.gateway.webhook.fuzz --posts N`.

None may raise, none may be answered 5xx (the functions of the webhook raise nothing), both
applications must say the same, no answer and no line of the log may hold what is private,
and nothing may be kept of what was refused. The exit code is 1 if there was a fault. A seed
repeats its requests exactly; `--only` repeats one.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from smspoh.gateway.webhook import (
    Arrival,
    Expected,
    MemoryDeliveryBook,
    Webhook,
    WebhookASGI,
    WebhookWSGI,
)

from .calling import FIELDS, NUMBER, SECRET, Got, asgi, by_wsgi
from .hostile import drawn

STATUSES: Final = {200, 400, 404, 405, 413, 414, 415}
PRIVATE: Final = (SECRET, NUMBER, FIELDS["clientReference"])
_WARM: Final = 300  # requests after which caches are full
_KEPT_MAX: Final = 20_000  # blocks of memory that may be more at the end, of any size
_FAULTS_MAX: Final = 20


@dataclass(slots=True)
class Result:
    """What a run came to."""

    posts: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    arrivals: Counter[Arrival] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kept_blocks: int = 0


class _Listener(logging.Handler):
    """Look at each line of the log, and keep none."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self._result = result

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or any(value in record.getMessage() for value in PRIVATE):
            self._result.faults.append("a line of the log holds what is private")


def _webhooks() -> list[Webhook]:
    """Return webhooks of every kind, whose functions raise nothing."""
    book = MemoryDeliveryBook(50)
    return [
        Webhook(book.apply, path_secret=SECRET),
        Webhook(
            book.apply,
            path_secret=SECRET,
            allow=["198.51.100.0/24", "203.0.113.0/24"],
            trusted_proxies=["10.0.0.0/8", "unix"],
        ),
        Webhook(
            book.apply,
            path_secret=None,
            lookup=lambda name: Expected(NUMBER, "abcde12345") if "5" in name else None,
            on_unknown=lambda _: None,
        ),
    ]


async def _run(seed: int, indexes: range, result: Result) -> None:
    hooks = _webhooks()
    before = 0
    for count, index in enumerate(indexes):
        if len(result.faults) >= _FAULTS_MAX:
            break
        if count == _WARM:
            gc.collect()
            before = sys.getallocatedblocks()
        sent = drawn(seed, index)
        hook = hooks[index % len(hooks)]
        said: list[Got] = []
        try:
            over = await asgi(WebhookASGI(hook), sent)
            said = [by_wsgi(WebhookWSGI(hook), sent, valid=False), *([over] if over else [])]
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            result.faults.append(f"case {index}: {type(error).__name__}")
            continue
        result.posts += 1
        result.answers[said[0].status] += 1
        if len(said) != 2 or said[0] != said[1]:
            statuses = ", ".join(str(got.status) for got in said)
            result.faults.append(f"case {index}: the applications differ: {statuses}")
        elif said[0].status not in STATUSES:
            result.faults.append(f"case {index}: answered {said[0].status}")
        elif any(value.encode() in said[0].body for value in PRIVATE):
            result.faults.append(f"case {index}: the answer holds what is private")
    for hook in hooks:
        result.arrivals.update(hook.counts())
    gc.collect()
    result.kept_blocks = sys.getallocatedblocks() - before if before else 0
    if result.kept_blocks > _KEPT_MAX:
        result.faults.append(f"{result.kept_blocks:,} blocks of memory are kept")


def run(seed: int, posts: int, first: int = 0) -> Result:
    """Send so many requests of a seed to both applications, and return what they came to."""
    result = Result()
    logger = logging.getLogger("smspoh.gateway.webhook")
    listener, propagated = _Listener(result), logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        asyncio.run(_run(seed, range(first, first + posts), result))
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagated
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run it, print what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.gateway.webhook.fuzz")
    parser.add_argument("--posts", type=int, default=3_000, help="requests to each application")
    parser.add_argument("--seed", type=int, help="that of an earlier run; a new one if not given")
    parser.add_argument("--only", type=int, help="the number of one case")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"fuzz: seed {seed}; --seed {seed} repeats it", flush=True)
    if options.only is not None:
        print(drawn(seed, options.only))
        result = run(seed, 1, options.only)
    else:
        result = run(seed, options.posts)
    for fault in result.faults:
        print(f"fuzz: {fault}")
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(result.answers.items()))
    print(f"fuzz: answers {answers}; {result.kept_blocks:,} blocks of memory more than before")
    print(f"fuzz: seed {seed}, {result.posts:,} posts to each, {len(result.faults)} faults")
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
