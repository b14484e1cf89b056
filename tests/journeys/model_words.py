"""What people say and the public writes in the model. `{c}` is a case, `{o}` another one, `{p}` a colleague of whoever
has it, `{s}` a number by which the words are known again."""

from __future__ import annotations

from typing import Final

from bot.domain.case import Case

OWNER, ASKED, PAGED, LEAD = "its owner", "who is asked", "who was paged", "its lead"
LAST, ADVISER, TAKER, UNDOER = "who acted last", "who is consulted", "who takes over", "who may undo"

WORDS: Final = (
    "claim {c}",
    "claim {c}",
    "take {c}",
    "take {c} they are at lunch",
    "release {c}",
    "extend {c}",
    "handoff {c} support anyway yours {s}",
    "handoff {c} sales anyway yours {s}",
    "handoff {c} legal paging yours {s}",
    "handoff {c} pr",
    "accept {c}",
    "decline {c} support theirs",
    "decline {c} not ours",
    "note {c} we look into it {s}",
    "wait {c} customer",
    "wait {c} department 3h",
    "wait {c} approval 20m",
    "snooze {c} 2h",
    "snooze {c} tomorrow 9:00",
    "resolve {c} answered",
    "dismiss {c} spam",
    "reopen {c}",
    "escalate {c} it burns",
    "ack {c}",
    "pass {c} not mine",
    "assign {c} {p}",
    "assign {c} gil",
    "priority {c} P1",
    "priority {c} P2",
    "priority {c} P4",
    "consult {c} legal what now {s}",
    "consult {c} sales how much {s}",
    "answer {c} like this {s}",
    "notours {c} ask others",
    "merge {o} {c} same matter",
    "merge {c} {o}",
    "split {c}",
    "undo {c}",
    "undo {c}",
    "tag {c} late refund",
    "tag {c} -late",
    "restrict {c} to legal",
    "restrict {c} to support,sales",
    "restrict {c} off",
    "freeze {c} wait for legal",
    "thaw {c}",
    "show {c}",
)
"""About one case, or two."""

AT_LARGE: Final = (
    ("hana", "handover ben I am off"),
    ("ben", "handover ana bye"),
    ("finn", "handover gil bye"),
    ("gil", "acceptall"),
    ("ben", "acceptall"),
    ("ana", "acceptall"),
    ("ana", "declineall"),
    ("gil", "declineall finn no time"),
    ("ana", "ackall"),
    ("dana", "ackall"),
    ("cleo", "ackall"),
    ("ben", "claimnext"),
    ("gil", "claimnext"),
    ("vera", "claimnext"),
    ("ana", "away until tomorrow with ben"),
    ("finn", "away 3h with gil"),
    ("ben", "away 2h"),
    ("cleo", "away until tomorrow"),
    ("ana", "back"),
    ("finn", "back"),
    ("cleo", "back"),
    ("ana", "cover ben hana 3h"),
    ("ben", "undo"),
    ("ana", "undo"),
    ("finn", "mute digests"),
    ("ana", "unmute"),
    ("dana", "freeze all wait for legal"),
    ("dana", "thaw all"),
    ("nico", "file a customer shouts {s}"),
    ("eli", "file https://x.com/a/1 look {s}"),
    ("gil", "list open support"),
    ("vera", "list escalated"),
    ("eli", "search 77"),
    ("ira", "search 77"),
    ("gil", "home"),
    ("vera", "board"),
    ("finn", "next"),
    ("ben", "digest support"),
    ("gil", "digest support"),
    ("nico", "oncall"),
    ("gil", "list mine"),
)
"""About none, or about many."""

