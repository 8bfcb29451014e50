"""The page and the picture that are made from the records."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from bench import compare
from bench.tasks import tasks
from tools import bench_report as report
from tools import bench_tables as tables

if TYPE_CHECKING:
    from pathlib import Path


def _engine(name: str, median_s: float, ratio: float, ns: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "median_s": median_s,
        "min_s": median_s / 2,
        "ratio": ratio,
        "over_s": median_s / 4,
        "ns_per_compression": ns,
    }


BATCH = {
    "name": "batch",
    "title": "keys in a batch",
    "unit": "key",
    "rows": 64,
    "rounds": 9,
    "engines": [_engine("smspoh", 0.002, 1, 10), _engine("ring", 0.0055, 2.75, 27.5)],
}
REST = {
    "name": "rest",
    "title": "messages",
    "unit": "message",
    "rows": 9,
    "rounds": 45,
    "engines": [_engine("keys", 1e-6, 1, None), _engine("encrypt_batch", 2e-6, 1.996, None)],
}
ALONE = {**REST, "title": "one engine", "engines": [_engine("smspoh", 1.5e-6, 1, None)]}
RECORD = {
    "date": "2026-11-24",
    "machine": {
        "model": "A <CPU>",
        "family": "6",
        "number": "143",
        "flags": ["sha_ni"],
        "cores": 2,
        "system": "Linux",
    },
    "versions": {"Python": "3.11.7", "ring (crate)": "0.17.14"},
    "tasks": [BATCH, REST, ALONE],
    "kernel": {
        "clock_ghz": 4.1,
        "backends": [
            {
                "name": "x86_sha",
                "lanes": 2,
                "ns_per_compression": 18.3,
                "cycles_per_compression": 75.1,
            }
        ],
    },
}


def _record(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RECORD), **changes}


def _rows(page: str, title: str) -> list[list[str]]:
    lines = page.split(f"### {title}\n")[1].split("###", maxsplit=1)[0].splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return [cells[0], *cells[2:]]


def test_a_task_is_a_table_of_its_engines() -> None:
    page = report.page([RECORD])
    assert _rows(page, "Keys in a batch") == [
        [
            "engine",
            "median a key",
            "fastest",
            "keys a second",
            "ns a compression",
            "against smspoh",
        ],
        ["smspoh", "2.00 ms", "1.00 ms", "500", "10.0", "1.00"],
        ["ring", "5.50 ms", "2.75 ms", "182", "27.5", "2.75"],
    ]


def test_a_task_that_is_more_than_pbkdf2_tells_the_difference_instead() -> None:
    head, keys, encrypt = _rows(report.page([RECORD]), "Messages")
    assert head[-2:] == ["over keys", "against keys"]
    assert [cell.strip() for cell in keys[-2:]] == ["", "1.00"]
    assert encrypt[-2:] == ["500 ns", "2.00"]


def test_a_task_of_one_engine_is_compared_with_nothing() -> None:
    head, ours = _rows(report.page([RECORD]), "One engine")
    assert head == ["engine", "median a message", "fastest", "messages a second"]
    assert ours == ["smspoh", "1.50 µs", "750 ns", "667,000"]


def test_texts_have_a_date_and_versions_of_their_own() -> None:
    texts = {"date": "2026-11-26", "versions": {"smsutil": "1.1.3"}, "tasks": [ALONE]}
    page = report.page([_record(tasks=[], kernel=None, texts=texts)])
    assert "### Texts\n\n- Versions: smsutil 1.1.3\n\n### One engine\n" in page
    assert "A <CPU> (family 6, model 143), 2026-11-26; rounds: 45\n" in page


def test_every_table_has_its_cpu_and_its_date_above_it() -> None:
    page = report.page([RECORD])
    assert page.count("\n\nA <CPU> (family 6, model 143), 2026-11-24; ") == page.count("### ") == 4
    assert page.count("; rounds: 45\n") == 2


def test_the_kernel_is_a_table_where_it_was_measured() -> None:
    title = "One compression in the loop of PBKDF2, by lanes"
    assert _rows(report.page([RECORD]), title)[1] == ["x86_sha", "2", "18.3", "75.1"]
    assert title not in report.page([_record(kernel=None)])


def test_of_each_cpu_the_newest_record_counts() -> None:
    older, newer = _record(date="2026-11-09"), _record(date="2026-11-24")
    machine = {**newer["machine"], "number": "144"}
    other = _record(date="2026-11-10", machine=machine)
    assert report.newest([newer, other, older]) == [newer, other]
    assert report.page([newer, other]).count("\n## ") == 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.0, "12.0 s"),
        (0.0099996, "10.0 ms"),
        (1.2345e-4, "123 µs"),
        (4.4e-8, "44.0 ns"),
        (-2.5e-6, "-2.50 µs"),
        (0.0, "0.00 ns"),
    ],
)
def test_a_time_has_three_digits_and_its_unit(value: float, shown: str) -> None:
    assert tables.seconds(value) == shown


def test_a_bar_is_as_long_as_its_time() -> None:
    picture = ET.fromstring(report.picture([RECORD]))
    bars = [e for e in picture.iter() if e.get("fill") in {tables.OURS_FILL, tables.RIVAL_FILL}]
    ours, ring = (float(bar.get("width", "0")) for bar in bars)
    assert ring == pytest.approx(2.75 * ours, abs=0.2)
    assert ring == tables.WIDTH - tables.LABELS - tables.VALUES
    words = [element.text for element in picture.iter() if element.text and element.text.strip()]
    assert "A <CPU> (family 6, model 143): keys in a batch" in words


def test_what_compare_writes_is_what_the_page_is_made_from(tmp_path: Path) -> None:
    compare.main(["--small", "--only", "keys", "--rounds", "7", "--folder", str(tmp_path)])
    page, drawing = (report.made(tmp_path)[name] for name in ("benchmarks.md", "benchmarks.svg"))
    assert page is not None
    assert drawing is not None
    for task in tasks(small=True).values():
        title = task.title[0].upper() + task.title[1:]
        assert [row[0] for row in _rows(page, title)[1:]] == [*task.engines]
    picture = ET.fromstring(drawing)
    names = [element.text for element in picture.iter() if element.get("text-anchor") == "end"]
    assert names == [*tasks()["one"].engines, *tasks()["batch"].engines]


def test_check_fails_until_the_files_are_those_of_the_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, docs = tmp_path / "record", tmp_path / "docs"
    records.mkdir()
    docs.mkdir()

    def run(*arguments: str) -> int:
        return int(report.main(arguments, records, docs))

    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    assert "There is no record yet." in (docs / "benchmarks.md").read_text("utf-8")
    assert not (docs / "benchmarks.svg").exists()

    path = records / "a-cpu-2026-11-24.json"
    path.write_text(json.dumps(RECORD), "utf-8")
    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    with (docs / "benchmarks.md").open("a", encoding="utf-8") as page:
        page.write("by hand\n")
    capsys.readouterr()
    assert run("--check") == 1
    stale = "docs/benchmarks.md is stale: run python -m tools.bench_report\n"
    assert capsys.readouterr().err == stale

    path.unlink()
    assert run() == 0
    assert not (docs / "benchmarks.svg").exists()
    assert run("--chekc") == 2
