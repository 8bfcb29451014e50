"""Phone numbers in the benchmarks: the lists, the workers, the agreement, the page."""

from __future__ import annotations

import json
import random
import re
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import phonenumbers
import pytest

from bench import build_peers, compare, phone_scale, phone_tasks, phone_workers
from bench.phone_compare import agreement
from bench.phone_corpus import Corpus, myanmar, world
from bench.phone_engines import Answer
from bench.phone_patterns import compiled
from smspoh.phone import Operator
from tools import bench_phone_report as report
from tools import bench_report, bench_tables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("draw", [myanmar, world])
def test_a_short_list_is_the_beginning_of_a_long_one(draw: Any) -> None:
    long = draw(500)
    assert draw(100).texts == long.first(100).texts
    assert len(long.texts) == 500
    assert not any("\n" in text or "\t" in text for text in long.texts)


def test_the_lists_are_as_long_a_row_as_they_say() -> None:
    assert myanmar(20_000).bytes_a_row == pytest.approx(16.4, abs=0.2)
    assert world(20_000).bytes_a_row == pytest.approx(13.1, abs=0.2)


def test_the_list_of_myanmar_has_every_operator_and_rows_to_refuse() -> None:
    corpus = myanmar(2_000)
    assert corpus.meant is not None
    assert corpus.operators is not None
    assert set(corpus.operators) == {o.name for o in Operator} - {"UNKNOWN"} | {""}
    assert 0.08 < corpus.meant.count(None) / 2_000 < 0.14
    assert any("၀" in text for text in corpus.texts)


def test_the_list_of_all_regions_has_them_all() -> None:
    texts = [text for text in world(20_000).texts if text.startswith("+")]
    numbers = [phonenumbers.parse(text) for text in texts[:4_000]]
    assert {number.country_code for number in numbers} == set(
        phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    )


@pytest.mark.parametrize(
    "pattern", [r"9(?:2[0-4]|[56]\d\d|7(?:3|40)?)\d{4}", r"1\d{5,7}|95\d{6}", "[2-47]{2}"]
)
def test_what_is_drawn_from_a_pattern_matches_it(pattern: str) -> None:
    random_, draws = random.Random(1), compiled(pattern)
    found = {draws.draw(random_) for _ in range(500)}
    assert len(found) > 15
    assert all(re.fullmatch(pattern, digits) for digits in found)


@pytest.mark.parametrize("pattern", ["9.", "(?!1)2", "1)", r"\D"])
def test_a_pattern_of_another_kind_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a pattern of the metadata"):
        compiled(pattern)


def test_agreement_is_counted_by_row() -> None:
    corpus = Corpus(
        "short", "four rows", ["a", "b", "c", "d"], ["+1", "+2", None, None], ["MPT", "U9", "", ""]
    )
    others = [
        Answer("+1", True, "MM", "MOBILE"),
        Answer("+2", True, "001", "MOBILE"),
        Answer("+3", True, "MM", "MOBILE"),
        Answer("TOO_LONG", False),
    ]
    mine = [
        Answer("+1", True, "MM", "FIXED_LINE", "MPT"),
        Answer("+2", True, "", "MOBILE", "ATOM"),
        Answer("+3", False, "MM"),
        Answer("NOT_A_NUMBER", False),
    ]
    assert agreement(corpus, mine, others) == {
        "right": 1.0,
        "same": 0.75,
        "alike": 0.5,
        "operator": 0.5,
    }
    assert agreement(corpus, others, others)["operator"] is None
    assert agreement(Corpus("x", "x", corpus.texts), others, others)["right"] is None


def test_a_rival_that_is_not_here_is_said_and_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise phone_workers.Unavailable("there is no npm")

    kind = phone_workers.Kind("node", tmp_path / "none", (sys.executable,))
    monkeypatch.setitem(phone_workers.WORKERS, "google-libphonenumber", kind)
    monkeypatch.setattr(phone_workers, "ABSENT", tmp_path / "absent.json")
    assert "make build-peers" in phone_tasks.absent()["google-libphonenumber"]

    monkeypatch.setattr(build_peers, "PEERS", tmp_path)
    monkeypatch.setattr(build_peers, "ABSENT", tmp_path / "absent.json")
    monkeypatch.setattr(build_peers, "PARTS", {"node": fails, "python": lambda: None})
    build_peers.main()
    assert "node is done without: there is no npm" in capsys.readouterr().out
    assert phone_tasks.absent()["google-libphonenumber"] == "there is no npm"
    with pytest.raises(phone_workers.Unavailable, match="no npm"):
        phone_workers.Worker("google-libphonenumber", ["1"])


