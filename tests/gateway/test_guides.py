"""The guides of sending and of the sandbox say what is so: their examples run."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from smspoh import errors
from smspoh.gateway import GatewayProfile

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("guide/sending.md", "guide/sandbox.md")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (f"{name}:{number}", match[1], match[2])
    for name in GUIDES
    for number, match in enumerate(EXAMPLE.finditer((DOCS / name).read_text("utf-8")), 1)
]


@pytest.mark.parametrize(("name", "code", "prints"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_an_example_prints_what_is_below_it(
    name: str, code: str, prints: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, name, "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == prints


def test_every_example_is_run() -> None:
    text = "".join((DOCS / name).read_text("utf-8") for name in GUIDES)
    assert len(EXAMPLES) == text.count("```python\n") == 9


@pytest.mark.parametrize("name", [*GUIDES, "spec/gateway.md"])
def test_links_lead_somewhere(name: str) -> None:
    page = DOCS / name
    for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_error_of_the_gateway_is_in_the_guide() -> None:
    text = (DOCS / "guide/sending.md").read_text("utf-8")
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.GatewayError)
    ]
    for kind in kinds:
        assert kind is errors.GatewayError or f"`{kind.__name__}`" in text


def test_every_assumption_is_in_the_specification() -> None:
    text = (DOCS / "spec/gateway.md").read_text("utf-8")
    told = {"envelope"}  # its own page
    for field in fields(GatewayProfile):
        short = "`sender_...`" if field.name.startswith("sender_") else f"`{field.name}`"
        assert field.name in told or short in text, field.name
