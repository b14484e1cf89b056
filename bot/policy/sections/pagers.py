"""[pagers.NAME]: ways by which pages leave beside the direct message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.policy.fields import Table
from bot.policy.model import PagerKind, PagerPlan
from bot.policy.sections.sources import address

PAGERDUTY: Final = "https://events.pagerduty.com"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ADDRESS: Final = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")

_NO_NAME: Final = "a pager is named with small letters, digits and dashes, such as mail or pagerduty"
_NO_KIND: Final = 'say what it is, as in kind = "email", "pagerduty" or "webhook"'
_NO_URL: Final = {
    PagerKind.EMAIL: 'name the mail server, as in url = "smtps://mail.example.org:465" or "smtp://mail.example.org:587"',
    PagerKind.WEBHOOK: 'say where to, as in url = "https://example.org/pages"',
}
_NO_SERVER: Final = (
    "this is no mail server: write it as smtps://mail.example.org:465 or smtp://mail.example.org:587"
)
_NO_SENDER: Final = 'say which address pages come from, as in sender = "baton@example.org"'


def read_pagers(table: Table) -> Mapping[str, PagerPlan]:
    return {name: _pager(name, inner) for name, inner in table.named_tables()}


def _pager(name: str, table: Table) -> PagerPlan:
    if not _NAME.fullmatch(name):
        table.problems.mistake(table.path, _NO_NAME)
    kind = table.choice("kind", PagerKind)
    if kind is None and not table.has("kind"):
        table.missing("kind", _NO_KIND)
    kind = kind or PagerKind.WEBHOOK
    if kind in _NO_URL and table.lacks("url"):
        table.missing("url", _NO_URL[kind])
    sender = table.text("sender")
    if kind is PagerKind.EMAIL and not _ADDRESS.fullmatch(sender):
        table.problems.mistake(table.at("sender"), _NO_SENDER)
    usual = PAGERDUTY if kind is PagerKind.PAGERDUTY else ""
    plan = PagerPlan(
        name=name,
        kind=kind,
        url=table.parsed("url", _server if kind is PagerKind.EMAIL else address, usual),
        sender=sender,
        user=table.text("user"),
    )
    table.done()
    return plan


def _server(text: str) -> str:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or parts.scheme not in ("smtp", "smtps") or parts.username or parts.path.strip("/"):
        raise ValueError(_NO_SERVER)
    return text.rstrip("/")
