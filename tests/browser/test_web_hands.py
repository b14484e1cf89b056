"""The web chat under real hands: lost connections, impatience, keyboards, phones, people who come back."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.room import ANA, BEN, FINN, HANA, PHONE, Room, button, card, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    await expect(page.get_by_role("heading", name="Baton", exact=True)).to_be_visible()
    assert not await page.evaluate(
        """[...document.querySelectorAll("button, a, input, select, textarea")].filter((each) =>
            !(each.getAttribute("aria-label") || each.textContent.trim() || each.labels?.length)).length"""
    )


async def test_on_a_phone_one_pane_fits_at_a_time(room: Room) -> None:
    for number in range(4):
        await room.served.mention(
            f"My parcel {number} never came. {'Verylongword' * 12}", handle=f"handle{number}" * 8
        )
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
        await log.post(
            "support", nonce=f"old{number}", by=room.served.desk.person(BEN), text=f"line {number}"
        )
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
    page = await room.page(HANA)
    await expect(page.locator("#clock")).to_contain_text("Mon 18:0")
    await expect(page.locator("#clock")).to_contain_text("Tokyo")
    await expect(page.locator("#clock")).to_contain_text("desk time")
    store = room.served.desk.store
    await store.clock.move(store.writer, rate=60)
    await expect(page.locator("#clock")).to_contain_text("×60")
