"""The whole plan: metadata and reviewed table to one graph."""

from __future__ import annotations

import re._parser as sre_parser  # type: ignore[import-not-found]
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from . import metadata, myanmar
from .automaton import Graph, Output
from .metadata import FIXED_LINE_OR_MOBILE, KINDS, Territory
from .patterns import Machine

if TYPE_CHECKING:
    from collections.abc import Callable

# The most digits of a national number. Source: libphonenumber 9.0.43, `_MAX_LENGTH_FOR_NSN`.
NATIONAL_DIGITS_MAX: Final = 17

# The numbers of `Verdict` in the library.
VALID: Final = 0
UNCONFIRMED: Final = 1

MOBILES: Final = frozenset({KINDS["mobile"], FIXED_LINE_OR_MOBILE})

# What a general description that fits gives: a number in shape, and no more.
IN_SHAPE: Final = Output(kind=0, operator=0, verdict=VALID, region="")


@dataclass
class World:
    """The graph, and where it begins for each calling code and each territory."""

    territories: list[Territory]
    regions: dict[int, tuple[str, ...]]
    graph: Graph = field(default_factory=Graph)
    roots: dict[int, int] = field(default_factory=dict)  # by calling code
    shapes: list[int] = field(default_factory=list)  # by territory


def build(rows: list[myanmar.Row]) -> World:
    """Return the plan of the world, with the reviewed rows of Myanmar."""
    world = World(metadata.territories(), metadata.regions_of())
    for code in sorted(world.regions):
        world.roots[code] = _root(world, code, rows if code == myanmar.CALLING_CODE else [])
    for territory in world.territories:
        world.shapes.append(_shape(world.graph, territory))
    return world


def _shape(graph: Graph, territory: Territory) -> int:
    """Return the node of a territory's general description."""
    pattern = territory.general.pattern
    most = int(sre_parser.parse(pattern).getwidth()[1])
    machine = Machine()
    start, end = machine.add(pattern)

    def decide(states: frozenset[int], _size: int) -> Output | None:
        return IN_SHAPE if end in states else None

    return graph.build(machine, machine.closure([start]), decide, most)


class _Place:
    """A territory's patterns in a machine."""

    def __init__(self, territory: Territory, machine: Machine, is_alone: bool) -> None:
        self.territory = territory
        self.starts: list[int] = []
        add = self._adder(machine)
        self.general = add(territory.general.pattern)
        self.descs = {name: (add(d.pattern), d.sizes) for name, d in territory.descs.items()}
        self.leading = None
        if territory.leading_digits is not None and not is_alone:
            self.leading = add(territory.leading_digits)
            machine.loop(self.leading)

    def _adder(self, machine: Machine) -> Callable[[str], int]:
        def add(pattern: str) -> int:
            start, end = machine.add(pattern)
            self.starts.append(start)
            return end

        return add

    def kind(self, states: frozenset[int], size: int) -> int:
        """Return the kind of a number, 0 for none. Source: `_number_type_helper`."""
        if size not in self.territory.general.sizes or self.general not in states:
            return 0
        name = next((name for name in self.descs if self._fits(name, states, size)), None)
        if name is None or (name == "mobile" and self.territory.fixed_is_mobile):
            return 0
        is_both = self.territory.fixed_is_mobile or self._fits("mobile", states, size)
        return FIXED_LINE_OR_MOBILE if name == "fixed_line" and is_both else KINDS[name]

    def _fits(self, name: str, states: frozenset[int], size: int) -> bool:
        if name not in self.descs:
            return False
        end, sizes = self.descs[name]
        return end in states and (not sizes or size in sizes)


def _root(world: World, code: int, rows: list[myanmar.Row]) -> int:
    """Return the node where the national numbers of a calling code begin."""
    regions = world.regions[code]
    is_alone = len(regions) == 1
    by_region = {t.region: t for t in world.territories if t.calling_code == code}
    machine = Machine()
    places = [_Place(by_region[region], machine, is_alone) for region in regions]
    starts = [start for place in places for start in place.starts]
    blocks = _Blocks(rows, machine)
    starts += blocks.starts

    def decide(states: frozenset[int], size: int) -> Output | None:
        row = blocks.find(states)
        for place in places:
            if place.leading is not None and place.leading not in states:
                continue
            kind = place.kind(states, size)
            if kind:
                operator = _operator(row, kind) if row else 0
                return Output(kind, operator, VALID, "" if is_alone else place.territory.region)
            if place.leading is not None:
                return None
        return _beyond(row) if row else None

    root = world.graph.build(machine, machine.closure(starts), decide, NATIONAL_DIGITS_MAX)
    blocks.check()
    return root


class _Blocks:
    """The rows of the reviewed table in a machine."""

    def __init__(self, rows: list[myanmar.Row], machine: Machine) -> None:
        self.starts: list[int] = []
        self._rows: dict[int, myanmar.Row] = {}  # by the state where it has matched
        self._counted: set[int] = set()
        for row in rows:
            for size in row.sizes:
                start, end = machine.add(row.pattern(size))
                self.starts.append(start)
                self._rows[end] = row

    def find(self, states: frozenset[int]) -> myanmar.Row | None:
        """Return the row that counts for a number, if there is one."""
        end = next((end for end in self._rows if end in states), None)
        if end is None:
            return None
        self._counted.add(end)
        return self._rows[end]

    def check(self) -> None:
        """Refuse a row that counts for no number of one of its sizes."""
        for end, row in self._rows.items():
            if end not in self._counted:
                raise ValueError(f"{row.prefix}: rows before it have all of its numbers")


def _operator(row: myanmar.Row, kind: int) -> int:
    """Return the operator of a number that the table and the metadata have."""
    if not row.in_metadata:
        raise ValueError(f"{row.prefix}: the metadata has some of what the row says it lacks")
    if kind not in MOBILES:
        raise ValueError(f"{row.prefix}: the metadata says that some of it is no mobile")
    return row.operator


def _beyond(row: myanmar.Row) -> Output:
    """Return what a number is that the table has and the metadata lacks."""
    if row.in_metadata:
        raise ValueError(f"{row.prefix}: the metadata lacks some of what the row says it has")
    verdict = UNCONFIRMED if row.confidence == "low" else VALID
    return Output(KINDS["mobile"], row.operator, verdict, "")
