"""What people say in the model, and what must hold of each thing said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.cards.card import Card
from bot.domain.case import Case
from bot.grammar import Heard
from bot.policy.duty import on_duty
from bot.ports import Place
from tests.desk import text_of
from tests.journeys.model import Model
from tests.journeys.model_facts import Facts
from tests.journeys.model_kept import SECRET, secrets_of, who_reads
from tests.journeys.model_memory import Before
from tests.journeys.model_people import COLLEAGUES, Rights, email
from tests.journeys.model_words import ADVISER, ASKED, LAST, LEAD, OWNER, PAGED, TAKER, UNDOER

ONE_WINS: Final = ("claim", "accept", "decline", "ack", "escalate", "reopen", "undo", "split", "merge")
_FAMILIES: Final = ("merge", "split", "undo")
_MANY: Final = ("handover", "acceptall", "declineall", "ackall", "claimnext", "away", "back", "cover", "file")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody says: the platform's number of the event, the words, and who."""

    event: str
    words: str
    who: str

    @property
    def verb(self) -> str:
        return self.words.partition(" ")[0]


class Speech:
    """People who talk to the desk."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._before = Before()
        self.heard: list[Said] = []
        """What had an effect."""

    # -- saying ---------------------------------------------------------------------------------------

    def says(self, who: str, words: str, case: int) -> None:
        subject = self.case(case)
        self.say(Said(self._event(), self._filled(words, subject), self._person(who, subject)), subject.id)

    def tells(self, story: Sequence[tuple[str, str] | int], case: int) -> None:
        """One thing after the other about that case."""
        number = self.case(case).id
        for step in story:
            if isinstance(step, int):
                self._model.passes(step)
                continue
            subject = self._model.cases()[number]
            words = self._filled(step[1], subject)
            self.say(Said(self._event(), words, self._person(step[0], subject)), number)
            self._model.settle()
            self._model.check()

    def say(self, said: Said, about: int | None) -> None:
        """It is heard once; what it did must be what it says."""
        if said.who in self._model.gone:
            return
        rights, before = self._model.rights(), self._model.cases()
        answer = self._model.run(self._hear(said))
        after = self._model.cases()
        changed = _changed(before, after)
        assert answer is not None, said
        if answer.refused:
            assert not changed, f"{said} was refused, and changed: {text_of(answer)}"
        if changed:
            self.heard.append(said)
        if about is not None and said.verb not in _MANY:
            assert changed <= _meant(said, before[about], before, after), f"{said} changed {changed}"
        self._was_right(said, before, after, changed, rights)
        self._hides(said, answer)

    def together(self, said: Sequence[Said]) -> None:
        """Of those who say the same at the same moment one wins, where there is one thing to win."""
        there = [each for each in said if each.who not in self._model.gone]
        answers = self._model.run(self._all(there))
        done = [answer for answer in answers if answer is not None and not answer.refused]
        if len({each.words for each in said}) == 1 and said[0].verb in ONE_WINS:
            assert len(done) <= 1, f"{said[0].words}: {[text_of(answer) for answer in done]}"

    def repeated_at_once(self, who: str, words: str, case: int, times: int) -> None:
        """The same event delivered at the same time has one effect and one answer."""
        subject = self.case(case)
        said = Said(self._event(), self._filled(words, subject), self._person(who, subject))
        if said.who in self._model.gone:
            return
        before = self._model.cases()
        answers = self._model.run(self._all([said] * times))
        done = [answer for answer in answers if answer is not None and not answer.refused]
        after = self._model.cases()
        if changed := _changed(before, after):
            self.heard.append(said)
            assert len(done) == 1, f"{said}: {[text_of(answer) for answer in answers]}"
            twice = [n for n in changed & before.keys() if after[n].version > before[n].version + 1]
            assert not twice, f"{said} was saved twice"

    def repeated_later(self, which: int, times: int) -> None:
        """An event whose effect is committed has none again, and is not answered."""
        said = self.heard[-1 - which % len(self.heard)]
        if said.who in self._model.gone:
            return
        before = self._model.cases()
        for _ in range(times):
            assert self._model.run(self._hear(said)) is None, said
        assert not _changed(before, self._model.cases()), f"{said} had two effects"

    # -- who, and about what ----------------------------------------------------------------------------

    def case(self, number: int) -> Case:
        """The newest ones come first: so many people meet on a few."""
        cases = list(self._model.cases().values())
        return cases[-1 - number % len(cases)]

    def all_say(self, who: Sequence[str], words: Sequence[str], case: int) -> list[Said]:
        subject = self.case(case)
        filled = [self._filled(each, subject) for each in words]
        return [
            Said(self._event(), filled[i % len(filled)], self._person(each, subject))
            for i, each in enumerate(who)
        ]

    def at_large(self, who: str, words: str) -> Said:
        return Said(self._event(), words.replace("{s}", str(7_700_000 + self._model.number())), who)

    def _filled(self, words: str, case: Case) -> str:
        near = [
            each.id
            for each in self._model.cases().values()
            if each.id != case.id and not each.closed and each.department == case.department
        ]
        mine = [each for each in COLLEAGUES[case.department] if email(each) != case.owner]
        return words.format(
            c=case.id,
            o=near[-1] if near else case.id - 1,
            p=mine[-1] if mine else "cleo",
            s=7_700_000 + self._model.number(),
        )

    def _person(self, who: str, case: Case) -> str:
        policy, now = self._model.policy, self._model.story.now
        pages = case.escalation.pages if case.escalation else ()
        lead = on_duty(policy, case.department, now)
        found = {
            OWNER: case.owner or lead,
            ASKED: on_duty(policy, case.offer.to if case.offer else case.department, now),
            PAGED: pages[-1].person if pages else lead,
            LEAD: lead,
            LAST: case.last_by,
            ADVISER: on_duty(policy, case.consults[0].to, now) if case.consults else lead,
            TAKER: case.handover.to if case.handover else lead,
            UNDOER: case.undoable.by if case.undoable else lead,
        }.get(who, email(who))
        known = found if found in policy.people else lead
        return str(known).partition("@")[0]

    def _event(self) -> str:
        return f"event-{self._model.number()}"

    async def _hear(self, said: Said) -> Card | None:
        person = self._model.story.person(said.who)
        place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
        heard = Heard(id=said.event, words=said.words, person=person, place=place)
        return await self._model.story.desk.listener.hear(heard)

    async def _all(self, said: Sequence[Said]) -> list[Card | None]:
        return list(await asyncio.gather(*(self._hear(each) for each in said)))

    # -- what must hold of it -----------------------------------------------------------------------------

    def _was_right(
        self,
        said: Said,
        before: Mapping[int, Case],
        after: Mapping[int, Case],
        changed: set[int],
        rights: Rights,
    ) -> None:
        """Whoever did it had the right to, and what was taken back is as it was."""
        facts = self._model.facts() if changed else None
        people = frozenset(self._model.policy.people)
        for number in changed if facts is not None else ():
            history = facts.history[number] if facts else ()
            new = history[before[number].seq if number in before else 0 :]
            for event in new:
                why = rights.why_not(event.by, event, before.get(number)) if event.by != "desk" else None
                assert why is None, f"{said}: {event.kind} of {number}: {why}"
            wrong = list(self._before.not_restored(after[number], new, history, people))
            assert not wrong, f"{said} did not restore {number}: {'; '.join(wrong)}"
            self._before.remembers(before, number, new)

    def _hides(self, said: Said, answer: Card) -> None:
        """An answer holds no word of a case that this person may not see."""
        words = SECRET.findall(text_of(answer))
        if not words:
            return
        facts: Facts = self._model.facts()
        secrets = secrets_of(facts)
        for secret in words:
            case: Case | None = facts.cases.get(secrets.get(secret, 0))
            if case is None or secret in said.words:
                continue
            assert who_reads(facts, case, email(said.who)), (
                f"{said} is answered with what is restricted to {case.restricted_to}"
            )


def _changed(before: Mapping[int, Case], after: Mapping[int, Case]) -> set[int]:
    return {number for number, case in after.items() if case != before.get(number)}


def _meant(said: Said, case: Case, before: Mapping[int, Case], after: Mapping[int, Case]) -> set[int]:
    """The cases that words about this one may change."""
    if said.verb not in _FAMILIES:
        return {case.id}
    new = after.keys() - before.keys() if said.verb == "split" else set()
    named = {int(word) for word in said.words.split() if word.isdecimal()} & before.keys()
    family = {other for number in named for other in _family(before[number], before)}
    return {*new, *named, *family}


def _family(case: Case, cases: Mapping[int, Case]) -> set[int]:
    leader = cases[case.merged_into] if case.merged_into is not None else case
    return {leader.id, *leader.absorbed}
