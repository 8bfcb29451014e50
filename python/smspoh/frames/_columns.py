"""What the functions of `smspoh.frames` return: columns that any library of Arrow takes."""

from __future__ import annotations


class ChunkedColumns:
    """Columns in any number of arrays. Its repr shows counts alone.

    Attributes:
        names: the names of the fields, in their order; empty where it is one column.
    """

    names: tuple[str, ...]

    def __len__(self) -> int:
        raise NotImplementedError

    def __arrow_c_schema__(self) -> object:
        """Return the type, as a capsule `arrow_schema`."""
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return all arrays in their order, as a capsule `arrow_array_stream`.

        Args:
            requested_schema: is not followed.
        """
        raise NotImplementedError


class Columns(ChunkedColumns):
    """Columns in one array. Its repr shows counts alone."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return the type and the array, as capsules `arrow_schema` and `arrow_array`.

        Args:
            requested_schema: is not followed.
        """
        raise NotImplementedError
