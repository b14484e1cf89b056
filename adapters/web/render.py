"""The neutral card as HTML. Pure; every string is escaped, and only our own words become buttons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any, assert_never

from adapters.web.chart import chart
from adapters.web.text import MOST_LABEL, NO_LINK, address, attribute, clean, line, linked
from bot.cards.card import (
    Actions,
    Button,
    Card,
    Chart,
    Choice,
    Element,
    Facts,
    Input,
    OpenLink,
    Quote,
    Row,
    Rows,
    Text,
)

QUOTED = "Written by"
MORE = "Show the rest ({left} more characters)"
FOLDED = 700
"""Characters of a post that stand on its card; what is longer is a press away."""

_WORTH_FOLDING = 200
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")

_MOST_TITLE = 300
_LONG_VALUE = 56
"""A fact longer than this has a row to itself where others stand two in a row."""
_WHOLE = ' class="whole"'
_LONG_NAME = 24
"""A fact's name longer than this leaves its text no room beside it on a telephone."""


def render_card(card: Card) -> str:
    """The card as one `<article>`; a card without elements shows its summary."""
    title = line(card.title, _MOST_TITLE)
    head = f'<h3 class="card-title">{escape(title)}</h3>' if title else ""
    body = "".join(map(_element, card.elements)) or _paragraph("text", card.summary)
    return f'<article class="card tone-{card.tone.value}" aria-label="{summary(card)}">{head}{body}</article>'


def render_text(text: str) -> str:
    """What a person wrote, with its plain web addresses as links."""
    return f'<p class="words" dir="auto">{linked(text)}</p>'


def summary(card: Card) -> str:
    """The one line that stands alone, escaped for text and attributes alike."""
    return escape(line(card.summary, _MOST_TITLE))


def _element(element: Element) -> str:
    match element:
        case Text():
            return _paragraph(f"text {element.style.value}", element.text)
        case Quote():
            return _quote(element)
        case Facts():
            return _facts(element)
        case Rows():
            return f'<ul class="rows">{"".join(map(_row, element.rows))}</ul>'
        case Chart():
            return chart(element)
        case Actions():
            return _actions(element.buttons)
        case _:
            assert_never(element)


def _paragraph(kind: str, text: str) -> str:
    return f'<p class="{kind}" dir="auto">{escape(clean(text))}</p>'


def _quote(quote: Quote) -> str:
    by, text = escape(line(quote.by)), clean(quote.text)
    cut = _cut(text)
    more = (
        f"<details><summary>{MORE.format(left=f'{len(text) - cut:,}')}</summary>"
        f'<div class="words" dir="auto">{escape(text[cut:].lstrip())}</div></details>'
        if cut < len(text)
        else ""
    )
    spoken = f' lang="{quote.lang}"' if _LANGUAGE.fullmatch(quote.lang) else ""
    return (
        f'<figure class="quote"{spoken}><blockquote dir="auto">{escape(text[:cut].rstrip())}</blockquote>{more}'
        f'<figcaption lang="en"><span class="unseen">{QUOTED} </span><bdi>{by}</bdi></figcaption></figure>'
    )


def _cut(text: str) -> int:
    """Where a long text is folded: at a blank near FOLDED, with enough left behind it to be worth a press."""
    if len(text) <= FOLDED + _WORTH_FOLDING:
        return len(text)
    at = max(text.rfind(blank, FOLDED - _WORTH_FOLDING, FOLDED) for blank in (" ", "\n"))
    return at if at > 0 else FOLDED


def _facts(facts: Facts) -> str:
    rows = "".join(
        f"<div{_WHOLE if len(value) > _LONG_VALUE else ''}>"
        f"<dt>{escape(line(name))}</dt><dd>{escape(clean(value, 1_000))}</dd></div>"
        for name, value in facts.rows
    )
    long = " long" if any(len(name) > _LONG_NAME for name, _ in facts.rows) else ""
    return f'<dl class="facts{long}">{rows}</dl>'


def _row(row: Row) -> str:
    detail = f'<span class="row-detail">{escape(clean(row.detail, 600))}</span>' if row.detail else ""
    return (
        f'<li class="row tone-{row.tone.value}"><div class="row-words">'
        f'<span class="row-text">{escape(clean(row.text, 600))}</span>{detail}</div>'
        f"{_actions(row.buttons) if row.buttons else ''}</li>"
    )


def _actions(buttons: Iterable[Button | OpenLink]) -> str:
    return f'<div class="actions">{"".join(map(_button, buttons))}</div>'


def _button(button: Button | OpenLink) -> str:
    match button:
        case Button():
            return _press(button)
        case OpenLink():
            return _open(button)
        case _:
            assert_never(button)


def _press(button: Button) -> str:
    fields = attribute(json.dumps([_field(field) for field in button.fields])) if button.fields else ""
    asked = f' data-fields="{fields}" aria-haspopup="dialog"' if fields else ""
    sure = f' data-confirm="{attribute(clean(button.confirm, 600))}"' if button.confirm else ""
    return (
        f'<button type="button" class="press {button.style.value}" data-words="{attribute(button.words)}"'
        f"{asked}{sure}><bdi>{escape(line(button.label))}</bdi></button>"
    )


def _open(link: OpenLink) -> str:
    label, safe = escape(line(link.label)), address(link.url)
    if safe is None:
        return f'<span class="no-link"><bdi>{label}</bdi> <small>{NO_LINK}</small></span>'
    return (
        f'<a class="press open" href="{escape(safe.url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'<bdi>{label}</bdi> <small class="host">{escape(line(safe.host))}</small></a>'
    )


def _field(field: Choice | Input) -> dict[str, Any]:
    match field:
        case Choice():
            options = [[value, line(label)] for value, label in field.options]
            return {"kind": "choice", "name": field.name, "label": line(field.label), "options": options}
        case Input():
            return {
                "kind": "long" if field.long else "line",
                "name": field.name,
                "label": line(field.label),
                "optional": field.optional,
                "hint": line(field.hint, MOST_LABEL * 2),
                **({"value": field.value} if field.value else {}),
                **({"limit": field.limit, "counts": field.counts} if field.limit else {}),
            }
        case _:
            assert_never(field)
