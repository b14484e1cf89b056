"""Tags: a few words by which a case is found again."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Button
from tests.desk import Story, buttons_of, text_of


async def test_they_stand_on_the_card_and_are_found(desk: Story) -> None:
    number, other = await desk.mention(), await desk.mention("Refunded twice? #refund")
    await desk.hears(f"tag {number} #Refund, Late-Delivery", from_="ben")
    assert (await desk.case(number)).tags == ("refund", "late-delivery")
    assert "Tags: refund, late-delivery" in text_of(await desk.card(number, "support"))
    assert "Ben Okafor tagged it: refund, late-delivery." in await desk.says(f"show {number}", from_="ben")
    found = await desk.says("search #refund", from_="ben")
    assert str(number) in found
    assert str(other) in found  # the hashtag in its post
    assert str(number) in await desk.says("search #Late-Delivery parcel", from_="ben")
    await desk.hears(f"tag {number} -refund", from_="ben")
    assert (await desk.case(number)).tags == ("late-delivery",)
    assert str(number) not in await desk.says("search #refund", from_="ben")
    assert "took away the tag refund" in await desk.says(f"show {number}", from_="ben")


async def test_twice_the_same_changes_nothing(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"tag {number} refund", from_="ben")
    await desk.hears(f"tag {number} REFUND -unknown", from_="ben")
    assert (await desk.kinds(number)).count("tagged") == 1


async def test_what_is_no_tag(desk: Story) -> None:
    number = await desk.mention()
    assert "is no tag" in await desk.says(f"tag {number} re/fund", from_="ben")
    assert "is no tag" in await desk.says(f"tag {number} {'x' * 31}", from_="ben")
    assert "Say which tags" in await desk.says(f"tag {number}", from_="ben")
    many = " ".join(f"t{n}" for n in range(21))
    assert "more than 20 tags" in await desk.says(f"tag {number} {many}", from_="ben")
    assert (await desk.case(number)).tags == ()


async def test_who_may_and_closed_cases_too(desk: Story) -> None:
    number = await desk.mention()
    assert "You may not tag" in await desk.says(f"tag {number} refund", from_="vera")
    await desk.hears(f"take {number}", from_="dana")
    await desk.hears(f"tag {number} refund", from_="dana")  # whoever holds it may
    await desk.hears(f"resolve {number}", from_="dana")
    await desk.hears(f"tag {number} hot", from_="ben")
    assert (await desk.case(number)).tags == ("refund", "hot")


async def test_the_form_names_what_is_in_use_here(desk: Story) -> None:
    first, second, third = [await desk.mention() for _ in range(3)]
    sales = await desk.mention("What is the price?")
    await desk.hears(f"tag {first} late refund", from_="ben")
    await desk.hears(f"tag {second} refund", from_="ben")
    await desk.hears(f"tag {sales} quote", from_="gil")
    assert await _hint(desk, third) == "In use here: refund, late"
    await desk.passes(timedelta(days=31))
    assert "refund" not in await _hint(desk, third)


async def _hint(desk: Story, number: int) -> str:
    detail = await desk.hears(f"show {number}", from_="ben")
    (button,) = [b for b in buttons_of(detail) if isinstance(b, Button) and b.words == f"tag {number}"]
    (field,) = button.fields
    return str(field.hint)  # type: ignore[union-attr]
