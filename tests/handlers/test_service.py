"""The promise to the customer."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import Story, text_of

ANA, FINN = "ana@kettle.example", "finn@kettle.example"


async def test_an_urgent_case_escalates_before_its_promise_breaks(desk: Story) -> None:
    number = await desk.mention("urgent: what is the price")
    await desk.passes(minutes=44)
    assert not (await desk.case(number)).escalating
    await desk.passes(minutes=1)
    case = await desk.case(number)
    assert case.escalation is not None
    assert (case.escalation.policy, case.escalation.why) == ("calm", "its first response is due at 10:00 GMT")
    assert [page.person for page in case.escalation.pages] == [FINN]
    await desk.passes(minutes=15)
    kinds = await desk.kinds(number)
    assert (kinds.count("sla_warned"), kinds.count("sla_missed"), kinds.count("escalated")) == (1, 1, 1)


async def test_a_calm_case_only_warns(desk: Story) -> None:
    number = await desk.mention()
    await desk.passes(hours=3)
    assert (await desk.kinds(number))[-1] == "sla_warned"
    assert not (await desk.case(number)).escalating
    assert len(await desk.direct("ana")) == 1
    await desk.passes(hours=1)
    assert (await desk.kinds(number))[-1] == "sla_missed"
    await desk.passes(hours=4)
    assert (await desk.kinds(number)).count("sla_missed") == 1


async def test_an_answered_case_has_kept_its_promise(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"wait {number} customer", from_="ben")
    await desk.passes(hours=4)
    assert "sla_warned" not in await desk.kinds(number)
    assert not (await desk.case(number)).escalating


async def test_after_an_outage_a_missed_promise_is_told_once(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    desk.time.at += timedelta(hours=3)
    await desk.settles()
    kinds = await desk.kinds(number)
    assert (kinds.count("sla_warned"), kinds.count("sla_missed")) == (0, 1)
    assert (await desk.case(number)).escalating


async def test_a_calmer_priority_warns_anew(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.passes(minutes=50)
    await desk.hears(f"take {number}", from_="ana")
    await desk.hears(f"priority {number} P3", from_="ana")
    await desk.passes(hours=3)
    assert (await desk.kinds(number)).count("sla_warned") == 2
    assert text_of((await desk.direct("ana"))[-1])
