"""The policy as frozen values, but for the roster and the absences, which are live. Nothing here reads a file or a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Calendar, Span
from bot.policy.absences import Absences
from bot.policy.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    name: str
    zone: ZoneInfo
    calendar: Calendar
    default_community: str
    domains: tuple[str, ...] = ()
    own_accounts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The clocks of the desk by priority; `sla_warning` is a share of the time, 0 to 1."""

    first_response: Mapping[Priority, Span]
    resolve: Mapping[Priority, Span]
    claim_lease: Mapping[Priority, Span]
    handoff_clock: Mapping[Priority, Span]
    consult_clock: Mapping[Priority, Span]
    approval_clock: Mapping[Priority, Span]
    escalation: Mapping[Priority, str]
    follow_up_window: timedelta = timedelta(hours=2)
    reopen_within: timedelta = timedelta(days=14)
    acknowledge_buys: timedelta = timedelta(minutes=30)
    sla_warning: float = 0.75
    retention: timedelta = timedelta(days=730)
    outage_after: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    copies: int = 5
    within: timedelta = timedelta(minutes=60)
    never_merge: frozenset[str] = frozenset({"legal", "press", "safety", "vip"})
    escalate: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Duty passes to the next of the list at this local moment: every day, or on one weekday (Monday is 0)."""

    at: time
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    name: str
    title: str
    zone: ZoneInfo
    calendar: Calendar
    channels: Mapping[str, str] = field(default_factory=dict)
    """platform -> the platform's own name of the channel"""
    groups: Mapping[str, str] = field(default_factory=dict)
    """platform -> the platform's own name of the user group whose members are members of the department"""
    duty: tuple[PersonId, ...] = ()
    rotation: Rotation | None = None
    escalation: str | None = None
    restricted: bool = False
    decline_needs_other: bool = False
    reactions: Mapping[str, str] = field(default_factory=dict)
    """name of an emoji, without colons -> the verb it says on a case's card"""


class Measure(StrEnum):
    FIRST_RESPONSE_WITHIN = "first_response_within"
    RESOLVED_WITHIN = "resolved_within"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`share` (0 to 1) of the cases reach `measure` within `target`."""

    measure: Measure
    target: Span
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Replies of these priorities leave without approval; all others are approved by `approver`: lead, duty, champion,
    or a person's e-mail. A case with a mark or tag of `topics`, whatever its priority, by who stands there: one of
    these, or a department, whose leads are meant. The first topic of the policy's order counts."""

    alone: frozenset[Priority] = frozenset()
    approver: str = "lead"
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookAnswer:
    """A suggested reply: its words by language, with placeholders in braces. It is suggested for posts with one of
    `words`, in these departments and communities; where nothing is named, for every post."""

    name: str
    title: str
    text: Mapping[str, str]
    departments: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    name: str
    title: str
    interacts: tuple[str, ...]
    pays: Mapping[str, int]
    champion: PersonId
    goal: Goal
    deputies: tuple[PersonId, ...] = ()
    brands: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    publish: Publish = Publish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All conditions that are set must hold. No condition at all: holds always."""

    name: str
    words: tuple[str, ...] = ()
    bio_words: tuple[str, ...] = ()
    followers_at_least: int | None = None
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    mark: str | None = None
    department: str | None = None
    priority: Priority | None = None
    escalate: bool = False
    restrict: tuple[str, ...] = ()
    """departments that alone, with the case's own, may see what the rule is about"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`page` is duty, lead, champion, deputies, or a person's e-mail; `wait` until the next step.

    Outside the paged person's hours the step is sent only for the priorities in `wakes`; others wait.
    """

    page: str
    wait: timedelta | None = None
    wakes: frozenset[Priority] = frozenset({Priority.P1})
    also: tuple[str, ...] = ()
    """pagers by which the page leaves, too"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    name: str
    steps: tuple[Step, ...]
    fallback: PersonId
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """One digest, for a department's channels or for one person's direct messages; local times.

    `weekly` is (weekday, time), Monday 0; `monthly` is (day of the month, time).
    """

    department: str | None = None
    person: PersonId | None = None
    daily: time | None = None
    weekly: tuple[int, time] | None = None
    monthly: tuple[int, time] | None = None


class PagerKind(StrEnum):
    """The ways out of the chats by which a page may leave."""

    EMAIL = "email"
    PAGERDUTY = "pagerduty"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerPlan:
    """One way by which pages leave beside the direct message. `url` is where to (for e-mail: smtp:// or smtps:// with
    host and port), `sender` the e-mail address it comes from, `user` who signs in there."""

    name: str
    kind: PagerKind
    url: str
    sender: str = ""
    user: str = ""


class SourceKind(StrEnum):
    """The networks and programs that the desk can listen to."""

    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    RSS = "rss"
    HACKERNEWS = "hackernews"
    REDDIT = "reddit"
    X = "x"
    META = "meta"
    YOUTUBE = "youtube"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """One place that is listened to, and the account that answers there.

    `source` is what its mentions are called; `url` its own address, blank for the kind's usual one; `every` how often
    it is asked where it must be asked. `search` are words and phrases beyond direct mentions, `exclude` words and
    `exclude_authors` handles that make a post none of ours. With `reply` the account answers there. `options` are the
    keys of its kind alone, texts, numbers, flags, lists or tables, as its own reader left them.
    """

    name: str
    kind: SourceKind
    source: str
    account: str = ""
    url: str = ""
    community: str = ""
    search: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_authors: tuple[str, ...] = ()
    reply: bool = False
    every: timedelta = timedelta(minutes=1)
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    company: Company
    defaults: Defaults
    surge: Surge
    people: Roster
    departments: Mapping[str, Department]
    communities: Mapping[str, Community]
    rules: tuple[Rule, ...]
    escalations: Mapping[str, EscalationPolicy]
    digests: tuple[DigestPlan, ...] = ()
    sources: Mapping[str, SourcePlan] = field(default_factory=dict)
    pagers: Mapping[str, PagerPlan] = field(default_factory=dict)
    answers: tuple[PlaybookAnswer, ...] = ()
    absences: Absences = field(default_factory=Absences, compare=False)
