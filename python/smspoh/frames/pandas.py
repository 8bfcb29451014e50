"""pandas: columns of a frame.

Importing this module gives every Series an accessor::

    import pandas as pd
    import smspoh.frames.pandas

    frame["phone"].smspoh.normalize()

Columns of pyarrow go into Rust as they are; other columns of text are copied once. A row that is
missing (None, NaN, `pd.NA`) is missing in every field of the result, whose index is that of
the column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

try:
    import pandas as pd
    import pyarrow as pa
except ImportError as missing:
    raise ImportError(
        "smspoh.frames.pandas needs pandas and pyarrow: pip install 'smspoh[pandas]'"
    ) from missing

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError

from . import arrow
from ._series import numbers, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SeriesAccessor"]


@pd.api.extensions.register_series_accessor("smspoh")
class SeriesAccessor:
    """`Series.smspoh`: what a column of n rows can be asked."""

    def __init__(self, column: pd.Series[Any]) -> None:
        self._column = column

    def normalize(
        self,
        *,
        region: str | None = "MM",
        strict: bool = True,
        sms: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the E.164 form of each phone number, with a verdict.

        The column is of texts, of integers (also decimals of scale 0), which are their decimal
        digits, or of objects: one that is neither text nor int is NOT_A_NUMBER.

        Args:
            region: the region of a number without a calling code, as in `smspoh.normalize`.
            strict: refuse what may reach the wrong person, as in `smspoh.normalize`.
            sms: refuse what cannot take an SMS, as NOT_MOBILE.
            threads: the most to use, 0 for one a CPU. Below 50,000 rows one is used.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of `e164` (a string dtype), `verdict`, `operator`, `kind`, `region`
            (categories) and `calling_code` (`Int16`): `docs/spec/arrow.md`.

        Raises:
            ArgumentError: `region` is not supported, `threads` is out of range, `columns`
                has what is no field, or the column is of another type. A column of floats has
                to be read as text.
        """
        found = arrow.normalize(
            numbers(self._column),
            region=region,
            strict=strict,
            sms=sms,
            threads=threads,
            columns=columns,
        )
        return self._frame(found)

    def encrypt(
        self,
        keys: str | bytes | pd.Series[Any],
        *,
        profile: EnvelopeProfile = YII2,
        threads: int = 0,
    ) -> pd.Series[Any]:
        """Return the encrypted message of each text, under a fresh salt.

        Args:
            keys: one key for all; or a Series of n keys with the index of the texts.
            profile: the assumptions of the format.
            threads: as in `normalize`.

        Returns:
            n rows of a string dtype. Missing where the text is missing or no text, or its
            key is missing or cannot be used.

        Raises:
            ArgumentError: a single key that cannot be used; keys with another index; or
                the column is of another type.
        """
        rows = texts(self._column, otherwise=None)
        made = arrow.encrypt(rows, self._keys(keys), profile=profile, threads=threads)
        return self._series(made)

    def decrypt(
        self,
        keys: str | bytes | pd.Series[Any],
        *,
        profile: EnvelopeProfile = YII2,
        lenient: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the text of each encrypted message, with a verdict.

        Args:
            keys: as in `encrypt`.
            profile: the assumptions of the format.
            lenient: take base64 that is not canonical, as in `smspoh.decrypt`.
            threads: as in `normalize`.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of `text` (a string dtype) and `verdict` (categories).

        Raises:
            ArgumentError: as in `encrypt`, or `columns` has what is no field.
        """
        found = arrow.decrypt(
            texts(self._column, otherwise=b""),
            self._keys(keys),
            profile=profile,
            lenient=lenient,
            threads=threads,
            columns=columns,
        )
        return self._frame(found)

    def segments(
        self,
        *,
        unicode: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return how many parts each text is sent in.

        Args:
            unicode: True writes each as UCS-2 also where GSM-7 would do.
            threads: as in `normalize`.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of `encoding` (categories), `parts`, `units`, `units_left` and
            `forced_at` (`Int32`).

        Raises:
            ArgumentError: `columns` has what is no field, or the column is of another type.
        """
        rows = texts(self._column, otherwise=_NO_TEXT)
        found = arrow.segments(rows, unicode=unicode, threads=threads, columns=columns)
        return self._frame(found)

    def zawgyi_to_unicode(self) -> pd.Series[Any]:
        """Return each text of Zawgyi as Unicode, as `smspoh.zawgyi_to_unicode` does.

        Returns:
            n rows of a string dtype. Missing where the row is missing, or no text.

        Raises:
            ArgumentError: the column is of another type.
        """
        return self._series(arrow.zawgyi_to_unicode(texts(self._column, otherwise=None)))

    def unicode_to_zawgyi(self) -> pd.Series[Any]:
        """Return each text of Unicode as Zawgyi, for phones that have nothing else.

        Result and errors are those of `zawgyi_to_unicode`.
        """
        return self._series(arrow.unicode_to_zawgyi(texts(self._column, otherwise=None)))

    def _keys(self, keys: str | bytes | pd.Series[Any]) -> Any:
        if isinstance(keys, (str, bytes)):
            return keys
        if not isinstance(keys, pd.Series):
            raise TypeError(f"keys is {type(keys).__name__}; a str, bytes or a Series is needed")
        # That they are as many is asked further down.
        if len(keys) == len(self._column) and not keys.index.equals(self._column.index):
            raise ArgumentError("keys have another index than the rows; the same one is needed")
        return texts(keys, otherwise=None)

    def _series(self, found: arrow.ArrowStream) -> pd.Series[Any]:
        """Return one column as a Series with the index and the name of the column."""
        return self._frame(found).iloc[:, 0].rename(self._column.name)

    def _frame(self, found: arrow.ArrowStream) -> pd.DataFrame:
        """Return columns as a frame with the index of the column."""
        array = pa.chunked_array(found)
        if pa.types.is_struct(array.type):
            table = pa.Table.from_struct_array(array)
        else:
            table = pa.table({"0": array})
        # Codes of categories without a missing row are still those of the array: read-only.
        frame: pd.DataFrame = table.to_pandas(types_mapper=_DTYPES.get).copy()
        frame.index = self._column.index
        return frame


# What is no UTF-8 is no text.
_NO_TEXT: Final = b"\xff"
_STRINGS: Final = (
    pd.StringDtype("pyarrow")
    if int(pd.__version__.partition(".")[0]) < 3
    else pd.StringDtype("pyarrow", na_value=float("nan"))  # the one that pandas has for texts
)
_DTYPES: Final = {
    pa.string(): _STRINGS,
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
}
