"""Build the model that tells Zawgyi from Unicode for the Rust crate, from `myanmartools`.

    python -m tools.zawgyi_model           write it
    python -m tools.zawgyi_model --check   only say whether it is up to date

The model is a Markov chain: for each pair of characters that follow each other, how much
likelier the pair is in Unicode than in Zawgyi, as a natural logarithm. Characters whose
pairs are all alike share a class. What is written, little-endian, without gaps:

- magic, 8 bytes; the version of `myanmartools`, 16; the count of classes, 2;
- the class of each character of `RANGES`, a byte each; 0 is that of every other character,
  and of the beginning and the end of a text;
- for each class and each that follows it, a 32-bit float. That of 0 and 0 is 0: a pair that
  says nothing.
"""

from __future__ import annotations

import argparse
import struct
import sys
import warnings
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Final

from myanmartools._params import check_signature, read_params

ROOT: Final = Path(__file__).parents[1]
MODEL: Final = ROOT / "rust" / "core" / "src" / "text" / "zawgyi" / "model.bin"

MAGIC: Final = b"SMSZAWG1"
HEAD: Final = struct.Struct("<8s16sH")
RANGES: Final = (
    range(0x1000, 0x10A0),  # Myanmar
    range(0xA9E0, 0xAA00),  # Myanmar Extended-B
    range(0xAA60, 0xAA80),  # Myanmar Extended-A
)
# The model has spaces too, and each would count a text towards Zawgyi, an English one as well.
SPACES: Final = range(0x2000, 0x200C)


def build() -> bytes:
    """Return the model as bytes; the same package gives the same bytes."""
    source = files("myanmartools.resources").joinpath("zawgyiUnicodeModel.dat").read_bytes()
    stream = BytesIO(source)
    chars = check_signature(stream)
    params = read_params(stream)
    count = len(chars) + 1
    table = [params[at : at + count] for at in range(0, count * count, count)]
    table[0][0] = 0.0
    if not all(isfinite(value) for row in table for value in row):
        raise ValueError("the model has a value that is no number")
    # State 0 stays alone: only it says that a pair is of strangers.
    classes: dict[tuple[bytes, bytes, bool], int] = {}
    firsts: list[int] = []
    class_of: list[int] = []
    for state in range(count):
        column = struct.pack(f"{count}f", *(row[state] for row in table))
        key = (table[state].tobytes(), column, state == 0)
        if key not in classes:
            classes[key] = len(firsts)
            firsts.append(state)
        class_of.append(classes[key])
    of_char = {char: class_of[at + 1] for at, char in enumerate(chars)}
    known = (*RANGES, SPACES)
    if any(not any(ord(char) in ours for ours in known) for char in chars):
        raise ValueError("the model has characters outside the ranges")
    return b"".join(
        (
            HEAD.pack(MAGIC, version("myanmartools").encode("ascii"), len(firsts)),
            bytes(of_char.get(chr(code), 0) for ours in RANGES for code in ours),
            *(struct.pack("<f", table[a][b]) for a in firsts for b in firsts),
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args(arguments).check
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the package
        made = build()
    if MODEL.exists() and MODEL.read_bytes() == made:
        return 0
    if is_check:
        print(f"{MODEL.name} is stale: make zawgyi-model makes it anew", file=sys.stderr)
        return 1
    MODEL.write_bytes(made)
    print(f"{MODEL.name}: {len(made):,} bytes written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
