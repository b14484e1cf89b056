"""`restrict`: who may see a case."""

from __future__ import annotations

import re
from typing import Final

from bot.domain.sight import lift, restrict
from bot.domain.sight_refusals import ToWhom
from bot.grammar.mistakes import Misread
from bot.grammar.names import named
from bot.grammar.slots import department_titles
from bot.grammar.text import words_of
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

OFF: Final = ("off", "none", "everybody", "everyone")
_BETWEEN: Final = re.compile(r"[,;+&/]")
_FILLERS: Final = frozenset({"to", "and", "only", "just"})

routes = Routes()


@routes.verb("restrict", usage="restrict <case> <departments...>", group="work")
async def restrict_case(call: Call, case_id: int, departments: str) -> Reply:
    """Let only these departments, and its own, see it (to legal,pr); off opens it to everybody again. For leads."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        whom = _whom(call, case_id, departments)
        if whom is None:
            case = lift(case, by=call.actor, at=call.now)
        else:
            case = restrict(case, whom, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
        await work.cases.save(case)
    return Reply.show("case", case_id)


def _whom(call: Call, case_id: int, said: str) -> tuple[str, ...] | None:
    """The departments that were named; None for everybody. Raises Misread, ToWhom."""
    words = [word for word in words_of(_BETWEEN.sub(" ", said)) if word.key and word.key not in _FILLERS]
    if len(words) == 1 and words[0].key in OFF:
        return None
    titles, whom = department_titles(call.policy), list[str]()
    while words:
        try:
            name, took = named("department", words, titles, False)
        except Misread as mistake:
            heard = (f"restrict {case_id} to {','.join((*whom, fix))}" for fix in mistake.fixes)
            raise mistake.offer(heard) from None
        whom.append(name)
        words = words[took:]
    if not whom:
        raise ToWhom(case_id, "")
    return tuple(dict.fromkeys(whom))
