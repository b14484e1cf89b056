"""The Chat port in Slack: against a server that keeps Slack's rules, with the real directory and renderer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from adapters.slack.api import SlackApi, SlackRefused
from adapters.slack.outbound import NO_CHANNEL, NOT_IN_POLICY, SlackChat, smaller
from adapters.slack.people import Directory
from bot.cards.card import Actions, Bar, Button, Card, Chart, OpenLink, Quote, Text, Tone
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import (
    Chat,
    Down,
    Failed,
    FateUnknown,
    Gone,
    Identity,
    Place,
    Posted,
    Shut,
    SlowDown,
    Undeliverable,
)
from tests.adapters.slack.moving import Moving
from tests.desk import test_policy
from tests.fakes.slack import FakeSlack, drop_after, drop_before, error, fake_slack, status, too_many

ANA, BEN = PersonId("ana@kettle.example"), PersonId("ben@kettle.example")
SUPPORT = Place(platform="slack", conversation="C0SUPPORT", department="support")
CARD = Card(
    title="Case 1042", summary="Case 1042 is open", tone=Tone.OPEN, elements=(Text(text="A parcel is late."),)
)
CHART = Chart(
    title="Cases", bars=(Bar(label="Mon", value=3), Bar(label="Tue", value=5)), alt="More on Tuesday."
)
DIGEST = Card(title="Yesterday", summary="Eight cases", elements=(CHART, Text(text="All answered.")))


@dataclass
class Memory:
    """Who is who, remembered in this process."""

    known: dict[str, Identity] = field(default_factory=dict)

    async def everyone(self, platform: str) -> Sequence[Identity]:
        return [each for each in self.known.values() if each.platform == platform]

    async def keep(self, identity: Identity) -> None:
        self.known[identity.user] = identity

    async def groups(self, platform: str) -> Mapping[str, frozenset[str]]:
        return {}

    async def keep_group(self, platform: str, group: str, users: Collection[str]) -> None:
        raise AssertionError("nobody asked for groups")


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def slack(clock: Moving) -> AsyncIterator[FakeSlack]:
    async with fake_slack(now=clock.real) as slack:
        slack.add_channel("C0SUPPORT")
        slack.add_user("Ana Ruiz", str(ANA), id="U0ANA")
        yield slack


@pytest.fixture
def policy() -> Policy:
    policy = test_policy()
    support = replace(policy.departments["support"], channels={"web": "support", "slack": "C0SUPPORT"})
    return replace(policy, departments={**policy.departments, "support": support})


@pytest.fixture
async def chat(slack: FakeSlack, policy: Policy, clock: Moving) -> AsyncIterator[SlackChat]:
    api = SlackApi(slack.settings(), clock, timeout=timedelta(seconds=2))
    directory = Directory(api, policy, Memory(), clock)
    yield SlackChat(api, directory, policy, clock)
    await directory.close()
    await api.close()


async def post(chat: Chat, card: Card = CARD, *, nonce: str = "n1", below: Posted | None = None) -> Posted:
    return await chat.post(SUPPORT, card, nonce=nonce, reply_to=below)


def text_in(message: Mapping[str, object]) -> str:
    return str(message["blocks"])


# -- posting, editing, taking away ---------------------------------------------------------------------


async def test_a_card_is_posted_with_its_mark_and_nothing_is_parsed(
    chat: SlackChat, slack: FakeSlack
) -> None:
    posted = await post(chat)
    (message,) = slack.messages("C0SUPPORT")
    assert posted == Posted(platform="slack", conversation="C0SUPPORT", message=message["ts"])
    assert message["text"] == "Case 1042 is open" and "A parcel is late." in text_in(message)
    assert message["metadata"] == {"event_type": "baton_message", "event_payload": {"nonce": "n1"}}
    (call,) = slack.called("chat.postMessage")
    assert call.arguments["parse"] == "none" and call.arguments["mrkdwn"] is False
    assert call.arguments["unfurl_links"] is False and call.arguments["unfurl_media"] is False
    assert "thread_ts" not in call.arguments


async def test_a_reply_stands_in_its_thread(chat: SlackChat, slack: FakeSlack) -> None:
    root = await post(chat)
    reply = await post(chat, nonce="n2", below=root)
    assert [message["ts"] for message in slack.thread("C0SUPPORT", root.message)] == [reply.message]
    assert len(slack.messages("C0SUPPORT")) == 1


async def test_a_reply_to_what_cannot_be_answered_is_gone(chat: SlackChat, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", error("cannot_reply_to_message"))
    with pytest.raises(Gone):
        await post(chat, below=Posted(platform="slack", conversation="C0SUPPORT", message="1.000001"))


async def test_an_edit_shows_the_newer_card_and_keeps_the_mark(chat: SlackChat, slack: FakeSlack) -> None:
    posted = await post(chat)
    await chat.edit(posted, replace(CARD, summary="Case 1042 is Ana's", elements=(Text(text="Claimed."),)))
    (message,) = slack.messages("C0SUPPORT")
    assert message["text"] == "Case 1042 is Ana's" and "Claimed." in text_in(message)
    assert message["metadata"]["event_payload"] == {"nonce": "n1"} and "edited" not in message
    assert slack.called("chat.update")[0].arguments["parse"] == "none"


async def test_a_card_that_somebody_deleted_is_gone_for_edits_and_no_matter_for_deleting(
    chat: SlackChat, slack: FakeSlack
) -> None:
    posted = await post(chat)
    await chat.delete(posted)
    assert slack.messages("C0SUPPORT") == []
    with pytest.raises(Gone):
        await chat.edit(posted, CARD)
    await chat.delete(posted)


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
async def test_what_slack_lets_nobody_edit_is_gone(chat: SlackChat, slack: FakeSlack, code: str) -> None:
    posted = await post(chat)
    slack.trouble("chat.update", error(code))
    with pytest.raises(Gone):
        await chat.edit(posted, CARD)


# -- places -----------------------------------------------------------------------------------------------


async def test_a_channel_that_is_no_department_s_gets_nothing(chat: SlackChat, slack: FakeSlack) -> None:
    with pytest.raises(Undeliverable, match="under `channels`") as caught:
        await chat.post(replace(SUPPORT, conversation="C0OTHER"), CARD, nonce="n", reply_to=None)
    assert str(caught.value) == NO_CHANNEL.format(conversation="C0OTHER")
    assert not slack.calls


async def test_a_channel_without_us_is_shut_and_says_how_to_mend_it(
    chat: SlackChat, slack: FakeSlack, clock: Moving
) -> None:
    await post(chat)
    slack.work.channels["C0SUPPORT"].bot = False
    with pytest.raises(Shut, match="/invite @Baton"):
        await post(chat, nonce="n2")
    clock.at += timedelta(seconds=5)
    slack.work.channels["C0SUPPORT"].bot, slack.work.channels["C0SUPPORT"].is_archived = True, True
    with pytest.raises(Shut, match="archived"):
        await post(chat, nonce="n3")


async def test_revoked_tokens_shut_everything(chat: SlackChat, slack: FakeSlack) -> None:
    posted = await post(chat)
    slack.work.revoked = True
    for attempt in (
        post(chat, nonce="n2"),
        chat.edit(posted, CARD),
        chat.find(SUPPORT, "n1"),
        chat.delete(posted),
    ):
        with pytest.raises(Shut, match="install the app again"):
            await attempt


async def test_a_direct_conversation_is_opened_once(chat: SlackChat, slack: FakeSlack) -> None:
    place = await chat.direct(ANA)
    assert place == Place(platform="slack", conversation=slack.direct("U0ANA"), person=ANA)
    assert await chat.direct(ANA) == place
    assert len(slack.called("conversations.open")) == 1
    await chat.post(place, CARD, nonce="n1", reply_to=None)
    assert [message["text"] for message in slack.messages(place.conversation)] == ["Case 1042 is open"]


async def test_a_direct_conversation_that_slack_replaced_is_opened_again(
    chat: SlackChat, slack: FakeSlack
) -> None:
    old = await chat.direct(ANA)
    del slack.work.channels[old.conversation]
    with pytest.raises(Failed, match="another direct conversation"):
        await chat.post(old, CARD, nonce="n1", reply_to=None)
    new = await chat.direct(ANA)
    assert new.conversation != old.conversation
    await chat.post(new, CARD, nonce="n2", reply_to=None)


async def test_who_cannot_be_reached_is_told_why(chat: SlackChat) -> None:
    with pytest.raises(Undeliverable) as caught:
        await chat.direct(PersonId("nobody@kettle.example"))
    assert str(caught.value) == NOT_IN_POLICY.format(person="nobody@kettle.example")
    with pytest.raises(Undeliverable, match=r"ben@kettle\.example"):
        await chat.direct(BEN)


# -- pace -------------------------------------------------------------------------------------------------


async def test_a_busy_channel_is_paced_before_slack_says_so(
    chat: SlackChat, slack: FakeSlack, clock: Moving
) -> None:
    waits = []
    for number in range(6):
        while True:
            try:
                await post(chat, nonce=f"n{number}")
                break
            except SlowDown as slow:
                waits.append(slow.after)
                clock.at += slow.after
    assert waits == [timedelta(seconds=1)] * 4
    assert len(slack.messages("C0SUPPORT")) == 6 == len(slack.called("chat.postMessage"))


async def test_a_page_may_use_the_reserve(chat: SlackChat, slack: FakeSlack) -> None:
    place = await chat.direct(ANA)
    for number in range(3):
        await chat.post(place, CARD, nonce=f"n{number}", reply_to=None)
    root = Posted(
        platform="slack", conversation=place.conversation, message=slack.messages(place.conversation)[0]["ts"]
    )
    for _ in range(30):
        try:
            await chat.edit(replace(root, conversation="C0SUPPORT"), CARD)
        except Gone:
            continue
        except SlowDown:
            break
    await chat.edit(root, CARD)


async def test_a_429_is_obeyed(chat: SlackChat, slack: FakeSlack, clock: Moving) -> None:
    slack.trouble("chat.postMessage", too_many(20))
    for seconds in (20, 12):
        with pytest.raises(SlowDown) as caught:
            await post(chat)
        assert caught.value.after == timedelta(seconds=seconds)
        clock.at += timedelta(seconds=8)
    clock.at += timedelta(seconds=4)
    await post(chat)
    assert len(slack.called("chat.postMessage")) == 2


# -- unknown fate -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [drop_after, drop_before, status(502)])
async def test_a_message_of_unknown_fate_is_found_or_is_not_there(
    chat: SlackChat, slack: FakeSlack, trouble: object
) -> None:
    await post(chat, nonce="other")
    slack.trouble("chat.postMessage", trouble)  # type: ignore[arg-type]  # each is a Trouble
    with pytest.raises(FateUnknown):
        await post(chat)
    found = await chat.find(SUPPORT, "n1")
    if trouble is drop_after:
        assert found is not None and found.message == slack.messages("C0SUPPORT")[1]["ts"]
    else:
        assert found is None and len(slack.messages("C0SUPPORT")) == 1


async def test_a_message_that_slack_was_still_working_on_is_found(
    chat: SlackChat, slack: FakeSlack, clock: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there at once is not there at all only some seconds later: posted anew, it would be there twice."""
    wait = clock.sleep

    async def meanwhile_it_arrives(delay: timedelta) -> None:
        await post(chat, nonce="n1")
        await wait(delay)

    monkeypatch.setattr(clock, "sleep", meanwhile_it_arrives)
    found = await chat.find(SUPPORT, "n1")
    assert found is not None and found.message == slack.messages("C0SUPPORT")[0]["ts"]


