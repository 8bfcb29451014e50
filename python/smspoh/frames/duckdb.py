"""DuckDB: functions of SQL.

::

    import duckdb
    import smspoh.frames.duckdb

    connection = duckdb.connect()
    smspoh.frames.duckdb.register(connection)
    connection.sql("SELECT smspoh_normalize(phone).e164 FROM customers")

DuckDB calls a function with vectors of 2,048 rows, which pyarrow carries over. A cursor of the
connection has the functions too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

try:
    import duckdb
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError as missing:
    raise ImportError(
        "smspoh.frames.duckdb needs DuckDB and pyarrow: pip install 'smspoh[duckdb]'"
    ) from missing

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError

from . import arrow
from ._digits import digits, is_integer, is_text, value_type

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decrypt", "encrypt", "normalize", "register", "segments"]


def register(
    connection: duckdb.DuckDBPyConnection,
    *,
    keys: Mapping[str, str | bytes] | None = None,
    profile: EnvelopeProfile = YII2,
) -> None:
    """Give a connection the functions of SQL; those that it has of an earlier call are replaced.

    - `smspoh_normalize(text[, region[, strict[, sms]]])`: a struct of `e164`, `verdict`,
      `operator`, `kind`, `region` and `calling_code`. Without a region it is `'MM'`; NULL takes
      international numbers alone. `strict` is true and `sms` false where they are not given.
      An integer is its decimal digits; a BIGNUM fails the query.
    - `smspoh_encrypt(text, key)`: the encrypted message, under a fresh salt in each row, also
      where the text is a constant.
    - `smspoh_decrypt(token, key[, lenient])`: a struct of `text` and `verdict`.
    - `smspoh_segments(text[, unicode])`: a struct of `encoding`, `parts`, `units`, `units_left` and
      `forced_at`.
    - `smspoh_zawgyi_to_unicode(text)`, `smspoh_unicode_to_zawgyi(text)`: the text.

    What is in brackets means what it means in `smspoh.normalize`, `decrypt` and `segments`. A
    column may have regions of its own; `strict`, `sms`, `lenient` and `unicode` are one value
    a query.

    A row whose text is NULL is NULL in every field, and so is the token of a key that is NULL or
    cannot be used.

    Args:
        connection: what SQL is run on.
        keys: keys by their names. With them, `key` in SQL is a name and never a key, so that
            no key is in a query, a parameter or a plan; a name that is not there fails
            the query. Without them, `key` is the key.
        profile: the assumptions of the format.

    Raises:
        ArgumentError: a key of `keys` that cannot be used; or another connection, or a cursor,
            has given the database the functions, and is the one that can replace them.
        TypeError: `keys` is no mapping of names to str or bytes.
    """
    named = None if keys is None else _checked(keys, profile)
    empty = pa.array([], pa.string())

    def encrypt(texts: Any, key: Any) -> Any:
        return pa.array(arrow.encrypt(_whole(texts), _keys(key, named), profile=profile))

    def decrypt(*arguments: Any) -> Any:
        (tokens, key), options = _taken("smspoh_decrypt", arguments, 2, ("lenient",))
        keys = _keys(key, named)
        return _plain(arrow.decrypt(tokens, keys, profile=profile, **options))

    decrypted = arrow.decrypt(empty, empty, profile=profile)
    _create(connection, "smspoh_normalize", _normalize, None, arrow.normalize(empty))
    encrypted = arrow.encrypt(empty, empty, profile=profile)
    _create(connection, "smspoh_encrypt", encrypt, [_TEXT, _TEXT], encrypted)
    _create(connection, "smspoh_decrypt", decrypt, None, decrypted)
    _create(connection, "smspoh_segments", _segments, None, arrow.segments(empty))
    for function in (arrow.zawgyi_to_unicode, arrow.unicode_to_zawgyi):
        name = f"smspoh_{function.__name__}"
        _create(connection, name, _of_texts(function), [_TEXT], function(empty))


def normalize(
    relation: duckdb.DuckDBPyRelation,
    column: str,
    *,
    region: str | None = "MM",
    name: str = "smspoh",
) -> duckdb.DuckDBPyRelation:
    """Return a relation with what `smspoh_normalize` says of a column, as one column more.

    Args:
        relation: of a connection that `register` was called with.
        column: the name of the column.
        region: the region of a number without a calling code, as in `smspoh.normalize`.
        name: the name of the column that is added.
    """
    constant = duckdb.ConstantExpression(region).cast(_TEXT)
    return _added(relation, "smspoh_normalize", name, duckdb.ColumnExpression(column), constant)


def encrypt(
    relation: duckdb.DuckDBPyRelation,
    column: str,
    key: str | duckdb.Expression,
    *,
    name: str = "smspoh",
) -> duckdb.DuckDBPyRelation:
    """Return a relation with what `smspoh_encrypt` makes of a column, as one column more.

    Args:
        relation: of a connection that `register` was called with.
        column: the name of the column.
        key: what `smspoh_encrypt` takes for it: a name, where `register` was given names,
            else a key, which plans of the relation show; or a column of those.
        name: the name of the column that is added.
    """
    return _added(relation, "smspoh_encrypt", name, duckdb.ColumnExpression(column), _key(key))


def decrypt(
    relation: duckdb.DuckDBPyRelation,
    column: str,
    key: str | duckdb.Expression,
    *,
    name: str = "smspoh",
) -> duckdb.DuckDBPyRelation:
    """Return a relation with what `smspoh_decrypt` says of a column, as one column more.

    Args:
        relation: of a connection that `register` was called with.
        column: the name of the column.
        key: as in `encrypt`.
        name: the name of the column that is added.
    """
    return _added(relation, "smspoh_decrypt", name, duckdb.ColumnExpression(column), _key(key))


def segments(
    relation: duckdb.DuckDBPyRelation, column: str, *, name: str = "smspoh"
) -> duckdb.DuckDBPyRelation:
    """Return a relation with what `smspoh_segments` says of a column, as one column more.

    Args:
        relation: of a connection that `register` was called with.
        column: the name of the column.
        name: the name of the column that is added.
    """
    return _added(relation, "smspoh_segments", name, duckdb.ColumnExpression(column))


_TEXT: Final = duckdb.sqltype("VARCHAR")


def _key(key: str | duckdb.Expression) -> duckdb.Expression:
    return duckdb.ConstantExpression(key) if isinstance(key, str) else key


def _added(
    relation: duckdb.DuckDBPyRelation, function: str, name: str, *arguments: duckdb.Expression
) -> duckdb.DuckDBPyRelation:
    made = duckdb.FunctionExpression(function, *arguments).alias(name)
    return relation.select(duckdb.StarExpression(), made)


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    function: Callable[..., Any],
    parameters: list[Any] | None,
    result: arrow.ArrowArray | arrow.ArrowStream,
) -> None:
    """Make a function of SQL, whose type is that of what it makes of no rows."""
    with contextlib.suppress(duckdb.InvalidInputException):  # there is none yet
        connection.remove_function(name)
    try:
        # Words are taken too, and the classes of them have moved between releases.
        connection.create_function(  # type: ignore[call-overload]
            name,
            function,
            parameters,
            _sql_type(pa.array(result).type),
            type="arrow",
            null_handling="special",
            side_effects=name == "smspoh_encrypt",  # a constant is not encrypted once for all
        )
    except duckdb.CatalogException:
        raise ArgumentError(
            "the database has the functions of another connection, which this one can use;"
            " the one that registered them is needed to replace them"
        ) from None


_INTEGERS: Final = {pa.int16(): "SMALLINT", pa.int32(): "INTEGER"}


def _sql_type(kind: Any) -> Any:
    if not pa.types.is_struct(kind):
        return _TEXT
    fields = [f"{field.name} {_INTEGERS.get(field.type, 'VARCHAR')}" for field in kind]
    return duckdb.sqltype(f"STRUCT({', '.join(fields)})")


# DuckDB takes any number of arguments for a function that has nothing but `*arguments`.
def _normalize(*arguments: Any) -> Any:
    first = min(2, len(arguments))
    columns, options = _taken("smspoh_normalize", arguments, first, ("strict", "sms"))
    texts = _numbers(columns[0])
    if first < 2:
        return _plain(arrow.normalize(texts))
    regions = columns[1].cast(pa.string())
    distinct = regions.unique().to_pylist()
    if len(distinct) == 1:
        return _plain(arrow.normalize(texts, region=distinct[0], **options))
    return _by_region(texts, regions, distinct, options)


def _taken(
    function: str, arguments: tuple[Any, ...], first: int, names: tuple[str, ...]
) -> tuple[list[Any], dict[str, Any]]:
    """Return the first arguments as arrays, and the options behind them by their names."""
    columns, rest = [_whole(column) for column in arguments[:first]], arguments[first:]
    if len(columns) < first or len(rest) > len(names):
        raise ArgumentError(
            f"{function} has {len(arguments)} arguments; the last that it takes"
            f" are {', '.join(names)}"
        )
    options: dict[str, Any] = {}
    for name, column in zip(names, rest, strict=False):
        values = _whole(column)
        if isinstance(values, pa.ExtensionArray):  # as some settings of DuckDB have truth values
            values = values.storage.cast(pa.bool_())
        found = values.unique().to_pylist()
        if len(found) != 1 or not isinstance(found[0], bool):
            raise ArgumentError(f"{name} of {function} needs true or false, the same in each row")
        options[name] = found[0]
    return columns, options


def _by_region(
    texts: Any, regions: Any, distinct: list[str | None], options: dict[str, Any]
) -> Any:
    """Normalize the rows of each region together, and put them back in their order."""
    places, found = [], []
    for region in distinct:
        is_here = pc.is_null(regions) if region is None else pc.equal(regions, region)
        here = pc.indices_nonzero(pc.fill_null(is_here, False))
        places.append(here)
        # Nothing takes rows out of views, but they can be the values of a dictionary.
        is_view = pa.types.is_string_view(texts.type) or pa.types.is_binary_view(texts.type)
        rows = pa.DictionaryArray.from_arrays(here, texts) if is_view else texts.take(here)
        found.append(_plain(arrow.normalize(rows, region=region, **options)))
    if not found:  # of no rows
        return _plain(arrow.normalize(texts))
    return pa.concat_arrays(found).take(pc.sort_indices(pa.concat_arrays(places)))


def _segments(*arguments: Any) -> Any:
    (texts,), options = _taken("smspoh_segments", arguments, 1, ("unicode",))
    return _plain(arrow.segments(texts, **options))


def _of_texts(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function of `arrow` as one of vectors."""

    def called(texts: Any) -> Any:
        return pa.array(function(_whole(texts)))

    return called


