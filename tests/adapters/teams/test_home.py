"""The welcome in people's own chats with Baton."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Down
from tests.adapters.teams.front import Front, a_front


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


async def install(front: Front, who: str) -> None:
    await front.teams.install(front.users[who])
    await front.settles()


async def test_who_takes_the_app_is_shown_their_desk_once(front: Front) -> None:
    await install(front, "ben")
    (home,) = front.private("ben")
    assert "Ben Okafor" in home


async def test_an_update_of_the_app_is_no_reason_to_speak(front: Front) -> None:
    told = front.teams.activity(
        "installationUpdate", front.users["ben"], front.teams.direct(front.users["ben"])
    )
    await front.teams.event({**told, "action": "add-upgrade"})
    await front.settles()
    assert front.private("ben") == []


async def test_who_takes_it_back_is_welcomed_again(front: Front) -> None:
    await install(front, "ben")
    await front.teams.uninstall(front.users["ben"])
    await install(front, "ben")
    assert len(front.private("ben")) == 2


async def test_strangers_read_why_they_have_none(front: Front) -> None:
    await install(front, "joe")
    (why,) = front.private("joe")
    assert "joe@elsewhere.example" in why


async def test_nobody_is_welcomed_whom_teams_does_not_name(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def who(_activity: object) -> None:
        raise Down("nobody answers")

    with monkeypatch.context() as patched:
        patched.setattr(front.parts.directory, "who", who)
        await install(front, "ben")
    assert front.private("ben") == []
    await install(front, "ben")
    assert len(front.private("ben")) == 1
