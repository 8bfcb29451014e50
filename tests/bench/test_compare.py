"""The comparison: who runs when, what is made of the times, and what is written."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

import smspoh
from bench import compare, engines, phone_compare, rounds
from bench.machine import machine, parse, slug
from bench.tasks import Task, tasks

if TYPE_CHECKING:
    from pathlib import Path

X86 = """\
processor	: 0
cpu family	: 6
model		: 143
model name	: Intel(R) Xeon(R) Platinum 8488C
flags		: fpu ssse3 avx2 avx512f sha_ni

processor	: 1
model name	: another
"""
ARM = """\
processor	: 0
BogoMIPS	: 2100.00
Features	: fp asimd sha1 sha2 crc32
CPU implementer	: 0x41
CPU part	: 0xd4f
"""


class Clock:
    """A clock that only an engine moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ran: list[str] = []

    def __call__(self) -> float:
        return self.now

    def engine(self, name: str, *seconds: float) -> Any:
        left = iter(seconds)

        def run() -> None:
            self.ran.append(name)
            self.now += next(left)

        return run


def test_every_engine_runs_once_a_round_and_has_its_own_time() -> None:
    clock = Clock()
    runs = {"a": clock.engine("a", 1, 2), "b": clock.engine("b", 4, 8)}
    assert rounds.alternate(runs, 2, clock) == {"a": [1, 2], "b": [4, 8]}
    assert clock.ran == ["a", "b", "a", "b"]


def test_a_ratio_is_taken_inside_a_round() -> None:
    # The machine was five times slower in the second round. Of the medians the ratio
    # would be 6 / 2; of the minima, 2 / 1.
    ours, rival = rounds.figures({"ours": [1, 10, 2], "rival": [2, 10, 6]}, 2, None)
    assert (ours["ratio"], ours["over_s"]) == (1, 0)
    assert (rival["ratio"], rival["over_s"]) == (2, 0.5)
    assert (rival["median_s"], rival["min_s"]) == (3, 1)
    assert rival["ns_per_compression"] is None


def test_compressions_are_those_of_one_row() -> None:
    (ours,) = rounds.figures({"ours": [8e-6, 4e-6, 6e-6]}, 3, 100)
    assert ours["ns_per_compression"] == 20


def test_rounds_that_are_not_equally_many_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        rounds.figures({"ours": [1, 1], "rival": [1]}, 1, None)


def test_an_engine_with_another_answer_is_not_measured() -> None:
    task = tasks(small=True)["batch"]
    turned = {**task.engines, "turned": lambda: task.engines["hashlib"]()[::-1]}
    with pytest.raises(AssertionError, match="turned gave another answer: 64 keys"):
        compare.measure(dataclasses.replace(task, engines=turned), rounds=1)


def test_every_engine_and_every_backend_does_both_tasks() -> None:
    rivals = ["hashlib", "cryptography", "pycryptodome", "pbkdf2", "ring", "aws-lc-rs"]
    forced = [f"smspoh, {name}" for name in smspoh.backends()]
    for name in ("one", "batch"):
        assert list(tasks()[name].engines) == ["smspoh", *forced, *rivals]


def test_a_small_task_differs_from_a_full_one_in_size_alone() -> None:
    def kind(task: Task) -> Any:
        return task.name, task.unit, list(task.engines), task.compressions is None

    assert [*map(kind, tasks().values())] == [*map(kind, tasks(small=True).values())]
    assert tasks()["batch"].compressions == 200_002


def test_the_rivals_need_salts_of_one_size() -> None:
    with pytest.raises(ValueError, match="several sizes"):
        engines.by_rust("rival_ring", b"password", [b"salt", b"other"], 1, 32)


def test_the_first_processor_tells_what_the_cpu_is() -> None:
    found = parse(X86, 2)
    assert found["flags"] == ["avx2", "avx512f", "sha_ni", "ssse3"]
    assert (found["family"], found["number"], found["cores"]) == ("6", "143", 2)
    assert slug(found) == "intel-r-xeon-r-platinum-8488c-6-143"


def test_a_cpu_of_arm_has_its_part_for_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    found = parse(ARM, 1)
    assert found["flags"] == ["asimd", "sha2"]
    assert slug(found) == "aarch64-0x41-0xd4f"
    assert slug(parse("", 1)) == "aarch64"


def test_the_kernel_is_what_its_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compare, "KERNEL", 'echo {"backends":[]}')
    assert compare.kernel() == {"backends": []}
    monkeypatch.setattr(compare, "KERNEL", "false")
    assert compare.kernel() is None
    assert capsys.readouterr().err == "compare: no kernel figures: false failed\n"


def test_a_run_leaves_one_record_and_the_same_day_overwrites_it(tmp_path: Path) -> None:
    for number in ("7", "8"):
        compare.main(["--small", "--only", "keys", "--rounds", number, "--folder", str(tmp_path)])
    (path,) = tmp_path.iterdir()
    record = json.loads(path.read_text("utf-8"))
    assert path.name == f"{slug(record['machine'])}-{record['date']}.json"
    assert {task["name"]: task["rounds"] for task in record["tasks"]} == {
        "one": 40,
        "batch": 8,
        "threads": 8,
        "shared": 40,
        "fresh": 8,
        "rest": 40,
    }
    assert [task["name"] for task in record["tasks"]] == list(tasks())
    assert {"rustc", "OpenSSL of hashlib", "aws-lc-sys (crate)"} < set(record["versions"])


@pytest.mark.parametrize("arguments", [["--rounds", "6"], ["--small"]])
def test_a_run_that_would_leave_worthless_figures_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        compare.main(arguments)
    assert refused.value.code == 2


def test_a_part_that_is_measured_alone_leaves_the_others_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_compare, "record", lambda rounds, *, small: {"rounds": rounds})
    monkeypatch.setattr(compare, "keys", lambda rounds, *, small: {"tasks": [rounds]})
    monkeypatch.setattr(compare, "texts", lambda rounds, *, small: {"rounds": rounds})

    def run(rounds: str, *only: str) -> Any:
        options = ["--small", "--rounds", rounds, "--folder", str(tmp_path), *only]
        compare.main(options)
        (path,) = tmp_path.iterdir()
        record = json.loads(path.read_text("utf-8"))
        return record["tasks"], record["phone"]["rounds"], record.get("texts", {}).get("rounds")

    assert run("7", "--only", "phone") == ([], 7, None)
    assert run("8", "--only", "keys") == ([8], 7, None)
    assert run("9", "--only", "texts") == ([8], 7, 9)
    assert run("10") == ([10], 10, 10)


def test_the_newest_record_of_this_machine_is_gone_on_with(tmp_path: Path) -> None:
    name = slug(machine())
    assert compare.newest(tmp_path)["tasks"] == []
    for file, number in ((f"{name}-2026-11-09", 1), (f"{name}-2026-11-24", 2), ("z-2027-01-01", 3)):
        (tmp_path / f"{file}.json").write_text(json.dumps({"tasks": [number]}), "utf-8")
    assert compare.newest(tmp_path) == {"tasks": [2]}
