"""Pages by e-mail. Once somebody answered, a second mail in the same thread says so."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from adapters import wording
from adapters.pagers.parts import OneWay, answered, case_of, plain
from adapters.pagers.tickets import Ticket, Tickets
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import PagerPlan
from bot.ports import Clock, Down, Failed, FateUnknown, Place, Posted, Undeliverable

NAME: Final = "Baton"
ACKNOWLEDGE: Final = "To say that you have seen it, open this within a day and press the button:\n{link}\n"
IN_CHAT: Final = "To say that you have seen it, acknowledge it in your chat with Baton.\n"
REFUSED: Final = "the mail server refuses mail to {whom}: {said}"
NO_SIGN_IN: Final = "the mail server does not accept the desk's user or password: {said}"
NO_TLS: Final = "the mail server offers no encryption, and pages do not travel in the clear: {said}"
AWAY: Final = "the mail server cannot be reached: {said}"
LATER: Final = "the mail server asks to try again later: {said}"

_SUBJECT: Final = 180
_SAID: Final = 200
_WITHIN: Final = 20.0
_PERMANENT: Final = 500
_PORTS: Final = {"smtps": 465, "smtp": 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailPager(OneWay):
    """A Chat that speaks to each person's own address. `acknowledge_at` is where tickets are shown, blank where the desk
    has no public address. On this machine mail may travel in the clear; elsewhere TLS is insisted on."""

    platform: str
    plan: PagerPlan
    clock: Clock
    password: str = field(default="", repr=False)
    acknowledge_at: str = ""
    tickets: Tickets | None = None
    trust: ssl.SSLContext | None = None

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        mark = f"<{nonce}@{self.plan.sender.partition('@')[2]}>"
        await self._send(place.conversation, card, {"Message-ID": mark, "Importance": "high"})
        return Posted(platform=self.platform, conversation=place.conversation, message=mark)

    async def edit(self, posted: Posted, card: Card) -> None:
        if answered(card):
            thread = {"In-Reply-To": posted.message, "References": posted.message}
            await self._send(posted.conversation, card, thread)

    async def _send(self, whom: str, card: Card, headers: dict[str, str]) -> None:
        message = EmailMessage()
        message["From"] = formataddr((NAME, self.plan.sender))
        message["To"] = whom
        message["Subject"] = wording.line(card.summary, _SUBJECT)
        message["Date"] = format_datetime(self.clock.real())
        message["Auto-Submitted"] = "auto-generated"
        for name, value in headers.items():
            message[name] = value
        message.set_content(f"{plain(card)}\n\n{self._way(whom, card)}")
        server = urlsplit(self.plan.url)
        local = server.hostname in ("127.0.0.1", "::1", "localhost")
        try:
            await aiosmtplib.send(
                message,
                hostname=server.hostname,
                port=server.port or _PORTS[server.scheme],
                username=self.plan.user or None,
                password=self.password or None,
                use_tls=server.scheme == "smtps",
                start_tls=None if server.scheme == "smtps" or local else True,
                tls_context=self.trust,
                timeout=_WITHIN,
            )
        except aiosmtplib.SMTPException as error:
            raise _translated(error, whom) from error
        except OSError as error:
            raise Down(AWAY.format(said=error.strerror or type(error).__name__)) from error

    def _way(self, whom: str, card: Card) -> str:
        case = case_of(card)
        if case is None:
            return ""
        if self.tickets is None or not self.acknowledge_at:
            return IN_CHAT
        ticket = self.tickets.make(Ticket(case=case, person=PersonId(whom)), self.clock.real())
        return ACKNOWLEDGE.format(link=f"{self.acknowledge_at}?t={ticket}")


def _translated(error: aiosmtplib.SMTPException, whom: str) -> Exception:
    said = wording.line(str(error), _SAID)
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return Undeliverable(NO_SIGN_IN.format(said=said))
        case aiosmtplib.SMTPRecipientsRefused():
            codes = [refused.code for refused in error.recipients]
            final = all(code >= _PERMANENT for code in codes)
            return (
                (Undeliverable(REFUSED.format(whom=whom, said=said)))
                if final
                else Failed(LATER.format(said=said))
            )
        case aiosmtplib.SMTPResponseException():
            final = error.code >= _PERMANENT
            return (
                Undeliverable(REFUSED.format(whom=whom, said=said))
                if final
                else Failed(LATER.format(said=said))
            )
        case aiosmtplib.SMTPNotSupported():
            return Undeliverable(NO_TLS.format(said=said))
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPConnectTimeoutError():
            return Down(AWAY.format(said=said))
        case aiosmtplib.SMTPReadTimeoutError() | aiosmtplib.SMTPServerDisconnected():
            return FateUnknown(said)
        case _:
            return Failed(LATER.format(said=said))
