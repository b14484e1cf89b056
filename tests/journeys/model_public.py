"""What the public writes in the model: alone, again, in a thread, the same as others, shared, edited, marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.ports import Incoming
from bot.triage.rules import community_of
from tests.journeys.model import Model
from tests.journeys.model_words import COPIES, POSTS

ALONE, AS_AUTHOR, IN_THREAD, COPY, EDITED = "alone", "same author", "same thread", "copy", "edited"
PRESS, KNOWN = "press", "known"
HOW: Final = (ALONE, ALONE, AS_AUTHOR, IN_THREAD, COPY, COPY, COPY, COPY, EDITED, PRESS, KNOWN)
_AUTHORS: Final[dict[str, dict[str, Any]]] = {
    PRESS: {"bio": "journalist in London", "followers": 30_000},
    KNOWN: {"followers": 900_000},
}


class Public:
    """Everybody out there."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._posts: list[Incoming] = []

    def writes(self, *, which: int, how: str, to: int, times: int) -> None:
        """A post arrives, delivered so often at the same time or one after the other."""
        earlier = self._posts[-1 - to % len(self._posts)] if self._posts else None
        if how == EDITED and earlier is not None:
            post = self._edited(earlier)
        else:
            post = self._new(which, how, earlier)
            self._posts.append(post)
        for _ in range(times):
            self._model.run(self._model.story.desk.store.intake.append([post]))

    def _new(self, which: int, how: str, earlier: Incoming | None) -> Incoming:
        number, texts = self._model.number(), COPIES if how in (COPY, PRESS) else POSTS
        return Incoming(
            source="x",
            external_id=f"m{number}",
            community=community_of(self._model.policy, community=None, brand=None, source="x"),
            created_at=self._model.story.now,
            handle=earlier.handle if earlier and how == AS_AUTHOR else f"customer{number}",
            text=f"{texts[which % len(texts)]} {7_700_000 + number}",
            in_reply_to=earlier.external_id if earlier and how == IN_THREAD else None,
            **_AUTHORS.get(how, {}),
        )

    def _edited(self, post: Incoming) -> Incoming:
        """The post's author has second thoughts, and may have third ones."""
        at = self._model.story.now + timedelta(milliseconds=self._model.number())
        return replace(post, text=f"{post.text} (corrected)", edited_at=at)
