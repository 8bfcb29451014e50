"""What `smspoh normalize FILE OUT` does not do: one line, exit code 2, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .files import people, write

if TYPE_CHECKING:
    from .conftest import Run

GOOD = "number\n09789123456\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["in.csv", "--rejected", "x.csv"], "--rejected needs OUT"),
        (["in.csv", "--columns", "e164"], "--columns needs OUT"),
        (["in.csv", "--prefix", "x"], "--prefix needs OUT"),
        (["in.csv", "--format", "csv"], "--format needs OUT"),
        (["in.csv", "--include-unconfirmed"], "--include-unconfirmed needs OUT"),
        (
            ["in.jsonl"],
            "FILE is jsonl by its name: it needs OUT, the file that its rows go to",
        ),
        (
            ["in.parquet"],
            "FILE is parquet by its name: it needs OUT, the file that its rows go to",
        ),
        (
            ["-", "out.csv"],
            "FILE is '-', whose format no name says: it needs --format csv or jsonl",
        ),
        (
            ["in.csv", "-"],
            "OUT is '-', whose format no name says: it needs --format csv or jsonl",
        ),
        (
            ["in.csv", "09789123456"],
            "OUT ends in none of .csv, .jsonl, .ndjson, .parquet: it needs --format",
        ),
        (
            ["in.csv", "out.csv", "--rejected", "bad.txt"],
            (
                "the file of --rejected ends in none of .csv, .jsonl, .ndjson, .parquet: it needs"
                " --format"
            ),
        ),
        (
            ["-", "out.csv", "--format", "parquet"],
            "FILE is '-', and Parquet cannot go through a pipe: it needs a file",
        ),
        (
            ["in.csv", "-", "--format", "parquet"],
            "OUT is '-', and Parquet cannot go through a pipe: it needs a file",
        ),
        (
            ["in.csv", "out.csv", "--rejected", "-"],
            "--rejected needs a file: '-' is for FILE and OUT",
        ),
        (
            ["in.csv", "out.csv", "--rejected", "./out.csv"],
            "--rejected is OUT: it needs a file of its own",
        ),
        (
            ["in.csv", "-", "--format", "csv", "--json"],
            "--json prints its counts where OUT goes: OUT needs to be a file",
        ),
        (["-", "in.csv", "--format", "csv"], "OUT is there already: move it away first"),
        (
            ["in.csv", "./in.csv"],
            "OUT is FILE, which is never changed: it needs a name of its own",
        ),
        (
            ["in.csv", "out.csv", "--rejected", "in.csv"],
            "--rejected is FILE: it needs a file of its own",
        ),
        (["in.csv", "no/out.csv"], "OUT is to be in a folder that is not there"),
        (
            ["in.csv", "out.csv", "--prefix", "smspoh_"],
            "--prefix makes a name of a file of corrections: it needs another",
        ),
        (
            ["in.csv", "out.csv", "--column", "phone"],
            (
                "FILE has no column of the name 'phone': choose another with --column; its header"
                " has 1 column at --delimiter ','"
            ),
        ),
        (["missing.csv", "out.csv"], "FILE cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, arguments: list[str], says: str) -> None:
    Path("in.csv").write_text(GOOD)
    ran = run("normalize", *arguments, stdin=GOOD)
    assert (ran.code, ran.out, ran.err) == (2, "", f"smspoh: {says}\n")
    assert [path.name for path in Path.cwd().iterdir()] == ["in.csv"]
    assert Path("in.csv").read_text() == GOOD


def test_a_link_to_itself_is_there_already(run: Run) -> None:
    Path("in.csv").write_text(GOOD)
    Path("loop.csv").symlink_to("loop.csv")
    ran = run("normalize", "in.csv", "out.csv", "--rejected", "loop.csv")
    said = "smspoh: the file of --rejected is there already: move it away first\n"
    assert (ran.code, ran.out, ran.err) == (2, "", said)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "FILE is empty: its first row must name the columns"),
        ("a.csv", b"number\n1\n\xff\n", "FILE, line 3: not UTF-8"),
        ("a.csv", b'number\n1\n"1"2\n', "FILE, line 3: ',' expected after '\"'"),
        (
            "a.csv",
            b"number,e164\n",
            "FILE has a column 'e164' already: choose names with --prefix",
        ),
        (
            "a.csv",
            b"number,smspoh_why\n",
            "FILE has a column 'smspoh_why' already: choose names with --prefix",
        ),
        ("a.jsonl", b'{"number":"1"}\n{"number":"\xff"}\n', "FILE, line 2: not UTF-8"),
        (
            "a.jsonl",
            b'{"phone":"1"}\n',
            "FILE, line 1: the object has no 'number': choose another name with --column; it has 1",
        ),
        (
            "a.jsonl",
            b'{"number":"1"}\n{"number":"1","verdict":2}\n',
            "FILE, line 2 has a column 'verdict' already: choose names with --prefix",
        ),
        *(
            ("a.jsonl", b'{"number":"1"}\n\n' + line, "FILE, line 3: not an object of JSON")
            for line in (
                b'["number"]',
                b'"number"',
                b"7",
                b'{"number":"1"',
                b'{"number":"1"} {}',
                b"{'number':1}",
                b'{"number":NaN}',
                b'{"number":01}',
                b'{"number":"\t"}',
                b'{"number":' + b"[" * 100_000,
                b'{"number":"1"}\xe2\x80\xa8',
            )
        ),
        ("a.parquet", b"PAR1 number 09789123456", "FILE is no Parquet file, or it is damaged"),
        ("a.parquet", b"", "FILE is no Parquet file, or it is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    run: Run, name: str, content: bytes, says: str
) -> None:
    Path(name).write_bytes(content)
    ran = run("normalize", name, "out.jsonl", "--rejected", "bad.jsonl")
    assert (ran.code, ran.out, ran.err) == (2, "", f"smspoh: {says}\n")
    assert [path.name for path in Path.cwd().iterdir()] == [name]


@pytest.mark.parametrize("out", ["out.jsonl", "out.parquet"])
def test_columns_of_one_name_go_through_csv_alone(run: Run, out: str) -> None:
    Path("in.csv").write_text("a,number,a\n1,09789123456,2\n")
    what = "JSON" if out == "out.jsonl" else "Parquet"
    ran = run("normalize", "in.csv", out)
    assert (ran.code, ran.err) == (
        2,
        f"smspoh: FILE has two columns of one name: {what} needs a name for each\n",
    )
    assert run("normalize", "in.csv", "out.csv").code == 0
    assert Path("out.csv").read_text().splitlines()[1] == "1,09789123456,2,+959789123456,VALID"


@pytest.mark.parametrize("names", ["e164,e164", "e164,number", "", "e164,"])
def test_columns_are_those_that_there_are_each_once(run: Run, names: str) -> None:
    Path("in.csv").write_text(GOOD)
    ran = run("normalize", "in.csv", "out.csv", "--columns", names)
    assert ran.code == 2
    assert "needs some of e164,verdict,operator,kind,region,calling_code, each once" in ran.err


@pytest.mark.parametrize("prefix", ["\udcff", "a\n"])
def test_a_prefix_is_text_that_can_be_printed(run: Run, prefix: str) -> None:
    Path("in.csv").write_text(GOOD)
    ran = run("normalize", "in.csv", "out.parquet", "--prefix", prefix)
    assert (ran.code, "'--prefix': needs text that can be printed" in ran.err) == (2, True)
    assert [path.name for path in Path.cwd().iterdir()] == ["in.csv"]


def test_a_file_that_came_meanwhile_is_not_replaced(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is the other one left: both get their names, or none."""
    Path("in.csv").write_text(GOOD)
    link = os.link

    def late(source: Path, target: Path) -> None:
        if Path(target).name == "bad.csv":
            Path(target).write_text("another's")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    ran = run("normalize", "in.csv", "out.csv", "--rejected", "bad.csv")
    assert (ran.code, ran.err) == (
        2,
        "smspoh: the file of --rejected is there already: move it away first\n",
    )
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["bad.csv", "in.csv"]
    assert Path("bad.csv").read_text() == "another's"


def test_a_file_system_without_links_will_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in.csv").write_text(GOOD)

    def refuse(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert run("normalize", "in.csv", "out.csv").code == 0
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["in.csv", "out.csv"]


def test_parquet_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("in.parquet", people())
    write("in.csv", people())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for file, out in (("in.parquet", "out.csv"), ("in.csv", "out.parquet")):
        ran = run("normalize", file, out, "--column", "phone")
        assert (ran.code, ran.err) == (
            2,
            "smspoh: Parquet needs pyarrow: pip install 'smspoh[parquet]'\n",
        )
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["in.csv", "in.parquet"]


def test_other_formats_import_no_pyarrow() -> None:
    Path("in.csv").write_text(GOOD)
    code = (
        "import sys; from smspoh.cli import main;"
        "assert main(['normalize', 'in.csv', 'out.jsonl', '--rejected', 'bad.csv']) == 0;"
        "sys.exit('pyarrow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
