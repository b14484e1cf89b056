"""Consulting: another department's advice, without giving the case away."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Button, Choice, Input
from tests.desk import Story, buttons_of, text_of, words_on

BEN = "ben@kettle.example"


async def asked(desk: Story, question: str = "may we promise a refund?", text: str = "My parcel.") -> int:
    """Ben has a case and asks Legal."""
    number = await desk.mention(text)
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"consult {number} legal {question}", from_="ben", in_="support")
    return number


async def test_both_sides_see_the_question_and_nothing_else_changes(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    before = await desk.case(number)
    await desk.passes(minutes=30)
    await desk.hears(f"consult {number} legal may we promise a refund?", from_="ben")
    case = await desk.case(number)
    assert (case.owner, case.department, case.state, case.waiting) == (BEN, "support", before.state, None)
    assert case.lease is not None and before.lease is not None
    assert case.lease.until == before.lease.until + timedelta(minutes=30)  # asking is the owner's act
    assert "Asked Legal: may we promise a refund? · by Ben Okafor, until 11:30" in text_of(
        await desk.card(number, "support")
    )
    theirs = await desk.card(number, "legal")
    assert "Ben Okafor asks Legal: may we promise a refund?" in text_of(theirs)
    assert "My parcel never came." in text_of(theirs)
    assert words_on(theirs) == [f"answer {number}", f"notours {number}", f"show {number}"]


async def test_the_answer_is_a_note_and_ends_the_question(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"answer {number} only up to fifty pounds", from_="cleo")
    case = await desk.case(number)
    assert (case.consults, case.owner, case.consulted) == ((), BEN, ("legal",))
    assert await desk.kinds(number) == ["opened", "claimed", "consulted", "noted"]
    (told,) = await desk.direct("ben")
    assert "Cleo Hart answered for Legal: only up to fifty pounds." in text_of(told)
    (below,) = await desk.channel("support", thread=await thread(desk, number, "support"))
    assert "Cleo Hart answers for Legal" in text_of(below)
    assert "Asked Legal" not in text_of(await desk.card(number, "support"))
    theirs = await desk.card(number, "legal")
    assert words_on(theirs) == [f"show {number}"]
    assert "Ben Okafor asked Legal" in text_of(theirs) and "up to fifty pounds" in text_of(theirs)
    shown = await desk.says(f"show {number}", from_="vera")
    assert "Cleo Hart answered for Legal: only up to fifty pounds." in shown


async def thread(desk: Story, number: int, department: str) -> int:
    """The message that holds the case's card in that channel."""
    page = await desk.desk.store.weblog.page(department, limit=1000)
    (found,) = [message.id for message in page if message.case_id == number and message.card]
    return found


async def test_words_below_the_card_in_the_asked_departments_thread_are_the_answer(desk: Story) -> None:
    number = await asked(desk)
    heard = await desk.hears(f"note {number} no, never", from_="cleo", in_="legal", thread=number)
    assert heard is None
    assert (await desk.case(number)).consults == ()
    (told,) = await desk.direct("ben")
    assert "answered for Legal: no, never." in text_of(told)
    # And they may go on talking there.
    await desk.hears(f"note {number} ask again next year", from_="cleo", in_="legal", thread=number)
    assert "Cleo Hart noted: ask again next year." in text_of((await desk.direct("ben"))[-1])


async def test_a_note_of_the_owners_side_answers_nothing(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"note {number} they wrote again", from_="ana", in_="support", thread=number)
    assert len((await desk.case(number)).consults) == 1


async def test_the_duty_person_is_asked_directly_and_sees_when_it_is_over(desk: Story) -> None:
    number = await asked(desk)
    (told,) = await desk.direct("cleo")
    assert "asked Legal" in text_of(told)
    assert words_on(told) == [f"answer {number}", f"notours {number}", f"show {number}"]
    await desk.hears(f"resolve {number}", from_="ben")
    (told,) = await desk.direct("cleo")
    assert words_on(told) == [f"show {number}"]


