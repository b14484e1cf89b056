"""An employee leaves mid-case: everything they hold goes back at once, and each department is told once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.policy.load import parse
from bot.policy.model import Policy
from tests.desk import Story, Time, a_desk, test_policy, text_of, words_on

TESTS = Path(__file__).parents[1]
ANA, BEN, HANA = "ana@kettle.example", "ben@kettle.example", "hana@kettle.example"


def without_ben(*, until: date | None = None) -> Policy:
    """The policy of the day after, or one in which Ben's last day is known."""
    text = (TESTS / "policy.toml").read_text(encoding="utf-8")
    ben = '[people."ben@kettle.example"]\nname = "Ben Okafor"\nroles = { support = "member" }\n'
    assert ben in text
    kept = f"{ben}until = {until.isoformat()!r}\n" if until else ""
    reading = parse(text.replace(ben, kept), "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


async def holding(desk: Story) -> tuple[int, int, int]:
    """Ben holds two cases, has a third offered, covers for Hana, and was paged for none."""
    parcel = await desk.mention("My parcel never came.")
    urgent = await desk.mention("urgent, the refund you promised in spring")
    offered = await desk.mention("A parcel with somebody else's shoes!")
    for case in (parcel, urgent, offered):
        await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"note {parcel} she calls back", from_="ben")
    await desk.hears(f"handoff {offered} sales", from_="ben")
    await desk.hears(f"consult {urgent} legal may we?", from_="ben")
    await desk.hears("away until friday with ben", from_="hana")
    return parcel, urgent, offered


async def test_the_policy_names_them_no_more(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        cases = await holding(desk)
    async with a_desk(tmp_path, time=time, policy=without_ben()) as desk:
        await desk.settles()
        for number in cases:
            case = await desk.case(number)
            assert (case.state, case.owner, case.offer, case.consults) == ("open", None, None, ())
            assert "relieved" in await desk.kinds(number)
        # One word to the department for all three; the urgent one to the duty person, with the way to take it.
        words = [
            text_of(card) for card in await desk.channel("support") if "claims are back" in text_of(card)
        ]
        assert len(words) == 1
        assert all(str(number) in words[0] for number in cases)
        (urgent,) = [card for card in await desk.direct("ana") if "no part in the desk" in text_of(card)]
        assert f"claim {cases[1]}" in words_on(urgent)
        # What was written stays, and somebody else goes on.
        assert "she calls back" in await desk.says(f"show {cases[0]}", from_="ana")
        await desk.hears(f"claim {cases[0]}", from_="ana", id="after")
        assert (await desk.case(cases[0])).owner == ANA
        absence = desk.desk.policy.absences.kept(HANA)  # type: ignore[arg-type]
        await desk.desk.store.refresh()
        absence = desk.desk.policy.absences.kept(HANA)  # type: ignore[arg-type]
        assert absence is not None and absence.cover is None


async def test_their_last_day_passes_while_the_desk_runs(tmp_path: Path) -> None:
    async with a_desk(tmp_path, policy=without_ben(until=date(2026, 3, 2))) as desk:
        case = await desk.mention()
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"wait {case} customer until friday", from_="ben")
        await desk.passes(hours=14)
        assert (await desk.case(case)).owner == BEN
        await desk.passes(hours=2)
        assert (await desk.case(case)).owner is None


async def test_what_they_had_acknowledged_climbs_again(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        await desk.hears("away with ben", from_="ana")
        case = await desk.mention()
        await desk.hears(f"escalate {case} it burns", from_="gil")
        await desk.hears(f"ack {case}", from_="ben")
    async with a_desk(tmp_path, time=time, policy=without_ben()) as desk:
        await desk.settles()
        escalation = (await desk.case(case)).escalation
        assert escalation is not None
        assert escalation.acked_by is None
        assert len(escalation.pages) > 1


async def test_a_group_that_lets_somebody_go_is_heard_within_seconds(tmp_path: Path) -> None:
    policy = test_policy()
    gone = policy.people.known(BEN)  # type: ignore[arg-type]
    assert gone is not None
    newcomer = type(gone)(id="zed@kettle.example", name="Zed Bo", zone=gone.zone)  # type: ignore[arg-type]
    policy.people.adopt("slack", {"support": [newcomer]})
    async with a_desk(tmp_path, policy=policy) as desk:
        case = await desk.mention()
        await desk.hears(f"claim {case}", from_="zed")
        assert (await desk.case(case)).owner == "zed@kettle.example"
        policy.people.adopt("slack", {"support": []})
        await desk.desk.worker.refresh()
        await desk.settles()
        assert (await desk.case(case)).owner is None


async def test_nobody_is_let_go_before_a_chat_has_told_its_groups(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        case = await desk.mention()
        await desk.hears(f"claim {case}", from_="ben")
    text = (TESTS / "policy.toml").read_text(encoding="utf-8")
    ben = '[people."ben@kettle.example"]\nname = "Ben Okafor"\nroles = { support = "member" }\n'
    text = text.replace(ben, "").replace(
        'channels = { web = "support" }', 'channels = { web = "support" }\ngroups = { slack = "S0123" }'
    )
    reading = parse(text, "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    async with a_desk(tmp_path, time=time, policy=reading.policy) as desk:
        await desk.passes(hours=1)
        assert (await desk.case(case)).owner == BEN
