"""Activities in the shapes that Teams sends, read as people meant them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.markup import tidy
from adapters.teams.messages import message_of, place_in, where_of
from adapters.teams.plain import files_of, plain_html, written
from tests.adapters.teams.front import SUPPORT, teams_policy

BOT = "28:baton"
PERSON = {"id": "29:1ben", "name": "Ben Okafor", "aadObjectId": "0b"}


def activity(text: str = "", *, mentions: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    """`mentions` are (id, name) in the order of the text."""
    entities = [
        {"type": "mention", "mentioned": {"id": id, "name": name}, "text": f"<at>{name}</at>"}
        for id, name in mentions
    ]
    return {
        "type": "message",
        "id": "1772442000009",
        "text": text,
        "textFormat": "plain",
        "serviceUrl": "https://smba.example/emea/",
        "from": PERSON,
        "recipient": {"id": BOT, "name": "Baton"},
        "conversation": {
            "conversationType": "channel",
            "id": f"{SUPPORT};messageid=1772442000003",
            "isGroup": True,
        },
        "entities": [*entities, {"type": "clientInfo", "locale": "en-GB"}],
        **more,
    }


def marked(content: str, text: str = "", **more: Any) -> dict[str, Any]:
    return activity(text, attachments=[{"contentType": "text/html", "content": content}], **more)


def mention(number: int, name: str) -> str:
    return f'<span itemscope itemtype="http://schema.skype.com/Mention" itemid="{number}">{name}</span>'


US = (BOT, "Baton")


class TestCalled:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("<at>Baton</at> claim 1042", "claim 1042"),
            (" \n<at>Baton</at>&nbsp;claim 1042 ", "claim 1042"),
            ("<at>Baton</at>: claim 1042", "claim 1042"),
            ("<at>Baton</at>,\u00a0claim 1042", "claim 1042"),
            ("<at>Baton</at>", ""),
            ("<at>Baton</at> note Baton is late, says Baton", "note Baton is late, says Baton"),
            ('<at>Baton</at> note 1 &lt; 2 &amp; "x"', 'note 1 < 2 & "x"'),
            ("<at>Baton</at> reply 1042 a\r\n\r\n\r\n\r\nb", "reply 1042 a\n\nb"),
        ],
    )
    def test_only_the_leading_mention_goes(self, text: str, words: str) -> None:
        called = written(activity(text, mentions=(US,))).called(BOT)
        assert called is not None
        assert called.plain == words

    def test_a_second_mention_of_us_stays(self) -> None:
        called = written(activity("<at>Baton</at> note ask <at>Baton</at>", mentions=(US, US))).called(BOT)
        assert called is not None
        assert called.plain == "note ask @Baton"

    def test_others_keep_their_names(self) -> None:
        text = "<at>Baton</at> assign 1042 <at>Cleo Hart</at>"
        called = written(activity(text, mentions=(US, ("29:cleo", "Cleo Hart")))).called(BOT)
        assert called is not None
        assert called.plain == "assign 1042 @Cleo Hart"

    @pytest.mark.parametrize(
        ("text", "mentions"),
        [
            ("hello <at>Baton</at>", (US,)),
            ("<at>Cleo Hart</at> and <at>Baton</at>", (("29:cleo", "Cleo Hart"), US)),
            ("<at>Baton</at> claim 1042", ()),
            ("<at>Baton</at> claim 1042", (("29:x", "Baton"),)),
            ("Baton claim 1042", ()),
            ("", ()),
        ],
    )
    def test_nobody_else_calls_us(self, text: str, mentions: tuple[tuple[str, str], ...]) -> None:
        assert written(activity(text, mentions=mentions)).called(BOT) is None

    def test_an_app_without_an_id_is_never_called(self) -> None:
        assert written(activity("<at>Baton</at> list", mentions=(("", "Baton"),))).called("") is None

    def test_mentions_with_a_number_are_mentions(self) -> None:
        told = activity('<at id="0">Baton</at> list')
        told["entities"] = [
            {"type": "mention", "mentioned": {"id": BOT, "name": "Baton"}, "text": '<at id="0">Baton</at>'}
        ]
        called = written(told).called(BOT)
        assert called is not None
        assert called.plain == "list"

    def test_a_broken_entity_is_nobody(self) -> None:
        told = activity("<at>Baton</at> list", mentions=())
        told["entities"] = ["x", {"type": "mention"}, {"type": "mention", "mentioned": 7}]
        assert written(told).called(BOT) is None


class TestHtml:
    def test_a_links_address_is_kept(self) -> None:
        content = (
            f'<p>{mention(0, "Baton")}&nbsp;file <a href="https://x.example/1?a=1&amp;b=2">this post</a></p>'
        )
        called = written(marked(content, "<at>Baton</at> file this post", mentions=(US,))).called(BOT)
        assert called is not None
        assert called.plain == "file this post (https://x.example/1?a=1&b=2)"

    def test_a_link_that_is_its_own_label_stands_once(self) -> None:
        assert plain_html('<a href="https://x.example/">x.example</a>') == "https://x.example/"

    def test_no_other_address_comes_in(self) -> None:
        assert plain_html('<a href="javascript:alert(1)">this</a>') == "this"

    def test_what_is_quoted_is_not_said(self) -> None:
        content = (
            '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="17000">'
            "<strong>Baton</strong><p>claim 1042</p></blockquote><p>note she called</p>"
        )
        read = written(marked(content, "Baton\nclaim 1042\n\nnote she called"))
        assert (read.plain, read.quoted) == ("note she called", "17000")

    @pytest.mark.parametrize(
        ("content", "plain"),
        [
            ("<div><p>one</p><p>two</p></div>", "one\n\ntwo"),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
            ("a &lt;b&gt; &amp;&nbsp;c", "a <b> & c"),
            ('great <img itemtype="http://schema.skype.com/Emoji" alt="😀">', "great 😀"),
            ("<style>p{}</style>x<attachment id='1'></attachment>", "x"),
            ("</p></div>x</b>", "x"),
            ("", ""),
        ],
    )
    def test_it_reads_as_people_see_it(self, content: str, plain: str) -> None:
        assert plain_html(content) == plain

    def test_the_text_wins_where_it_says_as_much(self) -> None:
        assert written(marked("<p>claim <b>1042</b></p>", "claim 1042")).plain == "claim 1042"

    def test_a_message_of_html_alone_is_read(self) -> None:
        assert written(marked("<p>claim 1042</p>")).plain == "claim 1042"

    def test_xml_text_is_html(self) -> None:
        told = activity("<at>Baton</at> <b>claim</b> 1042", mentions=(US,), textFormat="xml")
        called = written(told).called(BOT)
        assert called is not None
        assert called.plain == "claim 1042"


class TestFiles:
    def test_they_are_named(self) -> None:
        kind = "application/vnd.microsoft.teams.file.download.info"
        one = {"contentType": kind, "name": "broken.jpg", "content": {}}
        assert files_of([one]) == "(a file: broken.jpg)"
        assert (
            files_of([one, {"contentType": "image/png", "contentUrl": "x"}]) == "(files: broken.jpg, picture)"
        )

    @pytest.mark.parametrize(
        "attachments", [None, "x", [], [7], [{"contentType": "text/html", "content": "x"}]]
    )
    def test_or_there_are_none(self, attachments: Any) -> None:
        assert files_of(attachments) == ""


class TestWhere:
    def test_a_reply_in_a_channel(self) -> None:
        message = message_of(activity("x"))
        assert (message.where.conversation, message.below) == (SUPPORT, "1772442000003")
        assert message.where.thread == f"{SUPPORT};messageid=1772442000003"
        assert message.name == f"{SUPPORT}:1772442000009"

    def test_a_root_stands_below_nothing(self) -> None:
        assert message_of({**activity("x"), "id": "1772442000003"}).below == ""

    @pytest.mark.parametrize(
        ("kind", "direct", "channel"),
        [("personal", True, False), ("groupChat", False, False), ("channel", False, True)],
    )
    def test_scopes(self, kind: str, direct: bool, channel: bool) -> None:
        where = where_of({**activity("x"), "conversation": {"conversationType": kind, "id": "a:1"}})
        assert (where.direct, where.channel, where.root, where.thread) == (direct, channel, "", "a:1")

    def test_the_department_is_the_channels(self) -> None:
        place = place_in(teams_policy(), where_of(activity("x")))
        assert (place.platform, place.department, place.conversation) == ("teams", "support", SUPPORT)

    @pytest.mark.parametrize(
        "author", [{"id": "28:other"}, {"id": BOT}, {"id": ""}, {"id": "29:x", "role": "bot"}, None, "x"]
    )
    def test_machines_are_no_people(self, author: Any) -> None:
        assert not message_of({**activity("x"), "from": author}).human

    @pytest.mark.parametrize(
        "odd", [{}, {"conversation": 7}, {"text": 7, "id": 7, "entities": 7, "attachments": 7}]
    )
    def test_nothing_odd_breaks_it(self, odd: dict[str, Any]) -> None:
        assert message_of(odd).where.conversation == ""


def test_white_space_that_nobody_typed_goes() -> None:
    assert tidy(" a\u00a0 b \r\n\r\n\r\n\r\n c ") == "a b\n\nc"
