"""`baton erase`: a customer's data, everywhere and for good."""

from __future__ import annotations

import asyncio
import os
from typing import Final

import click

from bot.cli.export import operator, read_handle
from bot.config import Config, read_config
from bot.wiring import connect
from storage.sql.erasing import Outcome, erase_customer
from storage.sql.export import written_by

_ASK: Final = (
    "{posts} by {handle} on {network}, in {cases}, and what colleagues wrote about them, will be erased for good. "
    "`baton export --handle` writes them out before. Erase them?"
)
_NOTHING: Final = (
    "Nothing by {handle} on {network} is here. What they wrote before now will not be taken in either."
)
_DONE: Final = (
    "Erased: {posts} with {texts}, and the words in {events} of {cases}. {shown} shown in the chats "
    "will be shown again without them; {wiped} of the web chat {were} cleaned."
)
_STAYS: Final = (
    "That something happened, and when, stays; `baton audit verify` still proves it. The same posts will not be "
    "taken in again. Not reached: backups, digests and answers that Slack or Teams showed, and what "
    "colleagues wrote there themselves."
)
_KEPT: Final = "Nothing was erased."


@click.command()
@click.option("--handle", required=True, metavar="NETWORK:HANDLE", help="Whose: x:zoe, bluesky:zoe.example.")
@click.option("--yes", is_flag=True, help="Without asking.")
def erase(handle: str, yes: bool) -> None:
    """Erase a customer's data everywhere and for good.

    Posts, names, what was said about them, and the cards that show it.
    Older posts of theirs are not taken in again; what they write from now on is.
    """
    network, name = read_handle(handle)
    asyncio.run(_erase(read_config(os.environ), network, name, yes=yes))


async def _erase(config: Config, network: str, handle: str, *, yes: bool) -> None:
    async with connect(config) as desk:
        rows = await desk.store.reader.once(lambda c: written_by(c, network, handle))
        cases = {row.case_id for row in rows if row.case_id is not None}
        whose = {"handle": handle, "network": network}
        asked = _ASK.format(posts=_count(len(rows), "post"), cases=_count(len(cases), "case"), **whose)
        if not yes and not await asyncio.to_thread(click.confirm, asked):
            raise click.ClickException(_KEPT)
        outcome = await erase_customer(desk.store, network, handle, by=operator())
    click.echo(_said(outcome) if outcome.erased.mentions else _NOTHING.format(**whose))


def _said(outcome: Outcome) -> str:
    erased = outcome.erased
    done = _DONE.format(
        posts=_count(erased.mentions, "post"),
        texts=_count(erased.revisions, "earlier text"),
        events=_count(erased.events, "event"),
        cases=_count(len(erased.cases), "case"),
        shown=_count(erased.shown, "message"),
        wiped=_count(outcome.wiped, "message"),
        were="was" if outcome.wiped == 1 else "were",
    )
    return f"{done}\n{_STAYS}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
