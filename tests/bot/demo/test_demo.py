"""The demo's company, its posts and its day fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.player import NotPlayable, moment_of, read_mentions
from bot.demo.story import HERE, acts
from bot.policy.load import load


def test_every_act_has_its_person_its_place_and_its_posts() -> None:
    policy = load(HERE / "policy.toml")
    posts = list(read_mentions(HERE / "mentions.jsonl"))
    known = {post["id"] for post in posts}
    assert len(posts) > 200
    # An edit stands in the file where it happened.
    moments = [moment_of({"created_at": post.get("edited_at") or post["created_at"]}) for post in posts]
    assert moments == sorted(moments)
    for act in acts():
        assert act.person in policy.people
        assert act.place == "dm" or act.place in policy.departments
        assert set(act.mentions) <= known


@pytest.mark.parametrize(
    "line", ["no json", '{"id": "1"}', '["list"]', '{"id":"1","created_at":"2026-03-02T09:00"}']
)
def test_a_file_that_cannot_be_played_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(NotPlayable, match="line 2"):
        list(read_mentions(file))
