"""The desk in Slack: slash commands by signed HTTP, from a click to the card's edit, and a surge.

The far end is the Slack of the tests, which runs here; the desk runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from tests.bench.client import send
from tests.bench.posts import requests
from tests.bench.process import Server, a_server
from tests.bench.server import BARE_FORM, CHANNEL, IN_SLACK
from tests.fakes.slack import TEAM, FakeSlack, fake_slack
from tests.fakes.slack.payloads import envelope

ANA: Final = "ana@kettle.example"
LOOKS: Final = ("help claim", "oncall", "show {case}")
CHATTER: Final = "(colleagues talk, nobody's concern)"
"""What the way itself costs: the signature, Bolt, reading the event."""
CLICKS: Final = 7
"""Fewer than Slack's burst of edits, so that its pace is not what is measured."""
FIRST_CASE: Final = 1001
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InSlack:
    """Slash commands by what they are, and seconds by what was waited for."""

    bare: float
    commands: Mapping[str, Server]
    seconds: Mapping[str, float]


async def in_slack(folder: Path, other: Path, rounds: int, count: int, surge: int) -> InSlack:
    """Two empty folders for two desks: what one has to say must not slow the other."""
    async with fake_slack(burst=None) as slack, a_server(BARE_FORM, folder) as bare:
        user = slack.add_user("Ana Ruiz", ANA)
        slack.add_channel(CHANNEL, members=[user])
        async with _desk(slack, folder) as desk:
            await _file(desk, count, "many")
            said = await _commands(slack, user, rounds, count, bare, desk)
        async with _desk(slack, other) as desk:
            seconds = {"from a click on Claim to the card's edit": await _clicks(slack, user, desk)}
            seconds |= await _surge(slack, user, desk, surge)
    return InSlack(
        bare=bare.median("rate"),
        commands={"bare aiohttp, a form": bare, **said},
        seconds=seconds,
    )


@asynccontextmanager
async def _desk(slack: FakeSlack, folder: Path) -> AsyncIterator[Server]:
    async with a_server(IN_SLACK, folder, slack.url) as desk:
        slack.request_url = f"http://127.0.0.1:{desk.port}/slack/events"
        yield desk


async def _commands(
    slack: FakeSlack, user: str, rounds: int, count: int, bare: Server, desk: Server
) -> Mapping[str, Server]:
    """Every kind takes its turn in every round, so that whatever else the machine does falls on all of them."""
    kinds = {f"/baton {words}": Server(desk.port) for words in (*LOOKS, "claim {case}")}
    kinds[CHATTER] = Server(desk.port)
    few = max(64, count // 4)
    for number in range(-1, rounds):
        bare_load = await send(bare.port, commands(slack, user, ["help"] * count, f"bare{number}"))
        bare.rounds += [bare_load] if number >= 0 else []
        load = await send(desk.port, _chatter(slack, user, count, f"{number}"))
        assert not load.refused, load.refused[0][:300]
        kinds[CHATTER].rounds += [load] if number >= 0 else []
        for said, server in kinds.items():
            if said == CHATTER:
                continue
            # Claiming a case that one has claimed is a refusal, so each is claimed once and then released.
            if "claim" in said and number % 2:
                said = said.replace("claim", "release")
            words = [said.removeprefix("/baton ").format(case=FIRST_CASE + i) for i in range(few)]
            load = await send(desk.port, commands(slack, user, words, f"{said}{number}"))
            assert not load.refused, load.refused[0][:300]
            server.rounds += [load] if number >= 0 else []
    return kinds


async def _clicks(slack: FakeSlack, user: str, desk: Server) -> float:
    took = []
    for number in range(CLICKS):
        shown = len(slack.messages(CHANNEL))
        await _file(desk, 1, f"click{number}")
        await _until(partial(_more, slack, shown))
        took.append(await _click(slack, user, slack.messages(CHANNEL)[-1]["ts"]))
    return statistics.median(took)


async def _click(slack: FakeSlack, user: str, ts: str) -> float:
    """Seconds from pressing Claim to the edit of that card arriving at Slack."""
    edits = len(slack.called("chat.update"))
    begun = time.perf_counter()
    pressing = asyncio.create_task(slack.press(user, CHANNEL, ts, "Claim"))
    await _until(lambda: any(call.arguments["ts"] == ts for call in slack.called("chat.update")[edits:]))
    took = time.perf_counter() - begun
    await pressing
    return took


async def _surge(slack: FakeSlack, user: str, desk: Server, count: int) -> Mapping[str, float]:
    """Many mentions at once: when the first card stands, and how soon a click on it is seen meanwhile."""
    shown, begun = len(slack.messages(CHANNEL)), time.perf_counter()
    await _file(desk, count, "surge")
    accepted = time.perf_counter() - begun
    await _until(partial(_more, slack, shown))
    first = time.perf_counter() - begun
    clicked = await _click(slack, user, slack.messages(CHANNEL)[shown]["ts"])
    return {
        f"a surge of {count:,}: all accepted": accepted,
        f"a surge of {count:,}: the first card stands": first,
        f"a surge of {count:,}: a click meanwhile to the card's edit": clicked,
    }


async def _file(desk: Server, count: int, name: str) -> None:
    load = await send(desk.port, requests(count, seed=1, name=name), connections=min(64, count))
    assert not load.refused, load.refused[0][:300]


def _more(slack: FakeSlack, than: int) -> bool:
    return len(slack.messages(CHANNEL)) > than


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        # The far end tells nobody what it was asked.
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def commands(slack: FakeSlack, user: str, words: Iterable[str], name: str) -> Sequence[bytes]:
    """Slash commands as Slack sends them, each with a trigger of its own."""
    return [_request(slack, user, text, f"{name}.{number}") for number, text in enumerate(words)]


def _chatter(slack: FakeSlack, user: str, count: int, name: str) -> Sequence[bytes]:
    """Messages between colleagues, outside any case's thread."""
    made = []
    for number in range(count):
        event = {
            "type": "message",
            "channel": CHANNEL,
            "channel_type": "channel",
            "user": user,
            "text": "Lunch at one?",
            "ts": f"17{number:08}.{name.strip('-'):0>6}",
        }
        body = json.dumps(envelope(slack.work, event)).encode()
        made.append(_posted(slack, body, "application/json"))
    return made


def _request(slack: FakeSlack, user: str, text: str, trigger: str) -> bytes:
    form = {
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": user,
        "command": "/baton",
        "text": text,
        "trigger_id": trigger,
        "response_url": f"{slack.url}nowhere",
    }
    return _posted(slack, urlencode(form).encode(), "application/x-www-form-urlencoded")


def _posted(slack: FakeSlack, body: bytes, kind: str) -> bytes:
    signed = "".join(f"{key}: {value}\r\n" for key, value in slack.sign(body).items())
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: desk\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: {kind}\r\n{signed}\r\n"
    )
    return head.encode() + body
