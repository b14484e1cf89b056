"""`restrict`: who may see a case, and what is left of it for everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards.card import Button, Choice
from bot.ports import Place
from tests.desk import Story, a_desk, buttons_of, test_policy, text_of, words_on

SECRET = "The zebra kettle burned my flat, parcel included."


def shrunk(number: int, department: str = "Support") -> str:
    return f"{number}, restricted, ask {department}"


async def restricted(desk: Story, to: str = "support", **fields: Any) -> int:
    """A case that Sales was asked about, and that Ana restricted then."""
    number = await desk.mention(SECRET, handle="zelda", **fields)
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"consult {number} sales have you sold zebra kettles?", from_="ben")
    await desk.hears(f"note {number} zebra note", from_="ben")
    await desk.hears(f"restrict {number} to {to}", from_="ana")
    return number


async def everything_in(desk: Story, department: str) -> str:
    """All that can be read in the department's channel and in the threads there."""
    said = ""
    for message in await desk.desk.store.weblog.page(department, limit=1000):
        below = await desk.desk.store.weblog.page(department, reply_to=message.id, limit=1000)
        said += "\n".join(text_of(each.card) + (each.text or "") for each in (message, *below))
    return said


async def everything_to(desk: Story, person: str) -> str:
    return "\n".join(text_of(card) for card in await desk.direct(person))


async def test_elsewhere_the_case_shrinks_to_its_number_at_once(desk: Story) -> None:
    number = await desk.mention(SECRET, handle="zelda")
    await desk.hears(f"consult {number} sales have you sold zebra kettles?", from_="ana")
    await desk.hears(f"note {number} zebra note", from_="ana")
    assert "zebra" in await everything_in(desk, "sales") and "zebra" in await everything_to(desk, "finn")
    await desk.hears(f"restrict {number} to support", from_="ana")
    case = await desk.case(number)
    assert case.restricted_to == ("support",) and case.consults == ()
    assert text_of(await desk.card(number, "sales")) == shrunk(number)
    assert words_on(await desk.card(number, "sales")) == []
    left = await everything_in(desk, "sales")
    assert "zebra" not in left.casefold() and "zelda" not in left
    assert "is restricted from now on" in left
    assert "zebra" not in (await everything_to(desk, "finn")).casefold()
    own = text_of(await desk.card(number, "support"))
    assert "zebra" in own and "Restricted: to Support" in own


async def test_off_brings_everything_back(desk: Story) -> None:
    number = await restricted(desk)
    await desk.hears(f"restrict {number} off", from_="ana")
    assert (await desk.case(number)).restricted_to == ()
    shown = await everything_in(desk, "sales")
    assert "zebra note" in shown and shrunk(number) not in shown
    again = await desk.says(f"restrict {number} off", from_="ana")
    assert "is not restricted" in again
    assert await desk.kinds(number) == [
        "opened", "claimed", "consulted", "noted", "restricted", "consult_withdrawn", "restricted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "whom"),
    [
        ("to legal,pr", ("support", "legal", "pr")),
        ("legal and press", ("support", "legal", "pr")),
        ("to Legal", ("support", "legal")),
        ("only support", ("support",)),
        ("leg", ("support", "legal")),
    ],
)
async def test_words_for_whom(desk: Story, words: str, whom: tuple[str, ...]) -> None:
    number = await desk.mention(SECRET)
    answer = await desk.says(f"restrict {number} {words}", from_="ana")
    assert (await desk.case(number)).restricted_to == whom
    assert "Restricted: to Support" in answer


async def test_words_that_name_no_department(desk: Story) -> None:
    number = await desk.mention(SECRET)
    answer = await desk.hears(f"restrict {number} to legal,zoo", from_="ana")
    assert "zoo" in text_of(answer) and f"restrict {number} to legal,pr" in words_on(answer)
    assert "Say who may see it" in await desk.says(f"restrict {number} to only", from_="ana")
    assert (await desk.case(number)).restricted_to == ()


async def test_only_leads_of_its_department(desk: Story) -> None:
    number = await desk.mention(SECRET)
    for who in ("ben", "finn", "ira"):
        assert "You may not restrict" in await desk.says(f"restrict {number} to support", from_=who)
    assert (await desk.case(number)).restricted_to == ()


async def test_who_sees_it(desk: Story) -> None:
    number = await restricted(desk)
    for who in ("ana", "ben", "hana", "vera", "dana"):
        assert "zebra" in await desk.says(f"show {number}", from_=who), who
    for who in ("finn", "gil", "cleo", "ira", "eli"):
        answer = await desk.says(f"show {number}", from_=who)
        assert answer == f"{number} is restricted. Ask Support (Ana Ruiz is on duty).", who


