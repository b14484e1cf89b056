"""Listening to comments on YouTube: below our channel's videos, and below others that the policy names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.sources import fitting
from adapters.sources.asking import AWAY, BUSY, Answer, Unanswered, Unasked, parsed, pausing
from adapters.sources.oauth import SignInLater, SignInRefused
from adapters.sources.parts import Tools
from adapters.sources.youtube.place import BEHIND, MISSING_TWICE, MOST_ANSWERS, YouTubePlace
from adapters.sources.youtube.reading import Thread, comment_of, thread_of
from adapters.sources.youtube.session import WHO, Session, reason_of, until_midnight
from bot.policy.model import SourcePlan
from bot.ports import Batch, Incoming, Removed, SourceBusy, SourceDown, SourceShut
from bot.triage.sifting import Sift

log = structlog.get_logger(__name__)

SPENT: Final = "the day's quota of YouTube requests is used up; it begins anew at midnight in California"
SIGN_IN: Final = "%s: renew BATON_SOURCE_…__REFRESH_TOKEN of this source."
REFUSED: Final = "YouTube refuses what it is asked (%s): check the key, and the channel, of this source."
NO_VIDEO: Final = "comments can be read below none of the videos of this source: check them in the policy."
NOT_READ: Final = "comments of a video cannot be read any more"

PAGES: Final = 10
FOR_READING: Final = 0.8
"""The share of the quota that listening may use: an answer costs as much as fifty looks."""

_QUOTA: Final = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_FAST: Final = frozenset(("rateLimitExceeded", "userRateLimitExceeded"))
_NOT_THIS_VIDEO: Final = frozenset(("commentsDisabled", "videoNotFound"))


class _Skipped(Exception):
    """This video's comments cannot be read; the others can."""


