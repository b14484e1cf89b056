"""The fake Slack keeps Slack's rules: each is broken here once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.desk import Time
from tests.fakes.refusals import refused
from tests.fakes.slack import (
    FakeSlack,
)

C = "C0SUPPORT"


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "a", **more}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}, **more}


def modal(**more: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Title"}
    return {"type": "modal", "title": title, "blocks": [section("x")], **more}


async def test_tokens_are_looked_at(slack: FakeSlack, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert answer["user_id"] == "U0BATON0001" and "chat:write" in answer.headers["x-oauth-scopes"]
    assert await refused(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert (
        await refused(client.apps_connections_open(app_token=client.token or "")) == "not_allowed_token_type"
    )
    slack.work.scopes.discard("chat:write")
    assert await refused(client.chat_postMessage(channel=C, text="x")) == "missing_scope"
    await slack.revoke_tokens()
    assert await refused(client.auth_test()) == "token_revoked"


async def test_channels_are_looked_at(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.add_channel("C0OTHER", bot=False)
    slack.add_channel("C0SECRET", bot=False, is_private=True)
    assert await refused(client.chat_postMessage(channel="C0NONE", text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel="C0OTHER", text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel="C0SECRET", text="x")) == "channel_not_found"
    await slack.archive(C)
    assert await refused(client.chat_postMessage(channel=C, text="x")) == "is_archived"


async def test_only_our_own_standing_messages_are_edited(slack: FakeSlack, client: AsyncWebClient) -> None:
    ours = await client.chat_postMessage(channel=C, text="one")
    theirs = (await slack.say("U1", C, "hello")).ts
    await client.chat_update(channel=C, ts=ours["ts"], text="two")
    assert slack.messages(C)[0]["text"] == "two"
    assert await refused(client.chat_update(channel=C, ts=theirs, text="x")) == "cant_update_message"
    assert await refused(client.chat_update(channel=C, ts="1.0", text="x")) == "message_not_found"
    await client.chat_delete(channel=C, ts=ours["ts"])
    assert await refused(client.chat_delete(channel=C, ts=ours["ts"])) == "message_not_found"
    assert await refused(client.chat_delete(channel=C, ts=theirs)) == "cant_delete_message"


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ([section("x") for _ in range(51)], "invalid_blocks"),
        ([section("x" * 3001)], "invalid_blocks"),
        ([section("")], "invalid_blocks"),
        ([section("x", colour="red")], "invalid_blocks"),
        ([section("x", block_id="b"), section("y", block_id="b")], "invalid_blocks"),
        ([{"type": "actions", "elements": [button(), button()]}], "invalid_blocks"),
        ([{"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]}], "invalid_blocks"),
        ([{"type": "actions", "elements": [button(value="x" * 2001)]}], "invalid_blocks"),
        (
            [{"type": "actions", "elements": [button(text={"type": "plain_text", "text": "x" * 76})]}],
            "invalid_blocks",
        ),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "invalid_blocks"),
        ([{"type": "made_up"}], "invalid_blocks"),
        ([{"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}], "invalid_blocks"),
        ([section("x" * 2900) for _ in range(5)], "msg_blocks_too_long"),
    ],
)
async def test_blocks_have_limits(
    slack: FakeSlack, client: AsyncWebClient, blocks: list[dict[str, Any]], code: str
) -> None:
    assert await refused(client.chat_postMessage(channel=C, text="x", blocks=blocks)) == code
    with pytest.raises(AssertionError, match=code):
        slack.check()
    slack.broken.clear()


async def test_texts_have_limits(slack: FakeSlack, client: AsyncWebClient) -> None:
    ours = await client.chat_postMessage(channel=C, text="x")
    assert await refused(client.api_call("chat.postMessage", json={"channel": C})) == "no_text"
    assert await refused(client.chat_postMessage(channel=C, text="x" * 40_001)) == "msg_too_long"
    assert await refused(client.chat_update(channel=C, ts=ours["ts"], text="x" * 4_001)) == "msg_too_long"
    slack.broken.clear()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"blocks": [section("x") for _ in range(101)]},
        {"type": "home"},
        {
            "blocks": [
                {
                    "type": "input",
                    "label": {"type": "plain_text", "text": "Why"},
                    "element": {"type": "plain_text_input", "action_id": "a"},
                }
            ]
        },
    ],
)
async def test_views_have_limits(slack: FakeSlack, client: AsyncWebClient, wrong: dict[str, Any]) -> None:
    trigger = slack.triggers.give("U1")
    assert (await refused(client.views_open(trigger_id=trigger, view=modal(**wrong)))).startswith("invalid_")
    assert slack.modal("U1") is None and slack.broken
    slack.broken.clear()


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, time: Time
) -> None:
    trigger, other = slack.triggers.give("U1"), slack.triggers.give("U1")
    await client.views_open(trigger_id=trigger, view=modal())
    assert slack.modal("U1")
    assert await refused(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    time.at += timedelta(seconds=3.1)
    assert await refused(client.views_open(trigger_id=other, view=modal())) == "expired_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"


async def test_views_know_their_hash(slack: FakeSlack, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section("x")]}
    first = await client.views_publish(user_id="U1", view=home)
    await client.views_publish(user_id="U1", view=home, hash=first["view"]["hash"])
    stale = client.views_publish(user_id="U1", view=home, hash=first["view"]["hash"])
    assert await refused(stale) == "hash_conflict"
    opened = await client.views_open(trigger_id=slack.triggers.give("U1"), view=modal())
    await client.views_update(view_id=opened["view"]["id"], view=modal(callback_id="new"))
    assert (slack.modal("U1") or {})["callback_id"] == "new"
    assert await refused(client.views_update(view_id="V1", view=modal())) == "not_found"


async def test_a_channel_takes_a_burst_and_then_one_a_second(
    slack: FakeSlack, client: AsyncWebClient, time: Time
) -> None:
    for _ in range(4):
        await client.chat_postMessage(channel=C, text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=C, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["retry-after"]) == (429, "1")
    slack.add_channel("C0OTHER")
    await client.chat_postMessage(channel="C0OTHER", text="x")
    time.at += timedelta(seconds=1)
    await client.chat_postMessage(channel=C, text="x")
