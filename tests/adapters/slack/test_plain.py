"""Slack's writing, back to what was typed."""

from __future__ import annotations

import pytest

from adapters.slack.plain import plain, plainly
from bot.ports import Down
from tests.adapters.slack.listening import KnownPeople, slack_policy


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ("claim 1042", "claim 1042"),
        ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
        ("see <https://x.example/a?b=1&amp;c=2>", "see https://x.example/a?b=1&c=2"),
        ("see <http://kettle.example|kettle.example>", "see kettle.example"),
        ("see <https://x.example/|https://x.example/>", "see https://x.example/"),
        ("see <https://x.example/a|the post>", "see the post (https://x.example/a)"),
        ("see <https://evil.example|https://x.example>", "see https://x.example (https://evil.example)"),
        ("assign 7 <mailto:ana@kettle.example|ana@kettle.example>", "assign 7 ana@kettle.example"),
        ("call <tel:+44207946|+44 207 946>", "call +44 207 946 (tel:+44207946)"),
        ("<@U0ANA> and <@U0NEW|newcomer> and <@U0NOBODY>", "@Ana Ruiz and @newcomer and @U0NOBODY"),
        ("in <#C0X|lobby> or <#C0Y>", "in #lobby or #C0Y"),
        ("<!here> <!channel|@channel> <!subteam^S1|@press> <!subteam^S2>", "@here @channel @press @subteam"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("a < b", "a < b"),
        ("<>", ""),
    ],
)
def test_text_is_as_typed(raw: str, typed: str) -> None:
    assert plain(raw, {"U0ANA": "Ana Ruiz"}) == typed


async def test_people_of_the_policy_are_named_and_others_left() -> None:
    people = KnownPeople(slack_policy())
    assert await plainly("assign 7 <@U0BEN> <@U0GUEST>", people) == "assign 7 @Ben Okafor @U0GUEST"


async def test_nobodys_words_wait_for_a_name() -> None:
    people = KnownPeople(slack_policy())
    people.troubles = [Down("Slack is away")]
    assert await plainly("ask <@U0BEN> &amp; <@U0ANA>", people) == "ask @U0BEN & @Ana Ruiz"
