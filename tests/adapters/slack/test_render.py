"""Cards as Slack's blocks: every card of the product, every limit, and strings that would like to be more."""

from __future__ import annotations

import html
import json
import math
import re
import warnings
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.press import decode
from adapters.slack.render import MOST_IN_MESSAGE, render, size
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
from tests.adapters.slack.limits import check_blocks, check_view, parts, strings
from tests.bot.cards.reading import HOSTILE
from tests.desk import Story, buttons_of, text_of

Blocks = list[dict[str, Any]]

NASTY = [
    "<!channel> <!here|here> <@U1> <#C1|general> <https://evil.example|our bank>",
    "*bold* _it_ ~gone~ `code` ```block``` :tada: :+1:",
    "> quoted\n- listed\n1. counted\n&gt; again &lt;!channel&gt;",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200fx\u200e",
    "a\x00b\x1bc\x9bd\ud800e\u2028f\u0085g",
    "https://evil.example/a?b=c&d#e @here @channel #general mailto:x@y.example",
    "👩‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿 é한글 🎉",
    "x" * 20_000,
    "🎉&<>" * 4_000,
    "\n" * 500,
    " \t ",
    "",
    HOSTILE,
]


def blocks_of(card: Card, **how: Any) -> Blocks:
    """The blocks, after everything that must hold for every card was checked."""
    rendered = render(card, **how)
    check_blocks(rendered.blocks, most=how.get("most", 50))
    _slacks_own_models_take(rendered.blocks)
    _nothing_is_parsed(rendered.blocks)
    assert 0 < len(rendered.text) <= 3_000 and "\n" not in rendered.text
    assert not re.search(r"[<>*~`]|&(?!amp;|lt;|gt;|[\W\d]|$)\w+;|://|[@#]\w", rendered.text), rendered.text
    assert how.get("most", 50) > 50 or size(rendered.blocks) <= MOST_IN_MESSAGE
    for button in buttons(rendered.blocks):
        if button["action_id"].startswith("say"):
            assert decode(button["value"]).words
    return rendered.blocks


def _slacks_own_models_take(blocks: Blocks) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for block in blocks:
            parsed = Block.parse(json.loads(json.dumps(block)))
            assert parsed is not None
            parsed.to_dict()


def _nothing_is_parsed(blocks: Blocks) -> None:
    """The only markup is ours: lines in bold and lines of a quotation. `:codes:` in plain text stay codes."""
    for part in parts(blocks):
        assert part.get("type") != "plain_text" or part["emoji"] is False
        if part.get("type") != "mrkdwn":
            continue
        assert part["verbatim"] is True
        for said in part["text"].split("\n"):
            ours = re.fullmatch(r"(?:> )?(?:\S{1,2} )?(?:\*([^*]+)\*)?([^*]*)", said)
            assert ours, said
            for foreign in filter(None, ours.groups()):
                assert not re.search(r"[<>*~`]|&(?=(?!amp;|lt;|gt;)#?\w+;)", foreign), said
                assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", foreign), said
                assert not re.search(r":[\w+'-]*[^\W\d][\w+'-]*:", foreign), said
            assert not re.match(r"\s*&gt;", said)


def buttons(blocks: Blocks) -> list[Any]:
    return [part for part in parts(blocks) if part.get("type") == "button"]


def words(blocks: Blocks) -> str:
    return "\n".join(strings(blocks))


def a_card(*elements: Element, **more: Any) -> Card:
    return Card(**{"title": "1042 · Support · P2", "summary": "1042, open", "elements": elements, **more})


# -- each element -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tone", list(Tone))
def test_a_title_stands_behind_the_colour_of_its_state(tone: Tone) -> None:
    (block,) = blocks_of(a_card(Facts(rows=()), tone=tone))
    assert block["type"] == "header" and block["text"]["text"].endswith("1042 · Support · P2")
    assert (block["text"]["text"] == "1042 · Support · P2") == (tone is Tone.NEUTRAL)


def test_every_colour_is_another_one() -> None:
    marks = {words(blocks_of(a_card(tone=tone))) for tone in Tone}
    assert len(marks) == len(Tone)


def test_a_card_without_a_title_has_its_colour_before_the_first_sentence() -> None:
    (block,) = blocks_of(a_card(Text(text="Ben has it."), title="", tone=Tone.WAITING))
    assert block["text"]["text"] == "🟡 Ben has it."


def test_a_card_without_elements_shows_its_summary() -> None:
    assert "1042, open" in words(blocks_of(a_card()))
    assert "1042, open" in words(blocks_of(a_card(title="")))


