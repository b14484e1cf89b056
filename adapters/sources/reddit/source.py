"""Listening to Reddit: what names us, what answers us, what is said where we look; and what became of it since."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.asking import AWAY, BUSY, Answer, Unanswered, Unasked, parsed, pausing
from adapters.sources.oauth import SignInLater, SignInRefused
from adapters.sources.parts import Tools
from adapters.sources.reddit.place import AT_ONCE, BEHIND, RedditPlace
from adapters.sources.reddit.reading import edited_at, fullname, is_gone, mention_of, words_of
from adapters.sources.reddit.session import WHO, Session
from bot.policy.model import SourcePlan
from bot.ports import Batch, Incoming, Removed, SourceBusy, SourceDown, SourceShut
from bot.triage.sifting import Sift

REFUSED: Final = (
    "%s; check the secrets of this source, and that its application still stands at reddit.com/prefs/apps."
)
NOT_ALLOWED: Final = (
    "Reddit refuses %s (HTTP %d): check the name of each subreddit, and that the account may read there."
)

PAGES: Final = 10
"""Reddit shows no more than a thousand of any list."""

LONGEST_QUERY: Final = 480
SUBREDDITS_AT_ONCE: Final = 50


class RedditSource:
    """The Source."""

    def __init__(self, plan: SourcePlan, tools: Tools, session: Session) -> None:
        self._plan, self._tools, self._session = plan, tools, session
        self._sift = Sift(plan.search, plan.exclude, plan.exclude_authors)
        self._lists = tuple(lists_of(plan))

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        place = RedditPlace.of(cursor, self._tools.clock.real())
        while True:
            yield await self._new(place)
            yield await self._looked_after(place)
            async for beat in pausing(self._tools.clock, self._plan.every):
                yield beat

    async def _new(self, place: RedditPlace) -> Batch:
        """What every list holds since the last time, the oldest first."""
        now, since = self._tools.clock.real(), place.until - BEHIND
        found: dict[str, Mapping[str, object]] = {}
        for path, params, direct in self._lists:
            for data in await self._listed(path, params, since):
                name = fullname(data)
                if name is not None and not is_gone(data) and self._ours(data, direct):
                    found.setdefault(name, data)
        mentions = fitting.each(self._plan.source, found.values(), self._mention)
        mentions.sort(key=lambda one: one.created_at)
        told = [one for one in mentions if place.watch(one.external_id, one.created_at, one.edited_at)]
        place.until = now
        return Batch(mentions=told, cursor=place.written())

    async def _looked_after(self, place: RedditPlace) -> Batch:
        """Some of what we brought before, once more: edits, and what was taken away. Reddit's terms want its words gone
        here, too."""
        now = self._tools.clock.real()
        turn = place.next_watched(now)
        if not turn:
            return Batch()
        said = await self._asked("/api/info", {"id": ",".join(turn), "limit": str(AT_ONCE)})
        removed: list[Removed] = []
        edited: list[Mapping[str, object]] = []
        for data in _children(parsed(said)):
            name = fullname(data)
            if name not in place.watched:
                continue
            if is_gone(data):
                place.forget(name)
                removed.append(Removed(source=self._plan.source, external_id=name, at=now, hide=True))
            elif edited_at(data) is not None:
                edited.append(data)
        mentions = fitting.each(self._plan.source, edited, self._mention)
        told = [one for one in mentions if place.watch(one.external_id, one.created_at, one.edited_at)]
        return Batch(mentions=told, removed=removed, cursor=place.written())

    def _ours(self, data: Mapping[str, object], direct: bool) -> bool:
        text, author = words_of(data), fitting.text(data.get("author"))
        if not direct and self._plan.search and self._sift.found(text) is None:
            return False
        return not self._sift.excludes(text, author)

    def _mention(self, data: Mapping[str, object]) -> Incoming:
        return mention_of(data, self._plan, self._tools)

    # -- asking ----------------------------------------------------------------------------------------

    async def _listed(
        self, path: str, params: Mapping[str, str], since: datetime
    ) -> Sequence[Mapping[str, object]]:
        """The newest first, as far back as `since`. By time, not by the last post we saw: that may be deleted."""
        found: list[Mapping[str, object]] = []
        after: Mapping[str, str] = {}
        for _ in range(PAGES):
            said = parsed(await self._asked(path, {**params, "limit": str(AT_ONCE), **after}))
            page = _children(said)
            times = [at for data in page if (at := fitting.moment(data.get("created_utc"))) is not None]
            found += page
            to = fitting.key(fitting.table(fitting.table(said).get("data")).get("after"))
            if not to or not times or min(times) < since:
                break
            after = {"after": to}
        return [data for data in found if (fitting.moment(data.get("created_utc")) or since) >= since]

    async def _asked(self, path: str, params: Mapping[str, str]) -> Answer:
        try:
            answer = await self._session.send("GET", path, params={**params, "raw_json": "1"})
        except (Unasked, Unanswered) as error:
            raise SourceDown(str(error)) from error
        except SignInLater as later:
            raise SourceBusy(str(later), later.after) from later
        except SignInRefused as refused:
            raise SourceShut(REFUSED % refused) from refused
        if answer.status == 429:
            raise SourceBusy(BUSY % WHO, answer.wait(self._tools.clock.real()))
        if answer.status >= 500:
            raise SourceDown(AWAY % (WHO, answer.status))
        if answer.status != 200:
            raise SourceShut(NOT_ALLOWED % (path, answer.status))
        return answer


def lists_of(plan: SourcePlan) -> Iterator[tuple[str, Mapping[str, str], bool]]:
    """What is read: (path, what is asked, whether all of it is addressed to us)."""
    yield "/message/inbox", {"mark": "false"}, True
    named = plan.options.get("subreddits")
    subreddits = [str(each) for each in named] if isinstance(named, (list, tuple)) else []
    for at in range(0, len(subreddits), SUBREDDITS_AT_ONCE):
        some = "+".join(subreddits[at : at + SUBREDDITS_AT_ONCE])
        yield f"/r/{some}/new", {}, False
        yield f"/r/{some}/comments", {}, False
    if not subreddits:
        for query in queries(plan.search):
            yield "/search", {"q": query, "sort": "new", "t": "month", "type": "link"}, False


def queries(search: Sequence[str]) -> Iterator[str]:
    """All words in as few searches as their length allows."""
    some: list[str] = []
    for word in search:
        quoted = '"{}"'.format(word.replace('"', " "))
        if some and len(" OR ".join((*some, quoted))) > LONGEST_QUERY:
            yield " OR ".join(some)
            some = []
        some.append(quoted)
    if some:
        yield " OR ".join(some)


def _children(said: Any) -> list[Mapping[str, object]]:
    """Posts and comments of a listing. Raises SourceDown for what is no listing."""
    children = fitting.table(fitting.table(said).get("data")).get("children")
    if not isinstance(children, list):
        raise SourceDown(f"{WHO} answered with something that is no list of posts")
    each = (fitting.table(child) for child in children)
    return [fitting.table(child.get("data")) for child in each if child.get("kind") in ("t1", "t3")]
