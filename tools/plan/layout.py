"""The plan as bytes. `rust/core/src/phone/plan/data.rs` reads what is written here.

All numbers are little-endian. The parts follow each other without gaps:

- the head, `HEAD`: magic, SHA-256 of everything behind the head, version of the metadata,
  date of Myanmar's table, the counts of the parts below in their order;
- nodes: ten words each, one a digit: 0 is dead, a word below `TAIL` the next node, another
  the place of a tail, less `TAIL`;
- tails: outputs by the count of digits still to come: their count in a byte, then a byte each,
  0 for none, others one more than the place of an output;
- outputs: kind, operator, verdict, region (one more than its territory, 0 for the only one);
- calling codes: code, node, the main territory, the count of its regions;
- territories: `TERRITORY`;
- leading digits: calling code, territory, count, six digits: the region of a number that is
  not valid, the first that fits;
- programs: words. See `patterns.py`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from typing import TYPE_CHECKING, Final

from .automaton import DEAD, Output
from .patterns import ALL_DIGITS, DIGITS, Machine, prefixes, program

if TYPE_CHECKING:
    from .metadata import Territory
    from .world import World

MAGIC: Final = b"SMSPLAN1"
HEAD: Final = struct.Struct("<8s32s16sI8H")
NODE: Final = struct.Struct("<10H")
CODE: Final = struct.Struct("<HHBB")
# Region, calling code, node of the general description, sizes and sizes inside an area (a bit
# each), digits that an international and a national prefix may begin with (a bit each), their
# programs, and the transform, itself a program: digits, and groups from `GROUP` on.
TERRITORY: Final = struct.Struct("<2sHHIIHHHHH")
LEADING: Final = struct.Struct("<HBB6s")
TAIL: Final = 0x8000
NONE: Final = 0xFFFF
GROUP: Final = 16
LEADING_DIGITS_MAX: Final = 6


def encode(world: World, version: str, table_date: int) -> bytes:
    """Return the plan as bytes."""
    nodes = _Nodes(world)
    programs = _Programs()
    territories = b"".join(
        _territory(territory, nodes.place(shape), programs)
        for territory, shape in zip(world.territories, world.shapes, strict=True)
    )
    codes = b"".join(_code(world, code, nodes) for code in sorted(world.roots))
    leading = _leading(world)
    words = struct.pack(f"<{len(programs.words)}H", *programs.words)
    rows = nodes.encode()
    body = b"".join((rows, nodes.tails, nodes.outputs, codes, territories, leading, words))
    counts = (
        len(rows) // NODE.size,
        len(nodes.tails),
        len(nodes.outputs) // 4,
        len(codes) // CODE.size,
        len(territories) // TERRITORY.size,
        len(leading) // LEADING.size,
        len(programs.words),
        0,
    )
    digest = hashlib.sha256(body).digest()
    return HEAD.pack(MAGIC, digest, version.encode("ascii"), table_date, *counts) + body


def figures(plan: bytes) -> list[tuple[str, str]]:
    """Return the figures of a plan, named for people."""
    _, digest, version, table_date, *counts, _ = HEAD.unpack_from(plan)
    nodes, tails_size, outputs, codes, territories, leading, words = counts
    tails = plan[HEAD.size + nodes * NODE.size :][:tails_size]
    at, tails_count = 0, 0
    while at < tails_size:
        at, tails_count = at + 1 + tails[at], tails_count + 1
    return [
        ("release of libphonenumber's metadata", version.rstrip(b"\0").decode("ascii")),
        ("newest row of Myanmar's table", str(dt.date.fromisoformat(str(table_date)))),
        ("country calling codes", f"{codes:,}"),
        ("regions, and calling codes of no region", f"{territories:,}"),
        ("nodes", f"{nodes:,}, {nodes * NODE.size:,} bytes"),
        ("tails", f"{tails_count:,}, {tails_size:,} bytes"),
        ("outputs", f"{outputs:,}"),
        ("rows of leading digits", f"{leading:,}"),
        ("words of programs", f"{words:,}"),
        ("bytes in all", f"{len(plan):,}"),
        ("SHA-256 of what is behind the head", f"`{digest.hex()}`"),
    ]


class _Nodes:
    """Nodes that get their place in the order in which they are first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._places: dict[int, int] = {DEAD: DEAD}
        self._order: list[int] = [DEAD]
        self._outputs: dict[Output | None, int] = {None: 0}
        self._tails: dict[bytes, int] = {}
        self.tails = b""

    def place(self, node: int) -> int:
        """Return the word of a node; what it leads to comes right behind it."""
        if node in self._places:
            return self._places[node]
        outputs = self._world.graph.tail(node)
        if outputs is not None:
            self._places[node] = self._tail(outputs)
        elif self._world.graph.outputs[node] is not None:
            raise ValueError("a number ends where others go on in more than one way")
        else:
            self._places[node] = len(self._order)
            self._order.append(node)
            if len(self._order) > TAIL:
                raise ValueError("there are too many nodes for 15 bits")
            for child in self._world.graph.children[node]:
                self.place(child)
        return self._places[node]

    def _tail(self, outputs: tuple[Output | None, ...]) -> int:
        numbers = bytes(self._outputs.setdefault(o, len(self._outputs)) for o in outputs)
        tail = bytes([len(numbers)]) + numbers
        if tail not in self._tails:
            self._tails[tail] = TAIL | len(self.tails)
            self.tails += tail
            if len(self.tails) > TAIL - 1:
                raise ValueError("there are too many tails for 15 bits")
        return self._tails[tail]

    def encode(self) -> bytes:
        """Return the rows of all nodes placed so far."""
        children = self._world.graph.children
        return b"".join(
            NODE.pack(*(self._places[child] for child in children[node])) for node in self._order
        )

    @property
    def outputs(self) -> bytes:
        """The outputs of all tails so far."""
        regions = {t.region: at for at, t in reversed(list(enumerate(self._world.territories)))}
        return b"".join(
            bytes((o.kind, o.operator, o.verdict, regions[o.region] + 1 if o.region else 0))
            for o in self._outputs
            if o is not None
        )


