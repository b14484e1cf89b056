"""[sources.NAME]: where mentions come from, and the accounts that answer there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from bot.policy.fields import Table
from bot.policy.model import SourceKind, SourcePlan
from bot.policy.sections.source_bluesky import read_bluesky
from bot.policy.sections.source_mastodon import read_mastodon
from bot.policy.sections.source_meta import read_meta
from bot.policy.sections.source_reddit import read_reddit
from bot.policy.sections.source_rss import read_rss
from bot.policy.sections.source_webhook import read_webhook
from bot.policy.sections.source_x import read_x
from bot.policy.sections.source_youtube import read_youtube

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_EVERY: Final = timedelta(minutes=1)
_OFTEN: Final = timedelta(seconds=5)
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")

_NO_NAME: Final = "a source is named with small letters, digits and dashes, such as bluesky or google-alerts"
_NO_KIND: Final = "say what it is, as in kind = %s"
_OFTENER: Final = 'no network likes to be asked that often: write "5s" or more'
_NO_URL: Final = "this is not an address: write it as https://example.org"
_NOT_SAFE: Final = (
    "this address is not https, so anyone on the way could read or change what passes: write https:// "
    "(http:// is for this machine only)"
)

Options = Callable[[Table], Mapping[str, object]]


def read_sources(table: Table) -> Mapping[str, SourcePlan]:
    return {name: _source(name, inner) for name, inner in table.named_tables()}


def _source(name: str, table: Table) -> SourcePlan:
    if not _NAME.fullmatch(name):
        table.problems.mistake(table.path, _NO_NAME)
    kind = table.choice("kind", SourceKind)
    if kind is None and not table.has("kind"):
        table.missing("kind", _NO_KIND % ", ".join(f'"{each}"' for each in SourceKind))
    kind = kind or SourceKind.WEBHOOK
    every = table.elapsed("every", _EVERY)
    if every < _OFTEN:
        table.problems.mistake(table.at("every"), _OFTENER)
    plan = SourcePlan(
        name=name,
        kind=kind,
        source=table.text("source", name if kind is SourceKind.WEBHOOK else str(kind)),
        account=table.text("account"),
        url=table.parsed("url", address, ""),
        community=table.text("community"),
        search=table.texts("search"),
        exclude=table.texts("exclude"),
        exclude_authors=table.texts("exclude_authors"),
        reply=table.flag("reply"),
        every=max(every, _OFTEN),
        options=OPTIONS[kind](table),
    )
    table.done()
    return plan


def address(text: str) -> str:
    """An http(s) address without a slash at its end. Raises ValueError."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise ValueError(_NO_URL) from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(_NO_URL)
    if parts.scheme == "http" and host not in _LOCAL:
        raise ValueError(_NOT_SAFE)
    return text.rstrip("/")


def _nothing(_table: Table) -> Mapping[str, object]:
    return {}


OPTIONS: Final[Mapping[SourceKind, Options]] = {
    **dict.fromkeys(SourceKind, _nothing),
    SourceKind.BLUESKY: partial(read_bluesky, address=address),
    SourceKind.RSS: partial(read_rss, address=address),
    SourceKind.REDDIT: partial(read_reddit, address=address),
    SourceKind.YOUTUBE: partial(read_youtube, address=address),
    SourceKind.WEBHOOK: read_webhook,
    SourceKind.X: read_x,
    SourceKind.META: read_meta,
    SourceKind.MASTODON: read_mastodon,
}
"""Each kind's own keys, read and checked."""
