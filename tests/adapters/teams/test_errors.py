"""What the connector's answers mean, and that their sentences help."""

from __future__ import annotations

import pytest

from adapters.teams.errors import (
    NOT_FOR_PERSON,
    SHUT,
    SHUT_EVERYWHERE,
    TOO_LARGE_CODE,
    Asked,
    TeamsRefused,
    TeamsShut,
    code_of,
    lost,
    translate,
)
from adapters.teams.tokens import REFUSED
from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, SlowDown, Undeliverable

CHANNEL, PERSON = "19:sales@thread.tacv2", "a:1xyz"
ACTIVITIES = "/v3/conversations/x/activities"
POST = Asked(verb="POST", path=ACTIVITIES, conversation=CHANNEL, posts=True)
DIRECT = Asked(verb="POST", path=ACTIVITIES, conversation=PERSON, posts=True)
REPLY = Asked(
    verb="POST",
    path="/v3/conversations/19%3Asales%40thread.tacv2%3Bmessageid%3D1/activities",
    conversation=CHANNEL,
    posts=True,
)
EDIT = Asked(verb="PUT", path=f"{ACTIVITIES}/1", conversation=CHANNEL)
DELETE = Asked(verb="DELETE", path=f"{ACTIVITIES}/1", conversation=CHANNEL)
READ = Asked(verb="GET", path="/v3/conversations/x/members", conversation=CHANNEL)


def said(asked: Asked, status: int, code: str | None = None) -> ChatError:
    return translate(asked, status, {"error": {"code": code, "message": "…"}} if code else None)


@pytest.mark.parametrize("code", [*NOT_FOR_PERSON, "SomethingNew"])
def test_a_person_who_cannot_be_written_to_is_undeliverable(code: str) -> None:
    error = said(DIRECT, 403, code)
    assert isinstance(error, TeamsRefused) and error.code == code


@pytest.mark.parametrize("code", [*SHUT, "SomethingNew"])
def test_a_channel_that_takes_no_words_is_shut(code: str) -> None:
    error = said(POST, 403, code)
    assert isinstance(error, TeamsShut) and error.code == code


@pytest.mark.parametrize("asked", [POST, DIRECT, EDIT])
@pytest.mark.parametrize("code", SHUT_EVERYWHERE)
def test_what_an_admin_must_mend_shuts_everything(asked: Asked, code: str) -> None:
    assert isinstance(said(asked, 403, code), TeamsShut)


def test_a_refusal_without_a_word_is_one_too() -> None:
    assert isinstance(said(POST, 403), TeamsShut)
    assert isinstance(said(DIRECT, 403), Undeliverable)


@pytest.mark.parametrize("asked", [REPLY, EDIT, DELETE])
@pytest.mark.parametrize("code", ["ConversationNotFound", "ActivityNotFoundInConversation"])
def test_what_was_deleted_is_gone(asked: Asked, code: str) -> None:
    assert isinstance(said(asked, 404, code), Gone)


def test_a_conversation_that_is_not_there_is_undeliverable() -> None:
    error = said(POST, 404, "ConversationNotFound")
    assert isinstance(error, TeamsRefused) and "deleted" in str(error)
    assert isinstance(said(READ, 404, "MemberNotFoundInConversation"), TeamsRefused)


@pytest.mark.parametrize(
    ("status", "code"), [(413, None), (413, "RequestEntityTooLarge"), (400, "MessageSizeTooBig")]
)
def test_what_is_too_large_is_told_apart(status: int, code: str | None) -> None:
    error = said(POST, status, code)
    assert isinstance(error, TeamsRefused) and error.code == TOO_LARGE_CODE


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (400, "BadArgument", TeamsRefused),
        (400, None, Failed),
        (401, None, TeamsShut),
        (404, None, Failed),
        (409, "Conflict", Failed),
        (410, None, Gone),
        (412, "PreconditionFailed", Failed),
        (429, None, SlowDown),
        (302, None, Failed),
    ],
)
def test_other_answers(status: int, code: str | None, means: type[ChatError]) -> None:
    assert type(said(POST, status, code)) is means


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_the_fate_of_a_post_that_broke_is_unknown_and_an_edit_may_be_repeated(status: int) -> None:
    assert type(said(POST, status)) is FateUnknown
    assert type(said(EDIT, status)) is Down
    assert type(lost(READ, "TimeoutError")) is Down


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": {"code": "A"}}, "A"),
        ({"error": {"code": "<b>A</b>\n" + "x" * 500}}, ("b A b " + "x" * 500)[:79]),
        ({"error": {"code": 5}}, ""),
        ({"error": "A"}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_a_code_is_a_word_whatever_was_answered(answer: object, code: str) -> None:
    assert code_of(answer) == code or (code.startswith("b A b") and code_of(answer).startswith("b A b x"))
    assert "<" not in code_of(answer) and "\n" not in code_of(answer) and len(code_of(answer)) <= 80


@pytest.mark.parametrize(
    "sentence", [*NOT_FOR_PERSON.values(), *SHUT.values(), *SHUT_EVERYWHERE.values(), *REFUSED.values()]
)
def test_a_sentence_says_what_to_do(sentence: str) -> None:
    assert sentence.endswith(".") and "{" not in sentence and len(sentence) > 60
