"""Who is away, who covers, and what that changes: duty, pages, warnings, claims and the cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.people import PersonId
from bot.policy.duty import on_duty
from storage.sql.audit import verify
from tests.desk import Story, Time, a_desk, text_of, words_on

ANA, BEN, CLEO, HANA = (PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "cleo", "hana"))


async def test_away_until_a_moment_with_a_cover(desk: Story) -> None:
    said = await desk.says("away until tomorrow 9:00 with ben", from_="ana")
    assert "You are away until Tue 09:00, Ben Okafor covers." in said
    absence = desk.desk.policy.absences.of(ANA, desk.now)
    assert absence is not None
    assert (absence.until, absence.cover) == (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), BEN)
    (told,) = await desk.direct("ben")
    assert "Ana Ruiz is away and you cover until Tue 09:00: their pages and duty come to you" in text_of(told)


async def test_other_ways_to_say_it(desk: Story) -> None:
    for words, until, cover in (
        ("away", None, None),
        ("away friday 9:00", datetime(2026, 3, 6, 9, 0, tzinfo=UTC), None),
        ("away with hana", datetime(2026, 3, 6, 9, 0, tzinfo=UTC), HANA),
        ("away until friday 9:00 covered by hana", datetime(2026, 3, 6, 9, 0, tzinfo=UTC), HANA),
    ):
        await desk.hears("back", from_="ben")
        if "with" in words:
            await desk.hears("away friday 9:00", from_="ben")
        await desk.hears(words, from_="ben")
        absence = desk.desk.policy.absences.of(BEN, desk.now)
        assert absence is not None
        if cover is None or "covered" in words:
            assert absence.until == until
        assert absence.cover == cover


async def test_duty_and_its_rights_pass_to_the_cover(desk: Story) -> None:
    case = await desk.mention()
    assert "may not" in await desk.says(f"priority {case} P2", from_="ben")
    await desk.hears("away until tomorrow with ben", from_="ana")
    assert on_duty(desk.desk.policy, "support", desk.now) == BEN
    await desk.hears(f"priority {case} P2", from_="ben")
    assert (await desk.case(case)).priority == "P2"
    await desk.hears("back", from_="ana")
    assert on_duty(desk.desk.policy, "support", desk.now) == ANA


async def test_a_page_for_who_is_away_goes_to_the_cover_and_says_so(desk: Story) -> None:
    await desk.hears("away until tomorrow with ben", from_="ana")
    case = await desk.mention()
    await desk.hears(f"escalate {case} a lawyer writes", from_="gil")
    pages = [card for card in await desk.direct("ben") if f"ack {case}" in words_on(card)]
    assert "in place of Ana Ruiz, who is away" in text_of(pages[0])
    assert not [card for card in await desk.direct("ana") if f"ack {case}" in words_on(card)]
    await desk.hears(f"ack {case}", from_="ben")
    assert "paged in place of Ana Ruiz" in await desk.says(f"show {case}", from_="ben")


async def test_going_away_hands_a_waiting_page_on_at_once(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"escalate {case} it burns", from_="gil")
    assert not [card for card in await desk.direct("ben") if f"ack {case}" in words_on(card)]
    await desk.hears("away with ben", from_="ana")
    assert [card for card in await desk.direct("ben") if f"ack {case}" in words_on(card)]
    await desk.hears(f"take {case}", from_="ben")
    assert (await desk.case(case)).owner == BEN


async def test_a_champion_who_is_away_is_stood_for_by_the_deputy(desk: Story) -> None:
    await desk.hears("away until friday", from_="dana")
    case = await desk.mention()
    await desk.hears(f"escalate {case} it burns", from_="gil")
    await desk.passes(minutes=11)
    people = [page.person for page in (await desk.case(case)).escalation.pages]  # type: ignore[union-attr]
    assert people == [ANA, ANA, CLEO]


async def test_a_p1_never_goes_to_nobody(desk: Story) -> None:
    for person in ("ana", "dana", "cleo"):
        await desk.hears("away", from_=person)
    case = await desk.mention()
    await desk.hears(f"escalate {case} it burns", from_="gil")
    pages = (await desk.case(case)).escalation.pages  # type: ignore[union-attr]
    assert [page.person for page in pages] == [ANA]


async def test_warnings_of_a_claim_go_to_the_cover_who_may_extend_it(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="hana")
    assert "belongs to Hana" in await desk.says(f"extend {case}", from_="ben")
    await desk.hears("away until tomorrow 18:00 with ben", from_="hana")
    assert "away until Tue 09:00 GMT, Ben Okafor covers" in text_of(await desk.card(case, "support"))
    await desk.passes(minutes=46)
    (warned,) = [card for card in await desk.direct("ben") if f"extend {case}" in words_on(card)]
    assert "The claim of Hana Sato is nearly over" in text_of(warned)
    await desk.hears(f"extend {case}", from_="ben")
    found = await desk.case(case)
    assert found.owner == HANA
    assert found.lease is not None and found.lease.until == desk.now + timedelta(hours=1)
    await desk.hears(f"resolve {case} answered told her", from_="ben")
    assert (await desk.case(case)).state == "resolved"


async def test_who_goes_away_with_claims_may_hand_them_over_by_one_press(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    card = await desk.hears("away until tomorrow with hana", from_="ben")
    assert f"handover {HANA}" in words_on(card)
    assert str(case) in text_of(card)
    await desk.hears(f"handover {HANA}", from_="ben")
    assert (await desk.case(case)).handover is not None


async def test_one_comes_back_by_word_or_by_the_clock(desk: Story) -> None:
    await desk.hears("away until 10:00 with ben", from_="ana")
    home = await desk.hears("home", from_="ana")
    assert "You are away until 10:00, Ben Okafor covers." in text_of(home)
    assert "back" in words_on(home)
    assert "Ana Ruiz is away until 10:00" in await desk.says("home", from_="ben")
    await desk.passes(hours=1)
    assert desk.desk.policy.absences.kept(ANA) is None
    assert any("Ana Ruiz is back" in text_of(card) for card in await desk.direct("ben"))
    assert "You are not away" in await desk.says("back", from_="ana")


async def test_moved_to_later_the_first_clock_does_nothing(desk: Story) -> None:
    await desk.hears("away until 10:00", from_="ana")
    await desk.hears("away until 12:00", from_="ana")
    await desk.passes(hours=1, minutes=30)
    assert desk.desk.policy.absences.of(ANA, desk.now) is not None


async def test_a_colleague_stands_in_by_their_own_word_and_leads_name_others(desk: Story) -> None:
    assert "Ben Okafor covers for Ana Ruiz until Tue 09:00" in await desk.says(
        "cover ana until tomorrow", from_="ben"
    )
    assert any("Say `back`" in text_of(card) for card in await desk.direct("ana"))
    assert "Only Hana Sato" in await desk.says("cover hana with ben until monday", from_="gil")
    await desk.hears("back", from_="ana")
    await desk.hears("cover hana with ben until friday", from_="ana")
    absence = desk.desk.policy.absences.of(HANA, desk.now)
    assert absence is not None
    assert (absence.cover, absence.by) == (BEN, ANA)


async def test_who_answers_for_none_of_their_departments_cannot_cover(desk: Story) -> None:
    assert "answers for none of the departments" in await desk.says("away with gil", from_="ben")
    assert "answers for none" in await desk.says("away with eli", from_="ben")
    assert desk.desk.policy.absences.of(BEN, desk.now) is None
    await desk.hears("away until friday with hana", from_="ana")
    assert "Ana Ruiz is away until Fri" in await desk.says("away with ana", from_="ben")


async def test_oncall_says_who_is_away_and_who_covers(desk: Story) -> None:
    await desk.hears("away until friday 18:00 with ben", from_="hana")
    assert "Hana Sato away until Fri 09:00, Ben Okafor covers" in await desk.says("oncall", from_="vera")
    assert "Away: Hana Sato away until" in await desk.says("oncall support", from_="vera")


async def test_it_survives_a_restart_and_reaches_other_replicas(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as first, a_desk(tmp_path, time=time) as second:
        await first.hears("away until friday with ben", from_="ana")
        await second.desk.store.refresh()
        assert on_duty(second.desk.policy, "support", time.at) == BEN
        await second.hears("back", from_="ana", id="second-1")
        await first.desk.store.refresh()
        assert on_duty(first.desk.policy, "support", time.at) == ANA
        await first.hears("away with ben", from_="ana", id="again")
    async with a_desk(tmp_path, time=time) as later:
        assert on_duty(later.desk.policy, "support", time.at) == BEN


async def test_every_absence_is_an_event_in_the_persons_own_chain(desk: Story) -> None:
    await desk.hears("away until friday with ben", from_="ana")
    await desk.hears("back", from_="ana")
    verdicts = await desk.desk.store.reader.once(lambda c: list(verify(c)))
    (about,) = [verdict for verdict in verdicts if verdict.subject == f"person:{ANA}"]
    assert (about.events, about.broken_at) == (2, None)


async def test_assigning_to_somebody_off_hours_says_when_they_work(desk: Story) -> None:
    case = await desk.mention()
    await desk.passes(hours=14)
    said = await desk.says(f"assign {case} ben", from_="ana")
    assert (
        f"Case {case} is given to Ben Okafor. Ben Okafor is not at work now; they work again Tue 07:00."
        in said
    )
    await desk.hears("away until friday with hana", from_="ben")
    assert "Ben Okafor is away until Fri" in await desk.says(
        f"assign {await desk.mention()} ben", from_="ana"
    )
