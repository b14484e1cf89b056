"""Posts that people bring."""

from __future__ import annotations

import asyncio

from bot.ports import Origin
from tests.desk import Story, text_of

LINK = "https://social.example/p/77"


async def _latest(desk: Story) -> int:
    async with desk.desk.store.work(Origin()) as work:
        threads = await work.cases.threads([f"link:{LINK}"])
    return threads[f"link:{LINK}"].case_id


async def test_anyone_in_the_company_may(desk: Story) -> None:
    said = await desk.says("file My neighbour says her parcel never came", from_="vera")
    assert "her parcel never came" in said
    (card,) = await desk.channel("support")
    assert "her parcel never came" in text_of(card)


async def test_the_rules_hold_for_it_too(desk: Story) -> None:
    await desk.hears(f"file they say they sue you, see {LINK}", from_="gil")
    case = await desk.case(await _latest(desk))
    assert (case.department, case.escalating, case.last_by) == ("legal", True, "desk")


async def test_a_known_link_shows_its_case(desk: Story) -> None:
    number = await desk.mention(url=LINK)
    said = await desk.says(f"file have you seen {LINK}?", from_="gil")
    assert str(number) in said
    assert await desk.kinds(number) == ["opened"]


async def test_the_same_link_twice_is_one_case(desk: Story) -> None:
    await asyncio.gather(
        *(desk.hears(f"file {LINK}", from_=name, settle=False) for name in ("gil", "ben", "ana"))
    )
    await desk.settles()
    assert len(await desk.channel("support")) == 1


async def test_a_post_that_arrives_after_a_person_filed_it_joins(desk: Story) -> None:
    await desk.hears(f"file {LINK}", from_="gil")
    number = await _latest(desk)
    assert await desk.mention(url=LINK, external_id="77") == number
    assert await desk.mention("And?", in_reply_to="77") == number
