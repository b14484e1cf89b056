"""The desk in Teams: a press on a card, through the front door and back, while the token server is slow.

The far end is the Teams of the tests, which runs here; the desk runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.client import send
from tests.bench.posts import requests
from tests.bench.process import Server, a_server
from tests.bench.server import BARE, IN_TEAMS, TEAMS_CHANNEL
from tests.fakes.teams import FakeTeams, fake_teams, slow
from tests.fakes.teams.payloads import invoke, spoken
from tests.fakes.teams.state import Message

ANA: Final = "ana@kettle.example"
TEAM: Final = "19:team@thread.tacv2"
CASE: Final = 1001
PRESSES: Final = {
    "the newest card of a case": {"verb": "refresh", "data": {"view": "case", "subject": str(CASE)}},
    "claim, what one has already": {"verb": "say", "data": {"w": f"claim {CASE}", "l": "Claim"}},
}
"""What is answered at once, in the invoke's own answer: anything else Teams would take at its own pace only."""
CHATTER: Final = "colleagues talk, nobody's concern"
"""What the way itself costs: the door, the token, reading the activity."""
_SLOW: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InTeams:
    """Presses by what they ask for; `stall`: the longest of an unhurried desk whose token server is slow, in seconds."""

    bare: float
    presses: dict[str, Server]
    stall: float


async def in_teams(folder: Path, other: Path, rounds: int, count: int) -> InTeams:
    """Two empty folders for two desks."""
    async with fake_teams(limits=False) as teams:
        user = teams.add_user("Ana Ruiz", ANA)
        teams.add_team(TEAM, reads_all=True)
        teams.add_channel(TEAMS_CHANNEL, TEAM)
        async with a_server(BARE, folder) as bare, a_server(IN_TEAMS, folder, teams.url) as desk:
            message = await _card(teams, user, desk)
            presses = {name: Server(desk.port) for name in (CHATTER, *PRESSES)}
            for number in range(-1, rounds):
                load = await send(bare.port, _chatter(teams, user, count))
                bare.rounds += [load] if number >= 0 else []
                load = await send(desk.port, _chatter(teams, user, count))
                presses[CHATTER].rounds += [load] if number >= 0 else []
                for name, action in PRESSES.items():
                    load = await send(desk.port, _presses(teams, user, message, action, count))
                    assert not load.refused, load.refused[0][:300]
                    presses[name].rounds += [load] if number >= 0 else []
        teams.trouble("token", slow(_SLOW))
        async with a_server(IN_TEAMS, other, teams.url) as calm:
            message = await _card(teams, user, calm)
            for action in PRESSES.values():
                await send(calm.port, _presses(teams, user, message, action, count // 4), connections=2)
    return InTeams(bare=bare.median("rate"), presses=presses, stall=calm.stall)


async def _card(teams: FakeTeams, user: str, desk: Server) -> Message:
    """A case is filed, its card stands in the channel, and Ana has it."""
    teams.endpoint = f"http://127.0.0.1:{desk.port}/api/messages"
    await teams.add_bot(TEAM, by=user)
    before = len(teams.messages(TEAMS_CHANNEL))
    load = await send(desk.port, requests(1, seed=1, name="one"), connections=1)
    assert not load.refused
    async with asyncio.timeout(30):
        # The far end tells nobody what it was sent.
        while len(teams.messages(TEAMS_CHANNEL)) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    card = teams.messages(TEAMS_CHANNEL)[-1]["id"]
    await teams.press(user, TEAMS_CHANNEL, card, "Claim")
    return next(each for each in teams.tenant.conversations[TEAMS_CHANNEL].messages if each.id == card)


def _presses(
    teams: FakeTeams, user: str, message: Message, action: Mapping[str, Any], count: int
) -> Sequence[bytes]:
    """Presses of one button by one person, each an invoke of its own, all with one good token."""
    token = teams.token()
    return [_request(teams, user, message, action, token) for _ in range(count)]


def _request(teams: FakeTeams, user: str, message: Message, action: Mapping[str, Any], token: str) -> bytes:
    person, place = teams.tenant.users[user], teams.tenant.conversations[TEAMS_CHANNEL]
    value = {"action": {"type": "Action.Execute", "title": "x", **action}, "trigger": "manual"}
    told = invoke(teams.tenant, teams.service_url, "adaptiveCard/action", person, place, message, value)
    return _signed(told, token)


def _chatter(teams: FakeTeams, user: str, count: int) -> Sequence[bytes]:
    """Messages between colleagues, outside any case's thread."""
    token, place = teams.token(), teams.tenant.conversations[TEAMS_CHANNEL]
    person = teams.tenant.users[user]
    said = (
        spoken(teams.tenant, teams.service_url, person, place, "Lunch at one?", None) for _ in range(count)
    )
    return [_signed(each, token) for each in said]


def _signed(told: Mapping[str, Any], token: str) -> bytes:
    body = json.dumps(told).encode()
    head = (
        f"POST /api/messages HTTP/1.1\r\nHost: desk\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    return head.encode() + body
