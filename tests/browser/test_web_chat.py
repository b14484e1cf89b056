"""The web chat as people use it: a real browser, a running desk, several colleagues at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, async_playwright, expect

from tests.browser.chromium import launch_options
from tests.browser.served import Served, a_served_desk

ANA, BEN, FINN, DANA = (f"{name}@kettle.example" for name in ("ana", "ben", "finn", "dana"))
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HOSTILE = (
    "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=2</script> \u202egnp.exe javascript:alert(1) "
    "<!channel> **bold** [link](javascript:alert(1)) </article></div><svg onload=window.pwned=3>"
)


@dataclass
class Room:
    """Browsers of several people. What a page complains about fails the test."""

    served: Served
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def page(self, person: str, where: str | None = "support", **options: Any) -> Page:
        context = await self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        at = f"&c={where}" if where else ""
        await page.goto(f"{self.served.url}/?as={person}{at}")
        await expect(page.locator("#me-name")).not_to_be_empty()
        await expect(page.locator("#stream[aria-busy]")).to_have_count(0)
        return page


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_served_desk(tmp_path) as served, async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        found = Room(served, browser)
        yield found
        await browser.close()
    assert not found.complaints


def card(page: Page, number: int, inside: str = "#stream") -> Locator:
    return page.locator(f"{inside} .message", has=page.locator(".card-title", has_text=f"{number} ·"))


def button(within: Locator, name: str) -> Locator:
    return within.get_by_role("button", name=name, exact=True)


async def soon(check: Callable[[], Awaitable[bool]]) -> None:
    """Waits until it holds."""
    for _ in range(100):
        if await check():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen within 5 s")


async def picture(page: Page, name: str) -> None:
    """Keeps a screenshot where BATON_SCREENSHOTS says, for a person to look at."""
    if folder := os.environ.get("BATON_SCREENSHOTS"):
        await page.wait_for_timeout(350)
        await page.screenshot(path=f"{folder}/{name}.png")


async def test_a_claim_by_button_is_seen_by_everyone_at_once(room: Room) -> None:
    ana, ben = await room.page(ANA), await room.page(BEN)
    await expect(ana.get_by_text("Nothing here yet")).to_be_visible()
    await room.served.mention("My parcel never came.")
    await button(card(ana, 1001), "Claim").click()
    for page in (ana, ben):
        await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
        await expect(button(card(page, 1001), "Claim")).to_have_count(0)
    await expect(ana.locator(".private")).to_have_count(0)
    assert (await room.served.case(1001)).owner == ANA
    await picture(ben, "claimed")


async def test_a_note_in_the_thread_is_the_cases_and_the_colleagues(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    ana, ben = await room.page(ANA), await room.page(BEN)
    await card(ana, 1001).get_by_role("button", name="Add a note").click()
    await expect(ana.get_by_role("heading", name="Case 1001")).to_be_visible()
    await ana.locator("#thread-text").fill("She moved house,\nask for the new address.")
    await ana.locator("#thread-text").press("Enter")
    await expect(ana.locator("#thread-stream .message").nth(1)).to_contain_text("She moved house")
    await expect(card(ben, 1001).get_by_role("button", name="1 note")).to_be_visible()
    await card(ben, 1001).get_by_role("button", name="1 note").click()
    await expect(ben.locator("#thread-stream")).to_contain_text("ask for the new address.")
    assert (await room.served.kinds(1001)).count("noted") == 1
    # Once in the thread, and not a second time by Baton.
    await expect(ben.locator("#thread-stream .message:not(.root)")).to_have_count(1)
    await picture(ben, "thread")


async def test_a_note_by_button_reaches_the_thread_too(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await button(card(page, 1001), "Claim").click()
    await button(card(page, 1001), "Note").click()
    await page.get_by_label("Note for colleagues").fill("Called her.")
    await button(page.locator("#ask"), "Note").click()
    await card(page, 1001).get_by_role("button", name="1 note").click()
    await expect(page.locator("#thread-stream")).to_contain_text("Called her.")


async def test_one_can_act_as_somebody_else(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await button(card(page, 1001), "Claim").click()
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await page.get_by_label("Acting as", exact=True).select_option(BEN)
    await expect(page.locator("#me-name")).to_have_text("Ben Okafor")
    assert "as=ben" in page.url
    await page.locator("#text").fill("/claim 1001")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_contain_text("Ana Ruiz")
    await page.locator(".private").get_by_role("button", name="Dismiss").click()
    await expect(page.locator(".private")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#me-name")).to_have_text("Ben Okafor")


async def test_talk_and_commands_are_told_apart(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    ana, ben = await room.page(ANA), await room.page(BEN)
    await ana.locator("#text").fill("Morning! See https://status.example/today")
    await ana.locator("#text").press("Enter")
    await expect(ben.locator(".message.talk")).to_contain_text("Morning!")
    await expect(ben.locator(".message.talk a")).to_have_attribute("rel", "noopener noreferrer nofollow")
    await ana.locator("#text").fill("@Baton list")
    await expect(ana.locator("#text-meaning")).to_contain_text("Only Baton will hear this")
    await ana.locator("#text").press("Enter")
    await expect(ana.locator(".private")).to_contain_text("1001")
    await expect(ben.locator(".private")).to_have_count(0)
    await expect(ben.locator(".message")).to_have_count(2)
    await picture(ana, "private")


async def test_direct_messages_are_with_baton_alone(room: Room) -> None:
    await room.served.mention("I call my lawyer, this is a lawsuit.")
    page = await room.page(DANA, f"@{DANA}")
    await page.locator("#text").fill("show 1001")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_contain_text("lawyer")
    await page.get_by_role("button", name="help", exact=True).click()
    await expect(page.locator(".private").nth(1)).to_contain_text("claim")
    await page.locator("a[data-name=support]").click()
    await expect(page.locator(".private")).to_have_count(0)
    await page.go_back()
    await expect(page.locator(".private")).to_have_count(2)
    await picture(page, "direct")


async def test_a_button_that_asks_opens_a_form(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page, finn = await room.page(ANA), await room.page(FINN, "sales")
    await button(card(page, 1001), "Hand off").click()
    dialog = page.locator("#ask")
    await picture(page, "form")
    await button(dialog, "Hand off").click()  # nothing is chosen yet, so nothing is sent
    await expect(dialog).to_be_visible()
    await button(dialog, "Cancel").click()
    await expect(dialog).to_be_hidden()
    await expect(button(card(page, 1001), "Hand off")).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.get_by_label("To which department?").select_option("sales")
    await dialog.get_by_label("What should they know?").fill("A stock question,\nI think.")
    await expect(dialog.locator(".said")).to_contain_text("handoff 1001 sales A stock question")
    await button(dialog, "Hand off").click()
    await expect(card(finn, 1001)).to_contain_text("A stock question")
    await button(card(finn, 1001), "Accept").click()
    await expect(card(finn, 1001)).to_contain_text("Finn Moss")
    await picture(finn, "accepted")


async def test_what_strangers_write_is_only_text(room: Room) -> None:
    await room.served.mention(HOSTILE, name=HOSTILE[:80], handle="<b>x</b>", url="javascript:window.pwned=4")
    page = await room.page(ANA)
    await expect(card(page, 1001)).to_contain_text("<script>window.pwned=2</script>")
    await page.locator("#text").fill(HOSTILE)
    await page.locator("#text").press("Enter")
    await expect(page.locator(".message.talk")).to_contain_text("onerror")
    await page.locator("#text").fill(f"/baton {HOSTILE}")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_be_visible()
    assert await page.evaluate("window.pwned") is None
    assert await page.locator(".content img, .content script, .private .card img, a[href^=javascript]").count() == 0
    assert "\u202e" not in await page.locator("#stream").inner_text()
    await picture(page, "hostile")


async def test_a_press_that_got_lost_is_tried_again_once(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page, ids = await room.page(ANA), []

    async def lose(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["id"])
        if len(ids) == 1:
            await route.fetch()  # it is done, but the answer never comes
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/web/press", lose)
    await button(card(page, 1001), "Claim").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    await picture(page, "lost")
    await page.get_by_role("alert").get_by_role("button", name="Retry").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    assert ids == [ids[0]] * 2
    assert (await room.served.kinds(1001)).count("claimed") == 1
    room.complaints.clear()  # the browser itself complains about the lost request


async def test_a_button_under_way_cannot_be_pressed_again(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page, asked, go = await room.page(ANA), [], asyncio.Event()

    async def wait(route: Route) -> None:
        asked.append(route)
        await go.wait()
        await route.continue_()

    await page.route("**/web/press", wait)
    claim = button(card(page, 1001), "Claim")
    await claim.click()
    await expect(claim).to_have_attribute("aria-disabled", "true")
    await claim.click(force=True)
    await claim.press("Enter")
    go.set()
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    assert len(asked) == 1


async def test_everything_can_be_done_with_the_keyboard(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("/cla")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_contain_text("claim <case>")
    await page.keyboard.press("Tab")
    await expect(page.locator("#text")).to_have_value("/claim ")
    await page.keyboard.type("1001")
    await page.keyboard.press("Enter")
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#text")).to_have_value("/claim 1001")
    await page.locator("#text").fill("")
    await button(card(page, 1001), "Release").focus()
    await page.keyboard.press("Enter")
    await expect(button(card(page, 1001), "Claim")).to_be_visible()
    assert await page.evaluate("document.activeElement.closest('.message') !== null")
    await card(page, 1001).get_by_role("button", name="Add a note").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-text")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()
    await page.keyboard.press("Alt+ArrowUp")
    await expect(page.get_by_role("heading", name="Baton")).to_be_visible()
    assert not await page.evaluate(
        """[...document.querySelectorAll("button, a, input, select, textarea")].filter((each) =>
            !(each.getAttribute("aria-label") || each.textContent.trim() || each.labels?.length)).length"""
    )


async def test_on_a_phone_one_pane_fits_at_a_time(room: Room) -> None:
    for number in range(4):
        await room.served.mention(f"My parcel {number} never came. {'Verylongword' * 12}", handle=f"handle{number}" * 8)
    page = await room.page(ANA, None, **PHONE)
    await expect(page.locator("#lists")).to_be_visible()
    await expect(page.locator("#text")).to_be_hidden()
    await picture(page, "phone-lists")
    await page.get_by_role("link", name="support").tap()
    await expect(card(page, 1004)).to_be_in_viewport()
    await expect(page.locator("#lists")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await page.evaluate("document.getElementById('stream').scrollWidth") <= 390
    await picture(page, "phone-channel")
    await card(page, 1004).get_by_role("button", name="Add a note").tap()
    await page.locator("#thread-text").fill("On it.")
    await page.get_by_role("button", name="Send").last.tap()
    await expect(page.locator("#thread-stream")).to_contain_text("On it.")
    await picture(page, "phone-thread")
    await page.get_by_role("button", name="Close the thread").tap()
    await page.get_by_role("button", name="All conversations").tap()
    await expect(page.locator("#lists")).to_be_visible()


async def test_new_messages_elsewhere_show_a_dot_until_they_are_read(room: Room) -> None:
    ana, finn = await room.page(ANA), await room.page(FINN, "sales")
    dot = ana.locator("a[data-name=sales] .dot")
    await expect(dot).to_have_count(0)
    await finn.locator("#text").fill("Anyone there?")
    await finn.locator("#text").press("Enter")
    await expect(dot).to_be_visible()
    await expect(ana).to_have_title("(1) #Support · Baton")
    await expect(finn.locator("a[data-name=sales] .dot")).to_have_count(0)
    await ana.locator("a[data-name=sales]").click()
    await expect(ana.locator(".message.talk")).to_contain_text("Anyone there?")
    await expect(dot).to_have_count(0)
    await ana.reload()
    await expect(ana.locator(".message.talk")).to_be_visible()
    await expect(dot).to_have_count(0)


async def test_earlier_messages_are_a_press_away_and_the_place_is_kept(room: Room) -> None:
    log = room.served.desk.store.weblog
    for number in range(60):
        await log.post("support", nonce=f"old{number}", by=room.served.desk.person(BEN), text=f"line {number}")
    page = await room.page(ANA)
    await expect(page.get_by_text("line 59", exact=True)).to_be_in_viewport()
    await page.locator("#stream").evaluate("each => each.scrollTop = 0")
    await log.post("support", nonce="new", by=room.served.desk.person(BEN), text="while you read")
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    await expect(page.get_by_text("while you read")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(page.get_by_text("line 0", exact=True)).to_have_count(1)
    await expect(page.get_by_text("line 20", exact=True)).to_be_in_viewport()
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_text("while you read")).to_be_in_viewport()


async def test_the_clock_says_when_the_desk_lives_in_another_time(room: Room) -> None:
    page = await room.page("hana@kettle.example")
    await expect(page.locator("#clock")).to_contain_text("Mon 18:0")
    await expect(page.locator("#clock")).to_contain_text("Tokyo")
    await expect(page.locator("#clock")).to_contain_text("desk time")
    store = room.served.desk.store
    await store.clock.move(store.writer, rate=60)
    await expect(page.locator("#clock")).to_contain_text("×60")
