"""`baton show`: one case, with its history."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, Final

import click

from bot.cards.text import as_text
from bot.cli.cases import case_json
from bot.config import Config, read_config
from bot.domain.case import Case
from bot.domain.notes import standing
from bot.domain.refusals import NoSuchCase
from bot.ports import Origin, Place
from bot.wiring import connect

TERMINAL = Place(platform="terminal", conversation="terminal")

_RESTRICTED: Final = "Case {case} is restricted to {whom}; --restricted shows it all the same."


@click.command()
@click.argument("case", type=int)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object; its fields are stable.")
@click.option("--restricted", is_flag=True, help="A restricted case too.")
def show(case: int, as_json: bool, restricted: bool) -> None:
    """Show a case with its mentions, notes and history."""
    config = read_config(os.environ)
    try:
        click.echo(
            asyncio.run(_json(config, case, restricted) if as_json else _card(config, case, restricted))
        )
    except NoSuchCase as error:
        raise click.ClickException(f"There is no case {case}. `baton cases` lists the open ones.") from error


async def _card(config: Config, case_id: int, restricted: bool) -> str:
    async with connect(config) as desk:
        async with desk.store.work(Origin()) as work:
            _must_be_open_to_us(await work.cases.get(case_id), restricted)
        return as_text((await desk.router.show("detail", str(case_id), TERMINAL, everything=restricted)).card)


async def _json(config: Config, case_id: int, restricted: bool) -> str:
    async with connect(config) as desk, desk.store.work(Origin()) as work:
        case = await work.cases.get(case_id)
        _must_be_open_to_us(case, restricted)
        mentions = await work.mentions.of(case_id, limit=1000)
        history = await work.cases.history(case_id, limit=10_000)
    shown: dict[str, Any] = case_json(case)
    shown["posts"] = [
        {
            "source": post.source,
            "id": post.external_id,
            "author": post.author.handle,
            "text": post.text,
            "url": post.url,
            "received_at": post.received_at.isoformat(),
        }
        for post in mentions
    ]
    shown["events"] = [
        {"kind": e.kind.value, "at": e.at.isoformat(), "by": e.by, "place": e.place, "data": dict(e.data)}
        for e in reversed(standing(history))
    ]
    return json.dumps(shown)


def _must_be_open_to_us(case: Case, restricted: bool) -> None:
    """Whoever runs the desk's commands sees a restricted case only when they mean to."""
    if case.restricted_to and not restricted:
        raise click.ClickException(_RESTRICTED.format(case=case.id, whom=", ".join(case.restricted_to)))
