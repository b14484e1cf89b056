"""Cards as Adaptive Cards: every card of the product, every limit, and strings that would like to be more."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from adapters.teams.press import read, size
from adapters.teams.render import MOST_BYTES, attachment, render, summary
from bot.cards.card import (
    Actions,
    Bar,
    Button,
    Card,
    Chart,
    Choice,
    Element,
    Facts,
    Input,
    OpenLink,
    Press,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    Tone,
)
from tests.adapters.every_card import every_card
from tests.adapters.teams.limits import check_card, check_message, parts, strings
from tests.adapters.teams.test_text import LOOK_ALIKES, no_markdown
from tests.bot.cards.reading import HOSTILE
from tests.desk import Story, buttons_of, text_of

Block = dict[str, Any]

NASTY = [
    "<at>Ana</at> <b>b</b> [our bank](https://evil.example) ![x](https://evil.example/p.png) <https://x.example>",
    "*bold* **b** _it_ ~gone~ `code` ```block``` # \\*no\\*",
    "# big\n> quoted\n- listed\n1. counted\n    code\n---\n| a | b |\n|---|---|\n&gt; &lt;at&gt; &#42;",
    "{{DATE(2026-03-02T09:00:00Z, SHORT)}} ${title} {{TIME(2026-03-02T09:00:00Z)}}",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200fx\u200e",
    "a\x00b\x1bc\x9bd\ud800e\u2028f\u0085g",
    "https://evil.example/a?b=c&d#e www.evil.example @everyone mailto:x@y.example",
    "👩‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿 é한글 🎉",
    "x" * 20_000,
    '🎉\\"<' * 4_000,
    "\n" * 500,
    " \t ",
    "",
    HOSTILE,
]


def rendered(card: Card, **how: Any) -> Block:
    """The card, after everything that must hold for every card was checked."""
    made = json.loads(json.dumps(render(card, **how)))
    check_card(made)
    check_message({"type": "message", "summary": summary(card), "attachments": [attachment(card, **how)]})
    assert size(made) <= MOST_BYTES
    for said in _parsed(made):
        assert no_markdown(said), said
    assert not any("{{" in said for said in strings(made))
    for action in actions(made):
        if "verb" in action:
            assert read(action["data"]).words and action["verb"] == "say"
    assert 0 < len(summary(card)) <= 1_100 and no_markdown(summary(card)) and "\n" not in summary(card)
    return dict(made)


def _parsed(card: Block) -> Iterator[str]:
    """Every string in which Teams looks for Markdown, or a screen reader for marks of its own."""
    yield from (card["speak"], card["fallbackText"])
    for part in parts(card):
        if part.get("type") == "TextBlock":
            yield part["text"]
        for fact in part.get("facts", ()):
            yield from (fact["title"], fact["value"])


@cache
def _schema() -> Draft6Validator | None:
    """The public schema, where the package that brings it is installed."""
    found = importlib.util.find_spec("adaptive_cards")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(next(iter(found.submodule_search_locations)), "schemas", "schema-1.5.json")
    return Draft6Validator(json.loads(path.read_text(encoding="utf-8")))


def _the_schema_takes(card: Block) -> None:
    schema = _schema()
    if schema is not None:
        # Of Teams' own extensions the schema knows none: the width, and charts, whose fallback it judges.
        plain = json.loads(json.dumps({key: value for key, value in card.items() if key != "msteams"}))
        plain["body"] = [
            each["fallback"] if each["type"].startswith("Chart.") else each for each in plain["body"]
        ]
        schema.validate(plain)


def actions(card: Block) -> list[Any]:
    """Every button, those behind an "are you sure?" in its place; no fallbacks."""
    fallbacks = [part["fallback"] for part in parts(card) if "fallback" in part]
    return [
        part
        for part in parts(card["body"])
        if str(part.get("type")).startswith("Action.") and part.get("type") != "Action.ShowCard"
        if not any(part is each for each in fallbacks)
    ]


def words(of: Any) -> str:
    """All that a person reads, in the order of the card."""
    return "\n".join(strings(of))


def seen(of: Any) -> str:
    """As `words`, with look-alikes and joiners taken for what they look like."""
    return words(of).translate(LOOK_ALIKES)


def kinds(card: Block) -> list[str]:
    return [each["type"] for each in card["body"]]


def a_card(*elements: Element, **more: Any) -> Card:
    return Card(**{"title": "1042 · Support · P2", "summary": "1042, open", "elements": elements, **more})


def body(*elements: Element, **more: Any) -> list[Any]:
    """What stands below the title."""
    return list(rendered(a_card(*elements, **more))["body"][1:])


# -- the whole card -------------------------------------------------------------------------------------------


def test_a_card_speaks_and_is_as_wide_as_the_chat() -> None:
    card = rendered(a_card(Text(text="Hello")))
    assert card["version"] == "1.5" and card["msteams"] == {"width": "Full"}
    assert card["speak"] == card["fallbackText"] == summary(a_card()) == "1042, open"
    assert attachment(a_card())["contentType"] == "application/vnd.microsoft.card.adaptive"


@pytest.mark.parametrize("tone", list(Tone))
def test_a_title_is_a_heading_behind_the_mark_and_on_the_ground_of_its_state(tone: Tone) -> None:
    (block,) = rendered(a_card(Facts(rows=()), tone=tone))["body"]
    title = block if tone is Tone.NEUTRAL else block["items"][0]
    assert title["style"] == "heading" and title["text"].endswith("1042 · Support · P2")
    assert (title["text"] == "1042 · Support · P2") == (tone is Tone.NEUTRAL)


def test_every_colour_is_another_one() -> None:
    cards = [rendered(a_card(tone=tone)) for tone in Tone]
    assert len({words(card["body"][0]) for card in cards}) == len(Tone)
    assert len({card["body"][0]["style"] for card in cards}) == len(Tone)


def test_a_card_without_a_title_has_its_colour_before_the_first_sentence() -> None:
    card = rendered(a_card(Text(text="Ben has it."), title="", tone=Tone.WAITING))
    assert words(card["body"]) == "🟡 Ben has it."


def test_a_card_without_elements_shows_its_summary() -> None:
    assert "1042, open" in words(body())
    assert "1042, open" in words(rendered(a_card(title=""))["body"])


def test_a_card_renews_itself_for_at_most_60_people() -> None:
    people = [f"29:{n}" for n in range(70)]
    refresh = rendered(a_card(), refresh=[*people[:5], *people], subject="1042")["refresh"]
    assert refresh["userIds"] == people[:60]
    assert refresh["action"]["verb"] == "refresh"
    assert refresh["action"]["data"] == {"view": "case", "subject": "1042"}
    assert "refresh" not in rendered(a_card(), subject="1042")


# -- each element -----------------------------------------------------------------------------------------------


def test_a_quote_is_set_apart_with_its_author_inside_letter_for_letter() -> None:
    (quote,) = body(Quote(text="one\n\n> *two* <at>Ana</at>", by="Ellie *X* · 212 k followers"))
    by, said = quote["items"]
    assert quote["style"] == "emphasis" and by["inlines"][0]["weight"] == "Bolder"
    assert words(by) == "Ellie *X* · 212 k followers" and words(said) == "one\n\n> *two* <at>Ana</at>"


def test_a_quote_of_nothing_still_says_who() -> None:
    assert words(body(Quote(text="", by="Ellie"))) == "Ellie"


def test_short_facts_stand_in_two_columns_and_long_ones_alone() -> None:
    rows = (("Owner", "Ben"), ("Due", "10:00"), ("Offer", "x" * 190), ("Outcome", "fixed *all*"))
    columns, alone, last = body(Facts(rows=rows))
    assert columns["facts"] == [{"title": "Owner", "value": "Ben"}, {"title": "Due", "value": "10:00"}]
    assert [run["text"] for run in alone["inlines"]] == ["Offer", f"\n{'x' * 190}"]
    assert last["facts"] == [{"title": "Outcome", "value": "fixed ∗all∗"}]


def test_mostly_long_facts_are_lines() -> None:
    rows = (("claim <case>", "From now on you answer for it. " * 5), ("next", "a\nb"), ("help", "this"))
    blocks = body(Facts(rows=rows))
    assert [block["inlines"][0]["text"] for block in blocks] == ["claim ‹case›", "next", "help"]


def test_one_long_name_makes_lines_of_all() -> None:
    one, two = body(Facts(rows=(("handoff <case> <department>", "Offer it."), ("next", "Claim it."))))
    assert words(one) == "handoff ‹case› ‹department›\n\nOffer it." and words(two) == "next\n\nClaim it."


def test_many_facts_end_honestly() -> None:
    assert "… and 15 more" in words(body(Facts(rows=tuple((f"name {n}", "value") for n in range(75)))))


def test_muted_lines_are_small_and_strong_ones_bold() -> None:
    muted, strong = body(
        Text(text="Ben noted: *hi* <b>", style=Style.MUTED), Text(text="!", style=Style.STRONG)
    )
    assert muted["inlines"] == [
        {"type": "TextRun", "text": "Ben noted: *hi* <b>", "size": "Small", "isSubtle": True}
    ]
    assert strong["inlines"][0]["weight"] == "Bolder"


def test_empty_texts_take_no_room() -> None:
    assert body(Text(text=" \x00\n"), Text(text="", style=Style.MUTED)) == []


def test_a_row_has_its_only_button_beside_it_and_several_below() -> None:
    show, claim = Button(label="Show", words="show 1"), Button(label="Claim", words="claim 1")
    rows = (
        Row(text="1 · P2 <b>", detail="Support", tone=Tone.OPEN, buttons=(show,)),
        Row(text="2 · P3", buttons=(claim, show)),
    )
    one, two = body(Rows(rows=rows))
    assert one["type"] == "ColumnSet" and two["type"] == "Container"
    assert words(one["columns"][0]) == "🔵 1 · P2 <b>\n\nSupport"
    assert [action["title"] for action in one["columns"][1]["items"][0]["actions"]] == ["Show"]
    assert [action["title"] for action in two["items"][1]["actions"]] == ["Claim", "Show"]


def test_rows_without_buttons_are_a_list_with_colours_for_bullets() -> None:
    rows = (Row(text="Ana", detail="until 22:00", tone=Tone.OPEN), Row(text="Filed.", detail=""))
    one, two = body(Rows(rows=rows))
    assert [run["text"] for run in one["inlines"]] == ["🔵 Ana", " · until 22:00"] and words(
        two
    ) == "• Filed."


def test_a_chart_is_between_its_title_and_the_same_in_words() -> None:
    bars = (Bar(label="Mon", value=2), Bar(label="Tue", value=4, strong=True))
    title, chart, alt = body(Chart(title="Opened", bars=bars, alt="Tue!"))
    assert words(title) == "Opened" and words(alt) == "Tue!" and chart["type"] == "Chart.HorizontalBar"
    assert words(chart["fallback"]) == f"{'█' * 9} 2  Mon\n{'█' * 18} 4  Tue"


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 0.0])
def test_a_chart_of_odd_values_is_drawn(value: float) -> None:
    body(Chart(title="t", bars=(Bar(label="a", value=value),) * 30, alt="a"))


# -- buttons ----------------------------------------------------------------------------------------------------


def test_buttons_carry_their_words_and_look_like_what_they_do() -> None:
    fields = (
        Choice(name="department", label="To?", options=(("pr", "Press"),)),
        Input(name="note", label="Note?", optional=True, long=True, hint="Short"),
    )
    made = (
        Button(label="Claim", words="claim 1042", style=Press.PRIMARY),
        Button(label="Hand off", words="handoff 1042", fields=fields),
    )
    (block,) = body(Actions(buttons=made))
    claim, handoff = block["actions"]
    assert (claim["title"], claim["style"], claim["verb"]) == ("Claim", "positive", "say")
    assert read(claim["data"]).words == "claim 1042" and claim["fallback"]["data"] == claim["data"]
    assert handoff["type"] == "Action.Submit" and handoff["data"]["msteams"] == {"type": "task/fetch"}
    assert read(handoff["data"]).fields == fields and "style" not in handoff


@pytest.mark.parametrize("fields", [(), (Input(name="why", label="Why?"),)])
def test_a_button_that_must_be_sure_unfolds_its_question_first(fields: tuple[Input, ...]) -> None:
    erase = Button(
        label="Erase", words="erase 1", style=Press.DANGER, confirm="It cannot be undone.", fields=fields
    )
    (block,) = body(Actions(buttons=(erase,)))
    (outer,) = block["actions"]
    (inner,) = outer["card"]["actions"]
    assert (outer["type"], outer["title"], outer["style"]) == ("Action.ShowCard", "Erase", "destructive")
    assert words(outer["card"]["body"]) == "It cannot be undone." and read(inner["data"]).words == "erase 1"
    assert inner["type"] == ("Action.Submit" if fields else "Action.Execute")


def test_a_link_says_where_it_leads() -> None:
    link = OpenLink(label="Open the post", url="https://x.example/1?a=b&c=ü")
    (block,) = body(Actions(buttons=(link,)))
    assert block["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Open the post (x.example)",
            "url": "https://x.example/1?a=b&c=%C3%BC",
        }
    ]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.example/",
        "msteams://x.example/",
        "https://",
        "https://ours.example@evil.example/",
        "https://ours.example\\@evil.example",
        "https://x.example/a b",
        "https://x.example:99999/",
        f"https://x.example/{'a' * 3_000}",
        "",
    ],
)
def test_what_is_no_web_address_is_no_button(url: str) -> None:
    card = rendered(a_card(Actions(buttons=(OpenLink(label="Open the post", url=url),))))
    assert not actions(card) and "Open the post: not a web address" in words(card)


def test_the_seventh_button_and_its_followers_are_in_the_menu() -> None:
    made = tuple(
        Button(label=f"{n}", words=f"show {n}", confirm="Sure?" if n == 9 else None) for n in range(30)
    )
    first, *others = body(Actions(buttons=made))
    outside = [each["title"] for each in first["actions"] if "mode" not in each]
    assert outside == ["0", "1", "2", "3", "4", "9"], "a question cannot unfold from the menu"
    assert [len(each["actions"]) for each in (first, *others)] == [12, 12, 6]
    assert [each["title"] for each in first["actions"]] == [f"{n}" for n in range(12)]


def test_words_too_long_for_a_button_are_told() -> None:
    card = rendered(a_card(Actions(buttons=(Button(label="Again", words=f"note 1 {'ü' * 2_000}"),))))
    assert not actions(card) and "“Again” is too long for a button here: say it to @Baton" in words(card)


# -- limits -----------------------------------------------------------------------------------------------------


def _a_list(count: int) -> Rows:
    both = (Button(label="Claim", words="claim 1"), Button(label="Show", words="show 1"))
    return Rows(rows=tuple(Row(text=f"{n} · P2", buttons=both) for n in range(count)))


def test_a_long_list_ends_honestly_and_keeps_what_stands_below() -> None:
    blocks = body(_a_list(80), Actions(buttons=(Button(label="More", words="list open 2"),)))
    shown = sum(block["type"] == "Container" for block in blocks)
    assert f"… and {80 - shown} more" in words(blocks) and shown > 30
    assert blocks[-1]["actions"][0]["title"] == "More"


def test_a_list_that_fits_is_whole() -> None:
    assert "more" not in words(body(_a_list(30)))


def test_too_many_elements_end_honestly_with_the_last_buttons_kept() -> None:
    texts = [Text(text=f"text {n}") for n in range(900)]
    blocks = body(*texts, Actions(buttons=(Button(label="More", words="more"),)))
    assert "more that does not fit" in words(blocks[-2:-1]) and blocks[-1]["type"] == "ActionSet"
    assert len(blocks) > 250


def test_the_longest_quotes_are_cut_first() -> None:
    quotes = [Quote(text="日" * 9_000, by="a"), *(Quote(text="y" * 600, by="b") for _ in range(20))]
    said = words(body(*quotes, Text(text="z" * 3_900)))
    assert said.count("y") == 20 * 600 and said.count("z") == 3_900 and "(9,000 characters)" in said


def test_long_lists_of_choices_are_typed_before_rows_are_left_out() -> None:
    options = tuple((f"department-{n}", f"The department of {n}") for n in range(90))
    choice = Choice(name="d", label="To?", options=options)
    handoff = Button(label="Hand off", words="handoff 1", fields=(choice,))
    card = rendered(a_card(Rows(rows=tuple(Row(text=f"{n}", buttons=(handoff,)) for n in range(20)))))
    assert len(actions(card)) == 20 and "more" not in words(card["body"])
    assert all(isinstance(read(action["data"]).fields[0], Input) for action in actions(card))


def test_a_wall_of_text_is_cut_and_keeps_its_buttons() -> None:
    texts = [Text(text="x" * 3_000) for _ in range(400)]
    assert body(*texts, Actions(buttons=(Button(label="Claim", words="claim 1"),)))[-1]["type"] == "ActionSet"


# -- strings that would like to be more ------------------------------------------------------------------------


def _everywhere(text: str) -> Card:
    field = Input(name=text, label=text, hint=text)
    button = Button(label=text, words=f"say {text}", fields=(field,), confirm=text)
    row = Row(text=text, detail=text, tone=Tone.OPEN, buttons=(button, OpenLink(label=text, url=text)))
    return Card(
        title=text,
        summary=text,
        tone=Tone.ALARM,
        elements=(
            *(Text(text=text, style=style) for style in Style),
            Quote(text=text, by=text),
            Facts(rows=((text, text), (text[:20], text[:90]), (text[:9], text[-90:]))),
            Rows(rows=(row, row)),
            Rows(rows=(Row(text=text, detail=text),)),
            Chart(title=text, bars=(Bar(label=text, value=1),), alt=text),
            Actions(buttons=(button, Button(label=text, words=f"say {text}"))),
        ),
    )


@pytest.mark.parametrize("text", NASTY)
def test_nasty_strings_stay_strings(text: str) -> None:
    card = rendered(_everywhere(text), refresh=["29:1"], subject="1042")
    _the_schema_takes(card)
    assert not any("entities" in part for part in parts(card))


def test_overrides_of_the_direction_are_gone() -> None:
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\x00\x1b]", words(rendered(_everywhere(NASTY[4] + NASTY[5])))
    )


def _texts() -> st.SearchStrategy[str]:
    pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))
    return st.one_of(pieces, st.lists(pieces, max_size=4).map("".join))


def _cards() -> st.SearchStrategy[Card]:
    texts = _texts()
    some = st.builds
    inputs = some(Input, name=texts, label=texts, optional=st.booleans(), long=st.booleans(), hint=texts)
    options = st.lists(st.tuples(texts, texts), max_size=120).map(tuple)
    fields = st.one_of(inputs, some(Choice, name=texts, label=texts, options=options))
    presses = some(
        Button,
        label=texts,
        words=texts.map(lambda text: f"say {text}"),
        style=st.sampled_from(Press),
        fields=st.lists(fields, max_size=2).map(tuple),
        confirm=st.one_of(st.none(), texts),
    )
    links = some(
        OpenLink, label=texts, url=st.one_of(texts, texts.map(lambda text: f"https://x.example/{text}"))
    )
    row_of_buttons = st.lists(st.one_of(presses, links), max_size=4).map(tuple)
    rows = some(Row, text=texts, detail=texts, tone=st.sampled_from(Tone), buttons=row_of_buttons)
    bars = some(Bar, label=texts, value=st.floats(), strong=st.booleans())
    elements = st.one_of(
        some(Text, text=texts, style=st.sampled_from(Style)),
        some(Quote, text=texts, by=texts),
        some(Facts, rows=st.lists(st.tuples(texts, texts), max_size=12).map(tuple)),
        some(Rows, rows=st.lists(rows, max_size=40).map(tuple)),
        some(Chart, title=texts, bars=st.lists(bars, max_size=40).map(tuple), alt=texts),
        some(Actions, buttons=row_of_buttons),
    )
    return some(
        Card,
        title=texts,
        summary=texts,
        tone=st.sampled_from(Tone),
        elements=st.lists(elements, max_size=12).map(tuple),
    )


@settings(max_examples=40, deadline=None)
@given(card=_cards(), refresh=st.lists(st.uuids().map(str), max_size=62))
def test_any_card_at_all_keeps_to_the_rules(card: Card, refresh: list[str]) -> None:
    rendered(card, refresh=refresh, subject="1042")


# -- every card of the product ---------------------------------------------------------------------------------


async def _a_busy_day(desk: Story) -> None:
    """Something of everything, said by strangers who mean no good."""
    nasty = f"{NASTY[0]} {NASTY[1]} my parcel {NASTY[7]}"
    first = await desk.mention(nasty, handle="ellie<at>x</at>", name=HOSTILE[:80], url="https://x.example/1")
    await desk.mention("urgent: parcel " + "long " * 900)
    price = await desk.mention("price of 40 kettles? " + NASTY[2])
    await desk.mention("You will hear from my lawyer. [x](y)", followers=3_000_000)
    for number in range(12):
        await desk.mention(f"parcel {number} *lost* " + NASTY[6], settle=False)
    await desk.settles()
    await desk.hears(f"claim {first}", from_="ben", in_="support")
    await desk.hears(f"note {first} *bold* <at>Ana</at> {'n' * 1_500}", from_="ben", in_="support")
    await desk.hears(f"escalate {first} it [burns](x) {{{{DATE(x)}}}}", from_="ben", in_="support")
    await desk.hears(f"claim {price}", from_="gil", in_="sales")
    await desk.hears(f"handoff {price} legal `yours`?", from_="gil", in_="sales")
    await desk.passes(minutes=50)
    await desk.hears(f"resolve {price} answered", from_="finn", in_="sales")


def _spoken(number: int) -> Iterator[str]:
    yield from ("home", "help", "help handoff", "list open", "list mine", "list stale", "search parcel")
    yield from ("oncall", "oncall support", "who x-kettle", "digest", "digest support", "nonsense <at>x</at>")
    yield from (
        f"show {number}",
        f"claim {number}",
        f"handoff {number} nowhere {'x' * 2_000}",
        "next",
        "show 99",
    )


async def test_every_answer_is_rendered_within_the_rules(desk: Story) -> None:
    await _a_busy_day(desk)
    for person in ("ana", "cleo", "dana", "gil", "vera"):
        for said in _spoken(1001):
            card = await desk.hears(said, from_=person, settle=False)
            assert card is not None, said
            _whole(card)


async def test_every_message_of_a_busy_day_is_rendered_within_the_rules(desk: Story) -> None:
    await _a_busy_day(desk)
    await desk.passes(hours=24)
    cards = [card for name in desk.desk.policy.departments for card in await desk.channel(name)]
    cards += [
        card for name in ("ana", "ben", "cleo", "dana", "finn", "gil") for card in await desk.direct(name)
    ]
    for card in cards:
        _the_schema_takes(_whole(card))
    assert len(cards) > 20
    assert {type(element) for card in cards for element in card.elements} == set(get_args(Element))


async def test_every_card_of_the_desks_rules_is_rendered_within_the_platforms(desk: Story) -> None:
    for card in await every_card(desk, f"{NASTY[0]} {NASTY[1]} {NASTY[7]}"):
        _the_schema_takes(_whole(card))


def _whole(card: Card) -> Block:
    """Nothing is missing: our own cards fit."""
    made = rendered(card, refresh=["29:1"], subject="1")
    assert len(actions(made)) == len(buttons_of(card)), card.title
    assert "does not fit" not in words(made) and "not a web address" not in words(made)
    shown = seen(made)
    assert set(re.findall(r"\w{4,}", text_of(card))) <= set(re.findall(r"\w{4,}", shown))
    return made
