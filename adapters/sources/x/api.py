"""Asking X: as the app for what is public, as the account (OAuth 1.0a) for what is ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import structlog
from aiohttp import ClientSession
from oauthlib.oauth1 import Client
from yarl import URL

from adapters.sources import fitting
from adapters.sources.asking import Answer, Unanswered, Unasked, ask
from bot.ports import Clock, SourceBusy, SourceDown, SourceShut

log = structlog.get_logger(__name__)

WHO: Final = "X"
BASE: Final = "https://api.x.com"
NO_SIGN_IN: Final = "X refuses the app's token (%s). Make a new one at developer.x.com and set %s."
FORBIDDEN: Final = "X does not allow this app to listen so (%s). Look at its plan at developer.x.com."
NO_CREDITS: Final = "X wants to be paid before it goes on (%s). Look at the app's credits at developer.x.com."
NOT_SO: Final = "X refuses what it was asked (%s)"
ODD: Final = "X answers with HTTP %d (%s)"
BUSY: Final = "X asks for patience"
AWAY: Final = "X answers with an error of its own (HTTP %d)"

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(seconds=320)
BUSY_WAIT: Final = timedelta(minutes=1)
LONGEST_BUSY: Final = timedelta(minutes=16)
A_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What developer.x.com shows of the app and of our account in it."""

    bearer: str = ""
    consumer_key: str = ""
    consumer_secret: str = ""
    access_token: str = ""
    access_secret: str = ""


@dataclass(slots=True)
class Api:
    """One app at X. `token` is the name of the setting that holds the app's token, for sentences."""

    http: ClientSession
    clock: Clock
    keys: Keys
    base: str
    token: str
    failures: int = 0

    def url(self, path: str, query: Mapping[str, str] | None = None) -> URL:
        return URL(self.base + path).with_query(query or {})

    @property
    def app(self) -> dict[str, str]:
        """The headers of a request as the app."""
        return {"Authorization": f"Bearer {self.keys.bearer}"}

    async def as_app(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Any:
        """The JSON of a good answer. Raises SourceDown, SourceBusy, SourceShut."""
        sent: dict[str, Any] = {"json": body} if body is not None else {}
        try:
            answer = await ask(
                self.http, method, str(self.url(path, query)), who=WHO, headers=self.app, **sent
            )
            if answer.status >= 400:
                raise self.trouble(answer)
            return answer.json
        except (Unasked, Unanswered) as error:
            raise SourceDown(str(error)) from error

    async def as_us(
        self,
        method: Literal["GET", "POST"],
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """The answer to a request that our account signs. Raises Unasked, Unanswered."""
        url = self.url(path, query)
        signer = Client(
            self.keys.consumer_key,
            client_secret=self.keys.consumer_secret,
            resource_owner_key=self.keys.access_token,
            resource_owner_secret=self.keys.access_secret,
            timestamp=str(int(self.clock.real().timestamp())),
        )
        _, headers, _ = signer.sign(str(url), http_method=method)
        sent: dict[str, Any] = {"json": body} if body is not None else {}
        return await ask(self.http, method, str(url), who=WHO, headers=headers, **sent)

    def trouble(self, answer: Answer) -> SourceDown | SourceBusy | SourceShut:
        """Why listening cannot go on, as X's rules for coming back ask: from 5 s doubling, for 429 from a minute."""
        said = explained(answer)
        if answer.status == 429:
            self.failures += 1
            usual = min(BUSY_WAIT * 2 ** min(self.failures - 1, 5), LONGEST_BUSY)
            return SourceBusy(BUSY, reset(answer, self.clock.real()) or usual)
        if answer.status >= 500:
            self.failures += 1
            return SourceBusy(
                AWAY % answer.status, min(FIRST_WAIT * 2 ** min(self.failures - 1, 6), LONGEST_WAIT)
            )
        if answer.status == 401:
            return SourceShut(NO_SIGN_IN % (said, self.token))
        if answer.status == 402:
            return SourceShut(NO_CREDITS % said)
        if answer.status == 403:
            return SourceShut(FORBIDDEN % said)
        return SourceShut(NOT_SO % said) if answer.status == 400 else SourceDown(ODD % (answer.status, said))


def reset(answer: Answer, now: datetime) -> timedelta | None:
    """How long until X takes more: the longest that it names. None where it names none."""
    waits = []
    for kind in ("rate-limit", "user-limit-24hour", "app-limit-24hour"):
        left, at = (answer.headers.get(f"x-{kind}-{what}", "") for what in ("remaining", "reset"))
        moment = fitting.moment(int(at)) if at.isdecimal() and len(at) < 12 else None
        if moment is not None and left in ("0", ""):
            waits.append(moment - now + timedelta(seconds=1))
    return min(max(*waits, timedelta(seconds=1)), A_DAY) if waits else None


def explained(answer: Answer) -> str:
    """X's own words for what is wrong, cut short."""
    try:
        value = fitting.table(answer.json)
    except Unanswered:
        return f"HTTP {answer.status}"
    first = fitting.table(next(iter(fitting.items(value.get("errors"))), None))
    for found in (value.get("detail"), first.get("message"), first.get("detail"), value.get("title")):
        said = fitting.words(found)
        if said:
            return said
    return f"HTTP {answer.status}"
