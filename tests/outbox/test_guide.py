"""The guide of the outbox says what is so: its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smspoh import outbox as package
from smspoh.outbox import Guards, Odd
from smspoh.outbox.sender import Sender

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "outbox.md"
TEXT = GUIDE.read_text("utf-8")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(match[1], match[2]) for match in EXAMPLE.finditer(TEXT)]


@pytest.mark.parametrize(("code", "prints"), EXAMPLES)
def test_an_example_prints_what_is_below_it(
    code: str, prints: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, GUIDE.name, "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == prints


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == TEXT.count("```python\n") == 3


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (GUIDE.parent / target).exists(), target


def test_what_the_guide_names_is_there() -> None:
    for name in ("run", "stop", "pause", "resume", "reconcile", "ask_deliveries"):
        assert f"{name}" in TEXT
        assert getattr(Sender, name).__doc__
    assert Guards().canary_failures_max == 0.1
    assert len(Odd) == 10


def test_every_public_name_has_a_docstring() -> None:
    assert package.__all__ == sorted(package.__all__, key=lambda name: (not name.isupper(), name))
    for name in package.__all__:
        assert name.isupper() or getattr(package, name).__doc__, name
