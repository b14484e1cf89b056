"""Triage: where a mention goes, how urgent it is, and why."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.mention import Author, Mention
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Calendar, Span
from bot.policy.model import Community, Company, Goal, Measure, Policy, Rule, Surge
from bot.policy.roster import Roster
from bot.policy.sections.company import DEFAULTS
from bot.triage.rules import community_of, triage
from bot.triage.words import normal, says

ZONE = ZoneInfo("Europe/London")


def community(
    name: str, *interacts: str, brands: tuple[str, ...] = (), sources: tuple[str, ...] = ()
) -> Community:
    return Community(
        name=name,
        title=name.title(),
        interacts=interacts,
        pays={interacts[0]: 100},
        champion=PersonId("dana@aurora.example"),
        goal=Goal(measure=Measure.FIRST_RESPONSE_WITHIN, target=Span.parse("1h"), share=0.9),
        brands=brands,
        sources=sources,
    )


def policy(*rules: Rule) -> Policy:
    communities = (
        community("x", "support", "pr", brands=("AuroraAir", "Aurora Air"), sources=("twitter",)),
        community("forum", "marketing", brands=("Ökoflug",), sources=("rss", "Blue_Sky")),
        community("everywhere", "support"),
    )
    return Policy(
        company=Company(
            name="Aurora Air", zone=ZONE, calendar=Calendar.always(ZONE), default_community="everywhere"
        ),
        defaults=DEFAULTS,
        surge=Surge(),
        people=Roster({}),
        departments={},
        communities={each.name: each for each in communities},
        rules=rules,
        escalations={},
    )


def mention(
    text: str,
    *,
    source: str = "twitter",
    home: str = "x",
    lang: str | None = None,
    bio: str | None = None,
    followers: int | None = None,
) -> Mention:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return Mention(
        id=1,
        source=source,
        external_id="1",
        community=home,
        received_at=now,
        created_at=now,
        author=Author(handle="sam", bio=bio, followers=followers),
        text=text,
        lang=lang,
    )


LEGAL = Rule(
    name="threat of a lawsuit",
    words=("lawyer", "sue you"),
    mark="legal",
    department="legal",
    priority=Priority.P1,
)
PRESS = Rule(name="press", bio_words=("reporter",), mark="press", department="pr", priority=Priority.P2)
REACH = Rule(name="reach", followers_at_least=100_000, mark="vip", priority=Priority.P1, escalate=True)
BAGS = Rule(name="luggage", words=("bag", "maleta"), department="support")
REST = Rule(name="everything else", department="support", priority=Priority.P4)
DESK = policy(LEGAL, PRESS, REACH, BAGS, REST)


# -- communities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "brand", "source", "home"),
    [
        ("forum", "AuroraAir", "twitter", "forum"),  # the explicit name wins
        ("nowhere", "AuroraAir", "rss", "x"),  # unless nobody knows it
        (None, "aurora AIR ", "rss", "x"),  # brands without case
        (None, "ÖKOFLUG", "twitter", "forum"),
        (None, "Other Air", "Twitter", "x"),  # then the source
        (None, None, "blue_sky", "forum"),
        (None, "", "", "everywhere"),
        (None, None, None, "everywhere"),
        ("", "Other", "carrier pigeon", "everywhere"),
    ],
)
def test_community(named: str | None, brand: str | None, source: str | None, home: str) -> None:
    assert community_of(DESK, community=named, brand=brand, source=source) == home


# -- what follows from the rules --------------------------------------------------------------------------


def test_a_rule_says_why() -> None:
    found = triage(DESK, mention("My LAWYER will call."))
    assert (found.department, found.priority, found.marks) == (
        "legal",
        Priority.P1,
        frozenset({"legal"}),
    )
    assert not found.escalate
    assert found.reasons == ('rule "threat of a lawsuit": the word "lawyer" → legal, P1, marked legal',)
    assert found.rules == ("threat of a lawsuit", "everything else")


def test_the_first_department_wins_marks_add_up_and_the_most_urgent_priority_wins() -> None:
    found = triage(DESK, mention("Where is my bag?", bio="Reporter, Daily News", followers=250_000))
    assert found.department == "pr"
    assert found.marks == {"press", "vip"}
    assert found.priority is Priority.P1
    assert found.escalate
    assert found.reasons == (
        'rule "press": the word "reporter" in the author\'s bio → pr, marked press',
        'rule "reach": 250,000 followers (at least 100,000) → P1, marked vip, escalates',
    )


def test_a_rule_that_changed_nothing_is_no_reason() -> None:
    again = Rule(name="again", words=("lawyer",), mark="legal", department="support", priority=Priority.P2)
    found = triage(policy(LEGAL, again), mention("lawyer"))
    assert len(found.reasons) == 1
    assert found.rules == ("threat of a lawsuit", "again")


def test_the_department_of_a_rule_wins_even_where_it_does_not_interact() -> None:
    assert triage(DESK, mention("lawyer!", home="forum")).department == "legal"


def test_no_rule_gives_the_first_that_interacts_and_p4() -> None:
    found = triage(policy(LEGAL), mention("hello", home="forum"))
    assert (found.department, found.priority) == ("marketing", Priority.P4)
    assert found.reasons == (
        "no rule names a department → marketing, the first that interacts here",
        "no rule names a priority → P4",
    )


def test_a_community_that_the_policy_no_longer_knows_counts_as_the_default() -> None:
    assert triage(policy(), mention("hello", home="gone")).department == "support"


def test_all_conditions_of_a_rule_must_hold() -> None:
    rule = Rule(
        name="strict",
        words=("bag",),
        bio_words=("reporter",),
        followers_at_least=10,
        languages=("en",),
        sources=("twitter",),
        communities=("x",),
        mark="strict",
    )
    desk = policy(rule)
    good = mention("bag", lang="en-GB", bio="reporter", followers=10)
    assert triage(desk, good).marks == {"strict"}
    author = good.author
    for bad in (
        replace(good, text="box"),
        replace(good, author=replace(author, bio="poet")),
        replace(good, author=replace(author, bio=None)),
        replace(good, author=replace(author, followers=9)),
        replace(good, author=replace(author, followers=None)),
        replace(good, lang="eng"),
        replace(good, lang=None),
        replace(good, source="rss"),
        replace(good, community="forum"),
    ):
        assert triage(desk, bad).marks == frozenset()


def test_sources_and_languages_compare_without_case() -> None:
    desk = policy(Rule(name="r", sources=("Blue_Sky",), languages=("pt-BR",), mark="m"))
    assert triage(desk, mention("oi", source="blue_sky", lang="PT_br")).marks == {"m"}
    assert triage(desk, mention("oi", source="blue_sky", lang="pt")).marks == frozenset()


# -- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("my bag is gone", "bag"),
        ("BAG!", "bag"),
        ("#bag", "Bag"),
        ("lost_bag", "bag"),
        ("the lawyer's letter", "lawyer"),
        ("I will sue\n  you", "sue you"),
        ("don\u2019t", "don't"),
        ("ABOGADO de Málaga", "málaga"),
        (unicodedata.normalize("NFD", "avión"), "avión"),
        ("avión", unicodedata.normalize("NFD", "avión")),
        ("GROSSE STRASSE", "straße"),
        ("ΝΟΜΟΣ", "νόμος".replace("ό", "ο")),
        ("İADE istiyorum", "iade"),
        (
            "\U0001d5f9\U0001d5ee\U0001d604\U0001d606\U0001d5f2\U0001d5ff",
            "lawyer",
        ),  # bold mathematical letters
        ("la\u200bwyer", "lawyer"),
        ("адвокат!", "Адвокат"),
        ("昨日荷物が届きません", "荷物"),
        ("返金してください", "返金"),
        ("กระเป๋าหายครับ", "กระเป๋า"),
        ("변호사가 필요해", "변호사"),
        ("refundしてください", "refund"),
        ("so angry🤬🤬", "🤬"),
        ("c++ is hard", "C++"),
        ("c++11", "c++"),
        ("荷物tag", "荷物"),
        ("24/7 service", "24/7"),
    ],
)
def test_says(text: str, word: str) -> None:
    assert says(normal(text), normal(word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("garbage", "bag"),
        ("bags", "bag"),
        ("handbag", "bag"),
        ("bagé", "bag"),
        ("bag\u0331s", "bag"),
        ("issue you raised", "sue you"),
        ("sue your mother", "sue you"),
        ("avion", "avión"),
        ("करा", "कर"),  # a vowel sign goes on with the word
        ("адвокаты", "адвокат"),
        ("prefundのために", "refund"),
        ("荷作り", "荷物"),
        ("bag2", "bag"),
        ("", "bag"),
    ],
)
def test_does_not_say(text: str, word: str) -> None:
    assert not says(normal(text), normal(word))


def test_a_later_whole_word_is_found_behind_one_inside_a_word() -> None:
    assert says("garbage and a bag", "bag")


def test_a_blank_word_never_holds() -> None:
    assert triage(policy(Rule(name="odd", words=("\u200b",), mark="odd")), mention("x")).marks == frozenset()


def test_thousands_of_mentions_a_second() -> None:
    """With forty rules and more than a hundred words; the bound is far below what any machine does."""
    rules = [
        Rule(name=f"{rule.name} {n}", words=tuple(f"{word}{n}" for word in rule.words), mark="m")
        for n in range(20)
        for rule in (LEGAL, BAGS)
    ]
    desk = policy(*rules, REST)
    mentions = [mention(f"@aurora where is my suitcase, I am waiting since hours {n}") for n in range(1000)]
    begun = time.thread_time()
    for each in mentions:
        triage(desk, each)
    assert time.thread_time() - begun < 3


def test_whoever_a_rule_names_may_see_it() -> None:
    first = Rule(name="fire", words=("fire",), restrict=("legal", "pr"))
    second = Rule(name="smoke", words=("smoke",), restrict=("pr", "safety"))
    found = triage(policy(first, second, REST), mention("fire and smoke"))
    assert found.restrict == ("legal", "pr", "safety")
    assert "restricted to legal, pr" in found.reasons[0]
    assert triage(policy(first, second, REST), mention("a bag")).restrict == ()
