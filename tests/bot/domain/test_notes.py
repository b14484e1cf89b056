"""Notes: written, changed, taken back by their author; and the history as they stand in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alarms.escalation import Rung, acknowledge, climb, escalate
from bot.domain.case import Case
from bot.domain.claim import claim
from bot.domain.events import Event, Kind
from bot.domain.notes import change_note, note, note_said_by, standing, withdraw_note
from bot.domain.people import PersonId
from bot.domain.refusals import NotAllowed
from bot.domain.roles import Actor
from tests.bot.domain.made import ANA, BEN, HANA, HOUR, LEASE, MINUTE, NOW, a_case, claimed, kinds, saved

LATER = NOW + 30 * MINUTE
MESSAGE = "C1:12.34"


def noted(case: Case, *, by: Actor = BEN, thread: str | None = "slack:C1") -> tuple[Case, Event]:
    """The case with a note of that person, and the note."""
    after = note(case, "rang tehm", by=by, at=NOW, lease=LEASE, thread=thread, message=MESSAGE)
    return saved(after), after.pending[-1]


def changed(case: Case, of: Event, text: str = "rang them", *, by: Actor = BEN) -> Case:
    return change_note(case, of, text, by=by, at=LATER, lease=LEASE)


def test_a_note_knows_the_message_that_made_it() -> None:
    _, said = noted(a_case())
    assert said.data == {"text": "rang tehm", "thread": "slack:C1", "message": MESSAGE}
    plain = note(a_case(), "hm", by=BEN, at=NOW, lease=LEASE)
    assert plain.pending[-1].data == {"text": "hm"}


def test_a_change_names_its_note_and_the_old_words_stay_where_they_were() -> None:
    case, said = noted(a_case())
    (event,) = changed(case, said).pending
    assert (event.kind, event.seq) == (Kind.NOTE_CHANGED, said.seq + 1)
    assert event.data == {"of": said.seq, "text": "rang them", "thread": "slack:C1", "message": MESSAGE}
    assert said.data["text"] == "rang tehm"


def test_the_same_words_are_no_change() -> None:
    case, said = noted(a_case())
    assert changed(case, said, "rang tehm") is case


@pytest.mark.parametrize(
    "move",
    [
        lambda case, of: changed(case, of, by=ANA),
        lambda case, of: withdraw_note(case, of, by=ANA, at=LATER),
    ],
)
def test_nobody_else_touches_a_note(move: Callable[[Case, Event], Case]) -> None:
    case, said = noted(a_case())
    assert move(case, said) is case


def test_who_may_note_no_longer_may_take_back_but_not_change() -> None:
    case, said = noted(a_case())
    gone = Actor(id=BEN.id, name=BEN.name)
    with pytest.raises(NotAllowed):
        changed(case, said, by=gone)
    assert kinds(withdraw_note(case, said, by=gone, at=LATER)) == [Kind.NOTE_WITHDRAWN]


def test_a_change_by_the_owner_renews_the_claim_and_a_withdrawal_does_not() -> None:
    case, said = noted(claimed(BEN))
    assert case.lease is not None
    lease = changed(case, said).lease
    assert lease is not None
    assert lease.until == LATER + HOUR
    assert withdraw_note(case, said, by=BEN, at=LATER).lease == case.lease
    other, theirs = noted(claimed(BEN), by=HANA)
    assert changed(other, theirs, by=HANA).lease == other.lease


def test_a_corrected_word_is_not_the_answer_to_a_page() -> None:
    case, said = noted(a_case())
    loud = climb(
        escalate(case, "why", "standard", by=ANA, at=NOW),
        Rung(step=0, round=0, people=(ANA.id,), next_at=None),
        at=NOW,
    )
    acked = saved(acknowledge(loud, by=ANA, at=NOW, buys=HOUR))
    assert changed(acked, said).escalating
    assert withdraw_note(acked, said, by=BEN, at=LATER).escalating
    assert not note(acked, "on it", by=BEN, at=LATER, lease=LEASE).escalating


def test_the_owner_who_was_told_of_the_note_is_told_of_its_change() -> None:
    case, said = noted(claimed(BEN), by=HANA)
    assert changed(case, said, by=HANA).pending[-1].data["told"] == BEN.id
    assert withdraw_note(case, said, by=HANA, at=LATER).pending[-1].data["told"] == BEN.id
    unclaimed, said = noted(a_case(), by=HANA)
    since = saved(claim(unclaimed, by=BEN, at=NOW + MINUTE, lease=LEASE))
    assert "told" not in changed(since, said, by=HANA).pending[-1].data


# -- as they stand -----------------------------------------------------------------------------------------


def event(seq: int, kind: Kind, **data: str | int) -> Event:
    return Event(kind=kind, at=NOW + seq * MINUTE, by=BEN.id, department="support", data=data, seq=seq)


NOTED = event(1, Kind.NOTED, text="one", message="m1")
CLAIMED = event(2, Kind.CLAIMED)
EDIT = event(3, Kind.NOTE_CHANGED, of=1, text="two")
AGAIN = event(4, Kind.NOTE_CHANGED, of=1, text="three")
GONE = event(5, Kind.NOTE_WITHDRAWN, of=1)


def test_a_changed_note_stands_once_with_its_newest_words() -> None:
    assert standing([AGAIN, EDIT, CLAIMED, NOTED]) == (
        CLAIMED,
        replace(NOTED, data={"text": "three", "message": "m1", "edited": True}),
    )


def test_of_a_note_that_was_taken_back_no_words_are_left() -> None:
    assert standing([GONE, AGAIN, EDIT, CLAIMED, NOTED]) == (GONE, CLAIMED)


def test_a_note_before_the_first_event_that_was_read_is_told_by_its_newest_change() -> None:
    assert standing([AGAIN, EDIT, CLAIMED]) == (AGAIN, CLAIMED)
    assert standing([GONE, AGAIN, EDIT, CLAIMED]) == (GONE, CLAIMED)


def test_erased_changes_are_kept_as_they_are() -> None:
    erased = [replace(each, data={}, by=PersonId("erased")) for each in (GONE, EDIT, NOTED)]
    assert standing(erased) == tuple(erased)


def test_a_note_is_found_by_its_message_until_it_was_taken_back() -> None:
    found = note_said_by([AGAIN, EDIT, CLAIMED, NOTED], "m1")
    assert found is not None
    assert (found.seq, found.data["text"]) == (1, "three")
    assert note_said_by([AGAIN, EDIT, CLAIMED, NOTED], "m2") is None
    assert note_said_by([GONE, AGAIN, EDIT, CLAIMED, NOTED], "m1") is None


@given(st.lists(st.tuples(st.sampled_from(["note", "change", "withdraw"]), st.integers(0, 5)), max_size=25))
def test_whatever_was_done_to_notes_only_their_newest_words_are_read(acts: list[tuple[str, int]]) -> None:
    case, history = a_case(), list[Event]()
    words: dict[str, str] = {}
    for number, (act, which) in enumerate(acts):
        message, text = f"m{which}", f"text {number}"
        found = note_said_by(history, message)
        after = case
        if act == "note" and message not in words:
            after = note(case, text, by=BEN, at=NOW, lease=LEASE, message=message)
            words[message] = text
        elif act == "change" and found is not None:
            after = change_note(case, found, text, by=BEN, at=NOW, lease=LEASE)
            words[message] = text
        elif act == "withdraw" and found is not None:
            after = withdraw_note(case, found, by=BEN, at=NOW)
            del words[message]
        history, case = [*reversed(after.pending), *history], saved(after)
    stood = [each for each in standing(history) if "text" in each.data]
    assert {str(each.data["message"]): each.data["text"] for each in stood} == words
    assert len(stood) == len(words)
