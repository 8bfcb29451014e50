"""The plan as a directed graph: a node for every state, equal states once.

A national number has an end, so no node leads back to itself, and two nodes are equal
where their outputs and what they lead to are. That makes the graph minimal as it is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .patterns import DIGITS, Machine

Children = tuple[int, ...]
DEAD: Final = 0


class Output(NamedTuple):
    """What a number is. `region` is empty where the calling code has only one."""

    kind: int
    operator: int
    verdict: int
    region: str


Decide = Callable[[frozenset[int], int], Output | None]


@dataclass
class Graph:
    """Nodes by their number; node 0 is dead, where no number is left."""

    outputs: list[Output | None] = field(default_factory=lambda: [None])
    children: list[Children] = field(default_factory=lambda: [(DEAD,) * len(DIGITS)])
    _ids: dict[tuple[Output | None, Children], int] = field(default_factory=dict)

    def node(self, output: Output | None, children: Children) -> int:
        """Return the node with this output and these children."""
        if output is None and not any(children):
            return DEAD
        key = (output, children)
        if key not in self._ids:
            self._ids[key] = len(self.outputs)
            self.outputs.append(output)
            self.children.append(children)
        return self._ids[key]

    def build(self, machine: Machine, start: frozenset[int], decide: Decide, most: int) -> int:
        """Return the node of `start`; `decide` gives the output of states after n digits."""
        known: dict[tuple[frozenset[int], int], int] = {}

        def node(states: frozenset[int], size: int) -> int:
            if not states or size > most:
                return DEAD
            key = (states, size)
            if key not in known:
                children = tuple(node(machine.step(states, d), size + 1) for d in DIGITS)
                known[key] = self.node(decide(states, size), children)
            return known[key]

        return node(start, 0)

    def tail(self, node: int) -> tuple[Output | None, ...] | None:
        """Return the outputs by the count of digits still to come, where only that matters."""
        outputs = []
        while node != DEAD:
            outputs.append(self.outputs[node])
            (node, *others) = set(self.children[node])
            if others:
                return None
        return tuple(outputs)
