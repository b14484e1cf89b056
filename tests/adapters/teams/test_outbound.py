"""The Chat port in Teams: against a server that keeps Teams' rules, with the real directory and renderer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.teams.api import TeamsApi, TeamsRefused
from adapters.teams.outbound import NO_CHANNEL, NOT_IN_POLICY, TeamsChat, smaller
from adapters.teams.people import Directory
from bot.cards.card import Actions, Button, Card, Quote, Text, Tone
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Chat, Down, FateUnknown, Gone, Identity, Place, Posted, Shut, SlowDown, Undeliverable
from tests.adapters.slack.moving import Moving
from tests.adapters.teams.stalls import HELD, stalls
from tests.desk import test_policy
from tests.fakes.teams import (
    APP_ID,
    BOT,
    TENANT,
    FakeTeams,
    card_of,
    drop_after,
    drop_before,
    error,
    fake_teams,
    labels,
    precondition_failed,
    slow,
    status,
    too_many,
)

ANA, BEN, ZOE = (PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "zoe"))
TEAM, CHANNEL = "19:team@thread.tacv2", "19:support@thread.tacv2"
SUPPORT = Place(platform="teams", conversation=CHANNEL, department="support")
CREATE, POST = "POST /v3/conversations", "POST /v3/conversations/{id}/activities"
CARD = Card(
    title="Case 1042", summary="Case 1042 is open", tone=Tone.OPEN, elements=(Text(text="A parcel is late."),)
)
NEWER = replace(CARD, summary="Case 1042 is claimed", tone=Tone.CLAIMED)


@dataclass
class Memory:
    """Who is who and where, remembered in this process."""

    known: dict[str, Identity] = field(default_factory=dict)
    about: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def everyone(self, platform: str) -> Any:
        return list(self.known.values())

    async def keep(self, identity: Identity) -> None:
        self.known[identity.user] = identity

    async def groups(self, platform: str) -> Mapping[str, frozenset[str]]:
        return {}

    async def keep_group(self, platform: str, group: str, users: Collection[str]) -> None:
        raise AssertionError("nobody asked for groups")


@dataclass
class Places:
    kept: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def get(self, platform: str, about: str) -> Mapping[str, Any] | None:
        return self.kept.get(about)

    async def keep(self, platform: str, about: str, data: Mapping[str, Any]) -> None:
        self.kept[about] = data

    async def forget(self, platform: str, about: str) -> None:
        self.kept.pop(about, None)

    async def everyone(self, platform: str) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.kept)


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def teams(clock: Moving) -> AsyncIterator[FakeTeams]:
    async with fake_teams(now=clock.real) as teams:
        teams.add_team(TEAM)
        teams.add_channel(CHANNEL, TEAM)
        yield teams


@pytest.fixture
def ana(teams: FakeTeams) -> str:
    return teams.add_user("Ana Ruiz", str(ANA))


@pytest.fixture
def policy() -> Policy:
    policy = test_policy()
    support = replace(policy.departments["support"], channels={"web": "support", "teams": CHANNEL})
    return replace(policy, departments={**policy.departments, "support": support})


@pytest.fixture
async def chat(teams: FakeTeams, policy: Policy, clock: Moving, ana: str) -> AsyncIterator[TeamsChat]:
    """Baton was mentioned in the channel by Ana, so it knows both."""
    settings = teams.settings()
    api = TeamsApi(settings, clock, timeout=timedelta(seconds=1.5))
    directory = Directory(api, policy, Memory(), Places(), clock, settings=settings)
    assert (await directory.who(teams.activity("message", ana, CHANNEL))).person is not None
    teams.calls.clear()
    yield TeamsChat(api, directory, policy, clock)
    await directory.close()
    await api.close()


async def posted(chat: TeamsChat, card: Card = CARD, below: Posted | None = None) -> Posted:
    return await chat.post(SUPPORT, card, nonce="n-1", reply_to=below)


def said(message: dict[str, Any]) -> tuple[str, str]:
    """(its line in the notification, the card's words)."""
    return str(message["summary"]), str(card_of(message)["body"])


def test_it_is_a_chat(chat: TeamsChat) -> None:
    port: Chat = chat
    assert port.platform == "teams" and not port.searchable


# -- channels ------------------------------------------------------------------------------------------


async def test_a_card_in_a_channel_begins_a_thread(chat: TeamsChat, teams: FakeTeams) -> None:
    at = await posted(chat)
    (message,) = teams.messages(CHANNEL)
    assert at == Posted(platform="teams", conversation=CHANNEL, message=message["id"])
    assert message["summary"] == "Case 1042 is open" and "A parcel is late." in said(message)[1]
    (call,) = teams.calls
    assert call.key == CREATE and call.body["isGroup"] and call.body["tenantId"] == TENANT
    assert call.body["channelData"] == {"channel": {"id": CHANNEL}, "tenant": {"id": TENANT}}
    assert call.body["bot"]["id"] == BOT and APP_ID in BOT


async def test_words_below_it_go_into_that_thread(chat: TeamsChat, teams: FakeTeams) -> None:
    root = await posted(chat)
    reply = await posted(chat, NEWER, below=root)
    (below,) = teams.thread(CHANNEL, root.message)
    assert reply == Posted(platform="teams", conversation=CHANNEL, message=below["id"])
    assert below["summary"] == NEWER.summary and "replyToId" not in teams.calls[-1].body
    await chat.edit(reply, CARD)
    (below,) = teams.thread(CHANNEL, root.message)
    assert below["summary"] == CARD.summary


async def test_below_what_was_deleted_nothing_can_be_said(chat: TeamsChat) -> None:
    root = await posted(chat)
    await chat.delete(root)
    with pytest.raises(Gone):
        await posted(chat, below=root)


async def test_a_card_is_edited_in_place(chat: TeamsChat, teams: FakeTeams) -> None:
    at = await posted(chat)
    await chat.edit(at, NEWER)
    (message,) = teams.messages(CHANNEL)
    assert message["id"] == at.message and message["summary"] == NEWER.summary
    assert teams.edits(CHANNEL, at.message) == 1


async def test_what_was_deleted_is_gone_for_edits_and_fine_for_deletes(
    chat: TeamsChat, teams: FakeTeams
) -> None:
    at = await posted(chat)
    await chat.delete(at)
    assert not teams.messages(CHANNEL)
    await chat.delete(at)
    with pytest.raises(Gone):
        await chat.edit(at, NEWER)


async def test_a_channel_that_is_no_department_s_is_undeliverable(chat: TeamsChat, teams: FakeTeams) -> None:
    place = Place(platform="teams", conversation="19:other@thread.tacv2")
    with pytest.raises(Undeliverable) as caught:
        await chat.post(place, CARD, nonce="n", reply_to=None)
    assert str(caught.value) == NO_CHANNEL.format(conversation=place.conversation)
    assert not teams.calls


async def test_a_team_that_took_us_out_is_shut(chat: TeamsChat, teams: FakeTeams) -> None:
    at = await posted(chat)
    teams.tenant.teams[TEAM].bot = False
    with pytest.raises(Shut):
        await posted(chat)
    with pytest.raises(Shut):
        await chat.edit(at, NEWER)


# -- people --------------------------------------------------------------------------------------------


async def test_a_person_is_written_to_in_their_own_chat(chat: TeamsChat, teams: FakeTeams, ana: str) -> None:
    place = await chat.direct(ANA)
    assert place == Place(platform="teams", conversation=teams.direct(ana), person=ANA)
    at = await chat.post(
        place, CARD, nonce="n", reply_to=Posted(platform="teams", conversation="x", message="1")
    )
    (message,) = teams.private(ana)
    assert at == Posted(platform="teams", conversation=place.conversation, message=message["id"])
    await chat.edit(at, NEWER)
    assert [message["summary"] for message in teams.private(ana)] == [NEWER.summary]
    await chat.delete(at)
    assert not teams.private(ana)


async def test_a_page_is_edited_after_a_restart_too(chat: TeamsChat, teams: FakeTeams, ana: str) -> None:
    at = await chat.post(await chat.direct(ANA), CARD, nonce="n", reply_to=None)
    again = TeamsChat(chat.api, chat.directory, chat.policy, chat.clock)
    await again.edit(at, NEWER)
    assert [message["summary"] for message in teams.private(ana)] == [NEWER.summary]


async def test_who_is_not_in_the_policy_is_undeliverable(chat: TeamsChat) -> None:
    for place in (None, Place(platform="teams", conversation="a:1", person=ZOE)):
        with pytest.raises(Undeliverable) as caught:
            await (chat.post(place, CARD, nonce="n", reply_to=None) if place else chat.direct(ZOE))
        assert str(caught.value) == NOT_IN_POLICY.format(person=ZOE)


async def test_whom_teams_does_not_know_is_undeliverable(chat: TeamsChat) -> None:
    with pytest.raises(Undeliverable):
        await chat.direct(BEN)


async def test_who_blocked_us_is_undeliverable(chat: TeamsChat, teams: FakeTeams, ana: str) -> None:
    place = await chat.direct(ANA)
    teams.block(ana)
    with pytest.raises(Undeliverable) as caught:
        await chat.post(place, CARD, nonce="n", reply_to=None)
    assert "blocked" in str(caught.value)


async def test_a_page_uses_the_reserve(chat: TeamsChat, teams: FakeTeams) -> None:
    place = await chat.direct(ANA)
    for _ in range(6):
        at = await chat.post(place, CARD, nonce="n", reply_to=None)
    await chat.edit(at, NEWER)
    with pytest.raises(SlowDown):
        await chat.post(place, CARD, nonce="n", reply_to=None)
    for _ in range(6):
        at = await posted(chat)
    with pytest.raises(SlowDown):
        await posted(chat)
    await chat.delete(at)
    assert not any(call.status == 429 for call in teams.calls)


# -- too much ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble", [error(413, "RequestEntityTooLarge"), status(413), error(400, "BadArgument")]
)
async def test_a_card_that_is_too_much_is_posted_smaller(
    chat: TeamsChat, teams: FakeTeams, trouble: Any
) -> None:
    show = Button(label="Details", words="show 1042")
    card = replace(
        CARD, elements=(*CARD.elements, Actions(buttons=(Button(label="Claim", words="claim 1042"), show)))
    )
    teams.trouble(CREATE, trouble)
    at = await posted(chat, card)
    message = teams.message(CHANNEL, at.message)
    assert "Case 1042 is open" in said(message)[1] and "A parcel is late." not in said(message)[1]
    assert labels(message) == ["Details"]
    teams.trouble("PUT", trouble)
    await chat.edit(at, card)
    assert labels(teams.message(CHANNEL, at.message)) == ["Details"]


