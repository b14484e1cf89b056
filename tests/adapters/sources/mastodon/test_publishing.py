"""Replies at Mastodon servers of every kind: they stand there once, whatever happens between sending and knowing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.mention import REMOVED, Mention
from bot.domain.replies.length import Counting
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    Network,
    NetworkDown,
    Outgoing,
    SignInLost,
)
from tests.adapters.sources.mastodon.kit import Ears, as_mention, ears, outgoing
from tests.adapters.sources.mastodon.test_listening import EVERY_KIND, ONLY_ASKED
from tests.fakes.mastodon.book import MASTODON, SNAC, Ways
from tests.fakes.mastodon.server import Fault

TEXT = "We are looking into it: https://acme.example/help?case=1042 🙂"


@asynccontextmanager
async def answering(
    folder: Path, ways: Ways, said: dict[str, Any] | None = None, **changed: Any
) -> AsyncIterator[tuple[Ears, Network, Mention]]:
    """A server, our account there, and a mention that was heard."""
    async with ears(folder, ways, **changed) as here:
        here.fake.book.post("@acme my parcel never came", **(said or {}))
        here.listen()
        await here.until(_heard, here)
        await here.die()
        assert here.connected.network is not None
        (row,) = await here.stored()
        yield here, here.connected.network, as_mention(row)


async def _heard(here: Ears) -> bool:
    return bool(await here.stored())


def reply(here: Ears, to: Mention, text: str = TEXT, **changed: Any) -> Outgoing:
    return replace(outgoing(to, here.clock.real(), text), **changed)


def ours(here: Ears) -> list[dict[str, Any]]:
    return [post for post in here.fake.book.posts.values() if post["account"]["acct"] == "acme"]


@EVERY_KIND
async def test_a_reply_stands_below_the_post_and_names_its_author(tmp_path: Path, ways: Ways) -> None:
    async with answering(tmp_path, ways) as (here, network, mention):
        assert network.why_not(mention) is None
        published = await network.publish(reply(here, mention), again=False)
        (post,) = ours(here)
        assert published.external_id == f"{mention.external_id.split('/')[0]}/{post['id']}"
        assert published.url == post["url"]
        (sent,) = here.fake.sent
        assert sent == {
            "status": f"@ana@elsewhere.example {TEXT}",
            "in_reply_to_id": mention.native["id"],
            "visibility": "public",
            "language": "en",
        }


@EVERY_KIND
async def test_sent_again_after_a_crash_it_stands_there_once(tmp_path: Path, ways: Ways) -> None:
    async with answering(tmp_path, ways) as (here, network, mention):
        sending = reply(here, mention)
        first = await network.publish(sending, again=False)
        here.clock.on(hours=3)  # servers forget a request's key after an hour
        again = await network.publish(sending, again=True)
        assert again == first and len(ours(here)) == 1


@EVERY_KIND
async def test_an_answer_lost_on_the_way_is_looked_for(tmp_path: Path, ways: Ways) -> None:
    async with answering(tmp_path, ways) as (here, network, mention):
        here.fake.faults.append(Fault("POST", "/api/v1/statuses", after=True))
        published = await network.publish(reply(here, mention), again=False)
        assert published.external_id.endswith(ours(here)[0]["id"]) and len(ours(here)) == 1


@EVERY_KIND
@pytest.mark.parametrize("status", [500, 0, 200], ids=["500", "dropped", "nonsense"])
async def test_what_did_not_get_through_is_sent_by_the_next_try(
    tmp_path: Path, ways: Ways, status: int
) -> None:
    async with answering(tmp_path, ways) as (here, network, mention):
        here.fake.faults.append(Fault("POST", "/api/v1/statuses", status=status, body="<html>"))
        sending = reply(here, mention)
        with pytest.raises(NetworkDown):
            await network.publish(sending, again=False)
        assert not ours(here)
        await network.publish(sending, again=True)
        assert len(ours(here)) == 1


async def test_another_reply_of_ours_is_not_taken_for_this_one(tmp_path: Path) -> None:
    async with answering(tmp_path, SNAC) as (here, network, mention):
        await network.publish(reply(here, mention, "Hello!"), again=False)
        await network.publish(reply(here, mention), again=True)
        here.clock.on(days=1)
        later = reply(here, mention, key="k2")
        await network.publish(later, again=True)
        assert len(ours(here)) == 3


async def test_where_our_own_posts_cannot_be_seen_it_may_be_published(tmp_path: Path) -> None:
    async with answering(tmp_path, Ways(idempotent=False, own_posts=False)) as (here, network, mention):
        here.fake.faults += [
            Fault("GET", "/context", status=404),
            Fault("POST", "/api/v1/statuses", status=502, after=True),
        ]
        with pytest.raises(MaybePublished, match="open the post and look"):
            await network.publish(reply(here, mention), again=False)


@pytest.mark.parametrize(
    ("parent", "wanted", "found"),
    [
        ("public", "parent", "public"),
        ("unlisted", "parent", "unlisted"),
        ("public", "unlisted", "unlisted"),
        ("unlisted", "public", "unlisted"),
        ("private", "public", "direct"),
        ("direct", "public", "direct"),
        ("mutuals_only", "public", "direct"),
    ],
)
async def test_a_reply_has_no_more_readers_than_the_post(
    tmp_path: Path, parent: str, wanted: str, found: str
) -> None:
    options = {"visibility": wanted}
    async with answering(tmp_path, ONLY_ASKED, {"visibility": parent}, options=options) as found_here:
        here, network, mention = found_here
        await network.publish(reply(here, mention), again=False)
        assert here.fake.sent[0]["visibility"] == found


async def test_an_author_named_already_is_not_named_twice(tmp_path: Path) -> None:
    async with answering(tmp_path, ONLY_ASKED) as (here, network, mention):
        await network.publish(reply(here, mention, "Hello @ana@elsewhere.example, sorry!"), again=False)
        assert here.fake.sent[0]["status"] == "Hello @ana@elsewhere.example, sorry!"


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (Fault("POST", "/statuses", status=401), SignInLost, "BATON_SOURCE_FEDI__TOKEN"),
        (
            Fault(
                "POST",
                "/statuses",
                status=403,
                body='{"error": "This action is outside the authorized scopes"}',
            ),
            SignInLost,
            "write:statuses",
        ),
        (
            Fault("POST", "/statuses", status=403, body='{"error": "This action is not allowed"}'),
            Declined,
            "not allowed",
        ),
        (Fault("POST", "/statuses", status=410), Declined, "gone"),
        (
            Fault(
                "POST",
                "/statuses",
                status=422,
                body='{"error": "No *@everyone* <!here>\\nhttps://x.example"}',
            ),
            Declined,
            "refuses",
        ),
        (
            Fault("POST", "/statuses", status=429, headers={"X-RateLimit-Reset": "2999-01-01T00:00:00Z"}),
            AskedToWait,
            "patience",
        ),
        (Fault("POST", "/statuses", status=503), NetworkDown, "does not answer"),
    ],
    ids=["401", "scope", "403", "410", "422", "429", "503"],
)
async def test_each_refusal_says_what_it_means(
    tmp_path: Path, fault: Fault, error: type[Exception], said: str
) -> None:
    async with answering(tmp_path, ONLY_ASKED) as (here, network, mention):
        here.fake.faults.append(replace(fault))
        with pytest.raises(error, match=said) as raised:
            await network.publish(reply(here, mention), again=False)
        words = str(raised.value)
        assert not any(mark in words for mark in ("*", "<", "@e", "://", "\n")) and not ours(here)
        if isinstance(raised.value, AskedToWait):
            assert raised.value.after == timedelta(hours=1)


async def test_a_post_that_is_gone_declines_the_reply(tmp_path: Path) -> None:
    async with answering(tmp_path, MASTODON) as (here, network, mention):
        here.fake.book.delete(str(mention.native["id"]))
        with pytest.raises(Declined, match="the post is gone"):
            await network.publish(reply(here, mention), again=False)
        with pytest.raises(Declined, match="the post is gone"):
            await network.publish(reply(here, mention), again=True)


async def test_a_server_that_is_away_may_be_tried_again(tmp_path: Path) -> None:
    async with answering(tmp_path, MASTODON) as (here, network, mention):
        here.fake.faults.append(Fault("GET", "/context", times=9))
        with pytest.raises(NetworkDown):
            await network.publish(reply(here, mention), again=True)
        assert not here.fake.sent


async def test_a_reply_that_is_too_long_with_the_name_is_declined(tmp_path: Path) -> None:
    async with answering(tmp_path, MASTODON) as (here, network, mention):
        assert network.rule.counting is Counting.MASTODON and network.rule.most == 500 - 32
        await network.publish(reply(here, mention, "x" * network.rule.most), again=False)
        with pytest.raises(Declined, match="5 characters too long"):
            await network.publish(reply(here, mention, "x" * 500), again=False)


@pytest.mark.parametrize(("longest", "most"), [(5000, 4968), (None, 468)])
async def test_the_server_says_how_long_a_post_may_be(tmp_path: Path, longest: int | None, most: int) -> None:
    async with ears(tmp_path, replace(ONLY_ASKED, longest=longest)) as here:
        network = here.connected.network
        assert network is not None and network.rule.most == 468
        await here.until(lambda: "GET /api/v1/apps/verify_credentials" in here.fake.asked)
        await here.until(lambda: network.rule.most == most and network.account == "@acme@social.example")


async def test_what_cannot_be_answered_from_here_says_why(tmp_path: Path) -> None:
    async with answering(tmp_path, MASTODON) as (here, network, mention):
        removed = replace(mention, extra={**mention.extra, REMOVED: True})
        elsewhere = replace(mention, extra={"native": {"id": "1", "server": "other.example", "acct": "ana"}})
        for one in (removed, elsewhere, replace(mention, extra={})):
            why = network.why_not(one)
            assert why
            with pytest.raises(Declined) as declined:
                await network.publish(reply(here, one), again=False)
            assert str(declined.value) == why
