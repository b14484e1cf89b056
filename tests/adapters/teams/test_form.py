"""The form behind a button, in a dialog and in a message, filled in well and badly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.teams.form import Unanswered, dialog, inline, input_of, read_dialog, said
from adapters.teams.press import Pressed
from bot.cards.buttons import DeskWords
from bot.cards.card import Button, Choice, Input
from tests.adapters.teams.limits import check_card, check_task, parts
from tests.adapters.teams.test_text import no_markdown
from tests.bot.cards.reading import HOSTILE

ORIGIN = {"conversation": "19:support@thread.tacv2", "message": "1772443800000"}
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


def shown(form: Pressed) -> dict[str, Any]:
    """The card in the dialog."""
    content: dict[str, Any] = dialog(form, origin=ORIGIN)["card"]["content"]
    return content


def filled(card: Mapping[str, Any], *values: str | None) -> dict[str, Any]:
    """The data as Teams sends it when a person filled the card in: that of its button, with what was typed."""
    fields = inputs(card)
    (action,) = card["actions"]
    answers = {field["id"]: value for field, value in zip(fields, values, strict=True) if value is not None}
    return {**action["data"], **answers}


def inputs(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in parts(card) if str(part.get("type")).startswith("Input.")]


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.label)
def test_every_form_of_the_product_is_within_the_rules(form: Pressed) -> None:
    info = dialog(form, origin=ORIGIN)
    check_task(info)
    check_card(inline(form))
    (submit,) = info["card"]["content"]["actions"]
    assert info["title"] == submit["title"] == form.label


def test_a_dialog_says_what_it_will_say() -> None:
    assert shown(HANDOFF)["body"][-1]["inlines"][0]["text"] == "Baton will hear: handoff 1042 …"


def test_few_options_are_seen_at_once_and_more_in_a_list() -> None:
    (few,), (more, note) = inputs(shown(SNOOZE)), inputs(shown(HANDOFF))
    assert (few["style"], more["style"], note["type"]) == ("expanded", "compact", "Input.Text")


def test_inputs_ask_as_the_card_says() -> None:
    pick, note = inputs(shown(HANDOFF))
    assert pick["isRequired"] and pick["errorMessage"] == "This needs an answer: “To which department?”"
    assert "isRequired" not in note and note["isMultiline"] and note["maxLength"] == 3_000
    assert note["label"] == "What should they know?" and "placeholder" not in note
    (why,) = inputs(shown(ESCALATE))
    assert why["placeholder"] == "The people paged read this first"


def test_a_longer_form_has_a_taller_dialog_up_to_a_screen() -> None:
    def height(*fields: Choice | Input) -> int:
        return int(dialog(Pressed("note 1", "Note", fields), origin={})["height"])

    one = Input(name="n", label="N", long=True)
    assert height() < height(one) < height(one, one) < height(*([one] * 9)) == 640


def test_a_dialog_comes_back_with_its_words_and_origin() -> None:
    form = read_dialog(filled(shown(HANDOFF), "pr", "two\nlines & <more>"))
    assert (form.pressed, form.origin) == (HANDOFF, ORIGIN)
    assert said(form.pressed, form.values) == "handoff 1042 pr two\nlines & <more>"


@pytest.mark.parametrize("empty", [None, "", "  \n "])
def test_what_is_left_empty_adds_nothing(empty: str | None) -> None:
    form = read_dialog(filled(shown(HANDOFF), "pr", empty))
    assert said(form.pressed, form.values) == "handoff 1042 pr"


@pytest.mark.parametrize("values", [(None, "x"), ("", None)])
def test_a_field_that_must_be_answered_is_asked_for_again(values: tuple[str | None, ...]) -> None:
    with pytest.raises(Unanswered, match="To which department") as caught:
        read_dialog(filled(shown(HANDOFF), *values))
    assert caught.value.field == 0


def test_blanks_are_no_answer() -> None:
    with pytest.raises(Unanswered, match="Why must it not wait"):
        read_dialog(filled(shown(ESCALATE), "   "))


def test_an_option_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="not offered"):
        read_dialog(filled(shown(HANDOFF), "board; resolve 1042", None))


@pytest.mark.parametrize(
    "broken",
    [
        {"do": "other"},
        {"do": None},
        {"o": None},
        {"o": "19:support"},
        {"w": None},
        {"l": 7},
        {"f": "x"},
        {"field0": ["pr"]},
        {"field0": {"value": "pr"}},
        {"field0": 1},
        {"field1": False},
    ],
)
def test_what_no_form_of_ours_can_send_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Baton|no data|not offered"):
        read_dialog({**filled(shown(HANDOFF), "pr", None), **broken})


def test_what_no_database_takes_is_left_out_and_too_much_is_cut() -> None:
    form = read_dialog(filled(shown(ESCALATE), "a\x00b\ud800" + "c" * 5_000))
    assert form.values[0].startswith("abc") and len(form.values[0]) == 3_000


@pytest.mark.parametrize(
    "options",
    [
        (),
        tuple((f"d{n}", f"D{n}") for n in range(201)),
        (("x" * 201, "X"), ("y", "Y")),
        (("", "nothing"), ("y", "Y")),
        (("same", "One"), ("same", "Other")),
    ],
)
def test_options_that_cannot_be_picked_are_typed(options: tuple[tuple[str, str], ...]) -> None:
    form = Pressed("handoff 1", "Hand off", (Choice(name="d", label="To?", options=options),))
    check_task(dialog(form, origin=ORIGIN))
    assert [each["type"] for each in inputs(shown(form))] == ["Input.Text"]
    assert read_dialog(filled(shown(form), "legal")).values == ("legal",)


def test_a_lone_option_is_picked_already() -> None:
    form = Pressed("handoff 1", "Hand off", (Choice(name="d", label="To?", options=(("a", "A" * 900),)),))
    check_task(dialog(form, origin=ORIGIN))
    assert inputs(shown(form))[0]["value"] == "a"


def test_nasty_labels_and_hints_are_cut_and_never_formatted() -> None:
    for text in (HOSTILE, "L" * 5_000, "", "# *x*\n[a](b)"):
        fields = (
            Input(name=text, label=text, hint=text),
            Choice(name="c", label=text, options=(("a", text), ("b", text))),
        )
        form = Pressed(f"say {text}", text, fields)
        if len(text) < 1_000:
            check_task(dialog(form, origin=ORIGIN))
            check_card(inline(form))
        for field in inputs(shown(Pressed("say", text, fields))):
            assert no_markdown(field["label"])
            assert all(no_markdown(choice["title"]) for choice in field.get("choices", ()))


def test_what_is_too_long_for_a_dialog_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a form"):
        dialog(HANDOFF, origin={"conversation": "C" * 5_000})
    with pytest.raises(ValueError, match="too long"):
        dialog(Pressed("say " + "x" * 3_000, "Say"), origin=ORIGIN)


def test_the_form_in_a_message_is_the_same_form() -> None:
    card = inline(HANDOFF)
    (send,) = card["actions"]
    assert (send["title"], send["verb"], send["fallback"]["data"]) == ("Send", "send", send["data"])
    assert inputs(card) == inputs(shown(HANDOFF))
    form = read_dialog(filled(card, "legal", "please"))
    assert said(form.pressed, form.values) == "handoff 1042 legal please" and form.origin == {}
    with pytest.raises(Unanswered):
        read_dialog(filled(card, None, None))
    assert input_of(0) == inputs(card)[0]["id"]
