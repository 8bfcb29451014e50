"""The proof of a job: what the history holds is what was sent, or it is told."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.outbox import Settings, State, proving
from smspoh.sandbox import Fault, SandboxSettings

from .world import HISTORY, World, body_of, reply, rows, status, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2

COUNT = 12


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, Settings("job", settle_s=5, spacing_s=1)) as made:
        made.enqueue(rows(COUNT, encrypt=True))
        made.enqueue(rows(3, start=100))
        assert made.sender.run().is_done
        yield made


def changing(world: World, change: Any) -> None:
    """Have the entries of each page go through a function, in place."""

    def fault(_: object, forward: Any) -> Any:
        body = body_of(forward())
        change(body["messages"])
        return reply(200, body)

    world.line.faults = [times(99, HISTORY, fault)]


def told(world: World) -> tuple[proving.Proof, dict[str, bool | None]]:
    said: dict[str, bool | None] = {}
    return world.sender.prove(said.__setitem__), said


def test_all_that_was_sent_encrypted_is_proven(world: World) -> None:
    opened: list[int] = []
    assert world.sender.prove(on_progress=opened.append).is_proven
    proof, said = told(world)
    assert (proof.messages, proof.proven, proof.refuted, proof.unread) == (COUNT, COUNT, 0, 0)
    assert sum(opened) == COUNT
    assert list(said.values()) == [True] * COUNT
    in_order = [one.reference for one in world.journal.export() if one.message.encrypt]
    assert list(said) == in_order


def test_one_bit_that_was_changed_is_found(world: World) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            if entry["clientReference"] == wanted:
                text = entry["message"]
                other = "A" if text[80] != "A" else "B"
                entry["message"] = text[:80] + other + text[81:]

    wanted = next(world.journal.export()).reference
    changing(world, change)
    proof, said = told(world)
    assert (proof.proven, proof.refuted, proof.is_proven) == (COUNT - 1, 1, False)
    assert [reference for reference, proven in said.items() if not proven] == [wanted]


def test_the_ciphertext_of_another_message_proves_nothing(world: World) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        sealed = [entry for entry in entries if len(entry["message"]) > 100]
        if len(sealed) > 1:
            sealed[0]["message"] = sealed[1]["message"]

    changing(world, change)
    assert told(world)[0].refuted == 1


def test_what_the_history_lacks_is_waited_for_and_then_told(world: World) -> None:
    readings: list[int] = []

    def change(entries: list[dict[str, Any]]) -> None:
        readings.append(1)
        entries[:] = [entry for entry in entries if entry["clientReference"] != wanted]

    wanted = next(world.journal.export()).reference
    changing(world, change)
    proof, said = told(world)
    assert (proof.proven, proof.unread, said[wanted]) == (COUNT - 1, 1, None)
    assert len(readings) > 3


def test_a_history_that_is_behind_is_read_again(tmp_path: Path) -> None:
    behind = SandboxSettings(faults=(Fault("history_lag", seconds=3),))
    settings = Settings("job", settle_s=5, spacing_s=1)
    with World(tmp_path, settings, sandbox=behind) as world:
        world.enqueue(rows(4, encrypt=True))
        world.sender.run()
        assert told(world)[0].is_proven


def test_without_references_a_message_is_known_by_its_id(world: World) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry["clientReference"] = None

    changing(world, change)
    assert told(world)[0].is_proven


def test_many_are_opened_in_batches_and_pages_that_fail_are_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "ENTRIES", 5)
    world.line.faults = [times(2, HISTORY, status(503))]
    opened: list[int] = []
    proof = world.sender.prove(on_progress=opened.append)
    assert (proof.is_proven, sum(opened), max(opened)) == (True, COUNT, 5)


def test_what_is_not_accepted_is_not_counted(world: World) -> None:
    world.enqueue(rows(2, start=50, encrypt=True))
    assert world.states() == {State.ACCEPTED: COUNT + 3, State.PENDING: 2}
    assert told(world)[0].messages == COUNT


def test_a_signal_ends_it_and_it_says_so(world: World) -> None:
    world.line.faults = [times(1, HISTORY, lambda *_: signal.raise_signal(signal.SIGINT))]
    proof = world.sender.prove()
    assert (proof.is_whole, proof.is_proven) == (False, False)
    assert world.sender.prove().is_proven


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_history_that_never_answers_is_not_waited_for(world: World, number: int) -> None:
    forward = world.line.handle_async_request

    async def handle(request: httpx2.Request) -> httpx2.Response:
        signal.raise_signal(number)
        await asyncio.Event().wait()
        return await forward(request)

    world.line.handle_async_request = handle  # type: ignore[method-assign]
    proof, said = told(world)
    assert (proof.is_whole, proof.messages, proof.unread) == (False, COUNT, COUNT)
    assert set(said.values()) == {None}
    del world.line.handle_async_request
    assert told(world)[0].is_proven, "the same sender goes on"
