"""What pyspark is asked for: its functions, and a column of one that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyspark.sql import Column

_NEEDED: Final = (4, 1)  # the first with `arrow_udf`


def pyspark_functions() -> Any:
    """Return the module of functions on columns.

    Raises:
        ImportError: pyspark is missing or older than 4.1.
    """
    needed = ".".join(map(str, _NEEDED))
    try:
        import pyspark  # noqa: PLC0415 - it is imported by who has it
        from pyspark.sql import functions  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            f"smspoh.frames.spark needs pyspark {needed} or later: pip install 'smspoh[spark]'"
        ) from error
    if not hasattr(functions, "arrow_udf"):
        raise ImportError(
            f"pyspark {pyspark.__version__} has no functions on columns of Arrow;"
            f" needed is {needed} or later"
        )
    return functions


def column_of(column: Column | str, name: str) -> Column:
    """Return the column that an argument is, or is the name of.

    Args:
        column: the argument.
        name: what the argument is called, for the error.

    Raises:
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.
    """
    functions = pyspark_functions()
    from pyspark.sql import Column  # noqa: PLC0415

    if isinstance(column, str):
        found: Column = functions.col(column)
        return found
    if not isinstance(column, Column):
        raise TypeError(
            f"{name} must be a column of Spark or its name, not {type(column).__name__}"
        )
    return column
