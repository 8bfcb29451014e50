"""`smspoh decrypt`: encrypted messages in, texts out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from smspoh._wording import counted
from smspoh.envelope import decrypt_batch

from ._exit import REFUSED
from ._input import batches, file_argument, open_input, read_lines, read_whole
from ._keys import find_key, key_file_option, make_profile, profile_options
from ._output import Progress, json_option, note, to_json
from .encrypt import batch_rows, whole_option

if TYPE_CHECKING:
    from pathlib import Path

    from ._keys import Cipher


@click.command("decrypt")
@file_argument
@key_file_option
@whole_option
@profile_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    key_file: Path | None,
    whole: bool,
    cipher: Cipher,
    iterations: int,
    as_json: bool,
) -> None:
    """Open encrypted messages, one a line.

    Prints the text of each line of FILE. A message that does not open gives an
    empty line, a count on stderr and the exit code 1. With --json a line is
    {"row":1,"verdict":"...","text":"..."}, which also keeps apart texts that
    have line ends in them. With --whole the text comes out exactly as it is.
    """
    profile = make_profile(cipher, iterations)
    refused: Counter[str] = Counter()
    row = broken_lines = 0
    with open_input(file) as source, Progress("decrypted") as progress:
        key = find_key(key_file)
        messages = [read_whole(source).removesuffix("\n")] if whole else read_lines(source)
        for batch in batches(messages, batch_rows(iterations)):
            opened = decrypt_batch(batch, key, profile=profile)
            for text, verdict in zip(opened, opened.verdicts, strict=True):
                row += 1
                if text is None:
                    refused[verdict.name] += 1
                elif "\n" in text:
                    broken_lines += 1
                if as_json:
                    click.echo(to_json({"row": row, "verdict": verdict.name, "text": text}))
                else:
                    click.echo(text or "", nl=not whole)
            progress.advance(len(batch))
    if broken_lines and not as_json and not whole:
        note(f"{broken_lines:,} texts have line ends in them: --json keeps the rows apart")
    if refused:
        note(f"refused {refused.total():,} of {row:,} messages: {counted(refused)}")
        ctx.exit(REFUSED)
