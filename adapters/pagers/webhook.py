"""Pages to any program: JSON, signed as Standard Webhooks; an acknowledgement comes back signed with the same secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import ClientSession
from standardwebhooks import Webhook, WebhookVerificationError

from adapters import wording
from adapters.pagers.http import send
from adapters.pagers.parts import OneWay, answered, case_of, plain
from adapters.pagers.tickets import Ticket
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import PagerPlan
from bot.ports import Clock, Place, Posted

SERVICE: Final = "the pager {name}"
PAGE, ANSWERED, ACKNOWLEDGE = "page", "page.answered", "page.acknowledge"
_SUMMARY: Final = 300
_encode: Final = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPager(OneWay):
    """A Chat that posts each page, and later that it was answered. `page` names what was posted, and comes
    again when it was answered."""

    platform: str
    plan: PagerPlan
    http: ClientSession
    clock: Clock
    secret: str = field(repr=False)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        await self._tell(nonce, PAGE, nonce, place.conversation, card)
        return Posted(platform=self.platform, conversation=place.conversation, message=nonce)

    async def edit(self, posted: Posted, card: Card) -> None:
        if answered(card):
            await self._tell(
                f"{posted.message}.answered", ANSWERED, posted.message, posted.conversation, card
            )

    async def _tell(self, mark: str, kind: str, page: str, person: str, card: Card) -> None:
        body = _encode(
            {
                "type": kind,
                "page": page,
                "case": case_of(card),
                "person": person,
                "summary": wording.line(card.summary, _SUMMARY),
                "text": plain(card),
            }
        )
        now = self.clock.real()
        headers = {
            "webhook-id": mark,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(mark, now, body.decode()),
        }
        await send(self.http, SERVICE.format(name=self.plan.name), self.plan.url, body, headers)


def usable(secret: str) -> bool:
    """Whether requests can be signed with it."""
    if not secret.removeprefix("whsec_"):
        return False
    try:
        Webhook(secret)
    except ValueError:
        return False
    return True


def signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether the request is signed with our secret, within five minutes of now."""
    try:
        Webhook(secret).verify(
            body, {name.lower(): value for name, value in headers.items()}, json_parse=False
        )
    except (WebhookVerificationError, ValueError):
        return False
    return True


class _Acknowledgement(msgspec.Struct):
    type: str
    case: int
    person: str


def acknowledged(body: bytes) -> Ticket | None:
    """`{"type": "page.acknowledge", "case": 1042, "person": "ana@example.com"}`; None for anything else."""
    try:
        said = msgspec.json.decode(body, type=_Acknowledgement)
    except msgspec.DecodeError:
        return None
    person = said.person.strip().lower()
    return Ticket(case=said.case, person=PersonId(person)) if said.type == ACKNOWLEDGE and person else None
