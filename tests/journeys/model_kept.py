"""What must hold of what is kept, joined, shown and said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.parts import State
from tests.journeys.model_facts import Facts, Message, Post
from tests.journeys.model_people import Rights

OfCase = Callable[[Facts, Case], Iterator[str]]
OfDesk = Callable[[Facts], Iterator[str]]

SECRET: Final = re.compile(r"\b77\d{5}\b")
"""Every post, note and question of the model carries a number of its own by which its words are known again."""


def kept_apart(post: Post) -> bool:
    """Whether a rule marks the post legal, press, safety or VIP."""
    words = re.search(r"lawyer|smoke", post.text) is not None
    return words or "journalist" in post.bio or post.followers >= 500_000


def the_chain_is_whole(facts: Facts, case: Case) -> Iterator[str]:
    """The events are numbered from 1 to the case's own count, in the order of their times, and the chain verifies."""
    events = facts.history[case.id]
    if [event.seq for event in events] != list(range(1, case.seq + 1)):
        yield f"{[event.seq for event in events]} of {case.seq}"
    if facts.broken[case.id] is not None:
        yield f"broken at {facts.broken[case.id]}"
    if [event.at for event in events] != sorted(event.at for event in events):
        yield "the events are not in the order of their times"


def a_case_counts_its_posts(facts: Facts, case: Case) -> Iterator[str]:
    """A case counts the posts that are stored with it, and with the cases merged into it."""
    stored = sum(post.case_id in (case.id, *case.absorbed) for post in facts.posts)
    if case.mentions != stored:
        yield f"it counts {case.mentions}, {stored} are stored"


def a_post_is_filed_once(facts: Facts) -> Iterator[str]:
    """Each post opened or joined one case, or was counted as a repost, exactly once, however often it came; once
    settled, none is left."""
    filed: Counter[object] = Counter()
    where: dict[object, set[int]] = {}
    for number, events in facts.history.items():
        for event in events:
            if "mention" not in event.data or event.kind not in _FILED:
                continue
            filed[event.data["mention"]] += _FILED[event.kind]
            where.setdefault(event.data["mention"], set()).add(number)
    for post in facts.posts:
        done = post.case_id is not None or post.set_aside is not None
        if filed[post.id] != done or (facts.settled and not done):
            yield f"{post} was filed {filed[post.id]} times, in {where.get(post.id)}"


_FILED: Final = {Kind.OPENED: 1, Kind.JOINED: 1, Kind.REPOSTED: 1, Kind.SEPARATED: -1}


def what_is_marked_stands_alone(facts: Facts) -> Iterator[str]:
    """Legal, press, safety and VIP posts are never merged by the desk, nor gathered as copies or counted as reposts."""
    posts: Mapping[object, Post] = {post.id: post for post in facts.posts}
    for number, events in facts.history.items():
        for event in events:
            about = posts.get(event.data.get("mention"))
            if about and kept_apart(about) and (event.data.get("copy") or event.kind is Kind.REPOSTED):
                yield f"{about} in {number}"
            other = event.data.get("other")
            if event.kind is Kind.MERGED and event.by == "desk":
                marked = [post for post in facts.posts if post.case_id == other and kept_apart(post)]
                yield from (f"{post} was merged into {number}" for post in marked)


def merged_cases_point_both_ways(facts: Facts, case: Case) -> Iterator[str]:
    """Whoever was merged away is closed and points at one case that answers, which lists it and was not merged itself.
    What had been merged into it before points there as well; it remembers those, for the merge may be undone."""
    mine = {other.id for other in facts.cases.values() if other.merged_into == case.id}
    listed = set(case.absorbed) if case.merged_into is None else set()
    if mine != listed or len(set(case.absorbed)) != len(case.absorbed):
        yield f"it lists {case.absorbed}, {mine} point at it"
    if case.merged_into is None:
        return
    leader = facts.cases.get(case.merged_into)
    if (
        leader is None
        or leader.merged_into is not None
        or not {case.id, *case.absorbed} <= {*leader.absorbed}
    ):
        yield f"merged into {case.merged_into}, which is {leader}"
    if case.state is not State.DISMISSED or case.lease or case.merged_into == case.id:
        yield f"merged, and {case.state} with {case.lease}"


