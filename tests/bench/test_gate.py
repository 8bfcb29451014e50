"""The gate that counts instructions."""

from __future__ import annotations

import json

from tools import instruction_gate


def test_what_takes_more_than_its_record_is_named() -> None:
    record = {"a, 1 lanes": 100.0, "b, 2 lanes": 50.0}
    assert instruction_gate.complaints(record, record) == []
    assert instruction_gate.complaints({"a, 1 lanes": 102.0}, record) == []
    (more,) = instruction_gate.complaints({"a, 1 lanes": 102.1, "b, 2 lanes": 10.0}, record)
    assert more.startswith("a, 1 lanes: 102.1 instructions")
    (unknown,) = instruction_gate.complaints({"c, 1 lanes": 1.0}, record)
    assert unknown.startswith("c, 1 lanes: 1.0")
    assert "no record" in unknown


def test_the_record_has_a_compiler_and_every_count() -> None:
    record = json.loads(instruction_gate.RECORD.read_text("utf-8"))
    assert set(record) == {"rustc", "instructions_per_compression"}
    assert all(count > 64 for count in record["instructions_per_compression"].values())
