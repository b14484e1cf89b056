"""The hourly word about promises on the verge."""

from __future__ import annotations

from tests.desk import Story, text_of, words_on


async def test_a_dozen_late_cases_are_one_message(desk: Story) -> None:
    numbers = [await desk.mention(f"My parcel {n} never came.") for n in range(12)]
    await desk.passes(hours=3, minutes=10)
    (card,) = await desk.direct("ana")
    assert "Support: 0 late, 12 due within a day" in text_of(card)
    assert f"claim {numbers[0]}" in words_on(card)


async def test_the_next_hour_is_a_new_message(desk: Story) -> None:
    await desk.mention("My parcel never came.")
    await desk.passes(hours=3, minutes=10)
    await desk.passes(hours=1)
    soon, late = await desk.direct("ana")
    assert "1 due within a day" in text_of(soon)
    assert "1 late" in text_of(late)
