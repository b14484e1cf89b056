"""Requests to Reddit's API as one signed-in account, within its limits.

Plain HTTP rather than a client library: the usual one sends a POST again after a time-out or an error of Reddit's, which
may publish a comment twice, and waits out the rate limit by itself, where the desk wants to say that it waits.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from adapters.sources.asking import Answer, Pace, ask
from adapters.sources.oauth import SignInRefused, Tokens
from adapters.sources.parts import SettingMissing, Tools
from bot.policy.model import SourcePlan

WHO: Final = "Reddit"
URL: Final = "https://www.reddit.com"
OAUTH_URL: Final = "https://oauth.reddit.com"
AGENT: Final = "python:baton-desk:v0.1 (by /u/%s)"
"""As its rules ask for: platform, application, version, and the account that answers for it."""

GAP: Final = timedelta(milliseconds=1_100)
"""Below 60 requests a minute; Reddit allows 100 to a registered client, averaged over ten minutes."""

FEW: Final = 5.0
"""So many requests are left to the next window for answers that people wait for."""

NO_ACCOUNT: Final = '[sources.%s] does not say who we are on Reddit: write account = "your-user-name".'
NO_SETTING: Final = (
    "the source %s needs %s, as Reddit shows them at https://www.reddit.com/prefs/apps for an application of type "
    '"script".'
)
CLIENT: Final = "BATON_SOURCE_%s__CLIENT_ID and BATON_SOURCE_%s__CLIENT_SECRET"
ACCOUNT: Final = "BATON_SOURCE_%s__PASSWORD or BATON_SOURCE_%s__REFRESH_TOKEN"


@dataclass(slots=True)
class Session:
    """One account. Shared by the source and the network, so that both keep one limit."""

    tools: Tools
    tokens: Tokens
    pace: Pace
    oauth_url: str
    agent: str

    @classmethod
    def of(cls, plan: SourcePlan, tools: Tools) -> Session:
        """Raises SettingMissing."""
        account = plan.account.removeprefix("/").removeprefix("u/")
        if not account:
            raise SettingMissing(NO_ACCOUNT % plan.name)
        form, secret, agent = _form(plan, tools, account), _client(plan, tools), AGENT % account
        basic = base64.b64encode(secret.encode()).decode()
        tokens = Tokens(
            http=tools.http,
            clock=tools.clock,
            vault=tools.vault,
            name=f"reddit:{plan.name}",
            who=WHO,
            url=f"{plan.url or URL}/api/v1/access_token",
            form=form,
            headers={"Authorization": f"Basic {basic}", "User-Agent": agent},
        )
        oauth = str(plan.options.get("oauth_url") or "") or OAUTH_URL
        return cls(tools, tokens, Pace(tools.clock, GAP), oauth, agent)

    async def send(self, method: str, path: str, **request: Any) -> Answer:
        """As `ask`. A token that is not taken any more is renewed once: Reddit has then not acted. Raises Unasked,
        Unanswered, SignInRefused, SignInLater."""
        answer = await self._once(method, path, request)
        if answer.status == 401:
            answer = await self._once(method, path, request)
            if answer.status == 401:
                raise SignInRefused(f"{WHO} does not accept our sign-in any more")
        return answer

    async def _once(self, method: str, path: str, request: Mapping[str, Any]) -> Answer:
        token = await self.tokens.token()
        await self.pace.turn()
        headers = {"Authorization": f"Bearer {token}", "User-Agent": self.agent}
        answer = await ask(
            self.tools.http, method, self.oauth_url + path, who=WHO, headers=headers, **request
        )
        if answer.status == 401:
            await self.tokens.forget(token)
        self._slow_down(answer)
        return answer

    def _slow_down(self, answer: Answer) -> None:
        """Keeps to what Reddit says is left, before it has to refuse."""
        left, reset = _number(answer, "X-Ratelimit-Remaining"), _number(answer, "X-Ratelimit-Reset")
        if left is not None and reset is not None and left < FEW:
            self.pace.hold(self.tools.clock.real() + timedelta(seconds=min(max(reset, 1.0), 660.0)))


def _form(plan: SourcePlan, tools: Tools, account: str) -> Mapping[str, str]:
    if refresh := tools.secrets.get("refresh_token"):
        return {"grant_type": "refresh_token", "refresh_token": refresh}
    if password := tools.secrets.get("password"):
        return {"grant_type": "password", "username": account, "password": password}
    raise SettingMissing(NO_SETTING % (plan.name, _named(ACCOUNT, plan)))


def _client(plan: SourcePlan, tools: Tools) -> str:
    client, secret = tools.secrets.get("client_id"), tools.secrets.get("client_secret")
    if not client or not secret:
        raise SettingMissing(NO_SETTING % (plan.name, _named(CLIENT, plan)))
    return f"{client}:{secret}"


def _named(settings: str, plan: SourcePlan) -> str:
    name = plan.name.upper().replace("-", "_")
    return settings % (name, name)


def _number(answer: Answer, header: str) -> float | None:
    said = answer.headers.get(header, "").strip()
    return float(said) if said.replace(".", "", 1).isdecimal() else None
