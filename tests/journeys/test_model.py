"""The desk as a model: whatever people say, in whatever order, with time passing and the process dying in between,
its rules hold after every step.

The rules are in `model_rules.py`. BATON_MODEL_EXAMPLES=2000 looks longer, each time elsewhere.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.cards.card import Card
from bot.domain.case import Case
from bot.grammar import Heard
from bot.policy.duty import on_duty
from bot.ports import Incoming, Place
from bot.triage.rules import community_of
from tests.desk import text_of
from tests.journeys.model import Model

LONGER: Final = int(os.environ.get("BATON_MODEL_EXAMPLES", "0"))
STEPS: Final = int(os.environ.get("BATON_MODEL_STEPS", "40"))

OWNER, ASKED, PAGED, LEAD = "its owner", "who is asked", "who was paged", "its lead"
NAMES: Final = ("ana", "ben", "cleo", "dana", "finn", "gil", "hana", "ira", "vera", "eli")
# Roles come first: who has something to do with a case says most about it.
WHO: Final = st.sampled_from((OWNER, LEAD, ASKED, PAGED, OWNER, *NAMES))
CASE: Final = st.integers(0, 2)
WORDS: Final = st.sampled_from(
    (
        "claim {}",
        "claim {}",
        "take {}",
        "take {} they are at lunch",
        "release {}",
        "extend {}",
        "handoff {} support anyway yours",
        "handoff {} sales anyway yours",
        "handoff {} legal paging yours",
        "handoff {} pr",
        "accept {}",
        "accept {}",
        "decline {} support theirs",
        "decline {} not ours",
        "note {} we look into it",
        "wait {} customer",
        "wait {} department 3h",
        "wait {} approval 20m",
        "snooze {} 2h",
        "snooze {} tomorrow 9:00",
        "resolve {} answered",
        "dismiss {} spam",
        "reopen {}",
        "escalate {} it burns",
        "ack {}",
        "pass {} not mine",
        "assign {} ben",
        "assign {} gil",
        "assign {} hana",
        "priority {} P1",
        "priority {} P2",
        "priority {} P4",
    )
)
REST: Final = (
    (OWNER, "wait {} approval 20m"),
    (OWNER, "wait {} customer"),
    (OWNER, "snooze {} 2h"),
    (OWNER, "release {}"),
    (OWNER, "resolve {} fixed"),
    (OWNER, "dismiss {} spam"),
    (LEAD, "take {}"),
)
HAND_OVER: Final = ((OWNER, "handoff {} sales anyway yours"), (OWNER, "handoff {} support paging yours"))
FITTING: Final = {
    "offered": ((ASKED, "accept {}"), (ASKED, "decline {} pr theirs"), (OWNER, "wait {} customer"), *REST),
    "open": ((LEAD, "claim {}"), *HAND_OVER, *HAND_OVER, *REST),
    "claimed": (*HAND_OVER, *HAND_OVER, *REST),
    "closed": ((LEAD, "reopen {}"),),
}
"""What people say of a case as it stands."""
POSTS: Final = st.sampled_from(
    (
        "My parcel never came.",
        "Nice shop window.",
        "This is urgent.",
        "My lawyer will call you.",
        "What is the price?",
    )
)
IDLE, BUSY, SPEAKING = "idle", "with its hands full", "while it speaks"
ALONE, AS_AUTHOR, IN_THREAD = "alone", "same author", "same thread"


@dataclass(frozen=True, slots=True)
class Said:
    """What was heard and had an effect."""

    event: str
    words: str
    who: str


class Desk(RuleBasedStateMachine):
    """Many people, many cases, one clock; the process may die at any step."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.heard: list[Said] = []
        self.posts: list[Incoming] = []

    def teardown(self) -> None:
        self.model.close()

    # -- what happens -------------------------------------------------------------------------------

    @initialize(text=POSTS)
    def it_begins(self, text: str) -> None:
        self.somebody_writes(text=text, how=ALONE, to=0, times=1, at_once=True)

    @rule(
        text=POSTS,
        how=st.sampled_from((ALONE, AS_AUTHOR, IN_THREAD)),
        to=CASE,
        times=st.sampled_from((1, 1, 2, 3)),
        at_once=st.booleans(),
    )
    def somebody_writes(self, *, text: str, how: str, to: int, times: int, at_once: bool) -> None:
        """A mention arrives, delivered so often; filed at once or whenever the desk comes to it."""
        number = self.model.number()
        before = self.posts[to % len(self.posts)] if self.posts and how != ALONE else None
        post = Incoming(
            source="x",
            external_id=f"m{number}",
            community=community_of(self.policy, community=None, brand=None, source="x"),
            created_at=self.model.story.now,
            handle=before.handle if before and how == AS_AUTHOR else f"customer{number}",
            text=text,
            in_reply_to=before.external_id if before and how == IN_THREAD else None,
        )
        self.posts.append(post)
        for _ in range(times):
            self.model.run(self.model.story.desk.store.intake.append([post]))
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(who=WHO, words=WORDS, case=CASE, at_once=st.booleans())
    def somebody_says(self, who: str, words: str, case: int, at_once: bool) -> None:
        """A refusal changes nothing; words about one case change no other."""
        subject = self._case(case)
        person = self._person(who, subject)
        before = self.model.cases()
        said = Said(f"event-{self.model.number()}", words.format(subject.id), person)
        answer = self.model.run(self._hear(said))
        changed = self._changed(before)
        assert answer is not None
        if answer.refused:
            assert not changed, f"refused, and changed: {text_of(answer)}"
        assert changed <= {subject.id}, f"{said} changed {changed}"
        if changed:
            self.heard.append(said)
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(case=CASE, which=st.integers(0, 11), at_once=st.booleans())
    def somebody_does_what_fits(self, case: int, which: int, at_once: bool) -> None:
        """Chance alone seldom says what is possible: so the deeper states are reached."""
        subject = self._case(case)
        standing = "closed" if subject.closed else "offered" if subject.offer else subject.state.value
        fitting = FITTING[standing]
        who, words = fitting[which % len(fitting)]
        self.somebody_says(who=who, words=words, case=case, at_once=at_once)

    @precondition(lambda self: self.model.cases())
    @rule(who=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4), words=WORDS, case=CASE)
    def several_say_it_together(self, who: list[str], words: str, case: int) -> None:
        """Of those who claim or accept at the same moment one wins."""
        subject = self._case(case)
        words = words.format(subject.id)
        said = [Said(f"event-{self.model.number()}", words, each) for each in who]
        answers = self.model.run(self._together(said))
        done = [answer for answer in answers if answer is not None and not answer.refused]
        if words.partition(" ")[0] in ("claim", "accept", "decline", "ack", "escalate", "reopen"):
            assert len(done) <= 1, f"{words}: {[text_of(answer) for answer in done]}"
        self._afterwards(True)

    @precondition(lambda self: self.model.cases())
    @rule(who=WHO, words=WORDS, case=CASE, times=st.integers(2, 3))
    def the_chat_repeats_itself_at_once(self, who: str, words: str, case: int, times: int) -> None:
        """The same event delivered at the same time has one effect and one answer."""
        subject = self._case(case)
        said = Said(f"event-{self.model.number()}", words.format(subject.id), self._person(who, subject))
        before = self.model.cases()
        answers = self.model.run(self._together([said] * times))
        done = [answer for answer in answers if answer is not None and not answer.refused]
        after = self.model.cases()[subject.id]
        if after != before[subject.id]:
            self.heard.append(said)
            assert len(done) == 1, f"{said}: {[text_of(answer) for answer in answers]}"
            assert after.version == before[subject.id].version + 1, f"{said} was saved twice"
        self._afterwards(False)

    @precondition(lambda self: self.heard)
    @rule(which=st.integers(0, 5), times=st.integers(1, 3))
    def the_chat_repeats_itself_later(self, which: int, times: int) -> None:
        """An event whose effect is committed has none again, and is not answered."""
        said = self.heard[-1 - which % len(self.heard)]
        before = self.model.cases()
        for _ in range(times):
            assert self.model.run(self._hear(said)) is None
        assert not self._changed(before), f"{said} had two effects"

    @rule(minutes=st.sampled_from((1, 5, 16, 31, 61, 121, 300)))
    def time_passes(self, minutes: int) -> None:
        self.model.run(self.model.story.passes(timedelta(minutes=minutes)))
        self.model.settled = True

    @rule(hands=st.sampled_from((IDLE, BUSY, SPEAKING)), hours=st.sampled_from((0, 1, 5, 70)))
    def it_dies_and_comes_back(self, hands: str, hours: int) -> None:
        """What the worker had taken is done by the next one; what reached the chat is not said again."""
        if hands == BUSY:
            self.model.takes_work_and_stops()
        if hands == SPEAKING:
            self.model.stops_while_speaking()
        self.model.dies()
        self.model.waits(timedelta(hours=hours))
        self.model.open()

    @rule()
    def it_settles(self) -> None:
        self.model.settle()

    # -- what must hold -----------------------------------------------------------------------------

    @invariant()
    def every_rule_holds(self) -> None:
        self.model.check()

    # -- how ----------------------------------------------------------------------------------------

    @property
    def policy(self) -> Any:
        return self.model.story.desk.policy

    def _case(self, number: int) -> Case:
        cases = list(self.model.cases().values())
        return cases[number % len(cases)]

    def _person(self, who: str, case: Case) -> str:
        asked = case.offer.to if case.offer else case.department
        pages = case.escalation.pages if case.escalation else ()
        lead = on_duty(self.policy, case.department, self.model.story.now)
        email = {
            OWNER: case.owner or lead,
            ASKED: on_duty(self.policy, asked, self.model.story.now),
            PAGED: pages[-1].person if pages else lead,
            LEAD: lead,
        }.get(who)
        return str(self.policy.people[email].name.split()[0].lower()) if email else who

    async def _hear(self, said: Said) -> Card | None:
        person = self.model.story.person(said.who)
        place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
        heard = Heard(id=said.event, words=said.words, person=person, place=place)
        return await self.model.story.desk.listener.hear(heard)

    async def _together(self, said: list[Said]) -> list[Card | None]:
        return list(await asyncio.gather(*(self._hear(each) for each in said)))

    def _changed(self, before: dict[int, Case]) -> set[int]:
        return {number for number, case in self.model.cases().items() if case != before.get(number)}

    def _afterwards(self, at_once: bool) -> None:
        """The desk comes to what follows, or is interrupted by the next step."""
        if at_once:
            self.model.settle()
        else:
            self.model.settled = False


TestModel = Desk.TestCase
TestModel.settings = settings(
    max_examples=LONGER or 16,
    stateful_step_count=STEPS,
    derandomize=not LONGER,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
