"""Near-copies: a surge is one case with a count; what must stand out stands out; one cause makes one page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.case import Case
from bot.domain.parts import State
from bot.policy.model import Surge
from bot.ports import CaseFilter, Incoming, Origin
from tests.desk import Story, Time, a_desk, test_policy, text_of, words_on

DOWN = "The checkout is down again, I cannot pay for my order {n}. @kettleco https://t.co/{n}"
SUE = "The checkout is down again, I cannot pay for my order {n}. My lawyer will sue you."
POLICY = replace(test_policy(), surge=Surge(copies=5, within=timedelta(minutes=60), escalate=10))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Story]:
    async with a_desk(tmp_path, policy=POLICY) as story:
        yield story


def post(desk: Story, n: int, text: str = DOWN, **fields: object) -> Incoming:
    given: dict[str, object] = {
        "source": "x",
        "external_id": f"p{n}",
        "community": "x-kettle",
        "created_at": desk.now,
        "handle": f"author{n}",
        "text": text.format(n=n),
    }
    return Incoming(**{**given, **fields})  # type: ignore[arg-type]


async def arrive(desk: Story, *posts: Incoming) -> None:
    await desk.desk.store.intake.append(list(posts))
    await desk.settles()


async def copies(desk: Story, count: int, *, start: int = 0, text: str = DOWN) -> None:
    for n in range(start, start + count):
        await arrive(desk, post(desk, n, text))


async def everything(desk: Story) -> list[Case]:
    async with desk.desk.store.work(Origin()) as work:
        found = await work.cases.find(CaseFilter(states=tuple(State)), limit=500)
    return sorted(found, key=lambda case: case.id)


async def test_the_fifth_near_copy_makes_one_case_of_all(desk: Story) -> None:
    await copies(desk, 4)
    assert [case.state for case in await everything(desk)] == [State.OPEN] * 4
    await desk.passes(minutes=11, seconds=30)
    await copies(desk, 2, start=4)
    first, *others = await everything(desk)
    assert (first.mentions, first.surging, len(first.absorbed)) == (6, True, 3)
    assert [case.merged_into for case in others] == [first.id] * 3
    assert "latest of" not in text_of(await desk.card(first.id, "support")), (
        "busy cards change every five seconds"
    )
    await desk.passes(seconds=6)
    shown = text_of(await desk.card(first.id, "support"))
    assert "latest of 6" in shown and "a surge since 09:00 GMT: 6 posts say nearly the same" in shown
    assert "one by one" in shown
    history = await desk.says(f"show {first.id}", from_="ana")
    assert f"nearly the same words as case {first.id}, 100 %, 6 within 12 minutes" in history
    assert f"Baton merged case {others[0].id} into it: nearly the same words" in history
    for case in others:
        small = await absorbed_card(desk, case.id)
        assert f"{case.id} was merged into {first.id}" in text_of(small)
        assert words_on(small) == [f"undo {case.id}", f"show {first.id}"]


async def absorbed_card(desk: Story, number: int):  # type: ignore[no-untyped-def]
    cards = await desk.channel("support")
    (card,) = [card for card in cards if text_of(card).startswith(f"{number} was merged")]
    return card


async def test_two_batches_or_one_make_no_difference(desk: Story) -> None:
    await arrive(desk, *(post(desk, n) for n in range(40)))
    first, *others = await everything(desk)
    assert first.mentions == 40 and len(others) == 3


async def test_after_a_restart_the_surge_goes_on(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, policy=POLICY, time=time) as before:
        await copies(before, 3)
    async with a_desk(tmp_path, policy=POLICY, time=time) as after:
        await copies(after, 3, start=3)
        first, *_ = await everything(after)
        assert first.mentions == 6
    async with a_desk(tmp_path, policy=POLICY, time=time) as again:
        await copies(again, 1, start=6)
        assert (await again.case(first.id)).mentions == 7


async def test_what_came_outside_the_window_does_not_count(desk: Story) -> None:
    for n in range(6):
        await arrive(desk, post(desk, n))
        await desk.passes(minutes=16)
    assert all(case.merged_into is None for case in await everything(desk))


async def test_a_surge_goes_on_as_long_as_copies_come(desk: Story) -> None:
    await copies(desk, 5)
    for n in range(5, 9):
        await desk.passes(minutes=50)
        await arrive(desk, post(desk, n))
    first, *_ = await everything(desk)
    assert first.mentions == 9


async def test_what_somebody_works_on_stays_with_them_and_is_told(desk: Story) -> None:
    await copies(desk, 3)
    first, second, third = await everything(desk)
    await desk.hears(f"claim {second.id}", from_="ben")
    await desk.hears(f"note {third.id} I know this customer", from_="ana")
    await copies(desk, 2, start=3)
    first = await desk.case(first.id)
    assert len(first.absorbed) == 1
    for number in (second.id, third.id):
        case = await desk.case(number)
        assert case.merged_into is None and case.akin_to == first.id
        assert f"Says the same as: case {first.id}" in text_of(await desk.card(number, "support"))
    assert (await desk.case(second.id)).owner is not None


async def test_a_marked_post_never_joins_nor_is_hidden(desk: Story) -> None:
    await copies(desk, 6)
    await arrive(desk, post(desk, 99, SUE))
    first, threat = (await everything(desk))[0], (await everything(desk))[-1]
    assert first.mentions == 6
    assert (threat.department, threat.priority.value, threat.escalating) == ("legal", "P1", True)
    assert threat.akin_to == first.id and threat.mentions == 1
    assert "sue you" in text_of(await desk.card(threat.id, "legal"))
    assert "marked legal, it is never merged" in await desk.says(f"show {threat.id}", from_="cleo")


async def test_the_same_threat_by_many_pages_once_and_when_it_is_a_surge(desk: Story) -> None:
    await copies(desk, 12, text=SUE)
    cases = await everything(desk)
    assert len(cases) == 12 and all(case.merged_into is None for case in cases)
    assert [n for n, case in enumerate(cases, 1) if case.escalation] == [1, 5, 10]


async def test_a_large_surge_pages_once_and_again_when_it_doubles(desk: Story) -> None:
    await copies(desk, 9)
    first = (await everything(desk))[0]
    assert first.escalation is None
    await copies(desk, 6, start=9)
    case = await desk.case(first.id)
    assert case.escalating and case.escalation is not None
    assert case.escalation.why.startswith("10 near-copies within 1 minute")
    assert len(case.escalation.pages) == 1
    await copies(desk, 6, start=15)
    again = await desk.case(first.id)
    assert again.escalation is not None and len(again.escalation.pages) == 2
    assert again.escalation.why.startswith("20 near-copies")


async def test_a_new_kind_in_a_paged_surge_is_told(desk: Story) -> None:
    await copies(desk, 10)
    first = (await everything(desk))[0]
    await desk.hears(f"claim {first.id}", from_="ana")
    assert not (await desk.case(first.id)).escalating
    reporter: dict[str, Any] = {"bio": "journalist", "followers": 50_000}
    await arrive(desk, post(desk, 50, **reporter))
    case = await desk.case(first.id)
    assert case.escalating and case.escalation is not None and "press" in case.escalation.why
    await desk.hears(f"ack {first.id}", from_="ana")
    await arrive(desk, post(desk, 51, **reporter))
    assert "case" in case.escalation.why and (await desk.case(first.id)).escalation.acked_by is not None  # type: ignore[union-attr]


async def test_reposts_are_counted_and_open_nothing(desk: Story) -> None:
    await arrive(desk, post(desk, 1))
    for n in range(12):
        await arrive(desk, post(desk, 100 + n, "RT @author1: " + DOWN.format(n=1)))
    (case,) = await everything(desk)
    assert (case.reposts, case.mentions) == (12, 1)
    await desk.passes(seconds=6)
    assert "+12 reposts" in text_of(await desk.card(case.id, "support"))
    await arrive(desk, post(desk, 200, "Same for me", in_reply_to="p100"))
    assert (await desk.case(case.id)).mentions == 2


async def test_short_thanks_are_no_surge(desk: Story) -> None:
    await copies(desk, 8, text="Thank you! {n}")
    assert len(await everything(desk)) == 8


async def test_replies_below_our_own_post_are_each_their_own(desk: Story) -> None:
    own = post(
        desk, 1, "Win a kettle! Tell us about your favourite tea.", external_id="campaign", handle="kettleco"
    )
    await arrive(desk, own)
    answers = [
        "Mine is Earl Grey with milk",
        "My refund is still missing, by the way",
        "Camomile, always camomile",
    ]
    for n, text in enumerate(answers, 10):
        await arrive(desk, post(desk, n, text, in_reply_to="campaign", thread="campaign"))
    cases = await everything(desk)
    assert [case.mentions for case in cases] == [1, 1, 1]
    await desk.passes(hours=3)
    await arrive(
        desk, post(desk, 20, "Any news?", in_reply_to="campaign", thread="campaign", handle="author11")
    )
    await arrive(
        desk, post(desk, 21, "We will look into it", in_reply_to="p11", thread="campaign", handle="kettleco")
    )
    again = await desk.case(cases[1].id)
    assert again.mentions == 2 and again.service.responded_at is not None


async def test_the_owner_of_a_surge_is_not_told_of_every_copy(desk: Story) -> None:
    await copies(desk, 5)
    first = (await everything(desk))[0]
    await desk.hears(f"claim {first.id}", from_="ben")
    before = len(await desk.direct("ben"))
    await copies(desk, 4, start=5)
    assert len(await desk.direct("ben")) == before


async def test_a_digest_counts_a_surge_once(desk: Story) -> None:
    await copies(desk, 6)
    async with desk.desk.store.work(Origin()) as work:
        told = await work.tallies.between(
            "support", desk.now - timedelta(hours=1), desk.now + timedelta(hours=1)
        )
    assert (told.opened, told.dismissed, sum(told.by_hour)) == (1, 0, 1)


async def test_a_copy_lets_a_resting_surge_rest_and_reopens_a_resolved_one(desk: Story) -> None:
    await copies(desk, 5)
    first = (await everything(desk))[0]
    await desk.hears(f"claim {first.id}", from_="ben")
    await desk.hears(f"snooze {first.id} 3h", from_="ben")
    await copies(desk, 1, start=5)
    assert (await desk.case(first.id)).snoozed_until is not None
    await desk.hears(f"resolve {first.id}", from_="ben")
    await copies(desk, 2, start=6)
    case = await desk.case(first.id)
    assert (case.state, case.mentions) == (State.OPEN, 8)
