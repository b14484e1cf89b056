"""The fake Teams keeps Teams' rules: each is broken here once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import ClientError, ClientSession
from aiohttp.client_exceptions import ServerDisconnectedError

from tests.desk import Time
from tests.fakes.teams import (
    APP_ID,
    SECRET,
    TENANT,
    FakeTeams,
    drop_after,
    drop_before,
    fake_teams,
    precondition_failed,
    status,
    too_many,
)
from tests.fakes.teams.cards import broken_rules
from tests.fakes.teams.login import SCOPE

C = "19:support@thread.tacv2"
POST = "/v3/conversations/{id}/activities"
HELLO = {"type": "message", "text": "hello"}


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def teams(time: Time) -> AsyncIterator[FakeTeams]:
    async with fake_teams(now=time.real) as teams:
        teams.add_user("Ana Ruiz", "ana@kettle.example", object_id="ana")
        teams.add_channel(C, teams.add_team())
        yield teams


class Client:
    """Our app's half of the wire."""

    def __init__(self, teams: FakeTeams, session: ClientSession) -> None:
        self.teams, self.session, self.token = teams, session, ""

    async def sign_in(self, **changes: str) -> tuple[int, Any]:
        form = {
            "client_id": APP_ID,
            "client_secret": SECRET,
            "grant_type": "client_credentials",
            "scope": SCOPE,
            **changes,
        }
        url = f"{self.teams.url}/{form.pop('tenant', TENANT)}/oauth2/v2.0/token"
        async with self.session.post(url, data=form) as response:
            body = await response.json()
            self.token = body.get("access_token", "")
            return response.status, body

    async def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = self.teams.service_url.rstrip("/") + path
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(verb, url, json=body, headers=headers) as response:
            if response.content_type != "application/json":
                return response.status, await response.text()
            return response.status, {**dict(response.headers), "json": await response.json()}

    async def refused(self, verb: str, path: str, body: Any = None) -> tuple[int, str]:
        code, answer = await self.call(verb, path, body)
        return code, answer["json"]["error"]["code"]


@pytest.fixture
async def client(teams: FakeTeams) -> AsyncIterator[Client]:
    async with ClientSession() as session:
        client = Client(teams, session)
        assert (await client.sign_in())[0] == 200
        yield client


def card(*body: Any, **more: Any) -> dict[str, Any]:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def text(words: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": words, **more}


def execute(**more: Any) -> dict[str, Any]:
    return {"type": "Action.Execute", "title": "Go", "verb": "say", **more}


async def in_channel(client: Client, activity: Any = HELLO) -> str:
    body = {"isGroup": True, "channelData": {"channel": {"id": C}}, "tenantId": TENANT, "activity": activity}
    code, answer = await client.call("POST", "/v3/conversations", body)
    assert code == 201, answer
    return str(answer["json"]["activityId"])


async def test_who_has_no_token_of_ours_is_not_let_in(teams: FakeTeams, client: Client) -> None:
    for token in ("", "made-up"):
        client.token = token
        assert (await client.call("GET", f"/v3/conversations/{C}/members"))[0] == 401
    await client.sign_in()
    teams.login.revoke()
    assert (await client.call("GET", f"/v3/conversations/{C}/members"))[0] == 401
    teams.settings(anonymous=True)
    assert (await client.call("GET", f"/v3/conversations/{C}/members"))[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215"),
        ({"client_id": "wrong"}, "AADSTS700016"),
        ({"tenant": "wrong"}, "AADSTS90002"),
        ({"scope": "wrong"}, "AADSTS70011"),
        ({"client_assertion": "wrong"}, "AADSTS700027"),
    ],
)
async def test_a_wrong_credential_is_refused(client: Client, changes: dict[str, str], code: str) -> None:
    refused, body = await client.sign_in(**changes)
    assert refused in (400, 401) and body["error_description"].startswith(code)


