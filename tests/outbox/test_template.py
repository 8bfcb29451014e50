"""Templates: fields are names and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.outbox import Template
from smspoh.outbox.template import FIELD_CHARS_MAX, PLACES_MAX, TEMPLATE_CHARS_MAX

NAMES = st.text(
    st.characters(exclude_characters="{}|", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9
).filter(lambda name: name == name.strip())
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


def escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def test_fields_are_filled_in() -> None:
    template = Template("Dear {name}, you owe {amount|0} MMK ({name}). 100% {{sure}}")
    assert template.fields == ("name", "amount")
    assert template.required == ("name",)
    row = {"name": " Aye ", "amount": "12", "other": "x"}
    assert template.render(row) == "Dear Aye, you owe 12 MMK (Aye). 100% {sure}"
    assert template.render({"name": "Aye"}) == "Dear Aye, you owe 0 MMK (Aye). 100% {sure}"
    assert Template("{ a }", trim=False).render({"a": " x "}) == " x "
    assert Template("{a|}.").render({"a": "  "}) == "."
    assert Template("{a|b|c}").render({}) == "b|c"
    assert Template("no field").render({}) == "no field"


def test_names_of_fields_may_be_burmese() -> None:
    template = Template("မင်္ဂလာပါ {အမည်}။ {Customer ID}")
    assert template.fields == ("အမည်", "Customer ID")
    assert template.render({"အမည်": "အေး", "Customer ID": "7"}) == "မင်္ဂလာပါ အေး။ 7"


@pytest.mark.parametrize("value", [None, "", "  ", "\t\n", "\xa0", 7, b"x"])
def test_what_is_blank_or_no_text_is_missing_and_named_without_its_neighbours(value: Any) -> None:
    template = Template("{secret} {name}")
    with pytest.raises(ArgumentError, match="nothing for the field 'name'") as caught:
        template.render({"secret": "PIN 1234", "name": value})
    assert "1234" not in str(caught.value)


def test_a_batch_gives_each_row_its_own() -> None:
    found = Template("{a}{b}").render_batch([{"a": "1", "b": "2"}, {"b": "2"}, {"a": "1"}])
    assert [(one.text, one.missing) for one in found] == [("12", None), (None, "a"), (None, "b")]
    assert repr(found) == "[<Rendered a text>, <Rendered missing='a'>, <Rendered missing='b'>]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a{", "a brace at character 2"),
        ("}a", "a brace at character 1"),
        ("{a{b}", "a brace at character 1"),
        ("{a|{b}}", "a brace at character 1"),
        ("x{}", "a field at character 2 without a usable name"),
        ("{ |x}", "without a usable name"),
        ("{a\nb}", "without a usable name"),
        ("{" + "a" * (FIELD_CHARS_MAX + 1) + "}", "without a usable name"),
        ("{a}" * (PLACES_MAX + 1), "101 fields"),
        ("a" * (TEMPLATE_CHARS_MAX + 1), "10,001 characters"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
def test_what_is_no_template_is_refused(text: str, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        Template(text)


def test_a_template_is_a_str() -> None:
    with pytest.raises(TypeError, match="must be a str, not bytes"):
        Template(b"{a}")  # type: ignore[arg-type]


class Trap:
    """Whoever looks into it is caught."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return Trap
        raise AssertionError(name)

    def __getitem__(self, key: object) -> Any:
        raise AssertionError(key)

    def __format__(self, spec: str) -> str:
        raise AssertionError(spec)

    def __str__(self) -> str:
        raise AssertionError


@pytest.mark.parametrize("field", ["a.__class__", "a[0]", "a!r", "a:>10", "a.b.c", "0", "a"])
def test_a_field_is_a_name_and_looks_into_nothing(field: str) -> None:
    template = Template(f"<{{{field}}}>")
    assert template.fields == (field,)
    assert template.fill({"a": Trap()}).missing == field
    assert template.render({field: "x"}) == "<x>"


@given(st.lists(st.tuples(WORDS, NAMES, WORDS)), WORDS)
def test_a_template_is_its_pieces_and_values_are_not_read_again(
    pieces: list[tuple[str, str, str]], end: str
) -> None:
    values = {name: f"v{value}v{{{name}}} %s" for _, name, value in pieces}
    text = "".join(f"{escaped(word)}{{{name}}}" for word, name, _ in pieces) + escaped(end)
    expected = "".join(f"{word}{values[name]}" for word, name, _ in pieces) + end
    template = Template(text)
    assert template.fields == tuple(dict.fromkeys(name for _, name, _ in pieces))
    assert template.render(values) == expected


@given(st.text(st.sampled_from("{}|ab %s"), max_size=12))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    try:
        template = Template(text)
    except ArgumentError:
        return
    template.render(dict.fromkeys(template.fields, "x"))


def test_the_repr_shows_no_text() -> None:
    assert repr(Template("secret {name}")) == "<Template fields=['name']>"
