"""A story: a lead merges what does not belong together, customers write on, the desk restarts, and it is taken back."""

from __future__ import annotations

from pathlib import Path

from bot.domain.parts import State
from tests.desk import Story, Time, a_desk, text_of, words_on
from tests.handlers.test_merge import taken_back


async def test_a_wrong_merge_is_undone(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        sally = await desk.mention("My parcel to York never came.", handle="sally", external_id="s1")
        await desk.passes(minutes=20)
        omar = await desk.mention("My parcel arrived, but the kettle leaks.", handle="omar", external_id="o1")
        await desk.hears(f"claim {omar}", from_="ben")
        promised = (await desk.case(sally)).service, (await desk.case(omar)).service
        await desk.hears(f"merge {omar} into {sally} both about parcels", from_="ana")
        assert f"merged it into case {sally}: both about parcels" in text_of((await desk.direct("ben"))[-1])
        await desk.mention("It still leaks!", handle="omar", external_id="o2")
        await told_who_answers(desk, omar, sally)
    async with a_desk(tmp_path, time=time) as desk:
        await desk.passes(hours=1)
        assert (await desk.case(sally)).mentions == 3
        await taken_back(desk, omar, by="ben")
        first, second = await desk.case(sally), await desk.case(omar)
        assert (first.mentions, second.mentions) == (1, 2), "what Omar wrote meanwhile left with his case"
        assert (first.service, second.service) == promised
        assert (second.state, second.owner) == (State.CLAIMED, desk.person("ben").id)
        assert "It still leaks!" in text_of(await desk.card(omar, "support"))
        assert "leaks" not in text_of(await desk.card(sally, "support"))
        assert f"resolve {omar}" in words_on(await desk.card(omar, "support"))
        shown = await desk.says(f"show {omar}", from_="vera")
        assert f"Ana Ruiz merged it into case {sally}" in shown and "Ben Okafor separated it" in shown
        await desk.mention("Thanks, a new one came.", handle="omar", in_reply_to="o2")
        assert (await desk.case(omar)).mentions == 3


async def told_who_answers(desk: Story, merged: int, into: int) -> None:
    said = await desk.says(f"resolve {merged}", from_="ben")
    assert f"Case {merged} was merged into case {into}" in said
