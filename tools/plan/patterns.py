"""Patterns over digits: their automata, and programs that match them as `re` does.

The metadata's patterns use digits, choices, groups, bounded repeats and, in national
prefixes alone, `$`. Everything else is refused, so that nothing is read wrongly.
"""

from __future__ import annotations

# The parser of `re` itself, so that a pattern means here what it means there.
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DIGITS: Final = range(10)
ALL_DIGITS: Final = 0b11_1111_1111


class UnknownConstructError(ValueError):
    """A pattern has a construct that no metadata had so far."""


def digit_mask(op: Any, argument: Any) -> int:
    """Return the digits that one item of a pattern stands for, a bit each."""
    if op is sre.LITERAL and ord("0") <= argument <= ord("9"):
        return 1 << int(argument - ord("0"))
    if op is sre.CATEGORY and argument is sre.CATEGORY_DIGIT:
        return ALL_DIGITS
    if op is sre.RANGE and ord("0") <= argument[0] <= argument[1] <= ord("9"):
        return sum(1 << digit for digit in range(argument[0] - 48, argument[1] - 47))
    if op is sre.IN:
        mask = 0
        for item in argument:
            mask |= digit_mask(*item)
        return mask
    raise UnknownConstructError(f"a pattern has {op}, which is not known here")


def _repeats(argument: Any) -> tuple[int, int, Any]:
    """Return how often a body is repeated, how often more than that at most, and the body."""
    least, most, body = argument
    if most is sre.MAXREPEAT:
        raise UnknownConstructError("a pattern repeats without a bound")
    return least, most - least, body


@dataclass
class Machine:
    """A nondeterministic automaton that patterns are added to.

    State `s` goes on `moves[s]` (a mask of digits and the next state) to the next, and
    to all of `jumps[s]` without a digit.
    """

    moves: list[tuple[int, int] | None] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)

    def new_state(self) -> int:
        """Return a state that leads nowhere yet."""
        self.moves.append(None)
        self.jumps.append([])
        return len(self.moves) - 1

    def add(self, pattern: str) -> tuple[int, int]:
        """Add a pattern; its first state and the one where it has matched."""
        start = self.new_state()
        return start, self._sequence(sre_parser.parse(pattern), start)

    def loop(self, state: int) -> None:
        """Let any digit lead from `state` to itself: what matched stays matched."""
        self.moves[state] = (ALL_DIGITS, state)

    def _sequence(self, tree: Iterable[Any], state: int) -> int:
        for op, argument in tree:
            state = self._item(op, argument, state)
        return state

    def _item(self, op: Any, argument: Any, state: int) -> int:
        if op is sre.SUBPATTERN:
            return self._sequence(argument[3], state)
        if op is sre.BRANCH:
            end = self.new_state()
            for branch in argument[1]:
                start = self.new_state()
                self.jumps[state].append(start)
                self.jumps[self._sequence(branch, start)].append(end)
            return end
        if op is sre.MAX_REPEAT:
            least, more, body = _repeats(argument)
            for _ in range(least):
                state = self._sequence(body, state)
            ends = [state]
            for _ in range(more):
                ends.append(self._sequence(body, ends[-1]))
            end = self.new_state()
            for one in ends:
                self.jumps[one].append(end)
            return end
        following = self.new_state()
        self.moves[state] = (digit_mask(op, argument), following)
        # A state has one move: what comes next starts from a state of its own.
        onward = self.new_state()
        self.jumps[following].append(onward)
        return onward

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """Return the states that `states` lead to without a digit, themselves included."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                waiting.extend(self.jumps[state])
        return frozenset(state for state in found if self._matters(state))

    def _matters(self, state: int) -> bool:
        # A state that only leads on by jumps is not worth a place in a set.
        return self.moves[state] is not None or not self.jumps[state]

    def step(self, states: frozenset[int], digit: int) -> frozenset[int]:
        """Return where `digit` leads from `states`."""
        bit = 1 << digit
        moves = (self.moves[state] for state in states)
        return self.closure(move[1] for move in moves if move is not None and move[0] & bit)


# The instructions of a program: one 16-bit word each, its operands behind it.
CLASS: Final = 0  # one digit of the mask in the low ten bits of the word itself
SPLIT: Final = 1 << 12  # go on at the first operand; where that fails, at the second
SAVE: Final = 2 << 12  # note the place as border n of the groups; n in the low bits
END: Final = 3 << 12  # only at the end of the digits
MATCH: Final = 4 << 12
JUMP: Final = 5 << 12  # go on at the operand
LITERAL: Final = 1 << 15

GROUPS_MAX: Final = 2  # what a match in Rust has room for


def program(pattern: str) -> list[int]:
    """Return a program that matches as `re.match(pattern, digits)` does.

    The first word is the count of groups; places count from the one behind it. Digits
    and nothing else are a word each, behind `LITERAL` and their count.
    """
    if pattern.isdecimal() and pattern.isascii():
        return [LITERAL | len(pattern), *map(int, pattern)]
    tree = sre_parser.parse(pattern)
    groups = tree.state.groups - 1
    if groups > GROUPS_MAX:
        raise UnknownConstructError(f"a pattern has {groups} groups, more than {GROUPS_MAX}")
    words: list[int] = []
    _emit(tree, words)
    return [groups, *words, MATCH]


def _emit(tree: Iterable[Any], words: list[int]) -> None:
    for op, argument in tree:
        if op is sre.SUBPATTERN:
            _emit_group(argument, words)
        elif op is sre.BRANCH:
            _emit_branch(argument[1], words)
        elif op is sre.MAX_REPEAT:
            _emit_repeat(argument, words)
        elif op is sre.AT and argument is sre.AT_END:
            words.append(END)
        else:
            words.append(CLASS | digit_mask(op, argument))


def _emit_group(argument: Any, words: list[int]) -> None:
    group, _, _, body = argument
    if group is None:
        _emit(body, words)
        return
    words.append(SAVE | 2 * group)
    _emit(body, words)
    words.append(SAVE | 2 * group + 1)


def _emit_branch(branches: list[Any], words: list[int]) -> None:
    ends = []
    for branch in branches[:-1]:
        split = len(words)
        words += [SPLIT, split + 3, 0]
        _emit(branch, words)
        words += [JUMP, 0]
        ends.append(len(words) - 1)
        words[split + 2] = len(words)
    _emit(branches[-1], words)
    for end in ends:
        words[end] = len(words)


def _emit_repeat(argument: Any, words: list[int]) -> None:
    least, more, body = _repeats(argument)
    for _ in range(least):
        _emit(body, words)
    ends = []
    for _ in range(more):
        words += [SPLIT, len(words) + 3, 0]
        ends.append(len(words) - 1)
        _emit(body, words)
    for end in ends:
        words[end] = len(words)


def prefixes(pattern: str) -> Iterator[str]:
    """Yield every text that `pattern` matches, shortest rows of digits only."""
    machine = Machine()
    start, end = machine.add(pattern)
    waiting = [("", machine.closure([start]))]
    while waiting:
        text, states = waiting.pop()
        if end in states:
            yield text
            continue
        for digit in reversed(DIGITS):
            following = machine.step(states, digit)
            if following:
                waiting.append((f"{text}{digit}", following))