async def test_a_reply_of_unknown_fate_is_found_in_its_thread(chat: SlackChat, slack: FakeSlack) -> None:
    root = await post(chat, nonce="root")
    slack.trouble("chat.postMessage", drop_after)
    with pytest.raises(FateUnknown):
        await post(chat, below=root)
    assert await chat.find(SUPPORT, "n1") is None, "a channel's history leaves replies out"
    found = await chat.find(SUPPORT, "n1", below=root)
    assert found is not None and found.message == slack.thread("C0SUPPORT", root.message)[0]["ts"]
    assert await chat.find(SUPPORT, "n2", below=root) is None


async def test_a_reply_whose_root_is_away_is_looked_for_in_the_channel(
    chat: SlackChat, slack: FakeSlack
) -> None:
    root = await post(chat, nonce="root")
    fallen = await post(chat, nonce="n1")
    await chat.delete(root)
    assert await chat.find(SUPPORT, "n1", below=root) == fallen


async def test_looking_goes_back_two_days_and_through_all_pages(
    chat: SlackChat, slack: FakeSlack, clock: Moving
) -> None:
    await post(chat, nonce="old")
    clock.at += timedelta(days=2, hours=1)
    await post(chat, nonce="n1")
    for number in range(450):
        clock.at += timedelta(seconds=2)
        await slack.say("U0ANA", "C0SUPPORT", f"words {number}")
    assert await chat.find(SUPPORT, "n1") is not None
    assert len(slack.called("conversations.history")) == 3
    assert await chat.find(SUPPORT, "old") is None