def test_a_worker_that_ends_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text("input()\n", "utf-8")
    kind = phone_workers.Kind("own", script, (sys.executable, str(script)))
    monkeypatch.setitem(phone_workers.WORKERS, "phonenumbers", kind)
    worker = phone_workers.Worker("phonenumbers", ["1"])
    with pytest.raises(RuntimeError, match="ended when it was asked to answers"):
        worker.answers()
    worker.close()


def test_a_long_list_is_measured_by_threads_with_its_memory() -> None:
    found = phone_scale.measure(1_000)
    assert found["rows"] == 1_000
    assert found["one_thread_s"] > 0
    assert set(found) == {
        *("rows", "rounds", "cores", "one_thread_s", "two_threads_s", "ratio"),
        *("one_thread_peak_mib", "two_threads_peak_mib"),
    }


def test_a_memory_that_the_system_does_not_tell_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    called: list[int] = []
    monkeypatch.setattr(phone_scale, "_CLEAR", tmp_path / "none" / "none")
    assert phone_scale._peak(lambda: called.append(1)) is None
    assert called == [1]


def test_what_compare_writes_of_phone_numbers_is_what_the_page_is_made_from(
    tmp_path: Path,
) -> None:
    compare.main(["--small", "--only", "phone", "--rounds", "7", "--folder", str(tmp_path)])
    (path,) = tmp_path.iterdir()
    phone = json.loads(path.read_text("utf-8"))["phone"]
    absent = phone_tasks.absent()
    for found in phone["lists"]:
        here = [name for name in phone_tasks.engines_of(found["name"]) if name not in absent]
        assert [engine["name"] for engine in found["engines"]] == here
    assert phone["absent"] == absent
    assert {"phonenumbers", "phonelib (crate)", "smspoh"} < set(phone["versions"])

    made = bench_report.made(tmp_path)
    page, drawing = made["benchmarks.md"], made["benchmarks-phone.svg"]
    assert page is not None
    assert drawing is not None
    for found in phone["lists"]:
        for engine in found["engines"]:
            assert page.count(f"\n| {engine['name']} | ") >= 1
    names = [e.text for e in ET.fromstring(drawing).iter() if e.get("text-anchor") == "end"]
    assert names == [engine["name"] for found in phone["lists"] for engine in found["engines"]]


def _engine(name: str, median_s: float, rows: int, same: float) -> dict[str, Any]:
    return {
        "name": name,
        "median_s": median_s,
        "min_s": median_s * 0.9,
        "ratio": median_s / 1e-7,
        "rows": rows,
        "right": None,
        "same": same,
        "alike": 1.0,
        "operator": None,
    }


LIST = {
    "name": "world",
    "title": "numbers",
    "rows": 9,
    "bytes_a_row": 13.1,
    "agreed_rows": 1000,
    "rounds": 9,
    "engines": [
        _engine("smspoh, all", 1e-7, 2000, 0.99999),
        _engine("other", 1e-4, 20, 0.471),
    ],
}


def test_a_list_is_a_table_without_what_it_does_not_tell() -> None:
    lines = report.list_table(LIST).splitlines()
    assert "right" not in lines[0]
    assert "operator" not in lines[0]
    cells = [cell.strip() for cell in lines[2].strip("| ").split(" | ")]
    assert cells[1:4] == ["100 ns", "90.0 ns", "10,000,000"]
    assert cells[-3:] == ["2,000", "99.9 %", "100 %"]
    assert "47.1 %" in lines[3]


def test_a_bar_is_as_long_as_the_logarithm_of_its_time() -> None:
    record = {"machine": {"model": "A", "family": "1", "number": "2"}, "phone": {"lists": [LIST]}}
    drawing = report.phone_picture([record, {"machine": {}}])
    assert drawing is not None
    bars = [e for e in ET.fromstring(drawing).iter() if e.get("height") == "17"]
    ours, other = (float(bar.get("width", "0")) for bar in bars)
    assert ours == 0  # the scale begins at 100 ns
    assert other == bench_tables.WIDTH - report.LABELS - bench_tables.VALUES
    assert report.phone_picture([{"machine": {}}]) is None
    assert ">1 µs<" in drawing
