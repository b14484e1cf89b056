"""The listener: from words to the router and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards.card import Actions, Card
from bot.cards.words import sentence_card
from bot.domain.people import PersonId, Role
from bot.domain.refusals import NotClaimed
from bot.grammar import Heard, Listener
from bot.ports import Origin, Place, Work
from bot.router import Call, Reply, Router, Routes
from tests.bot.grammar.speech import NOW, POLICY

ANA = POLICY.people[next(iter(POLICY.people))]
HERE = Place(platform="web", conversation="support", department="support")


class Frozen:
    """A clock that stands still."""

    def real(self) -> datetime:
        return NOW

    def now(self) -> datetime:
        return NOW

    def real_delay(self, until: datetime) -> timedelta:
        return until - NOW

    async def sleep(self, delay: timedelta) -> None:
        """No time passes."""


class NoStore:
    def work(self, origin: Origin) -> Work:
        raise AssertionError("nothing here touches the store")


class Counts:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def called(self, verb: str, outcome: str) -> None:
        self.seen.append((verb, outcome))


def listener(counts: Counts | None = None) -> tuple[Listener, list[Call]]:
    calls: list[Call] = []
    routes = Routes()

    @routes.verb("home", usage="home", group="see")
    async def home(call: Call) -> Reply:
        """Home."""
        calls.append(call)
        return Reply.say(sentence_card("You are home."))

    @routes.verb("snooze", usage="snooze <case> <when...>", group="work")
    async def snooze(call: Call, case_id: int, until: datetime) -> Reply:
        """Later."""
        calls.append(call)
        raise NotClaimed(case_id)

    router = Router(routes, POLICY, NoStore(), Frozen(), observer=counts or Counts())
    return Listener(router), calls


def said(card: Card | None) -> str:
    assert card is not None
    return card.summary


def pressed(card: Card | None) -> list[str]:
    assert card is not None
    return [
        b.words for e in card.elements if isinstance(e, Actions) for b in e.buttons if not hasattr(b, "url")
    ]


async def hear(words: str, counts: Counts | None = None, **where: Any) -> tuple[Card | None, list[Call]]:
    desk, calls = listener(counts)
    fields: dict[str, Any] = {"id": "e1", "words": words, "person": ANA, "place": HERE, **where}
    return await desk.hear(Heard(**fields)), calls


async def test_a_call_carries_who_where_and_when() -> None:
    _, (call,) = await hear("/baton SNOOZE #7 tomorrow")
    assert (call.id, call.verb, call.place, call.now, call.person) == ("e1", "snooze", HERE, NOW, ANA)
    assert call.args == (7, datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    assert call.actor.id == ANA.id
    assert Role.DUTY in call.actor.in_department("support")


async def test_a_refusal_of_the_handler_is_an_answer() -> None:
    card, _ = await hear("snooze 7 2h")
    assert said(card) == "Nobody has claimed case 7. Say `claim 7` to make it yours."
    assert pressed(card) == ["claim 7"]


async def test_words_that_cannot_be_read_are_an_answer_and_counted() -> None:
    counts = Counts()
    card, calls = await hear("snoze 7 2h", counts)
    assert "Did you mean `snooze`?" in said(card)
    assert pressed(card) == ["snooze 7 2h", "help"]
    assert calls == []
    assert counts.seen == [("words", "refused")]


async def test_bare_words_go_home() -> None:
    card, _ = await hear("@Baton")
    assert said(card) == "You are home."


async def test_a_stranger_is_told_whom_to_ask() -> None:
    card, calls = await hear("snooze 7 2h", person=None)
    assert "does not know you yet" in said(card)
    assert "Kettle & Co" in said(card)
    assert "ask Ira Lind" in said(card)
    assert calls == []


async def test_a_moment_that_has_passed_is_told_in_the_reader_s_time() -> None:
    card, _ = await hear("snooze 7 today 9:00", person=POLICY.people[PersonId("hana@kettle.example")])
    assert said(card).startswith("09:00 has passed.")
