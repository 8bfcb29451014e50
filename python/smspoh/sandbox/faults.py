"""What goes wrong on purpose: rules, by chance and by place, drawn from a seed."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias, get_args

from smspoh.errors import ArgumentError

Kind: TypeAlias = Literal["reset", "truncate", "html_502", "drip", "status", "history_lag"]
Stage: TypeAlias = Literal["before", "after"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
FAULTS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold one rule of what goes wrong.

    Attributes:
        kind: "reset" closes the connection without a reply; "truncate" cuts the JSON
            short; "html_502" is the error page of a proxy; "drip" lets the reply come
            drop by drop; "status" is an error of that status; "history_lag" keeps the
            history behind the time.
        stage: "before" or "after" the request is carried out: after it, a message is
            accepted and paid for.
        probability: of each request that it fits, 0 to 1.
        path: below ``/api/rest``, such as ``/send``; ``*`` stands for any characters.
        times: how often it happens at most, at least 1; None is without end.
        status: of kind "status", 400 to 599.
        seconds: that "drip" takes, or that "history_lag" is behind; at least 0.

    Raises:
        ArgumentError: a value is out of its range.
    """

    kind: Kind
    stage: Stage = "after"
    probability: float = 1.0
    path: str = "*"
    times: int | None = None
    status: int = 500
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ArgumentError(f"kind must be one of {', '.join(KINDS)}")
        if self.stage not in STAGES:
            raise ArgumentError("stage must be 'before' or 'after'")
        try:
            self.path.encode()
        except UnicodeEncodeError:  # JSON can write half a surrogate pair
            raise ArgumentError("path must be a string of Unicode") from None
        if not 0 <= self.probability <= 1:
            raise ArgumentError(f"probability is {self.probability}; it must be 0 to 1")
        if self.times is not None and self.times < 1:
            raise ArgumentError(f"times is {self.times}; it must be at least 1")
        if not 400 <= self.status <= 599:
            raise ArgumentError(f"status is {self.status}; it must be 400 to 599")
        if not 0 <= self.seconds <= 86_400:
            raise ArgumentError(f"seconds is {self.seconds}; it must be 0 to 86400")


class Faults:
    """Keep the rules of a sandbox, and draw which of them happens. For many threads.

    Args:
        seed: of the draws.
        rules: what holds from the start, and again after a reset.
    """

    def __init__(self, seed: int = 0, rules: tuple[Fault, ...] = ()) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self._first = rules
        self.reset()

    def reset(self) -> None:
        """Return to the rules and the draws of the start."""
        with self._lock:
            self._random = random.Random(self._seed)  # noqa: S311 - it must be repeatable
            self._next = 1
            self._rules: dict[int, Fault] = {}
            self._left: dict[int, int] = {}
            for rule in self._first:
                self._add(rule)

    def add(self, rule: Fault) -> int:
        """Take a rule, and return the number that `remove` wants.

        Raises:
            ArgumentError: there are 1,000 already.
        """
        with self._lock:
            if len(self._rules) >= FAULTS_MAX:
                raise ArgumentError(f"there are {FAULTS_MAX} rules; no more are taken")
            return self._add(rule)

    def remove(self, number: int) -> bool:
        """Forget one rule, and say whether it was there."""
        with self._lock:
            self._left.pop(number, None)
            return self._rules.pop(number, None) is not None

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()
            self._left.clear()

    def rules(self) -> dict[int, Fault]:
        """Return the rules that can still happen, by number."""
        with self._lock:
            return dict(self._rules)

    def draw(self, path: str, stage: Stage) -> Fault | None:
        """Return what goes wrong with a request now: the first rule that happens, or None."""
        return self._drawn(path, stage, lag=False) if self._rules else None

    def draw_lag_s(self, path: str) -> float:
        """Return how many seconds the history is behind for one request."""
        found = self._drawn(path, None, lag=True) if self._rules else None
        return 0.0 if found is None else found.seconds

    def _add(self, rule: Fault) -> int:
        number, self._next = self._next, self._next + 1
        self._rules[number] = rule
        if rule.times is not None:
            self._left[number] = rule.times
        return number

    def _drawn(self, path: str, stage: Stage | None, *, lag: bool) -> Fault | None:
        with self._lock:
            for number, rule in self._rules.items():
                if (rule.kind == "history_lag") != lag or stage not in (None, rule.stage):
                    continue
                if not fnmatchcase(path, rule.path) or self._random.random() >= rule.probability:
                    continue
                if number in self._left:
                    self._left[number] -= 1
                    if not self._left[number]:
                        del self._left[number], self._rules[number]
                return rule
        return None
