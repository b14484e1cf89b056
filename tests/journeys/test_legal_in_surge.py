"""A story: the checkout fails, three hundred people say so, one of them through a lawyer. The desk restarts meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.case import Case
from bot.domain.parts import Priority, State
from bot.policy.model import Surge
from bot.ports import CaseFilter, Incoming, Origin
from tests.desk import Story, Time, a_desk, test_policy, text_of

MANY, THREAT, REPORTER, RESTART = 300, 170, 210, 150
POLICY = replace(test_policy(), surge=Surge(copies=5, within=timedelta(minutes=60), escalate=25))
SAYINGS = (
    "Your checkout is down again and I cannot pay for order {n}",
    "@kettleco your checkout is down again and I can't pay for order {n} https://t.co/{n}",
    "Your checkout is down AGAIN and I cannot pay for my order {n}!!",
)


def post(desk: Story, n: int) -> Incoming:
    text = SAYINGS[n % len(SAYINGS)].format(n=n)
    known = {"bio": "journalist", "followers": 60_000} if n == REPORTER else {}
    return Incoming(
        source="x",
        external_id=f"s{n}",
        community="x-kettle",
        created_at=desk.now,
        handle=f"author{n}",
        text=f"{text} My lawyer will sue you." if n == THREAT else text,
        **known,  # type: ignore[arg-type]
    )


async def arrive(desk: Story, start: int, end: int) -> None:
    """Ten posts every four seconds."""
    for first in range(start, end, 10):
        await desk.desk.store.intake.append([post(desk, n) for n in range(first, min(end, first + 10))])
        await desk.passes(seconds=4)


async def cases(desk: Story) -> list[Case]:
    async with desk.desk.store.work(Origin()) as work:
        return sorted(
            await work.cases.find(CaseFilter(states=tuple(State)), limit=400), key=lambda case: case.id
        )


async def test_a_legal_threat_stands_out_of_a_surge_of_three_hundred(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, policy=POLICY, time=time) as desk:
        await arrive(desk, 0, RESTART)
    async with a_desk(tmp_path, policy=POLICY, time=time) as desk:
        await arrive(desk, RESTART, MANY)
        await desk.passes(minutes=1)
        found = await cases(desk)
        standing = [case for case in found if case.merged_into is None]
        surge, threat, press = standing
        assert surge.mentions == MANY - 2, "one case with a count"
        assert len(found) == 4 + 2, "four came before it was a surge, two stand apart"

        assert (threat.department, threat.priority, threat.mentions) == ("legal", Priority.P1, 1)
        assert threat.akin_to == surge.id and threat.escalating
        assert "My lawyer will sue you" in text_of(await desk.card(threat.id, "legal"))
        assert (press.department, press.marks, press.akin_to) == ("pr", ("press",), surge.id)

        card = text_of(await desk.card(surge.id, "support"))
        assert f"latest of {MANY - 2}" in card and "lawyer" not in card
        pages = [text_of(one) for one in await desk.direct("cleo") if "needs you now" in one.summary]
        assert any(f"{threat.id} " in page for page in pages), (
            "whoever must know of the threat is paged for it"
        )

        # Paged at 25, at 50, 100 and 200, and when the reporter came: five reasons in three hundred posts.
        async with desk.desk.store.work(Origin()) as work:
            history = await work.cases.history(surge.id, limit=1000)
        reasons = {str(event.data["why"]) for event in history if event.kind.value == "paged"}
        assert 1 <= len(reasons) <= 5, reasons
        assert sum(case.escalation is not None for case in found) == 2

        await desk.hears(f"claim {surge.id}", from_="ana")
        await desk.hears(f"resolve {surge.id} fixed", from_="ana")
        assert (await desk.case(threat.id)).state is State.OPEN, "the threat is nobody's by-catch"
