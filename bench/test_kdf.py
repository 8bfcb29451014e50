"""PBKDF2-HMAC-SHA256: ours, by backend and by threads, and the rivals."""

from __future__ import annotations

from typing import Any

import pytest

from .tasks import Task, tasks

KEYS = ["one", "batch", "threads"]
ALL = [(name, engine) for name in KEYS for engine in tasks(small=True)[name].engines]


@pytest.mark.parametrize(("name", "engine"), ALL)
def test_derive(benchmark: Any, sized: dict[str, Task], name: str, engine: str) -> None:
    task = sized[name]
    benchmark.group = task.title
    task.check(engine, benchmark.pedantic(task.engines[engine], rounds=5, warmup_rounds=1))
