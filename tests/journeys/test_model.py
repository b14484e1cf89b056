"""The desk as a model: whatever people say, in whatever order, with time passing and the process dying in between,
its rules hold after every step.

The rules are in `model_rules.py` and `model_kept.py`, the words in `model_words.py`. BATON_MODEL_EXAMPLES=2000 looks
longer, each time elsewhere.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.journeys.model import Model
from tests.journeys.model_people import MAY_LEAVE, NAMES
from tests.journeys.model_public import ALONE, HOW, Public
from tests.journeys.model_speech import Speech
from tests.journeys.model_words import ASKED, AT_LARGE, LEAD, OWNER, PAGED, STORIES, WORDS, fitting

LONGER: Final = int(os.environ.get("BATON_MODEL_EXAMPLES", "0"))
STEPS: Final = int(os.environ.get("BATON_MODEL_STEPS", "30"))

# Roles come first: who has something to do with a case says most about it.
WHO: Final = st.sampled_from((OWNER, LEAD, ASKED, PAGED, OWNER, *NAMES))
CASE: Final = st.integers(0, 7)
SAYS: Final = st.sampled_from(WORDS)
MINUTES: Final = st.sampled_from((1, 5, 16, 31, 61, 121, 300, 900, 3000))
IDLE, BUSY, SPEAKING = "idle", "with its hands full", "while it speaks"


class Desk(RuleBasedStateMachine):
    """Many people, many cases, one clock; the process may die at any step."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.public = Public(self.model)
        self.speech = Speech(self.model)

    def teardown(self) -> None:
        self.model.close()

    # -- what happens -------------------------------------------------------------------------------

    @initialize(which=st.integers(0, 5))
    def it_begins(self, which: int) -> None:
        for number in (which, which + 1):
            self.public.writes(which=number, how=ALONE, to=0, times=1)
        self.model.settle()

    @rule(
        which=st.integers(0, 11),
        how=st.sampled_from(HOW),
        to=CASE,
        times=st.sampled_from((1, 1, 2, 3)),
        at_once=st.booleans(),
    )
    def somebody_writes(self, *, which: int, how: str, to: int, times: int, at_once: bool) -> None:
        """A mention arrives, delivered so often; filed at once or whenever the desk comes to it."""
        self.public.writes(which=which, how=how, to=to, times=times)
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(who=WHO, words=SAYS, case=CASE, at_once=st.booleans())
    def somebody_says(self, who: str, words: str, case: int, at_once: bool) -> None:
        """A refusal changes nothing; words about one case change no other; nobody does what they may not."""
        self.speech.says(who, words, case)
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(case=CASE, which=st.integers(0, 59), at_once=st.booleans())
    def somebody_does_what_fits(self, case: int, which: int, at_once: bool) -> None:
        """Chance alone seldom says what is possible: so the deeper states are reached."""
        subject = self.speech.case(case)
        possible = fitting(subject)
        who, words = possible[which % len(possible)]
        self.speech.says(who, words, case)
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(case=CASE, story=st.sampled_from(STORIES))
    def something_happens_in_order(self, case: int, story: tuple[tuple[str, str] | int, ...]) -> None:
        """What takes several people, or some time."""
        self.speech.tells(story, case)

    @rule(said=st.sampled_from(AT_LARGE), at_once=st.booleans())
    def somebody_says_something_at_large(self, said: tuple[str, str], at_once: bool) -> None:
        """Handovers, absences, the next case, lists: about none or about many."""
        self.speech.say(self.speech.at_large(*said), None)
        self._afterwards(at_once)

    @precondition(lambda self: self.model.cases())
    @rule(who=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4), words=SAYS, case=CASE)
    def several_say_it_together(self, who: list[str], words: str, case: int) -> None:
        """Of those who claim or accept at the same moment one wins."""
        self.speech.together(self.speech.all_say(who, [words], case))
        self._afterwards(True)

    @precondition(lambda self: self.model.cases())
    @rule(words=st.lists(SAYS, min_size=2, max_size=3), case=CASE, which=st.integers(0, 59))
    def several_things_are_said_together(self, words: list[str], case: int, which: int) -> None:
        """Whoever comes first, the rules hold."""
        possible = fitting(self.speech.case(case))
        who, fits = possible[which % len(possible)]
        self.speech.together(self.speech.all_say([who, LEAD, OWNER], [fits, *words], case))
        self._afterwards(True)

    @precondition(lambda self: self.model.cases())
    @rule(who=WHO, words=SAYS, case=CASE, times=st.integers(2, 3))
    def the_chat_repeats_itself_at_once(self, who: str, words: str, case: int, times: int) -> None:
        """The same event delivered at the same time has one effect and one answer."""
        self.speech.repeated_at_once(who, words, case, times)
        self._afterwards(False)

    @precondition(lambda self: self.speech.heard)
    @rule(which=st.integers(0, 5), times=st.integers(1, 3))
    def the_chat_repeats_itself_later(self, which: int, times: int) -> None:
        """An event whose effect is committed has none again, and is not answered."""
        self.speech.repeated_later(which, times)

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.model.passes(minutes)

    @rule(
        hands=st.sampled_from((IDLE, BUSY, SPEAKING)),
        hours=st.sampled_from((0, 0, 1, 5, 70)),
        notices=st.booleans(),
        gone=st.sampled_from((None, None, *MAY_LEAVE)),
    )
    def it_dies_and_comes_back(self, hands: str, hours: int, notices: bool, gone: str | None) -> None:
        """What the worker had taken is done by the next one; what reached the chat is not said again. The desk notices
        that it was away, or does not; somebody may have left the company meanwhile, or be back."""
        self.model.beats()
        if hands == BUSY:
            self.model.takes_work_and_stops()
        if hands == SPEAKING:
            self.model.stops_while_speaking()
        self.model.dies()
        self.model.waits(timedelta(hours=hours))
        self.model.open({gone} if gone else frozenset())
        if notices:
            self.model.beats()

    @rule()
    def it_settles(self) -> None:
        self.model.settle()

    # -- what must hold -----------------------------------------------------------------------------

    @invariant()
    def every_rule_holds(self) -> None:
        self.model.check()

    def _afterwards(self, at_once: bool) -> None:
        """The desk comes to what follows, or is interrupted by the next step."""
        if at_once:
            self.model.settle()
        else:
            self.model.settled = False


TestModel = Desk.TestCase
TestModel.settings = settings(
    max_examples=LONGER or 20,
    stateful_step_count=STEPS,
    derandomize=not LONGER,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    # A shorter story is worth minutes of looking for it only to who asked for a long look.
    phases=list(Phase) if LONGER else [Phase.explicit, Phase.generate],
)
