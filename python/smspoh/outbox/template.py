"""Texts with fields that each row fills in: `Dear {name}, you owe {amount}.`.

A template comes from people who write advertisements, and is safe by what it is: a
field is a name that is looked up in the row, and nothing else. There are no attributes,
no indexes and no formats, and a value is never read for fields again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEMPLATE_CHARS_MAX: Final = 10_000
FIELD_CHARS_MAX: Final = 100
PLACES_MAX: Final = 100

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}|]*)(?:\|([^{}]*))?\}|[{}]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Rendered(NamedTuple):
    """What a template came to for one row: a text, or the field that is missing.

    Attributes:
        text: None where a field is missing.
        missing: the first field that the row lacks, or None.
    """

    text: str | None
    missing: str | None = None

    def __repr__(self) -> str:
        found = "a text" if self.missing is None else f"missing={self.missing!r}"
        return f"<Rendered {found}>"


class Template:
    """Hold a text with fields. Its repr shows the names of the fields alone.

    `{name}` is what the row has under that name, `{name|Customer}` the same with what
    stands for it where the row has nothing; `{name|}` is nothing then. A brace itself is
    written twice. A name is any text without braces, `|` and control characters, in any
    script, so that it can be that of a column; blanks around it do not count.

    A row has nothing under a name where it lacks it, where it has None or what is no
    text, and where there are blanks alone: "Dear ," is what nobody wants to send.

    Args:
        text: at most 10,000 characters, with at most 100 fields, whose names have 1 to
            100 characters.
        trim: take blanks away from both ends of each value.

    Attributes:
        text: as given.
        fields: the names, each once, in the order of the text.
        required: those of them that have no default at one place at least.

    Raises:
        TypeError: `text` is not a str.
        ArgumentError: a brace that stands alone, a field without a name, too much of
            something, or half of a surrogate pair.
    """

    __slots__ = ("_format", "_places", "_trim", "fields", "required", "text")

    def __init__(self, text: str, *, trim: bool = True) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a template must be a str, not {type(text).__name__}")
        if len(text) > TEMPLATE_CHARS_MAX:
            raise ArgumentError(
                f"the template has {len(text):,} characters; the most is {TEMPLATE_CHARS_MAX:,}"
            )
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ArgumentError("the template holds half of a surrogate pair, which is not text")
        self.text = text
        self._trim = bool(trim)
        places: list[tuple[str, str | None]] = []
        # A format of `%s` alone, filled with a tuple of str: the fastest way there is.
        self._format = "".join(_pieces(text, places))
        if len(places) > PLACES_MAX:
            raise ArgumentError(f"the template has {len(places)} fields; the most is {PLACES_MAX}")
        self._places = tuple(places)
        self.fields = tuple(dict.fromkeys(name for name, _ in places))
        self.required = tuple(dict.fromkeys(name for name, default in places if default is None))

    def fill(self, row: Mapping[Any, Any]) -> Rendered:
        """Return the text for a row, or which field it lacks. Other columns do not matter."""
        values = []
        for name, default in self._places:
            value = row.get(name)
            trimmed = value.strip() if isinstance(value, str) else ""
            if trimmed:
                values.append(trimmed if self._trim else str(value))
            elif default is not None:
                values.append(default)
            else:
                return Rendered(None, name)
        return Rendered(self._format % tuple(values))

    def render(self, row: Mapping[str, str]) -> str:
        """Return the text for a row.

        Raises:
            ArgumentError: the row lacks a field, which is named; no value ever is.
        """
        text, missing = self.fill(row)
        if text is None:
            raise ArgumentError(f"the row has nothing for the field {missing!r}; it needs a text")
        return text

    def render_batch(self, rows: Iterable[Mapping[str, str]]) -> list[Rendered]:
        """Return what each of many rows comes to, in their order. No row fails its batch."""
        return [self.fill(row) for row in rows]

    def __repr__(self) -> str:
        return f"<Template fields={list(self.fields)!r}>"


def _pieces(text: str, places: list[tuple[str, str | None]]) -> list[str]:
    """Return the pieces of a format, and add each field and its default to `places`."""
    pieces = []
    end = 0
    for match in _PIECE.finditer(text):
        pieces.append(text[end : match.start()].replace("%", "%%"))
        end = match.end()
        piece = match[0]
        if piece in ("{{", "}}"):
            pieces.append(piece[0])
        elif len(piece) == 1:
            raise ArgumentError(
                f"the template has a brace at character {match.start() + 1} that belongs to no"
                " field; a brace itself is written twice"
            )
        else:
            places.append((_name(match[1], match.start() + 1), match[2]))
            pieces.append("%s")
    pieces.append(text[end:].replace("%", "%%"))
    return pieces


def _name(written: str, character: int) -> str:
    name = written.strip()
    if not 1 <= len(name) <= FIELD_CHARS_MAX or _CONTROL.search(name):
        raise ArgumentError(
            f"the template has a field at character {character} without a usable name; it needs"
            f" 1 to {FIELD_CHARS_MAX} characters, none of them a control character"
        )
    return name
