"""The welcome: each person's desk, as the first words of their own chat with Baton."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import structlog

from adapters.teams.answers import Answers
from adapters.teams.ear import Ear
from adapters.teams.messages import Activity, place_in, where_of
from adapters.teams.parts import Parts
from bot.ports import ChatError

_VIEW: Final = "home"
_REMEMBERED: Final = 2_000

log = structlog.get_logger(__name__)


class Home:
    """Welcomes people. Teams tells of one installation in up to two ways, and each person is welcomed once."""

    def __init__(self, parts: Parts, ear: Ear, answers: Answers) -> None:
        self._parts = parts
        self._ear = ear
        self._answers = answers
        self._welcomed: OrderedDict[str, None] = OrderedDict()

    async def welcome(self, activity: Activity) -> None:
        """Shows who sent it their desk; who is nobody of ours reads why. Raises what the view raises."""
        where = where_of(activity)
        if where.conversation in self._welcomed:
            return
        try:
            known = await self._ear.who(activity)
        except ChatError as error:
            log.warning("somebody was not welcomed", user=where.user, error=str(error))
            return
        self._welcomed[where.conversation] = None
        if len(self._welcomed) > _REMEMBERED:
            self._welcomed.popitem(last=False)
        if known.person is None:
            card = known.why
        else:
            place = place_in(self._parts.policy, where, person=known.person)
            card = (await self._parts.views.show(_VIEW, "", place)).card
        if card is not None:
            self._answers.tell(where, known, card)

    def left(self, activity: Activity) -> None:
        """The app is gone: who takes it back later is welcomed again."""
        self._welcomed.pop(where_of(activity).conversation, None)
