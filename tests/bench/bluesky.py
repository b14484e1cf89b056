"""Bluesky's streams: how many messages a second are sifted for words, beside only decoding them in the same run; and the
time from a post to its card."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import libipld
import msgspec
from rich.table import Table

from adapters.sources.bluesky.jetstream import Jetstream
from adapters.sources.bluesky.ours import Ours
from adapters.sources.bluesky.relay import Relay
from bot.triage.sifting import Sift
from bot.wiring import Desk, running
from tests.bench.server import POLICY, config
from tests.desk import text_of
from tests.fakes.bluesky import FakeAppView, FakeJetstream
from tests.fakes.bluesky.shapes import POSTS, commit, frame, naming, post_record, tid

ME: Final = "did:plc:uuuuuuuuuuuuuuuuuuuuuuuu"
WORDS: Final = (
    *(f"{name} kettle" for name in ("copper", "steel", "glass", "blue", "tiny")),
    *("kettle & co", "kettleco", "kettle.example", "thistle cart", "größenwahn tee"),
)
LIVE: Final = 500
"""About what the public stream brings in a busy second, posts and reposts."""

_AT: Final = 1_772_442_000_000_000
_LETTERS: Final = "etaoinshrdlucmfwypvbgkjqxz"
_OTHERS: Final = (
    "料理はとても楽しかったです。",
    "Ça été très agréable à l'heure d'été",
    "🎉 größer & schöner",
)

BARE: Final = "only json.loads"
BARE_CBOR: Final = "only CBOR and CAR"
LIGHT: Final = "Jetstream, sifted"
WHOLE: Final = "the network's own stream, sifted"


def sifted(rounds: int, count: int) -> Mapping[str, float]:
    """Messages a second on one core, by what is done with each: the median of the rounds, which take turns."""
    rates: dict[str, list[float]] = {}
    for number in range(rounds):
        light, whole = _messages(random.Random(number), count)
        ours = Ours(ME, Sift(WORDS, ("giveaway",)))
        ours.joined(f"at://did:plc:{number:024}/{POSTS}/{tid(_AT)}" for number in range(5000))
        for what, do, messages in (
            (BARE, json.loads, light),
            ("only msgspec", msgspec.json.decode, light),
            (LIGHT, _reader(Jetstream(ours)), light),
            (BARE_CBOR, _decode, whole),
            (WHOLE, _reader(Relay(ours)), whole),
        ):
            rates.setdefault(what, []).append(_timed(do, messages))
    return {what: statistics.median(found) for what, found in rates.items()}


async def to_card(folder: Path, count: int) -> float:
    """Seconds from a post in the stream to its card in the web chat, one post after another: the median. The desk is
    whole, as `baton serve` runs it; a tenth of a second of it is waiting for a surge's other posts."""
    async with FakeJetstream().serving() as stream, FakeAppView().serving() as appview:
        policy = folder / "policy.toml"
        source = f'kind = "bluesky"\nsearch = ["copper kettle"]\nstream_url = "{stream.url}"\n'
        text = f'{POLICY.read_text(encoding="utf-8")}\n[sources.sky]\n{source}appview = "{appview.url}"\n'
        policy.write_text(text, encoding="utf-8")
        found = []
        async with running(replace(config(folder), policy=policy)) as desk:
            while not stream.listeners:  # noqa: ASYNC110 - the fake tells nobody who comes
                await asyncio.sleep(0.01)
            for number in range(count):
                did = f"did:plc:{number:024}"
                appview.knows(did, f"customer{number}.example")
                begun = time.perf_counter()
                stream.posts(did, f"My copper kettle leaks again, order {number:05}", tid(_AT + number))
                while not await _shown(desk, f"{number:05}"):  # noqa: ASYNC110 - nor what is drawn
                    await asyncio.sleep(0.002)
                found.append(time.perf_counter() - begun)
    return statistics.median(found)


async def _shown(desk: Desk, words: str) -> bool:
    page = await desk.store.weblog.page("support", limit=5)
    return any(words in text_of(message.card) for message in page if message.card)


def show_sifted(rates: Mapping[str, float], card: float, rounds: int, count: int) -> Table:
    table = Table(
        title=f"Bluesky's streams, one core, {len(WORDS)} words: median of {rounds} x {count:,} messages"
    )
    for name in ("what", "a second", "of bare", f"share of a core at {LIVE}/s"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, rate in rates.items():
        bare = rates[BARE_CBOR if what in (BARE_CBOR, WHOLE) else BARE]
        table.add_row(what, f"{rate:,.0f}", f"{rate / bare:.2f}", f"{LIVE / rate:.1%}")
    table.add_section()
    table.add_row(f"from a post to its card, ms: {1000 * card:,.0f}", "", "", "")
    return table


def _reader(stream: Jetstream | Relay) -> Callable[[bytes], object]:
    return lambda message: list(stream.read(message)[1])


def _decode(message: bytes) -> object:
    _, body = libipld.decode_dag_cbor_multi(message)
    return libipld.decode_car(body["blocks"])


def _timed(do: Callable[[bytes], object], messages: Sequence[bytes]) -> float:
    begun = time.perf_counter()
    for message in messages:
        do(message)
    return len(messages) / (time.perf_counter() - begun)


def _messages(chance: random.Random, count: int) -> tuple[list[bytes], list[bytes]]:
    """The same posts in both streams; in the light one also what else it brings: reposts and deletes. One in a
    thousand posts is about us."""
    light, whole = [], []
    for number in range(count):
        did, at = f"did:plc:{chance.randrange(10**6):024}", _AT + number
        kind = chance.random()
        if kind < 0.25:
            subject = {"uri": f"at://{did}/{POSTS}/{tid(at)}", "cid": "bafyreia" + "a" * 51}
            record = {
                "$type": "app.bsky.feed.repost",
                "subject": subject,
                "createdAt": "2026-03-02T09:00:00Z",
            }
            light.append(_json(commit(did, at, "create", "app.bsky.feed.repost", tid(at), record)))
        elif kind < 0.35:
            light.append(_json(commit(did, at, "delete", POSTS, tid(at), None)))
        else:
            record = _post(chance, at)
            light.append(_json(commit(did, at, "create", POSTS, tid(at), record)))
            whole.append(frame(did, record, rkey=tid(at), seq=number))
    return light, whole


def _post(chance: random.Random, at: int) -> dict[str, Any]:
    words = [
        "".join(chance.choices(_LETTERS, k=chance.randrange(2, 9))) for _ in range(chance.randrange(4, 40))
    ]
    if chance.random() < 0.3:
        words.append(chance.choice(_OTHERS))
    if chance.random() < 0.001:
        words.append("my Copper Kettle leaks")
    more: dict[str, Any] = {}
    if chance.random() < 0.4:
        ref = {"uri": f"at://did:plc:{chance.randrange(10**6):024}/{POSTS}/{tid(at - 9)}", "cid": "bafyreib"}
        more["reply"] = {"root": ref, "parent": ref}
    if chance.random() < 0.2:
        more["facets"] = naming("did:plc:somebodyelse", words[0])
    return post_record(" ".join(words), at, **more)


def _json(message: dict[str, Any]) -> bytes:
    # As Go writes it.
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).replace("&", "\\u0026").encode()
