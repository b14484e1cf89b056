"""Calls to the Bot Connector over a real socket: what is sent, what is tried again, and what each answer means."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from adapters.teams.api import TeamsApi, TeamsRefused, TeamsShut
from adapters.teams.errors import SLOW_DOWN
from adapters.teams.wire import address, named, retry_after, stands_in
from bot.config import TeamsSettings
from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable
from tests.adapters.slack.moving import Moving
from tests.adapters.teams.stalls import HELD, stalls
from tests.fakes.teams import (
    APP_ID,
    SECRET,
    TENANT,
    FakeTeams,
    Trouble,
    drop_after,
    drop_before,
    error,
    fake_teams,
    precondition_failed,
    slow,
    status,
    too_many,
)

CHANNEL = "19:sales@thread.tacv2"
PATH = f"/v3/conversations/{named(CHANNEL)}/activities"
MEMBERS = f"/v3/conversations/{named(CHANNEL)}/members"
HELLO = {"type": "message", "text": "hello"}
POST, EDIT = "POST /v3/conversations/{id}/activities", "PUT /v3/conversations/{id}/activities/{activity}"


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def teams(clock: Moving) -> AsyncIterator[FakeTeams]:
    async with fake_teams(now=clock.real) as teams:
        teams.add_team("Sales")
        teams.add_channel(CHANNEL, "Sales")
        yield teams


@pytest.fixture
async def api(teams: FakeTeams, clock: Moving) -> AsyncIterator[TeamsApi]:
    api = TeamsApi(teams.settings(), clock, timeout=timedelta(seconds=1.5), chance=random.Random(7))
    yield api
    await api.close()


async def post(api: TeamsApi, teams: FakeTeams, body: Mapping[str, Any] = HELLO, **how: Any) -> str:
    answer = await api.call("POST", teams.service_url, PATH, body, conversation=CHANNEL, **how)
    return str(answer["id"])


async def failing(
    api: TeamsApi, teams: FakeTeams, verb: str = "POST", path: str = PATH, body: Any = HELLO
) -> ChatError:
    """What goes wrong; never with a secret or a token in it."""
    with pytest.raises(ChatError) as caught:
        await api.call(verb, teams.service_url, path, body, conversation=CHANNEL)
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in said and "eyJ0" not in said
    return caught.value


def texts(teams: FakeTeams) -> list[str]:
    return [message["text"] for message in teams.messages(CHANNEL)]


# -- what is sent ------------------------------------------------------------------------------------


async def test_a_message_is_posted_with_a_token(api: TeamsApi, teams: FakeTeams) -> None:
    id = await post(api, teams, {"type": "message", "text": "Grüße ✓"})
    assert texts(teams) == ["Grüße ✓"]
    await api.call("PUT", teams.service_url, f"{PATH}/{id}", {"type": "message", "text": "newer"})
    assert texts(teams) == ["newer"]
    assert await api.call("DELETE", teams.service_url, f"{PATH}/{id}") == {}
    assert texts(teams) == []


async def test_a_list_is_answered_as_a_value(api: TeamsApi, teams: FakeTeams) -> None:
    teams.add_user("Ana", "ana@kettle.example")
    answer = await api.call("GET", teams.service_url, MEMBERS)
    assert [member["email"] for member in answer["value"]] == ["ana@kettle.example"]


async def test_a_stand_in_gets_no_token(clock: Moving) -> None:
    async with fake_teams(anonymous=True) as teams:
        teams.add_team("Sales")
        teams.add_channel(CHANNEL, "Sales")
        api = TeamsApi(teams.settings(anonymous=True), clock)
        await post(api, teams)
        await api.close()
        assert texts(teams) == ["hello"] and not teams.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.example/emea/",
        "http://127.0.0.1.example/",
        "ftp://127.0.0.1/",
        "https://user:pass@smba.example/",
        "https:///emea",
        "https://smba.example/?to=",
        "//smba.example/",
        "http://[::1",
        "",
    ],
)
async def test_the_token_goes_to_no_other_address(api: TeamsApi, teams: FakeTeams, url: str) -> None:
    with pytest.raises(Shut):
        await api.call("POST", url, PATH, HELLO)
    assert not teams.asked and not teams.calls


async def test_not_even_to_this_machine_when_the_token_is_a_real_one() -> None:
    real = TeamsSettings(app_id=APP_ID, tenants=(TENANT,), password=SECRET)
    with pytest.raises(Shut):
        address("http://127.0.0.1:3978/", stands_in=stands_in(real))
    assert address("https://smba.trafficmanager.net/emea/", stands_in=False).endswith("/emea")


async def test_no_redirect_is_followed(api: TeamsApi, teams: FakeTeams) -> None:
    teams.trouble(POST, status(307))
    assert type(await failing(api, teams)) is Failed
    assert len(teams.calls) == 1


# -- tokens ------------------------------------------------------------------------------------------


async def test_a_token_that_is_not_taken_any_more_is_renewed_once(api: TeamsApi, teams: FakeTeams) -> None:
    await post(api, teams)
    teams.login.revoke()
    await post(api, teams)
    assert teams.asked.count("token") == 2
    assert [call.status for call in teams.calls] == [201, 401, 201]


async def test_a_token_that_is_never_taken_shuts_the_door(api: TeamsApi, teams: FakeTeams) -> None:
    teams.trouble(POST, error(401, "Unauthorized"), error(401, "Unauthorized"))
    problem = await failing(api, teams)
    assert isinstance(problem, TeamsShut) and "BATON_TEAMS_APP_ID" in str(problem)
    assert len(teams.calls) == 2


async def test_without_a_token_nothing_is_sent(api: TeamsApi, teams: FakeTeams) -> None:
    teams.down("login")
    assert isinstance(await failing(api, teams), Down)
    assert not teams.calls


# -- tried again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble", [precondition_failed, too_many(None), too_many(0), status(502), status(504)]
)
async def test_what_passes_by_itself_is_tried_again(
    api: TeamsApi, teams: FakeTeams, clock: Moving, trouble: Trouble
) -> None:
    teams.trouble(POST, trouble)
    await post(api, teams)
    assert texts(teams) == ["hello"] and len(clock.slept) == 1


async def test_three_times_at_most_and_later_each_time(
    api: TeamsApi, teams: FakeTeams, clock: Moving
) -> None:
    teams.trouble(POST, *[precondition_failed] * 4)
    assert type(await failing(api, teams)) is Failed
    assert len(teams.calls) == 3
    first, second = clock.slept
    assert timedelta(seconds=0.25) <= first <= timedelta(seconds=0.75) < second * 1.5 <= timedelta(seconds=3)


async def test_a_short_wait_is_sat_out(api: TeamsApi, teams: FakeTeams, clock: Moving) -> None:
    teams.trouble(POST, too_many(2))
    await post(api, teams)
    (slept,) = clock.slept
    assert timedelta(seconds=2) < slept <= timedelta(seconds=2.25)


@pytest.mark.parametrize("verb", ["POST", "PUT"])
async def test_a_longer_wait_is_the_lane_s_and_everybody_s_in_that_conversation(
    api: TeamsApi, teams: FakeTeams, clock: Moving, verb: str
) -> None:
    id = await post(api, teams)
    path = PATH if verb == "POST" else f"{PATH}/{id}"
    teams.trouble(verb, too_many(17))
    for _ in range(2):
        problem = await failing(api, teams, verb, path)
        assert isinstance(problem, SlowDown) and problem.after == timedelta(seconds=17)
    assert len(teams.calls) == 2 and not clock.slept
    clock.at += timedelta(seconds=17)
    await post(api, teams)


async def test_a_wait_may_be_given_as_a_date(api: TeamsApi, teams: FakeTeams, clock: Moving) -> None:
    until = format_datetime(clock.real() + timedelta(seconds=40), usegmt=True)
    teams.trouble(POST, too_many(until))
    problem = await failing(api, teams)
    assert isinstance(problem, SlowDown) and problem.after == timedelta(seconds=40)


@pytest.mark.parametrize("said", ["", "soon", "nan", "inf", "1e400"])
def test_a_wait_that_says_nothing_is_none(clock: Moving, said: str) -> None:
    assert retry_after({"Retry-After": said}, clock.real()) is None


async def test_too_many_for_ever_is_slowed_down(api: TeamsApi, teams: FakeTeams) -> None:
    teams.trouble(POST, *[too_many(None)] * 3)
    problem = await failing(api, teams)
    assert isinstance(problem, SlowDown) and problem.after == SLOW_DOWN


async def test_a_post_is_repeated_once_after_a_broken_gateway_and_then_unknown(
    api: TeamsApi, teams: FakeTeams
) -> None:
    teams.trouble(POST, status(502), status(504), None)
    assert type(await failing(api, teams)) is FateUnknown
    assert len(teams.calls) == 2


async def test_what_may_be_there_is_never_said_not_to_be(
    api: TeamsApi, teams: FakeTeams, clock: Moving
) -> None:
    for then in (too_many(30), precondition_failed):
        teams.trouble(POST, status(504), *[then] * 3)
        assert type(await failing(api, teams)) is FateUnknown
        teams.server.troubles.clear()
        clock.at += timedelta(seconds=30)


async def test_an_edit_is_repeated_after_a_broken_gateway(api: TeamsApi, teams: FakeTeams) -> None:
    id = await post(api, teams)
    teams.trouble(EDIT, status(502), status(504), None)
    await api.call("PUT", teams.service_url, f"{PATH}/{id}", {"type": "message", "text": "newer"})
    assert texts(teams) == ["newer"]


# -- lost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [drop_before, drop_after, slow(3), status(500), status(503)])
async def test_the_fate_of_a_lost_post_is_unknown(api: TeamsApi, teams: FakeTeams, trouble: Trouble) -> None:
    teams.trouble(POST, trouble)
    assert type(await failing(api, teams)) is FateUnknown
    assert len(teams.calls) <= 1, "not repeated by itself"


async def test_the_fate_of_a_thread_that_was_to_begin_is_unknown_too(api: TeamsApi, teams: FakeTeams) -> None:
    body = {"isGroup": True, "channelData": {"channel": {"id": CHANNEL}}, "activity": HELLO}
    teams.trouble("POST /v3/conversations", drop_after)
    assert type(await failing(api, teams, path="/v3/conversations", body=body)) is FateUnknown
    assert texts(teams) == ["hello"]


async def test_opening_a_chat_may_be_repeated(api: TeamsApi, teams: FakeTeams) -> None:
    body = {"isGroup": False, "tenantId": TENANT, "members": [{"id": "29:x"}]}
    teams.trouble("POST /v3/conversations", drop_after)
    assert type(await failing(api, teams, path="/v3/conversations", body=body)) is Down


@pytest.mark.parametrize("trouble", [drop_before, drop_after, slow(3), status(500)])
@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
async def test_a_lost_edit_may_be_repeated(
    api: TeamsApi, teams: FakeTeams, verb: str, trouble: Trouble
) -> None:
    id = await post(api, teams)
    # aiohttp itself asks for such a thing once more when a connection that was kept breaks.
    teams.trouble(verb, trouble, trouble)
    assert type(await failing(api, teams, verb, f"{PATH}/{id}")) is Down


async def test_nothing_was_posted_where_nobody_listens(api: TeamsApi, unused_tcp_port: int) -> None:
    for url in (f"http://127.0.0.1:{unused_tcp_port}", "https://no-such-host.invalid/"):
        with pytest.raises(Down):
            await api.call("POST", url, PATH, HELLO)


async def test_an_answer_that_is_no_json(api: TeamsApi, teams: FakeTeams) -> None:
    teams.trouble("POST", status(201))
    assert type(await failing(api, teams)) is FateUnknown
    teams.trouble("GET", status(201), status(404))
    for _ in range(2):
        assert type(await failing(api, teams, "GET", MEMBERS, None)) is Failed


# -- refused -------------------------------------------------------------------------------------------


async def test_a_channel_without_us_is_shut(api: TeamsApi, teams: FakeTeams) -> None:
    teams.tenant.teams["Sales"].bot = False
    problem = await failing(api, teams)
    assert isinstance(problem, TeamsShut) and "team" in str(problem)


async def test_a_person_who_blocked_us_is_undeliverable(api: TeamsApi, teams: FakeTeams) -> None:
    teams.trouble(POST, error(403, "MessageWritesBlocked"))
    path = f"/v3/conversations/{named('a:1x')}/activities"
    with pytest.raises(Undeliverable):
        await api.call("POST", teams.service_url, path, HELLO, conversation="a:1x")


async def test_what_is_deleted_is_gone_also_below(api: TeamsApi, teams: FakeTeams) -> None:
    id = await post(api, teams)
    thread = f"/v3/conversations/{named(f'{CHANNEL};messageid={id}')}/activities"
    await api.call("POST", teams.service_url, thread, HELLO)
    await api.call("DELETE", teams.service_url, f"{PATH}/{id}")
    for verb, path in (("PUT", f"{PATH}/{id}"), ("DELETE", f"{PATH}/{id}"), ("POST", thread)):
        assert isinstance(await failing(api, teams, verb, path), Gone)


async def test_what_is_too_large_says_so(api: TeamsApi, teams: FakeTeams) -> None:
    problem = await failing(api, teams, body={"type": "message", "text": "x" * 60_000})
    assert isinstance(problem, TeamsRefused) and problem.code == "too_large"


# -- pace ----------------------------------------------------------------------------------------------


async def test_our_own_windows_hold_before_teams_do(api: TeamsApi, teams: FakeTeams, clock: Moving) -> None:
    for _ in range(6):
        await post(api, teams)
    problem = await failing(api, teams)
    assert isinstance(problem, SlowDown) and problem.after == timedelta(seconds=1)
    await post(api, teams, urgent=True)
    assert len(texts(teams)) == 7 and all(call.status == 201 for call in teams.calls)


async def test_a_closed_api_is_down(teams: FakeTeams, clock: Moving) -> None:
    for settings in (teams.settings(), TeamsSettings(anonymous=True)):
        api = TeamsApi(settings, clock)
        await api.close()
        assert api._session.closed
        with pytest.raises(Down):
            await post(api, teams)


# -- the event loop ------------------------------------------------------------------------------------


async def test_slow_tokens_and_sends_hold_up_nothing(teams: FakeTeams, clock: Moving) -> None:
    teams.trouble("token", slow(2))
    teams.trouble(POST, *[slow(2)] * 5)
    api = TeamsApi(teams.settings(), clock)
    began = time.perf_counter()
    async with stalls() as seen:
        await asyncio.gather(*(post(api, teams) for _ in range(5)))
    assert 4 <= time.perf_counter() - began < 9, "the sends did not wait for one another"
    assert seen.longest < HELD
    await api.close()
