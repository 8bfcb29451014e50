"""What comparing many texts with a peer comes to: counts, and examples of what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(NamedTuple):
    """What one text came to.

    Attributes:
        kinds: the named kinds of difference that it has, each with a reason.
        fault: a difference that has none, in a few words; "" where there is none.
        details: who says what, for a fault.
    """

    kinds: tuple[str, ...] = ()
    fault: str = ""
    details: str = ""


@dataclass
class Tally:
    """Counts of verdicts.

    Attributes:
        texts: how many were compared.
        kinds: how many differences there were of each named kind.
        faults: how many texts there were of each other difference.
        examples: the first of each fault, `KEPT` at most, readable and in ASCII.
    """

    KEPT = 5

    texts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, text: str, verdict: Verdict) -> None:
        """Count the verdict of one text."""
        self.texts += 1
        self.kinds.update(verdict.kinds)
        if verdict.fault:
            self.faults[verdict.fault] += 1
            self._keep(verdict.fault, [f"{text!a}\n    {verdict.details}"])

    def take(self, other: Tally) -> None:
        """Add the counts of another tally, and what it kept of each fault."""
        self.texts += other.texts
        self.kinds += other.kinds
        self.faults += other.faults
        for fault, examples in other.examples.items():
            self._keep(fault, examples)

    def _keep(self, fault: str, examples: Iterable[str]) -> None:
        kept = self.examples.setdefault(fault, [])
        kept.extend(list(examples)[: self.KEPT - len(kept)])

    def report(self) -> str:
        """Return the faults in lines, the most frequent first; "" where there are none."""
        lines = []
        for fault, count in self.faults.most_common():
            lines.append(f"{count:,} of: {fault}")
            lines.extend(f"  {example}" for example in self.examples[fault])
        return "\n".join(lines)