async def test_a_thread_is_made_answered_changed_and_taken_away(teams: FakeTeams, client: Client) -> None:
    root = await in_channel(client)
    thread = f"/v3/conversations/{C};messageid={root}/activities"
    code, reply = await client.call("POST", thread, {"type": "message", "text": "below"})
    assert code == 201 and [m["text"] for m in teams.thread(C, root)] == ["below"]
    assert (await client.call("PUT", f"{thread}/{root}", {"type": "message", "text": "newer"}))[0] == 200
    assert [m["text"] for m in teams.messages(C)] == ["newer"] and teams.edits(C, root) == 1
    assert (await client.call("DELETE", f"{thread}/{reply['json']['id']}"))[0] == 200
    assert await client.refused("DELETE", f"{thread}/{reply['json']['id']}") == (
        404,
        "ActivityNotFoundInConversation",
    )
    assert await client.refused("POST", "/v3/conversations/19:nowhere/activities", HELLO) == (
        404,
        "ConversationNotFound",
    )
    assert [call.status for call in teams.called(f"PUT {POST}/{{activity}}")] == [200]


async def test_a_person_is_reached_while_the_app_is_theirs(teams: FakeTeams, client: Client) -> None:
    wanted = {"members": [{"id": "ana"}], "tenantId": TENANT}
    _, made = await client.call("POST", "/v3/conversations", wanted)
    chat = made["json"]["id"]
    assert (await client.call("POST", f"/v3/conversations/{chat}/activities", HELLO))[0] == 201
    assert [m["text"] for m in teams.private("ana")] == ["hello"] and teams.direct("ana") == chat
    teams.block("ana")
    assert await client.refused("POST", f"/v3/conversations/{chat}/activities", HELLO) == (
        403,
        "MessageWritesBlocked",
    )
    teams.block("ana", False)
    await teams.uninstall("ana")
    assert await client.refused("POST", "/v3/conversations", wanted) == (403, "MessageWritesBlocked")


async def test_a_team_without_our_app_hears_nothing_of_us(teams: FakeTeams, client: Client) -> None:
    await teams.remove_bot("19:team@thread.tacv2", by="ana")
    assert await client.refused("POST", f"/v3/conversations/{C}/activities", HELLO) == (
        403,
        "BotNotInConversationRoster",
    )


async def test_too_many_must_wait(teams: FakeTeams, client: Client, time: Time) -> None:
    path = f"/v3/conversations/{C}/activities"
    for _ in range(7):
        assert (await client.call("POST", path, HELLO))[0] == 201
    code, answer = await client.call("POST", path, HELLO)
    assert (code, answer["Retry-After"]) == (429, "1")
    time.at += timedelta(seconds=1)
    assert (await client.call("POST", path, HELLO))[0] == 201
    assert (await client.call("POST", path, HELLO))[0] == 429  # eight in two seconds
    time.at += timedelta(seconds=2)
    assert (await client.call("POST", path, HELLO))[0] == 201
    async with fake_teams(limits=False) as free:
        assert free.server.windows is None


async def test_what_is_too_large_is_refused(teams: FakeTeams, client: Client) -> None:
    path = f"/v3/conversations/{C}/activities"
    long = {"type": "message", "text": "x" * 51_200}
    assert await client.refused("POST", path, long) == (413, "MessageSizeTooBig")
    kind = "application/vnd.microsoft.card.adaptive"
    big = {"type": "message", "attachments": [{"contentType": kind, "content": card(text("x" * 28_672))}]}
    assert await client.refused("POST", path, big) == (413, "MessageSizeTooBig")
    assert teams.messages(C) == []


async def test_trouble_comes_when_it_is_asked_for(teams: FakeTeams, client: Client) -> None:
    path = f"/v3/conversations/{C}/activities"
    teams.trouble(f"POST {POST}", precondition_failed, too_many(3), None)
    teams.trouble("GET", status(503))
    assert await client.refused("POST", path, HELLO) == (412, "PreconditionFailed")
    code, answer = await client.call("POST", path, HELLO)
    assert (code, answer["Retry-After"]) == (429, "3")
    assert (await client.call("POST", path, HELLO))[0] == 201
    assert (await client.call("GET", f"/v3/conversations/{C}/members"))[0] == 503
    teams.trouble("*", drop_before, drop_after)
    for _ in range(2):
        with pytest.raises((ServerDisconnectedError, ClientError)):
            await client.call("POST", path, HELLO)
    assert len(teams.messages(C)) == 2, "the second one was lost after it had been posted"
    teams.down("login")
    with pytest.raises(ClientError):
        await client.sign_in()
    teams.up()
    assert (await client.sign_in())[0] == 200


