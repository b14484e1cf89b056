"""What people do to a case and see of it, whatever the platform."""

from __future__ import annotations

import asyncio

from tests.contracts.room import Room, Seen


async def card(room: Room, case: int, department: str = "support") -> Seen:
    """The case's card in that channel; there must be exactly one."""
    place = room.place(department)
    (seen,) = [each for each in await room.main(place) if str(case) in each.text.splitlines()[0]]
    return seen


async def owner(room: Room, case: int) -> str | None:
    return (await room.desk.case(case)).owner


async def count(room: Room, case: int, kind: str) -> int:
    return (await room.desk.kinds(case)).count(kind)


async def mention(room: Room, text: str = "My parcel never came.") -> int:
    case = await room.desk.mention(text)
    await room.settle()
    return case


async def test_a_mention_becomes_a_card_with_something_to_press(room: Room) -> None:
    case = await mention(room)
    seen = await card(room, case)
    assert "My parcel never came." in seen.text and "Claim" in seen.buttons


async def test_a_case_is_claimed_by_words(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    assert await owner(room, case) == "ana@kettle.example"
    seen = await card(room, case)
    assert "Ana Ruiz" in seen.text and "Claim" not in seen.buttons


async def test_a_case_is_claimed_by_a_press(room: Room) -> None:
    case = await mention(room)
    await room.presses("ben", await card(room, case), "Claim")
    assert await owner(room, case) == "ben@kettle.example"
    assert "Ben Okafor" in (await card(room, case)).text


async def test_one_of_two_who_press_at_once_wins_and_the_other_is_told_who(room: Room) -> None:
    case = await mention(room)
    seen = await card(room, case)
    await asyncio.gather(room.presses("ana", seen, "Claim"), room.presses("ben", seen, "Claim"))
    await room.settle()
    winner = await owner(room, case)
    assert winner is not None and await count(room, case, "claimed") == 1
    loser = "ben" if winner.startswith("ana") else "ana"
    winners_name = {"ana": "Ana Ruiz", "ben": "Ben Okafor"}[winner.partition("@")[0]]
    assert winners_name in "\n".join(await room.whispers(loser))


async def test_a_refusal_is_for_the_one_who_asked(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    before = await room.main(room.place("support"))
    await room.types("ben", f"claim {case}")
    told = "\n".join(await room.whispers("ben"))
    assert "Ana Ruiz" in told and await owner(room, case) == "ana@kettle.example"
    assert await room.main(room.place("support")) == before
    assert told not in "\n".join(await room.whispers("ana"))


async def test_words_that_mean_nothing_are_answered_in_private(room: Room) -> None:
    await room.types("ana", "claim the moon")
    assert await room.whispers("ana") and await room.main(room.place("support")) == []


async def test_a_button_that_needs_to_know_more_asks_and_is_answered(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    await room.presses("ana", await card(room, case), "Hand off")
    assert await room.form("ana") == ("To which department?", "What should they know?")
    note = "They write for a newspaper & they are angry: <b>call</b> them."
    await room.answers("ana", {"To which department?": "Press", "What should they know?": note})
    assert await room.form("ana") == ()
    offer = (await room.desk.case(case)).offer
    assert offer is not None and (offer.to, offer.note) == ("pr", note)
    assert "Accept" in (await card(room, case, "pr")).buttons


async def test_another_department_is_asked_and_answers_below_its_own_card(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", f"claim {case}")
    await room.presses("ana", await card(room, case), "Ask")
    asked = {
        "Which department do you ask?": "Press",
        "What do you want to know?": "May we <quote> her & when?",
    }
    assert await room.form("ana") == tuple(asked)
    await room.answers("ana", asked)
    theirs = await card(room, case, "pr")
    assert "May we <quote> her & when?" in theirs.text
    assert {"Answer", "Not ours"} <= set(theirs.buttons) and "Claim" not in theirs.buttons
    await room.writes("cleo", "Not before Friday", below=theirs, department="pr")
    await room.settle()
    assert (await room.desk.case(case)).consults == () and await owner(room, case) == "ana@kettle.example"
    assert await count(room, case, "noted") == 1
    assert "Answer" not in (await card(room, case, "pr")).buttons


async def test_what_is_written_below_a_card_is_a_note(room: Room) -> None:
    case = await mention(room)
    await room.writes(
        "ben", "He called *twice* & is <angry>, see https://x.example/1", below=await card(room, case)
    )
    assert await count(room, case, "noted") == 1
    await room.types("ana", f"show {case}")
    told = "\n".join(await room.whispers("ana"))
    assert "He called *twice* & is <angry>, see https://x.example/1" in told


async def test_a_command_that_comes_again_has_one_effect(able_room: Room) -> None:
    room, case = able_room, await mention(able_room)
    await room.types("ana", f"note {case} they called")
    await room.repeats()
    assert await count(room, case, "noted") == 1


async def test_a_press_that_comes_again_has_one_effect(able_room: Room) -> None:
    room, case = able_room, await mention(able_room)
    await room.presses("ana", await card(room, case), "Claim")
    await room.repeats()
    assert await count(room, case, "claimed") == 1
    assert await room.whispers("ana") == []


async def test_words_in_a_thread_that_come_again_are_one_note(able_room: Room) -> None:
    room, case = able_room, await mention(able_room)
    await room.writes("ben", "they called", below=await card(room, case))
    await room.repeats()
    assert await count(room, case, "noted") == 1