async def test_what_stays_too_much_is_refused(chat: TeamsChat, teams: FakeTeams) -> None:
    teams.trouble(CREATE, *[status(413)] * 2)
    with pytest.raises(TeamsRefused):
        await posted(chat)
    assert len(teams.calls) == 2


async def test_a_very_long_card_fits(chat: TeamsChat, teams: FakeTeams) -> None:
    long = replace(CARD, elements=tuple(Quote(text="語" * 5000, by="@tom") for _ in range(12)))
    await posted(chat, long)
    assert [call.status for call in teams.calls] == [201]


def test_the_smaller_card_keeps_its_line_and_the_way_to_the_rest() -> None:
    card = smaller(replace(CARD, elements=(Actions(buttons=(Button(label="All", words="show 1042"),)),)))
    assert card.elements[0] == Text(text=CARD.summary) and isinstance(card.elements[1], Actions)
    assert smaller(CARD).elements == (Text(text=CARD.summary),)


# -- trouble -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [drop_before, drop_after, status(500), slow(3)])
async def test_the_fate_of_a_lost_post_is_unknown(chat: TeamsChat, teams: FakeTeams, trouble: Any) -> None:
    teams.trouble(CREATE, trouble)
    with pytest.raises(FateUnknown):
        await posted(chat)
    place = await chat.direct(ANA)
    teams.trouble(POST, trouble)
    with pytest.raises(FateUnknown):
        await chat.post(place, CARD, nonce="n", reply_to=None)