def test_a_quote_is_a_quotation_with_its_author_inside() -> None:
    _, block = blocks_of(a_card(Quote(text="one\n\n> *two* <!channel>", by="Ellie *X* · 212 k followers")))
    assert block["text"]["text"].split("\n") == [
        "> *Ellie ∗X∗ · 212 k followers*",
        "> one",
        "> ",
        "> \u2060&gt; ∗two∗ &lt;!channel&gt;",
    ]


def test_a_quote_of_nothing_still_says_who() -> None:
    assert "Ellie" in words(blocks_of(a_card(Quote(text="", by="Ellie"))))


def test_short_facts_stand_in_two_columns_and_long_ones_alone() -> None:
    rows = (("Owner", "Ben"), ("Due", "10:00"), ("Offer", "x" * 90), ("Outcome", "fixed"))
    _, columns, alone, last = blocks_of(a_card(Facts(rows=rows)))
    assert [field["text"] for field in columns["fields"]] == ["*Owner*\nBen", "*Due*\n10:00"]
    assert alone["text"]["text"] == f"*Offer* {'x' * 90}" and len(last["fields"]) == 1


def test_mostly_long_facts_are_lines() -> None:
    rows = (("claim <case>", "From now on you answer for it. " * 3), ("next", "x" * 80), ("help", "this"))
    _, block = blocks_of(a_card(Facts(rows=rows)))
    assert [line.split("*")[1] for line in block["text"]["text"].split("\n")] == [
        "claim ‹case›",
        "next",
        "help",
    ]


def test_many_facts_end_honestly() -> None:
    facts = Facts(rows=tuple((f"name {n}", "value") for n in range(75)))
    assert "… and 15 more" in words(blocks_of(a_card(facts)))


def test_muted_lines_are_small() -> None:
    _, block = blocks_of(a_card(Text(text="Ben noted: *hi* <b>", style=Style.MUTED)))
    assert (block["type"], block["elements"][0]["text"]) == ("context", "Ben noted: *hi* <b>")


def test_one_line_is_exact_and_several_stay_several() -> None:
    _, one, two = blocks_of(a_card(Text(text="a *b* <c>"), Text(text="a_b\n*c*")))
    assert one["text"]["text"] == "a *b* <c>" and two["text"]["text"] == "a_b\n∗c∗"


def test_empty_texts_take_no_room() -> None:
    assert len(blocks_of(a_card(Text(text=" \x00\n"), Text(text="", style=Style.MUTED)))) == 1


def test_buttons_carry_their_words_and_look_like_what_they_do() -> None:
    fields = (
        Choice(name="department", label="To?", options=(("pr", "Press"),)),
        Input(name="note", label="Note?", optional=True, long=True, hint="Short"),
    )
    made = (
        Button(label="Claim", words="claim 1042", style=Press.PRIMARY),
        Button(label="Hand off", words="handoff 1042", fields=fields),
        Button(label="Erase", words="erase 1042", style=Press.DANGER, confirm="It cannot be undone."),
    )
    _, block = blocks_of(a_card(Actions(buttons=made)))
    claim, handoff, erase = block["elements"]
    assert (claim["text"]["text"], claim["style"], claim["action_id"]) == ("Claim", "primary", "say:0:0")
    assert decode(claim["value"]).words == "claim 1042" and "style" not in handoff
    assert decode(handoff["value"]).fields == fields
    assert erase["style"] == "danger" and erase["confirm"]["text"]["text"] == "It cannot be undone."


def test_a_link_says_where_it_leads() -> None:
    link = OpenLink(label="Open the post", url="https://x.example/1?a=b&c=ü")
    _, block = blocks_of(a_card(Actions(buttons=(link,))))
    (button,) = block["elements"]
    assert button["text"]["text"] == "Open the post (x.example)"
    assert button["url"] == "https://x.example/1?a=b&c=%C3%BC" and button["action_id"].startswith("open")
    assert "value" not in button


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.example/",
        "https://",
        "https://ours.example@evil.example/",
        "https://ours.example\\@evil.example",
        "https://x.example/a b",
        "https://x.example:99999/",
        f"https://x.example/{'a' * 3_000}",
        f"https://x.example/{'ü' * 1_000}",
        "",
    ],
)
def test_what_is_no_web_address_is_no_button(url: str) -> None:
    """Slack refuses a whole message for one bad address."""
    blocks = blocks_of(a_card(Actions(buttons=(OpenLink(label="Open the post", url=url),))))
    assert not buttons(blocks) and "Open the post: not a web address" in words(blocks)


def test_more_than_25_buttons_take_another_row() -> None:
    made = tuple(Button(label=f"{n}", words=f"show {n}") for n in range(60))
    _, *rows = blocks_of(a_card(Actions(buttons=made)))
    assert [len(row["elements"]) for row in rows] == [25, 25, 10]


