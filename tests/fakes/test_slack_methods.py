"""The fake Slack's methods answer as Slack's do."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.refusals import refused
from tests.fakes.slack import FakeSlack, drop_after, drop_before, error, fake_slack, slow, status, too_many

C = "C0SUPPORT"


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
