"""Requests to the YouTube Data API, each counted against the day's quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from adapters.sources import fitting
from adapters.sources.asking import Answer, Unanswered, ask
from adapters.sources.oauth import SignInRefused, Tokens
from adapters.sources.parts import SettingMissing, Tools
from bot.policy.model import SourcePlan

WHO: Final = "YouTube"
URL: Final = "https://www.googleapis.com"
TOKEN_URL: Final = "https://oauth2.googleapis.com"
PACIFIC: Final = ZoneInfo("America/Los_Angeles")
"""Where YouTube's days begin and end."""

QUOTA: Final = 10_000
LIST_COSTS: Final = 1
INSERT_COSTS: Final = 50

NO_KEY: Final = (
    "the source %s needs BATON_SOURCE_%s__API_KEY, a key of the YouTube Data API from console.cloud.google.com, or a "
    "sign-in: BATON_SOURCE_%s__CLIENT_ID, __CLIENT_SECRET and __REFRESH_TOKEN."
)
NO_SIGN_IN: Final = (
    "the source %s answers on YouTube, so it needs a sign-in with the scope youtube.force-ssl: BATON_SOURCE_%s__"
    "CLIENT_ID, __CLIENT_SECRET and __REFRESH_TOKEN."
)


@dataclass(slots=True)
class Quota:
    """What the day allows, and what of it is spent; a new day begins at midnight in California."""

    most: int
    day: date
    used: int = 0

    def spend(self, units: int, now: datetime) -> None:
        self.turn(now)
        self.used += units

    def turn(self, now: datetime) -> None:
        today = now.astimezone(PACIFIC).date()
        if today > self.day:
            self.day, self.used = today, 0


def until_midnight(now: datetime) -> timedelta:
    """How long YouTube's day still lasts; a moment more, since its clock may be behind ours."""
    here = now.astimezone(PACIFIC)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), PACIFIC)
    return midnight.astimezone(now.tzinfo) - now + timedelta(minutes=1)


@dataclass(slots=True)
class Session:
    """Shared by the source and the network. `tokens` is None where there is only a key, which cannot write."""

    tools: Tools
    url: str
    key: str
    tokens: Tokens | None
    quota: Quota

    @classmethod
    def of(cls, plan: SourcePlan, tools: Tools) -> Session:
        """Raises SettingMissing."""
        name, secrets = plan.name.upper().replace("-", "_"), tools.secrets
        tokens = _tokens(plan, tools)
        if plan.reply and tokens is None:
            raise SettingMissing(NO_SIGN_IN % (plan.name, name))
        if tokens is None and not secrets.get("api_key"):
            raise SettingMissing(NO_KEY % (plan.name, name, name))
        most = plan.options.get("quota")
        today = tools.clock.real().astimezone(PACIFIC).date()
        quota = Quota(most if isinstance(most, int) else QUOTA, today)
        return cls(tools, plan.url or URL, secrets.get("api_key", ""), tokens, quota)

    async def list(self, what: str, **params: str) -> Answer:
        """One page of comments or threads. Raises Unasked, Unanswered, SignInRefused, SignInLater."""
        self.quota.spend(LIST_COSTS, self.tools.clock.real())
        if self.key:
            # In a header: addresses are written into logs.
            headers = {"X-Goog-Api-Key": self.key}
            return await ask(
                self.tools.http, "GET", self._path(what), who=WHO, params=params, headers=headers
            )
        return await self._signed("GET", what, params=params)

    async def insert(self, body: object) -> Answer:
        """One comment. Raises Unasked, Unanswered, SignInRefused, SignInLater."""
        self.quota.spend(INSERT_COSTS, self.tools.clock.real())
        return await self._signed("POST", "comments", params={"part": "snippet"}, json=body)

    async def _signed(self, method: str, what: str, **request: Any) -> Answer:
        """A token that is not taken any more is renewed once: YouTube has then not acted."""
        if self.tokens is None:
            raise SignInRefused(f"{WHO} is only read with a key")
        for _ in range(2):
            token = await self.tokens.token()
            headers = {"Authorization": f"Bearer {token}"}
            answer = await ask(self.tools.http, method, self._path(what), who=WHO, headers=headers, **request)
            if answer.status != 401:
                return answer
            await self.tokens.forget(token)
        raise SignInRefused(f"{WHO} does not accept our sign-in any more")

    def _path(self, what: str) -> str:
        return f"{self.url}/youtube/v3/{what}"


def _tokens(plan: SourcePlan, tools: Tools) -> Tokens | None:
    said = {name: tools.secrets.get(name, "") for name in ("client_id", "client_secret", "refresh_token")}
    if not all(said.values()):
        return None
    where = str(plan.options.get("token_url") or "") or TOKEN_URL
    return Tokens(
        http=tools.http,
        clock=tools.clock,
        vault=tools.vault,
        name=f"youtube:{plan.name}",
        who="Google",
        url=f"{where}/token",
        form={**said, "grant_type": "refresh_token"},
        headers={},
    )


def reason_of(answer: Answer) -> tuple[str, str]:
    """(why, in one word of YouTube's; its sentence); blank where it does not say."""
    try:
        error = fitting.table(fitting.table(answer.json).get("error"))
    except Unanswered:
        return "", ""
    first = next((fitting.table(one) for one in fitting.items(error.get("errors"))), {})
    return fitting.words(first.get("reason")) or "", fitting.words(error.get("message"), 300) or ""