def test_words_too_long_for_a_button_are_told() -> None:
    long = "".join(chr(0x4E00 + n) for n in range(3_000))
    blocks = blocks_of(a_card(Actions(buttons=(Button(label="Again", words=f"note 1 {long}"),))))
    assert not buttons(blocks) and "“Again” is too long for a button" in words(blocks)


def test_a_row_has_its_only_button_beside_it_and_several_below() -> None:
    show, claim = Button(label="Show", words="show 1"), Button(label="Claim", words="claim 1")
    rows = (
        Row(text="1 · P2 <b>", detail="Support", tone=Tone.OPEN, buttons=(show,)),
        Row(text="2 · P3", buttons=(claim, show)),
    )
    _, one, two, below = blocks_of(a_card(Rows(rows=rows)))
    assert (
        one["text"]["text"] == "🔵 *1 · P2 &lt;b&gt;*\nSupport" and one["accessory"]["text"]["text"] == "Show"
    )
    assert two["text"]["text"] == "*2 · P3*" and "accessory" not in two
    assert [button["text"]["text"] for button in below["elements"]] == ["Claim", "Show"]


def test_rows_without_buttons_are_a_list() -> None:
    rows = (Row(text="Ben claimed it.", detail="09:12"), Row(text="Filed.", detail=""))
    _, block = blocks_of(a_card(Rows(rows=rows)))
    assert block["text"]["text"] == "• Ben claimed it. · 09:12\n• Filed."


def test_rows_with_colours_have_them_for_bullets() -> None:
    rows = (Row(text="Support: Ana", detail="until 22:00", tone=Tone.OPEN), Row(text="Press: nobody"))
    _, block = blocks_of(a_card(Rows(rows=rows)))
    assert words([block]) == "🔵 Support: Ana · until 22:00\n• Press: nobody"


def test_a_chart_is_its_picture_or_text_and_speaks_either_way() -> None:
    one, two = (
        Chart(
            title=title, bars=(Bar(label="Mon", value=2), Bar(label="Tue", value=4, strong=True)), alt="Tue!"
        )
        for title in ("Opened", "Missed")
    )
    _, picture, text, alt = blocks_of(a_card(one, two), pictures=["F1"])
    assert picture == {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Opened. Tue!"}
    assert text["text"]["text"] == f"*Missed*\n{'█' * 9} 2  Mon\n{'█' * 18} 4  Tue" and words([alt]) == "Tue!"


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 0.0])
def test_a_chart_of_odd_values_is_drawn(value: float) -> None:
    blocks_of(a_card(Chart(title="t", bars=(Bar(label="a", value=value),) * 30, alt="a")))


# -- limits -----------------------------------------------------------------------------------------------------


def _a_list(count: int) -> Rows:
    both = (Button(label="Claim", words="claim 1"), Button(label="Show", words="show 1"))
    return Rows(rows=tuple(Row(text=f"{n} · P2", buttons=both) for n in range(count)))


@pytest.mark.parametrize("most", [50, 100])
def test_a_long_list_ends_honestly_and_keeps_what_stands_below(most: int) -> None:
    more = Actions(buttons=(Button(label="More", words="list open 2"),))
    blocks = blocks_of(a_card(_a_list(80), more), most=most)
    shown = sum(block["type"] == "section" for block in blocks)
    assert f"… and {80 - shown} more" in words(blocks)
    assert blocks[-1]["elements"][0]["text"]["text"] == "More" and len(blocks) >= most - 2


def test_a_list_that_fits_is_whole() -> None:
    assert "more" not in words(blocks_of(a_card(_a_list(24))))


def test_too_many_elements_end_honestly_with_the_last_buttons_kept() -> None:
    texts = [Text(text=f"text {n}") for n in range(80)]
    blocks = blocks_of(a_card(*texts, Actions(buttons=(Button(label="More", words="more"),))))
    assert len(blocks) == 50 and "more that does not fit" in words(blocks[-2:]) and buttons(blocks)


def test_the_longest_quotes_are_cut_first() -> None:
    quotes = [Quote(text="x" * 9_000, by="a"), *(Quote(text="y" * 600, by="b") for _ in range(8))]
    blocks = blocks_of(a_card(*quotes, Text(text="z" * 900)))
    said = words(blocks)
    assert said.count("y") == 8 * 600 and said.count("z") == 900 and "(9,000 characters)" in said


def test_a_wall_of_text_is_cut_and_keeps_its_buttons() -> None:
    texts = [Text(text="x" * 3_000) for _ in range(40)]
    blocks = blocks_of(a_card(*texts, Actions(buttons=(Button(label="Claim", words="claim 1"),))))
    assert buttons(blocks)


