"""One message, a gateway that does its worst, and a process that dies: every course of it.

The moves are those of `smspoh.outbox.states`. Around them stands what a journal cannot
see: requests that are still in the air, acceptances that the history does not show yet.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smspoh.outbox.states import END_STATES, Event, Policy, State, sources, step

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS_MAX = 3
CRASHES_MAX = 4
READINGS_MIN = 3


@dataclass(frozen=True)
class Rules:
    """What the process does; each flag is a mistake that must come to a duplicate."""

    policy: Policy = Policy.EFFECTIVELY_ONCE
    pending_at_restart: bool = False
    resend_after_timeout: bool = False
    ask_before_settle: bool = False
    send_before_intent: bool = False


@dataclass(frozen=True)
class World:
    """All that matters of one moment.

    `air` counts requests nobody waits for, which may be accepted before their settle
    window ends, and `late` those that may be after it; `hidden` the acceptances that the
    history need not show yet; `request` is the one that the process waits for.
    """

    state: State = State.PENDING
    request: str = ""  # "", claimed, air, accepted, refused, dropped
    attempts: int = 0
    crashes: int = 0
    air: int = 0
    late: int = 0
    accepted: int = 0
    hidden: int = 0
    settled: bool = False
    readings: int = 0
    was_late: bool = False
    undecided: bool = False


def moves(world: World, rules: Rules) -> Iterator[World]:
    """Yield every next moment."""
    yield from _sender(world, rules)
    yield from _gateway(world)
    yield from _history(world, rules)
    yield from _waiting(world, rules)
    if world.crashes < CRASHES_MAX:
        yield _crashed(world, rules)


def _to(world: World, event: Event, rules: Rules) -> World:
    after = step(world.state, event, rules.policy)
    return replace(world, state=after, request="", settled=False, readings=0)


def _sender(world: World, rules: Rules) -> Iterator[World]:
    if world.state is State.PENDING and not world.request and world.attempts < ATTEMPTS_MAX:
        if rules.send_before_intent:
            yield replace(world, request="air", attempts=world.attempts + 1)
        else:
            claimed = _to(world, Event.CLAIM, rules)
            yield replace(claimed, request="claimed", attempts=world.attempts + 1)
    if world.state is State.PENDING and world.request:
        yield replace(_to(world, Event.CLAIM, rules), request=world.request)
    if world.state is not State.IN_FLIGHT or not world.request:
        return
    if world.request == "claimed":
        yield replace(world, request="air")
        yield replace(_to(world, Event.NOT_SENT, rules), attempts=world.attempts - 1)
        return
    if world.request == "accepted":
        yield _to(world, Event.ACCEPT, rules)
    if world.request == "refused":
        yield _to(world, Event.REFUSE, rules)
    left = world.air + (world.request == "air")
    if rules.resend_after_timeout:
        again = State.PENDING if world.attempts < ATTEMPTS_MAX else State.PARKED
        yield replace(world, state=again, request="", air=left)
    else:
        yield replace(_to(world, Event.UNCLEAR, rules), air=left)


def _gateway(world: World) -> Iterator[World]:
    taken = replace(world, accepted=world.accepted + 1, hidden=world.hidden + 1)
    if world.request == "air":
        yield replace(taken, request="accepted")
        yield replace(world, request="refused")
        yield replace(world, request="dropped")
    if world.air:
        yield replace(taken, air=world.air - 1)
        yield replace(world, air=world.air - 1)
    if world.late:
        yield replace(taken, late=world.late - 1, was_late=True)
        yield replace(world, late=world.late - 1)


def _history(world: World, rules: Rules) -> Iterator[World]:
    findable = sources(Event.FOUND, rules.policy)
    if world.accepted and not world.request and world.state in findable:
        yield _to(world, Event.FOUND, rules)
    if world.state is not State.AMBIGUOUS:
        return
    if not world.settled:
        # What was accepted by now is shown from now on; what is in the air is late from now on.
        yield replace(world, settled=True, air=0, late=world.late + world.air, hidden=0)
    yield replace(_to(world, Event.UNDECIDED, rules), undecided=True)
    if (world.settled or rules.ask_before_settle) and world.accepted == world.hidden:
        if world.readings + 1 < READINGS_MIN:
            yield replace(world, readings=world.readings + 1)
        else:
            yield _to(world, Event.UNSEEN, rules)


def _waiting(world: World, rules: Rules) -> Iterator[World]:
    if world.state is State.ABSENT:
        if world.attempts < ATTEMPTS_MAX:
            yield _to(world, Event.ALLOW, rules)
        yield _to(world, Event.GIVE_UP, rules)
    if world.state is State.RETRY_WAIT:
        yield _to(world, Event.WAIT_OVER, rules)
    if world.state in {State.PENDING, State.RETRY_WAIT} and not world.request:
        yield _to(world, Event.CANCEL, rules)
        yield _to(world, Event.DEADLINE, rules)


def _crashed(world: World, rules: Rules) -> World:
    after = replace(
        world, request="", crashes=world.crashes + 1, air=world.air + (world.request == "air")
    )
    if world.state is not State.IN_FLIGHT:
        return after
    if rules.pending_at_restart:
        again = State.PENDING if world.attempts < ATTEMPTS_MAX else State.PARKED
        return replace(after, state=again)
    return _to(after, Event.CRASH, rules)


@dataclass(frozen=True)
class Verdict:
    """What the search found: how many moments, and those that break each promise."""

    moments: int
    duplicates: frozenset[World]
    lost: frozenset[World]
    stuck: frozenset[World]
    states: frozenset[State]


def explore(rules: Rules) -> Verdict:
    """Visit every moment that can be reached, breadth first."""
    start = World()
    before: dict[World, set[World]] = {start: set()}
    waiting = deque([start])
    while waiting:
        world = waiting.popleft()
        for after in moves(world, rules):
            if after not in before:
                before[after] = set()
                waiting.append(after)
            before[after].add(world)
    ends = [world for world in before if world.state in END_STATES and not world.request]
    can_end, waiting = set(ends), deque(ends)
    while waiting:
        for world in before[waiting.popleft()] - can_end:
            can_end.add(world)
            waiting.append(world)
    return Verdict(
        moments=len(before),
        duplicates=frozenset(w for w in before if w.accepted > 1 and not w.was_late),
        lost=frozenset(w for w in before if _lost(w)),
        stuck=frozenset(before.keys() - can_end),
        states=frozenset(world.state for world in before),
    )


def _lost(world: World) -> bool:
    """Return whether an end state says what is not so."""
    if world.state is State.ACCEPTED:
        return world.accepted == 0
    told_unsent = {State.FAILED, State.CANCELLED, State.EXPIRED}
    return world.state in told_unsent and world.accepted > 0 and not world.was_late
