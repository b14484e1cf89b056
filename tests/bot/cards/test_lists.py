"""Lists, home, duty, communities, help, a case in full."""

from __future__ import annotations

from bot.cards.card import Chart, Facts, Quote, Rows, Text, Tone
from bot.cards.detail import DetailView, detail_card
from bot.cards.help import VerbRow, help_card, verb_card
from bot.cards.home import HomeView, QueueView, home_card
from bot.cards.list import CaseRow, ListView, list_card
from bot.cards.oncall import OnCallView, oncall_card
from bot.cards.phrases import COUNTED
from bot.cards.who import WhoView, who_card
from tests.bot.cards.reading import HOSTILE, a_case, a_mention, strings, words

ROW = CaseRow(
    number=1042, priority="P2", department="Support", said="My parcel", state="unclaimed", due="due 10:00"
)


def row(**more: object) -> CaseRow:
    known = {"number": 1042, "priority": "P2", "department": "Support", "said": "My parcel"}
    return CaseRow(**{**known, **more})  # type: ignore[arg-type]


def test_a_list_has_a_row_with_its_next_step_for_each_case() -> None:
    rows = (row(claimable=True), row(number=1043, acceptable=True, claimable=True), row(number=1044))
    card = list_card(ListView(title="Open cases", rows=rows, total=3))
    assert words(card) == ["claim 1042", "show 1042", "accept 1043", "show 1043", "show 1044"]
    assert card.summary == "Open cases: 3 cases"


def test_a_long_list_says_how_much_is_left_and_brings_it() -> None:
    card = list_card(ListView(title="Open cases", rows=(ROW,), total=23, more="list open 2"))
    assert "list open 2" in words(card)
    assert card.summary == "Open cases: 1 of 23 cases"


def test_what_is_counted_no_further_says_so() -> None:
    card = list_card(ListView(title="Open cases", rows=(ROW,), total=COUNTED, more="list open 2"))
    assert card.summary == "Open cases: 1 of 1,000+ cases"
    flood = QueueView(name="support", department="Support", unclaimed=COUNTED, claimed=999)
    calm = QueueView(name="pr", department="PR", unclaimed=2, claimed=0)
    home = home_card(HomeView(name="Ana", queues=(flood, calm)))
    assert home.summary == "Your desk: 0 claims, 1,002+ unclaimed"
    (queues,) = [e for e in home.elements if isinstance(e, Rows)]
    assert [row.text for row in queues.rows] == [
        "Support: 1,000+ unclaimed · 999 claimed",
        "PR: 2 unclaimed · 0 claimed",
    ]


def test_an_empty_list_says_what_to_do() -> None:
    card = list_card(ListView(title="Your claims", empty="You have claimed nothing.", try_next=("next",)))
    assert card.summary == "Your claims: You have claimed nothing."
    assert words(card) == ["next"]


def test_a_strangers_words_are_one_line_in_a_row() -> None:
    card = list_card(ListView(title="x", rows=(row(said=HOSTILE + "\n\n" + "z" * 500),), total=1))
    (rows,) = [e for e in card.elements if isinstance(e, Rows)]
    assert "\n" not in rows.rows[0].text
    assert len(rows.rows[0].text) < 120
    assert not any("\x1b" in text or "\u202e" in text for text in strings(card))


