"""Numbers: ours and every rival that is here, on both lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .phone_engines import REFERENCE
from .phone_tasks import CORPORA, ENGINES, SMALL_ROWS, absent, engines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .phone_engines import Answer, Engine

ROWS = 2_000  # the same for all, so that a table of them can be read
HERE = [
    (corpus, engine)
    for corpus in CORPORA
    for engine in engines_of(corpus)
    if engine not in absent()
]
# They say that they are libphonenumber, whatever they are written in. Its JavaScript reads
# no digits of Myanmar, and some have older metadata: so what is compared is written in ASCII.
COMPATIBLE = {
    "rlibphonenumber (crate)",
    "phonenumbers, pattern cache",
    "phonenumbers, operator",
    "rphonenumbers",
    "rphonenumbers, operator",
    "closeio-phonenumbers",
    "libphonenumber (C++)",
    "libphonenumber-js",
    "google-libphonenumber",
    "awesome-phonenumber",
    REFERENCE,
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    corpus, name = request.param
    rows = SMALL_ROWS if request.config.getoption("benchmark_disable") else ROWS
    made = ENGINES[name](CORPORA[corpus](rows))
    yield made
    made.close()


def _said(name: str, corpus: str, rows: int) -> list[Answer]:
    engine = ENGINES[name](CORPORA[corpus](rows))
    try:
        return engine.answers()
    finally:
        engine.close()


@pytest.mark.parametrize("engine", HERE, indirect=True, ids="-".join)
def test_normalize(benchmark: Any, engine: Engine) -> None:
    benchmark.group = f"{len(engine.corpus.texts):,} {engine.corpus.title}"
    took = benchmark.pedantic(engine.seconds, rounds=5, warmup_rounds=1)
    assert took > 0


@pytest.mark.parametrize(("corpus", "name"), HERE)
def test_every_engine_answers_every_row(corpus: str, name: str) -> None:
    answers = _said(name, corpus, SMALL_ROWS)
    assert len(answers) == SMALL_ROWS
    valid = [answer for answer in answers if answer.valid]
    assert valid
    assert all(answer.e164.removeprefix("+").isdigit() for answer in valid)


def test_all_of_ours_say_the_same() -> None:
    ours = [name for name in ENGINES if name.startswith("smspoh, ")]
    for corpus in CORPORA:
        first, *others = (_said(name, corpus, SMALL_ROWS) for name in ours)
        for other in others:
            pairs = zip(first, other, strict=True)
            assert all(a == b for a, b in pairs if a.valid or b.valid)
            assert [a.e164 for a in first] == [b.e164 for b in other]


def test_ours_reads_what_each_row_of_myanmar_means() -> None:
    corpus = CORPORA["myanmar"](SMALL_ROWS)
    assert corpus.meant is not None
    assert corpus.operators is not None
    answers = _said(next(iter(ENGINES)), "myanmar", SMALL_ROWS)
    assert [answer.number for answer in answers] == list(corpus.meant)
    assert [answer.operator for answer in answers if answer.valid] == [
        operator for operator, meant in zip(corpus.operators, corpus.meant, strict=True) if meant
    ]


@pytest.mark.parametrize("name", sorted(COMPATIBLE - absent().keys()))
def test_whatever_is_libphonenumber_agrees_with_ours_on_what_is_valid_in_myanmar(
    name: str,
) -> None:
    corpus = CORPORA["myanmar"](SMALL_ROWS)
    ours, theirs = (_said(n, "myanmar", SMALL_ROWS) for n in (next(iter(ENGINES)), name))
    valid = [
        (mine[:4], other[:4])
        for text, mine, other in zip(corpus.texts, ours, theirs, strict=True)
        if mine.valid and text.isascii()
    ]
    assert len(valid) > SMALL_ROWS / 2
    assert [other for _, other in valid] == [mine for mine, _ in valid]
