"""The carriers as bytes. `rust/core/src/phone/carrier/data.rs` reads what is written here.

A carrier is whom the block of a number was first given to, by the longest prefix of the
E.164 digits that the metadata has. All numbers are little-endian. The parts follow each
other without gaps:

- the head, `HEAD`: magic, SHA-256 of everything behind the head, version of the metadata,
  the counts of words, of names and of bytes of the names' text;
- words: a zero, then nodes, the first of which is where a number begins. A node is a head,
  its carrier where the head has `OWN`, and words of what its digits lead to. The low ten bits
  of the head are digits: with `EACH` those that lead on, each with a word; without it those
  that lead elsewhere than the digit before them, with a word that counts until the next (none
  before the first). A word is zero where no longer prefix is, a carrier and `LEAF` where none
  is longer, else the place of a node;
- sizes: the bytes of each name, a byte each. Carriers count from 1, in the order of the names;
- names: UTF-8, end to end.

Nodes that are equal, and lead to equal ones, are there once.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from phonenumbers.carrierdata import CARRIER_DATA

from .patterns import DIGITS

MAGIC: Final = b"SMSCARR1"
HEAD: Final = struct.Struct("<8s32s16s3H")
LEAF: Final = 0x8000
EACH: Final = 1 << 10
OWN: Final = 1 << 11
NAME_BYTES_MAX: Final = 0xFF
TEXT_BYTES_MAX: Final = 0xFFFF
VERSION_BYTES_MAX: Final = 16

Children = tuple[int, ...]
DEAD: Final = 0
NO_CARRIER: Final = 0


def prefixes() -> dict[str, str]:
    """Return the English names of the metadata by their prefix.

    A prefix with names in other languages alone is as good as none: the next shorter one
    counts. Source: libphonenumber 9.0.43, `_prefix_description_for_number`.
    """
    return {prefix: names["en"] for prefix, names in CARRIER_DATA.items() if "en" in names}


def encode(names: dict[str, str], version: str) -> bytes:
    """Return the carriers as bytes.

    Args:
        names: a name by each prefix.
        version: of the metadata, in ASCII.

    Raises:
        ValueError: something is no prefix or no name, or does not fit its words.
    """
    for prefix, name in names.items():
        if not (prefix.isascii() and prefix.isdecimal()):
            raise ValueError("a prefix is not digits and nothing else")
        if not 0 < len(name.encode()) <= NAME_BYTES_MAX:
            raise ValueError(f"a name has no bytes or more than {NAME_BYTES_MAX}")
    texts = [name.encode() for name in sorted(set(names.values()))]
    if len(texts) >= LEAF:
        raise ValueError("there are too many names for 15 bits")
    text = b"".join(texts)
    if len(text) > TEXT_BYTES_MAX:
        raise ValueError("the names have too many bytes for a word")
    if len(version.encode("ascii")) > VERSION_BYTES_MAX:
        raise ValueError(f"the version has more than {VERSION_BYTES_MAX} bytes")
    carriers = {name.decode(): carrier for carrier, name in enumerate(texts, 1)}
    words = _words({prefix: carriers[name] for prefix, name in names.items()})
    body = struct.pack(f"<{len(words)}H", *words) + bytes(map(len, texts)) + text
    digest = hashlib.sha256(body).digest()
    counts = (len(words), len(texts), len(text))
    return HEAD.pack(MAGIC, digest, version.encode("ascii"), *counts) + body


def figures(data: bytes) -> list[tuple[str, str]]:
    """Return the figures of `encode`d carriers, named for people."""
    _, digest, version, words, names, text_size = HEAD.unpack_from(data)
    return [
        ("release of libphonenumber's metadata", version.rstrip(b"\0").decode("ascii")),
        ("prefixes in the metadata", f"{len(CARRIER_DATA):,}"),
        ("prefixes with an English name", f"{len(prefixes()):,}"),
        ("words", f"{words:,}, {words * 2:,} bytes"),
        ("names", f"{names:,}, {text_size:,} bytes"),
        ("bytes in all", f"{len(data):,}"),
        ("SHA-256 of what is behind the head", f"`{digest.hex()}`"),
    ]


@dataclass
class Graph:
    """Nodes by their number, each a carrier and ten children; node 0 is dead."""

    nodes: list[tuple[int, Children]] = field(
        default_factory=lambda: [(NO_CARRIER, (DEAD,) * len(DIGITS))]
    )
    _ids: dict[tuple[int, Children], int] = field(default_factory=dict)

    def build(self, rows: list[tuple[str, int]], depth: int = 0) -> int:
        """Return the node of sorted prefixes, which have their first `depth` digits in common."""
        own = NO_CARRIER
        if rows and len(rows[0][0]) == depth:
            own = rows[0][1]
            rows = rows[1:]
        children = [DEAD] * len(DIGITS)
        for digit, group in groupby(rows, key=lambda row: row[0][depth]):
            children[int(digit)] = self.build(list(group), depth + 1)
        return self._node(own, tuple(children))

    def _node(self, carrier: int, children: Children) -> int:
        key = (carrier, children)
        if key not in self._ids:
            self._ids[key] = len(self.nodes)
            self.nodes.append(key)
        return self._ids[key]

    def is_leaf(self, node: int) -> bool:
        """Whether a node leads nowhere."""
        return not any(self.nodes[node][1])


def _words(carriers: dict[str, int]) -> list[int]:
    """Return the words of all nodes, the dead one first."""
    graph = Graph()
    root = graph.build(sorted(carriers.items()))
    places: dict[int, int] = {DEAD: DEAD}
    order: list[int] = []
    size = 1

    def place(node: int) -> None:
        nonlocal size
        if node in places:
            return
        carrier, children = graph.nodes[node]
        if graph.is_leaf(node) and node != root:
            places[node] = LEAF | carrier
            return
        places[node] = size
        order.append(node)
        size += 1 + bool(carrier) + len(_digits(children)[1])
        for child in children:
            place(child)

    place(root)
    if size > LEAF:
        raise ValueError("there are too many words for 15 bits")
    words = [0]
    for node in order:
        carrier, children = graph.nodes[node]
        head, digits = _digits(children)
        words.append(head | OWN if carrier else head)
        words += [carrier] if carrier else []
        words += [places[children[digit]] for digit in digits]
    return words


def _digits(children: Children) -> tuple[int, list[int]]:
    """Return the head of a node, and the digits that have a word: as few as there can be."""
    each = [digit for digit in DIGITS if children[digit] != DEAD]
    before = (DEAD, *children)
    runs = [digit for digit in DIGITS if children[digit] != before[digit]]
    digits = min(each, runs, key=len)
    mask = sum(1 << digit for digit in digits)
    return (mask | EACH if digits is each else mask), digits
