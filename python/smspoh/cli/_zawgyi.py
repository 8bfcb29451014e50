"""Texts of Zawgyi before they are sent: told, and converted on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smspoh.gateway.models import ZAWGYI_CHOICES
from smspoh.text import FontEncoding, detect_zawgyi_batch, zawgyi_to_unicode_batch

from ._output import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh.gateway.models import ZawgyiChoice

zawgyi_option = click.option(
    "--zawgyi",
    type=click.Choice(ZAWGYI_CHOICES),
    default="warn",
    show_default=True,
    help="What to do with a text in Zawgyi: warn and send it, convert it to Unicode, or "
    "send it without a word.",
)


def as_unicode(texts: Sequence[str], choice: ZawgyiChoice) -> list[str]:
    """Return the texts that are to be sent, and say on stderr what readers may not read.

    Args:
        texts: n texts.
        choice: "warn", "convert" or "ignore".

    Returns:
        n texts; with "convert" those of Zawgyi are Unicode.
    """
    found = list(texts)
    if choice == "ignore":
        return found
    encodings = detect_zawgyi_batch(found).encodings
    zawgyi = [at for at, encoding in enumerate(encodings) if encoding is FontEncoding.ZAWGYI]
    unsure = encodings.count(FontEncoding.AMBIGUOUS)
    if choice == "convert":
        converted = zawgyi_to_unicode_batch([found[at] for at in zawgyi])
        for at, text in zip(zawgyi, converted, strict=True):
            if text is not None:
                found[at] = text
    tell_of_zawgyi(choice, len(zawgyi), unsure)
    return found


def tell_of_zawgyi(choice: str, zawgyi: int, unsure: int) -> None:
    """Say on stderr what readers may not read.

    Args:
        choice: "convert", or else they are sent as they are.
        zawgyi: texts that are Zawgyi, or were.
        unsure: texts that may be.
    """
    if zawgyi and choice == "convert":
        note(f"converted from Zawgyi: {_counted(zawgyi)}")
    elif zawgyi:
        note(
            f"smspoh: warning: Zawgyi, which phones with Unicode show as rubble: "
            f"{_counted(zawgyi)} (see --zawgyi)"
        )
    if unsure:
        note(f"smspoh: warning: may be Zawgyi, left as written: {_counted(unsure)}")


def _counted(count: int) -> str:
    return f"{count:,} text{'s' if count != 1 else ''}"
