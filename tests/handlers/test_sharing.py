"""Posts that only share another one, posts of our own accounts, and colleagues who write as customers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.domain.people import PersonId
from bot.policy.model import Policy, SourceKind, SourcePlan
from bot.policy.roster import Roster
from bot.ports import Incoming
from tests.desk import Story, a_desk, test_policy, text_of

HANA = PersonId("hana@kettle.example")


async def _arrives(desk: Story, post: str, **fields: object) -> None:
    given = {"source": "x", "community": "x-kettle", "handle": f"by-{post}", "text": "look at this", **fields}
    await desk.desk.store.intake.append([Incoming(external_id=post, created_at=desk.now, **given)])  # type: ignore[arg-type]


async def test_a_share_is_counted_and_never_filed(desk: Story) -> None:
    number = await desk.mention(external_id="origin")
    for post in ("s1", "s2", "s2"):
        await _arrives(desk, post, extra={"repost_of": "origin"})
    await _arrives(desk, "s3", extra={"repost_of": "never seen"})
    await desk.settles()
    case = await desk.case(number)
    assert (case.reposts, case.mentions) == (2, 1)
    assert await desk.desk.store.case_count() == 1
    assert await desk.desk.store.unfiled() == 0


async def test_an_original_and_its_shares_may_come_together(desk: Story) -> None:
    await _arrives(desk, "origin", text="My parcel never came")
    for number in range(20):
        await _arrives(desk, f"s{number}", extra={"repost_of": "origin"})
    await desk.settles()
    (card,) = await desk.channel("support")
    assert "+20 reposts" in text_of(card)


async def test_an_answer_to_a_share_finds_the_case(desk: Story) -> None:
    number = await desk.mention(external_id="origin")
    await _arrives(desk, "s1", extra={"repost_of": "origin"})
    await desk.settles()
    assert await desk.mention("so true", in_reply_to="s1", handle="third") == number


async def test_the_account_of_a_source_is_our_own(tmp_path: Path) -> None:
    plan = SourcePlan(name="sky", kind=SourceKind.WEBHOOK, source="x", account="@Kettle.example")
    policy = replace(test_policy(), sources={"sky": plan})
    async with a_desk(tmp_path, policy=policy) as desk:
        await _arrives(desk, "ours", handle="kettle.example")
        await desk.settles()
        assert await desk.desk.store.case_count() == 0


async def test_a_colleague_who_agreed_is_a_restricted_case(tmp_path: Path) -> None:
    async with a_desk(tmp_path, policy=_agreed(test_policy())) as desk:
        number = await desk.mention("Where is my parcel?", handle="@Hana_Writes")
        case = await desk.case(number)
        assert case.restricted_to == (case.department,)
        other = await desk.mention("Where is my parcel?", handle="hana")
        assert (await desk.case(other)).restricted_to == ()


def _agreed(policy: Policy) -> Policy:
    hana = replace(policy.people[HANA], writes_as=("x:hana_writes",))
    return replace(policy, people=Roster({**policy.people, HANA: hana}))
