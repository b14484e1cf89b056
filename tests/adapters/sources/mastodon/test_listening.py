"""What a desk hears from Mastodon servers of every kind, and that it hears it once, whatever happens between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.mastodon.source import FORBIDDEN, SIGNED_OUT
from bot.ports import SourceState
from tests.adapters.sources.mastodon.kit import Ears, Moved, ears
from tests.fakes.mastodon.book import GOTOSOCIAL, MASTODON, ONLY_EVENTS, SNAC, Ways
from tests.fakes.mastodon.server import Fault

EVERY_KIND = pytest.mark.parametrize(
    "ways", [MASTODON, GOTOSOCIAL, ONLY_EVENTS, SNAC], ids=["mastodon", "gotosocial", "events", "snac"]
)
ONLY_ASKED = Ways(websocket=False, events=False)


async def streaming(here: Ears) -> None:
    await here.until(lambda: bool(here.fake.streams))


@EVERY_KIND
async def test_a_mention_arrives_by_the_way_that_the_server_has(tmp_path: Path, ways: Ways) -> None:
    async with ears(tmp_path, ways) as here:
        here.listen()
        await here.until(lambda: "GET /api/v1/notifications" in here.fake.asked)
        if ways.websocket or ways.events:
            await streaming(here)
        number = here.fake.book.post("@acme my parcel never came")
        if not here.fake.streams:
            here.clock.on(minutes=1)
        await here.has("@acme my parcel never came")
        (row,) = await here.stored()
        assert row["source"] == "mastodon" and row["external_id"].endswith(f"/{number}")
        assert row["handle"] == "ana@elsewhere.example" and row["url"].endswith(number)
        assert row["thread"] == row["external_id"] and row["in_reply_to"] is None
        assert row["lang"] == "en" and row["followers"] == 12 and row["bio"] == "I am ana"


@EVERY_KIND
async def test_after_a_kill_it_goes_on_without_gap_and_without_duplicate(tmp_path: Path, ways: Ways) -> None:
    clock = Moved()
    async with ears(tmp_path, ways, clock=clock) as here:
        post = here.fake.book.post
        post("@acme before")
        here.listen()
        await here.has("@acme before")
        await here.die()
        missed = [f"@acme missed {number}" for number in range(95)]
        for words in missed:
            post(words)
        here.listen()
        await here.has("@acme before", *missed)
        await here.die()
        post("@acme last")
        here.listen()
        assert (await here.has("@acme before", *missed, "@acme last"))[1:-1] == missed
    ids = {row["external_id"] for row in await _again(tmp_path, clock)}
    assert len(ids) == 97


async def _again(folder: Path, clock: Moved) -> list[Any]:
    async with ears(folder, SNAC, clock=clock) as here:
        return list(await here.stored())


async def test_what_is_posted_while_a_stream_is_away_is_asked_for(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON) as here:
        here.listen()
        await streaming(here)
        here.fake.book.post("@acme one")
        await here.has("@acme one")
        here.fake.hang_up()
        here.fake.book.post("@acme two", told=False)
        await here.has("@acme one", "@acme two")
        await streaming(here)
        here.fake.book.post("@acme three")
        await here.has("@acme one", "@acme two", "@acme three")


async def test_a_stream_that_loses_something_without_a_word_is_not_believed_for_long(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON) as here:
        here.listen()
        await streaming(here)
        here.fake.book.post("@acme hello")
        await here.has("@acme hello")
        here.fake.silent = True
        here.fake.book.post("@acme is anybody there?")

        async def asked() -> bool:
            here.clock.on(minutes=5)
            return len(await here.texts()) == 2

        await here.until(asked)


async def test_a_websocket_that_is_refused_is_replaced_and_tried_again_later(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON) as here:
        here.fake.faults.append(Fault("GET", "/api/v1/streaming", status=503, times=1))
        here.listen()
        await here.until(lambda: "GET /api/v1/streaming/user" in here.fake.asked)
        await streaming(here)
        here.fake.book.post("@acme by events")
        await here.has("@acme by events")
        here.clock.on(minutes=10)
        here.fake.book.post("@acme meanwhile")
        await here.until(lambda: here.fake.asked.count("GET /api/v1/streaming") == 2)
        await streaming(here)
        here.fake.book.post("@acme by websocket")
        await here.has("@acme by events", "@acme meanwhile", "@acme by websocket")


async def test_a_websocket_that_knows_no_header_gets_the_token_in_the_address(tmp_path: Path) -> None:
    async with ears(tmp_path, Ways(header=False, events=False)) as here:
        here.listen()
        await streaming(here)
        here.fake.book.post("@acme hello")
        await here.has("@acme hello")


async def test_the_first_look_brings_the_last_hour_and_nothing_older(tmp_path: Path) -> None:
    clock = Moved()
    async with ears(tmp_path, SNAC, clock=clock) as here:
        here.fake.book.post("@acme long ago")
        clock.on(hours=2)
        here.fake.book.post("@acme just now")
        here.listen()
        await here.has("@acme just now")


async def test_words_are_looked_for_wherever_the_server_shows_posts(tmp_path: Path) -> None:
    changed: dict[str, Any] = {
        "search": ("#acmeair", "acme parcels"),
        "exclude": ("giveaway",),
        "exclude_authors": ("@bot@spam.example",),
    }
    async with ears(tmp_path, MASTODON, **changed) as here:
        post = here.fake.book.post
        post("late again #AcmeAir")
        post("local: acme parcels is slow", by="lena")
        post("far away: Acme Parcels is slow")
        post("acme parcels giveaway!", by="lena")
        post("#acmeair win win", by="bot@spam.example")
        post("acme parcelsmith is a band", by="lena")
        post("@acme a giveaway?")
        here.listen()
        await here.has("late again #AcmeAir", "local: acme parcels is slow", "far away: Acme Parcels is slow")
        post("again #acmeair")
        here.clock.on(minutes=1)
        await here.until(lambda: here.fake.asked.count("GET /api/v1/timelines/tag/acmeair") >= 2)
        assert "again #acmeair" in await here.has(
            "late again #AcmeAir",
            "local: acme parcels is slow",
            "far away: Acme Parcels is slow",
            "again #acmeair",
        )


async def test_a_timeline_that_the_server_hides_does_not_stop_the_others(tmp_path: Path) -> None:
    async with ears(tmp_path, SNAC, search=("parcels",)) as here:
        here.fake.faults.append(Fault("GET", "/timelines/public", status=403, times=100))
        here.fake.book.post("@acme hello")
        here.listen()
        await here.has("@acme hello")
        here.clock.on(minutes=1)
        here.fake.book.post("@acme again")
        await here.has("@acme hello", "@acme again")
        assert here.fake.asked.count("GET /api/v1/timelines/public") == 1


async def test_a_reply_far_down_a_conversation_knows_its_root(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON) as here:
        post = here.fake.book.post
        root = post("Does anyone know acme?")
        second = post("I do", to=root)
        post("@acme so do I", to=second)
        here.listen()
        await here.has("@acme so do I")
        (row,) = await here.stored()
        assert row["thread"].endswith(f"/{root}") and row["in_reply_to"].endswith(f"/{second}")


async def test_who_may_read_a_post_and_its_content_warning_are_told(tmp_path: Path) -> None:
    async with ears(tmp_path, ONLY_ASKED) as here:
        here.fake.book.post(
            "@acme my address is in here", visibility="direct", spoiler_text="personal", sensitive=True
        )
        here.listen()
        await here.has("Content warning: personal\n\n@acme my address is in here")
        (row,) = await here.stored()
        assert '"visibility":"direct"' in row["extra"].replace(" ", "") and '"sensitive":true' in row["extra"]


async def test_our_own_posts_come_and_boosts_are_marked(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON, search=("acme",)) as here:
        book = here.fake.book
        here.listen()
        await streaming(here)
        number = book.post("We are hiring", by="acme")
        await here.has("We are hiring")
        (row,) = await here.stored()
        assert row["handle"] == "acme@social.example"
        book.notify("reblog", book.account("ben"), book.posts[number])
        await here.has("We are hiring", "We are hiring")
        boost = (await here.stored())[1]
        assert (
            f'"repost_of":"{row["external_id"]}"' in boost["extra"]
            and boost["handle"] == "ben@social.example"
        )


@pytest.mark.parametrize("ways", [MASTODON, SNAC], ids=["told", "asked"])
async def test_an_edit_is_a_revision_and_a_deletion_hides_the_words(tmp_path: Path, ways: Ways) -> None:
    async with ears(tmp_path, ways) as here:
        here.listen()
        number = here.fake.book.post("@acme your parcel is late")
        await here.until(lambda: bool(here.fake.streams) or not ways.websocket)
        if not ways.websocket:
            here.clock.on(minutes=1)
        await here.has("@acme your parcel is late")
        here.fake.book.edit(number, "@acme it came, sorry")

        async def edited() -> bool:
            here.clock.on(minutes=1)
            return [row["text"] for row in await here.revisions()] == ["@acme it came, sorry"]

        await here.until(edited)
        here.fake.book.delete(number)

        async def hidden() -> bool:
            here.clock.on(minutes=1)
            (last, *_) = reversed(await here.revisions())
            return '"hidden":true' in last["extra"] and last["text"] == ""

        await here.until(hidden)


async def test_a_post_that_is_missing_once_is_not_taken_for_deleted(tmp_path: Path) -> None:
    async with ears(tmp_path, ONLY_ASKED) as here:
        number = here.fake.book.post("@acme hello")
        here.listen()
        await here.has("@acme hello")
        path = f"/api/v1/statuses/{number}"
        here.fake.faults.append(Fault("GET", path, status=404))
        asked = here.fake.asked.count(f"GET {path}")

        async def looked() -> bool:
            here.clock.on(minutes=1)
            return here.fake.asked.count(f"GET {path}") >= asked + 3

        await here.until(looked)
        assert await here.revisions() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/notifications", status=500),
        Fault("GET", "/notifications", times=2),  # a request on a connection kept open is sent again at once
        Fault("GET", "/notifications", status=200, body='{"error": "trunc'),
        Fault("GET", "/notifications", status=200, body='{"no": "list"}'),
        Fault("GET", "/notifications", status=200, body="[" * 100_000),
        Fault("GET", "/notifications", status=429, headers={"Retry-After": "30"}),
        Fault("GET", "/verify_credentials", status=502),
    ],
    ids=["500", "dropped", "truncated", "no list", "too deep", "429", "502 at the start"],
)
async def test_trouble_passes_and_nothing_is_lost(tmp_path: Path, fault: Fault) -> None:
    fault = replace(fault)
    async with ears(tmp_path, ONLY_ASKED) as here:
        here.fake.faults.append(fault)
        here.fake.book.post("@acme hello")
        here.listen()
        await here.until(lambda: SourceState.DOWN in [state for state, _ in here.states])
        here.clock.on(minutes=1)
        await here.has("@acme hello")
        await here.until(lambda: here.states[-1][0] is SourceState.WELL)


async def test_a_poisonous_post_is_skipped_and_all_others_come(tmp_path: Path) -> None:
    async with ears(tmp_path, ONLY_ASKED) as here:
        book = here.fake.book
        book.post("@acme one")
        poison = book.post("@acme poison")
        book.posts[poison]["account"] = {"acct": 17}
        half = book.post("@acme half")
        book.posts[half]["content"] = "<p>@acme \ud800 half \x00</p>"
        book.notifications.append({"type": "mention"})
        book.post("@acme two")
        here.listen()
        await here.has("@acme one", "@acme � half", "@acme two")


async def test_a_token_that_is_not_known_shuts_the_source_and_says_what_to_do(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON, token="revoked") as here:
        here.listen()
        await here.until(lambda: bool(here.states))
        state, said = here.states[0]
        assert state is SourceState.SHUT
        assert said == SIGNED_OUT % (here.fake.url.removeprefix("http://"), "BATON_SOURCE_FEDI__TOKEN")


async def test_a_token_that_may_do_too_little_shuts_the_source(tmp_path: Path) -> None:
    async with ears(tmp_path, Ways(scopes=("read",))) as here:
        here.listen()
        await here.until(lambda: bool(here.states))
        assert here.states[0][0] is SourceState.SHUT and "write:statuses is missing" in here.states[0][1]


async def test_a_token_that_may_not_listen_shuts_the_source(tmp_path: Path) -> None:
    async with ears(tmp_path, ONLY_ASKED) as here:
        body = '{"error": "This action is outside the authorized scopes"}'
        here.fake.faults.append(Fault("GET", "/notifications", status=403, body=body, times=9))
        here.listen()
        await here.until(lambda: SourceState.SHUT in [state for state, _ in here.states])
        said = ": This action is outside the authorized scopes"
        host = here.fake.url.removeprefix("http://")
        assert here.states[-1][1] == FORBIDDEN % (host, said, "BATON_SOURCE_FEDI__TOKEN")


async def test_another_account_than_the_policy_says_shuts_the_source(tmp_path: Path) -> None:
    async with ears(tmp_path, MASTODON, account="@other@social.example") as here:
        here.listen()
        await here.until(lambda: bool(here.states))
        assert here.states[0][0] is SourceState.SHUT and "@acme@social.example" in here.states[0][1]


async def test_the_last_of_the_allowance_is_left_to_replies(tmp_path: Path) -> None:
    async with ears(tmp_path, Ways(websocket=False, events=False, allowance=40)) as here:
        here.listen()

        async def patient() -> bool:
            here.clock.on(minutes=1)
            return any("patience" in said for _, said in here.states)

        await here.until(patient)
        asked = len(here.fake.asked)
        assert asked == 20
        here.clock.on(minutes=6)
        await here.until(lambda: len(here.fake.asked) > asked)
