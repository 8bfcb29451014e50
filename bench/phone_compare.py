"""Measure the engines that read phone numbers in turn, and compare what they say.

`python -m bench.compare --only phone` runs this alone.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypedDict

from .machine import phone_versions
from .phone_engines import REFERENCE, Answer
from .phone_scale import scale, starts
from .phone_tasks import CORPORA, ENGINES, ROWS, SMALL_ROWS, absent, engines_of, rows_of
from .rounds import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .phone_corpus import Corpus
    from .phone_engines import Engine

AGREED_ROWS: Final = 10_000
WARM_UPS: Final = 3


class Agreement(TypedDict):
    """How often an engine's answers are those of others, as shares of 1.

    Attributes:
        right: of all rows, that it has the number that was meant, and none where none was;
            None for a list that does not tell.
        same: of all rows, that its valid number, or that it has none, is as REFERENCE says.
        alike: of the rows that are the same valid number to both, that region and type are too.
        operator: of the rows that are mobiles, that it names who holds them; None for an
            engine that names nobody.
    """

    right: float | None
    same: float
    alike: float
    operator: float | None


def agreement(corpus: Corpus, answers: Sequence[Answer], others: Sequence[Answer]) -> Agreement:
    """Return how an engine's answers compare.

    Args:
        corpus: n rows.
        answers: what the engine says of each.
        others: what REFERENCE says of each.
    """
    numbers = [answer.number for answer in answers]
    pairs = [
        (_place(mine), _place(other))
        for mine, other in zip(answers, others, strict=True)
        if mine.number == other.number is not None
    ]
    held = [
        (answer.operator, operator)
        for answer, operator in zip(answers, corpus.operators or (), strict=False)
        if operator
    ]
    named = any(answer.operator for answer in answers)
    return Agreement(
        right=None if corpus.meant is None else _share(zip(numbers, corpus.meant, strict=True)),
        same=_share(zip(numbers, (other.number for other in others), strict=True)),
        alike=_share(pairs),
        operator=_share(held) if named and held else None,
    )


def _place(answer: Answer) -> tuple[str, str]:
    """Return region and type; some call the numbers of no region 001, and some nothing."""
    return answer.region.replace("001", ""), answer.kind


def _share(pairs: Any) -> float:
    """Return of how many pairs both are the same, as a share of 1; 0 of none."""
    same = [mine == other for mine, other in pairs]
    return round(sum(same) / len(same), 4) if same else 0.0


def _agreements(name: str, rows: int, present: Sequence[str]) -> tuple[dict[str, Any], Any]:
    """Return each engine's agreement by its name, and the versions of all."""
    corpus = CORPORA[name](rows)
    answers: dict[str, list[Answer]] = {}
    versions: dict[str, str] = {}
    for engine_name in present:
        engine = ENGINES[engine_name](corpus)
        try:
            answers[engine_name] = engine.answers()
            versions |= engine.versions()
        finally:
            engine.close()
    others = answers[REFERENCE]
    return {key: agreement(corpus, found, others) for key, found in answers.items()}, versions


def _times(engines: Sequence[Engine], rounds: int) -> dict[str, list[float]]:
    """Return the seconds a row of each engine in each round; a round runs each of them once."""
    times: dict[str, list[float]] = {engine.name: [] for engine in engines}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for engine in engines:
                times[engine.name].append(engine.seconds() / len(engine.corpus.texts))
    finally:
        gc.enable()
    return times


def measure(name: str, rounds: int, *, small: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a list with its engines' figures, and the versions of the engines."""
    present = [engine for engine in engines_of(name) if engine not in absent()]
    agreed = SMALL_ROWS if small else AGREED_ROWS
    agreements, versions = _agreements(name, agreed, present)
    corpus = CORPORA[name](SMALL_ROWS if small else ROWS)
    with ExitStack() as opened:
        engines = []
        for engine_name in present:
            engine = ENGINES[engine_name](corpus.first(rows_of(engine_name, small=small)))
            opened.callback(engine.close)
            for _ in range(WARM_UPS):
                engine.seconds()  # what is loaded or compiled at first is not a row's
            engines.append(engine)
        times = _times(engines, rounds)
    measured = [
        {**found, "rows": rows_of(found["name"], small=small), **agreements[found["name"]]}
        for found in figures(times, 1, None)
    ]
    return {
        "name": name,
        "title": corpus.title,
        "rows": len(corpus.texts),
        "bytes_a_row": round(corpus.bytes_a_row, 1),
        "agreed_rows": agreed,
        "rounds": rounds,
        "engines": measured,
    }, versions


def record(rounds: int, *, small: bool) -> dict[str, Any]:
    """Return what is measured of phone numbers on this machine, now."""
    versions: dict[str, str] = {}
    lists = []
    for name in CORPORA:
        print(f"compare: phone numbers, {name}", flush=True)
        found, theirs = measure(name, rounds, small=small)
        lists.append(found)
        versions |= theirs
    print("compare: phone numbers, start and scale", flush=True)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {**phone_versions(), **versions},
        "absent": absent(),
        "lists": lists,
        "starts": starts(rounds),
        "scale": scale(small=small),
    }
