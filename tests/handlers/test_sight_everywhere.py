"""No verb and no view tells of a case that is hidden from who asks: the registered ones, whatever they are."""

from __future__ import annotations

import inspect
import io
import itertools
import random

import pytest

from adapters.logs import set_up
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.domain.sight import sees
from bot.grammar.usage import slots_of
from bot.policy.actors import actor_of
from bot.policy.sight import GUARDED, OPEN
from bot.ports import Cases, Place
from bot.router import Call, Verb
from handlers import all_routes
from tests.desk import Story, text_of

WORDS = ("zebra", "zelda", "okapi")
"""Words of the customer, and of colleagues about them, that nobody else may read."""
FOUND_BY = "burned"
"""What somebody looks for who knows a part of the post."""

SAID = {
    "department": "legal",
    "to": "legal",
    "other": "legal",
    "person": "ben@kettle.example",
    "priority": "P2",
    "on": "customer",
    "outcome": "answered",
    "when": "tomorrow",
    "until": "tomorrow",
}
"""What stands in the slots that are not free text."""

VERBS = all_routes().verbs
ABOUT_A_CASE = sorted(
    name for name, verb in VERBS.items() if any(s.name == "case" for s in slots_of(name, verb.usage))
)


async def a_secret(desk: Story) -> int:
    number = await desk.mention("A zebra burned my parcel.", handle="zelda", url="https://x.example/zebra/1")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"consult {number} sales okapi?", from_="ben")
    await desk.hears(f"note {number} an okapi", from_="ben")
    await desk.hears(f"escalate {number} an okapi", from_="ben")
    await desk.hears(f"restrict {number} to support", from_="ana")
    return number


def tells(card: Card | None) -> str:
    said = repr(card).casefold()
    return next((word for word in WORDS if word in said), "")


def words_for(verb: Verb, number: int) -> str:
    values = []
    for slot in slots_of(verb.name, verb.usage):
        known = slot.choices[0] if slot.choices else SAID.get(slot.name, "because")
        if slot.name == "case":
            values.append(str(number))
        elif slot.required:
            values.append(known)
    return f"{verb.name} {' '.join(values)}"


async def test_every_verb_about_a_case_refuses(desk: Story) -> None:
    """A new verb is here as soon as it is registered."""
    number = await a_secret(desk)
    before = await desk.case(number)
    for name in ABOUT_A_CASE:
        for who in ("finn", "ira", "eli"):
            answer = await desk.hears(words_for(VERBS[name], number), from_=who, settle=False)
            said = text_of(answer)
            assert not tells(answer), (name, who)
            assert said.startswith((f"{number} is restricted. Ask Support", f"{number}, restricted")), (
                name,
                said,
            )
    assert await desk.case(number) == before


async def test_no_verb_at_all_tells_of_it(desk: Story) -> None:
    await a_secret(desk)
    for name, verb in VERBS.items():
        slots = slots_of(name, verb.usage)
        if any(slot.name == "case" for slot in slots):
            continue
        asked = " ".join(SAID.get(slot.name, FOUND_BY) for slot in slots if slot.required)
        for who in ("finn", "ira", "eli"):
            answer = await desk.hears(f"{name} {asked}".strip(), from_=who, settle=False)
            assert not tells(answer), (name, who)


async def test_no_view_tells_of_it(desk: Story) -> None:
    """Subjects of every shape that any view has; what a view cannot read it may refuse, but not tell."""
    number = await a_secret(desk)
    subjects = [str(number), f"{number}:3", f"{number}:4:finn@kettle.example", f"{number}:0:1"]
    subjects += ["", FOUND_BY, "open", "stale support", "support", "x-kettle", "support:daily:2026-03-02"]
    finn = desk.person("finn").id
    places = [
        Place(platform="web", conversation="sales", department="sales"),
        Place(platform="web", conversation=f"@{finn}", person=finn),
        Place(platform="web", conversation="nowhere"),
        Place(platform="web", conversation="@gone", person=PersonId("gone@kettle.example")),
    ]
    for name, place, subject in itertools.product(all_routes().views, places, subjects):
        try:
            shown = await desk.desk.router.show(name, subject, place)
        except Exception as error:
            assert not any(word in str(error) for word in WORDS), (name, place, subject)
            continue
        assert not tells(shown.card), (name, place, subject)


