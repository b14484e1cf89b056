"""The keys of a Bluesky source alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from bot.policy.fields import Table

_JETSTREAM: Final = "https://jetstream2.us-east.bsky.network"
_RELAY: Final = "https://bsky.network"
_APPVIEW: Final = "https://public.api.bsky.app"
_PLC: Final = "https://plc.directory"
OFF: Final = "off"

Address = Callable[[str], str]


class Stream(StrEnum):
    """How the network is listened to: light and sifted by kind, or everything as servers tell one another."""

    JETSTREAM = "jetstream"
    RELAY = "relay"


def read_bluesky(table: Table, *, address: Address) -> Mapping[str, object]:
    """`stream` and `stream_url`; `appview` ("off": there is none) knows profiles, `plc` whose handle a DID is."""
    stream = table.choice("stream", Stream) or Stream.JETSTREAM
    usual = _JETSTREAM if stream is Stream.JETSTREAM else _RELAY
    return {
        "stream": str(stream),
        "stream_url": table.parsed("stream_url", lambda text: address(_as_http(text)), usual),
        "appview": table.parsed("appview", lambda text: "" if text == OFF else address(text), _APPVIEW),
        "plc": table.parsed("plc", address, _PLC),
    }


def _as_http(text: str) -> str:
    """A stream's address is written either way."""
    head, colon, rest = text.partition("://")
    return f"{ {'wss': 'https', 'ws': 'http'}.get(head.lower(), head) }{colon}{rest}"
