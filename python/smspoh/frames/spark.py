"""Columns of Spark: numbers, messages and texts where one machine is not enough.

`normalize`, `encrypt`, `decrypt`, `segments`, `zawgyi_to_unicode` and `unicode_to_zawgyi`
are functions on columns; `register` gives them to SQL. Spark cuts the rows into batches
of Arrow and spreads them; each worker gives a batch to `smspoh.frames.arrow`, with one
thread, because a task of Spark has one core. There is no code of a cluster here.

Needs pyspark 4.1 or later and pyarrow on the driver (extra `spark`), and the same on
every worker. Neither is imported before a function is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.envelope.calls import require_profile
from smspoh.phone import normalize_batch

from ._pyspark import column_of, pyspark_functions
from ._spark_keys import broadcast, held_keys, key_columns, looked_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, SparkSession

    from ._spark_keys import Held, Keys

__all__ = [
    "DECRYPTED",
    "NORMALIZED",
    "SEGMENTED",
    "decrypt",
    "encrypt",
    "normalize",
    "register",
    "segments",
    "unicode_to_zawgyi",
    "zawgyi_to_unicode",
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
    return _number_function(region=region, strict=strict, sms=sms)(column_of(column, "column"))


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
    held = held_keys(keys, key_ids, encrypting=True, stacklevel=4)
    made = _token_function(held, profile)
    return made(column_of(column, "column"), *key_columns(keys, key_ids))


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
    held = held_keys(keys, key_ids, encrypting=False, stacklevel=4)
    made = _text_function(held, profile, lenient=lenient)
    return made(column_of(column, "column"), *key_columns(keys, key_ids))


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
    return _segments_function(unicode=unicode)(column_of(column, "column"))


def zawgyi_to_unicode(column: Column | str) -> Column:
    """Return each text of Zawgyi as Unicode; nothing is asked, as in `smspoh.zawgyi_to_unicode`.

    Args:
        column: the texts, or the name of that column.

    Returns:
        A text each, null where the text is null or not UTF-8.

    Raises:
        ImportError: pyspark is missing or older than 4.1.
        TypeError: an argument of another type.

    Source: docs/spec/zawgyi.md.
    """
    return _function("zawgyi_to_unicode", "string", {})(column_of(column, "column"))


def unicode_to_zawgyi(column: Column | str) -> Column:
    """Return each text of Unicode as Zawgyi, for phones that have nothing else.

    Arguments, answer and errors are those of `zawgyi_to_unicode`.
    """
    return _function("unicode_to_zawgyi", "string", {})(column_of(column, "column"))


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

    They are `smspoh_normalize(number)`, `smspoh_segments(text)`,
    `smspoh_zawgyi_to_unicode(text)`, `smspoh_unicode_to_zawgyi(text)`, and by `keys`:

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
        held = broadcast(looked_at(keys, encrypting=True, stacklevel=3))
    functions = {
        "normalize": _number_function(region=region, strict=strict, sms=sms),
        "encrypt": _token_function(held, profile),
        "decrypt": _text_function(held, profile, lenient=lenient),
        "segments": _segments_function(unicode=unicode),
        "zawgyi_to_unicode": _function("zawgyi_to_unicode", "string", {}),
        "unicode_to_zawgyi": _function("unicode_to_zawgyi", "string", {}),
    }
    for name, function in functions.items():
        spark.udf.register(f"smspoh_{name}", function)


def _number_function(*, region: str | None, strict: bool, sms: bool) -> Callable[..., Column]:
    options = {"region": region, "strict": bool(strict), "sms": bool(sms)}
    normalize_batch([], region=region, strict=bool(strict), sms=bool(sms))  # refused here, or never
    return _function("normalize", NORMALIZED, options)


def _token_function(held: Held | None, profile: EnvelopeProfile) -> Callable[..., Column]:
    require_profile(profile)
    made = _function("encrypt", "string", {"profile": profile}, held)
    return made.asNondeterministic()  # type: ignore[attr-defined, no-any-return]


def _text_function(
    held: Held | None, profile: EnvelopeProfile, *, lenient: bool
) -> Callable[..., Column]:
    require_profile(profile)
    options = {"profile": profile, "lenient": bool(lenient)}
    return _function("decrypt", DECRYPTED, options, held)


def _segments_function(*, unicode: bool) -> Callable[..., Column]:
    return _function("segments", SEGMENTED, {"unicode": bool(unicode)})


def _function(
    work: str, schema: str, options: dict[str, Any], held: Held | None = None
) -> Callable[..., Column]:
    """Return a function on columns that has a worker do `work` for each batch.

    Args:
        work: a function of `smspoh.frames.arrow`.
        schema: what it returns.
        options: what it takes beside columns.
        held: the broadcast of keys, if it takes keys that are no column.
    """
    arrow_udf = pyspark_functions().arrow_udf

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
