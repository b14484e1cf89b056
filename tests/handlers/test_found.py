"""Cases while somebody types or searches: the likely ones first, and never what the reader may not see."""

from __future__ import annotations

from pathlib import Path

from bot.ports import Place
from bot.router import Look
from handlers.look.found import searched_cases, seen_cases, suggested_cases
from tests.desk import Story, a_desk


def look(story: Story, name: str) -> Look:
    person = story.person(name)
    place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
    return Look(place=place, now=story.now, policy=story.desk.policy, store=story.desk.store, person=person)


async def numbers(story: Story, name: str, verb: str, typed: str = "") -> list[int]:
    return [row.number for row in await suggested_cases(look(story, name), verb, typed)]


async def test_what_is_relevant_comes_first(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        free = await story.mention()
        mine = await story.mention("A refund, please.", handle="else")
        theirs = await story.mention("The price?", handle="third")
        await story.hears(f"claim {mine}", from_="ben")
        assert (await numbers(story, "ben", "claim"))[0] == free
        assert (await numbers(story, "ben", "resolve"))[0] == mine
        assert theirs not in await numbers(story, "ben", "claim")
        assert mine not in await numbers(story, "ben", "claim")
        await story.hears(f"handoff {free} sales yours?", from_="ana")
        assert await numbers(story, "finn", "accept") == [free]
        await story.hears(f"resolve {mine} answered", from_="ben")
        assert await numbers(story, "ben", "reopen") == [mine]
        (row,) = await suggested_cases(look(story, "ben"), "show", str(mine))
        assert (row.number, row.said, row.state) == (mine, "A refund, please.", "resolved")


async def test_by_number_and_by_words(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        first = await story.mention()
        second = await story.mention("¿Dónde está mi paquete? refund", handle="marta")
        assert await numbers(story, "ana", "claim", str(second)) == [second]
        assert set(await numbers(story, "ana", "claim", "100")) == {first, second}
        assert await numbers(story, "ana", "claim", "dónde") == [second]
        assert await numbers(story, "ana", "claim", "marta") == [second]
        assert await numbers(story, "ana", "claim", "777") == []
        assert [row.number for row in await searched_cases(look(story, "ana"), "refund")] == [second]
        assert [row.number for row in await searched_cases(look(story, "ana"), str(first))] == [first]


async def test_a_restricted_case_is_never_found_by_who_may_not_see_it(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        case = await story.mention("My lawyer will hear of the secret recipe.")
        assert [row.number for row in await searched_cases(look(story, "gil"), "secret")] == [case]
        await story.hears(f"restrict {case} to legal", from_="cleo")
        for name, sees in (("gil", False), ("ana", False), ("eli", False), ("cleo", True)):
            expected = [case] if sees else []
            assert [row.number for row in await searched_cases(look(story, name), "secret")] == expected
            assert [row.number for row in await searched_cases(look(story, name), str(case))] == expected
            assert await numbers(story, name, "show", "secret") == expected
            assert await numbers(story, name, "show", str(case)) == expected
            assert await seen_cases(look(story, name), [case, 9999]) == frozenset(expected)


async def test_externals_find_their_communities_only(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        mine = await story.mention("The price of ten?")
        other = await story.mention("The price elsewhere?", source="reviews")
        assert [row.number for row in await searched_cases(look(story, "eli"), "price")] == [mine]
        assert await numbers(story, "eli", "show", str(other)) == []
