"""Where pyspark is missing or too old, the functions on its columns say so."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from smspoh.frames import spark

if TYPE_CHECKING:
    from collections.abc import Callable


def test_without_pyspark_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    calls: list[Callable[[], object]] = [
        lambda: spark.normalize("number"),
        lambda: spark.segments("text"),
        lambda: spark.encrypt("text", "a key of many characters"),
        lambda: spark.decrypt("token", "a key of many characters"),
    ]
    for call in calls:
        with pytest.raises(ImportError, match=r"needs pyspark 4\.1 or later: pip install"):
            call()


def test_an_older_pyspark_is_named_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    old, sql, functions = map(ModuleType, ("pyspark", "pyspark.sql", "pyspark.sql.functions"))
    vars(old)["__version__"] = "4.0.1"
    vars(sql)["functions"] = functions
    for module in (old, sql, functions):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    with pytest.raises(ImportError, match=r"pyspark 4\.0\.1 has no .* needed is 4\.1 or later"):
        spark.normalize("number")


def test_a_region_that_is_none_is_refused_before_pyspark_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ValueError, match="the region is no region"):
        spark.normalize("number", region="ZZ9")