_REST: Final = (
    (OWNER, "wait {c} approval 20m"),
    (OWNER, "wait {c} customer"),
    (OWNER, "snooze {c} 2h"),
    (OWNER, "release {c}"),
    (OWNER, "resolve {c} fixed"),
    (OWNER, "dismiss {c} spam"),
    (LEAD, "take {c}"),
)
_ELSEWHERE: Final = (
    (OWNER, "handoff {c} sales anyway yours {s}"),
    (OWNER, "handoff {c} support paging yours {s}"),
    (OWNER, "handoff {c} legal paging yours {s}"),
    (OWNER, "handover {p} bye"),
    (OWNER, "handover {p} bye"),
    (OWNER, "consult {c} legal what now {s}"),
    (LEAD, "merge {o} {c} same matter"),
    (LEAD, "merge {c} {o} same matter"),
    (LEAD, "restrict {c} to legal"),
    (OWNER, "note {c} we look into it {s}"),
    (LEAD, "escalate {c} it burns"),
)
_FITTING: Final = {
    "offered": ((ASKED, "accept {c}"), (ASKED, "accept {c}"), (ASKED, "decline {c} pr theirs"), *_REST),
    "handed over": (
        (TAKER, "accept {c}"),
        (TAKER, "acceptall"),
        (TAKER, "decline {c} no time"),
        (TAKER, "away 2h"),
        *_REST,
    ),
    "asked": ((ADVISER, "answer {c} like this {s}"), (ADVISER, "notours {c}"), *_REST, *_ELSEWHERE),
    "climbing": (
        (PAGED, "ack {c}"),
        (PAGED, "ack {c}"),
        (PAGED, "pass {c} not mine"),
        (PAGED, "take {c}"),
        (LEAD, "claim {c}"),
        *_ELSEWHERE,
    ),
    "open": ((LEAD, "claim {c}"), (LEAD, "assign {c} {p}"), (LEAD, "assign {c} {p}"), *_ELSEWHERE, *_REST),
    "claimed": (*_ELSEWHERE, *_REST),
    "merged": ((LAST, "undo {c}"),),
    "closed": ((LEAD, "reopen {c}"), (UNDOER, "undo {c}"), (UNDOER, "undo {c}")),
}


def standing(case: Case) -> str:
    if case.merged_into is not None:
        return "merged"
    if case.closed:
        return "closed"
    if case.offer:
        return "offered"
    if case.handover:
        return "handed over"
    if case.consults:
        return "asked"
    return "climbing" if case.escalating else case.state.value


def fitting(case: Case) -> tuple[tuple[str, str], ...]:
    """What people say of a case as it stands: who, and the words."""
    more: tuple[tuple[str, str], ...] = ()
    if case.absorbed:
        more += ((LEAD, "undo {c}"), (LEAD, "undo {c}"), (LEAD, "split {c}"))
    elif case.mentions > 1 and not case.closed:
        more += ((LEAD, "split {c}"),)
    if case.undoable is not None and not case.closed:
        more += ((UNDOER, "undo {c}"),) * 4
    if case.restricted_to:
        more += ((LEAD, "restrict {c} off"),)
    if case.waiting or case.snoozed_until:
        more += ((OWNER, "handoff {c} sales anyway yours {s}"), (OWNER, "handover {p} bye"))
    return (*_FITTING[standing(case)], *more)


STORIES: Final[tuple[tuple[tuple[str, str] | int, ...], ...]] = (
    ((LEAD, "claim {c}"), (LEAD, "merge {c} {o} same matter")),
    ((LEAD, "claim {c}"), (LEAD, "merge {c} {o} same matter"), 31, (LEAD, "undo {c}")),
    (("ben", "merge {c} {o} same matter"), ("gil", "merge {c} {o} same matter")),
    ((LEAD, "assign {c} {p}"), (OWNER, "handover {p} bye"), 900),
    ((LEAD, "claim {c}"), (OWNER, "resolve {c} fixed"), 31, (UNDOER, "undo {c}")),
    (
        (LEAD, "claim {c}"),
        (OWNER, "wait {c} customer"),
        (OWNER, "handoff {c} pr anyway"),
        (ASKED, "decline {c} no"),
    ),
    ((LEAD, "claim {c}"), (OWNER, "handoff {c} pr anyway"), (ASKED, "accept {c}"), 16, (UNDOER, "undo {c}")),
    ((LEAD, "assign {c} {p}"), (LEAD, "escalate {c} it burns"), (LEAD, "take {c}")),
    ((LEAD, "escalate {c} it burns"), 16, (PAGED, "ack {c}"), 61),
    ((LEAD, "restrict {c} to legal"), ("gil", "show {c}"), ("eli", "list open"), ("nico", "search 77")),
    ((LEAD, "assign {c} {p}"), (OWNER, "consult {c} legal what now {s}"), 900),
    ((LEAD, "assign {c} {p}"), 3000),
)
"""One thing after the other about one case, with minutes between: what chance alone says too seldom in this order."""

POSTS: Final = (
    "Lost parcel",
    "Late refund",
    "Nice shop",
    "It's urgent",
    "My lawyer",
    "The price?",
    "I see smoke",
    "It leaked",
)
"""Too short to be near-copies of one another."""

COPY: Final = "The app logs me out again and again since the update this morning"
COPIES: Final = (
    f"{COPY}",
    f"{COPY}!",
    f"{COPY}",
    f"Since this morning: {COPY}",
    f"{COPY}, my lawyer will hear of it",
    f"RT @customer1: {COPY}",
)
"""One cause."""
