"""The keys that only a source of kind "youtube" has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.policy.fields import Table

_CHANNEL: Final = re.compile(r"UC[A-Za-z0-9_-]{22}")
_VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{11}")
_NO_CHANNEL: Final = (
    "this is no channel's id: it begins with UC and has 24 characters (YouTube, Settings, Advanced)"
)
_NO_VIDEO: Final = "this is no video's id: the 11 characters behind watch?v="
_MOST_QUOTA: Final = 100_000_000


def read_youtube(table: Table, address: Callable[[str], str]) -> Mapping[str, object]:
    """`channel`: ours, all of whose comments are read, and which answers. `videos`: others to read below. `quota`: what
    Google allows a day, 10,000 unless it allowed more. `token_url`: where its sign-in is, for who runs a stand-in."""
    videos = []
    for number, said in enumerate(table.texts("videos")):
        if _VIDEO.fullmatch(said):
            videos.append(said)
        else:
            table.problems.mistake(table.at("videos", number), _NO_VIDEO)
    return {
        "channel": table.parsed("channel", _channel, ""),
        "videos": tuple(dict.fromkeys(videos)),
        "quota": table.whole("quota", 10_000, 100, _MOST_QUOTA),
        "token_url": table.parsed("token_url", address, ""),
    }


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise ValueError(_NO_CHANNEL)
    return text
