"""The documents say what is so: examples run, commands, options and errors are all there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from smspoh import errors
from smspoh._spreadsheet import OWN_COLUMNS
from smspoh.cli import COMMANDS, _outcomes, cli
from smspoh.cli._sending import Outcome
from smspoh.outbox import RowVerdict
from smspoh.phone import Operator, Verdict, normalize_batch

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide" / "cli.md"
OURS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/quickstart.md",
    "docs/guide/cli.md",
    "docs/guide/inbox.md",
    "docs/guide/pipelines.md",
    "docs/guide/preflight.md",
    "docs/guide/texts.md",
    "docs/benchmarks.md",
    "docs/glossary.md",
    "docs/spec/arrow.md",
    "docs/spec/envelope.md",
    "docs/spec/numbers.md",
    "docs/spec/numbering-plan.md",
    "docs/spec/carriers.md",
    "docs/spec/outbox.md",
]

EXECUTED = (
    "README.md",
    "docs/quickstart.md",
    "docs/guide/keys.md",
    "docs/guide/pipelines.md",
    "docs/guide/preflight.md",
    "docs/guide/texts.md",
)

_EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(
    r"^## Spark$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL
)  # frames/spark has it
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:^|\| )smspoh (?!COMMAND)(.*)")
_LINK = re.compile(r"\]\(([^)#]+)")


def _examples() -> list[tuple[str, int, str, str]]:
    return [
        (name, number, match[1], match[2] or "")
        for name in EXECUTED
        for number, match in enumerate(
            _EXAMPLE.finditer(_ELSEWHERE.sub("", (ROOT / name).read_text("utf-8"))), 1
        )
    ]


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


def _options(name: str) -> set[str]:
    """Return the options of a command, and of those below it."""
    command = _command(name)
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return {
        option
        for each in (command, *below)
        for parameter in each.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option[0] == "-"
    }


def _section(name: str) -> str:
    found = re.search(
        rf"^## smspoh {name}$(.*?)(?=^## |\Z)", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, f"docs/guide/cli.md has no section 'smspoh {name}'"
    return found[1]


@pytest.mark.parametrize(("name", "number", "code", "prints"), _examples())
def test_examples_print_what_is_below_them(
    name: str, number: int, code: str, prints: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, f"{name}, example {number}", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == prints


def test_there_are_examples_to_run() -> None:
    names = [name for name, _, _, prints in _examples() if prints]
    assert names.count("README.md") == 4
    assert names.count("docs/quickstart.md") >= 4
    assert names.count("docs/guide/texts.md") >= 6
    assert names.count("docs/guide/preflight.md") == 5
    assert names.count("docs/guide/pipelines.md") == 8


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_in_its_section(name: str) -> None:
    section = _section(name)
    missing = {option for option in _options(name) if f"`{option}" not in section}
    assert missing == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_has_no_option_that_its_command_lacks(name: str) -> None:
    named = set(re.findall(r"`(--[a-z0-9-]+)", _section(name)))
    assert named - _options(name) == set()


def test_the_guide_has_no_section_for_a_command_that_is_not_there() -> None:
    assert re.findall(r"^## smspoh (.*)$", GUIDE.read_text("utf-8"), re.MULTILINE) == list(COMMANDS)


def test_the_commands_in_the_documents_are_ones_that_work() -> None:
    checked = 0
    for document in OURS:
        for block in _SHELL.findall((ROOT / document).read_text("utf-8")):
            for line in block.splitlines():
                if not (found := _CALL.search(line)):
                    continue
                name, *words = shlex.split(found[1].split(" > ")[0])
                options = {word for word in words if word.startswith("--")}
                assert options <= _options(name), f"{document}: {line}"
                checked += 1
    assert checked >= 10


def _names(error: type[Exception]) -> set[str]:
    return {error.__name__}.union(*(_names(below) for below in error.__subclasses__()))


def test_every_error_is_in_the_guide_and_no_other() -> None:
    table = re.search(
        r"^\| error \| code \|$(.*?)^$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert table is not None
    assert set(re.findall(r"`(\w+)`", table[1])) == _names(errors.SmspohError)


def test_every_verdict_outcome_and_column_is_in_the_guide() -> None:
    text = GUIDE.read_text("utf-8")
    words = [verdict.name for verdict in Verdict]
    words += [*RowVerdict, *OWN_COLUMNS]
    words += [*Outcome, "REFUSED", *_outcomes.COLUMNS]
    assert [word for word in words if f"`{word}`" not in text] == []


@pytest.mark.parametrize("document", OURS)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in _LINK.findall(path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"
        assert (path.parent / target).resolve().is_relative_to(ROOT)


def test_the_glossary_is_in_order_and_has_no_word_twice() -> None:
    words = re.findall(
        r"^\| \*(.+?)\* \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )
    folded = [word.casefold() for word in words]
    assert folded == sorted(set(folded))


def test_the_sizes_in_the_envelope_page_are_right() -> None:
    from base64 import b64decode

    from smspoh import EnvelopeProfile, encrypt

    text = (ROOT / "docs/spec/envelope.md").read_text("utf-8")
    for length in (0, 160):
        profile = EnvelopeProfile(iterations=1)
        message = encrypt(b"x" * length, "a key of more than eighty bits", profile=profile)
        size = len(b64decode(message))
        assert size == 96 + 16 * (length // 16 + 1)
        assert re.search(rf"\b{size} bytes,\s+or {len(message)} characters", text)


def test_the_forms_of_the_numbers_page_come_to_one_number() -> None:
    text = (ROOT / "docs/spec/numbers.md").read_text("utf-8")
    block = re.search(
        r"^All of these are `(\+\d+)`:\n\n```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert block is not None
    forms = [form for line in block[2].splitlines() for form in re.split(r" {2,}", line)]
    numbers = normalize_batch(forms)
    assert len(forms) > 12
    assert dict(zip(forms, numbers.e164, strict=True)) == dict.fromkeys(forms, block[1])


def _prefixes(cell: str) -> list[str]:
    ranges = (part.partition("-") for part in cell.split(", "))
    return [
        str(prefix)
        for first, _, last in ranges
        for prefix in range(int(first), int(last or first) + 1)
    ]


def test_the_blocks_of_the_numbers_page_are_those_of_the_library() -> None:
    text = (ROOT / "docs/spec/numbers.md").read_text("utf-8")
    rows = re.findall(
        r"^\| ([0-9, -]+) \| ([0-9, ]+|any) \| (.+?) \| .*? \| `(\w+)` \|$", text, re.MULTILINE
    )
    assert len(rows) == 20
    for prefixes, sizes, operator, verdict in rows:
        for size in map(int, sizes.replace("any", "8, 9, 10").split(", ")):
            numbers = [prefix.ljust(size, "2") for prefix in _prefixes(prefixes)]
            batch = normalize_batch([f"+95{number}" for number in numbers])
            found = {number: v.name for number, v in zip(numbers, batch.verdicts, strict=True)}
            assert found == dict.fromkeys(numbers, verdict)
            if operator.upper() in Operator.__members__:
                assert {o.name for o in batch.operators} == {operator.upper()}, prefixes


def test_the_words_of_contributing_are_those_of_the_makefile() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    words = re.findall(r"^\| `make ([a-z-]+)` \|", text, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"demo", "test", "check", "bench", "docs", "wheel", "soak", "header"} <= set(words)
    assert set(words) <= set(targets)


def test_the_folders_of_contributing_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    folders = re.findall(r"^\| `([a-z/]+)` \|", text, re.MULTILINE)
    assert len(folders) >= 8
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_verdict_of_a_preflight_is_in_its_guide_in_order() -> None:
    text = (ROOT / "docs/guide/preflight.md").read_text("utf-8")
    told = re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)
    assert told == [*(verdict for verdict in RowVerdict if verdict is not RowVerdict.OK), "OK"]
