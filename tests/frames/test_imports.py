"""No library of frames is loaded before it is asked for, and then that one alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIBRARIES = {"polars", "pandas", "duckdb", "pyarrow", "numpy", "pyspark"}


def loaded_by(statement: str) -> set[str]:
    """Return the libraries of frames that a new interpreter has after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()} & LIBRARIES


@pytest.mark.parametrize(
    ("statement", "libraries"),
    [
        ("import smspoh, smspoh.frames, smspoh.frames.arrow", set()),
        ("import smspoh.frames.polars", {"polars"}),
        ("import smspoh.frames.pandas", {"pandas", "pyarrow", "numpy"}),
        ("import smspoh.frames.duckdb", {"duckdb", "pyarrow"}),
    ],
)
def test_only_what_is_asked_for_is_loaded(statement: str, libraries: set[str]) -> None:
    # DuckDB and pyarrow look for what is there themselves.
    assert libraries <= loaded_by(statement)
    assert not loaded_by(statement) & {"polars", "pandas", "duckdb"} - libraries


@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_a_library_that_is_not_there_is_named_with_its_extra(library: str) -> None:
    statement = f"""
sys.modules[{library!r}] = None
try:
    import smspoh.frames.{library}
except ImportError as error:
    assert "smspoh[{library}]" in str(error), error
else:
    raise AssertionError("it was imported")
"""
    loaded_by(statement)


def test_columns_of_polars_need_no_pyarrow() -> None:
    statement = """
import polars as pl, smspoh.frames.polars
numbers = pl.Series("phone", ["09450000000"])
numbers.smspoh.normalize()
pl.LazyFrame([numbers]).select(pl.col("phone").smspoh.normalize()).collect()
"""
    assert "pyarrow" not in loaded_by(statement)
