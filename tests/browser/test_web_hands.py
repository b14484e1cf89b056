"""The web chat under real hands: lost connections, impatience, keyboards, phones, people who come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.room import ANA, BEN, FINN, HANA, PHONE, Room, button, card, picture
from tests.browser.served import a_served_desk, port_of

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


async def test_on_a_phone_the_conversations_are_a_drawer(room: Room) -> None:
    for number in range(4):
        await room.served.mention(
            f"My parcel {number} never came. {'Verylongword' * 12}", handle=f"handle{number}" * 8
        )
    page = await room.page(ANA, None, **PHONE)
    await expect(card(page, 1004)).to_be_in_viewport()
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    await picture(page, "phone-channel")
    opener = page.get_by_role("button", name="All conversations")
    await opener.tap()
    await expect(page.locator("#lists")).to_be_in_viewport()
    await expect(page.locator("a[data-name=support]")).to_be_focused()
    assert await page.evaluate("document.getElementById('main').inert")
    await picture(page, "phone-drawer")
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    await opener.tap()
    await page.get_by_role("link", name="Sales").tap()
    await expect(page.get_by_role("heading", name="# Sales")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    await opener.tap()
    await page.get_by_role("link", name="Support").tap()
    await card(page, 1004).get_by_role("button", name="Add a note").tap()
    await page.locator("#thread-text").fill("On it.")
    await page.get_by_role("button", name="Send").last.tap()
    await expect(page.locator("#thread-stream")).to_contain_text("On it.")
    await picture(page, "phone-thread")
    await page.get_by_role("button", name="Close the thread").tap()
    await expect(page.locator("#thread")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 390, 430])
async def test_nothing_is_wider_than_the_phone(room: Room, width: int) -> None:
    await room.served.mention(f"The price of {'Verylongword' * 12}?", handle="handle" * 12)
    await room.served.mention("My parcel never came. " * 90)
    phone = {**PHONE, "viewport": {"width": width, "height": 780}}
    page = await room.page(ANA, "sales", **phone)
    await expect(card(page, 1001)).to_be_visible()
    for address in (page.url, page.url.replace("sales", "support"), f"{room.served.url}/board?as={ANA}"):
        await page.goto(address)
        await expect(page.locator(".card-title, #board tbody th").first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert await page.evaluate("document.querySelector('#stream, #board').scrollWidth") <= width
        small = await page.evaluate(
            """[...document.querySelectorAll("button.press, .icon, .send")]
                .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 40)
                .map((each) => each.outerHTML)"""
        )
        assert small == []


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


async def test_earlier_messages_come_by_themselves_and_the_place_is_kept(room: Room) -> None:
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


async def test_a_desk_that_was_started_anew_is_found_again(tmp_path: Path, browser: Browser) -> None:
    async with a_served_desk(tmp_path) as first:
        room = Room(first, browser)
        page = await room.page(ANA)
        await first.mention("My parcel never came.")
        await expect(card(page, 1001)).to_be_visible()
    await expect(page.locator("#link-state")).to_have_text("Reconnecting…")
    async with a_served_desk(tmp_path, port=port_of(first)) as again:
        await again.mention("A refund, please.", source="reviews")
        # Nobody loads the page anew: it comes back by itself, and brings what was missed.
        await expect(card(page, 1002)).to_be_visible(timeout=60_000)
        await expect(page.locator("#link-state")).to_have_text("")
        await button(card(page, 1001), "Claim").click()
        await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
        await page.context.close()
