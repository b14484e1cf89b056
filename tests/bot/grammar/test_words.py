"""What people type, and what the desk understands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.parts import Priority, WaitingFor
from bot.domain.refusals import NoSuchCase
from bot.grammar import Grammar, example, slots_of
from bot.router import Verb
from tests.bot.grammar.speech import GRAMMAR, NOW, POLICY, ROUTES, setting, typed


@pytest.mark.parametrize(
    "text",
    [
        "claim 1042",
        "/baton claim 1042",
        "@Baton claim 1042",
        "@BATON: Claim #1042.",
        "baton, CLAIM 1042!",
        "baton @baton claim 1042",
        "claim case 1042",
        "claim case #1042",
        "claim: 1042",
        "claim - 1042",
        "“claim 1042”",
        "‘Claim’ „1042“",
        "claim\u00a01042",
        "claim\u20071042",
        "  claim\n\t1042  ",
        "\ufeffclaim\u200b 10\u200d42\u200e",
        "ｃｌａｉｍ １０４２",
        "claim ١٠٤٢",
        "claim 001042",
        "claim 1042 🙂",
        "\x00claim 1042\ud800",
    ],
)
def test_however_it_is_typed_it_is_the_same_command(text: str) -> None:
    assert typed(text) == ("claim", 1042)


@pytest.mark.parametrize(
    "text", ["", "  ", "/baton", "@Baton", "@baton @baton", "\u200b", "...", "🙂", "/", "@", "home"]
)
def test_nothing_said_leads_home(text: str) -> None:
    assert typed(text) == ("home",)


@pytest.mark.parametrize(
    ("text", "verb"),
    [("?", None), ("/baton ?", None), ("¿?", None), ("？", None), ("help", None), ("help claim", "claim")],
)
def test_a_question_mark_asks_for_help(text: str, verb: str | None) -> None:
    assert typed(text) == ("help", verb)


@pytest.mark.parametrize("text", ["1042", "#1042", "case 1042", "@baton 1042?", "Case #1042."])
def test_a_number_alone_shows_its_case(text: str) -> None:
    assert typed(text) == ("show", 1042)


def in_march(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


UNDERSTOOD: list[tuple[str, tuple[Any, ...]]] = [
    ("handoff 1042 legal", ("handoff", 1042, "legal", None, "")),
    ("handoff 1042 Legal they want money", ("handoff", 1042, "legal", None, "they want money")),
    ("handoff 1042 to legal — please", ("handoff", 1042, "legal", None, "— please")),
    ("handoff 1042 PRESS, now", ("handoff", 1042, "pr", None, "now")),
    ("handoff 1042 leg please", ("handoff", 1042, "legal", None, "please")),
    ("handoff 1042 legal anyway call them", ("handoff", 1042, "legal", "anyway", "call them")),
    ("hand off 1042 sales", ("handoff", 1042, "sales", None, "")),
    ("hand-off 1042 sales", ("handoff", 1042, "sales", None, "")),
    (
        "handoff 1042 legal \n line one\n  line “two”  ",
        ("handoff", 1042, "legal", None, "line one\n  line “two”"),
    ),
    ("note #1042: they called", ("note", 1042, "they called")),
    ("note 1042 ¿Qué?\u00a0Ｆｕｌｌ\u200d👩‍🚒", ("note", 1042, "¿Qué?\u00a0Ｆｕｌｌ\u200d👩‍🚒")),
    ("note 1042 ...", ("note", 1042, "...")),
    ("decline 1042 no time", ("decline", 1042, None, "no time")),
    ("decline 1042 support it is theirs", ("decline", 1042, "support", "it is theirs")),
    ("decline 1042 sup", ("decline", 1042, None, "sup")),
    ("decline 1042", ("decline", 1042, None, "")),
    ("assign 1042 me", ("assign", 1042, "ana@kettle.example")),
    ("assign 1042 @ben", ("assign", 1042, "ben@kettle.example")),
    ("assign 1042 to Ben Okafor", ("assign", 1042, "ben@kettle.example")),
    ("assign 1042 ben.okafor", ("assign", 1042, "ben@kettle.example")),
    ("assign 1042 <BEN@kettle.example>", ("assign", 1042, "ben@kettle.example")),
    ("assign 1042 okafor", ("assign", 1042, "ben@kettle.example")),
    ("assign 1042 finn moss", ("assign", 1042, "finn@kettle.example")),
    ("priority 1042 P1", ("priority", 1042, Priority.P1)),
    ("priority 1042 to p4", ("priority", 1042, Priority.P4)),
    ("priority 1042 2", ("priority", 1042, Priority.P2)),
    ("resolve 1042", ("resolve", 1042, None, "")),
    ("resolve 1042 Refunded: 20 euros", ("resolve", 1042, "refunded", "20 euros")),
    ("resolve 1042 nothing needed", ("resolve", 1042, "nothing-needed", "")),
    ("resolve 1042 nothing-needed spam", ("resolve", 1042, "nothing-needed", "spam")),
    ("resolve 1042 called them", ("resolve", 1042, None, "called them")),
    ("snooze 1042 2h", ("snooze", 1042, in_march(2, 11))),
    ("snooze 1042 in 2 hours", ("snooze", 1042, in_march(2, 11))),
    ("snooze 1042 until tomorrow 14:00", ("snooze", 1042, in_march(3, 14))),
    ("snooze 1042 mon 9", ("snooze", 1042, in_march(9, 9))),
    ("wait 1042 customer", ("wait", 1042, WaitingFor.CUSTOMER, None)),
    ("wait 1042 for approval until friday", ("wait", 1042, WaitingFor.APPROVAL, in_march(6, 9))),
    ("wait 1042 department 1w", ("wait", 1042, WaitingFor.DEPARTMENT, in_march(9, 9))),
    ("who x-kettle", ("who", "x-kettle")),
    ("who anything else we hear", ("who", "everywhere")),
    ("oncall", ("oncall", None)),
    ("on call legal", ("oncall", "legal")),
    ("list", ("list", None, None, None)),
    ("list mine", ("list", "mine", None, None)),
    ("list stale leg 2", ("list", "stale", "legal", "2")),
    ("list 3", ("list", None, None, "3")),
    ("search lost parcel", ("search", "lost parcel")),
    ("escalate 1042", ("escalate", 1042, "")),
    ("take 1042 she is ill", ("take", 1042, "she is ill")),
]


@pytest.mark.parametrize(("text", "call"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_what_is_typed_is_understood(text: str, call: tuple[Any, ...]) -> None:
    assert typed(text) == call


IN_THE_THREAD: list[tuple[str, tuple[Any, ...]]] = [
    ("claim", ("claim", 1042)),
    ("claim it", ("claim", 1042)),
    ("claim 1043", ("claim", 1043)),
    ("claim 7", ("claim", 7)),
    ("1043", ("show", 1043)),
    ("note they called\nback", ("note", 1042, "they called\nback")),
    ("note it is broken", ("note", 1042, "it is broken")),
    ("note 3 bags were lost", ("note", 1042, "3 bags were lost")),
    ("note #3 bags were lost", ("note", 3, "bags were lost")),
    ("note case 3 bags were lost", ("note", 3, "bags were lost")),
    ("note 1043 bags were lost", ("note", 1043, "bags were lost")),
    ("note 12", ("note", 1042, "12")),
    ("note 441134960101 is their number", ("note", 1042, "441134960101 is their number")),
    ("note case is closed", ("note", 1042, "case is closed")),
    ("snooze 2 hours", ("snooze", 1042, NOW + timedelta(hours=2))),
    ("snooze 1043 2 hours", ("snooze", 1043, NOW + timedelta(hours=2))),
    ("priority 1", ("priority", 1042, Priority.P1)),
    ("priority 1043 1", ("priority", 1043, Priority.P1)),
    ("handoff legal please", ("handoff", 1042, "legal", None, "please")),
    ("assign me", ("assign", 1042, "ana@kettle.example")),
    ("resolve fixed", ("resolve", 1042, "fixed", "")),
    ("wait customer", ("wait", 1042, WaitingFor.CUSTOMER, None)),
]


@pytest.mark.parametrize(("text", "call"), IN_THE_THREAD, ids=[text for text, _ in IN_THE_THREAD])
def test_in_a_case_s_thread_the_case_may_be_left_out(text: str, call: tuple[Any, ...]) -> None:
    assert typed(text, thread=1042) == call


def test_a_giant_number_is_a_case_that_is_not_there() -> None:
    with pytest.raises(NoSuchCase):
        typed("claim " + "9" * 400)


def test_moments_are_in_the_speaker_s_own_zone() -> None:
    assert typed("snooze 1042 tomorrow", from_="hana") == (
        "snooze",
        1042,
        datetime(2026, 3, 3, 0, 0, tzinfo=UTC),
    )


async def _nothing(*_: object) -> Any:
    """Nothing."""


def grammar(*usages: str, aliases: tuple[str, ...] = ()) -> Grammar:
    return Grammar(
        Verb(name=u.split()[0], usage=u, group="see", help="", function=_nothing, aliases=aliases)
        for u in usages
    )


@pytest.mark.parametrize(
    "usage", ["claim case>", "claim <note...> <case>", "claim <case", "Claim <case>", "claim  <case>"]
)
def test_a_usage_that_is_no_grammar_is_found_at_the_start(usage: str) -> None:
    with pytest.raises(ValueError, match="usage"):
        grammar(usage)


def test_two_verbs_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two verbs are called done"):
        grammar("resolve <case>", "finish <case>", aliases=("done",))


def test_aliases_are_names() -> None:
    verb, args = grammar("resolve <case>", aliases=("done",)).read("DONE 7", setting())
    assert (verb.name, args) == ("resolve", (7,))


def test_a_digest_s_day_lies_behind() -> None:
    desk = grammar("digest [department] [date]")
    said = {
        "digest": (None, None),
        "digest yesterday": (None, date(2026, 3, 1)),
        "digest sales": ("sales", None),
        "digest sales 2026-02-27": ("sales", date(2026, 2, 27)),
        "digest sales of friday": ("sales", date(2026, 2, 27)),
        "digest sales 31.12.": ("sales", date(2025, 12, 31)),
        "digest sales 1 march": ("sales", date(2026, 3, 1)),
    }
    assert {text: desk.read(text, setting())[1] for text in said} == said


@pytest.mark.parametrize("name", sorted(ROUTES.verbs))
def test_every_verb_has_an_example_that_can_be_said(name: str) -> None:
    verb = ROUTES.verbs[name]
    said = example(name, verb.usage, POLICY)
    read, args = GRAMMAR.read(said, setting())
    assert read is verb
    assert len(args) == len(slots_of(name, verb.usage))