async def test_at_night_the_question_waits_for_the_departments_morning(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.passes(hours=10)  # 19:00: Legal is closed
    await desk.hears(f"consult {number} legal may we?", from_="ben")
    (question,) = (await desk.case(number)).consults
    assert question.until == desk.now + timedelta(hours=14, minutes=30)  # 9:30: half an hour of its work
    assert not [card for card in await desk.direct("cleo") if "asked Legal" in text_of(card)]
    await desk.passes(hours=14)
    assert [card for card in await desk.direct("cleo") if "asked Legal" in text_of(card)]


async def test_not_ours_tells_the_owner(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"not ours {number} ask Press", from_="cleo", in_="legal")
    assert (await desk.kinds(number))[-1] == "consult_declined"
    (told,) = await desk.direct("ben")
    assert "Cleo Hart says that Legal cannot answer that: ask Press." in text_of(told)
    assert f"consult {number}" in words_on(told)


async def test_a_question_nobody_answers_ends_and_the_owner_is_told(desk: Story) -> None:
    number = await asked(desk)
    await desk.passes(hours=2)
    assert (await desk.kinds(number))[-1] == "consult_expired"
    assert (await desk.case(number)).consults == ()
    (told,) = await desk.direct("ben")
    assert "Legal did not answer the question in time." in text_of(told)
    assert "No question" in await desk.says(f"answer {number} too late", from_="cleo")


async def test_without_an_owner_the_duty_person_hears_that_nobody_answered(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"consult {number} sales what does it cost?", from_="ben")
    await desk.passes(hours=2)
    assert any("Sales did not answer" in text_of(card) for card in await desk.direct("ana"))
    assert any("Sales did not answer" in text_of(card) for card in await desk.direct("ben"))


async def test_several_departments_may_be_asked_each_once(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"consult {number} sales what does it cost?", from_="ben")
    assert "Legal was asked about case" in await desk.says(f"consult {number} legal again?", from_="ben")
    assert [each.to for each in (await desk.case(number)).consults] == ["legal", "sales"]
    await desk.hears(f"answer {number} ten pounds", from_="gil")
    assert [each.to for each in (await desk.case(number)).consults] == ["legal"]
    await desk.passes(hours=2)
    assert (await desk.kinds(number))[-1] == "consult_expired"


async def test_who_speaks_for_both_says_for_which(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"consult {number} pr and you?", from_="ben")
    assert "Legal and Press were each asked" in await desk.says(f"answer {number} no", from_="cleo")
    await desk.hears(f"answer {number} no", from_="cleo", in_="pr")
    assert [each.to for each in (await desk.case(number)).consults] == ["legal"]


async def test_the_own_department_is_not_asked_nor_an_unknown_one(desk: Story) -> None:
    number = await asked(desk)
    assert "is with Support itself" in await desk.says(f"consult {number} support hm?", from_="ben")
    assert "department" in await desk.says(f"consult {number} astrology hm?", from_="ben")
    assert "You may not consult" in await desk.says(f"consult {number} pr hm?", from_="gil")
    assert "You may not answer" in await desk.says(f"answer {number} yes", from_="gil")
    assert await desk.kinds(number) == ["opened", "claimed", "consulted"]


async def test_resolve_and_dismiss_withdraw_questions(desk: Story) -> None:
    for end in ("resolve", "dismiss"):
        number = await asked(desk)
        await desk.hears(f"{end} {number}", from_="ben")
        assert "consult_withdrawn" in await desk.kinds(number)
        assert words_on(await desk.card(number, "legal")) == [f"show {number}"]
        assert "No question" in await desk.says(f"answer {number} yes", from_="cleo")


async def test_who_gets_the_case_is_asked_no_more(desk: Story) -> None:
    number = await asked(desk)
    await desk.hears(f"consult {number} sales what does it cost?", from_="ben")
    await desk.hears(f"handoff {number} legal yours", from_="ben")
    assert f"accept {number}" in words_on(await desk.card(number, "legal"))
    await desk.hears(f"accept {number}", from_="cleo")
    assert [each.to for each in (await desk.case(number)).consults] == ["sales"]


async def test_the_button_beside_hand_off_asks_for_both(desk: Story) -> None:
    number = await desk.mention()
    card = await desk.card(number, "support")
    (ask,) = [b for b in buttons_of(card) if isinstance(b, Button) and b.words == f"consult {number}"]
    department, question = ask.fields
    assert isinstance(department, Choice)
    assert isinstance(question, Input)
    assert [name for name, _ in department.options] == ["pr", "legal", "sales"]
    await desk.hears(f"{ask.words} legal may we?", from_="ben")
    (again,) = [b for b in buttons_of(await desk.card(number, "support")) if b.label == "Ask"]
    assert isinstance(again, Button)
    (left, _) = again.fields
    assert isinstance(left, Choice)
    assert [name for name, _ in left.options] == ["pr", "sales"]
