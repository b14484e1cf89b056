"""`baton say`: the desk's own words without a chat."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from typing import Any, Final

import click
from rapidfuzz import process

from bot.cards.card import Actions, Button, Card, Rows
from bot.cards.text import as_text
from bot.config import Config, read_config
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.policy.places import channels
from bot.ports import Origin, Place
from bot.wiring import Desk, connect

_NOBODY: Final = "The policy names nobody with the e-mail {email}.{meant}"
_MEANT: Final = " Did you mean {email}?"
_DONE: Final = "Done."
_NO_CHAT: Final = "No chat is switched on, so nobody sees it yet; it is shown once one is."
_SHOWN: Final = "It is shown {where} at once: the desk runs ({holder})."
_LATER: Final = "It is shown {where} once the desk runs: `baton serve`."
_ANYWHERE: Final = "where it belongs"
_LIKE: Final = 70

REFUSED: Final = 1
TERMINAL: Final = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the person would see, and, where something was changed, who else sees that and when."""

    card: Card | None
    changed: bool
    seen: str


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@click.option(
    "--as", "email", required=True, metavar="EMAIL", help="Whose words they are; somebody in the policy."
)
@click.option("--json", "as_json", is_flag=True, help="The reply as one JSON object; its fields are stable.")
def say(words: tuple[str, ...], email: str, as_json: bool) -> None:
    """Say WORDS as a person would type them, and print the reply.

    The words are those of every chat: `baton say claim 1042 --as ana@company.example`. Without words: home. What a
    form would ask for is written behind them. Works beside a running desk. A refusal goes to standard error, and the
    exit code is 1; where a change is seen by others is said there, too.
    """
    answer = asyncio.run(_said(read_config(os.environ), " ".join(words), email))
    refused = answer.card is not None and answer.card.refused
    if as_json:
        click.echo(json.dumps(_json(answer), ensure_ascii=False))
    else:
        click.echo(as_text(answer.card) if answer.card else _DONE, err=refused)
        if answer.seen:
            click.echo(answer.seen, err=True)
    if refused:
        raise SystemExit(REFUSED)


async def _said(config: Config, words: str, email: str) -> _Answer:
    async with connect(config) as desk:
        person = desk.policy.people.get(PersonId(email.strip().lower()))
        if person is None:
            raise click.ClickException(_nobody(desk, email))
        committed: list[bool] = []
        desk.store.woken = lambda: committed.append(True)
        place = Place(platform=TERMINAL, conversation=f"{TERMINAL}:{person.id}", person=person.id)
        card = await desk.listener.hear(Heard(id=None, words=words, person=person, place=place))
        seen = await _seen(desk, card) if committed else ""
    return _Answer(card=card, changed=bool(committed), seen=seen)


async def _seen(desk: Desk, card: Card | None) -> str:
    """Where others see what was changed, and when."""
    if not desk.chats:
        return _NO_CHAT
    where = await _channels(desk, card.case) if card and card.case is not None else ""
    running = await desk.store.at_work()
    said = _SHOWN if running else _LATER
    return said.format(where=where or _ANYWHERE, holder=running)


async def _channels(desk: Desk, number: int) -> str:
    """in Support (web) and Legal (slack); blank where none of its departments has a channel."""
    async with desk.store.work(Origin()) as work:
        case = await work.cases.get(number)
    shown = []
    for department in case.seen_in:
        platforms = ", ".join(place.platform for place in channels(desk.policy, department))
        if platforms:
            shown.append(f"{desk.policy.departments[department].title} ({platforms})")
    return f"in {', '.join(shown)}" if shown else ""


def _json(answer: _Answer) -> dict[str, Any]:
    card = answer.card
    return {
        "done": card is None or not card.refused,
        "changed": answer.changed,
        "case": card.case if card else None,
        "title": card.title if card else "",
        "summary": card.summary if card else _DONE,
        "text": as_text(card) if card else _DONE,
        "next": [_button(button) for button in _buttons(card)] if card else [],
        "seen": answer.seen,
    }


def _buttons(card: Card) -> list[Button]:
    """What could be said next."""
    found: list[Any] = []
    for element in card.elements:
        if isinstance(element, Actions):
            found += element.buttons
        elif isinstance(element, Rows):
            found += [button for row in element.rows for button in row.buttons]
    return [button for button in found if isinstance(button, Button)]


def _button(button: Button) -> dict[str, Any]:
    """`asks` are the values that have to stand behind the words, in their order."""
    return {"label": button.label, "words": button.words, "asks": [field.name for field in button.fields]}


def _nobody(desk: Desk, email: str) -> str:
    near = process.extractOne(email.strip().lower(), list(desk.policy.people), score_cutoff=_LIKE)
    return _NOBODY.format(email=email, meant=_MEANT.format(email=near[0]) if near else "")
