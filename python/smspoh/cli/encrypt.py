"""`smspoh encrypt`: texts in, encrypted messages out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from smspoh.envelope import encrypt_batch

from ._input import batches, file_argument, open_input, read_lines, read_whole
from ._keys import find_key, generate_key_option, key_file_option, make_profile, profile_options
from ._output import Progress, json_option, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from ._keys import Cipher

# What one call is given, and the progress of a file is told after. 64 rows at 100,000
# iterations are about a second on one slow core.
BATCH_ITERATIONS = 6_400_000
BATCH_ROWS_MAX = 500

whole_option = click.option(
    "--whole", is_flag=True, help="Take FILE as one message, line ends and all."
)


def batch_rows(iterations: int) -> int:
    """Return how many rows, each with a derivation of its own, take about a second."""
    return max(1, min(BATCH_ROWS_MAX, BATCH_ITERATIONS // iterations))


@click.command("encrypt")
@file_argument
@key_file_option
@generate_key_option
@whole_option
@click.option(
    "--shared-salt",
    is_flag=True,
    help="One salt for every 500 messages: much faster, but shows that they share a key.",
)
@profile_options
@json_option
def command(
    *,
    file: str,
    key_file: Path | None,
    generate_key: bool,
    whole: bool,
    shared_salt: bool,
    cipher: Cipher,
    iterations: int,
    as_json: bool,
) -> None:
    """Encrypt texts the way the gateway does, one message a line.

    Each line of FILE is the text of a message, without its line end; the
    output has one line for each. With --json a line is
    {"row":1,"message":"..."}.

    \b
    Examples:
      echo 'Your code is 12345' | smspoh encrypt --key-file key --generate-key
      smspoh encrypt texts.txt --key-file key > messages.txt
    """  # noqa: D301 - click wants the character, not the letters
    profile = make_profile(cipher, iterations)
    salt: Literal["fresh", "shared"] = "shared" if shared_salt else "fresh"
    # One derivation serves a batch that shares its salt, whatever its size.
    size = BATCH_ROWS_MAX if shared_salt else batch_rows(iterations)
    row = 0
    with open_input(file) as source, Progress("encrypted") as progress:
        key = find_key(key_file, generate=generate_key)
        texts = [read_whole(source)] if whole else read_lines(source)
        for batch in batches(texts, size):
            for message in encrypt_batch(batch, key, profile=profile, salt=salt):
                row += 1
                click.echo(to_json({"row": row, "message": message}) if as_json else message)
            progress.advance(len(batch))
