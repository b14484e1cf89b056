"""Browsers of several colleagues, looking at one running desk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser.chromium import launch_options
from tests.browser.served import Served, a_served_desk

ANA, BEN, FINN, DANA, HANA = (f"{name}@kettle.example" for name in ("ana", "ben", "finn", "dana", "hana"))
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


@dataclass
class Room:
    """What a page complains about fails the test."""

    served: Served
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def page(self, person: str, where: str | None = "support", **options: Any) -> Page:
        """A page of its own browser profile, loaded: `person` looks at the conversation `where`."""
        context = await self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        at = f"&c={where}" if where else ""
        await page.goto(f"{self.served.url}/?as={person}{at}")
        await expect(page.locator("#me-name")).not_to_be_empty()
        await expect(page.locator("#stream[aria-busy]")).to_have_count(0)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(**launch_options())
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="module")
async def room(tmp_path: Path, browser: Browser) -> AsyncIterator[Room]:
    async with a_served_desk(tmp_path) as served:
        found = Room(served, browser)
        yield found
        for context in browser.contexts:
            await context.close()
    assert not found.complaints


def card(page: Page, number: int) -> Locator:
    """The case's card in the conversation."""
    return page.locator("#stream .message", has=page.locator(".card-title", has_text=f"{number} ·"))


def button(within: Locator, name: str) -> Locator:
    return within.get_by_role("button", name=name, exact=True)


async def picture(page: Page, name: str) -> None:
    """Keeps a screenshot where BATON_SCREENSHOTS says, for a person to look at."""
    if folder := os.environ.get("BATON_SCREENSHOTS"):
        await page.wait_for_timeout(350)
        await page.screenshot(path=f"{folder}/{name}.png")
