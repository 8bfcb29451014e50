"""Texts: ours and the rivals."""

from __future__ import annotations

from typing import Any

import pytest

from .text_tasks import text_tasks

ALL = [(name, engine) for name, task in text_tasks(small=True).items() for engine in task.engines]


@pytest.mark.parametrize(("name", "engine"), ALL, ids="-".join)
def test_text(request: pytest.FixtureRequest, benchmark: Any, name: str, engine: str) -> None:
    task = text_tasks(small=bool(request.config.getoption("benchmark_disable")))[name]
    benchmark.group = task.title
    task.check(engine, benchmark.pedantic(task.engines[engine], rounds=5, warmup_rounds=1))
