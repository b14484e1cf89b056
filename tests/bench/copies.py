"""Near-copies: how many posts a second are compared with all that lead, beside a bare handler in the same run."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.ports import Lead
from bot.triage.copies import MOST, Index, print_of
from tests.bench.client import send
from tests.bench.posts import requests
from tests.bench.process import a_server
from tests.bench.server import BARE

_AT: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_LETTERS: Final = "etaoinshrdlucmfwypvbgkjqxz"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmongCopies:
    """`bare` are requests a second of a bare handler; `rates` posts a second, by what is done with each."""

    bare: float
    rates: dict[str, float]


async def near_copies(rounds: int, count: int) -> AmongCopies:
    """Posts of all kinds, and a surge of one, against an index that is full."""
    index = _full_index(random.Random(1))
    surge = [f"Your checkout is down again and I cannot pay for order {n}" for n in range(count)]
    rates: dict[str, list[float]] = {}
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with a_server(BARE, Path(folder)) as server:
            for number in range(rounds):
                load = await send(server.port, requests(count, seed=number, name=f"copies{number}"))
                bare.append(load.rate)
                mixed = list(_posts(random.Random(number), count))
                for what, texts in (("posts of all kinds", mixed), ("one surge", surge)):
                    rate = await asyncio.to_thread(_timed, lambda text: _look(index, text), texts)
                    rates.setdefault(f"{what}, among {MOST:,} that lead", []).append(rate)
    medians = {what: statistics.median(found) for what, found in rates.items()}
    return AmongCopies(bare=statistics.median(bare), rates=medians)


def _timed(what: Callable[[str], None], texts: Sequence[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        what(text)
    return len(texts) / (time.perf_counter() - begun)


def _look(index: Index, text: str) -> None:
    known = print_of(text)
    if known is not None:
        index.near(known, _AT, _HOUR)


def _full_index(chance: random.Random) -> Index:
    index = Index()
    texts = [*_posts(chance, MOST - 1), "Your checkout is down again and I cannot pay for my order"]
    for number, text in enumerate(texts):
        index.put(
            Lead(
                mention=number,
                community="x",
                case_id=number,
                department="support",
                kind="",
                said_at=_AT,
                last_at=_AT,
                changed_at=_AT,
                text=text,
            )
        )
    return index


def _posts(chance: random.Random, count: int) -> Iterable[str]:
    """Posts of 6 to 24 words out of some thousands, as different as those of strangers."""
    return (" ".join(_word(chance) for _ in range(chance.randrange(6, 24))) for _ in range(count))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_LETTERS, k=chance.randrange(2, 9)))
