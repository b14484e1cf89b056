"""Made-up mentions, and the signed requests that bring them."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from standardwebhooks import Webhook

SECRET: Final = "whsec_" + base64.b64encode(b"a secret for the benchmark").decode()
_OPENINGS: Final = ("My parcel", "The kettle I bought", "Your app", "The refund", "Order 4711", "Your driver")
_COMPLAINTS: Final = (
    "never came, and nobody answers the phone.",
    "stopped working after two days. What now?",
    "is wonderful, thank you all!",
    "came twice and was charged twice.",
    "leaks, and my kitchen floor is ruined.",
)


_SYLLABLES: Final = (
    "ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "pla", "gri", "sto", "cre", "fan", "hud", "jex", "wim",
    "yos", "qui", "dro", "ble", "cha", "eth", "ock", "ung", "ism", "arp", "oul", "irt",
)  # fmt: skip


def mentions(count: int, *, seed: int, name: str, alike: bool = False) -> Iterator[dict[str, Any]]:
    """`count` mentions by different authors, a few seconds apart; `name` keeps the ids of runs apart. Each is a matter of
    its own; `alike` ones say one of thirty things, as in a surge."""
    chance = random.Random(seed)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for number in range(count):
        at += timedelta(seconds=chance.random() * 5)
        yield {
            "source": "x",
            "id": f"{name}-{number}",
            "created_at": at.isoformat(),
            "author": {
                "handle": f"{name}_{number}",
                "name": "A Customer",
                "followers": chance.randrange(5000),
            },
            "text": " ".join(_said(chance, alike)),
            "url": f"https://x.example/{name}/{number}",
            "lang": "en",
        }


def _said(chance: random.Random, alike: bool) -> Iterator[str]:
    yield chance.choice(_OPENINGS)
    yield chance.choice(_COMPLAINTS)
    for _ in range(1 if alike else 20):
        yield "".join(chance.choices(_SYLLABLES, k=3))


def requests(count: int, *, seed: int, name: str, alike: bool = False) -> Sequence[bytes]:
    """One signed HTTP request for each mention, ready to be written to a socket within five minutes."""
    sender, now = Webhook(SECRET), datetime.now(UTC)
    made = []
    for mention in mentions(count, seed=seed, name=name, alike=alike):
        body = json.dumps(mention)
        head = (
            "POST /mentions HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nwebhook-id: {mention['id']}\r\n"
            f"webhook-timestamp: {int(now.timestamp())}\r\n"
            f"webhook-signature: {sender.sign(mention['id'], now, body)}\r\n\r\n"
        )
        made.append((head + body).encode())
    return made
