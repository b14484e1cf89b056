"""The desk in Teams: a press on a card, through the front door and back, while the token server is slow.

The far end is the Teams of the tests, which runs here; the desk runs in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.client import send
from tests.bench.posts import requests
from tests.bench.process import Server, a_server
from tests.bench.server import BARE, IN_TEAMS, TEAMS_CHANNEL
from tests.fakes.teams import FakeTeams, fake_teams
from tests.fakes.teams.payloads import invoke

ANA: Final = "ana@kettle.example"
TEAM: Final = "19:team@thread.tacv2"
WORDS: Final = ("help claim", "oncall")


@dataclass(frozen=True, slots=True, kw_only=True)
class InTeams:
    """Presses by the words they say, and the server they were sent to, which has ended."""

    bare: float
    presses: dict[str, Server]
    desk: Server


async def in_teams(folder: Path, rounds: int, count: int) -> InTeams:
    async with fake_teams(limits=False) as teams:
        user = teams.add_user("Ana Ruiz", ANA)
        teams.add_team(TEAM, reads_all=True)
        teams.add_channel(TEAMS_CHANNEL, TEAM)
        async with a_server(BARE, folder) as bare, a_server(IN_TEAMS, folder, teams.url) as desk:
            teams.endpoint = f"http://127.0.0.1:{desk.port}/api/messages"
            await teams.add_bot(TEAM, by=user)
            load = await send(desk.port, requests(8, seed=1, name="few"), connections=8)
            assert not load.refused
            presses = {words: Server(desk.port) for words in WORDS}
            for number in range(-1, rounds):
                bare_load = await send(bare.port, _presses(teams, user, "help", count))
                bare.rounds += [bare_load] if number >= 0 else []
                for words, server in presses.items():
                    load = await send(desk.port, _presses(teams, user, words, count))
                    assert not load.refused, load.refused[0][:300]
                    server.rounds += [load] if number >= 0 else []
    return InTeams(bare=bare.median("rate"), presses=presses, desk=desk)


def _presses(teams: FakeTeams, user: str, words: str, count: int) -> Sequence[bytes]:
    """Presses of one button by one person, each an invoke of its own, all with one good token."""
    token = teams.token()
    return [_request(teams, user, words, token) for _ in range(count)]


def _request(teams: FakeTeams, user: str, words: str, token: str) -> bytes:
    person, place = teams.tenant.users[user], teams.tenant.conversations[TEAMS_CHANNEL]
    action = {"type": "Action.Execute", "verb": "say", "title": "x", "data": {"w": words, "l": "x"}}
    value: dict[str, Any] = {"action": action, "trigger": "manual"}
    told = invoke(teams.tenant, teams.service_url, "adaptiveCard/action", person, place, None, value)
    body = json.dumps(told).encode()
    head = (
        f"POST /api/messages HTTP/1.1\r\nHost: desk\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    return head.encode() + body
