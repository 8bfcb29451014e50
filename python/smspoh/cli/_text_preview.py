"""One text of `smspoh text`, as people read it: what it takes, and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from smspoh.text import Encoding, FontEncoding, Segments, segments

from ._text_rows import TOO_LONG, forced_by

if TYPE_CHECKING:
    from ._text_rows import Counted, Wishes

CUT: Final = "✂"
ENCODINGS: Final = {Encoding.GSM7: "GSM-7", Encoding.UCS2: "UCS-2"}
UNITS: Final = {Encoding.GSM7: "septets", Encoding.UCS2: "units"}
FONTS: Final = {
    FontEncoding.NONE: "nothing of the Myanmar script that could tell",
    FontEncoding.UNICODE: "Unicode: phones can read it",
    FontEncoding.ZAWGYI: "Zawgyi: phones with Unicode show it as rubble",
    FontEncoding.AMBIGUOUS: "not to be told: it may be Zawgyi, or has pieces of it",
}


def show(row: Counted, wishes: Wishes) -> None:
    """Print what a text takes, and its parts as far as they are sent."""
    text = row.text or ""
    found = segments(text, unicode=wishes.unicode)
    for label, value in _facts(row, text, wishes):
        click.echo(f"{label:<10}{value}")
    click.echo()
    texts = found.split(text)[: wishes.parts_max]
    width = len(str(len(texts)))
    starts = (0, *found.boundaries)
    for number, (start, part) in enumerate(zip(starts, texts, strict=False), 1):
        mark = CUT if start in found.cuts else " "
        click.echo(f"{number:>{width}} {mark} {visible(part)}".rstrip())
    _show_rest(found, len(texts))


def _facts(row: Counted, text: str, wishes: Wishes) -> list[tuple[str, str]]:
    long = "too long, for " if row.verdict == TOO_LONG else ""
    units = UNITS[row.encoding]
    facts = [
        ("encoding", ENCODINGS[row.encoding]),
        ("parts", f"{row.parts:,} ({long}at most {wishes.parts_max:,} can be sent)"),
        ("units", f"{row.units:,} {units}; the last part has {row.units_left:,} left"),
    ]
    if row.forced_at is not None:
        line, column = place(text, row.forced_at)
        facts.append(("UCS-2 by", f"{forced_by(row)}, line {line:,}, column {column:,}"))
    elif row.encoding is Encoding.UCS2:
        facts.append(("UCS-2 by", "--unicode"))
    if (cost := row.cost(wishes)) is not None:
        facts.append(("cost", cost))
    means = FONTS[row.font]
    if row.font is FontEncoding.ZAWGYI and wishes.convert:
        means = "Zawgyi, here converted to Unicode"
    if row.probability is not None and row.font is not FontEncoding.UNICODE:
        means += f" (Zawgyi with probability {row.probability:.3f})"
    facts.append(("font", means))
    return facts


def _show_rest(found: Segments, shown: int) -> None:
    if found.parts > shown:
        more = found.parts - shown
        click.echo(f"and {more:,} more part{'' if more == 1 else 's'}")
    if any(start in found.cuts for start in found.boundaries[: shown - 1]):
        click.echo()
        click.echo(f"{CUT} begins inside a Myanmar syllable; a phone puts the parts together again")


def place(text: str, index: int) -> tuple[int, int]:
    """Return the line and the column of a character, both from 1."""
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def visible(text: str) -> str:
    """Return a text on one line, with what nobody sees, or what moves others, escaped."""
    return "".join(
        char if char.isprintable() else "⏎" if char == "\n" else escaped(char) for char in text
    )


def escaped(char: str) -> str:
    """Return a character as Python writes it in ASCII, by its code point."""
    return char.encode("unicode_escape").decode()
