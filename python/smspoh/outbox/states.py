"""The states of a message in the outbox, and what may move it from one to another.

This table is the one truth: the journal's triggers are filled from it, the model
check walks it, and docs/spec/outbox.md is compared with it. Nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from smspoh.errors import BugError


class State(StrEnum):
    """Name where a message is. The names are what the journal holds."""

    PENDING = "PENDING"
    IN_FLIGHT = "IN_FLIGHT"
    RETRY_WAIT = "RETRY_WAIT"
    AMBIGUOUS = "AMBIGUOUS"
    ABSENT = "ABSENT"
    ACCEPTED = "ACCEPTED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    PARKED = "PARKED"


class Event(StrEnum):
    """Name what happened to a message."""

    CLAIM = "claim"  # the intent to send it is durable
    ACCEPT = "accept"  # a 2xx with an entry of its own and a message id
    REFUSE = "refuse"  # a final refusal
    NOT_SENT = "not sent"  # surely: no connection, 429, 401, 403
    UNCLEAR = "unclear"  # a byte may have left, and no reply says what became of it
    CRASH = "crash"  # the process that had it in flight is gone
    RESTORE = "restore"  # the journal is older than what was done with it
    WAIT_OVER = "wait over"
    FOUND = "found"  # the history has its reference
    UNSEEN = "unseen"  # settle is over, and spaced complete readings do not have it
    UNDECIDED = "undecided"  # the history stays unreadable, or the match is not unique
    ALLOW = "allow"  # attempts and deadline are left
    GIVE_UP = "give up"  # they are not
    CANCEL = "cancel"
    DEADLINE = "deadline"
    RESEND = "resend"
    ASSUME_SENT = "assume sent"
    DROP = "drop"


class Policy(StrEnum):
    """Name what is done with a message of which nobody knows whether it was sent."""

    AT_MOST_ONCE = "at_most_once"
    EFFECTIVELY_ONCE = "effectively_once"
    AT_LEAST_ONCE = "at_least_once"


class Mover(StrEnum):
    """Name who moves a message on."""

    SENDER = "the sender"
    GATEWAY = "the gateway's reply"
    START = "the next start"
    HISTORY = "the history"
    CLOCK = "the clock"
    CALLER = "the caller"
    OPERATOR = "an operator"


@dataclass(frozen=True, slots=True)
class Transition:
    """Allow one move.

    Attributes:
        before: where the message is.
        event: what happened.
        after: where it is then.
        by: who moves it.
        policies: those under which this is so.
    """

    before: State
    event: Event
    after: State
    by: Mover
    policies: tuple[Policy, ...] = tuple(Policy)


_RESENDING: Final = (Policy.EFFECTIVELY_ONCE, Policy.AT_LEAST_ONCE)
_ONCE: Final = (Policy.AT_MOST_ONCE, Policy.EFFECTIVELY_ONCE)
_CAREFUL: Final = (Policy.AT_MOST_ONCE,)
_EAGER: Final = (Policy.AT_LEAST_ONCE,)

# Of a message that waits or is parked, FOUND is an acceptance that came late: sending it
# again would repeat it. What was restored may have been sent by what the backup lacks.
TRANSITIONS: Final = (
    Transition(State.PENDING, Event.CLAIM, State.IN_FLIGHT, Mover.SENDER),
    Transition(State.PENDING, Event.CANCEL, State.CANCELLED, Mover.CALLER),
    Transition(State.PENDING, Event.DEADLINE, State.EXPIRED, Mover.CLOCK),
    Transition(State.PENDING, Event.FOUND, State.ACCEPTED, Mover.HISTORY),
    Transition(State.PENDING, Event.RESTORE, State.AMBIGUOUS, Mover.START),
    Transition(State.IN_FLIGHT, Event.ACCEPT, State.ACCEPTED, Mover.GATEWAY),
    Transition(State.IN_FLIGHT, Event.REFUSE, State.FAILED, Mover.GATEWAY),
    Transition(State.IN_FLIGHT, Event.NOT_SENT, State.RETRY_WAIT, Mover.SENDER),
    Transition(State.IN_FLIGHT, Event.UNCLEAR, State.AMBIGUOUS, Mover.SENDER),
    Transition(State.IN_FLIGHT, Event.CRASH, State.AMBIGUOUS, Mover.START),
    Transition(State.IN_FLIGHT, Event.RESTORE, State.AMBIGUOUS, Mover.START),
    Transition(State.RETRY_WAIT, Event.WAIT_OVER, State.PENDING, Mover.CLOCK),
    Transition(State.RETRY_WAIT, Event.CANCEL, State.CANCELLED, Mover.CALLER),
    Transition(State.RETRY_WAIT, Event.DEADLINE, State.EXPIRED, Mover.CLOCK),
    Transition(State.RETRY_WAIT, Event.FOUND, State.ACCEPTED, Mover.HISTORY),
    Transition(State.RETRY_WAIT, Event.RESTORE, State.AMBIGUOUS, Mover.START),
    Transition(State.AMBIGUOUS, Event.FOUND, State.ACCEPTED, Mover.HISTORY),
    Transition(State.AMBIGUOUS, Event.UNSEEN, State.ABSENT, Mover.HISTORY, _RESENDING),
    Transition(State.AMBIGUOUS, Event.UNSEEN, State.PARKED, Mover.HISTORY, _CAREFUL),
    Transition(State.AMBIGUOUS, Event.UNDECIDED, State.PARKED, Mover.HISTORY, _ONCE),
    Transition(State.AMBIGUOUS, Event.UNDECIDED, State.ABSENT, Mover.HISTORY, _EAGER),
    Transition(State.ABSENT, Event.ALLOW, State.PENDING, Mover.SENDER),
    Transition(State.ABSENT, Event.GIVE_UP, State.PARKED, Mover.SENDER),
    Transition(State.ABSENT, Event.FOUND, State.ACCEPTED, Mover.HISTORY),
    Transition(State.ABSENT, Event.RESTORE, State.AMBIGUOUS, Mover.START),
    Transition(State.PARKED, Event.RESEND, State.PENDING, Mover.OPERATOR),
    Transition(State.PARKED, Event.ASSUME_SENT, State.ACCEPTED, Mover.OPERATOR),
    Transition(State.PARKED, Event.DROP, State.CANCELLED, Mover.OPERATOR),
    Transition(State.PARKED, Event.FOUND, State.ACCEPTED, Mover.HISTORY),
)

END_STATES: Final = frozenset(
    {State.ACCEPTED, State.FAILED, State.CANCELLED, State.EXPIRED, State.PARKED}
)
FINAL_STATES: Final = END_STATES - {State.PARKED}  # nothing moves a message out of these

_MOVES: Final = {
    (move.before, move.event, policy): move.after
    for move in TRANSITIONS
    for policy in move.policies
}


def step(state: State, event: Event, policy: Policy = Policy.EFFECTIVELY_ONCE) -> State:
    """Return where a message is after an event.

    Args:
        state: where it is.
        event: what happened.
        policy: the job's.

    Raises:
        BugError: nothing of the kind can happen to a message in this state.
    """
    after = _MOVES.get((state, event, policy))
    if after is None:
        raise BugError(f"the event {event.value!r} cannot happen to a message that is {state.name}")
    return after


def sources(event: Event, policy: Policy) -> dict[State, State]:
    """Return where an event leads, from each state that it can happen in."""
    return {
        before: after
        for (before, happened, under), after in _MOVES.items()
        if happened is event and under is policy
    }


def pairs() -> frozenset[tuple[State, State]]:
    """Return each move from a state to another that some event and policy allow."""
    return frozenset((move.before, move.after) for move in TRANSITIONS)
