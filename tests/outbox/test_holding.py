"""Whether a batch is still its sender's: asked before each request, and asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from smspoh.errors import OutboxError
from smspoh.outbox import State
from smspoh.outbox.line import HELD_MS

from .world import SEND, World, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENCRYPTED: Final[dict[str, Any]] = {
    "encrypt": True,
    "encrypt_key": "a key of more than eighty bits",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, workers=1) as made:
        yield made


def sends(world: World) -> int:
    return sum(path.startswith(SEND) for path in world.line.seen)


def test_each_request_of_a_batch_asks_and_none_goes_out_after_a_no(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encrypted messages go out one by one: the lease is lost after the third."""
    world.enqueue(rows(8, **ENCRYPTED))
    asked: list[int] = []

    def still_holds() -> bool:
        asked.append(sends(world))
        return len(asked) <= 3

    monkeypatch.setattr(world.journal, "still_holds", still_holds)
    with pytest.raises(OutboxError, match="the journal's lease was lost before a batch was sent"):
        world.sender.run(signals=False)
    assert asked == [0, 1, 2, 3]
    assert sends(world) == 3
    ends = [
        (one.state is State.ACCEPTED, one.attempts, one.waits) for one in world.journal.export()
    ]
    assert ends == [(True, 1, 0)] * 3 + [(False, 1, 1)] * 5


def test_what_goes_out_together_is_asked_for_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enqueue([*rows(3), *rows(2, 3, **ENCRYPTED), *rows(4, 5)])
    asked: list[int] = []

    def still_holds() -> bool:
        asked.append(sends(world))
        return True

    monkeypatch.setattr(world.journal, "still_holds", still_holds)
    assert world.sender.run(signals=False).is_done
    assert asked == [0, 1, 2, 3]
    assert world.audit().complaints() == []


@pytest.mark.parametrize(("late_ms", "times"), [(HELD_MS, 1), (HELD_MS + 1, 2)])
def test_an_answer_that_took_too_long_is_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch, late_ms: int, times: int
) -> None:
    world.enqueue(rows(5))
    asked: list[int] = []

    def still_holds() -> bool:
        asked.append(sends(world))
        if len(asked) == 1:
            world.clock.advance(late_ms / 1000)
        return True

    monkeypatch.setattr(world.journal, "still_holds", still_holds)
    assert world.sender.run(signals=False).is_done
    assert asked == [0] * times


def test_no_request_begins_once_nobody_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second signal comes while the journal is asked."""
    world.enqueue(rows(5))

    def still_holds() -> bool:
        world.sender.abandon()
        return True

    monkeypatch.setattr(world.journal, "still_holds", still_holds)
    assert world.sender.run(signals=False).stopped
    assert sends(world) == 0
    assert world.states() == {State.RETRY_WAIT: 5}
    monkeypatch.undo()
    assert world.sender.run(signals=False).is_done
    assert world.audit().complaints() == []
