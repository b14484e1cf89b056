"""Answering at a Mastodon server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NoReturn

import structlog

from adapters.sources.mastodon.account import Account, NotOurs
from adapters.sources.mastodon.api import Away, Busy, Refused
from adapters.sources.mastodon.instance import Me, id_of, whole_handle
from adapters.sources.mastodon.looking import CannotLook, Sought, look_for
from adapters.sources.mastodon.statuses import WIDEST_FIRST
from adapters.sources.mention_fields import is_link
from bot.domain.mention import VISIBILITY, Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.policy.model import SourcePlan
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    NetworkDown,
    Outgoing,
    Published,
    SignInLost,
)

log = structlog.get_logger(__name__)

TITLE: Final = "Mastodon"
ANOTHER_SERVER: Final = (
    "It came by another way than this account at %s, so it cannot be answered from here: open the post."
)
GONE: Final = "It was deleted at its network."
POST_GONE: Final = "%s says that the post is gone, or that our account may not see it any more."
NO_SIGN_IN: Final = (
    "%s does not know our access token any more. An admin has to make a new one there (Preferences, Development) and "
    "write it into %s."
)
NO_SCOPE: Final = (
    "%s does not let our access token publish%s. An admin has to give its application the scope write:statuses and "
    "write the new token into %s."
)
REFUSED: Final = "%s refuses it%s."
SAID: Final = ": %s"
TOO_LONG: Final = "With %s before it the reply is %d characters too long for %s."
WAIT: Final = "%s asks for patience before it takes another post."
AWAY: Final = "%s does not answer; nothing of ours stands below the post."
UNKNOWN: Final = (
    "%s did not say whether it published the reply, and does not show our own posts: open the post and look, before it "
    "is sent again."
)

ROOM: Final = 32
"""Characters that are kept for the author's name before each reply; a server's own accounts have up to 30."""

A_MOMENT: Final = timedelta(seconds=2)
"""After a request whose fate is unknown, before it is looked for."""

_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")
_NOT_SIGNED_IN: Final = re.compile(r"scope|login|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonNetwork:
    """The Network port."""

    plan: SourcePlan
    signed_in: Account

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def title(self) -> str:
        return TITLE

    @property
    def account(self) -> str:
        me = self.signed_in.me
        handle = me.handle if me else whole_handle(self.plan.account or "us", self.signed_in.instance.domain)
        return f"@{handle}"

    @property
    def rule(self) -> LengthRule:
        self.signed_in.know_soon()
        return LengthRule(counting=Counting.MASTODON, most=max(1, self.signed_in.instance.longest - ROOM))

    def why_not(self, mention: Mention) -> str | None:
        if mention.removed:
            return GONE
        if mention.can_reply is False:
            return mention.why_no_reply or ANOTHER_SERVER % self._host
        native = mention.native
        if (
            native.get("server") != self._host
            or not isinstance(native.get("id"), str)
            or not native.get("acct")
        ):
            return ANOTHER_SERVER % self._host
        return None

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        why = self.why_not(reply.to)
        if why is not None:
            raise Declined(why)
        try:
            me = await self.signed_in.known()
            text = self._text(reply, me)
            sought = Sought(parent=str(reply.to.native["id"]), text=text, since=reply.begun_at)
            found = await look_for(self.signed_in.api, me, sought) if again else None
            return self._published(found) if found is not None else await self._send(reply, sought, me)
        except CannotLook as error:
            raise MaybePublished(UNKNOWN % self._host) from error
        except Busy as busy:
            raise AskedToWait(WAIT % self._host, busy.after) from busy
        except Away as away:
            raise NetworkDown(AWAY % self._host) from away
        except NotOurs as error:
            raise SignInLost(str(error)) from error
        except Refused as refused:
            self._refuse(refused)

    @property
    def _host(self) -> str:
        return self.signed_in.api.host

    async def _send(self, reply: Outgoing, sought: Sought, me: Me) -> Published:
        """Raises as `publish`; where the answer is lost, what stands there is looked for. Nothing found means: it did
        not get through, and the next try looks again before it sends."""
        api = self.signed_in.api
        form = {
            "status": sought.text,
            "in_reply_to_id": sought.parent,
            "visibility": visibility(self.plan, str(reply.to.native.get(VISIBILITY) or "direct")),
        }
        language = _LANGUAGE.match(reply.lang or "")
        if language:
            form["language"] = language[0].lower()
        try:
            posted = (await api.post("/api/v1/statuses", form, {"Idempotency-Key": reply.key})).body
            if id_of(posted) is not None:
                return self._published(posted)
        except Away as away:
            if not away.sent:
                raise
            log.warning("a reply's fate is unknown, it is looked for", server=self._host, why=str(away))
        await api.clock.sleep(A_MOMENT)
        try:
            found = await look_for(api, me, sought)
        except (Away, Busy, Refused) as error:
            # Every later try looks before it sends.
            raise NetworkDown(AWAY % self._host) from error
        if found is None:
            raise NetworkDown(AWAY % self._host)
        return self._published(found)

    def _text(self, reply: Outgoing, me: Me) -> str:
        """With the author's name before it: without, the server would not tell them. Raises Declined."""
        acct = f"@{reply.to.native['acct']}"
        named = re.search(rf"(?<![\w@]){re.escape(acct)}(?![\w@])", reply.text, re.IGNORECASE)
        text = reply.text if named or acct == f"@{me.handle}" else f"{acct} {reply.text}"
        most = self.signed_in.instance.longest
        over = LengthRule(counting=Counting.MASTODON, most=most).length(text) - most
        if over > 0:
            raise Declined(TOO_LONG % (acct, over, self._host))
        return text

    def _published(self, status: Any) -> Published:
        url = next((u for u in (status.get("url"), status.get("uri")) if type(u) is str and is_link(u)), None)
        return Published(external_id=f"{self._host}/{id_of(status)}", url=url)

    def _refuse(self, refused: Refused) -> NoReturn:
        host, setting = self._host, self.signed_in.setting
        said = SAID % refused.said if refused.said else ""
        if refused.status == 401:
            raise SignInLost(NO_SIGN_IN % (host, setting)) from refused
        if refused.status == 403 and _NOT_SIGNED_IN.search(refused.said):
            raise SignInLost(NO_SCOPE % (host, said, setting)) from refused
        if refused.status in (404, 410):
            raise Declined(POST_GONE % host) from refused
        raise Declined(REFUSED % (host, said)) from refused


def visibility(plan: SourcePlan, parent: str) -> str:
    """Who may read a reply: as the policy says, or as the post that it answers, and never more than that one's
    readers. Below a post for its author's followers alone it goes to its author alone: our followers are others."""
    if parent in ("private", "direct") or parent not in WIDEST_FIRST:
        return "direct"
    wanted = str(plan.options.get(VISIBILITY, "parent"))
    return parent if wanted not in WIDEST_FIRST else max(parent, wanted, key=WIDEST_FIRST.index)