def each_channel_has_one_card(facts: Facts, case: Case) -> Iterator[str]:
    """Once settled, every channel that sees the case has exactly one card of it, and it is the newest. Of a case that
    it may not see, or that waits in the backlog, it need have none. A surge's may be a few seconds old."""
    waits = case.backlog and case.priority.value >= "P3" and not case.escalating
    for (number, department), (shown, newest) in facts.cards.items():
        if number != case.id:
            continue
        if len(shown) > 1 or (not shown and newest is not None and not waits):
            yield f"{len(shown)} cards in {department}"
        elif f"card:{case.id}@web:{department}" in facts.soon:
            continue
        elif shown and newest is not None and shown[0] not in newest:
            yield f"{department} sees {shown[0]}, which should be {newest[0]}"


def nothing_is_left_undone(facts: Facts) -> Iterator[str]:
    """No job fails or is set aside; once settled, no word waits."""
    yield from (f"{timer.key} failed" for timer in facts.timers if timer.failures)
    yield from (f"{key} was set aside" for key in facts.set_aside)
    if facts.settled:
        yield from (f"{key} waits" for key in facts.late)


def nothing_is_said_twice(facts: Facts) -> Iterator[str]:
    """Whatever has a key of its own stands in the chat at most once, a digest of one day too."""
    said = Counter(message.key for message in facts.messages)
    yield from (f"{key} stands there {times} times" for key, times in said.items() if times > 1)
    digests = Counter(_digest(message) for message in facts.messages if message.key.startswith("digest:"))
    yield from (f"{which} was posted {times} times" for which, times in digests.items() if times > 1)


def _digest(message: Message) -> tuple[str, str]:
    return message.conversation, message.words


def secrets_of(facts: Facts) -> dict[str, int]:
    """The number in the words -> whose case they belong to, of cases that are restricted."""
    found: dict[str, int] = {}
    for case in facts.cases.values():
        if not (case.restricted_to or facts.leader(case).restricted_to):
            continue
        words = [post.text for post in facts.posts if post.case_id == case.id]
        words += [_words(event) for event in facts.history[case.id]]
        found |= {secret: case.id for each in words for secret in SECRET.findall(each)}
    return found


def _words(event: Event) -> str:
    return " ".join(str(value) for value in event.data.values())


def who_reads(facts: Facts, case: Case, reader: str) -> bool:
    """Whether that person, or everybody in that channel, may read the case; of a merged one also what it is part of."""
    return all(_reads(facts, each, reader) for each in (case, facts.leader(case)))


def _reads(facts: Facts, case: Case, reader: str) -> bool:
    if "@" not in reader:
        return not case.restricted_to or reader in (case.department, *case.restricted_to)
    return Rights(at=facts.now, away=facts.away).sees(reader, case)


def what_is_restricted_stays_hidden(facts: Facts) -> Iterator[str]:
    """Once settled, no message holds a word of a restricted case where somebody reads it who may not."""
    if not facts.settled:
        return
    secrets = secrets_of(facts)
    for message in facts.messages if secrets else ():
        reader = message.conversation.removeprefix("@")
        for secret in SECRET.findall(message.words):
            case = facts.cases.get(secrets.get(secret, 0))
            if case is not None and not who_reads(facts, case, reader):
                yield f"{reader} reads of {case.id}, restricted to {case.restricted_to}: {message}"


OF_A_CASE: Final[tuple[OfCase, ...]] = (
    the_chain_is_whole,
    a_case_counts_its_posts,
    merged_cases_point_both_ways,
    each_channel_has_one_card,
)
OF_THE_DESK: Final[tuple[OfDesk, ...]] = (
    a_post_is_filed_once,
    what_is_marked_stands_alone,
    nothing_is_left_undone,
    nothing_is_said_twice,
    what_is_restricted_stays_hidden,
)

__all__ = ["OF_A_CASE", "OF_THE_DESK", "OfCase", "OfDesk", "secrets_of", "who_reads"]
