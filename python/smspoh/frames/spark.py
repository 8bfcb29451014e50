"""Columns of Spark: numbers, messages and texts where one machine is not enough.

`normalize`, `encrypt`, `decrypt` and `segments` are functions on columns; `register`
gives them to SQL. Spark cuts the rows into batches of Arrow and spreads them; each
worker gives a batch to `smspoh.frames.arrow`, with one thread, because a task of Spark
has one core. There is no code of a cluster here.

Needs pyspark 4.1 or later and pyarrow on the driver (extra `spark`), and the same on
every worker. Neither is imported before a function is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from smspoh._inputs import as_bytes
from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.envelope.calls import require_profile
from smspoh.envelope.keys import require_usable, warn_if_weak
from smspoh.errors import ArgumentError
from smspoh.phone import normalize_batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark import Broadcast
    from pyspark.sql import Column, SparkSession

    Key: TypeAlias = str | bytes
    Keys: TypeAlias = Key | Mapping[Any, Key] | Broadcast[Any]

__all__ = [
    "DECRYPTED",
    "NORMALIZED",
    "SEGMENTED",
    "decrypt",
    "encrypt",
    "normalize",
    "register",
    "segments",
]

NORMALIZED: Final = (
    "e164 string, verdict string, operator string, kind string, region string,"
    " calling_code smallint"
)
"""What `normalize` makes of a row, as Spark writes a schema."""
DECRYPTED: Final = "text string, verdict string"
"""What `decrypt` makes of a row."""
SEGMENTED: Final = "encoding string, parts int, units int, units_left int, forced_at int"
"""What `segments` makes of a row."""

_PYSPARK_NEEDED: Final = (4, 1)  # the first with `arrow_udf`


def normalize(
    column: Column | str,
    *,
    region: str | None = "MM",
    strict: bool = True,
    sms: bool = False,
) -> Column:
    """Return the E.164 form of each number, or why it has none.

    Args:
        column: strings, or the name of such a column.
        region: as in `smspoh.normalize_batch`, and so the next two.
        strict: whether what could be a typo is refused.
        sms: whether a number that cannot take an SMS is refused.

    Returns:
        A struct as `NORMALIZED` has it: `e164` is null where the number is refused, and
        `verdict` says why. A null is a struct of nulls.

    Raises:
        ArgumentError: a region that is not known.
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.
    """
    return _number_function(region=region, strict=strict, sms=sms)(_column(column, "column"))


def encrypt(
    column: Column | str,
    keys: Keys | Column,
    *,
    key_ids: Column | str | None = None,
    profile: EnvelopeProfile = YII2,
) -> Column:
    """Return the encrypted message of each text, under a fresh salt.

    A key that is given here goes to the workers in a broadcast, so it is in no plan and
    in no event log. Where it lies on disks meanwhile is up to Spark:
    `spark.io.encryption.enabled` has it encrypted there, `spark.network.crypto.enabled` on
    the way.

    Args:
        column: the texts, or the name of that column.
        keys: one key for every row; or a mapping of key ids to keys, with `key_ids`; or a
            broadcast of either; or a column that has a key for each row. A key is as in
            `smspoh.encrypt`. A `str` is a key, and never the name of a column.
        key_ids: which key of the mapping a row has: a column, or its name.
        profile: what the reader expects.

    Returns:
        A token each; null where the text is null, and where the row's key is null, is
        missing in the mapping or cannot be used. Salts are the operating system's random
        bytes, drawn where and when a task runs, so a task that runs again makes other
        tokens. Write the tokens down before you use them twice.

    Raises:
        ArgumentError: a key that cannot be used; a column of keys that is a literal, for
            that would be in the plan; `key_ids` without a mapping, or a mapping without it;
            a key with Spark Connect, which has no broadcasts: there, only a column.
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.

    Warns:
        WeakKeyWarning: a key that cannot hold 80 bits.
    """
    held = _held(keys, key_ids, encrypting=True, stacklevel=4)
    made = _token_function(held, profile)
    return made(_column(column, "column"), *_key_columns(keys, key_ids))


def decrypt(
    column: Column | str,
    keys: Keys | Column,
    *,
    key_ids: Column | str | None = None,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
) -> Column:
    """Return the text of each encrypted message, or why it has none.

    Args:
        column: the tokens, or the name of that column.
        keys: as in `encrypt`.
        key_ids: as in `encrypt`.
        profile: what the sender used.
        lenient: as in `smspoh.decrypt`.

    Returns:
        A struct as `DECRYPTED` has it: `text` is null where the token is refused, and
        `verdict` is the name of an `EnvelopeVerdict`. A null is a struct of nulls.

    Raises:
        ArgumentError: as in `encrypt`.
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.
    """
    held = _held(keys, key_ids, encrypting=False, stacklevel=4)
    made = _text_function(held, profile, lenient=lenient)
    return made(_column(column, "column"), *_key_columns(keys, key_ids))


def segments(column: Column | str, *, unicode: bool = False) -> Column:
    """Return how many parts each text is sent in.

    Args:
        column: the texts, or the name of that column.
        unicode: True writes a text as UCS-2 also where GSM-7 would do.

    Returns:
        A struct as `SEGMENTED` has it, with the columns of `smspoh.SegmentsBatch`. A null
        is a struct of nulls.

    Raises:
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.
    """
    return _segments_function(unicode=unicode)(_column(column, "column"))


def register(
    spark: SparkSession,
    *,
    keys: Keys | None = None,
    profile: EnvelopeProfile = YII2,
    lenient: bool = False,
    region: str | None = "MM",
    strict: bool = True,
    sms: bool = False,
    unicode: bool = False,
) -> None:
    """Make the functions known to the SQL of a session, with these options.

    They are `smspoh_normalize(number)`, `smspoh_segments(text)`, and by `keys`:

    - one key: `smspoh_encrypt(text)` and `smspoh_decrypt(token)`;
    - a mapping: `smspoh_encrypt(text, key_id)` and `smspoh_decrypt(token, key_id)`;
    - None: `smspoh_encrypt(text, key)` and `smspoh_decrypt(token, key)`, where the key is
      a column. Do not write a key into a statement: statements are logged.

    Args:
        spark: the session.
        keys: as in `encrypt`, but for a column.
        profile: as in `encrypt`.
        lenient: as in `decrypt`.
        region: as in `normalize`.
        strict: as in `normalize`.
        sms: as in `normalize`.
        unicode: as in `segments`.

    Raises:
        ArgumentError: as in the functions.
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.
    """
    held = None
    if keys is not None:
        held = _broadcast(keys, _looked_at(keys, encrypting=True, stacklevel=3))
    functions = {
        "normalize": _number_function(region=region, strict=strict, sms=sms),
        "encrypt": _token_function(held, profile),
        "decrypt": _text_function(held, profile, lenient=lenient),
        "segments": _segments_function(unicode=unicode),
    }
    for name, function in functions.items():
        spark.udf.register(f"smspoh_{name}", function)


def _number_function(*, region: str | None, strict: bool, sms: bool) -> Callable[..., Column]:
    options = {"region": region, "strict": bool(strict), "sms": bool(sms)}
    normalize_batch([], region=region, strict=bool(strict), sms=bool(sms))  # refused here, or never
    return _function("normalize", NORMALIZED, options)


def _token_function(held: Broadcast[Any] | None, profile: EnvelopeProfile) -> Callable[..., Column]:
    require_profile(profile)
    made = _function("encrypt", "string", {"profile": profile}, held)
    return made.asNondeterministic()  # type: ignore[attr-defined, no-any-return]


def _text_function(
    held: Broadcast[Any] | None, profile: EnvelopeProfile, *, lenient: bool
) -> Callable[..., Column]:
    require_profile(profile)
    options = {"profile": profile, "lenient": bool(lenient)}
    return _function("decrypt", DECRYPTED, options, held)


def _segments_function(*, unicode: bool) -> Callable[..., Column]:
    return _function("segments", SEGMENTED, {"unicode": bool(unicode)})


def _function(
    work: str, schema: str, options: dict[str, Any], held: Broadcast[Any] | None = None
) -> Callable[..., Column]:
    """Return a function on columns that has a worker do `work` for each batch.

    Args:
        work: a function of `smspoh.frames.arrow`.
        schema: what it returns.
        options: what it takes beside columns.
        held: the broadcast of keys, if it takes keys that are no column.
    """
    arrow_udf = _pyspark_functions().arrow_udf

    # It has no home that a worker could import it from, so Spark sends its code: a
    # worker without smspoh gets as far as the line that says so.
    def run(*arrays: Any) -> Any:
        try:
            from smspoh.frames import _spark_worker  # noqa: PLC0415
        except ImportError as error:
            raise ImportError(
                f"this worker of Spark cannot import smspoh.frames ({error}); needed are smspoh"
                " and pyarrow in the Python of every worker, in the versions of the driver"
            ) from error
        return _spark_worker.run(work, arrays, options, held)

    run.__name__ = run.__qualname__ = f"smspoh_{work}"
    run.__annotations__ = {}  # without any, it is what it is: arrays in, one array out
    function: Callable[..., Column] = arrow_udf(run, schema)
    return function


def _pyspark_functions() -> Any:
    needed = ".".join(map(str, _PYSPARK_NEEDED))
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


def _column(column: Column | str, name: str) -> Column:
    functions = _pyspark_functions()
    from pyspark.sql import Column  # noqa: PLC0415

    if isinstance(column, str):
        found: Column = functions.col(column)
        return found
    if not isinstance(column, Column):
        raise TypeError(
            f"{name} must be a column of Spark or its name, not {type(column).__name__}"
        )
    return column


def _key_columns(keys: object, key_ids: Column | str | None) -> list[Column]:
    """Return the columns that a function takes beside the texts."""
    if key_ids is not None:
        return [_column(key_ids, "key_ids")]
    from pyspark.sql import Column  # noqa: PLC0415

    return [keys] if isinstance(keys, Column) else []


def _held(
    keys: object, key_ids: object, *, encrypting: bool, stacklevel: int
) -> Broadcast[Any] | None:
    """Return the broadcast of keys; None for a column of them."""
    _pyspark_functions()
    from pyspark.sql import Column  # noqa: PLC0415

    if isinstance(keys, Column):
        if key_ids is not None:
            raise ArgumentError("key_ids are there and keys is a column; needed is a mapping")
        _refuse_literal(keys)
        return None
    value = _looked_at(keys, encrypting=encrypting, stacklevel=stacklevel)
    if (key_ids is None) == isinstance(value, Mapping):
        raise ArgumentError(
            "keys is a mapping and key_ids are missing; needed is a column of ids"
            if key_ids is None
            else "key_ids are there and keys is one key; needed is a mapping of ids to keys"
        )
    return _broadcast(keys, value)


def _refuse_literal(keys: Column) -> None:
    """Refuse a key that was written as a literal: it would be in the plan and in the logs."""
    # Nothing that is public tells what a column is; with Spark Connect, nothing does.
    node = keys._jc.node() if hasattr(keys, "_jc") else None
    while node is not None and (name := node.getClass().getSimpleName()) != "Literal":
        node = node.child() if name in ("Alias", "Cast") else None
    if node is not None:
        raise ArgumentError(
            "keys is a literal, which would be in plans and logs; needed is the key itself,"
            " which goes into a broadcast, or a column of data"
        )


def _looked_at(keys: object, *, encrypting: bool, stacklevel: int) -> Any:
    """Return the key or the mapping of keys that is given or broadcast, if it can be used."""
    _pyspark_functions()
    from pyspark import Broadcast  # noqa: PLC0415

    value = keys.value if isinstance(keys, Broadcast) else keys
    each = list(value.values()) if isinstance(value, Mapping) else [value]
    for key in each:
        if not isinstance(key, (str, bytes)):
            raise TypeError(
                "keys must be a str or bytes, a mapping of ids to such, a broadcast of either, or"
                f" a column; found is {type(key).__name__}"
            )
    encoded = [as_bytes(key, "key") for key in each]
    if encrypting:
        for key in encoded:
            require_usable(key)
        warn_if_weak(encoded, stacklevel=stacklevel + 1)
    return value


def _broadcast(keys: object, value: Any) -> Broadcast[Any]:
    """Return the caller's own broadcast, or a new one of what was looked at."""
    from pyspark import Broadcast  # noqa: PLC0415

    if isinstance(keys, Broadcast):
        return keys
    context = _context()
    if context is None:
        raise ArgumentError(
            "there is no context of Spark that has broadcasts; needed is a session that is not"
            " of Spark Connect, or a column of keys"
        )
    held: Broadcast[Any] = context.broadcast(dict(value) if isinstance(value, Mapping) else value)
    return held


def _context() -> Any:
    """Return the context of this process, or None: Spark Connect has none."""
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.sql.utils import is_remote  # noqa: PLC0415

    # The active session, which is public, is that of one thread.
    return None if is_remote() else SparkContext._active_spark_context
