"""Cards as HTML: every element, and strings that would like to be more than strings."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from typing import Any, get_args

import pytest

from adapters.web.render import render_card, render_text
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

HOSTILE = [
    "<script>alert(1)</script>",
    "</article><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "<!channel> <@U123> @everyone",
    "**bold** _it_ [link](javascript:alert(1)) `x`",
    "&lt;script&gt; &#60;b&#62;",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200fx\u200e",
    "a\x00b\x1bc\x9bd\ud800e",
    "<svg onload=alert(1)>]]></style></title>",
    "{{7*7}} ${7*7} <%= 1 %>",
    "Z̸̢̛͉a̷l̶g̵o̸ " * 40,
    "x" * 100_000,
]
OURS = {
    *(
        "article",
        "h3",
        "p",
        "figure",
        "blockquote",
        "figcaption",
        "span",
        "bdi",
        "details",
        "dl",
        "div",
        "dt",
        "dd",
    ),
    *("ul", "li", "summary", "svg", "title", "desc", "rect", "text", "button", "a", "small"),
}


class Reader(HTMLParser):
    """What a browser would make of it: tags in order, attributes, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def only(self, tag: str) -> dict[str, str | None]:
        (found,) = [attributes for name, attributes in self.tags if name == tag]
        return found

    @property
    def text(self) -> str:
        return "".join(self.words)


def a_card(*elements: Element, **fields: Any) -> Card:
    return Card(**{"title": "1042 · Support", "summary": "A case", **fields}, elements=elements)


def everything(said: str) -> Card:
    """A card in which every string is `said`; what a button says is never cut, so that is short."""
    ours = said[:500]
    fields = (Choice(name=ours, label=said, options=((ours, said),)), Input(name=ours, label=said, hint=said))
    button = Button(label=said, words=ours, fields=fields, confirm=said)
    link = OpenLink(label=said, url=said)
    honest = OpenLink(label=said, url="https://good.example/")
    return Card(
        title=said,
        summary=said,
        elements=(
            *(Text(text=said, style=style) for style in Style),
            Quote(text=said, by=said),
            Facts(rows=((said, said),)),
            Rows(rows=(Row(text=said, detail=said, buttons=(button, link)),)),
            Chart(
                title=said, alt=said, bars=(Bar(label=said, value=1), Bar(label=said, value=2, strong=True))
            ),
            Chart(
                title=said, alt=said, bars=tuple(Bar(label=said, value=n, strong=n == 3) for n in range(12))
            ),
            Actions(buttons=(button, link, honest)),
        ),
    )


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: said[:12].encode("ascii", "replace").decode())
def test_no_string_becomes_more_than_text(said: str) -> None:
    html = render_card(everything(said)) + render_text(said)
    read = Reader(html)
    assert not read.open
    assert {tag for tag, _ in read.tags} <= OURS
    for _, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert (attributes.get("href") or "https://").startswith("https://")
    html.encode()
    assert not set(html) & set("\u202e\u2066\u200f\x00\x1b")
    assert len(html) < 200_000


def test_the_union_is_covered() -> None:
    drawn = {type(element) for element in everything("x").elements}
    assert drawn == set(get_args(Element))


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_is_a_class(tone: Tone) -> None:
    assert f"tone-{tone.value}" in str(Reader(render_card(a_card(tone=tone))).only("article")["class"])


def test_the_summary_is_what_a_screen_reader_says_first() -> None:
    assert Reader(render_card(a_card(summary='Say "hi"'))).only("article")["aria-label"] == 'Say "hi"'


def test_a_card_without_elements_shows_its_summary() -> None:
    assert "Nothing to do" in Reader(render_card(Card(title="", summary="Nothing to do"))).text


def test_lines_stay_lines_and_styles_are_classes() -> None:
    html = render_card(a_card(Text(text="one\ntwo", style=Style.STRONG)))
    assert '<p class="text strong" dir="auto">one\ntwo</p>' in html


def test_a_button_carries_its_words_exactly() -> None:
    words = """note 1042 it's "odd" & <new>"""
    press = Button(label="Go", words=words, style=Press.DANGER)
    button = Reader(render_card(a_card(Actions(buttons=(press,))))).only("button")
    assert button["data-words"] == words
    assert button["type"] == "button"
    assert button["class"] == "press danger"
    assert "data-fields" not in button