# -- strings that would like to be more ------------------------------------------------------------------------


def _everywhere(text: str, url: str | None = None) -> Card:
    field = Input(name=text, label=text, hint=text)
    button = Button(label=text, words=f"say {text}", fields=(field,), confirm=text)
    row = Row(text=text, detail=text, tone=Tone.OPEN, buttons=(button, OpenLink(label=text, url=url or text)))
    return Card(
        title=text,
        summary=text,
        tone=Tone.ALARM,
        elements=(
            *(Text(text=text, style=style) for style in Style),
            Quote(text=text, by=text),
            Facts(rows=((text, text), (text, text))),
            Rows(rows=(row, row)),
            Rows(rows=(Row(text=text, detail=text),)),
            Chart(title=text, bars=(Bar(label=text, value=1),), alt=text),
            Actions(buttons=(button,)),
        ),
    )


@pytest.mark.parametrize("text", NASTY)
def test_nasty_strings_stay_strings(text: str) -> None:
    for pictures in ((), ("F1",)):
        blocks_of(_everywhere(text), pictures=pictures)


def test_overrides_of_the_direction_are_gone() -> None:
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\x00\x1b]", words(blocks_of(_everywhere(NASTY[3] + NASTY[4])))
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


@settings(max_examples=60, deadline=None)
@given(card=_cards(), most=st.sampled_from((50, 100)), pictures=st.lists(st.just("F1"), max_size=2))
def test_any_card_at_all_keeps_to_the_rules(card: Card, most: int, pictures: list[str]) -> None:
    blocks_of(card, most=most, pictures=pictures)


# -- every card of the product ---------------------------------------------------------------------------------


async def _a_busy_day(desk: Story) -> None:
    """Something of everything, said by strangers who mean no good."""
    nasty = f"{NASTY[0]} {NASTY[1]} my parcel {NASTY[6]}"
    first = await desk.mention(nasty, handle="ellie<!channel>", name=HOSTILE[:80], url="https://x.example/1")
    await desk.mention("urgent: parcel " + "long " * 900)
    price = await desk.mention("price of 40 kettles? " + NASTY[2])
    await desk.mention("You will hear from my lawyer. <!here>", followers=3_000_000)
    for number in range(12):
        await desk.mention(f"parcel {number} *lost* " + NASTY[5], settle=False)
    await desk.settles()
    await desk.hears(f"claim {first}", from_="ben", in_="support")
    await desk.hears(f"note {first} *bold* <!channel> {'n' * 1_500}", from_="ben", in_="support")
    await desk.hears(f"escalate {first} it <!burns> :fire:", from_="ben", in_="support")
    await desk.hears(f"claim {price}", from_="gil", in_="sales")
    await desk.hears(f"handoff {price} legal `yours`?", from_="gil", in_="sales")
    await desk.passes(minutes=50)
    await desk.hears(f"resolve {price} answered", from_="finn", in_="sales")


def _spoken(number: int) -> Iterator[str]:
    yield from ("home", "help", "help handoff", "list open", "list mine", "list stale", "search parcel")
    yield from ("oncall", "oncall support", "who x-kettle", "digest", "digest support", "nonsense <!channel>")
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
            for most in (50, 100):
                blocks = blocks_of(card, most=most)
                check_view({"type": "home", "blocks": blocks})
                _whole(card, blocks)


async def test_every_message_of_a_busy_day_is_rendered_within_the_rules(desk: Story) -> None:
    await _a_busy_day(desk)
    await desk.passes(hours=24)
    cards = [card for name in desk.desk.policy.departments for card in await desk.channel(name)]
    cards += [
        card for name in ("ana", "ben", "cleo", "dana", "finn", "gil") for card in await desk.direct(name)
    ]
    kinds = set()
    for card in cards:
        _whole(card, blocks_of(card))
        kinds |= {type(element) for element in card.elements}
    assert len(cards) > 20 and kinds == set(get_args(Element))


async def test_every_card_of_the_desks_rules_is_rendered_within_the_platforms(desk: Story) -> None:
    for card in await every_card(desk, f"{NASTY[0]} {NASTY[1]} {NASTY[6]}"):
        _whole(card, blocks_of(card))


def _whole(card: Card, blocks: Blocks) -> None:
    """Nothing is missing: our own cards fit."""
    assert len(buttons(blocks)) == len(buttons_of(card)), card.title
    assert "does not fit" not in words(blocks) and "not a web address" not in words(blocks)
    shown = html.unescape(words(blocks)).translate(str.maketrans("ˍ‘", "_`"))
    assert set(re.findall(r"\w{4,}", text_of(card))) <= set(re.findall(r"\w{4,}", shown))
