"""The Teams client that runs on this machine starts; what is said in it reaches our app, and our cards reach its page."""

from __future__ import annotations

from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.contracts.ports import free_port
from tests.fakes.playground import Member, playground
from tests.fakes.playground.people import OTHERS, config

TEAM = ("19:support@thread.tacv2", "Kettle & Co")
CHANNEL = ("19:pr@thread.tacv2", "Press")
ANA, BEN = Member("Ana Ruiz", "ana@kettle.example"), Member("Ben Okafor", "ben@kettle.example")


def message(text: str) -> dict[str, Any]:
    press = {"type": "Action.Execute", "title": "Claim", "verb": "say", "data": {"w": "claim 1042"}}
    body = [{"type": "TextBlock", "text": text, "wrap": True}]
    content = {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": [press]}
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


class App:
    """Answers what is said with a card right there, and a press with another card."""

    def __init__(self, session: ClientSession) -> None:
        self.heard: list[dict[str, Any]] = []
        self._session = session

    async def listen(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append(activity)
        if activity["type"] == "invoke":
            card = message("It is yours.")["attachments"][0]
            return web.json_response(
                {"statusCode": 200, "type": card["contentType"], "value": card["content"]}
            )
        if activity["type"] == "message":
            place = activity["conversation"]["id"]
            url = f"{activity['serviceUrl']}/v3/conversations/{place}/activities"
            async with self._session.post(url, json=message("Here is the case.")) as response:
                assert response.status == 201, await response.text()
        return web.json_response({})


async def test_words_reach_our_app_and_cards_reach_the_page() -> None:
    async with ClientSession() as session:
        app, site = App(session), web.Application()
        site.router.add_post("/api/messages", app.listen)
        async with TestServer(site) as server:
            endpoint = str(server.make_url("/api/messages"))
            where = {"me": ANA, "others": [BEN], "team": TEAM, "channel": CHANNEL}
            async with playground(endpoint, free_port(), **where) as teams:  # type: ignore[arg-type]
                await teams.install()
                said = await teams.mention(CHANNEL[0], "show 1042")
                shown = await teams.told("Here is the case.")
                root = said["postConversationId"]
                action = message("")["attachments"][0]["content"]["actions"][0]
                pressed = await teams.execute(root, shown["message"]["messageId"], action)
                await teams.chat("list")
                await teams.told(ANA.chat)
    kinds = [activity["type"] for activity in app.heard]
    assert kinds.count("installationUpdate") == 3 and kinds.count("message") == 2 and "invoke" in kinds
    (heard,) = [a for a in app.heard if a["type"] == "message" and a["conversation"]["id"] == root]
    assert heard["from"] == {"id": ANA.user, "name": ANA.name, "aadObjectId": ANA.object_id}
    assert heard["channelData"]["channel"]["id"] == CHANNEL[0] and root.startswith(f"{CHANNEL[0]};messageid=")
    assert shown["actionConversationId"] == root and "It is yours." in str(pressed)


def test_the_company_is_as_large_as_the_playground_wants_it() -> None:
    crowd = [Member(f"Somebody {number}", f"s{number}@kettle.example") for number in range(9)]
    for others in ([], [BEN], crowd):
        written = config(ANA, others, TEAM, CHANNEL)
        assert written.count('"userPrincipleName"') == 1 + OTHERS and "Ana Ruiz" in written
