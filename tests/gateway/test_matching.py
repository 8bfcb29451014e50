"""Which entry of a reply belongs to which message, and who is left without one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.gateway import Message, OutgoingMessage, Status
from smspoh.gateway.matching import assign, assign_one

ONE, TWO, THREE = "09250000001", "+959250000002", "09250000003"


def entry(to: str, text: str = "", reference: str | None = None) -> Message:
    return Message("id", text, to, Status.ACCEPTED, client_reference=reference)


def test_entries_in_another_order_find_their_messages() -> None:
    group = [
        OutgoingMessage(("09250000001",), "first", "SMSPoh"),
        OutgoingMessage(("09250000001",), "second", "SMSPoh"),
        OutgoingMessage(("+6681234567", "09250000002"), "third", "SMSPoh"),
    ]
    entries = [
        entry("6681234567", "third"),
        entry("959250000001", "second"),
        entry("959250000002", "third"),
        entry("959250000001", "first"),
    ]
    bulk = assign(group, entries)
    assert [[found.message for found in result] for result in bulk] == [
        ["first"],
        ["second"],
        ["third", "third"],
    ]


def test_the_reference_decides_where_the_text_cannot() -> None:
    """Ciphertexts of two messages to one number, in the wrong order and one too many."""
    group = [
        OutgoingMessage(("09250000001",), "a", "SMSPoh", client_reference="r1"),
        OutgoingMessage(("09250000001",), "b", "SMSPoh", client_reference="r2"),
    ]
    sealed = [
        replace(entry("959250000001", "zzzz", name), encrypted=True) for name in ("r2", "r1", "r1")
    ]
    bulk = assign(group, sealed)
    assert [result[0].client_reference for result in bulk] == ["r1", "r2"]
    assert len(bulk.unmatched) == 1


def test_a_message_without_an_entry_has_an_empty_result() -> None:
    group = [
        OutgoingMessage(("09250000001",), "a", "SMSPoh"),
        OutgoingMessage(("09250000002",), "b", "SMSPoh"),
    ]
    bulk = assign(group, [entry("959250000002", "b"), entry("959777777777", "?")])
    assert [len(result) for result in bulk] == [0, 1]
    assert [found.to for found in bulk.unmatched] == ["959777777777"]


def test_entries_that_name_no_number_go_by_place() -> None:
    group = [OutgoingMessage((f"0925000000{row}",), "x", "SMSPoh") for row in range(2)]
    refused = Message(None, "", "", Status.REJECTED, error="Invalid Sender ID")
    bulk = assign(group, [refused, entry("959250000001", "x")])
    assert [result[0].accepted for result in bulk] == [False, True]


@given(st.permutations(range(6)))
def test_any_order_of_different_numbers_is_put_right(order: list[int]) -> None:
    group = [OutgoingMessage((f"0925000000{row}",), f"t{row}", "SMSPoh") for row in range(6)]
    entries = [entry(f"95925000000{row}", f"t{row}") for row in order]
    bulk = assign(group, entries)
    assert [result[0].message for result in bulk] == [f"t{row}" for row in range(6)]


def pair() -> list[OutgoingMessage]:
    """Return two messages to one number, each with a reference."""
    return [
        OutgoingMessage((ONE,), "a", "SMSPoh", client_reference="r1"),
        OutgoingMessage((ONE,), "b", "SMSPoh", client_reference="r2"),
    ]


def test_an_echoed_reference_beats_the_place() -> None:
    """As many entries as messages, to the right number, but the other way round."""
    sealed = [replace(entry("959250000001", "zz", r), encrypted=True) for r in ("r2", "r1")]
    bulk = assign(pair(), sealed)
    assert [result[0].client_reference for result in bulk] == ["r1", "r2"]


def test_the_reference_of_another_message_beats_the_place_of_one_without() -> None:
    group = [replace(pair()[0], client_reference=None), pair()[1]]
    bulk = assign(group, [entry("959250000001", "", "r2"), entry("959250000001")])
    assert [result[0].client_reference for result in bulk] == [None, "r2"]


def test_the_text_of_another_message_beats_the_place() -> None:
    group = [replace(message, client_reference=None) for message in pair()]
    bulk = assign(group, [entry("959250000001", "b"), entry("959250000001", "a")])
    assert [result[0].message for result in bulk] == ["a", "b"]


def test_a_reference_or_text_that_is_nobodys_leaves_the_place_as_it_is() -> None:
    group = [replace(message, client_reference=None) for message in pair()]
    refused = Message(None, "", "", Status.REJECTED, "gw-1", error="no")
    bulk = assign(group, [refused, entry("959250000001", "b, trimmed", "gw-2")])
    assert [result[0].client_reference for result in bulk] == ["gw-1", "gw-2"]


def test_a_refusal_without_a_number_goes_by_its_reference() -> None:
    refused = Message(None, "", "", Status.REJECTED, "r2", error="no")
    bulk = assign(pair(), [refused, entry("959250000001", "a", "r1")])
    assert [result[0].accepted for result in bulk] == [True, False]
    stranger = replace(refused, client_reference="r9")
    assert assign(pair(), [stranger]).unmatched == (stranger,)


def test_recipients_of_a_bulk_without_an_entry_are_named() -> None:
    group = [OutgoingMessage((ONE, TWO, "959250000002"), "a", "SMSPoh"), pair()[1]]
    bulk = assign(group, [entry("959250000001", "a")])
    assert [result.missing for result in bulk] == [(TWO,), (ONE,)]
    whole = assign(group, [entry(f"95925000000{n}") for n in (1, 2, 1)])
    assert [result.missing for result in whole] == [(), ()]


@pytest.mark.parametrize("to", ["959250000001", "+959250000001", "09250000001", "959*******"])
def test_the_gateways_form_of_a_number_is_its_recipient(to: str) -> None:
    result = assign_one(OutgoingMessage(ONE, "a", "SMSPoh"), [entry(to)])
    assert (len(result), result.missing, result.unmatched) == (1, (), ())


@pytest.mark.parametrize(
    "to", ["959999999999", "95925000000", "*02", "9592500000010*", "66*", "959250000*0001"]
)
def test_an_entry_for_somebody_else_is_not_an_acceptance(to: str) -> None:
    other = entry(to)
    result = assign_one(OutgoingMessage(ONE, "a", "SMSPoh", True, "key"), [other])
    assert result.accepted == ()
    assert result.missing == (ONE,)
    assert result.unmatched == (other,)
    assert result.encrypt_key == "key"
    assert repr(result) == "<SendResult accepted=0 refused=0 missing=1 unmatched=1>"


def test_a_recipient_without_an_entry_is_missing() -> None:
    message = OutgoingMessage((ONE, TWO, ONE, THREE), "a", "SMSPoh")
    result = assign_one(message, [entry("959250000003"), entry("959250000001")])
    assert result.missing == (TWO,)
    assert [found.to for found in result] == ["959250000003", "959250000001"]


@pytest.mark.parametrize(("nameless", "missing"), [(0, (TWO, THREE)), (1, (TWO, THREE)), (2, ())])
def test_entries_without_a_number_stand_for_all_that_are_left_or_for_none(
    nameless: int, missing: tuple[str, ...]
) -> None:
    message = OutgoingMessage((ONE, TWO, THREE), "a", "SMSPoh")
    refused = Message(None, "", "", Status.REJECTED, error="no")
    result = assign_one(message, [entry("959250000001"), *[refused] * nameless])
    assert len(result) == 1 + nameless
    assert result.missing == missing


def test_a_repeated_recipient_may_have_two_entries() -> None:
    result = assign_one(OutgoingMessage(ONE, "a", "SMSPoh"), [entry("959250000001")] * 2)
    assert (len(result), result.unmatched) == (2, ())


def test_entries_that_name_one_recipient_choose_before_those_that_hide_digits() -> None:
    """The starred one may be of either; the other one is of the first alone."""
    numbers = ("09250000001", "09250000002")
    entries = [entry("9592500****", "other"), entry("959250000001", "other")]
    alone = assign_one(OutgoingMessage(numbers, "a", "SMSPoh"), entries)
    assert (alone.missing, len(alone)) == ((), 2)

    group = [OutgoingMessage((number,), "a", "SMSPoh") for number in numbers]
    bulk = assign(group, [*entries, entry("959777777777")])
    assert [result[0].to for result in bulk] == ["959250000001", "9592500****"]
    assert [result.missing for result in bulk] == [(), ()]


def test_of_starred_entries_the_one_that_hides_least_chooses_first() -> None:
    numbers = ("09250000001", "09260000002")
    entries = [entry("959*"), entry("95925*1")]
    assert assign_one(OutgoingMessage(numbers, "a", "SMSPoh"), entries).missing == ()
