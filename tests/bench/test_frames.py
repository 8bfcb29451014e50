"""Frames in the benchmarks: every library says the same, and the page says what was measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import parquet

from bench import frames, frames_scale
from bench.phone_corpus import myanmar
from smspoh import normalize_batch
from tools import bench_frames_report as report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("make", frames.OURS)
def test_each_library_answers_as_the_lists_do(make: Any) -> None:
    corpus = myanmar(300)
    engine = make(corpus)
    assert engine.seconds() > 0
    batch = normalize_batch(corpus.texts)
    found = engine.answers()
    valid = [verdict.name == "VALID" for verdict in batch.verdicts]
    assert [answer.valid for answer in found] == valid
    assert [answer.number for answer in found] == [
        e164 if is_valid else None for e164, is_valid in zip(batch.e164, valid, strict=True)
    ]
    assert [answer.operator or "UNKNOWN" for answer in found] == [o.name for o in batch.operators]


def test_every_way_writes_the_whole_file(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    frames_scale.write(source, 1_000)
    phones = parquet.read_table(source)["phone"].to_pylist()
    assert phones == list(myanmar(1_000).texts)
    batch = normalize_batch(phones)
    for name, way in frames_scale.WAYS.items():
        way(str(source), str(target))
        table = parquet.read_table(target)
        if name.endswith("_alone"):
            assert table["phone"].to_pylist() == phones
        else:
            assert table.column_names == frames_scale.FIELDS
            assert table["e164"].to_pylist() == batch.e164
            assert table["verdict"].to_pylist() == [verdict.name for verdict in batch.verdicts]


def test_a_way_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "source"
    frames_scale.write(source, 100)
    found = frames_scale.measured("pyarrow_ours", source, source, tmp_path / "target")
    assert found["s"] > 0
    assert found["peak_mib"] is None or found["peak_mib"] > 10
    assert parquet.read_metadata(tmp_path / "target").num_rows == 100


def _engine(name: str, median_s: float) -> dict[str, Any]:
    return {"name": name, "median_s": median_s, "min_s": median_s / 2, "rows": 2_000}


FRAMES = {
    "date": "2026-11-27",
    "versions": {"polars": "2.1.0"},
    "absent": {"a peer": "not built"},
    "libraries": {
        "rounds": 9,
        "bytes_a_row": 16.4,
        "engines": [
            _engine("smspoh, polars", 1e-7),
            _engine("smspoh, pandas", 2e-7),
            _engine("pandas, apply of phonenumbers", 1e-4),
            _engine("polars, map_elements of rphonenumbers", 5e-6),
        ],
    },
    "scale": {
        "rows": 10_000_000,
        "rounds": 3,
        "cores": 2,
        "libraries": [
            {
                "name": "polars, streaming",
                "alone_s": 1e-7,
                "ours_s": 1.25e-7,
                "speed": 0.8,
                "alone_peak_mib": 200.0,
                "peak_mib": 300.0,
                "tenth_peak_mib": None,
            }
        ],
    },
}


def test_a_peer_is_compared_with_ours_in_the_same_library() -> None:
    lines = report.libraries_table(FRAMES["libraries"]).splitlines()  # type: ignore[arg-type]
    cells = [line.strip("|").split("|") for line in lines[2:]]
    assert [row[-1].strip() for row in cells] == ["", "", "500", "50.0"]
    assert [row[3].strip() for row in cells] == ["10,000,000", "5,000,000", "10,000", "200,000"]


def test_the_section_says_what_was_measured_and_what_was_not() -> None:
    section = "\n".join(report.frames_section(FRAMES, "A CPU"))
    assert "- Not measured: a peer: not built" in section
    assert "A CPU, 2026-11-27; rounds: 3; cores: 2; rows: 10,000,000" in section
    assert (
        "| polars, streaming | 100 ns | 125 ns | 8,000,000 | 80.0 % | 200 MiB | 300 MiB |  |"
        in (section)
    )


def test_figures_of_small_lists_are_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        frames.main(["--small"])
    assert "--folder of its own" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        frames.main(["--rounds", "1"])
    assert "a median needs at least 3" in capsys.readouterr().err


def test_the_rest_of_a_record_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "record", lambda rounds, *, small: {"rounds": rounds})
    frames.main(["--small", "--folder", str(tmp_path)])
    [path] = tmp_path.glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "texts": "kept"}), "utf-8")
    frames.main(["--rounds", "3", "--folder", str(tmp_path)])
    found = json.loads(path.read_text("utf-8"))
    assert found["texts"] == "kept"
    assert found["frames"] == {"rounds": 3}
