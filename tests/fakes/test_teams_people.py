"""People in the fake Teams: what they do reaches our app as Teams tells it, and they see what our app does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.desk import Time
from tests.fakes.teams import BOT, TENANT, FakeTeams, fake_teams, read
from tests.fakes.teams.cards import CARD
from tests.fakes.teams.state import Message

C, TEAM = "19:support@thread.tacv2", "19:team@thread.tacv2"
FORM = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "Input.Text", "id": "why", "label": "Why?", "isRequired": True, "maxLength": 9},
        {
            "type": "Input.ChoiceSet",
            "id": "to",
            "label": "To?",
            "choices": [{"title": "Press", "value": "pr"}],
        },
    ],
    "actions": [{"type": "Action.Submit", "title": "Send", "data": {"do": "form"}}],
}
ASKING = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "1042 **mine** [there](https://x.example) <b>"}],
    "actions": [
        {
            "type": "Action.Execute",
            "title": "Claim",
            "verb": "say",
            "data": {"w": "claim 1042"},
            "fallback": {"type": "Action.Submit", "title": "Claim", "data": {"w": "claim 1042"}},
        },
        {
            "type": "Action.Submit",
            "title": "Hand off",
            "data": {"msteams": {"type": "task/fetch"}, "w": "handoff"},
        },
    ],
    "refresh": {"action": {"type": "Action.Execute", "verb": "refresh", "data": {"view": "case"}}},
}


class App:
    """Keeps what it hears; answers what it is told to answer next."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.next: list[Any] = []

    async def listen(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.tokens.append(request.headers.get("Authorization", ""))
        answer = self.next.pop(0) if self.next else {}
        return web.Response(status=answer) if isinstance(answer, int) else web.json_response(answer)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
async def teams(app: App) -> AsyncIterator[FakeTeams]:
    site = web.Application()
    site.router.add_post("/api/messages", app.listen)
    async with TestServer(site) as server, fake_teams(now=Time().real) as teams:
        teams.add_user("Ana Ruiz", "ana@kettle.example", object_id="ana")
        teams.add_user("Ben Okafor", "ben@kettle.example", object_id="ben")
        teams.add_channel(C, teams.add_team(TEAM))
        teams.endpoint = str(server.make_url("/api/messages"))
        yield teams


def ours(teams: FakeTeams, card: Any = ASKING) -> str:
    """A card of our bot's stands in the channel."""
    id = teams.tenant.activity_id()
    body = {"type": "message", "attachments": [{"contentType": CARD, "content": card}]}
    teams.tenant.conversations[C].messages.append(Message(id, body, None))
    return id


async def test_a_mention_in_a_channel_begins_a_thread(teams: FakeTeams, app: App) -> None:
    said = await teams.mention("ana", C, "claim 1042 & <hurry>")
    (heard,) = app.heard
    assert heard["conversation"] == {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": TENANT,
        "id": f"{C};messageid={said.id}",
    }
    assert heard["text"] == "<at>Baton</at> claim 1042 & <hurry>" and heard["id"] == said.id
    assert heard["entities"][0]["mentioned"]["id"] == BOT and heard["from"]["aadObjectId"] == "ana"
    assert "claim 1042 &amp; &lt;hurry&gt;" in heard["attachments"][0]["content"]
    assert app.tokens[0].startswith("Bearer ey") and "replyToId" not in heard
    await teams.mention("ben", C, "show 1042", reply_to=said.id)
    assert app.heard[1]["replyToId"] == said.id and app.heard[1]["conversation"]["id"].endswith(said.id)


async def test_a_channel_is_heard_where_we_are_named_or_may_read(teams: FakeTeams, app: App) -> None:
    assert (await teams.say("ana", C, "just talking")).reason and app.heard == []
    teams.tenant.teams[TEAM].reads_all = True
    assert (await teams.say("ana", C, "just talking")).ok and len(app.heard) == 1
    await teams.remove_bot(TEAM, by="ana")
    assert [a["type"] for a in app.heard[1:]] == ["conversationUpdate", "installationUpdate"]
    assert not (await teams.mention("ana", C, "still there?")).ok and len(app.heard) == 3


async def test_ones_own_chat_is_always_heard(teams: FakeTeams, app: App) -> None:
    await teams.chat("ana", "list")
    assert app.heard[0]["conversation"]["conversationType"] == "personal" and app.heard[0]["text"] == "list"
    await teams.uninstall("ana")
    assert app.heard[1]["action"] == "remove" and not (await teams.chat("ana", "list")).ok
    await teams.install("ana")
    assert [a["type"] for a in app.heard[2:]] == ["conversationUpdate", "installationUpdate"]


async def test_second_thoughts_and_reactions_are_told(teams: FakeTeams, app: App) -> None:
    said = await teams.mention("ana", C, "note 1042 he called")
    await teams.edit("ana", C, said.id, "<at>Baton</at> note 1042 she called")
    await teams.delete("ana", C, said.id)
    await teams.react("ben", C, ours(teams), "like")
    changed, gone, liked = app.heard[1:]
    assert (changed["type"], changed["channelData"]["eventType"]) == ("messageUpdate", "editMessage")
    assert (gone["type"], gone["id"], gone["channelData"]["eventType"]) == (
        "messageDelete",
        said.id,
        "softDeleteMessage",
    )
    assert liked["reactionsAdded"] == [{"type": "like"}] and liked["from"]["aadObjectId"] == "ben"


async def test_a_press_is_an_invoke_and_its_answer_is_for_the_one_who_pressed(
    teams: FakeTeams, app: App
) -> None:
    card, newer = ours(teams), {**ASKING, "body": [{"type": "TextBlock", "text": "1042 is yours"}]}
    app.next = [{"statusCode": 200, "type": CARD, "value": newer}]
    await teams.press("ana", C, card, "Claim")
    (heard,) = app.heard
    assert heard["name"] == "adaptiveCard/action" and heard["replyToId"] == card
    assert heard["value"]["action"]["data"] == {"w": "claim 1042"} and heard["value"]["trigger"] == "manual"
    assert teams.card(C, card, "ana") == newer and teams.card(C, card, "ben") == ASKING
    app.next = [
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Ana has it."}
    ]
    await teams.press("ben", C, card, "Claim")
    assert teams.toasts["ben"] == ["Ana has it."]
    await teams.refresh("ben", C, card)
    assert app.heard[-1]["value"]["trigger"] == "automatic"
    teams.broken.clear()  # Our app answered that one with nothing.


async def test_an_old_client_presses_the_fallback(teams: FakeTeams, app: App) -> None:
    await teams.press("ana", C, ours(teams), "Claim", old_client=True)
    assert app.heard[0]["type"] == "message" and app.heard[0]["value"] == {"w": "claim 1042"}


async def test_a_dialog_is_filled_in_as_its_card_allows(teams: FakeTeams, app: App) -> None:
    shown = {"title": "Hand off", "height": "medium", "card": {"contentType": CARD, "content": FORM}}
    app.next = [
        {"task": {"type": "continue", "value": shown}},
        {"task": {"type": "message", "value": "Done."}},
    ]
    await teams.press("ana", C, ours(teams), "Hand off")
    assert app.heard[0]["name"] == "task/fetch" and teams.asks("ana") == ("Why?", "To?")
    with pytest.raises(AssertionError, match="is empty"):
        await teams.submit_task("ana", {"To?": "Press"})
    await teams.submit_task("ana", {"Why?": "they ask", "To?": "Press"})
    assert app.heard[1]["value"]["data"] == {"do": "form", "why": "they ask", "to": "pr"}
    assert teams.toasts["ana"] == ["Done."] and teams.asks("ana") == ()


async def test_a_message_is_handed_to_the_message_extension(teams: FakeTeams, app: App) -> None:
    said = await teams.say("ben", C, "see this & that")
    await teams.message_extension("ana", C, said.id)
    (heard,) = app.heard
    assert heard["name"] == "composeExtension/submitAction" and heard["value"]["commandId"] == "file"
    payload = heard["value"]["messagePayload"]
    assert (
        payload["from"]["user"]["displayName"] == "Ben Okafor"
        and "this &amp; that" in payload["body"]["content"]
    )


async def test_an_answer_that_teams_would_not_understand_fails_the_test(teams: FakeTeams, app: App) -> None:
    app.next = [{"value": "no status"}]
    await teams.press("ana", C, ours(teams), "Claim")
    assert "no statusCode" in teams.broken.pop()
    app.next = [500]
    await teams.press("ana", C, ours(teams), "Claim")
    assert "went wrong" in teams.toasts["ana"][0]


async def test_a_message_is_read_as_its_readers_see_it() -> None:
    shown = read({"attachments": [{"contentType": CARD, "content": ASKING}]})
    assert shown.text.startswith("1042 ") and shown.buttons == ["Claim", "Hand off"]
    assert (
        shown.links == [("there", "https://x.example")]
        and shown.bold == ["mine"]
        and shown.formatted == ["<b>"]
    )
