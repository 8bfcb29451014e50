"""DuckDB: functions of SQL, and of relations."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import pyarrow as pa
import pytest

from smspoh import ArgumentError, WeakKeyWarning
from smspoh.frames import duckdb as frames

from . import by_lists, leaks
from .conformance import FAST, KEY, NUMBERS, TEXTS, Answer, Conformance, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


OTHER_KEY = "another key of more than twenty-five bytes"


@dataclass(frozen=True)
class Found:
    """What a query said: the names of the fields of its struct, and its rows."""

    names: list[str]
    rows: list[Any]


class Sql:
    """The functions of the suite, by a query of a table each; a column is an array of pyarrow."""

    # Options by their place behind the text and the key, with what they are where not given.
    OPTIONS: ClassVar[dict[str, dict[str, Any]]] = {
        "normalize": {"region": "MM", "strict": True, "sms": False},
        "decrypt": {"lenient": False},
        "segments": {"unicode": False},
    }

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Callable[..., Found]:
        def call(column: Any, keys: Any = None, *, profile: Any = FAST, **options: Any) -> Found:
            assert profile is FAST, "that of `register`"
            return self.call(name, column, keys, **options)

        return call

    def call(self, name: str, column: Any, keys: Any, columns: Any = None, **options: Any) -> Found:
        rows = pa.array(column.rows, pa.string()) if isinstance(column, Found) else column
        table = {"place": pa.array(range(len(rows)), pa.int64()), "phone": rows}
        arguments, parameters = ["phone"], []
        if isinstance(keys, str):
            arguments, parameters = ["phone", "?"], [keys]
        elif keys is not None:
            arguments, table["key"] = ["phone", "key"], keys
        if options:
            values = {**self.OPTIONS[name], **options}.values()
            arguments += ["?::BOOLEAN" if isinstance(v, bool) else "?::VARCHAR" for v in values]
            parameters += values
        self.connection.register("held", pa.table(table))
        self.connection.execute("CREATE OR REPLACE TABLE phones AS SELECT * FROM held")
        self.connection.unregister("held")
        said = f"SELECT place, smspoh_{name}({', '.join(arguments)}) AS it FROM phones"
        if columns is not None:
            fields = ", ".join(f"'{field}': it.{field}" for field in columns)
            said = f"SELECT place, {{{fields}}} AS it FROM ({said})"
        query = f"SELECT it FROM ({said}) ORDER BY place"
        found = self.connection.sql(query, params=parameters or None)
        [kind] = found.types
        names = [name for name, _ in kind.children] if kind.id == "struct" else []
        return Found(names, [row for (row,) in found.fetchall()])


class TestSql(Conformance):
    # In SQL there is no number of threads, a key that cannot be used is NULL as a row's is, a
    # field is chosen by DuckDB, and a row has a key. Its own errors are below.
    test_arguments_are_those_of_lists = None  # type: ignore[assignment]
    test_columns_are_those_that_are_asked_for_in_their_order = None  # type: ignore[assignment]
    test_keys_are_as_many_as_rows = None  # type: ignore[assignment]
    test_many_rows_on_many_threads = None  # type: ignore[assignment]
    test_a_weak_key_is_warned_of_and_a_bad_one_refused = None  # type: ignore[assignment]

    @pytest.fixture(autouse=True)
    def connected(self) -> Iterator[None]:
        with duckdb.connect() as made:
            frames.register(made, profile=FAST)
            self.frames = Sql(made)
            yield

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        yield "text", pa.array(rows, pa.string())
        # A dictionary of Arrow is an ENUM in a table.
        yield "enum", pa.array([*rows, "one"], pa.string()).dictionary_encode()[: len(rows)]

    def fields(self, answer: Found) -> Answer:
        return {name: [row[name] for row in answer.rows] for name in answer.names}

    def column(self, answer: Found) -> list[Any]:
        assert answer.names == []
        return answer.rows


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        frames.register(made, profile=FAST)
        yield made


def one(connection: duckdb.DuckDBPyConnection, query: str, *parameters: Any) -> Any:
    """Return the one value of a query."""
    [(value,)] = connection.execute(query, list(parameters)).fetchall()
    return value


def test_rows_of_many_vectors_and_threads_stay_where_they_are(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("SET threads = 4")
    wrong = one(
        connection,
        """SELECT count(*) FROM (
            SELECT place, smspoh_normalize('09' || (450000000 + place)).e164 AS e164
            FROM range(300000) t(place)
        ) WHERE e164 <> '+959' || (450000000 + place) OR e164 IS NULL""",
    )
    assert wrong == 0


def test_a_constant_is_encrypted_anew_in_each_row(connection: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT count(DISTINCT smspoh_encrypt('the same', ?)) FROM range(100)"
    assert one(connection, query, KEY) == 100


VIEWS = ("SET produce_arrow_string_view = true", "SET arrow_output_version = '1.4'")


@pytest.mark.parametrize("settings", [(), VIEWS], ids=["offsets", "views"])
@pytest.mark.parametrize("kind", ["VARCHAR", "BLOB"])
def test_regions_a_row(
    connection: duckdb.DuckDBPyConnection, kind: str, settings: tuple[str, ...]
) -> None:
    for setting in settings:
        with contextlib.suppress(duckdb.CatalogException):  # of another release
            connection.execute(setting)
    rows = [("081 234 5678", "TH"), ("09450000000", "MM"), (None, "TH"), ("+66812345678", None)]
    rows += [("09450000000", "TH"), ("081 234 5678", "MM")]
    connection.execute("CREATE TABLE phones (phone VARCHAR, region VARCHAR)")
    connection.executemany("INSERT INTO phones VALUES (?, ?)", rows)
    found = connection.execute(
        f"SELECT smspoh_normalize(phone::{kind}, region) FROM phones"
    ).fetchall()
    expected = [by_lists.normalize([phone], region=region)[0] for phone, region in rows]
    assert [row for (row,) in found] == expected


def test_integers_are_their_digits(connection: duckdb.DuckDBPyConnection) -> None:
    for kind in ("BIGINT", "HUGEINT", "UBIGINT", "DECIMAL(12, 0)"):
        found = one(connection, f"SELECT smspoh_normalize(9450000000::{kind})")
        assert [found] == by_lists.normalize([9450000000])
    below = one(connection, "SELECT smspoh_normalize(-9450000000)")
    assert [below] == by_lists.normalize([-9450000000])


@pytest.mark.parametrize("lossless", [False, True])
def test_integers_of_128_bits_keep_each_digit(
    connection: duckdb.DuckDBPyConnection, lossless: bool
) -> None:
    # A double would end the odd ones in an even digit.
    numbers = [95_9450_000_001, None, 2**53 + 1, -9450000000, 10**29 + 1]
    connection.execute(f"SET arrow_lossless_conversion = {lossless}")
    for kind in ("HUGEINT", "UHUGEINT"):
        rows = numbers if kind == "HUGEINT" else [abs(n) if n else n for n in numbers]
        values = ", ".join(f"({'NULL' if n is None else n}::{kind})" for n in rows)
        found = connection.sql(f"SELECT smspoh_normalize(n) FROM (VALUES {values}) t(n)").fetchall()
        assert [row for (row,) in found] == by_lists.normalize(rows)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT smspoh_normalize(1.5::DOUBLE)",
            "column is of double, which is not taken; text or",
        ),
        ("SELECT smspoh_normalize(1.5::DECIMAL(12, 2))", r"of decimal128\(12, 2\), .* or integers"),
        (
            "SELECT smspoh_segments(1.5::DOUBLE)",
            "texts is of a type that is not taken, double; text,",
        ),
        ("SELECT smspoh_normalize(9450000000::VARINT)", "of the type '(bignum|varint)' of DuckDB"),
        (
            "SELECT smspoh_normalize('x', 'MM', true, true, 1)",
            "the last that it takes are strict, sms",
        ),
        ("SELECT smspoh_decrypt('x')", "has 1 arguments; the last that it takes are lenient"),
        ("SELECT smspoh_normalize('x', 'MM', 'yes')", "strict of smspoh_normalize needs true or"),
        ("SELECT smspoh_segments('x', NULL::BOOLEAN)", "unicode of smspoh_segments needs true or"),
        ("SELECT smspoh_normalize('x', 'Myanmar')", "two capital letters"),
    ],
)
def test_what_cannot_be_done_fails_the_query(
    connection: duckdb.DuckDBPyConnection, query: str, said: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=said):
        connection.execute(query).fetchall()


def test_keys_by_name_are_in_no_query_and_no_plan() -> None:
    with duckdb.connect() as connection:
        frames.register(connection, keys={"otp": KEY, "alerts": OTHER_KEY.encode()}, profile=FAST)
        for name, key in (("otp", KEY), ("alerts", OTHER_KEY)):
            token = one(connection, f"SELECT smspoh_encrypt('a', '{name}')")
            assert by_lists.decrypt([token], key, profile=FAST)[0]["text"] == "a"
            assert one(connection, f"SELECT smspoh_decrypt(?, '{name}').text", token) == "a"
        names: Rows = ["otp", None, "alerts"]
        found = connection.execute(
            "SELECT smspoh_encrypt('a', name) FROM (SELECT unnest(?) AS name)", [names]
        ).fetchall()
        assert [token is None for (token,) in found] == [False, True, False]
        explained = connection.execute("EXPLAIN SELECT smspoh_encrypt('a', 'otp')").fetchall()
        assert KEY not in str(explained)


def test_names_of_keys_may_be_an_enum_or_nothing() -> None:
    with duckdb.connect() as connection:
        frames.register(connection, keys={"otp": KEY}, profile=FAST)
        connection.execute("CREATE TYPE name AS ENUM ('old', 'otp')")
        sealed = "SELECT smspoh_encrypt('a', 'otp') AS token, unnest(['otp', NULL])::name AS key"
        found = connection.execute(f"SELECT smspoh_decrypt(token, key) FROM ({sealed})").fetchall()
        assert [row["verdict"] for (row,) in found] == ["OK", "BAD_KEY"]
        with pytest.raises(duckdb.InvalidInputException, match=r"one of \['otp'\]"):
            connection.execute("SELECT smspoh_decrypt('a', 'old'::name)").fetchall()


def test_a_name_that_is_not_there_fails_the_query_and_is_not_shown() -> None:
    with duckdb.connect() as connection:
        frames.register(connection, keys={"otp": KEY}, profile=FAST)
        for function in ("smspoh_encrypt", "smspoh_decrypt"):
            with pytest.raises(duckdb.InvalidInputException, match=r"one of \['otp'\]") as caught:
                connection.execute(f"SELECT {function}('a', ?)", [OTHER_KEY]).fetchall()
            assert OTHER_KEY not in str(caught.value)


def test_named_keys_are_looked_at_when_they_are_given(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(ArgumentError):
        frames.register(connection, keys={"otp": ""})
    with pytest.raises(TypeError, match="a key is int; a str or bytes is needed"):
        frames.register(connection, keys={"otp": 5})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="a name of keys is int; a str is needed"):
        frames.register(connection, keys={5: KEY})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="keys is str; a mapping of names to keys is needed"):
        frames.register(connection, keys=KEY)  # type: ignore[arg-type]


def test_a_weak_key_is_warned_of_where_it_is_given(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.warns(WeakKeyWarning) as caught:
        frames.register(connection, keys={"otp": "weak"}, profile=FAST)
    assert [warning.filename for warning in caught] == [__file__]


def test_a_later_call_replaces_the_functions(connection: duckdb.DuckDBPyConnection) -> None:
    frames.register(connection, keys={"otp": KEY}, profile=FAST)
    assert one(connection, "SELECT smspoh_encrypt('a', 'otp')")
    frames.register(connection, profile=FAST)
    token = one(connection, "SELECT smspoh_encrypt('a', ?)", KEY)
    assert by_lists.decrypt([token], KEY, profile=FAST)[0]["text"] == "a"


def test_a_cursor_has_the_functions(connection: duckdb.DuckDBPyConnection) -> None:
    with connection.cursor() as cursor:
        assert one(cursor, "SELECT smspoh_segments('a').parts") == 1


def test_the_functions_are_those_of_who_registered_them_first(tmp_path: Path) -> None:
    with (
        duckdb.connect(tmp_path / "file.db") as first,
        duckdb.connect(tmp_path / "file.db") as second,
    ):
        frames.register(first, keys={"otp": KEY}, profile=FAST)
        for other in (second, first.cursor()):
            with pytest.raises(ArgumentError, match="has the functions of another connection"):
                frames.register(other, keys={"otp": OTHER_KEY}, profile=FAST)
            token = one(other, "SELECT smspoh_encrypt('a', 'otp')")
            assert by_lists.decrypt([token], KEY, profile=FAST)[0]["text"] == "a"


def test_an_option_is_true_or_false_in_any_form(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET arrow_lossless_conversion = true")
    for option in ("true", "false"):
        found = one(connection, f"SELECT smspoh_segments('a', {option})")
        assert [found] == by_lists.segments(["a"], unicode=option == "true")


def test_relations_get_one_column_more(connection: duckdb.DuckDBPyConnection) -> None:
    rows = pa.table({"phone": NUMBERS[:9], "say so": TEXTS[:9]})
    relation = connection.from_arrow(rows)
    numbers = frames.normalize(relation, "phone")
    assert numbers.columns == ["phone", "say so", "smspoh"]
    assert [row[2] for row in numbers.fetchall()] == by_lists.normalize(NUMBERS[:9])
    abroad = frames.normalize(relation, "phone", region=None, name="abroad").select("abroad")
    expected = by_lists.normalize(NUMBERS[:9], region=None)
    assert [row for (row,) in abroad.fetchall()] == expected
    counted = frames.segments(relation, "say so", name="size").select("size")
    assert [row for (row,) in counted.fetchall()] == by_lists.segments(TEXTS[:9])


def test_relations_of_messages(connection: duckdb.DuckDBPyConnection) -> None:
    relation = connection.from_arrow(pa.table({"text": TEXTS, "key": [KEY] * len(TEXTS)}))
    for key in (KEY, duckdb.ColumnExpression("key")):
        tokens = frames.encrypt(relation, "text", key, name="token")
        opened = frames.decrypt(tokens, "token", key).select("smspoh.text")
        assert [text for (text,) in opened.fetchall()] == TEXTS


def test_the_types_in_sql(connection: duckdb.DuckDBPyConnection) -> None:
    kinds = {
        "smspoh_normalize('')": "STRUCT(e164 VARCHAR, verdict VARCHAR, "
        '"operator" VARCHAR, kind VARCHAR, region VARCHAR, calling_code SMALLINT)',
        "smspoh_encrypt('', '')": "VARCHAR",
        "smspoh_decrypt('', '')": "STRUCT(text VARCHAR, verdict VARCHAR)",
        "smspoh_segments('')": 'STRUCT("encoding" VARCHAR, parts INTEGER, '
        "units INTEGER, units_left INTEGER, forced_at INTEGER)",
    }
    for call, kind in kinds.items():
        found = one(connection, f"SELECT typeof({call})")
        assert found.replace('"', "") == kind.replace('"', "")


PHONES = "(SELECT '09' || (420000000 + range) AS phone FROM range(600))"
QUERIES = {
    "normalize": f"SELECT smspoh_normalize(phone) FROM {PHONES}",
    "segments": f"SELECT smspoh_segments(phone) FROM {PHONES}",
    "encrypt": f"SELECT smspoh_encrypt(phone, 'otp') FROM {PHONES} LIMIT 100",
    "decrypt": "SELECT smspoh_decrypt(token, 'otp') FROM tokens",
}


def _queries() -> dict[str, Callable[[], object]]:
    made = duckdb.connect()
    frames.register(made, keys={"otp": KEY}, profile=FAST)
    made.execute(f"CREATE TABLE tokens AS {QUERIES['encrypt']}".replace("otp')", "otp') AS token"))
    return {name: partial(_run, made, query) for name, query in QUERIES.items()}


def _run(made: duckdb.DuckDBPyConnection, query: str) -> None:
    made.execute(f"CREATE OR REPLACE TEMP TABLE found AS {query}")


@pytest.mark.parametrize("name", QUERIES)
def test_a_thousand_batches_leave_no_memory(name: str) -> None:
    leaks.check(__name__, name)


if __name__ == "__main__":
    leaks.main(_queries())
