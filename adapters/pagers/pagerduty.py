"""Pages through PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview).

The dedup key is the case and the person, so a page that is sent twice is one incident there.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import ClientSession

from adapters import wording
from adapters.pagers.http import send
from adapters.pagers.parts import OneWay, answered, case_of, plain
from adapters.pagers.tickets import Ticket
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import PagerPlan
from bot.ports import Place, Posted

SERVICE: Final = "PagerDuty"
PATH: Final = "/v2/enqueue"
_SUMMARY: Final = 1_024
_MARK: Final = "baton"
_ACKNOWLEDGED: Final = "incident.acknowledged"
_encode: Final = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty(OneWay):
    """A Chat that opens an incident for each page, and resolves it once somebody answered. `key` is the integration's
    routing key."""

    platform: str
    plan: PagerPlan
    http: ClientSession
    key: str = field(repr=False)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        mark = _dedup_key(case_of(card) or 0, place.conversation)
        payload = {
            "summary": wording.line(card.summary, _SUMMARY),
            "source": place.conversation,
            "severity": "critical",
            "component": "Baton",
            "custom_details": {"page": plain(card), "for": place.conversation},
        }
        await self._event({"event_action": "trigger", "dedup_key": mark, "payload": payload})
        return Posted(platform=self.platform, conversation=place.conversation, message=mark)

    async def edit(self, posted: Posted, card: Card) -> None:
        if answered(card):
            await self._event({"event_action": "resolve", "dedup_key": posted.message})

    async def _event(self, event: dict[str, object]) -> None:
        body = _encode({"routing_key": self.key, "client": "Baton", **event})
        await send(self.http, SERVICE, f"{self.plan.url}{PATH}", body, {})


class _Data(msgspec.Struct):
    incident_key: str | None = None


class _Event(msgspec.Struct):
    id: str = ""
    event_type: str = ""
    data: _Data = msgspec.field(default_factory=_Data)


class _Told(msgspec.Struct):
    event: _Event


def signed(header: str, body: bytes, secret: str) -> bool:
    """Whether one of the signatures in X-PagerDuty-Signature is ours (v1, HMAC-SHA256 over the raw body;
    https://developer.pagerduty.com/docs/verifying-webhook-signatures)."""
    good = "v1=" + hmac.digest(secret.encode(), body, "sha256").hex()
    return any(hmac.compare_digest(each.strip().encode(), good.encode()) for each in header.split(","))


def acknowledged(body: bytes) -> tuple[str, Ticket] | None:
    """Of a V3 webhook that says that somebody acknowledged one of our pages: the event's id, and which page. None for
    anything else, which PagerDuty tells, too."""
    try:
        event = msgspec.json.decode(body, type=_Told).event
        mark, case, person = (event.data.incident_key or "").split(":", 2)
        number, who = int(case), base64.urlsafe_b64decode(person).decode()
    except (msgspec.DecodeError, ValueError):
        return None
    if event.event_type != _ACKNOWLEDGED or mark != _MARK or not event.id:
        return None
    return event.id, Ticket(case=number, person=PersonId(who))


def _dedup_key(case: int, person: str) -> str:
    return f"{_MARK}:{case}:{base64.urlsafe_b64encode(person.encode()).decode()}"
