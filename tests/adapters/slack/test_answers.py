"""Where answers go: each place, and the next best one when it is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.answers import (
    Dialog,
    Direct,
    OpenDialog,
    Origin,
    ResponseUrl,
    Surface,
    Whisper,
    ask,
    at_once,
    say,
)
from adapters.slack.api import SlackApi
from adapters.slack.press import Pressed
from bot.cards.card import Card, Input
from bot.cards.words import sentence_card
from tests.adapters.slack.front import LOBBY, text_in
from tests.desk import Time
from tests.fakes.slack import FakeSlack, drop_after, error, fake_slack

HELLO = sentence_card("Hello")
FORM = Pressed("escalate 1042", "Escalate", (Input(name="why", label="Why?"),))


class _Clock(Time):
    def now(self) -> object:
        return self.at


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack(burst=None) as made:
        made.add_user("Ana Ruiz", "ana@kettle.example", id="U1")
        made.add_channel(LOBBY)
        yield made


@pytest.fixture
async def api(slack: FakeSlack) -> AsyncIterator[SlackApi]:
    api = SlackApi(slack.settings(), _Clock())  # type: ignore[arg-type]  # it only asks for real time
    yield api
    await api.close()


def direct(slack: FakeSlack) -> list[str]:
    return [text_in(m["blocks"]) for m in slack.messages(slack.direct("U1"))]


def whispers(slack: FakeSlack) -> list[str]:
    return [text_in(m["blocks"]) for m in slack.ephemerals(LOBBY, "U1")]


async def test_directly(slack: FakeSlack, api: SlackApi) -> None:
    await say(Direct(api=api, user="U1"), HELLO)
    assert "Hello" in direct(slack)[0]


async def test_in_a_channel_for_one_person(slack: FakeSlack, api: SlackApi) -> None:
    await say(Whisper(api=api, channel=LOBBY, user="U1"), HELLO)
    assert "Hello" in whispers(slack)[0] and slack.messages(LOBBY) == []


@pytest.mark.parametrize(
    "code", ["not_in_channel", "channel_not_found", "is_archived", "user_not_in_channel"]
)
async def test_where_we_cannot_whisper_it_is_said_directly(
    slack: FakeSlack, api: SlackApi, code: str
) -> None:
    slack.trouble("chat.postEphemeral", error(code))
    await say(Whisper(api=api, channel=LOBBY, user="U1"), HELLO)
    assert "Hello" in direct(slack)[0]


async def test_an_address_works_five_times_and_then_otherwise(slack: FakeSlack, api: SlackApi) -> None:
    whisper = Whisper(api=api, channel=LOBBY, user="U1")
    at = ResponseUrl(api=api, url=slack.addresses.give(LOBBY, "U1"), otherwise=whisper)
    for _ in range(6):
        await say(at, HELLO)
    assert len(whispers(slack)) == 6
    assert len(slack.called("chat.postEphemeral")) == 1


async def test_a_dialog_opens_and_shows_something_else_later(slack: FakeSlack, api: SlackApi) -> None:
    origin, otherwise = Origin(), Direct(api=api, user="U1")
    await say(Dialog(api=api, trigger=slack.triggers.give("U1"), origin=origin, otherwise=otherwise), HELLO)
    view = slack.modal("U1")
    assert view is not None and "Hello" in text_in(view["blocks"])
    await say(OpenDialog(api=api, view=view["id"], origin=origin, otherwise=otherwise), sentence_card("Done"))
    after = slack.modal("U1")
    assert after is not None and "Done" in text_in(after["blocks"]) and direct(slack) == []


async def test_a_dialog_that_cannot_open_is_said_otherwise(slack: FakeSlack, api: SlackApi) -> None:
    otherwise = Direct(api=api, user="U1")
    surfaces: tuple[Surface, ...] = (
        Dialog(api=api, trigger="too late", origin=Origin(), otherwise=otherwise),
        OpenDialog(api=api, view="V0CLOSED", origin=Origin(), otherwise=otherwise),
    )
    for surface in surfaces:
        await say(surface, HELLO)
    assert len(direct(slack)) == 2


async def test_a_lost_answer_is_not_said_twice_and_harms_nobody(slack: FakeSlack, api: SlackApi) -> None:
    slack.trouble("chat.postEphemeral", drop_after)
    await say(Whisper(api=api, channel=LOBBY, user="U1"), HELLO)
    assert len(whispers(slack)) == 1 and direct(slack) == []
    slack.down()
    await say(Direct(api=api, user="U1"), HELLO)
    slack.down(False)
    assert direct(slack) == []


async def test_a_form_that_cannot_open_comes_as_a_message(slack: FakeSlack, api: SlackApi) -> None:
    otherwise = Direct(api=api, user="U1")
    await ask(api, FORM, Origin(), trigger="too late", otherwise=otherwise)
    await ask(api, FORM, Origin(), trigger=slack.triggers.give("U1"), over="V1", otherwise=otherwise)
    assert len(direct(slack)) == 2 and all("Why?" in each for each in direct(slack))
    slack.down()
    await ask(api, FORM, Origin(), trigger="x", otherwise=otherwise)
    slack.down(False)


def test_an_origin_comes_back_from_a_form() -> None:
    origin = Origin(channel="C1", message="1.2", url="https://hooks.slack.com/actions/T/1/x", fleeting=True)
    assert Origin.of(origin.text()) == origin and not origin.home
    assert Origin.of(Origin().text()) == Origin() and Origin.of("").home


@pytest.mark.parametrize("text", ["[]", "{", "7", '{"other": 1}', "null", '{"channel": 5}'])
def test_an_origin_that_we_did_not_write_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Origin.of(text)


def test_the_answer_to_a_command_is_for_its_speaker() -> None:
    assert at_once(HELLO)["response_type"] == "ephemeral"
    assert at_once(None) == {}
    assert at_once(Card(title="A", summary="b"))["blocks"]