def test_a_button_that_asks_first_says_what_for() -> None:
    choice = Choice(name="to", label="To", options=(("pr", "Press"),))
    asked = Input(name="note", label="Why", optional=True, long=True, hint="short")
    press = Button(label="Go", words="handoff 1", fields=(choice, asked), confirm="Sure?")
    button = Reader(render_card(a_card(Actions(buttons=(press,))))).only("button")
    assert json.loads(button["data-fields"] or "") == [
        {"kind": "choice", "name": "to", "label": "To", "options": [["pr", "Press"]]},
        {"kind": "long", "name": "note", "label": "Why", "optional": True, "hint": "short"},
    ]
    assert button["data-confirm"] == "Sure?"
    assert button["aria-haspopup"] == "dialog"


def test_a_link_shows_its_host_and_gives_nothing_away() -> None:
    opens = OpenLink(label="my-bank.example", url="https://evil.example/x")
    read = Reader(render_card(a_card(Actions(buttons=(opens,)))))
    link = read.only("a")
    assert link["target"] == "_blank"
    assert link["rel"] == "noopener noreferrer nofollow"
    assert "evil.example" in read.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a.example\\@b.example", ""]
)
def test_what_is_no_web_address_opens_nothing(url: str) -> None:
    read = Reader(render_card(a_card(Actions(buttons=(OpenLink(label="Open", url=url),)))))
    assert "a" not in [tag for tag, _ in read.tags]
    assert "not a web address" in read.text


def test_a_quote_makes_no_links() -> None:
    read = Reader(render_card(a_card(Quote(text="https://evil.example", by="x"))))
    assert "a" not in [tag for tag, _ in read.tags]


@pytest.mark.parametrize("many", [0, 1, 7, 8, 24, 500])
def test_a_chart_is_said_and_drawn(many: int) -> None:
    bars = tuple(Bar(label=f"{n:02d}", value=float(n)) for n in range(many))
    read = Reader(render_card(a_card(Chart(title="Opened", alt="Opened, most at nine", bars=bars))))
    assert read.only("svg")["role"] == "img"
    assert read.only("svg")["aria-label"] == "Opened, most at nine"
    drawn = [attributes for tag, attributes in read.tags if tag == "rect"]
    assert len(drawn) == min(many, 96)
    for rect in drawn:
        assert 0 <= float(rect["width"] or "-1") <= 420
        assert 0 <= float(rect["height"] or "-1") <= 100


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5.0, 0.0, 1e300])
def test_a_chart_survives_any_number(value: float) -> None:
    for many in (2, 12):
        html = render_card(a_card(Chart(title="", alt="", bars=(Bar(label="a", value=value),) * many)))
        assert "nan" not in html.replace("n/a", "")
        assert "inf" not in html


def test_a_post_is_read_aloud_in_its_own_language() -> None:
    told = Card(title="", summary="x", elements=(Quote(text="¿Dónde?", by="m", lang="es-MX"),))
    assert '<figure class="quote" lang="es-MX">' in render_card(told)
    lied = Card(title="", summary="x", elements=(Quote(text="x", by="m", lang='es" onclick="x'),))
    assert "onclick" not in render_card(lied)


def test_a_long_post_is_folded_at_a_blank_and_loses_nothing() -> None:
    words = " ".join(f"word{number}" for number in range(400))
    html = render_card(Card(title="", summary="x", elements=(Quote(text=words, by="m"),)))
    first, _, rest = html.partition("<details>")
    assert "<summary>Show the rest" in rest
    shown = re.findall(r"word\d+", first + rest)
    assert shown == words.split()
    short = render_card(Card(title="", summary="x", elements=(Quote(text=words[:800], by="m"),)))
    assert "<details>" not in short


def test_long_facts_get_room() -> None:
    short = render_card(a_card(Facts(rows=(("Owner", "Ana"),))))
    assert '<dl class="facts"><div><dt>' in short
    wordy = render_card(a_card(Facts(rows=(("Goal", "missed by a few points " * 4),))))
    assert '<div class="whole">' in wordy
    named = render_card(a_card(Facts(rows=(("handoff <case> <department> [note...]", "Offer it."),))))
    assert '<dl class="facts long">' in named