def test_home_shows_pages_first_and_the_queues_with_who_is_on_call() -> None:
    queue = QueueView(
        name="support", department="Support", unclaimed=3, claimed=2, oldest="2 h", on_call="Ana"
    )
    view = HomeView(
        name="Ana",
        pages=(row(number=1),),
        offers=(row(number=2, acceptable=True),),
        claims=(row(number=3),),
        claims_total=7,
        claims_soon=1,
        due_soon=(row(number=4, claimable=True),),
        free=(row(number=5, claimable=True),),
        queues=(queue,),
        at="09:05",
    )
    card = home_card(view)
    assert card.tone is Tone.ALARM
    assert words(card)[-7:] == ["next", "list mine", "list", "oncall", "help", "mute", "home"]
    headings = [e.text for e in card.elements if isinstance(e, Text)]
    assert headings == [
        "Pages for you",
        "Offered to your departments",
        "Your claims (1 due soon, 6 more: list mine)",
        "Due soon, nobody has them",
        "Unclaimed",
        "Queues, and who is on call now",
        "As of 09:05",
    ]
    assert {"resolve 3", "claim 4", "claim 5", "list open support"} <= set(words(card))
    (queues,) = [e for e in card.elements if isinstance(e, Rows)][-1:]
    assert queues.rows[0].text == "Support: 3 unclaimed, oldest 2 h · 2 claimed"
    assert queues.rows[0].detail == "on call: Ana"
    assert card.summary == "Your desk: 1 page, 1 offer, 7 claims, 3 unclaimed"


def test_an_empty_home_says_what_to_do() -> None:
    card = home_card(HomeView(name="Ana"))
    assert card.tone is Tone.NEUTRAL
    assert "Next" in str(card.elements[0])
    assert words(card) == ["next", "list mine", "list", "oncall", "help", "mute", "home"]


def test_duty_of_one_department_is_shown_in_full_and_of_all_in_rows() -> None:
    view = OnCallView(
        department="Legal", duty="Cleo", hours="open until 18:00", leads="Cleo", ladder=("1. Cleo",)
    )
    one = oncall_card((view,))
    assert one.summary == "On call for Legal: Cleo"
    assert ("Hours", "open until 18:00") in [r for e in one.elements if isinstance(e, Facts) for r in e.rows]
    nobody = OnCallView(department="Press", duty="", open=False)
    (rows,) = oncall_card((view, nobody)).elements
    assert isinstance(rows, Rows)
    assert rows.rows[1].text == "Press: nobody: ask a lead"
    assert rows.rows[1].tone is Tone.WAITING


def test_a_community_answers_its_questions() -> None:
    view = WhoView(
        community="X",
        interacts=("Support", "Press"),
        pays=(("Support", 60), ("Sales", 40)),
        champion="Dana",
        deputies=("Cleo",),
        goal="first response within 1 hour for 90 % of the cases",
    )
    card = who_card(view)
    (facts,) = [e for e in card.elements if isinstance(e, Facts)]
    assert dict(facts.rows) == {
        "Who interacts": "Support and Press",
        "Who pays": "Support 60 % and Sales 40 %",
        "Who champions": "Dana; then Cleo",
        "Goal": "first response within 1 hour for 90 % of the cases",
    }
    (chart,) = [e for e in card.elements if isinstance(e, Chart)]
    assert chart.alt == "Support 60 % and Sales 40 %."


def test_help_groups_every_verb_and_tells_of_one() -> None:
    claim = VerbRow(name="claim", usage="claim <case>", group="work", help="It is yours.", aliases=("grab",))
    odd = VerbRow(name="odd", usage="odd", group="elsewhere", help="Odd.")
    card = help_card((odd, claim))
    facts = [e.rows for e in card.elements if isinstance(e, Facts)]
    assert facts == [(("claim <case>", "It is yours."),), (("odd", "Odd."),)]
    one = verb_card(claim)
    assert ("Also", "grab") in [r for e in one.elements if isinstance(e, Facts) for r in e.rows]
    assert words(one) == ["help"]


def test_a_case_in_full_has_its_mentions_and_its_history() -> None:
    earlier = tuple(a_mention(f"post {n}") for n in range(4))
    history = tuple((f"event {n}", "09:00") for n in range(20))
    card = detail_card(DetailView(case=a_case(mentions=9), earlier=earlier, history=history))
    assert len([e for e in card.elements if isinstance(e, Quote)]) == 5
    said = [e.text for e in card.elements if isinstance(e, Text)]
    assert "Earlier mentions (4 older ones not shown)" in said
    assert "and 5 older entries" in said
    # Who reads the details needs no button for them.
    assert "show 1042" not in words(card)