async def test_lists_search_home_and_counts_leave_it_out(desk: Story) -> None:
    number = await restricted(desk)
    other = await desk.mention("Another zebra kettle, no parcel")
    found = await desk.says("search zebra", from_="finn")
    assert f"{other}" in found and f"{number}" not in found and "1 case" in found
    assert "2 cases" in await desk.says("search zebra", from_="vera")
    for words in ("list open support", "list stale support", "home", "digest support"):
        assert f"{number}" not in await desk.says(words, from_="finn"), words
    assert "1 case" in await desk.says("list open support", from_="finn")
    assert "2 cases" in await desk.says("list open support", from_="vera")


async def test_a_case_is_not_offered_to_who_may_not_see_it(desk: Story) -> None:
    number = await restricted(desk, to="legal")
    answer = await desk.hears(f"handoff {number} sales please", from_="ben")
    assert "Sales would not see what it is offered" in text_of(answer)
    assert f"restrict {number} to support,legal,sales" in words_on(answer)
    assert "Sales would see neither it nor the question" in await desk.says(
        f"consult {number} sales what now?", from_="ben"
    )
    own = await desk.hears(f"show {number}", from_="ben")
    (handoff,) = [b for b in buttons_of(own) if isinstance(b, Button) and b.label == "Hand off"]
    (whom, *_) = handoff.fields
    assert isinstance(whom, Choice) and whom.options == (("legal", "Legal"),)


async def test_a_pending_offer_to_others_ends(desk: Story) -> None:
    number = await desk.mention(SECRET)
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"handoff {number} sales they want zebras", from_="ben")
    await desk.hears(f"restrict {number} to support", from_="ana")
    case = await desk.case(number)
    assert case.offer is None and case.lease is not None and case.lease.left is None
    assert "zebra" not in (await everything_in(desk, "sales") + await everything_to(desk, "finn")).casefold()


async def test_the_owner_and_who_was_paged_see_it(desk: Story) -> None:
    number = await desk.mention(SECRET)
    await desk.hears(f"escalate {number} zebra fire", from_="ben")
    await desk.passes(minutes=25)  # duty, lead, champion, deputies: Cleo
    await desk.hears(f"restrict {number} to support", from_="ana")
    assert "zebra" in await desk.says(f"show {number}", from_="cleo")
    assert "zebra" in text_of((await desk.direct("cleo"))[-1])
    await desk.hears(f"take {number} zebras are mine", from_="cleo")
    assert (await desk.case(number)).owner == "cleo@kettle.example"
    assert str(number) in await desk.says("list mine", from_="cleo")
    assert "1 case" in await desk.says("search zebra", from_="cleo")


async def test_a_note_in_a_channel_that_may_not_see_it_is_refused(desk: Story) -> None:
    number = await restricted(desk)
    answer = await desk.says(f"note {number} zebra?", from_="finn", in_="sales", thread=number)
    assert answer == f"{number} is restricted. Ask Support (Ana Ruiz is on duty)."
    await desk.hears(f"note {number} the zebra again", from_="ben")
    assert "zebra again" not in await everything_in(desk, "sales")
    assert "zebra again" in await everything_in(desk, "support")


async def test_the_link_of_a_restricted_case_tells_its_number_alone(desk: Story) -> None:
    link = "https://x.example/zebra/1"
    number = await restricted(desk, url=link)
    assert await desk.says(f"file {link}", from_="gil") == shrunk(number)


async def test_the_form_restricts(desk: Story) -> None:
    number = await desk.mention(SECRET)
    shown = await desk.hears(f"show {number}", from_="ana")
    (button,) = [b for b in buttons_of(shown) if isinstance(b, Button) and b.label == "Restrict"]
    whom, _more = button.fields
    assert isinstance(whom, Choice)
    assert whom.options[:2] == (("support", "Only Support"), ("pr", "Support and Press"))
    await desk.hears(f"{button.words} pr legal", from_="ana")
    assert (await desk.case(number)).restricted_to == ("support", "pr", "legal")
    for who in ("ben", "vera"):
        assert f"restrict {number}" not in words_on(await desk.hears(f"show {number}", from_=who))
    assert f"restrict {number}" not in words_on(await desk.card(number, "support"))


# -- by itself ------------------------------------------------------------------------------------------


@pytest.fixture
async def discreet(tmp_path: Path) -> AsyncIterator[Story]:
    """Legal keeps its cases to itself, and a rule restricts what burns."""
    policy = test_policy()
    legal = replace(policy.departments["legal"], restricted=True)
    rules = tuple(
        replace(rule, restrict=("legal",)) if rule.name == "urgent" else rule for rule in policy.rules
    )
    changed = replace(policy, departments={**policy.departments, "legal": legal}, rules=rules)
    async with a_desk(tmp_path, policy=changed) as story:
        yield story


