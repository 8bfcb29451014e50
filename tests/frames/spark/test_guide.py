"""The recipes of the guide print what is below them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pytest

    from .cluster import Cluster

GUIDE: Final = Path(__file__).parents[3] / "docs" / "guide" / "pipelines.md"


def test_the_recipes_print_what_is_below_them(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    section = GUIDE.read_text("utf-8").partition("\n## Spark\n")[2]
    section = re.split(r"^## ", section, maxsplit=1, flags=re.MULTILINE)[0]
    recipe = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    recipes = recipe.findall(section)
    assert len(recipes) == section.count("```python") == 3
    names: dict[str, Any] = {"__name__": "recipe"}  # one after the other, as they are read
    for code, prints in recipes:
        exec(compile(code, "docs/guide/pipelines.md", "exec"), names)
        assert capsys.readouterr().out == prints
    assert names["spark"] is cluster.spark
