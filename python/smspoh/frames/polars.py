"""Polars: expressions and columns, in a lazy frame and in the streaming engine too.

Importing this module gives every expression and every Series a namespace::

    import polars as pl
    import smspoh.frames.polars

    pl.col("phone").smspoh.normalize()

A column goes into Rust as it is and comes out as it is; nothing of it becomes an object of
Python. The names that a field can have are a `Categorical`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

try:
    import polars as pl
except ImportError as missing:
    raise ImportError(
        "smspoh.frames.polars needs Polars: pip install 'smspoh[polars]'"
    ) from missing

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError

from . import arrow
from ._columns import names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ExprNamespace", "SeriesNamespace"]

Column = TypeVar("Column", pl.Expr, pl.Series)
_KEYS: Final = "keys of smspoh"  # the name of a column of keys beside its texts
_REFUSED: Final = {pl.Boolean, pl.List, pl.Array, pl.Object}  # beside numbers and times


@dataclass(frozen=True, slots=True, repr=False)
class _Call:
    """What is done to each piece of a column. Its repr shows no key.

    Attributes:
        function: one of `smspoh.frames.arrow`.
        options: its keyword arguments.
        keys: a key for all rows, for a function that needs one.
        paired: whether a piece is a struct of a column and its keys.
        numbers: whether integers are taken, which decimals of scale 0 are too.
    """

    function: Callable[..., Any]
    options: Mapping[str, object]
    keys: str | bytes | None = None
    paired: bool = False
    numbers: bool = False

    def __call__(self, piece: pl.Series) -> pl.Series:
        if self.paired:
            names = piece.struct.fields
            if len(names) != 2:
                raise ArgumentError(
                    f"a column of keys stands beside {len(names) - 1} columns; one is needed"
                )
            return self.of(*map(piece.struct.field, names))
        return self.of(piece)

    def of(self, *columns: pl.Series) -> pl.Series:
        """Return what is made of a column, and of its keys; the name is that of the column."""
        name, kind = columns[0].name, columns[0].dtype
        if self.numbers and _is_integer(kind):
            columns = (_digits(columns[0]),)
        elif kind.is_numeric() or kind.is_temporal() or kind.base_type() in _REFUSED:
            found = kind if kind.is_decimal() else kind.base_type()
            needed = "text or integers are needed" if self.numbers else "a column of text is needed"
            raise ArgumentError(f"the column is of {found}; {needed}")
        # Polars ends the process when it hands out a column whose name has a NUL.
        arguments: list[object] = [column.alias("") for column in columns]
        if self.keys is not None:
            arguments.append(self.keys)
        return pl.Series(self.function(*arguments, **self.options)).rename(name)

    def return_dtype(self) -> pl.DataType:
        """Return the type of what comes out, which is asked of no rows; options are checked."""
        empty = pl.Series([], dtype=pl.String)
        if self.paired:
            empty = pl.struct(empty, empty.alias(_KEYS), eager=True)
        return self(empty).dtype

    def to_run(self) -> _Call:
        """Return the call of a plan, which says no more of a key that was given with it."""
        is_said = self.keys is not None and self.function is arrow.encrypt
        return replace(self, function=_encrypt) if is_said else self

    def __reduce__(self) -> Any:
        if self.keys is not None:
            raise TypeError("a plan that holds a key is not serialized; give a column of keys")
        return _Call, (self.function, self.options, None, self.paired, self.numbers)


def _encrypt(*arguments: Any, **options: Any) -> Any:
    return arrow.sealed(*arguments, **options)[0]


def _is_integer(kind: pl.DataType) -> bool:
    """Return for a type of Polars what `_digits.is_integer` does for one of pyarrow."""
    return kind.is_integer() or (isinstance(kind, pl.Decimal) and kind.scale == 0)


def _digits(numbers: pl.Series) -> pl.Series:
    """Return integers as text; one below 0 as an empty one, which no number is."""
    texts = numbers.cast(pl.String)
    if not (numbers < 0).any():
        return texts
    return texts.set(numbers < 0, "")


def _held(columns: Sequence[str] | None) -> Sequence[object] | None:
    """Return the names of fields as they are now, for a plan is run later, and more than once."""
    return None if columns is None else names_of(columns)


def _applied(column: Column, call: _Call) -> Column:
    if isinstance(column, pl.Series):
        return call(column)
    kind = call.return_dtype()
    return column.map_batches(call.to_run(), return_dtype=kind, is_elementwise=True)


def _kind(column: object) -> type:
    # An expression may be of a subclass: that of `when` is.
    return pl.Series if isinstance(column, pl.Series) else pl.Expr


def _keyed(
    column: Column,
    keys: str | bytes | Column,
    function: Callable[..., Any],
    options: Mapping[str, object],
) -> Column:
    if isinstance(keys, (str, bytes)):
        return _applied(column, _Call(function, options, keys=keys))
    kind = _kind(column)
    if not isinstance(keys, kind):
        raise TypeError(
            f"keys is {type(keys).__name__}; a str, bytes or a polars {kind.__name__} is needed"
        )
    call = _Call(function, options, paired=True)
    if isinstance(column, pl.Series):
        return call.of(column, keys)
    return _applied(pl.struct(column, keys.alias(_KEYS)), call)


class _Namespace(Generic[Column]):
    """What a column of n rows can be asked."""

    def __init__(self, column: Column) -> None:
        self._column: Column = column

    def normalize(
        self,
        *,
        region: str | None = "MM",
        strict: bool = True,
        sms: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> Column:
        """Return the E.164 form of each phone number, with a verdict.

        An integer, as a decimal of scale 0 is too, is its decimal digits.

        Args:
            region: the region of a number without a calling code, as in `smspoh.normalize`.
            strict: refuse what may reach the wrong person, as in `smspoh.normalize`.
            sms: refuse what cannot take an SMS, as NOT_MOBILE.
            threads: the most to use for each piece of the column, 0 for one a CPU. Below 50,000
                rows one is used.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of a struct of `e164`, `verdict`, `operator`, `kind`, `region`, `calling_code`:
            `docs/spec/arrow.md`. Every field of a row that is null is null.

        Raises:
            ArgumentError: `region` is not supported, `threads` is out of range or `columns` has
                what is no field: raised here. The column is of another type: raised when the
                query runs.
        """
        options = {
            "region": region,
            "strict": strict,
            "sms": sms,
            "threads": threads,
            "columns": _held(columns),
        }
        return _applied(self._column, _Call(arrow.normalize, options, numbers=True))

    def encrypt(
        self,
        keys: str | bytes | Column,
        *,
        profile: EnvelopeProfile = YII2,
        threads: int = 0,
    ) -> Column:
        """Return the encrypted message of each text, under a fresh salt.

        Args:
            keys: one key for all; or a column of n keys, an Expr for an Expr of one column. No plan
                and no repr shows a key that is a str or bytes, and a plan that holds one cannot be
                serialized. One in `pl.lit` every plan shows.
            profile: the assumptions of the format.
            threads: as in `normalize`.

        Returns:
            n rows of text. Null where the text is null, or its key is null or cannot be used.
            Of an Expr that Polars holds as one row, as `pl.lit`, all rows are that row's token.

        Raises:
            ArgumentError: a single key that cannot be used: raised here. The column is of
                another type: raised when the query runs.
        """
        options = {"profile": profile, "threads": threads}
        return _keyed(self._column, keys, arrow.encrypt, options)

    def decrypt(
        self,
        keys: str | bytes | Column,
        *,
        profile: EnvelopeProfile = YII2,
        lenient: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> Column:
        """Return the text of each encrypted message, with a verdict.

        Args:
            keys: as in `encrypt`.
            profile: the assumptions of the format.
            lenient: take base64 that is not canonical, as in `smspoh.decrypt`.
            threads: as in `normalize`.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of a struct of `text` and `verdict`.

        Raises:
            ArgumentError: as in `encrypt`, or `columns` has what is no field.
        """
        options = {
            "profile": profile,
            "lenient": lenient,
            "threads": threads,
            "columns": _held(columns),
        }
        return _keyed(self._column, keys, arrow.decrypt, options)

    def segments(
        self,
        *,
        unicode: bool = False,
        threads: int = 0,
        columns: Sequence[str] | None = None,
    ) -> Column:
        """Return how many parts each text is sent in.

        Args:
            unicode: True writes each as UCS-2 also where GSM-7 would do.
            threads: as in `normalize`.
            columns: the fields to have, in their order; None for all.

        Returns:
            n rows of a struct of `encoding`, `parts`, `units`, `units_left` and `forced_at`.

        Raises:
            ArgumentError: `columns` has what is no field: raised here. The column is of another
                type: raised when the query runs.
        """
        options = {"unicode": unicode, "threads": threads, "columns": _held(columns)}
        return _applied(self._column, _Call(arrow.segments, options))

    def zawgyi_to_unicode(self) -> Column:
        """Return each text of Zawgyi as Unicode, as `smspoh.zawgyi_to_unicode` does.

        Returns:
            n rows of text, null where the row is null or not UTF-8.

        Raises:
            ArgumentError: the column is of another type: raised when the query runs.
        """
        return _applied(self._column, _Call(arrow.zawgyi_to_unicode, {}))

    def unicode_to_zawgyi(self) -> Column:
        """Return each text of Unicode as Zawgyi, for phones that have nothing else.

        Result and errors are those of `zawgyi_to_unicode`.
        """
        return _applied(self._column, _Call(arrow.unicode_to_zawgyi, {}))


@pl.api.register_expr_namespace("smspoh")
class ExprNamespace(_Namespace[pl.Expr]):
    """`Expr.smspoh`: row by row, in lazy frames and in the streaming engine too."""


@pl.api.register_series_namespace("smspoh")
class SeriesNamespace(_Namespace[pl.Series]):
    """`Series.smspoh`."""
