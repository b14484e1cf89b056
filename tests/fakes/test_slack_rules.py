"""The fake Slack keeps Slack's rules: each is broken here once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.desk import Time
from tests.fakes.slack import (
    FakeSlack,
    drop_after,
    drop_before,
    error,
    fake_slack,
    slow,
    status,
    too_many,
)

C = "C0SUPPORT"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def slack(time: Time) -> AsyncIterator[FakeSlack]:
    async with fake_slack(now=time.real) as slack:
        slack.add_user("Ana Ruiz", "ana@kettle.example", id="U1")
        slack.add_channel(C)
        yield slack


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url, retry_handlers=[])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


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


async def test_metadata_is_kept_and_told_when_asked_for(slack: FakeSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "baton_message", "event_payload": {"nonce": "n1"}}
    posted = await client.chat_postMessage(channel=C, text="x", metadata=metadata)
    plain = await client.conversations_history(channel=C)
    full = await client.conversations_history(channel=C, include_all_metadata=True)
    assert plain["messages"][0]["metadata"] == {"event_type": "baton_message"}
    assert full["messages"][0]["metadata"] == metadata
    await client.chat_update(channel=C, ts=posted["ts"], text="y")
    assert slack.messages(C)[0]["metadata"] == metadata


async def test_history_is_the_main_line_newest_first(slack: FakeSlack, client: AsyncWebClient) -> None:
    first = (await client.chat_postMessage(channel=C, text="first"))["ts"]
    await client.chat_postMessage(channel=C, text="reply", thread_ts=first)
    await client.chat_postMessage(channel=C, text="second")
    history = await client.conversations_history(channel=C, limit=1)
    assert [m["text"] for m in history["messages"]] == ["second"] and history["has_more"]
    cursor = history["response_metadata"]["next_cursor"]
    assert (await client.conversations_history(channel=C, cursor=cursor))["messages"][0]["text"] == "first"
    thread = await client.conversations_replies(channel=C, ts=first)
    assert [m["text"] for m in thread["messages"]] == ["first", "reply"]
    assert await refused(client.conversations_replies(channel=C, ts="1.1")) == "thread_not_found"
    orphan = await client.chat_postMessage(channel=C, text="orphan", thread_ts="1.1")
    assert "thread_ts" not in orphan["message"] and slack.messages(C)[-1]["text"] == "orphan"


async def test_a_deleted_root_leaves_a_tombstone(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel=C, text="root"))["ts"]
    await client.chat_postMessage(channel=C, text="reply", thread_ts=root)
    await slack.delete("U1", C, root)
    assert slack.messages(C) == [] and len(slack.thread(C, root)) == 1
    assert await refused(client.chat_update(channel=C, ts=root, text="x")) == "message_not_found"


async def test_people_are_found_as_slack_finds_them(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.add_user("Gone", "gone@kettle.example", deleted=True)
    far = slack.add_user("Far", "far@other.example", is_stranger=True, team_id="T2")
    found = await client.users_lookupByEmail(email="ANA@kettle.example")
    assert found["user"]["id"] == "U1" and found["user"]["is_email_confirmed"]
    for email in ("gone@kettle.example", "far@other.example", "nobody@kettle.example"):
        assert await refused(client.users_lookupByEmail(email=email)) == "users_not_found"
    assert "email" not in (await client.users_info(user=far))["user"]["profile"]
    assert await refused(client.users_info(user="U9")) == "user_not_found"
    assert len((await client.users_list())["members"]) == 3
    slack.add_group("S1", "press", ["U1"])
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1"]
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["U1"]


async def test_methods_that_read_take_no_json(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert await refused(client.api_call("users.info", json={"user": "U1"})) == "invalid_arguments"
    slack.broken.clear()


async def test_a_file_is_complete_when_its_bytes_came(slack: FakeSlack, client: AsyncWebClient) -> None:
    done = await client.files_upload_v2(filename="chart.png", content=b"picture", alt_txt="A chart")
    (file,) = slack.files.values()
    assert (file.content, file.alt, file.complete) == (b"picture", "A chart", True)
    image = {"type": "image", "alt_text": "A chart", "slack_file": {"id": done["files"][0]["id"]}}
    await client.chat_postMessage(channel=C, text="x", blocks=[image])


async def test_an_ephemeral_message_is_for_one(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=C, user="U1", text="psst")
    assert [m["text"] for m in slack.ephemerals(C, "U1")] == ["psst"]
    assert slack.messages(C) == [] and slack.ephemerals(C, "U2") == []
    assert (await client.conversations_history(channel=C))["messages"] == []
    assert await refused(client.chat_postEphemeral(channel=C, user="U9", text="x")) == "user_not_in_channel"


async def test_direct_messages_are_opened(slack: FakeSlack, client: AsyncWebClient) -> None:
    opened = (await client.conversations_open(users="U1"))["channel"]["id"]
    assert opened == slack.direct("U1")
    posted = await client.chat_postMessage(channel="U1", text="hello")
    assert posted["channel"] == opened and len(slack.messages(opened)) == 1


async def test_troubles_meet_the_next_calls(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.trouble("chat.postMessage", too_many(7), status(503), error("fatal_error"), drop_before, drop_after)
    for expected in ("429", "503", "fatal_error", "", ""):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each is of its own kind
            await client.chat_postMessage(channel=C, text="x")
        assert expected in str(caught.value) or expected in str(getattr(caught.value, "response", {}))
    assert len(slack.messages(C)) == 1
    slack.trouble("chat.postMessage", slow(0.01))
    await client.chat_postMessage(channel=C, text="x")
    slack.down()
    with pytest.raises(Exception):  # noqa: B017, PT011 - what the client makes of it is its affair
        await client.auth_test()
    slack.down(False)
    await client.auth_test()


async def test_an_unknown_method_fails_the_test() -> None:
    async def shout() -> None:
        async with fake_slack() as slack:
            client = AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url)
            assert await refused(client.api_call("chat.shout")) == "unknown_method"

    with pytest.raises(AssertionError, match=r"no chat\.shout"):
        await shout()
