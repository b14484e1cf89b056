"""A reply is written, read over, approved and published on every platform."""

from __future__ import annotations

from datetime import timedelta

from tests.contracts.room import Room
from tests.contracts.square import quiet
from tests.contracts.test_people import card, mention

FIRST = "We are on it."
BETTER = "We are *on* it, <Sally> & co.\nSorry!"


async def passes(room: Room, seconds: int) -> None:
    room.desk.time.at += timedelta(seconds=seconds)
    await room.settle()


async def test_a_reply_is_changed_in_a_form_and_published_by_a_second_press(room: Room) -> None:
    square = quiet()
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    await room.types("ana", f"reply {case} {FIRST}")
    preview = await room.answered("ana")
    assert FIRST in preview.text and "@kettleco" in preview.text
    assert {"Publish", "Change", "Discard"} <= set(preview.buttons)
    await room.presses("ana", preview, "Change")
    (asked,) = await room.form("ana")
    await room.answers("ana", {asked: BETTER})
    await room.presses("ana", await room.answered("ana"), "Publish")
    await passes(room, 5)
    assert square.tried == []
    await passes(room, 6)
    assert square.texts() == [BETTER]
    await passes(room, 10)
    shown = await card(room, case)
    assert "Our reply" in shown.text
    assert any("square.example/r1" in str(link) for link in shown.links)


async def test_a_reply_is_stopped_within_its_ten_seconds(room: Room) -> None:
    square = quiet()
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    await room.types("ana", f"reply {case} {FIRST}")
    await room.presses("ana", await room.answered("ana"), "Publish")
    await room.types("ana", f"cancel {case}")
    await passes(room, 30)
    assert square.tried == []


async def test_the_lead_is_asked_in_private_and_approves_by_a_press(room: Room) -> None:
    square = quiet()
    case = await mention(room)
    await room.types("ben", f"claim {case}")
    await room.types("ben", f"reply {case} {FIRST}")
    await room.presses("ben", await room.answered("ben"), "Ask for approval")
    await passes(room, 3)
    (asked,) = [each for each in await room.direct("ana") if FIRST in each.text]
    assert {"Approve and publish", "Edit and approve", "Return"} <= set(asked.buttons)
    await room.presses("ana", asked, "Approve and publish")
    await passes(room, 11)
    assert square.texts() == [FIRST]
