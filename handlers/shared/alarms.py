"""An escalation in one reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards.phrases import joined
from bot.cards.views import AlarmView
from bot.domain.parts import Escalation, Page
from bot.policy.names import Spoken

_LATEST_PAGES: Final = 4


def alarm_view(escalation: Escalation, names: Spoken) -> AlarmView:
    acked = ""
    if escalation.acked_by is not None and escalation.acked_at is not None:
        acked = f"acknowledged by {names.person(escalation.acked_by)} at {names.moment(escalation.acked_at)}"
        if escalation.climb_at is not None:
            acked += f"; climbs again at {names.moment(escalation.climb_at)} unless work follows"
    return AlarmView(
        why=escalation.why,
        by=names.person(escalation.by),
        paged=paged_words(escalation.pages, names),
        acked=acked,
        can_pass=escalation.climb_at is not None,
    )


def paged_words(pages: Sequence[Page], names: Spoken) -> str:
    """Who was asked, each with the last time: the latest few."""
    last = {page.person: page.at for page in pages}
    latest = sorted(last.items(), key=lambda item: item[1])[-_LATEST_PAGES:]
    return joined(tuple(f"{names.person(person)} {names.moment(at)}" for person, at in latest))
