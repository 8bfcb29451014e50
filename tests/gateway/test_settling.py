"""Looking for a message until the history must have it: driven by hand, on a clock of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import AuthError, ServerError
from smspoh.gateway import Request, Response, flow
from smspoh.gateway.attempt import Sleep

from .rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.gateway import Message

REFERENCE = "01M8C0Z1800000000000000C1S"  # made when the clock of `rules` stands
FAILED = Response(500)


def page(*references: str) -> Response:
    entries = [
        {"messageId": f"id-{row}", "status": "Sent", "to": "959250000001", "clientReference": each}
        for row, each in enumerate(references)
    ]
    body = {"messages": entries, "links": {}, "limit": 20, "records": len(entries), "start": 0}
    return Response(200, (), json.dumps(body).encode())


class Watched:
    """Drive `find` over replies; each reading takes no time, and each wait what it asks."""

    def __init__(self, replies: Callable[[int], Response], settle_s: float) -> None:
        self.now = 0.0
        self.readings: list[float] = []
        self._replies = replies
        self._flow = flow.find(REFERENCE, [], rules(monotonic=lambda: self.now), settle_s)

    def run(self) -> tuple[Message, ...]:
        answer: Any = None
        try:
            while True:
                step = self._flow.send(answer)
                if isinstance(step, Sleep):
                    self.now += step.seconds
                    answer = None
                else:
                    assert isinstance(step, Request)
                    self.readings.append(self.now)
                    answer = self._replies(len(self.readings))
        except StopIteration as done:
            found: tuple[Message, ...] = done.value
            return found


def test_what_is_there_is_found_at_once() -> None:
    watched = Watched(lambda _: page("other", REFERENCE), 120)
    assert [entry.message_id for entry in watched.run()] == ["id-1"]
    assert watched.readings == [0.0]


def test_without_a_settle_window_it_is_read_once() -> None:
    watched = Watched(lambda _: page(), 0)
    assert watched.run() == ()
    assert watched.readings == [0.0]


def test_a_history_that_is_late_is_waited_for() -> None:
    watched = Watched(lambda reading: page(REFERENCE) if reading == 3 else page(), 120)
    assert len(watched.run()) == 1
    assert watched.readings == [0.0, 24.0, 48.0]


def test_absent_is_said_when_the_window_is_over_and_not_before() -> None:
    """A mutant that asks last before the window ends would send a message twice."""
    watched = Watched(lambda _: page(), 120)
    assert watched.run() == ()
    assert watched.readings[-1] >= 120
    assert len(watched.readings) >= 3


def test_readings_that_fail_do_not_count() -> None:
    replies = {1: page(), 2: FAILED, 3: FAILED, 4: FAILED, 5: FAILED}
    watched = Watched(lambda reading: replies.get(reading, page()), 120)
    assert watched.run() == ()
    assert watched.readings == [0.0, 24.0, 48.0, 72.0, 96.0, 120.0, 144.0]


def test_a_history_that_cannot_be_read_at_the_end_says_so() -> None:
    """Nothing is known then, so nothing is returned."""
    watched = Watched(lambda _: FAILED, 120)
    with pytest.raises(ServerError):
        watched.run()
    assert watched.readings[-1] == 120.0


def test_a_refusal_is_not_waited_for() -> None:
    watched = Watched(lambda _: Response(401), 120)
    with pytest.raises(AuthError):
        watched.run()
    assert watched.readings == [0.0]


def test_too_many_questions_are_a_reading_that_failed() -> None:
    """A 429 says nothing of the message, and passes."""
    replies = {1: page(), 2: Response(429, (("retry-after", "3600"),))}
    watched = Watched(lambda reading: replies.get(reading, page(REFERENCE)), 120)
    assert len(watched.run()) == 1
    assert watched.readings == [0.0, 24.0, 48.0]
