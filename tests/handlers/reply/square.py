"""A desk whose company answers on a network, for the stories of replies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.domain.parts import Priority
from bot.policy.model import PlaybookAnswer, Policy, Publish, SourceKind, SourcePlan
from tests.desk import Story, a_desk, test_policy
from tests.fakes.network import FakeNetwork, FakeNetworks

SQUARE = SourcePlan(name="square", kind=SourceKind.WEBHOOK, source="x", account="@kettleco", reply=True)


def policy_with(
    *,
    alone: tuple[Priority, ...] = (),
    approver: str = "lead",
    topics: Mapping[str, str] | None = None,
    answers: tuple[PlaybookAnswer, ...] = (),
    base: Policy | None = None,
) -> Policy:
    """The tests' policy with an account on X, and these rules about publishing there."""
    policy = base or test_policy()
    publish = Publish(alone=frozenset(alone), approver=approver, topics=topics or {})
    communities = {name: replace(each, publish=publish) for name, each in policy.communities.items()}
    return replace(policy, communities=communities, sources={"square": SQUARE}, answers=answers)


@asynccontextmanager
async def a_square(
    folder: Path, network: FakeNetwork | None = None, *, policy: Policy | None = None, **parts: Any
) -> AsyncIterator[tuple[Story, FakeNetwork]]:
    """(the desk, the network)."""
    network = network or FakeNetwork()
    async with a_desk(
        folder,
        policy=policy or policy_with(alone=(Priority.P3, Priority.P4)),
        networks=FakeNetworks([network]),
        **parts,
    ) as desk:
        yield desk, network