@pytest.mark.parametrize("body", ["{}", '{"id": ""}'])
async def test_a_post_without_an_id_is_of_unknown_fate(chat: TeamsChat, teams: FakeTeams, body: str) -> None:
    teams.trouble(CREATE, status(201, body))
    with pytest.raises(FateUnknown):
        await posted(chat)


async def test_a_lost_edit_may_be_repeated(chat: TeamsChat, teams: FakeTeams) -> None:
    at = await posted(chat)
    teams.trouble("PUT", status(500))
    with pytest.raises(Down):
        await chat.edit(at, NEWER)
    await chat.edit(at, NEWER)


async def test_what_passes_is_sat_out_and_what_does_not_is_the_lane_s(
    chat: TeamsChat, teams: FakeTeams
) -> None:
    teams.trouble(CREATE, precondition_failed, too_many(1), None, too_many(20))
    await posted(chat)
    assert len(teams.messages(CHANNEL)) == 1
    with pytest.raises(SlowDown) as caught:
        await posted(chat)
    assert caught.value.after == timedelta(seconds=20)


async def test_slow_sends_hold_up_nothing(chat: TeamsChat, teams: FakeTeams) -> None:
    teams.trouble(CREATE, *[slow(0.4)] * 5)
    await posted(chat)
    async with stalls() as seen:
        await asyncio.gather(*(posted(chat) for _ in range(4)))
    assert seen.longest < HELD
    assert len(teams.messages(CHANNEL)) == 5
