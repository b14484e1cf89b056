"""`file`: a post that a person brings, by its link, as text, or as a message of a chat."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.domain.mention import Author, Mention
from bot.ports import Thread, Work
from bot.router import Call, Reply, Routes
from bot.triage.rules import community_of
from handlers.intake.filing import link_key, opened, own_key

SOURCE: Final = "filed"
AUTHOR: Final = "unknown"

_LINK: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TRAILING: Final = ".,;:!?)]}'"

routes = Routes()


@routes.verb("file", usage="file <text...>", group="desk")
async def file_post(call: Call, text: str) -> Reply:
    """Bring a post the desk has not seen, by its link or as text; anyone in the company may."""
    url = _link_in(text)
    mention = _mention(call, text, url)
    keys = tuple(dict.fromkeys((own_key(mention), *_also(call, url))))
    async with call.work() as work:
        known = await _known(work, keys, url)
        if known is not None:
            return Reply.show("case", known)
        mention = replace(mention, id=await work.mentions.add(mention))
        case = opened(call.policy, await work.cases.number(), mention, at=call.now, by=call.actor)
        await work.cases.save(case)
        await work.mentions.file(mention, case.id)
        await work.cases.link(Thread(key=key, case_id=case.id, last_at=call.now) for key in keys)
    return Reply.show("case", case.id)


async def _known(work: Work, keys: tuple[str, ...], url: str | None) -> int | None:
    """The case of the same link or message. Two who file it at one moment meet in its keys: the later one runs again."""
    threads = await work.cases.threads(keys)
    found = next((threads[key].case_id for key in keys if key in threads), None)
    if found is None and url is not None:
        mention = await work.mentions.by_link(url)
        found = mention.case_id if mention else None
    return found


def _mention(call: Call, text: str, url: str | None) -> Mention:
    """Who wrote it nobody says, so it never joins by its author. The same link or message is the same mention."""
    return Mention(
        id=0,
        source=SOURCE,
        external_id=url or _message(call) or call.id or f"{call.actor.id} {call.now.isoformat()}",
        community=community_of(call.policy, community=None, brand=None, source=SOURCE),
        received_at=call.now,
        created_at=call.now,
        author=Author(handle=AUTHOR),
        text=text,
        url=url,
        extra={"filed_by": call.actor.id},
    )


def _also(call: Call, url: str | None) -> tuple[str, ...]:
    """The other keys under which it is found again: its link, and the message of the chat."""
    message = _message(call)
    links = (link_key(url),) if url else ()
    return (*links, f"post:{SOURCE}:{message}") if message else links


def _message(call: Call) -> str | None:
    return f"{call.place.platform}:{call.place.message}" if call.place.message else None


def _link_in(text: str) -> str | None:
    found = _LINK.search(text)
    return found[0].rstrip(_TRAILING) if found else None
