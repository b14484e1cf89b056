"""`baton say`: the desk's own words without a chat."""

from __future__ import annotations

import asyncio
import os
from typing import Final

import click
from rapidfuzz import process

from bot.cards.text import as_text
from bot.config import Config, read_config
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.ports import Place
from bot.wiring import Desk, connect

_NOBODY: Final = "The policy names nobody with the e-mail {email}.{meant}"
_MEANT: Final = " Did you mean {email}?"
_DONE: Final = "Done."
_LIKE: Final = 70

TERMINAL: Final = "terminal"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@click.option(
    "--as", "email", required=True, metavar="EMAIL", help="Whose words they are; somebody in the policy."
)
def say(words: tuple[str, ...], email: str) -> None:
    """Say WORDS as a person would type them, and print the reply.

    The words are those of every chat: `baton say claim 1042 --as ana@company.example`. Without words: home.
    """
    click.echo(asyncio.run(_said(read_config(os.environ), " ".join(words), email)))


async def _said(config: Config, words: str, email: str) -> str:
    async with connect(config) as desk:
        person = desk.policy.people.get(PersonId(email.strip().lower()))
        if person is None:
            raise click.ClickException(_nobody(desk, email))
        place = Place(platform=TERMINAL, conversation=f"{TERMINAL}:{person.id}", person=person.id)
        answer = await desk.listener.hear(Heard(id=None, words=words, person=person, place=place))
    return as_text(answer) if answer else _DONE


def _nobody(desk: Desk, email: str) -> str:
    near = process.extractOne(email.strip().lower(), list(desk.policy.people), score_cutoff=_LIKE)
    return _NOBODY.format(email=email, meant=_MEANT.format(email=near[0]) if near else "")
