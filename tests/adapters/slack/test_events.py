"""Each kind of event to who hears it; reactions; who is who."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.events import OTHER
from adapters.slack.scopes import events
from bot.ports import Down, Overloaded
from tests.adapters.slack.listening import (
    BOT,
    LOBBY,
    SUPPORT,
    WHY,
    Office,
    an_office,
    slack_policy,
)

EYES = {
    f'{{ slack = "{SUPPORT}" }}': f'{{ slack = "{SUPPORT}" }}\nreactions = {{ eyes = "claim", "+1" = "ack" }}'
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path, slack_policy(**EYES)) as made:
        yield made


async def reacts(office: Office, user: str, name: str, ts: str, **more: Any) -> None:
    item = {"type": "message", "channel": SUPPORT, "ts": ts, **more.pop("item", {})}
    await office.told("reaction_added", user=user, reaction=name, item=item, item_user=BOT, **more)


class TestKinds:
    def test_whatever_the_manifest_asks_for_is_heard(self, office: Office) -> None:
        wanted = {name.partition(".")[0] for name in events(slack_policy(**EYES))}
        wanted |= {"subteam_members_changed", "subteam_updated"}
        assert wanted <= office.events._hearers.keys()

    @pytest.mark.parametrize(
        "event", [{"type": "team_join"}, {"type": "reaction_removed", "reaction": "eyes"}, {}, {"type": None}]
    )
    async def test_what_nobody_needs_is_ignored(self, office: Office, event: dict[str, Any]) -> None:
        await office.events.hear({"event_id": "Ev1", "event": event})
        assert office.counted == [OTHER]
        assert office.answers() == []

    @pytest.mark.parametrize(
        "body", [{}, {"event": {"type": "message"}}, {"event": {"type": "reaction_added"}}]
    )
    async def test_a_body_with_little_in_it_does_no_harm(self, office: Office, body: dict[str, Any]) -> None:
        await office.events.hear(body)
        assert office.answers() == []

    @pytest.mark.parametrize("kind", ["message", "app_mention"])
    @pytest.mark.parametrize("more", [{"subtype": "message_changed"}, {"subtype": "message_deleted"}])
    async def test_an_edit_of_nothing_does_no_harm(
        self, office: Office, kind: str, more: dict[str, Any]
    ) -> None:
        await office.told(kind, **more)
        assert office.answers() == []

    async def test_the_same_event_is_answered_once(self, office: Office) -> None:
        for _ in range(3):
            await office.says("U0BEN", "list", channel="D0BEN", id="Ev0", ts="5.5")
        assert len(office.answers()) == 1

    async def test_what_failed_may_be_told_again(self, office: Office) -> None:
        office.busy.append(Overloaded())
        with pytest.raises(Overloaded):
            await office.says("U0BEN", "list", channel="D0BEN", id="Ev0")
        await office.says("U0BEN", "list", channel="D0BEN", id="Ev0")
        assert len(office.answers()) == 1

    async def test_slacks_directory_is_told_of_changes(self, office: Office) -> None:
        user = {"id": "U0BEN", "deleted": True}
        await office.told("user_change", user=user)
        await office.told("subteam_members_changed", subteam_id="S1")
        await office.told("subteam_updated", subteam={"id": "S2"})
        assert office.directory.heard == [("changed", user), ("group", "S1"), ("group", "S2")]


class TestReactions:
    @pytest.fixture
    async def case(self, office: Office) -> int:
        return await office.story.mention()

    @pytest.mark.parametrize("name", ["eyes", "eyes::skin-tone-3"])
    async def test_a_reaction_says_what_the_policy_says_it_does(
        self, office: Office, case: int, name: str
    ) -> None:
        await reacts(office, "U0BEN", name, office.card(case))
        assert (await office.story.case(case)).owner == "ben@kettle.example"
        assert office.answers() == []

    async def test_a_refusal_is_for_who_reacted(self, office: Office, case: int) -> None:
        await reacts(office, "U0ANA", "eyes", office.card(case))
        await reacts(office, "U0BEN", "eyes", office.card(case))
        ((method, channel, _, text),) = office.answers()
        assert (method, channel) == ("chat.postEphemeral", SUPPORT)
        assert "Ana Ruiz" in text

    @pytest.mark.parametrize(
        ("user", "name", "item"),
        [
            ("U0BEN", "tada", {}),
            (BOT, "eyes", {}),
            ("U0BEN", "eyes", {"channel": LOBBY}),
            ("U0BEN", "eyes", {"ts": "9.9"}),
            ("U0BEN", "eyes", {"type": "file"}),
        ],
    )
    async def test_others_mean_nothing(
        self, office: Office, case: int, user: str, name: str, item: dict[str, str]
    ) -> None:
        await reacts(office, user, name, office.card(case), item=item)
        assert (await office.story.case(case)).owner is None
        assert office.answers() == []

    async def test_taking_it_away_means_nothing(self, office: Office, case: int) -> None:
        await reacts(office, "U0BEN", "eyes", office.card(case))
        item = {"type": "message", "channel": SUPPORT, "ts": office.card(case)}
        await office.told("reaction_removed", user="U0BEN", reaction="eyes", item=item)
        assert (await office.story.case(case)).owner == "ben@kettle.example"

    async def test_nobody_of_ours_is_told_once(self, office: Office, case: int) -> None:
        for _ in range(2):
            await reacts(office, "U0GUEST", "eyes", office.card(case))
        assert office.answers() == [("chat.postEphemeral", SUPPORT, None, WHY.summary)]

    async def test_once_per_event(self, office: Office, case: int) -> None:
        card = office.card(case)
        await reacts(office, "U0BEN", "eyes", card, id="Ev0")
        await office.story.hears(f"release {case}", from_="ben")
        await reacts(office, "U0BEN", "eyes", card, id="Ev0")
        assert (await office.story.case(case)).owner is None

    async def test_it_is_told_again_when_slack_does_not_say_who(self, office: Office, case: int) -> None:
        office.directory.troubles.append(Down("Slack is away"))
        with pytest.raises(Down):
            await reacts(office, "U0BEN", "eyes", office.card(case), id="Ev0")
        await reacts(office, "U0BEN", "eyes", office.card(case), id="Ev0")
        assert (await office.story.case(case)).owner == "ben@kettle.example"


@pytest.mark.parametrize("verb", ["resolve", "publish", "Resolve", "resolve fixed"])
async def test_no_reaction_resolves_or_publishes_whatever_the_policy_says(tmp_path: Path, verb: str) -> None:
    policy = slack_policy()
    support = replace(policy.departments["support"], reactions={"white_check_mark": verb})
    policy = replace(policy, departments={**policy.departments, "support": support})
    async with an_office(tmp_path, policy) as office:
        case = await office.story.mention()
        await reacts(office, "U0ANA", "white_check_mark", office.card(case))
        assert not (await office.story.case(case)).closed
        assert office.answers() == []
