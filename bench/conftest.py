"""How large a bench is: full size when it is measured, small when it runs as a test."""

from __future__ import annotations

import pytest

from .tasks import Task, tasks


@pytest.fixture
def sized(request: pytest.FixtureRequest) -> dict[str, Task]:
    """Return the tasks in the size that this run wants."""
    return tasks(small=bool(request.config.getoption("benchmark_disable")))