def _plain(result: Any) -> Any:
    """Return fields without dictionaries: DuckDB 1.1 misreads one of a single row in a struct."""
    fields = pa.array(result)
    columns = [
        field.dictionary_decode() if pa.types.is_dictionary(field.type) else field
        for field in fields.flatten()
    ]
    return pa.StructArray.from_arrays(columns, [field.name for field in fields.type])


def _whole(column: Any) -> Any:
    """Return a vector of DuckDB as one array."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers(column: Any) -> Any:
    """Return texts as they are, and integers as their digits.

    Raises:
        ArgumentError: the column is of another type.
    """
    if isinstance(column, pa.ExtensionArray):
        return _of_duckdb(column)
    kind = value_type(column.type)
    # Which structs are taken, `arrow` says.
    if not (
        is_text(kind) or is_integer(kind) or pa.types.is_null(kind) or pa.types.is_struct(kind)
    ):
        raise ArgumentError(f"column is of {kind}, which is not taken; text or integers are needed")
    return digits(column)


def _of_duckdb(column: Any) -> Any:
    """Return what Arrow has no type for: HUGEINT and UHUGEINT as their digits, JSON as it is.

    HUGEINT comes like this with `arrow_lossless_conversion`, BIGNUM always.

    Raises:
        ArgumentError: the column is of another type, whose bytes are no text.
    """
    name = getattr(column.type, "type_name", "")  # of `arrow.opaque`
    if name not in ("hugeint", "uhugeint"):
        if pa.types.is_binary(column.storage.type):
            raise ArgumentError(
                f"column is of the type {name or column.type.extension_name!r} of DuckDB, which is"
                " not taken; text or integers are needed"
            )
        return column
    is_signed = name == "hugeint"
    numbers = [
        value if value is None else int.from_bytes(value, "little", signed=is_signed)
        for value in column.storage.to_pylist()
    ]
    return pa.array([None if n is None else str(n) if n >= 0 else "" for n in numbers], pa.string())


def _checked(keys: Mapping[str, str | bytes], profile: EnvelopeProfile) -> dict[str, str | bytes]:
    """Return a copy of named keys, each of which can be used."""
    if not isinstance(keys, Mapping):
        raise TypeError(f"keys is {type(keys).__name__}; a mapping of names to keys is needed")
    empty = pa.array([], pa.string())
    for name, key in keys.items():
        if not isinstance(name, str):
            raise TypeError(f"a name of keys is {type(name).__name__}; a str is needed")
        if not isinstance(key, (str, bytes)):
            raise TypeError(f"a key is {type(key).__name__}; a str or bytes is needed")
        arrow.encrypt(empty, key, profile=profile)
    return dict(keys)


def _keys(column: Any, named: Mapping[str, str | bytes] | None) -> Any:
    """Return a column of keys: as it is, or by their names."""
    column = _whole(column)
    if named is None:
        return column
    # An ENUM has names that are in no row, and NULL alone has no type.
    names = column.cast(pa.string()).dictionary_encode()
    keys = [named.get(name) for name in names.dictionary.to_pylist()]
    if None in keys:
        # What was found may be a key that was given for a name.
        raise ArgumentError(
            f"the query has a key that is none of the names; one of {sorted(named)} is needed"
        )
    keys = [key.encode() if isinstance(key, str) else key for key in keys]
    return pa.DictionaryArray.from_arrays(names.indices, pa.array(keys, pa.binary()))
