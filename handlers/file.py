"""`file`: a post that a person brings, by its link or as text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.domain.mention import Author, Mention
from bot.ports import Thread
from bot.router import Call, Reply, Routes
from bot.triage.rules import community_of
from handlers.filing import link_key, opened, own_key

SOURCE: Final = "filed"
AUTHOR: Final = "unknown"

_LINK: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TRAILING: Final = ".,;:!?)]}'"

routes = Routes()


@routes.verb("file", usage="file <text...>", group="desk")
async def file_post(call: Call, text: str) -> Reply:
    """Bring a post the desk has not seen, by its link or as text; anyone in the company may."""
    url = _link_in(text)
    async with call.work() as work:
        known = await work.mentions.by_link(url) if url else None
        if known is not None and known.case_id is not None:
            return Reply.show("case", known.case_id)
        mention = _mention(call, text, url)
        mention = replace(mention, id=await work.mentions.add(mention))
        case = opened(call.policy, await work.cases.number(), mention, at=call.now, by=call.actor)
        await work.cases.save(case)
        await work.mentions.file(mention, case.id)
        keys = [own_key(mention), *([link_key(url)] if url else [])]
        await work.cases.threads(keys)
        await work.cases.link(Thread(key=key, case_id=case.id, last_at=call.now) for key in keys)
    return Reply.show("case", case.id)


def _mention(call: Call, text: str, url: str | None) -> Mention:
    """Who wrote it nobody says, so it never joins by its author. The same link is the same mention."""
    return Mention(
        id=0,
        source=SOURCE,
        external_id=url or call.id or f"{call.actor.id} {call.now.isoformat()}",
        community=community_of(call.policy, community=None, brand=None, source=SOURCE),
        received_at=call.now,
        created_at=call.now,
        author=Author(handle=AUTHOR),
        text=text,
        url=url,
        extra={"filed_by": call.actor.id},
    )


def _link_in(text: str) -> str | None:
    found = _LINK.search(text)
    return found[0].rstrip(_TRAILING) if found else None
