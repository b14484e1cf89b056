"""The board: all departments at a glance, each reader's own rights obeyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.web.board import board_html
from bot.cards.board import BoardView
from bot.ports import Place
from bot.router import Look
from handlers.look.board import board_view
from tests.desk import Story, a_desk, test_policy, text_of, words_on


async def seen_by(story: Story, name: str) -> BoardView:
    person = story.person(name)
    place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
    store, policy = story.desk.store, story.desk.policy
    return await board_view(Look(place=place, now=story.now, policy=policy, store=store, person=person))


async def test_it_counts_what_waits_where(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        first, second = await story.mention(), await story.mention("A refund, please.", handle="else")
        await story.mention("What is the price?")
        await story.hears(f"claim {first}", from_="ana")
        await story.hears(f"handoff {second} sales yours?", from_="ana")
        await story.hears(f"escalate {first} they call again", from_="ana")
        await story.passes(minutes=40)
        view = {each.name: each for each in (await seen_by(story, "ana")).departments}
    support, sales = view["support"], view["sales"]
    assert (support.unclaimed, support.claimed, support.escalated) == (1, 1, 1)
    assert (sales.unclaimed, sales.offered, sales.oldest) == (1, 1, "40 min")
    assert support.on_call == "Ana Ruiz"
    assert sum(support.today) == 2
    assert support.today[9] == 2
    assert view["legal"].unclaimed == 0


async def test_late_means_that_a_promise_is_broken(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        await story.mention()
        assert (await seen_by(story, "ana")).departments[0].late == 0
        await story.passes(hours=5)
        board = await story.hears("board", from_="ana")
        assert (await seen_by(story, "ana")).departments[0].late == 1
    assert "Support: 1 late" in text_of(board)
    assert "list open support" in words_on(board)


async def test_today_is_held_against_the_same_weekday(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        await story.mention()
        await story.mention("A refund!", handle="else")
        await story.passes(timedelta(days=7, hours=1))
        await story.mention("My parcel again.", handle="third")
        board = await seen_by(story, "ana")
        card = await story.says("board", from_="ana")
    support = board.departments[0]
    assert (support.today[10], sum(support.today)) == (1, 1)
    assert (support.then[9], sum(support.then), len(support.then)) == (2, 2, 24)
    assert board.day == "Monday"
    assert "1 today until now; 2 until the same hour last Monday" in card


async def test_goals_are_those_of_today(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        case = await story.mention()
        await story.hears(f"claim {case}", from_="ana")
        await story.hears(f"resolve {case} answered", from_="ana")
        (goal, _) = (await seen_by(story, "ana")).goals
    assert (goal.reached, goal.decided, goal.kept) == (1, 1, True)
    assert goal.goal == "first response within 1 hour"


async def test_onlookers_and_externals_see_their_own_departments(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        await story.mention("What is the price?")
        await story.mention("The price, elsewhere?", source="reviews")
        names = {
            name: [each.name for each in (await seen_by(story, name)).departments]
            for name in ("vera", "eli", "gil", "dana", "ira")
        }
        eli, gil = await seen_by(story, "eli"), await seen_by(story, "gil")
    assert names["vera"] == ["support"]
    assert names["eli"] == ["sales"]
    assert names["gil"] == names["dana"] == names["ira"] == ["support", "pr", "legal", "sales"]
    # Eli works in one community only, so cases of another are not even counted.
    assert [each.unclaimed for each in eli.departments] == [1]
    assert [sum(each.today) for each in eli.departments] == [1]
    assert [goal.community for goal in eli.goals] == ["X: @kettleco"]
    assert [each.unclaimed for each in gil.departments if each.name == "sales"] == [2]


async def test_restricted_cases_are_counted_and_never_worded(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        case = await story.mention("My lawyer will hear of the secret recipe.")
        await story.hears(f"restrict {case} to legal", from_="cleo")
        board = await story.says("board", from_="gil")
        view = {each.name: each for each in (await seen_by(story, "gil")).departments}
    assert view["legal"].unclaimed == 1
    assert "secret" not in board
    assert str(case) not in board


async def test_it_says_whom_it_leaves_out(tmp_path: Path) -> None:
    policy = test_policy()
    legal = replace(policy.departments["legal"], restricted=True)
    policy = replace(policy, departments={**policy.departments, "legal": legal})
    async with a_desk(tmp_path, policy=policy) as story:
        said = "Without Legal: restricted departments are counted for their own people."
        assert said in await story.says("board", from_="ana")
        assert said in board_html(await seen_by(story, "ana"))
        for whole in ("cleo", "dana"):
            assert "Without" not in await story.says("board", from_=whole)
