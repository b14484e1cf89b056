"""The form behind a button, in a dialog and in a message, filled in well and badly."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from adapters.slack.form import (
    SEND_ACTION,
    Unanswered,
    block_of,
    inline,
    modal,
    read_inline,
    read_modal,
    said,
)
from adapters.slack.press import Pressed
from bot.cards.buttons import DeskWords
from bot.cards.card import Button, Choice, Input
from tests.adapters.slack.limits import check_blocks, check_view

ORIGIN = "C024BE91L:1772443800.000100"
WORDS = DeskWords(1042)
DEPARTMENTS = (("legal", "Legal"), ("pr", "Press"), ("sales", "Sales"), ("hr", "People"), ("it", "IT"))


def pressed(button: Button) -> Pressed:
    return Pressed(button.words, button.label, button.fields)


HANDOFF = pressed(WORDS.handoff(DEPARTMENTS))
SNOOZE = pressed(WORDS.snooze())
ESCALATE = pressed(WORDS.escalate())
EVERY = [
    *(HANDOFF, SNOOZE, ESCALATE, pressed(WORDS.resolve()), pressed(WORDS.wait()), pressed(WORDS.note())),
    *(pressed(WORDS.take()), pressed(WORDS.dismiss()), pressed(WORDS.pass_on())),
    pressed(WORDS.decline(True, DEPARTMENTS)),
]


def filled(view: Mapping[str, Any], *values: str | None) -> dict[str, Any]:
    """The view as Slack sends it back when a person filled it in."""
    return {**view, "state": state_of(view["blocks"], *values)}


def state_of(blocks: list[dict[str, Any]], *values: str | None) -> dict[str, Any]:
    inputs = [block for block in blocks if block["type"] == "input"]
    answers = {}
    for block, value in zip(inputs, values, strict=True):
        kind = block["element"]["type"]
        picked = {"text": {"type": "plain_text", "text": "?"}, "value": value} if value is not None else None
        answer = {"value": value} if kind == "plain_text_input" else {"selected_option": picked}
        answers[block["block_id"]] = {block["element"]["action_id"]: {"type": kind, **answer}}
    return {"values": answers}


def elements(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["element"]["type"] for block in blocks if block["type"] == "input"]


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.label)
def test_every_form_of_the_product_is_within_the_rules(form: Pressed) -> None:
    view = modal(form, origin=ORIGIN)
    check_view(view)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        View(**json.loads(json.dumps(view))).to_dict()
        for block in inline(form):
            parsed = Block.parse(json.loads(json.dumps(block)))
            assert parsed is not None
            parsed.to_dict()
    check_blocks(inline(form), most=50)
    assert view["title"]["text"] == view["submit"]["text"] == form.label


def test_a_dialog_says_what_it_will_say() -> None:
    assert modal(HANDOFF, origin="")["blocks"][-1]["elements"][0]["text"] == "Baton will hear: handoff 1042 …"


def test_few_short_options_are_seen_at_once_and_more_in_a_list() -> None:
    assert elements(modal(SNOOZE, origin="")["blocks"]) == ["radio_buttons"]
    assert elements(modal(HANDOFF, origin="")["blocks"]) == ["static_select", "plain_text_input"]


def test_inputs_ask_as_the_card_says() -> None:
    pick, note, _ = modal(HANDOFF, origin="")["blocks"]
    assert (pick["optional"], note["optional"], note["element"]["multiline"]) == (False, True, True)
    assert note["label"]["text"] == "What should they know?" and "hint" not in note
    (why, _) = modal(ESCALATE, origin="")["blocks"]
    assert why["hint"]["text"] == "The people paged read this first" and why["element"]["focus_on_load"]


def test_a_dialog_comes_back_with_its_words_and_origin() -> None:
    form = read_modal(filled(modal(HANDOFF, origin=ORIGIN), "pr", "two\nlines & <more>"))
    assert (form.pressed, form.origin) == (HANDOFF, ORIGIN)
    assert said(form.pressed, form.values) == "handoff 1042 pr two\nlines & <more>"


@pytest.mark.parametrize("empty", [None, "", "  \n "])
def test_what_is_left_empty_adds_nothing(empty: str | None) -> None:
    form = read_modal(filled(modal(HANDOFF, origin=ORIGIN), "pr", empty))
    assert said(form.pressed, form.values) == "handoff 1042 pr"


@pytest.mark.parametrize(("values", "field"), [((None, "x"), 0), ((None, None), 0)])
def test_a_field_that_must_be_answered_is_asked_for_again(values: tuple[str | None, ...], field: int) -> None:
    with pytest.raises(Unanswered, match="To which department") as caught:
        read_modal(filled(modal(HANDOFF, origin=ORIGIN), *values))
    assert block_of(caught.value.field) == block_of(field)


def test_blanks_are_no_answer() -> None:
    with pytest.raises(Unanswered, match="Why must it not wait"):
        read_modal(filled(modal(ESCALATE, origin=ORIGIN), "   "))


def test_an_option_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="not offered"):
        read_modal(filled(modal(HANDOFF, origin=ORIGIN), "board; resolve 1042", None))


@pytest.mark.parametrize(
    "broken",
    [
        {"callback_id": "other"},
        {"private_metadata": None},
        {"private_metadata": "claim 1042\nC1"},
        {"private_metadata": ""},
        {"state": None},
        {"state": {"values": {"field:0": {"value": {"selected_option": {"value": 1}}}}}},
        {"state": {"values": {"field:0": {"value": {"selected_option": "pr"}}}}},
        {"state": {"values": {"field:0": {"value": []}}}},
        {"state": {"values": {"field:0": []}}},
    ],
)
def test_what_no_dialog_of_ours_can_send_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Baton|no value|needs an answer|not offered"):
        read_modal({**filled(modal(HANDOFF, origin=ORIGIN), "pr", None), **broken})


def test_a_text_of_another_kind_is_refused() -> None:
    view = filled(modal(ESCALATE, origin=ORIGIN), "x")
    view["state"]["values"][block_of(0)]["value"]["value"] = ["x"]
    with pytest.raises(ValueError, match="not offered"):
        read_modal(view)


def test_what_no_database_takes_is_left_out_and_too_much_is_cut() -> None:
    form = read_modal(filled(modal(ESCALATE, origin=ORIGIN), "a\x00b\ud800" + "c" * 5_000))
    assert form.values[0].startswith("abc") and len(form.values[0]) == 3_000


@pytest.mark.parametrize(
    "options",
    [
        (),
        tuple((f"d{n}", f"D{n}") for n in range(101)),
        (("x" * 151, "X"), ("y", "Y")),
        (("", "nothing"), ("y", "Y")),
    ],
)
def test_options_that_slack_does_not_show_are_typed(options: tuple[tuple[str, str], ...]) -> None:
    form = Pressed("handoff 1", "Hand off", (Choice(name="d", label="To?", options=options),))
    view = modal(form, origin=ORIGIN)
    check_view(view)
    assert elements(view["blocks"]) == ["plain_text_input"]
    assert read_modal(filled(view, "legal")).values == ("legal",)


def test_long_option_labels_are_cut_and_a_lone_option_is_picked_already() -> None:
    form = Pressed("handoff 1", "Hand off", (Choice(name="d", label="To?", options=(("a", "A" * 200),)),))
    view = modal(form, origin=ORIGIN)
    check_view(view)
    assert view["blocks"][0]["element"]["initial_option"]["value"] == "a"


def test_long_labels_and_hints_are_cut() -> None:
    field = Input(name="n", label="L" * 5_000, hint="h" * 5_000)
    form = Pressed("say " + "x" * 200, "B" * 200, (field,))
    check_view(modal(form, origin=ORIGIN))
    check_blocks(inline(form), most=50)


def test_an_origin_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a dialog"):
        modal(HANDOFF, origin="C" * 3_000)


def test_the_form_in_a_message_is_the_same_form() -> None:
    blocks = inline(HANDOFF)
    (send,) = [block["elements"][0] for block in blocks if block["type"] == "actions"]
    assert (send["text"]["text"], send["action_id"]) == ("Send", SEND_ACTION)
    assert [block for block in blocks if block["type"] == "input"] == [
        {
            **block,
            "element": {key: value for key, value in block["element"].items() if key != "focus_on_load"},
        }
        for block in modal(HANDOFF, origin="")["blocks"][:-1]
    ]
    again, values = read_inline(send["value"], state_of(blocks, "legal", "please"))
    assert said(again, values) == "handoff 1042 legal please"
    with pytest.raises(Unanswered):
        read_inline(send["value"], {"values": {}})
    with pytest.raises(ValueError, match="no value"):
        read_inline("legal", state_of(blocks, "legal", None))