def test_every_way_to_read_a_case_is_decided_about() -> None:
    """Whoever adds a method to Cases says here whether it shows a case, and guards it if it does."""
    methods = {name for name, _ in inspect.getmembers(Cases, inspect.isfunction) if not name.startswith("_")}
    assert methods == GUARDED | OPEN


async def test_a_new_handler_cannot_forget_to_ask(desk: Story) -> None:
    """Not even by reading the history or the posts without the case itself."""
    number = await a_secret(desk)
    finn = desk.person("finn")
    now = desk.now
    call = Call(
        id=None,
        verb="show",
        actor=actor_of(desk.desk.policy, finn, now),
        place=Place(platform="web", conversation="x"),
        now=now,
        policy=desk.desk.policy,
        store=desk.desk.store,
        person=finn,
    )
    async with call.work() as work:
        for read in (work.cases.get, work.cases.history, work.mentions.of):
            with pytest.raises(Exception, match=str(number)):
                await read(number)
        with pytest.raises(Exception, match=str(number)):
            await work.cases.event(number, 1)


async def test_the_log_holds_nothing_of_it(desk: Story) -> None:
    stream = io.StringIO()
    set_up(stream, level="debug")
    number = await a_secret(desk)
    for words in (f"show {number}", "search zebra", f"note {number} the okapi"):
        await desk.hears(words, from_="finn")
    await desk.passes(hours=30)
    await desk.hears(f"restrict {number} off", from_="ana")
    assert not [word for word in WORDS if word in stream.getvalue()]


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_story_tells_nothing_to_who_may_not_see(desk: Story, seed: int) -> None:
    """People do what they like, and Ana restricts the case somewhere in between and maybe opens it again."""
    chance = random.Random(seed)
    number = await desk.mention("A zebra burned my parcel.", handle="zelda")
    for _ in range(14):
        who = chance.choice(["ana", "ben", "hana", "finn", "gil", "cleo", "dana"])
        words = chance.choice(_ACTS).format(number=number)
        await desk.hears(
            words, from_=chance.choice(["ana", who]), in_=chance.choice([None, "support", "sales"])
        )
        if chance.random() < 0.2:
            await desk.passes(minutes=chance.choice([3, 20, 90]))
        if chance.random() < 0.2:
            await desk.mention("A zebra again.", handle="zelda")
        await _nothing_told(desk, number)


_ACTS = (
    "claim {number}",
    "note {number} okapi",
    "consult {number} sales okapi?",
    "consult {number} legal okapi?",
    "answer {number} okapi",
    "handoff {number} sales anyway okapi",
    "handoff {number} legal anyway okapi",
    "accept {number}",
    "decline {number} pr because of the okapi",
    "release {number}",
    "escalate {number} okapi",
    "ack {number}",
    "take {number} okapi",
    "restrict {number} to support",
    "restrict {number} to support",
    "restrict {number} to legal",
    "restrict {number} off",
    "resolve {number} answered okapi",
    "reopen {number}",
    "show {number}",
)


async def _nothing_told(desk: Story, number: int) -> None:
    case = await desk.case(number)
    if not case.restricted_to:
        return
    known = {case.department, *case.restricted_to}
    log = desk.desk.store.weblog
    for department in desk.desk.policy.departments:
        if department in known:
            continue
        for message in await log.page(department, limit=1000):
            below = await log.page(department, reply_to=message.id, limit=1000)
            for each in (message, *below):
                assert not tells(each.card), (department, text_of(each.card))
    for person in desk.desk.policy.people.values():
        if not sees(actor_of(desk.desk.policy, person, desk.now), case):
            for card in await desk.direct(person.name.lower().split()[0]):
                assert not tells(card), (person.name, text_of(card))
