"""The table of states: a search of every course, the mistakes it must catch, the page."""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import product
from pathlib import Path

import pytest

from smspoh.errors import BugError
from smspoh.outbox.sqlite_file import VERSION
from smspoh.outbox.states import (
    END_STATES,
    FINAL_STATES,
    TRANSITIONS,
    Event,
    Policy,
    State,
    pairs,
    sources,
    step,
)

from .model import Rules, explore

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "outbox.md"


def test_no_course_loses_repeats_or_strands_a_message() -> None:
    found = explore(Rules())
    assert found.moments > 1_000
    assert found.states == set(State)
    assert not found.duplicates
    assert not found.lost
    assert not found.stuck


def test_at_most_once_never_repeats_even_where_an_acceptance_is_late() -> None:
    found = explore(Rules(policy=Policy.AT_MOST_ONCE))
    assert State.ABSENT not in found.states
    assert not found.duplicates
    assert not found.lost
    assert not found.stuck


def test_at_least_once_repeats_only_what_the_history_did_not_decide() -> None:
    found = explore(Rules(policy=Policy.AT_LEAST_ONCE))
    assert found.duplicates, "that is what its warning is about"
    assert all(world.undecided for world in found.duplicates)
    assert not found.stuck


@pytest.mark.parametrize(
    "mistake",
    ["pending_at_restart", "resend_after_timeout", "ask_before_settle", "send_before_intent"],
)
def test_a_planted_mistake_comes_to_a_duplicate(mistake: str) -> None:
    assert explore(Rules(**{mistake: True})).duplicates  # type: ignore[arg-type]


def test_a_row_in_flight_never_goes_straight_back_to_pending() -> None:
    assert (State.IN_FLIGHT, State.PENDING) not in pairs()
    assert (State.AMBIGUOUS, State.PENDING) not in pairs()
    assert {before for before, after in pairs() if after is State.PENDING} == {
        State.RETRY_WAIT,
        State.ABSENT,
        State.PARKED,
    }


def test_nothing_leaves_a_final_state() -> None:
    assert {State.PARKED} == END_STATES - FINAL_STATES
    assert not {before for before, _ in pairs()} & FINAL_STATES
    assert {before for before, _ in pairs()} == set(State) - FINAL_STATES


def test_a_state_an_event_and_a_policy_lead_to_one_place() -> None:
    seen = [(move.before, move.event, policy) for move in TRANSITIONS for policy in move.policies]
    assert len(seen) == len(set(seen))
    assert {event for _, event, _ in seen} == set(Event)


@pytest.mark.parametrize("policy", Policy)
def test_step_and_sources_follow_the_table_and_refuse_all_else(policy: Policy) -> None:
    allowed = {
        (move.before, move.event): move.after for move in TRANSITIONS if policy in move.policies
    }
    for state, event in product(State, Event):
        if (state, event) in allowed:
            assert step(state, event, policy) is allowed[state, event]
            assert sources(event, policy)[state] is allowed[state, event]
        else:
            assert state not in sources(event, policy)
            with pytest.raises(BugError, match="cannot happen"):
                step(state, event, policy)


def test_a_restored_journal_has_nothing_left_that_would_be_sent_unasked() -> None:
    restored = sources(Event.RESTORE, Policy.EFFECTIVELY_ONCE)
    assert set(restored) == set(State) - END_STATES - {State.AMBIGUOUS}
    assert set(restored.values()) == {State.AMBIGUOUS}


def test_a_change_of_the_moves_is_a_new_version_of_the_journal() -> None:
    """The table is in every journal: one of an older release must be brought up to date."""
    moves = " ".join(f"{before}>{after}" for before, after in sorted(pairs()))
    digests = {1: "be2dd12c5cc304ff"}
    assert blake2b(moves.encode(), digest_size=8).hexdigest() == digests[VERSION]


def test_the_table_of_the_page_is_the_table_of_the_code() -> None:
    rows = re.findall(
        r"^\| ([A-Z_]+) \| ([a-z ]+) \| ([a-z' ]+) \| ([A-Z_]+) \| ([a-z_, ]+) \|$",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
    written = [
        (
            move.before.name,
            move.event.value,
            move.by.value,
            move.after.name,
            "all" if len(move.policies) == len(Policy) else ", ".join(move.policies),
        )
        for move in TRANSITIONS
    ]
    assert rows == written
