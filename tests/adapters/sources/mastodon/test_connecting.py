"""What a Mastodon source needs before it can listen."""

from __future__ import annotations

from typing import Any, cast

import pytest

from adapters.sources.mastodon import NO_URL, connect
from adapters.sources.parts import SettingMissing, Tools
from tests.adapters.sources.mastodon.kit import Moved, community_of, plan


def tools(**secrets: str) -> Tools:
    nothing = cast(Any, None)
    clock = cast(Any, Moved())
    parts = {"http": nothing, "vault": nothing, "intake": nothing, "book": nothing}
    return Tools(clock=clock, community_of=community_of, secrets=secrets, **parts)


def test_without_a_token_the_setting_and_the_scopes_are_named() -> None:
    with pytest.raises(SettingMissing, match=r"BATON_SOURCE_FEDI__TOKEN is not set.*read and write:statuses"):
        connect(plan("https://social.example"), tools())


def test_without_an_address_nobody_is_shown_the_token() -> None:
    with pytest.raises(SettingMissing) as missing:
        connect(plan(""), tools(token="t"))
    assert str(missing.value) == NO_URL % "fedi"


def test_who_only_listens_has_no_account_to_answer_with() -> None:
    connected = connect(plan("https://social.example", reply=False), tools(token="t"))
    assert connected.source is not None and connected.network is None


def test_a_token_is_in_no_representation() -> None:
    connected = connect(plan("https://social.example"), tools(token="very-secret"))
    assert "very-secret" not in repr(connected)
