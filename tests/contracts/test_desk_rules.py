"""What the rules of the desk gave people to say, said and pressed on every platform: one story of each verb."""

from __future__ import annotations

from datetime import timedelta

from tests.contracts.room import Room, Seen
from tests.contracts.test_people import card, count, mention, owner

VAN_ONE, VAN_TWO = "My parcel never came, says van one.", "My parcel never came, says van two."


async def standing(room: Room, case: int, department: str = "support") -> Seen:
    """The message in the channel that began as this case's card, whatever it says by now."""
    begins = str(case)
    (seen,) = [
        each
        for each in await room.main(room.place(department))
        if each.text.lstrip("🔴🟠🟡🟢🔵⚪⚫ \n").startswith(begins)
    ]
    return seen


async def later(room: Room, case: int, department: str = "support") -> str:
    """What the card says some seconds on: no platform edits a message as often as people change their minds."""
    room.desk.time.at += timedelta(seconds=10)
    await room.settle()
    return (await card(room, case, department)).text


async def handed(room: Room, who: str) -> Seen:
    """The message of a handover, in the person's own chat; answers to their words may stand there, too."""
    (seen,) = [each for each in await room.direct(who) if "over to you" in each.text]
    return seen


async def details(room: Room, who: str, case: int) -> Seen:
    await room.types(who, f"show {case}")
    return await room.answered(who)


async def two(room: Room) -> tuple[int, int]:
    return await mention(room, VAN_ONE), await mention(room, VAN_TWO)


async def test_two_cases_are_merged_by_words_and_parted_by_a_press(room: Room) -> None:
    one, other = await two(room)
    await room.types("ana", f"merge {other} into {one} the same van")
    assert (await room.desk.case(other)).merged_into == one
    gathered, pointing = await standing(room, one), await standing(room, other)
    assert "latest of 2" in gathered.text and "van two" in gathered.text and "Undo" in gathered.buttons
    assert f"was merged into {one}" in pointing.text and "Claim" not in pointing.buttons
    await room.presses("ana", pointing, "Undo")
    assert (await room.desk.case(other)).merged_into is None
    assert "Claim" in (await standing(room, other)).buttons
    assert "van one" in (await standing(room, one)).text


async def test_two_cases_are_merged_by_a_form_and_a_post_is_taken_out_by_another(room: Room) -> None:
    one, other = await two(room)
    await room.presses("ana", await details(room, "ana", other), "Merge")
    asked = ("Into which case?", "Why do they belong together?")
    assert await room.form("ana") == asked
    await room.answers("ana", {asked[0]: str(one), asked[1]: "the <same> van & driver"})
    assert (await room.desk.case(other)).merged_into == one
    seen = await details(room, "ana", one)
    assert "the <same> van & driver" in seen.text
    await room.presses("ana", seen, "Split")
    assert await room.form("ana") == ("Which post is another matter?",)
    await room.types("ana", f"split {one}")
    assert (await room.desk.case(one)).mentions == 1