async def test_somebody_else_s_metadata_is_not_ours(chat: SlackChat, slack: FakeSlack) -> None:
    await post(chat, nonce="n1")
    message = slack.work.channels["C0SUPPORT"].messages[0]
    for metadata in (
        {"event_type": "task", "event_payload": {"nonce": "n1"}},
        {"event_type": "baton_message"},
        None,
    ):
        message.metadata = metadata
        assert await chat.find(SUPPORT, "n1") is None


async def test_an_edit_of_unknown_fate_may_be_repeated(chat: SlackChat, slack: FakeSlack) -> None:
    posted = await post(chat)
    slack.trouble("chat.update", drop_after, drop_before)
    for _ in range(2):
        with pytest.raises(Down):
            await chat.edit(posted, replace(CARD, summary="Newer"))
    await chat.edit(posted, replace(CARD, summary="Newer"))
    assert slack.messages("C0SUPPORT")[0]["text"] == "Newer"


async def test_slack_down_is_told_apart_from_a_failure_of_ours(chat: SlackChat, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", error("service_unavailable"))
    with pytest.raises(Down):
        await post(chat)
    assert slack.messages("C0SUPPORT") == []


# -- charts ---------------------------------------------------------------------------------------------------


async def test_a_chart_is_uploaded_once_and_shown_as_an_image(chat: SlackChat, slack: FakeSlack) -> None:
    posted = await post(chat, DIGEST)
    await chat.edit(posted, replace(DIGEST, summary="Nine cases"))
    ((id, file),) = slack.files.items()
    assert file.complete and file.alt == CHART.alt and (file.content or b"").startswith(b"\x89PNG")
    (message,) = slack.messages("C0SUPPORT")
    (image,) = [block for block in message["blocks"] if block["type"] == "image"]
    assert image["slack_file"] == {"id": id} and CHART.alt in image["alt_text"]


async def test_without_the_scope_charts_are_text(
    chat: SlackChat, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.work.scopes.discard("files:write")
    for nonce in ("n1", "n2"):
        await post(chat, DIGEST, nonce=nonce)
    assert all("image" not in [b["type"] for b in m["blocks"]] for m in slack.messages("C0SUPPORT"))
    assert "Tue" in text_in(slack.messages("C0SUPPORT")[0])
    assert capsys.readouterr().out.count("charts are shown as text") == 1


async def test_a_picture_that_slack_is_still_busy_with_is_waited_for(
    chat: SlackChat, slack: FakeSlack, clock: Moving
) -> None:
    slack.trouble("chat.postMessage", error("invalid_blocks"))
    await post(chat, DIGEST)
    assert "slack_file" in text_in(slack.messages("C0SUPPORT")[0])
    assert clock.slept[:1] == [timedelta(seconds=2)]


async def test_a_picture_that_never_gets_ready_becomes_text(chat: SlackChat, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", error("invalid_blocks"), error("invalid_blocks"))
    await post(chat, DIGEST)
    (message,) = slack.messages("C0SUPPORT")
    assert "slack_file" not in text_in(message) and "All answered." in text_in(message)


# -- too big ----------------------------------------------------------------------------------------------------

BIG = replace(
    CARD,
    elements=(
        Quote(text="word " * 200, by="@marta"),
        Actions(
            buttons=(
                Button(label="Claim", words="claim 1042"),
                Button(label="Details", words="show 1042"),
                OpenLink(label="Open", url="https://x.example/1"),
            )
        ),
    ),
)


@pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"])
async def test_a_card_that_slack_finds_too_big_is_posted_smaller(
    chat: SlackChat, slack: FakeSlack, code: str
) -> None:
    slack.trouble("chat.postMessage", error(code))
    posted = await post(chat, BIG)
    (message,) = slack.messages("C0SUPPORT")
    shown = text_in(message)
    assert "Case 1042 is open" in shown and "Details" in shown
    assert "word" not in shown.replace("words", "") and "Claim" not in shown
    slack.trouble("chat.update", error(code))
    await chat.edit(posted, BIG)
    assert len(slack.called("chat.update")) == 2


async def test_a_card_that_is_refused_in_any_size_is_undeliverable(
    chat: SlackChat, slack: FakeSlack, clock: Moving
) -> None:
    slack.trouble("chat.postMessage", *[error("invalid_blocks")] * 4)
    with pytest.raises(SlackRefused) as caught:
        await post(chat, DIGEST)
    assert caught.value.code == "invalid_blocks"
    assert len(slack.called("chat.postMessage")) == 4, (
        "our own pace is sat out: begun anew, it would never end"
    )


async def test_other_refusals_are_final(chat: SlackChat, slack: FakeSlack) -> None:
    slack.trouble("chat.postMessage", error("metadata_too_large"))
    with pytest.raises(Undeliverable, match="metadata_too_large"):
        await post(chat)
    assert len(slack.called("chat.postMessage")) == 1


def test_a_smaller_card_says_its_line_and_where_the_rest_is() -> None:
    small = smaller(BIG)
    assert (small.title, small.summary, small.tone) == (BIG.title, BIG.summary, BIG.tone)
    assert small.elements == (
        Text(text="Case 1042 is open"),
        Actions(buttons=(Button(label="Details", words="show 1042"),)),
    )
    assert smaller(CARD).elements == (Text(text="Case 1042 is open"),)


def test_it_is_a_chat(chat: SlackChat) -> None:
    port: Chat = chat
    assert (port.platform, port.searchable) == ("slack", True)
