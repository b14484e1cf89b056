"""Duty passes on: who has it now is told once. And languages: what comes first, and who can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from bot.domain.people import PersonId
from bot.policy.duty import turn_of
from bot.policy.model import Policy, Rotation
from bot.policy.roster import Roster
from tests.desk import Story, a_desk, test_policy, text_of, words_on

ANA, BEN, HANA = (PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "hana"))


def rotating(*duty: PersonId) -> Policy:
    policy = test_policy()
    support = replace(policy.departments["support"], duty=duty, rotation=Rotation(at=time(9)))
    return replace(policy, departments={**policy.departments, "support": support})


def speaking(languages: Mapping[PersonId, tuple[str, ...]]) -> Policy:
    policy = test_policy()
    people = {who: replace(each, languages=languages.get(who, ())) for who, each in policy.people.items()}
    return replace(policy, people=Roster(people))


async def told(desk: Story, person: str) -> list[str]:
    return [text_of(card) for card in await desk.direct(person) if "You are on duty" in text_of(card)]


async def test_whoever_is_on_duty_from_now_on_is_told_once_with_what_waits(tmp_path: Path) -> None:
    policy = rotating(ANA, BEN)
    async with a_desk(tmp_path, policy=policy) as desk:
        await desk.mention("urgent, my parcel")
        now = "ana" if turn_of(policy, "support", desk.now) == ANA else "ben"
        later = "ben" if now == "ana" else "ana"
        assert await told(desk, later) == []
        await desk.passes(hours=24)
        (card,) = await told(desk, later)
        assert card.startswith("You are on duty for Support until Wed 09:00. Waiting: 1 unclaimed P1 or P2.")
        assert await told(desk, now) == []
        await desk.passes(hours=24)
        assert len(await told(desk, now)) == 1
        assert len(await told(desk, later)) == 1


async def test_who_has_it_anyway_is_not_told(tmp_path: Path) -> None:
    async with a_desk(tmp_path, policy=rotating(ANA, BEN)) as desk:
        await desk.hears("away until friday 9:00 with ana", from_="ben")
        await desk.passes(hours=24)
        assert await told(desk, "ana") == []


async def test_after_an_outage_only_who_has_it_now_is_told(tmp_path: Path) -> None:
    policy = rotating(ANA, BEN, HANA)
    async with a_desk(tmp_path, policy=policy) as desk:
        desk.time.at += timedelta(hours=50)
        await desk.settles()
        turn = turn_of(policy, "support", desk.now)
        names = {ANA: "ana", BEN: "ben", HANA: "hana"}
        counts = {who: len(await told(desk, name)) for who, name in names.items()}
        assert sum(counts.values()) == 1
        assert turn is not None and counts[turn] == 1


async def test_who_gets_duty_because_somebody_went_away_is_told(tmp_path: Path) -> None:
    policy = test_policy()
    support = replace(policy.departments["support"], duty=(ANA, BEN))
    policy = replace(policy, departments={**policy.departments, "support": support})
    async with a_desk(tmp_path, policy=policy) as desk:
        await desk.hears("away until 14:00", from_="ana")
        (card,) = await told(desk, "ben")
        assert "until 14:00" in card and "Ana Ruiz is away." in card


async def test_next_prefers_what_one_can_read(tmp_path: Path) -> None:
    policy = speaking({BEN: ("en",), HANA: ("es", "en")})
    async with a_desk(tmp_path, policy=policy) as desk:
        spanish = await desk.mention("urgent: mi paquete no llega nunca", lang="es")
        english = await desk.mention("My parcel never came.", lang="en")
        assert str(english) in await desk.says("next", from_="ben")
        assert str(spanish) in await desk.says("next", from_="hana")
        await desk.hears(f"claim {english}", from_="ben")
        last = await desk.hears("next", from_="ben")
        assert f"claim {spanish}" in words_on(last)
        assert "Spanish: Hana Sato can read it." in text_of(last)
        assert "can read it" not in await desk.says(f"show {spanish}", from_="hana")
        assert "Spanish: Hana Sato can read it." in text_of(await desk.card(spanish, "support"))


async def test_where_nobody_names_languages_nothing_is_said(desk: Story) -> None:
    spanish = await desk.mention("mi parcel no llega", lang="es")
    assert "can read it" not in await desk.says(f"show {spanish}", from_="ben")


async def test_claim_next_claims_what_next_shows(tmp_path: Path) -> None:
    async with a_desk(tmp_path, policy=speaking({BEN: ("es",)})) as desk:
        await desk.mention("Wo ist mein Paket?", lang="de")
        spanish = await desk.mention("¿Dónde está mi paquete?", lang="es")
        assert (await desk.says("next", from_="ben")).startswith(f"{spanish} ·")
        await desk.hears("claim next", from_="ben")
        assert (await desk.case(spanish)).owner == BEN
