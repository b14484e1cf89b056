"""What a message says to its readers: what Slack's client would make of text, markup and blocks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.reading import read


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}]}


@pytest.mark.parametrize(
    ("text", "pings", "links", "bold", "formatted"),
    [
        ("<!channel> hi", ["!channel"], [], [], []),
        ("<@U1> hi", ["@U1"], [], [], []),
        ("see <https://a.example|the bank>", [], [("the bank", "https://a.example")], [], []),
        ("see https://a.example now", [], [("https://a.example", "https://a.example")], [], []),
        ("so *loud* and _bent_, `code`, ~gone~", [], [], ["loud"], ["bent", "code", "gone"]),
        ("a :boom: here", [], [], [], [":boom:"]),
        ("&gt; said", [], [], [], ["&gt;"]),
        ("snake_case_name, 2*3*4, &lt;!channel&gt;", [], [], [], []),
    ],
)
def test_markup_is_found(
    text: str,
    pings: list[str],
    links: list[tuple[str, str]],
    bold: list[str],
    formatted: list[str],
) -> None:
    found = read(section(text))
    assert (found.pings, found.links) == (pings, links)
    assert (found.bold, sorted(found.formatted)) == (bold, sorted(formatted))
    assert read({"text": text}).pings == pings


def test_what_is_escaped_or_verbatim_reads_as_it_was_written() -> None:
    found = read(section("&lt;b&gt; &amp;amp; https://a.example", verbatim=True))
    assert (found.text, found.links) == ("<b> &amp; https://a.example", [])


def test_plain_text_is_parsed_by_nobody() -> None:
    text = {"type": "plain_text", "text": "<!channel> *x* :boom:", "emoji": False}
    found = read({"blocks": [{"type": "context", "elements": [text]}]})
    assert found.text == "<!channel> *x* :boom:"
    assert not (found.pings or found.links or found.bold or found.formatted)
    text["emoji"] = True
    assert read({"blocks": [{"type": "context", "elements": [text]}]}).formatted == [":boom:"]


def test_rich_text_says_what_it_is() -> None:
    runs = [
        {"type": "text", "text": "plain "},
        {"type": "text", "text": "bold ", "style": {"bold": True}},
        {"type": "text", "text": "bent ", "style": {"italic": True}},
        {"type": "link", "url": "https://a.example", "text": "bank"},
        {"type": "user", "user_id": "U1"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]}
    found = read({"blocks": [block]})
    assert found.text.startswith("plain bold bent bank")
    assert (found.bold, found.formatted, found.pings) == (["bold "], ["bent "], ["user"])
    assert found.links == [("bank", "https://a.example")]


def test_buttons_are_read_and_lead_somewhere() -> None:
    press = {"type": "button", "text": {"type": "plain_text", "text": "Claim"}}
    link = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://a.example"}
    found = read({"blocks": [{"type": "actions", "elements": [press, link]}], "text": "<!here>"})
    assert (found.buttons, found.links) == (["Claim", "Open"], [("Open", "https://a.example")])
    assert found.pings == ["!here"]