async def test_what_teams_does_not_have_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="has no PATCH /emea/v3/attachments"):
        async with fake_teams() as teams, ClientSession() as session:
            await session.patch(f"{teams.service_url}v3/attachments")


async def test_a_card_that_teams_would_not_show_fails_the_test(teams: FakeTeams, client: Client) -> None:
    kind = "application/vnd.microsoft.card.adaptive"
    wrong = {"type": "message", "attachments": [{"contentType": kind, "content": card({"type": "Blink"})}]}
    assert (await client.refused("POST", f"/v3/conversations/{C}/activities", wrong))[0] == 400
    with pytest.raises(AssertionError, match="Blink"):
        teams.check()
    teams.broken.clear()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "message"}, "no AdaptiveCard"),
        (card(), "empty"),
        (card(text(), version="1.6"), "newer than Teams shows"),
        (card(text(), version="1.3", actions=[execute()]), "needs version 1.4"),
        (card(text(colour="good")), "no such property"),
        (card(text(color="pink")), "color is 'pink'"),
        (card({"type": "Chart.Donut"}), "has no fallback"),
        (card(text(), actions=[execute() for _ in range(7)]), "7 primary actions"),
        (card(text(), actions=[{"type": "Action.OpenUrl", "title": "Go", "url": "javascript:x"}]), "url is"),
        (card(text(), actions=[execute(title="")]), "needs a title"),
        (card({"type": "Input.Text", "label": "Why?"}), "needs an id"),
        (card({"type": "Input.Text", "id": "a"}, {"type": "Input.Text", "id": "a"}), "two inputs"),
        (card(text(), refresh={"action": execute(), "userIds": [f"29:{n}" for n in range(61)]}), "60 may be"),
        (card({"type": "FactSet", "facts": [{"title": "Owner"}]}), "value is no text"),
    ],
)
def test_a_rule_of_cards_is_known(wrong: dict[str, Any], said: str) -> None:
    assert said in "; ".join(broken_rules(wrong))


def test_a_card_as_it_should_be_breaks_no_rule() -> None:
    donut = {"type": "Chart.Donut", "data": [], "fallback": text("3 of 4")}
    submit = {"type": "Action.Submit", "title": "Go", "data": {"w": "list"}}
    good = card(
        text(size="Large", weight="Bolder", wrap=True, style="heading"),
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "a", "fontType": "monospace"}]},
        donut,
        {"type": "ActionSet", "actions": [execute(fallback=submit, data={"w": "list"})]},
        {"type": "ColumnSet", "columns": [{"type": "Column", "width": "auto", "items": [text()]}]},
        actions=[*(execute() for _ in range(6)), execute(mode="secondary")],
        refresh={"action": execute(), "userIds": ["29:1"]},
    )
    assert broken_rules(good) == []


async def test_keys_are_published_and_rotate(teams: FakeTeams, client: Client) -> None:
    async def published() -> Any:
        async with client.session.get(f"{teams.url}/v1/.well-known/openidconfiguration") as response:
            about = await response.json()
        async with client.session.get(about["jwks_uri"]) as response:
            return await response.json()

    def verified(token: str, keys: Any) -> Any:
        (key,) = [k for k in keys["keys"] if k["kid"] == jwt.get_unverified_header(token)["kid"]]
        options: Any = {"verify_exp": False, "verify_nbf": False}
        return jwt.decode(token, jwt.PyJWK(key).key, ["RS256"], options, audience=APP_ID)

    old = teams.token()
    assert verified(old, await published())["serviceurl"] == teams.service_url
    teams.keys.rotate()
    with pytest.raises(ValueError, match="not enough values"):
        verified(old, await published())
    assert verified(teams.token(), await published())["iss"] == "https://api.botframework.com"
    assert teams.asked.count("keys") == 3
