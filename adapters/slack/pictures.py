"""A card's charts as pictures in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.chart import drawable, picture
from bot.cards.card import Card, Chart
from bot.ports import ChatError, SlowDown

log = structlog.get_logger(__name__)

_FILE: Final = "chart.png"
_MOST: Final = 256


class Pictures:
    """Uploads each chart once. A chart whose picture Slack does not take is drawn in text by the renderer."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._files: dict[Chart, str] = {}
        self._told: set[str] = set()

    async def of(self, card: Card) -> Sequence[str | None]:
        """Slack's file ids for the card's charts in order, None where there is no picture. Raises SlowDown only."""
        return [await self._file(chart) for chart in card.elements if isinstance(chart, Chart)]

    async def _file(self, chart: Chart) -> str | None:
        known = self._files.get(chart)
        if known is not None:
            return known
        if not drawable(chart):
            return None
        content = await asyncio.to_thread(picture, chart)
        try:
            file = await self._api.upload(_FILE, content, chart.alt)
        except SlowDown:
            raise
        except ChatError as error:
            # A picture is a nicety, the card is not.
            self._tell(str(error))
            return None
        while len(self._files) >= _MOST:
            del self._files[next(iter(self._files))]
        self._files[chart] = file
        return file

    def _tell(self, why: str) -> None:
        if why not in self._told:
            self._told.add(why)
            log.warning("charts are shown as text: Slack did not take the picture", why=why)
