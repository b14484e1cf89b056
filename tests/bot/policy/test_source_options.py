"""The keys that feeds, Reddit and YouTube have for themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.policy.load import parse
from bot.policy.model import SourcePlan
from tests.desk import test_policy

POLICY = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
CHANNEL = "UC" + "k" * 22


def plan_of(text: str) -> SourcePlan:
    reading = parse(f"{POLICY}\n[sources.one]\n{text}")
    assert reading.policy is not None, [str(each) for each in reading.problems]
    return reading.policy.sources["one"]


def mistakes(text: str) -> str:
    return "\n".join(str(each) for each in parse(f"{POLICY}\n[sources.one]\n{text}").problems)


def test_feeds_are_addresses_as_they_were_written() -> None:
    plan = plan_of('kind = "rss"\nfeeds = ["https://e.org/feed/", "https://e.org/b?x=1"]')
    assert plan.options == {"feeds": ("https://e.org/feed/", "https://e.org/b?x=1")}
    assert test_policy().sources == {}


def test_subreddits_are_names_however_they_are_written() -> None:
    plan = plan_of('kind = "reddit"\nsubreddits = ["r/coffee", "/r/tea/", "coffee"]')
    assert plan.options["subreddits"] == ("coffee", "tea")


def test_a_channel_videos_and_a_quota() -> None:
    plan = plan_of(f'kind = "youtube"\nchannel = "{CHANNEL}"\nvideos = ["dQw4w9WgXcQ"]\nquota = 50000')
    said = {name: plan.options[name] for name in ("channel", "videos", "quota")}
    assert said == {"channel": CHANNEL, "videos": ("dQw4w9WgXcQ",), "quota": 50_000}
    assert plan_of('kind = "youtube"').options["quota"] == 10_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "rss"\nfeeds = ["http://e.org/feed"]', "not https"),
        ('kind = "rss"\nfeeds = ["feed.xml"]', "not an address"),
        (
            f'kind = "rss"\nfeeds = [{", ".join(f"{chr(34)}https://e.org/{n}{chr(34)}" for n in range(101))}]',
            "100 feeds",
        ),
        ('kind = "reddit"\nsubreddits = ["coffee lovers"]', "no subreddit"),
        ('kind = "youtube"\nchannel = "@kettle"', "no channel's id"),
        ('kind = "youtube"\nvideos = ["https://youtu.be/x"]', "no video's id"),
        ('kind = "youtube"\nquota = 1', "out of range"),
        ('kind = "hackernews"\nfeeds = ["https://e.org/feed"]', "feeds"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    assert said in mistakes(text)
