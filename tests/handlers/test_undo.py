"""Second thoughts: what was done a moment ago is taken back, and the case is what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.policy.roster import Roster
from tests.desk import Story, Time, a_desk, test_policy, text_of, words_on

ANA, BEN, GIL, FINN = (f"{who}@kettle.example" for who in ("ana", "ben", "gil", "finn"))


async def test_a_dismissed_case_is_what_it_was(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    before = await desk.case(number)
    await desk.passes(minutes=20)
    answer = await desk.hears(f"dismiss {number} spam", from_="ben")
    assert f"undo {number}" in words_on(answer)
    assert f"undo {number}" in words_on(await desk.card(number, "support"))
    await desk.passes(minutes=20)
    said = await desk.says(f"undo {number}", from_="ben")
    after = await desk.case(number)
    assert (after.state, after.owner, after.claimed_at) == (before.state, BEN, before.claimed_at)
    assert (after.service, after.closed_at, after.outcome) == (before.service, None, None)
    assert after.lease is not None
    assert after.lease.since == desk.now
    assert "took back the dismissal" in said
    assert f"undo {number}" not in words_on(await desk.card(number, "support"))
    assert (await desk.kinds(number))[-1] == "undone"


async def test_the_promise_is_the_old_one_and_is_missed_if_its_time_has_come(desk: Story) -> None:
    number = await desk.mention("This is urgent, my parcel.")
    due = (await desk.case(number)).service.first_due
    await desk.hears(f"resolve {number}", from_="ben")
    assert (await desk.case(number)).service.responded_at is not None
    await desk.passes(due - desk.now + timedelta(minutes=5))
    await desk.hears(f"undo {number}", from_="ben")
    case = await desk.case(number)
    assert (case.service.first_due, case.service.responded_at) == (due, None)
    assert "sla_missed" in await desk.kinds(number)


async def test_a_resolved_case_that_waited_waits_again(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"wait {number} customer tomorrow", from_="ben")
    before = await desk.case(number)
    await desk.hears(f"resolve {number}", from_="ben")
    await desk.passes(hours=1)
    await desk.hears(f"undo {number}", from_="ben")
    after = await desk.case(number)
    assert (after.waiting, after.service) == (before.waiting, before.service)
    assert after.lease is not None
    assert after.lease.left is not None
    await desk.passes(hours=25)
    assert (await desk.case(number)).waiting is None
    assert (await desk.kinds(number))[-1] in ("woken", "lease_warned", "sla_warned", "sla_missed", "lapsed")


async def test_what_woke_it_meanwhile_has_woken_it(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"wait {number} customer 2h", from_="ben")
    resting = await desk.case(number)
    await desk.hears(f"resolve {number}", from_="ben")
    await desk.passes(hours=5)
    await desk.hears(f"undo {number}", from_="ben")
    case = await desk.case(number)
    assert case.waiting is None
    assert case.service.resolve_left is None
    assert [rest.until for rest in case.service.rests] == [resting.waiting.until]  # type: ignore[union-attr]


async def test_an_escalation_that_it_ended_climbs_on(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number} he calls the papers", from_="gil")
    climbs = (await desk.case(number)).escalation.climb_at  # type: ignore[union-attr]
    await desk.hears(f"dismiss {number} spam", from_="ben")
    assert not (await desk.case(number)).escalating
    await desk.hears(f"undo {number}", from_="ben")
    case = await desk.case(number)
    assert case.escalating
    assert case.escalation is not None
    assert case.escalation.climb_at == climbs
    pages = len(case.escalation.pages)
    await desk.passes(hours=2)
    assert len((await desk.case(number)).escalation.pages) > pages  # type: ignore[union-attr]


async def test_an_offer_that_resolve_withdrew_is_said_not_made_again(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"handoff {number} sales wants ten", from_="ben")
    await desk.hears(f"resolve {number}", from_="ben")
    said = await desk.says(f"undo {number}", from_="ben")
    assert (await desk.case(number)).offer is None
    assert "The offer to Sales was withdrawn with it" in said


async def test_an_accepted_handoff_goes_back_and_both_sides_hear_of_it(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    before = await desk.case(number)
    await desk.hears(f"handoff {number} sales wants ten", from_="ben")
    answer = await desk.hears(f"accept {number}", from_="gil")
    assert f"undo {number}" in words_on(answer)
    assert f"undo {number}" in words_on(await desk.card(number, "support"))
    await desk.hears(f"note {number} sorry, that was meant for another case", from_="dana")
    assert (await desk.kinds(number))[-1] == "noted"  # by neither side: it contradicts nothing
    await desk.hears(f"undo {number}", from_="ana")  # leads the giving department
    case = await desk.case(number)
    assert (case.department, case.owner, case.handoffs, case.offer) == ("support", BEN, 0, None)
    assert case.service == before.service
    assert "took back the handoff to Sales" in text_of((await desk.direct("gil"))[-1])
    assert "took back the handoff to Sales" in text_of((await desk.direct("ben"))[-1])
    assert "took back" in text_of((await desk.direct("finn"))[-1])
    assert "is with Support" in text_of(await desk.card(number, "sales"))
    assert f"resolve {number}" in words_on(await desk.card(number, "support"))


async def test_once_the_receiver_works_on_it_people_talk(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.hears(f"accept {number}", from_="gil")
    await desk.hears(f"note {number} I called them", from_="gil")
    said = await desk.says(f"undo {number}", from_="ana")
    assert "Talk to Gil Park" in said
    answer = await desk.hears(f"undo {number}", from_="gil")
    assert f"handoff {number} support" in words_on(answer)
    assert (await desk.case(number)).department == "sales"


async def test_a_customer_who_writes_again_has_reopened_it(desk: Story) -> None:
    number = await desk.mention("My parcel never came.", handle="sally")
    await desk.hears(f"dismiss {number} spam", from_="ben")
    await desk.mention("Hello? My parcel!", handle="sally")
    said = await desk.says(f"undo {number}", from_="ben")
    assert f"Case {number} is open already: the customer wrote again" in said


async def test_who_may(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"dismiss {number} spam", from_="ben")
    answer = await desk.hears(f"undo {number}", from_="hana")
    assert "Only Ben Okafor or a lead can take back the dismissal" in text_of(answer)
    assert f"undo {number}" not in words_on(await desk.hears(f"show {number}", from_="hana"))
    assert f"undo {number}" in words_on(await desk.hears(f"show {number}", from_="ana"))
    await desk.hears(f"undo {number}", from_="ana")
    assert not (await desk.case(number)).closed


async def test_after_a_day_it_is_too_late(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"dismiss {number} spam", from_="ben")
    await desk.passes(hours=24)
    answer = await desk.hears(f"undo {number}", from_="ben")
    assert "more than 24 hours" in text_of(answer)
    assert words_on(answer) == [f"reopen {number}"]
    assert f"undo {number}" not in words_on(await desk.hears(f"show {number}", from_="ben"))
    assert "that can still be taken back" in await desk.says("undo", from_="ben")


async def test_nothing_to_take_back(desk: Story) -> None:
    number = await desk.mention()
    assert "can be taken back" in await desk.says(f"undo {number}", from_="ben")


async def test_alone_it_takes_back_my_own_newest_act(desk: Story) -> None:
    first, second, third = [await desk.mention() for _ in range(3)]
    await desk.hears(f"dismiss {first} spam", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"resolve {second}", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"resolve {third}", from_="ana")
    said = await desk.says("undo", from_="ben", id="one-press")
    assert str(second) in said
    assert "took back the resolution" in said
    assert await desk.says("undo", from_="ben", id="one-press") == ""  # delivered twice, done once
    assert (await desk.case(first)).closed
    await desk.hears("undo", from_="ben")
    assert not (await desk.case(first)).closed
    assert (await desk.case(third)).closed


async def test_in_a_cases_thread_that_case_is_meant(desk: Story) -> None:
    first, second = await desk.mention(), await desk.mention()
    await desk.hears(f"dismiss {first} spam", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"dismiss {second} spam", from_="ben")
    await desk.hears("undo", from_="ben", in_="support", thread=first)
    assert not (await desk.case(first)).closed
    assert (await desk.case(second)).closed


async def test_a_merge_is_taken_back_before_what_was_done_earlier(desk: Story) -> None:
    first, second = (
        await desk.mention("My parcel never came."),
        await desk.mention("A different matter: tea."),
    )
    await desk.hears(f"claim {first}", from_="ana")
    await desk.hears(f"handoff {first} sales", from_="ana")
    await desk.hears(f"accept {first}", from_="gil")
    await desk.passes(minutes=1)
    third = await desk.mention("Something else, lamps.")
    await desk.hears(f"dismiss {third} spam", from_="ana")
    await desk.passes(minutes=1)
    fourth = await desk.mention("And soap, at last.")
    await desk.hears(f"merge {second} into {fourth} one matter", from_="ana")
    assert (await desk.case(second)).merged_into == fourth
    await desk.hears("undo", from_="ana")
    assert (await desk.case(second)).merged_into is None
    assert (await desk.case(third)).closed
    await desk.hears("undo", from_="ana")
    assert not (await desk.case(third)).closed
    await desk.hears(f"merge {second} into {fourth} one matter", from_="ana")
    await desk.hears(f"undo {second}", from_="ana")  # by the number of either
    assert (await desk.case(second)).merged_into is None


async def test_whoever_left_meanwhile_does_not_get_it_back(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        number = await desk.mention()
        await desk.hears(f"claim {number}", from_="ben")
        await desk.hears(f"dismiss {number} spam", from_="ben")
    async with a_desk(tmp_path, time=time, policy=_without(BEN)) as desk:
        await desk.hears(f"undo {number}", from_="ana")
        case = await desk.case(number)
    assert (case.state.value, case.owner, case.lease) == ("open", None, None)


def _without(who: str) -> Policy:
    policy = test_policy()
    people = {each.id: each for each in policy.people.values() if each.id != PersonId(who)}
    return replace(policy, people=Roster(people))