class YouTubeSource:
    """The Source."""

    def __init__(self, plan: SourcePlan, tools: Tools, session: Session) -> None:
        self._plan, self._tools, self._session = plan, tools, session
        self._sift = Sift(plan.search, plan.exclude, plan.exclude_authors)
        self._skipped: set[str] = set()

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        quota = self._session.quota
        self._skipped.clear()
        place = YouTubePlace.of(cursor, self._tools.clock.real(), quota)
        while True:
            before, day = quota.used, quota.day
            yield await self._new(place)
            yield await self._looked_after(place)
            cost = quota.used - before if quota.day == day else quota.used
            async for beat in pausing(self._tools.clock, self._pause(cost)):
                yield beat

    def _pause(self, cost: int) -> timedelta:
        """As often as the policy says, or as rarely as the rest of the day's quota asks for."""
        quota, now = self._session.quota, self._tools.clock.real()
        quota.turn(now)
        left = max(int(quota.most * FOR_READING) - quota.used, 1)
        lasts = until_midnight(now)
        return min(max(self._plan.every, lasts * cost / left), lasts)

    async def _new(self, place: YouTubePlace) -> Batch:
        now, since = self._tools.clock.real(), place.until - BEHIND
        told: list[Incoming] = []
        removed: list[Removed] = []
        places = list(self._places())
        for where, direct in places:
            try:
                threads = [thread async for thread in self._threads(where, since)]
            except _Skipped:
                continue
            for thread in threads:
                await self._take(thread, place, direct, told, removed)
        if places and not list(self._places()):
            raise SourceShut(NO_VIDEO)
        told.sort(key=lambda one: one.created_at)
        place.until = now
        return Batch(mentions=told, removed=removed, cursor=place.written(self._session.quota))

    def _places(self) -> Iterator[tuple[Mapping[str, str], bool]]:
        """What is read, and whether all that is said there is said to us."""
        channel, videos = self._plan.options.get("channel"), self._plan.options.get("videos")
        if channel:
            yield {"allThreadsRelatedToChannelId": str(channel)}, True
        for video in videos if isinstance(videos, (list, tuple)) else ():
            if video not in self._skipped:
                yield {"videoId": str(video)}, not self._plan.search

    async def _threads(self, where: Mapping[str, str], since: datetime) -> AsyncIterator[Thread]:
        """The newest first, as far back as `since`."""
        token: Mapping[str, str] = {}
        for _ in range(PAGES):
            asked = {**where, **token, "part": "snippet,replies", "order": "time", "maxResults": "100"}
            said = fitting.table(parsed(await self._asked("commentThreads", asked)))
            page = self._read(said)
            for thread in page:
                if thread.comments[0].created_at >= since:
                    yield thread
            after = fitting.text(said.get("nextPageToken"))
            if not after or not page or min(one.comments[0].created_at for one in page) < since:
                return
            token = {"pageToken": after}

    def _read(self, said: Mapping[str, object]) -> list[Thread]:
        if not isinstance(said.get("items"), list):
            raise SourceDown(f"{WHO} answered without any list of comments")
        return fitting.each(
            self._plan.source,
            fitting.items(said["items"]),
            lambda one: thread_of(one, self._plan, self._tools),
        )

    async def _take(
        self, thread: Thread, place: YouTubePlace, direct: bool, told: list[Incoming], removed: list[Removed]
    ) -> None:
        """Tells what is new in a thread, changed, or gone."""
        known = place.watched.get(thread.id)
        comments = [*thread.comments]
        whole = len(thread.comments) > thread.answers
        if not whole and (known is None or known.answers != thread.answers):
            comments = [comments[0], *await self._answers(thread)]
            whole = True
        ours = [one for one in comments if self._ours(one, direct or known is not None)]
        if not ours and known is None:
            return
        seen = place.watch(thread)
        for one in ours:
            edit = int(one.edited_at.timestamp()) if one.edited_at else 0
            if seen.said.get(one.external_id, -1) < edit:
                told.append(one)
                seen.said[one.external_id] = edit
        if whole and thread.answers < seen.answers:
            there = {one.external_id for one in comments}
            self._gone(seen.said, [one for one in seen.said if one not in there], removed)
        seen.answers, seen.missing = thread.answers, 0
        seen.said = dict(list(seen.said.items())[-MOST_ANSWERS:])

    def _gone(self, said: dict[str, int], gone: list[str], removed: list[Removed]) -> None:
        now = self._tools.clock.real()
        for one in gone:
            del said[one]
            removed.append(Removed(source=self._plan.source, external_id=one, at=now, hide=True))

    async def _answers(self, thread: Thread) -> list[Incoming]:
        """All answers of a thread that has more than came with it."""
        first, found = thread.comments[0], []
        token: Mapping[str, str] = {}
        for _ in range(PAGES):
            asked = {"part": "snippet", "parentId": thread.id, "maxResults": "100", **token}
            said = fitting.table(parsed(await self._asked("comments", asked)))
            found += fitting.each(
                self._plan.source,
                fitting.items(said.get("items")),
                lambda one: comment_of(
                    one,
                    thread.id,
                    self._plan,
                    self._tools,
                    can_reply=first.extra.get("can_reply") is not False,
                    video=_video(first),
                ),
            )
            after = fitting.text(said.get("nextPageToken"))
            if not after:
                break
            token = {"pageToken": after}
        return found

    async def _looked_after(self, place: YouTubePlace) -> Batch:
        """Some of the threads that we brought, once more: answers, edits, and what is gone."""
        turn = place.turn(self._tools.clock.real())
        if not turn:
            return Batch()
        asked = {"part": "snippet,replies", "id": ",".join(turn)}
        said = fitting.table(parsed(await self._asked("commentThreads", asked)))
        told: list[Incoming] = []
        removed: list[Removed] = []
        there = {thread.id: thread for thread in self._read(said)}
        listed = {fitting.key(fitting.table(one).get("id")) for one in fitting.items(said["items"])}
        for each in turn:
            if each in there:
                await self._take(there[each], place, True, told, removed)
            elif each not in listed:
                self._missing(each, place, removed)
        return Batch(mentions=told, removed=removed, cursor=place.written(self._session.quota))

    def _missing(self, thread: str, place: YouTubePlace, removed: list[Removed]) -> None:
        """Gone, where YouTube leaves it out twice: one answer may lack something."""
        seen = place.watched[thread]
        seen.missing += 1
        if seen.missing >= MISSING_TWICE:
            self._gone(seen.said, list(seen.said), removed)
            del place.watched[thread]

    def _ours(self, comment: Incoming, direct: bool) -> bool:
        if not direct and self._sift.found(comment.text) is None:
            return False
        return not self._sift.excludes(comment.text, comment.handle)

    async def _asked(self, what: str, params: Mapping[str, str]) -> Answer:
        try:
            answer = await self._session.list(what, **params, textFormat="plainText")
        except (Unasked, Unanswered) as error:
            raise SourceDown(str(error)) from error
        except SignInLater as later:
            raise SourceBusy(str(later), later.after) from later
        except SignInRefused as refused:
            raise SourceShut(SIGN_IN % refused) from refused
        if answer.status != 200:
            self._refuse(answer, params)
        return answer

    def _refuse(self, answer: Answer, params: Mapping[str, str]) -> None:
        now = self._tools.clock.real()
        why, said = reason_of(answer)
        if why in _QUOTA:
            raise SourceBusy(SPENT, until_midnight(now))
        if why in _FAST or answer.status == 429:
            raise SourceBusy(BUSY % WHO, answer.wait(now))
        if answer.status >= 500 or why == "processingFailure":
            raise SourceDown(AWAY % (WHO, answer.status))
        video = params.get("videoId")
        if video and why in _NOT_THIS_VIDEO:
            log.warning(NOT_READ, source=self._plan.name, video=video, why=why)
            self._skipped.add(video)
            raise _Skipped
        raise SourceShut(REFUSED % (why or said or f"HTTP {answer.status}"))


def _video(comment: Incoming) -> object:
    return fitting.table(comment.extra.get("native")).get("video")
