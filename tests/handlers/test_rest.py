"""wait, snooze, note, priority, resolve, dismiss, reopen."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.parts import Priority, State, WaitingFor
from tests.desk import Story, text_of


async def _claimed(desk: Story, text: str = "My parcel never came.") -> int:
    number = await desk.mention(text)
    await desk.hears(f"claim {number}", from_="ben")
    return number


async def test_waiting_for_the_customer_is_an_answer_and_pauses_the_clocks(desk: Story) -> None:
    number = await _claimed(desk)
    due = (await desk.case(number)).service.resolve_due
    await desk.passes(hours=1)
    await desk.hears(f"wait {number} customer tomorrow 10:00", from_="ben")
    case = await desk.case(number)
    assert case.waiting is not None
    assert (case.waiting.on, case.waiting.until) == (WaitingFor.CUSTOMER, desk.now + timedelta(days=1))
    assert case.service.responded_at == desk.now
    assert case.lease is not None
    assert case.lease.left == timedelta(hours=4)
    await desk.passes(days=1)
    case = await desk.case(number)
    assert (case.waiting, case.owner) == (None, "ben@kettle.example")
    assert case.service.resolve_due == due + timedelta(hours=24)
    assert case.lease is not None
    assert case.lease.until == desk.now + timedelta(hours=4)
    assert "woken" in await desk.kinds(number)
    assert any("back on the desk" in text_of(card) for card in await desk.direct("ben"))


async def test_waiting_without_a_date_wakes_after_two_working_days(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.hears(f"wait {number} approval", from_="ben")
    case = await desk.case(number)
    assert case.waiting is not None
    assert case.waiting.until == desk.now + timedelta(days=2)
    assert case.service.responded_at is None


async def test_waiting_is_the_owners_to_say(desk: Story) -> None:
    number = await desk.mention()
    assert "Nobody has claimed" in await desk.says(f"wait {number} customer", from_="ben")
    await desk.hears(f"claim {number}", from_="ben")
    assert "belongs to Ben" in await desk.says(f"wait {number} customer", from_="hana")


async def test_a_snoozed_case_returns_by_itself(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"snooze {number} 3h", from_="ben")
    assert (await desk.case(number)).snoozed_until == desk.now + timedelta(hours=3)
    await desk.passes(hours=3)
    assert (await desk.case(number)).snoozed_until is None


async def test_a_snooze_that_ends_leaves_the_waiting(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.hears(f"wait {number} approval friday 12:00", from_="ben")
    await desk.hears(f"snooze {number} 2h", from_="ben")
    await desk.passes(hours=2)
    case = await desk.case(number)
    assert case.snoozed_until is None
    assert case.waiting is not None
    assert case.service.resolve_left is not None


async def test_a_lead_says_how_urgent_it_is(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.passes(minutes=10)
    assert "You may not set priorities" in await desk.says(f"priority {number} P1", from_="ben")
    await desk.hears(f"priority {number} P1", from_="ana")
    case = await desk.case(number)
    assert case.priority is Priority.P1
    assert case.service.first_due == case.opened_at + timedelta(minutes=15)
    assert case.lease is not None
    assert case.lease.until == desk.now + timedelta(minutes=20)
    await desk.hears(f"priority {number} P1", from_="ana")
    assert (await desk.kinds(number)).count("prioritised") == 1


async def test_resolving_is_an_answer(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.hears(f"resolve {number} refunded 12 pounds", from_="ben")
    case = await desk.case(number)
    assert (case.state, case.outcome, case.lease) == (State.RESOLVED, "refunded", None)
    assert case.service.responded_at == desk.now
    assert await desk.kinds(number) == ["opened", "claimed", "responded", "resolved"]
    assert "Say `reopen" in await desk.says(f"claim {number}", from_="ana")


async def test_resolved_means_answered_when_nothing_else_is_said(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.hears(f"resolve {number} they were happy", from_="ben")
    assert (await desk.case(number)).outcome == "answered"


async def test_resolving_takes_an_offer_back(desk: Story) -> None:
    number = await _claimed(desk)
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.hears(f"resolve {number}", from_="ben")
    assert (await desk.kinds(number))[-3:] == ["offer_withdrawn", "responded", "resolved"]


async def test_dismissed_is_no_answer_and_reopens_with_new_clocks(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"dismiss {number} spam", from_="ben")
    case = await desk.case(number)
    assert (case.state, case.service.responded_at) == (State.DISMISSED, None)
    await desk.passes(hours=3)
    await desk.hears(f"reopen {number}", from_="ana")
    case = await desk.case(number)
    assert (case.state, case.closed_at, case.service.since) == (State.OPEN, None, desk.now)
    assert "still open" in await desk.says(f"reopen {number}", from_="ana")


async def test_a_closed_case_keeps_quiet(desk: Story) -> None:
    number = await _claimed(desk, "urgent parcel")
    await desk.hears(f"resolve {number}", from_="ben")
    before = await desk.kinds(number)
    await desk.passes(days=1)
    assert await desk.kinds(number) == before


async def test_a_note_stands_in_the_threads_where_it_was_not_written(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.hears("note they called twice", from_="ben", in_="support", thread=number)
    support, sales = await _in_thread(desk, "support"), await _in_thread(desk, "sales")
    assert not any("they called twice" in text for text in support)
    assert any("they called twice" in text for text in sales)


async def _in_thread(desk: Story, department: str) -> list[str]:
    log = desk.desk.store.weblog
    (card,) = [message for message in await log.page(department) if message.case_id]
    return [text_of(each.card) for each in await log.page(department, reply_to=card.id)]