async def test_what_was_dismissed_comes_back_by_words(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", f"dismiss {case} spam")
    await room.types("ana", "undo")
    assert (await room.desk.case(case)).state == "open" and "Claim" in (await card(room, case)).buttons


async def test_what_was_resolved_comes_back_by_a_press(room: Room) -> None:
    case = await mention(room)
    await room.types("ben", f"claim {case}")
    await room.types("ben", f"resolve {case} answered")
    await room.presses("ben", await card(room, case), "Undo")
    assert await owner(room, case) == "ben@kettle.example"
    assert "Resolve" in (await card(room, case)).buttons


async def test_a_case_is_tagged_by_words_and_by_a_form(room: Room) -> None:
    case = await mention(room)
    await room.types("ben", f"tag {case} refund")
    await room.presses("ben", await details(room, "ben", case), "Tag")
    assert await room.form("ben") == ("Which tags?",)
    await room.answers("ben", {"Which tags?": "late-van -refund"})
    assert (await room.desk.case(case)).tags == ("late-van",)
    assert "late-van" in (await card(room, case)).text
    await room.types("ben", "search #late-van")
    assert str(case) in (await room.answered("ben")).text


async def test_a_case_is_restricted_by_a_form_and_opened_by_words(room: Room) -> None:
    case = await mention(room, "The zebra kettle burned my parcel.")
    await room.types("ana", f"handoff {case} pr")
    await room.presses("ana", await details(room, "ana", case), "Restrict")
    whom, others = await room.form("ana")
    await room.answers("ana", {whom: "Support and Legal", others: ""})
    assert (await room.desk.case(case)).restricted_to == ("support", "legal")
    assert "zebra" not in await later(room, case, "pr")
    assert "Support and Legal" in await later(room, case)
    await room.types("ana", f"restrict {case} off")
    assert (await room.desk.case(case)).restricted_to == ()


async def test_publishing_is_frozen_by_a_form_and_thawed_by_a_press(room: Room) -> None:
    case = await mention(room)
    await room.presses("ana", await details(room, "ana", case), "Freeze publishing")
    (why,) = await room.form("ana")
    await room.answers("ana", {why: "the insurer <asks> & we wait"})
    assert "Publishing is frozen" in (await card(room, case)).text
    await room.types("ana", "freeze")
    frozen = await room.answered("ana")
    assert "the insurer <asks> & we wait" in frozen.text
    await room.presses("ana", frozen, "Thaw")
    assert "Publishing is frozen" not in await later(room, case)
    await room.types("ana", "freeze x-kettle the court asks")
    assert "the court asks" in await later(room, case)
    await room.types("ana", "thaw x-kettle")
    assert "the court asks" not in await later(room, case)


async def test_claims_are_handed_over_and_accepted_all_at_once(room: Room) -> None:
    cases = await two(room)
    for case in cases:
        await room.types("ben", f"claim {case}")
    await room.types("ben", "handover hana my train & bus")
    asked = await handed(room, "hana")
    assert "my train & bus" in asked.text and {"Accept", "Decline", "Accept all"} <= set(asked.buttons)
    await room.presses("hana", asked, "Accept all")
    assert [await owner(room, case) for case in cases] == ["hana@kettle.example"] * 2
    asked = await handed(room, "hana")
    assert "Accept all" not in asked.buttons
    assert "Hana Sato" in (await card(room, cases[0])).text


async def test_a_handover_is_answered_one_by_one(room: Room) -> None:
    kept, given = await two(room)
    await room.types("ben", f"claim {kept}")
    await room.types("ben", f"claim {given}")
    await room.types("ben", "handover hana")
    await room.types("hana", f"decline {kept} I do not know the van")
    asked = await handed(room, "hana")
    assert asked.buttons.count("Accept") == 1
    await room.presses("hana", asked, "Accept")
    assert await owner(room, kept) == "ben@kettle.example"
    assert await owner(room, given) == "hana@kettle.example"
    assert any("I do not know the van" in seen.text for seen in await room.direct("ben"))


async def test_whoever_goes_away_hands_their_claims_over_by_a_form_and_comes_back_by_a_press(
    room: Room,
) -> None:
    case = await mention(room)
    await room.types("ben", f"claim {case}")
    await room.types("ben", "away tomorrow")
    away = await room.answered("ben")
    assert "1 claim" in away.text
    await room.presses("ben", away, "Hand them over")
    whom, note = await room.form("ben")
    await room.answers("ben", {whom: "Hana Sato", note: "until Tuesday"})
    assert "until Tuesday" in (await handed(room, "hana")).text
    await room.types("ana", "cover ben hana")
    assert room.desk.desk.policy.absences.of(room.desk.person("ben").id, room.desk.now) is not None
    await room.types("ben", "away tomorrow")
    await room.presses("ben", await room.answered("ben"), "I'm back")
    assert room.desk.desk.policy.absences.of(room.desk.person("ben").id, room.desk.now) is None


async def test_the_board_leads_to_a_departments_open_cases(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", "board")
    board = await room.answered("ana")
    assert "All departments" in board.text and "1 unclaimed" in board.text
    await room.presses("ana", board, "Open cases")
    listed = await room.answered("ana")
    assert str(case) in listed.text and "Claim" in listed.buttons
    await room.presses("ana", listed, "Claim")
    assert await owner(room, case) == "ana@kettle.example"


async def test_what_is_muted_comes_again_by_a_press(room: Room) -> None:
    await room.types("ana", "mute weekly")
    muted = await room.answered("ana")
    assert muted.buttons.count("Unmute") == 1
    await room.presses("ana", muted, "Unmute")
    await room.types("ana", "mute")
    assert "Unmute" not in (await room.answered("ana")).buttons


async def test_the_next_case_is_claimed_and_every_page_acknowledged_in_two_words_each(room: Room) -> None:
    case, urgent = await mention(room), await mention(room, "My lawyer will sue you")
    await room.types("ben", "claim next")
    assert await owner(room, case) == "ben@kettle.example"
    await room.types("cleo", "ack all", department="legal")
    assert await count(room, urgent, "acknowledged") == 1
    page = next(seen for seen in await room.direct("cleo") if "Answered by Cleo Hart" in seen.text)
    assert "Acknowledge" not in page.buttons


async def test_a_week_so_far_is_told(room: Room) -> None:
    case = await mention(room)
    await room.types("ana", "digest weekly")
    digest = await room.answered("ana")
    assert "this week so far" in digest.text and "1 case opened" in digest.text
    assert str(case) in digest.text and "Claim" in digest.buttons
