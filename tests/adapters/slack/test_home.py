"""App Home: each person's desk, when they open it and when they act in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.views import View
from structlog.testing import capture_logs

from bot.ports import Down, SlowDown
from tests.adapters.slack.listening import Office, an_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as made:
        yield made


def published(office: Office) -> list[tuple[str, str]]:
    """(user, everything readable) of each Home tab, oldest first; each one is what Slack takes."""
    shown = []
    for method, told in office.api.calls:
        assert method == "views.publish"
        View(**told["view"]).to_dict()
        assert len(told["view"]["blocks"]) <= 100
        shown.append((told["user_id"], "\n".join(texts(told["view"]["blocks"]))))
    office.api.calls.clear()
    return shown


def texts(part: Any) -> list[str]:
    if isinstance(part, Mapping):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for each in part.values() for text in texts(each)]
    return [text for each in part for text in texts(each)] if isinstance(part, list) else []


async def test_opening_the_tab_shows_ones_desk(office: Office) -> None:
    mine, free = await office.story.mention(), await office.story.mention("Where is my parcel now?")
    await office.story.hears(f"claim {mine}", from_="ben")
    await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="home")
    ((user, said),) = published(office)
    assert user == "U0BEN"
    for part in (
        "Your desk, Ben Okafor",
        "Your claims",
        "Unclaimed",
        f"{free} ·",
        "on call: Ana Ruiz",
        "Resolve",
    ):
        assert part in said


async def test_it_speaks_by_the_persons_own_clock(office: Office) -> None:
    await office.told("app_home_opened", user="U0HANA", channel="D0HANA", tab="home")
    ((_, said),) = published(office)
    assert "As of 18:00" in said  # Tokyo, at 09:00 UTC


async def test_the_other_tab_is_no_matter(office: Office) -> None:
    await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="messages")
    assert published(office) == []


async def test_nobody_of_ours_reads_why(office: Office) -> None:
    await office.told("app_home_opened", user="U0GUEST", channel="D0GUEST", tab="home")
    ((user, said),) = published(office)
    assert (user, said) == ("U0GUEST", "Nobody here knows you: ask Ira Lind.")


async def test_a_full_desk_fits(office: Office) -> None:
    for number in range(12):
        await office.story.mention(f"Where is parcel {number}? " + "x" * 400, settle=number == 11)
    await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="home")
    assert len(published(office)) == 1


async def test_asked_twice_at_once_the_newest_state_is_last(office: Office) -> None:
    """However slow Slack is: an older page never arrives after a newer one."""
    case, gate, ben = await office.story.mention(), asyncio.Event(), office.story.person("ben")
    call = office.api.call

    async def slowly(*args: Any, **more: Any) -> Mapping[str, Any]:
        await gate.wait()
        return await call(*args, **more)

    office.api.call = slowly  # type: ignore[method-assign]  # a slow network
    first = asyncio.create_task(office.home.publish("U0BEN", ben))
    await asyncio.sleep(0.05)
    await office.story.hears(f"claim {case}", from_="ben")
    others = [asyncio.create_task(office.home.publish("U0BEN", ben)) for _ in range(3)]
    await asyncio.sleep(0.05)
    gate.set()
    await asyncio.gather(first, *others)
    shown = published(office)
    assert len(shown) == 2
    assert "Your claims" not in shown[0][1]
    assert "Your claims" in shown[1][1]


@pytest.mark.parametrize("trouble", [Down("away"), SlowDown(timedelta(seconds=1))])
async def test_what_slack_does_not_take_is_logged_and_the_next_works(
    office: Office, trouble: Exception
) -> None:
    office.api.troubles.append(trouble)  # type: ignore[arg-type]  # both are ChatErrors
    with capture_logs() as logs:
        await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="home")
    assert [log["log_level"] for log in logs if "Home" in log["event"]] == ["warning"]
    await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="home")
    assert len(published(office)) == 2


async def test_when_slack_does_not_say_who_it_is_nothing_is_shown(office: Office) -> None:
    office.directory.troubles.append(Down("away"))
    with capture_logs() as logs:
        await office.told("app_home_opened", user="U0BEN", channel="D0BEN", tab="home")
    assert published(office) == []
    assert any("whose Home" in log["event"] for log in logs)