class _Programs:
    """Programs, each once."""

    def __init__(self) -> None:
        self.words: list[int] = []
        self._places: dict[tuple[int, ...], int] = {}

    def place(self, words: list[int]) -> int:
        """Return where the words of a program begin."""
        key = tuple(words)
        if key not in self._places:
            self._places[key] = len(self.words)
            self.words += words
        return self._places[key]


def _territory(territory: Territory, shape: int, programs: _Programs) -> bytes:
    abroad = territory.international_prefix
    national = territory.national_prefix
    return TERRITORY.pack(
        territory.region[-2:].encode("ascii"),
        territory.calling_code,
        shape,
        _bits(territory.general.sizes),
        _bits(territory.local_sizes),
        _first_digits(abroad),
        _first_digits(national),
        programs.place(program(abroad)) if abroad else NONE,
        programs.place(program(national)) if national else NONE,
        programs.place(_transform(territory.transform)) if territory.transform else NONE,
    )


def _bits(sizes: frozenset[int]) -> int:
    return sum(1 << size for size in sizes)


def _first_digits(pattern: str | None) -> int:
    """Return the digits that a match which takes any may begin with, a bit each."""
    if pattern is None:
        return 0
    machine = Machine()
    start, _ = machine.add(pattern.replace("$", ""))
    states = machine.closure([start])
    return sum(1 << digit for digit in DIGITS if machine.step(states, digit)) & ALL_DIGITS


def _transform(rule: str) -> list[int]:
    """Return a rule such as `9\\1` as words, with their count before them."""
    characters = iter(rule)
    words = [
        GROUP + int(next(characters)) if character == "\\" else int(character)
        for character in characters
    ]
    return [len(words), *words]


def _code(world: World, code: int, nodes: _Nodes) -> bytes:
    regions = world.regions[code]
    main = next(
        at
        for at, territory in enumerate(world.territories)
        if (territory.region, territory.calling_code) == (regions[0], code)
    )
    return CODE.pack(code, nodes.place(world.roots[code]), main, len(regions))


def _leading(world: World) -> bytes:
    """Return the digits by which a region is told where the number is not valid."""
    places = {
        (territory.region, territory.calling_code): at
        for at, territory in enumerate(world.territories)
    }
    rows = []
    for code, regions in sorted(world.regions.items()):
        for region in regions if len(regions) > 1 else ():
            at = places[(region, code)]
            for digits in prefixes(world.territories[at].leading_digits or ""):
                if 0 < len(digits) <= LEADING_DIGITS_MAX:
                    values = bytes(map(int, digits)).ljust(LEADING_DIGITS_MAX, b"\0")
                    rows.append(LEADING.pack(code, at, len(digits), values))
                elif digits:
                    raise ValueError(f"{region}: leading digits of {len(digits)} digits")
    return b"".join(rows)