async def test_a_department_that_keeps_its_cases_to_itself(discreet: Story) -> None:
    number = await discreet.mention("My zebra lawyer writes.")
    case = await discreet.case(number)
    assert (case.department, case.restricted_to) == ("legal", ("legal",))
    assert (await discreet.kinds(number))[:2] == ["opened", "restricted"]
    assert "zebra" in text_of(await discreet.card(number, "legal"))
    assert "zebra" not in await discreet.says(f"show {number}", from_="ben")


async def test_what_is_handed_to_it_is_restricted_when_it_accepts(discreet: Story) -> None:
    number = await discreet.mention(SECRET)
    await discreet.hears(f"claim {number}", from_="ben")
    await discreet.hears(f"handoff {number} legal a zebra", from_="ben")
    assert (await discreet.case(number)).restricted_to == ()
    await discreet.hears(f"accept {number}", from_="cleo")
    assert (await discreet.case(number)).restricted_to == ("legal",)
    assert text_of(await discreet.card(number, "support")) == shrunk(number, "Legal")
    told = await everything_to(discreet, "ben")
    assert f"{shrunk(number, 'Legal')}. Cleo Hart accepted it from Support." in told
    assert "zebra" not in (told + await everything_in(discreet, "support")).casefold()


async def test_a_rule_restricts(discreet: Story) -> None:
    number = await discreet.mention("urgent: a zebra parcel")
    assert (await discreet.case(number)).restricted_to == ("support", "legal")
    shown = await discreet.says(f"show {number}", from_="cleo")
    assert 'Baton restricted it to Support and Legal: the rule "urgent".' in shown
    calm = await discreet.mention("a zebra parcel", handle="zora")
    assert (await discreet.case(calm)).restricted_to == ()
    assert await discreet.mention("urgent now", handle="zora") == calm
    assert (await discreet.case(calm)).restricted_to == ("support", "legal")


async def test_a_leads_word_is_never_widened_by_a_rule(discreet: Story) -> None:
    number = await discreet.mention("a zebra parcel", handle="zora")
    await discreet.hears(f"restrict {number} to support", from_="ana")
    assert await discreet.mention("urgent now", handle="zora") == number
    assert (await discreet.case(number)).restricted_to == ("support",)


async def test_what_follows_a_restricted_case_is_restricted(desk: Story) -> None:
    number = await desk.mention(SECRET, external_id="root")
    await desk.hears(f"restrict {number} to support", from_="ana")
    await desk.hears(f"resolve {number} answered", from_="ana")
    await desk.passes(days=15)
    later = await desk.mention("the zebra again, a parcel", in_reply_to="root")
    case = await desk.case(later)
    assert case.linked_to == number and case.restricted_to == ("support",)


async def test_the_view_of_a_place_nobody_knows_shows_nothing(desk: Story) -> None:
    number = await restricted(desk)
    nowhere = Place(platform="terminal", conversation="terminal")
    shown = await desk.desk.router.show("detail", str(number), nowhere)
    assert text_of(shown.card) == shrunk(number) and shown.only_edit
    assert "zebra" in text_of(
        (await desk.desk.router.show("detail", str(number), nowhere, everything=True)).card
    )


async def test_talk_below_its_card_in_our_own_chat_is_hidden_until_it_is_open_again(desk: Story) -> None:
    number = await desk.mention(SECRET)
    await desk.hears(f"consult {number} sales what now?", from_="ana")
    log = desk.desk.store.weblog
    (root,) = [m.id for m in await log.page("sales") if m.case_id == number]
    said = await log.post("sales", nonce="n-1", by=desk.person("gil").id, reply_to=root, text="zebra, ha")
    seen = await log.newest()
    await desk.hears(f"restrict {number} to support", from_="ana")
    read = [m.text for m in await log.page("sales", reply_to=root) if m.by]
    assert read == ["(hidden: this case is restricted)"]
    assert said.id in (await log.changed(seen))[1]  # live pages read it anew
    assert not (await log.search("sales", ("zebra",)))[0]
    await desk.hears(f"restrict {number} off", from_="ana")
    assert [m.text for m in await log.page("sales", reply_to=root) if m.by] == ["zebra, ha"]


async def test_merged_cases_are_hidden_with_the_one_that_answers_for_them(desk: Story) -> None:
    target = await desk.mention("A parcel, and a giraffe.")
    other = await desk.mention(SECRET)
    await desk.hears(f"merge {other} {target} same fire", from_="ana")
    await desk.hears(f"restrict {target} to support", from_="ana")
    for number in (target, other):
        assert "restricted" in await desk.says(f"show {number}", from_="finn")
    assert "Nothing holds" in await desk.says("search zebra", from_="finn")
    await desk.hears(f"split {target}", from_="ana")
    assert (await desk.case(other)).merged_into is None
    assert "Nothing holds" in await desk.says("search zebra", from_="finn")
    assert "restricted" in await desk.says(f"show {other}", from_="finn")
