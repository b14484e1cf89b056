"""Signing in to the web chat, in a real browser: in, at work, out, and nothing left behind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, expect

from adapters.http import serve
from bot.config import Config
from bot.config_signin import OidcSettings, SignInSettings
from bot.ports import digest_of
from bot.wiring import application, connect, running
from tests.browser.room import ANA, button, card, picture
from tests.browser.served import Served
from tests.desk import MONDAY, test_policy
from tests.fakes.oidc import CLIENT, SECRET, FakeProvider, a_provider

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Door:
    served: Served
    provider: FakeProvider
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def page(self) -> Page:
        """A page of its own browser profile."""
        page = await (await self.browser.new_context()).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    async def sign_in(self, page: Page, name: str) -> None:
        await page.get_by_role("link", name="Sign in with your company account").click()
        await page.locator(f"#{name}").click()
        await expect(page.locator("#me-name")).not_to_be_empty()


@pytest_asyncio.fixture(loop_scope="module")
async def door(tmp_path: Path, browser: Browser) -> AsyncIterator[Door]:
    port = unused_port()
    public, policy = f"http://127.0.0.1:{port}", test_policy()
    async with a_provider(f"{public}/signin/callback") as provider:
        oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
        config = Config(
            database_url=f"sqlite:///{tmp_path / 'desk.db'}",
            web_chat="signin",
            sign_in=SignInSettings(public_url=public, oidc=oidc),
        )
        async with connect(config, policy=policy) as desk:
            await desk.store.clock.move(desk.store.writer, to=MONDAY)
        async with (
            running(config, policy=policy) as desk,
            serve(application(desk), "127.0.0.1", port) as serving,
        ):
            found = Door(Served(desk, serving.url), provider, browser)
            yield found
            for context in browser.contexts:
                await context.close()
    assert not found.complaints


async def test_in_at_work_and_out_again(door: Door) -> None:
    await door.served.mention("My parcel never came.")
    page = await door.page()
    await page.goto(f"{door.served.url}/?c=support")
    await expect(page.get_by_role("heading", name="Sign in to Baton")).to_be_visible()
    await picture(page, "signin")
    await door.sign_in(page, "ana")
    await expect(page.locator("#me-name")).to_have_text("Ana Ruiz")
    assert "c=support" in page.url
    await expect(page.locator("#person")).to_be_hidden()
    await expect(page.locator(".me .chevrons")).to_be_hidden()
    await button(card(page, 1001), "Claim").click()
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await picture(page, "signed-in")
    await page.locator("a[data-name=sales]").click()
    await expect(page.get_by_role("heading", name="# Sales")).to_be_visible()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page.locator("body")).to_contain_text("You are signed out here.")
    await picture(page, "signed-out")
    await page.go_back()
    await expect(page.get_by_role("link", name="Sign in with your company account")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("parcel")


async def test_a_session_that_ends_leads_to_the_door_and_back_with_what_was_written(door: Door) -> None:
    page = await door.page()
    await page.goto(f"{door.served.url}/?c=sales")
    await door.sign_in(page, "ana")
    await page.locator("#text").fill("Half a thou")
    person = door.served.desk.person(ANA)
    assert person is not None
    await door.served.desk.store.sign_ins.end_all(person)
    await page.locator("a[data-name=support]").click()
    await expect(page.get_by_role("link", name="Sign in with your company account")).to_be_visible()
    await door.sign_in(page, "ana")
    await expect(page).to_have_url(re.compile("c=support"))
    await page.locator("a[data-name=sales]").click()
    await expect(page.locator("#text")).to_have_value("Half a thou")


async def test_a_one_time_link_waits_for_the_button(door: Door) -> None:
    secret = "a-link-for-ana-that-works-once-and-no-longer"
    person = door.served.desk.person(ANA)
    assert person is not None
    async with ClientSession() as asking, asking.get(f"{door.served.url}/readyz") as ready:
        assert (await ready.json())["checks"]["sign-in"] == {"ok": True, "needed": False}
    await door.served.desk.store.sign_ins.offer(person, digest_of(secret))
    page, other = await door.page(), await door.page()
    link = f"{door.served.url}/signin/link#{secret}"
    for each in (page, other):
        await each.goto(link)
        await expect(each.get_by_role("button", name="Sign me in")).to_be_visible()
    assert secret not in page.url
    await picture(page, "signin-link")
    await page.get_by_role("button", name="Sign me in").click()
    await expect(page.locator("#me-name")).to_have_text("Ana Ruiz")
    await other.get_by_role("button", name="Sign me in").click()
    await expect(other.get_by_role("alert")).to_contain_text("used already")
