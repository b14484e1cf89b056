"""[sources.NAME] with kind = "mastodon"."""

from __future__ import annotations

from bot.policy.load import parse
from tests.desk import _POLICY

BASE = _POLICY.read_text(encoding="utf-8")


def reading(words: str) -> tuple[dict[str, object], str]:
    """The source's own keys, and what is wrong."""
    read = parse(f'{BASE}\n[sources.fedi]\nkind = "mastodon"\n{words}\n', "policy.toml")
    options = dict(read.policy.sources["fedi"].options) if read.policy else {}
    return options, "\n".join(map(str, read.problems))


def test_its_own_keys_have_defaults() -> None:
    options, wrong = reading('url = "https://social.example"')
    assert options == {"visibility": "parent", "public": "local"} and not wrong


def test_its_own_keys_are_read() -> None:
    options, wrong = reading('url = "https://social.example"\nvisibility = "unlisted"\npublic = "all"')
    assert options == {"visibility": "unlisted", "public": "all"} and not wrong


def test_a_server_must_be_named() -> None:
    assert "url is missing" in reading("")[1]


def test_what_is_not_known_is_told() -> None:
    wrong = reading('url = "https://social.example"\nvisibility = "direct"\npublic = "everything"')[1]
    assert "direct" in wrong and "everything" in wrong
