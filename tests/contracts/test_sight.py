"""A case that is restricted shrinks in every chat, where it was shown before, and cannot be worked on from there."""

from __future__ import annotations

from tests.contracts.room import Room
from tests.contracts.test_people import card, mention

SECRET = "The zebra kettle burned my flat, parcel included."


async def test_a_card_is_edited_down_and_its_buttons_are_gone(room: Room) -> None:
    case = await mention(room, SECRET)
    await room.types("ana", f"handoff {case} pr")
    before = await card(room, case, "pr")
    assert "zebra" in before.text
    await room.types("ana", f"restrict {case} to support")
    after = await card(room, case, "pr")
    assert after.id == before.id
    assert after.text.strip() == f"{case}, restricted, ask Support" and after.buttons == ()
    assert "zebra" in (await card(room, case)).text


async def test_it_cannot_be_worked_on_from_there(room: Room) -> None:
    case = await mention(room, SECRET)
    await room.types("ana", f"handoff {case} pr")
    await room.types("ana", f"restrict {case} to support")
    await room.types("cleo", f"accept {case}", department="pr")
    await room.writes("cleo", "what was it about?", below=await card(room, case, "pr"), department="pr")
    assert (await room.desk.case(case)).department == "support"
    assert "noted" not in await room.desk.kinds(case)
    told = await room.whispers("cleo", department="pr")
    assert "zebra" not in "".join(told)
    assert any(f"{case} is restricted. Ask Support" in said for said in told)
