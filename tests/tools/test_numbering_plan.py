"""The committed plan is the generator's, and a table that contradicts the metadata is refused."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from smspoh.phone import Kind, Operator, metadata_version, table_date
from tools import numbering_plan as tool
from tools.plan import layout, metadata, myanmar
from tools.plan.automaton import DEAD, Graph, Output
from tools.plan.patterns import Machine
from tools.plan.world import World

ROOT = Path(__file__).parents[2]
TABLE = tool.TABLE.read_text("utf-8")
PLAN = tool.PLAN.read_bytes()


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The committed files, copied to where a test may change them."""
    made = []
    for name in ("PLAN", "PAGE", "TABLE"):
        original: Path = getattr(tool, name)
        made.append(tmp_path / original.name)
        made[-1].write_bytes(original.read_bytes())
        monkeypatch.setattr(tool, name, made[-1])
    return made


def test_what_is_committed_is_what_the_tool_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_library_was_built_with_it() -> None:
    figures = dict(layout.figures(PLAN))
    assert figures["release of libphonenumber's metadata"] == metadata_version()
    assert figures["newest row of Myanmar's table"] == str(table_date())
    assert figures["bytes in all"] == f"{len(PLAN):,}"


def test_a_stale_file_is_named_and_made_anew(
    copies: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plan, page, table = copies
    before = [path.read_bytes() for path in copies]
    plan.write_bytes(before[0][:-1])
    page.write_text(page.read_text("utf-8").replace("| nodes | ", "| nodes | 1", 1), "utf-8")
    table.write_text(
        TABLE.replace(f"libphonenumber {metadata.version()},", "libphonenumber 9.0.1,")
    )
    assert tool.main(["--check"]) == 1
    assert capsys.readouterr().err.count("is stale: make numbering-plan makes it anew\n") == 3
    assert plan.read_bytes() == before[0][:-1]  # a check writes nothing
    assert tool.main([]) == 0
    assert [path.read_bytes() for path in copies] == before
    assert tool.main(["--check"]) == 0
    plan.unlink()
    assert tool.main(["--check"]) == 1


def test_two_builds_are_equal_whatever_the_order_of_sets() -> None:
    code = (
        "import hashlib; from tools import numbering_plan as tool; "
        "print(hashlib.sha256(tool.build(tool.TABLE)).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert tool.build(tool.TABLE) == tool.build(tool.TABLE) == PLAN


LACKS = "the metadata has some of what the row says it lacks"
HAS = "the metadata lacks some of what the row says it has"
ROW = "92[0-4],8,MPT,high,LRV,"
BAD_ROWS = {
    "92[0-4],8,MPT,high,RV,": LACKS,
    "92[0-4],8,MPT,low,R,": LACKS,
    "92[0-5],8,MPT,high,LRV,": HAS,  # 925 has ten digits
    "92[0-4],8 9,MPT,high,LRV,": HAS,
    "92[0-4],8 10,MPT,high,LRV,": HAS,
    "1512,7,MPT,high,L,": "the metadata says that some of it is no mobile",  # lines of Yangon
    "92[0-4],8,MPTT,high,LRV,": "no such operator",
    "92[0-4],8,MPT,sure,LRV,": "no such sources or confidence",
    "92[0-4],8,MPT,high,,": "no such sources or confidence",
    "92[0-4],8,MPT,high,LX,": "no such sources or confidence",
    "92(?:0|12),8,MPT,high,LRV,": "a prefix of more than one count of digits",
    "92[0-4],2,MPT,high,LRV,": "a pattern has",
    "92.,8,MPT,high,LRV,": "a pattern has",
}


@pytest.mark.parametrize(("row", "says"), BAD_ROWS.items())
def test_a_row_that_the_metadata_contradicts_is_refused(
    row: str, says: str, copies: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plan, page, table = copies
    assert TABLE.count(ROW) == 1
    table.write_text(TABLE.replace(ROW, row), "utf-8")
    before = plan.read_bytes(), page.read_bytes()
    assert tool.main([]) == 1
    assert says in capsys.readouterr().err
    assert (plan.read_bytes(), page.read_bytes()) == before


@pytest.mark.parametrize(
    "row", ["92[0-4],8,MPT,high,L", "920,8,MPT,high,L", "93[57-9],10,MEC,low,V"]
)
def test_a_row_that_counts_for_no_number_is_refused(row: str, tmp_path: Path) -> None:
    path = tmp_path / "myanmar.csv"
    path.write_text(f"{TABLE}{row},2026-11-23,\n", "utf-8")
    with pytest.raises(ValueError, match="rows before it have all of its numbers"):
        tool.build(path)


def test_a_row_with_a_longer_prefix_counts_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "myanmar.csv"
    path.write_text(f"{TABLE}9201,8,U9,high,L,2026-11-23,\n", "utf-8")
    assert tool.build(path) != PLAN


def test_the_longest_prefix_counts_and_then_the_first(tmp_path: Path) -> None:
    path = tmp_path / "myanmar.csv"
    head = "prefix,sizes,operator,confidence,sources,reviewed,note\n"
    path.write_text(
        f"# a remark\n{head}92,8,MPT,high,L,2026-11-23,\n921,8,MEC,high,L,2026-11-24,\n"
        "94,10,U9,high,L,2026-11-23,\n",
        "utf-8",
    )
    assert [row.prefix for row in myanmar.read(path)] == ["921", "92", "94"]


class Plan(NamedTuple):
    """The parts of the committed plan, read without the tool."""

    nodes: list[tuple[int, ...]]
    tails: bytes
    outputs: list[tuple[int, ...]]
    codes: dict[int, tuple[int, ...]]
    territories: int


def read() -> Plan:
    nodes, tails, outputs, codes, territories, leading, words, _ = struct.unpack_from(
        "<8H", PLAN, 60
    )
    at = 76

    def part(size: int, items: int) -> list[bytes]:
        nonlocal at
        at += size * items
        return [PLAN[start : start + size] for start in range(at - size * items, at, size)]

    plan = Plan(
        [struct.unpack("<10H", row) for row in part(20, nodes)],
        b"".join(part(1, tails)),
        [struct.unpack("<4B", row) for row in part(4, outputs)],
        {row[0]: row[1:] for row in map(struct.Struct("<2H2B").unpack, part(6, codes))},
        len(part(24, territories)),
    )
    assert at + 10 * leading + 2 * words == len(PLAN)
    return plan


def test_nothing_in_the_plan_points_outside_of_it() -> None:
    plan = read()
    places = set()
    at = 0
    while at < len(plan.tails):
        places.add(0x8000 | at)
        assert all(output <= len(plan.outputs) for output in plan.tails[at + 1 :][: plan.tails[at]])
        at += 1 + plan.tails[at]
    assert at == len(plan.tails)
    words = {word for node in plan.nodes for word in node} | {
        root for root, *_ in plan.codes.values()
    }
    assert {word for word in words if word & 0x8000} <= places
    assert all(word < len(plan.nodes) for word in words if not word & 0x8000)
    assert set(plan.nodes[0]) == {0}  # what is dead leads nowhere else
    for kind, operator, verdict, territory in plan.outputs:
        assert kind < len(Kind)
        assert operator < len(Operator)
        assert verdict in (0, 1)
        assert territory <= plan.territories
    assert all(main < plan.territories and count for _, main, count in plan.codes.values())


def test_the_walk_of_the_page_is_so() -> None:
    plan = read()
    at = plan.codes[95][0]
    for digit in (9, 4, 2):
        assert not at & 0x8000
        at = plan.nodes[at][digit]
    assert at & 0x8000
    at &= 0x7FFF
    count, outputs = plan.tails[at], plan.tails[at + 1 :]
    kind, operator, verdict, territory = plan.outputs[outputs[7] - 1]
    assert (Kind(kind), Operator(operator), verdict, territory) == (Kind.MOBILE, Operator.MPT, 0, 0)
    assert count == 8
    assert not any(outputs[:7])


ONE = Output(kind=1, operator=0, verdict=0, region="")


def graph_of(pattern: str) -> tuple[Graph, int]:
    graph, machine = Graph(), Machine()
    start, end = machine.add(pattern)

    def decide(states: frozenset[int], _size: int) -> Output | None:
        return ONE if end in states else None

    return graph, graph.build(machine, machine.closure([start]), decide, 17)


def test_equal_nodes_are_one() -> None:
    graph, node = graph_of(r"[12]3\d|[45]3\d")
    assert len({graph.children[node][digit] for digit in (1, 2, 4, 5)}) == 1
    assert len(graph.outputs) == 5  # dead, and one a place in the number


def test_a_tail_is_where_the_count_alone_matters() -> None:
    graph, node = graph_of(r"1\d{2,3}")
    assert graph.tail(node) is None
    assert graph.tail(graph.children[node][1]) == (None, None, ONE, ONE)
    assert graph.tail(DEAD) == ()


def test_a_number_that_ends_where_others_go_on_in_two_ways_is_refused() -> None:
    graph, node = graph_of("1(?:2|3)?")
    world = World([], {}, graph, {}, [])
    with pytest.raises(ValueError, match="a number ends where others go on"):
        layout._Nodes(world).place(node)
