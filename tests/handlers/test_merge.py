"""`merge`, `split` and the way back: what people do with cases that belong together, or do not."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Button, Card, Choice
from bot.domain.parts import Priority, State
from bot.policy.actors import actor_of
from bot.ports import Origin, Place
from bot.router import Call
from handlers.work.merge import take_back_merge
from tests.desk import Story, buttons_of, text_of, words_on

OTHER = "The parcel shop at the corner was closed, again."


async def two(desk: Story) -> tuple[int, int]:
    first = await desk.mention(handle="sally", external_id="sally-1")
    return first, await desk.mention(OTHER, handle="omar", external_id="omar-1")


async def taken_back(desk: Story, number: int, *, by: str = "ben") -> None:
    """As `undo` does it."""
    person = desk.person(by)
    call = Call(
        id=None,
        verb="undo",
        actor=actor_of(desk.desk.policy, person, desk.now),
        place=Place(platform="web", conversation=f"@{person.id}", person=person.id),
        now=desk.now,
        policy=desk.desk.policy,
        store=desk.desk.store,
        person=person,
    )
    await take_back_merge(call, await desk.case(number))
    await desk.settles()


def posts_on(card: Card | None) -> list[tuple[str, str]]:
    (split,) = [one for one in buttons_of(card) if isinstance(one, Button) and one.words.startswith("split")]
    (pick,) = split.fields
    assert isinstance(pick, Choice)
    return list(pick.options)


async def test_one_case_answers_for_both(desk: Story) -> None:
    first, second = await two(desk)
    answer = await desk.says(f"merge {second} into {first} the same driver", from_="ana")
    assert "latest of 2" in answer and f"case {second} merged into it" in answer
    target, gone = await desk.case(first), await desk.case(second)
    assert (target.mentions, target.absorbed, gone.merged_into) == (2, (second,), first)
    async with desk.desk.store.work(Origin()) as work:
        assert [mention.author.handle for mention in await work.mentions.of(first)] == ["omar", "sally"]
    shown = await desk.says(f"show {first}", from_="vera")
    assert f"Ana Ruiz merged case {second} into it: the same driver." in shown
    assert f"({second}) Filed with Support" in shown and OTHER in shown
    small = [
        card for card in await desk.channel("support") if text_of(card).startswith(f"{second} was merged")
    ]
    assert len(small) == 1 and words_on(small[0]) == [f"undo {second}", f"show {first}"]
    assert f"{second} was merged into {first}" in await desk.says(f"show {second}", from_="vera")


async def test_commands_on_a_merged_case_name_who_answers(desk: Story) -> None:
    first, second = await two(desk)
    await desk.hears(f"merge {second} {first}", from_="ana")
    for words in (
        "claim",
        "note",
        "resolve",
        "dismiss",
        "take",
        "snooze",
        "reopen",
        "escalate",
        "priority",
        "handoff",
    ):
        more = {"note": "hello", "snooze": "1h", "priority": "P1", "handoff": "pr", "escalate": "fire"}.get(
            words, ""
        )
        said = await desk.says(f"{words} {second} {more}".strip(), from_="ana")
        assert f"was merged into case {first}" in said, words
    assert (await desk.kinds(second))[-1] == "merged_into"


async def test_what_cannot_be_merged(desk: Story) -> None:
    first, second = await two(desk)
    price = await desk.mention("What is the price of a kettle?", handle="gus")
    assert "may not merge" in await desk.says(f"merge {second} into {first}", from_="ben")
    assert "cannot be merged into itself" in await desk.says(f"merge {first} {first}", from_="ana")
    assert "may not merge in Sales" in await desk.says(f"merge {price} {first}", from_="ana")
    assert "no case 4711" in await desk.says(f"merge {first} into 4711", from_="ana")
    await desk.hears(f"resolve {second}", from_="ana")
    assert f"Case {second} is resolved" in await desk.says(f"merge {second} into {first}", from_="ana")
    assert (await desk.case(first)).absorbed == ()


async def test_whoever_had_it_is_told_and_nothing_of_it_runs_on(desk: Story) -> None:
    first, second = await two(desk)
    await desk.hears(f"claim {second}", from_="ben")
    await desk.hears(f"consult {second} legal may we say so?", from_="ben")
    await desk.hears(f"escalate {second} angry", from_="ben")
    await desk.hears(f"merge {second} into {first}", from_="ana")
    case = await desk.case(second)
    assert not case.escalating and case.lease is None and case.consults == ()
    assert f"merged it into case {first}" in text_of((await desk.direct("ben"))[-1])
    before = await desk.kinds(second)
    await desk.passes(hours=30)
    assert await desk.kinds(second) == before


async def test_threads_and_authors_lead_on_to_who_answers(desk: Story) -> None:
    first, second = await two(desk)
    await desk.hears(f"merge {second} into {first}", from_="ana")
    await desk.mention("Hello?", handle="omar")
    await desk.mention("Same here", in_reply_to="omar-1", handle="pia")
    case = await desk.case(first)
    assert (case.mentions, (await desk.case(second)).mentions) == (4, 3)
    assert (await desk.kinds(first))[-2:] == ["joined", "joined"]
    await taken_back(desk, second)
    assert ((await desk.case(first)).mentions, (await desk.case(second)).mentions) == (1, 3)
    await desk.mention("Well?", in_reply_to="omar-1", handle="omar")
    assert (await desk.case(second)).mentions == 4


async def test_taken_back_both_are_what_they_were(desk: Story) -> None:
    first, second = await two(desk)
    urgent = await desk.mention("urgent: my parcel burns", handle="eva")
    await desk.hears(f"claim {second}", from_="ben")
    before = await desk.case(first)
    await desk.hears(f"merge {second} {first}", from_="ana")
    await desk.hears(f"merge {urgent} {first}", from_="ana")
    assert (await desk.case(first)).priority is Priority.P2
    await desk.passes(hours=1)
    await taken_back(desk, first)
    await taken_back(desk, first)
    case, other = await desk.case(first), await desk.case(second)
    assert (case.priority, case.service, case.mentions) == (before.priority, before.service, 1)
    assert (other.state, other.owner) == (State.CLAIMED, desk.person("ben").id)
    assert other.lease is not None and other.lease.until > desk.now
    assert (await desk.kinds(second))[-1] == "separated"
    assert "Priority: P2" in text_of(await desk.card(urgent, "support"))


async def test_a_chain_leads_to_the_end_and_parts_in_its_order(desk: Story) -> None:
    first, second = await two(desk)
    third = await desk.mention("Who can tell me about this parcel?", handle="gus", external_id="gus-1")
    await desk.hears(f"merge {third} {second}", from_="ana")
    await desk.hears(f"merge {second} {first}", from_="ana")
    assert (await desk.case(third)).merged_into == first
    await desk.mention("Anyone?", in_reply_to="gus-1", handle="gus")
    assert (await desk.case(first)).mentions == 4
    await taken_back(desk, second)
    assert (await desk.case(third)).merged_into == second
    assert ((await desk.case(first)).mentions, (await desk.case(second)).mentions) == (1, 3)


async def test_split_takes_the_latest_or_a_picked_post_out(desk: Story) -> None:
    number = await desk.mention(external_id="root", handle="sally")
    await desk.mention("My lawyer will hear of it", in_reply_to="root", handle="omar")
    await desk.mention("Me too", in_reply_to="root", handle="pia")
    picks = posts_on(await desk.hears(f"show {number}", from_="ana"))
    assert [label for _, label in picks] == [
        "pia: Me too",
        "omar: My lawyer will hear of it",
        "sally: My parcel never came.",
    ]
    assert "may not split" in await desk.says(f"split {number}", from_="ben")
    said = await desk.says(f"split {number} {picks[1][0]}", from_="cleo")
    assert "may not split" in said or "Legal" in said
    await desk.hears(f"split {number}", from_="ana")
    case = await desk.case(number)
    assert case.mentions == 2
    async with desk.desk.store.work(Origin()) as work:
        threads = await work.cases.threads(["author:x-kettle:x:pia"])
    new = await desk.case(threads["author:x-kettle:x:pia"].case_id)
    assert (new.mentions, new.linked_to, new.alone, new.id != number) == (1, number, True, True)
    assert await desk.mention("Hello?", handle="pia") == new.id
    assert "no post “9999”" in await desk.says(f"split {number} 9999", from_="ana")


async def test_a_single_post_cannot_be_split(desk: Story) -> None:
    assert "single post" in await desk.says(f"split {await desk.mention()}", from_="ana")


async def test_to_split_a_merged_post_is_to_part_the_cases_however_late(desk: Story) -> None:
    first, second = await two(desk)
    await desk.hears(f"merge {second} {first}", from_="ana")
    desk.time.at += timedelta(days=3)
    await desk.hears(f"split {first}", from_="ana")
    assert (await desk.case(second)).merged_into is None
    assert (await desk.case(first)).absorbed == ()
