"""The card of a case in each of its states: its colour, its facts, its buttons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.buttons import FIRST_ROW
from bot.cards.card import Actions, Choice, Facts, Input, OpenLink, Press, Quote, Text, Tone
from bot.cards.case import case_card
from bot.cards.views import AlarmView, ConsultView, OfferView
from bot.domain.lifecycle import OUTCOMES
from bot.domain.parts import State
from tests.bot.cards.reading import HOSTILE, a_case, a_mention, buttons, labelled, strings, words

OFFER = OfferView(
    to="Legal", by="Ana", until="10:20", note="threat in the 2nd post", others=(("pr", "Press"),)
)
ALARM = AlarmView(why="a lawyer wrote", by="Baton", paged="Ana 09:00")


def facts(card: object) -> dict[str, str]:
    (found,) = [e for e in card.elements if isinstance(e, Facts)]  # type: ignore[attr-defined]
    return dict(found.rows)


# -- colour ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ({}, Tone.OPEN),
        ({"owner": "Ana"}, Tone.CLAIMED),
        ({"owner": "Ana", "waiting": "for the customer"}, Tone.WAITING),
        ({"snoozed": "until 12:00"}, Tone.WAITING),
        ({"offer": OFFER}, Tone.WAITING),
        ({"alarm": ALARM}, Tone.ALARM),
        ({"missed": True}, Tone.ALARM),
        ({"alarm": ALARM, "offer": OFFER, "owner": "Ana"}, Tone.ALARM),
        ({"state": State.RESOLVED, "owner": "Ana"}, Tone.DONE),
        ({"state": State.DISMISSED}, Tone.DONE),
    ],
)
def test_the_colour_says_the_state(state: dict[str, object], tone: Tone) -> None:
    assert case_card(a_case(**state)).tone is tone


# -- buttons -----------------------------------------------------------------------------------


def test_an_open_case_can_be_claimed_handed_off_escalated_snoozed_dismissed() -> None:
    card = case_card(a_case())
    assert words(card) == [
        "claim 1042",
        "handoff 1042",
        "escalate 1042",
        "snooze 1042",
        "dismiss 1042",
        "show 1042",
    ]
    assert labelled(card, "Claim").style is Press.PRIMARY
    assert labelled(card, "Claim").fields == ()


def test_a_claimed_case_can_be_resolved_and_everything_else_its_owner_does() -> None:
    card = case_card(a_case(owner="Ana"))
    assert words(card) == [
        "resolve 1042",
        "wait 1042",
        "handoff 1042",
        "note 1042",
        "release 1042",
        "take 1042",
        "escalate 1042",
        "show 1042",
    ]
    assert labelled(card, "Resolve").style is Press.PRIMARY


def test_a_warned_claim_can_be_extended_first_of_all() -> None:
    card = case_card(a_case(owner="Ana", lease_warned=True))
    assert words(card)[0] == "extend 1042"
    assert labelled(card, "Extend").style is Press.PRIMARY
    assert labelled(card, "Resolve").style is Press.PLAIN


def test_the_receiver_of_an_offer_accepts_or_declines() -> None:
    card = case_card(a_case(owner="Ana", offer=OFFER, holds=False, receives=True))
    assert words(card) == ["accept 1042", "decline 1042", "show 1042"]
    assert [field.name for field in labelled(card, "Decline").fields] == ["reason"]


def test_a_department_that_must_name_another_is_asked_for_it_first() -> None:
    offer = OfferView(to="Legal", by="Ana", until="10:20", needs_other=True, others=(("pr", "Press"),))
    decline = labelled(case_card(a_case(offer=offer, holds=False, receives=True)), "Decline")
    other, reason = decline.fields
    assert isinstance(other, Choice)
    assert other.options == (("pr", "Press"),)
    assert isinstance(reason, Input)
    assert not reason.optional


def test_the_giver_may_withdraw_and_is_told_what_that_releases() -> None:
    unclaimed = case_card(a_case(offer=OFFER))
    assert labelled(unclaimed, "Withdraw").words == "release 1042"
    claimed = case_card(a_case(offer=OFFER, owner="Ana"))
    assert labelled(claimed, "Withdraw and release").words == "release 1042"
    assert "claim 1042" not in words(unclaimed)


def test_a_closed_case_can_only_be_reopened() -> None:
    for state in (State.RESOLVED, State.DISMISSED):
        assert words(case_card(a_case(state=state))) == ["reopen 1042", "show 1042"]


def test_an_escalating_case_is_acknowledged_taken_or_passed_on() -> None:
    card = case_card(a_case(alarm=ALARM))
    assert words(card)[:3] == ["ack 1042", "take 1042", "pass 1042"]
    assert "claim 1042" not in words(card)
    acked = case_card(
        a_case(alarm=AlarmView(why="x", by="Baton", acked="acknowledged by Ana", can_pass=False))
    )
    assert "ack 1042" not in words(acked)
    assert "pass 1042" not in words(acked)


def test_there_is_one_primary_button_at_most() -> None:
    for more in ({}, {"owner": "A"}, {"owner": "A", "lease_warned": True}, {"owner": "A", "alarm": ALARM}):
        primary = [
            b for b in buttons(case_card(a_case(**more))) if getattr(b, "style", None) is Press.PRIMARY
        ]
        assert len(primary) == 1, more


def test_values_follow_the_words_in_the_grammars_order() -> None:
    card = case_card(a_case())
    department, note = labelled(card, "Hand off").fields
    assert isinstance(department, Choice)
    assert ("legal", "Legal") in department.options
    assert isinstance(note, Input)
    assert note.optional
    assert note.long
    (until,) = labelled(card, "Snooze").fields
    assert isinstance(until, Choice)
    assert [v for v, _ in until.options] == [
        "1h",
        "3h",
        "tomorrow",
        "monday 9:00",
    ]
    outcome, remark = labelled(case_card(a_case(owner="Ana")), "Resolve").fields
    assert isinstance(outcome, Choice)
    assert tuple(value for value, _ in outcome.options) == OUTCOMES
    assert isinstance(remark, Input)
    assert remark.optional
    (on,) = labelled(case_card(a_case(owner="Ana")), "Wait").fields
    assert isinstance(on, Choice)
    assert [v for v, _ in on.options] == ["customer", "department", "approval"]


def test_no_row_of_buttons_is_too_long() -> None:
    card = case_card(a_case(owner="Ana", alarm=ALARM, lease_warned=True))
    rows = [e.buttons for e in card.elements if isinstance(e, Actions)]
    assert len(rows) == 2
    assert all(len(row) <= FIRST_ROW for row in rows)


def test_one_reader_sees_only_what_that_reader_may() -> None:
    viewer = case_card(a_case(owner="Ana", verbs=frozenset({"show", "escalate"})))
    assert words(viewer) == ["escalate 1042", "show 1042"]


def test_without_another_department_there_is_no_hand_off() -> None:
    assert "handoff 1042" not in words(case_card(a_case(departments=())))


def test_the_post_is_opened_by_its_own_address_under_our_label() -> None:
    (link,) = [b for b in buttons(case_card(a_case())) if isinstance(b, OpenLink)]
    assert (link.label, link.url) == ("Open the post", "https://x.example/1")
    without = case_card(a_case(mention=a_mention(url=None)))
    assert not [b for b in buttons(without) if isinstance(b, OpenLink)]


# -- what it says -------------------------------------------------------------------------------


def test_the_title_names_case_department_and_priority() -> None:
    assert case_card(a_case()).title == "1042 · Support · P2"


def test_the_facts_say_who_when_and_what_is_offered() -> None:
    card = case_card(a_case(owner="Ana", claim="since 09:00", offer=OFFER, marks=("legal", "vip")))
    said = facts(card)
    assert said["Owner"] == "Ana, since 09:00"
    assert said["Priority"] == "P2 · legal, vip"
    assert said["Offer"] == "offered to Legal by Ana until 10:20: threat in the 2nd post"
    assert said["First response"] == "due 10:00"


def test_a_case_of_several_mentions_shows_the_latest_and_says_of_how_many() -> None:
    card = case_card(a_case(mentions=7))
    assert any(isinstance(e, Text) and "latest of 7" in e.text for e in card.elements)
    (quote,) = [e for e in card.elements if isinstance(e, Quote)]
    assert quote.by == "Ellie (oddsocks) · X · 212 k followers"


def test_an_alarm_says_why_and_who_was_paged() -> None:
    first = case_card(a_case(alarm=ALARM)).elements[0]
    assert isinstance(first, Text)
    assert first.text == "Escalated by Baton: a lawyer wrote · paged: Ana 09:00"


def test_a_department_that_handed_it_on_sees_where_it_is() -> None:
    card = case_card(a_case(department="Legal", owner="Cleo Hart", holds=False))
    assert card.summary == "1042 is with Legal now (Cleo Hart)"
    assert words(card) == ["show 1042"]
    # The words of the customer are not theirs to read there any more.
    assert not [e for e in card.elements if isinstance(e, Quote)]


def test_a_department_that_handed_it_on_sees_its_end() -> None:
    card = case_card(a_case(department="Legal", owner="Cleo", state=State.RESOLVED, holds=False))
    assert card.summary == "1042 was resolved by Legal (Cleo)"


def test_the_summary_stands_alone() -> None:
    assert case_card(a_case()).summary == "1042 · Support · P2, open. Ellie (oddsocks): My parcel never came."


# -- strangers ------------------------------------------------------------------------------------


def test_hostile_words_stay_data() -> None:
    card = case_card(a_case(mention=a_mention(HOSTILE, author=HOSTILE)))
    (quote,) = [e for e in card.elements if isinstance(e, Quote)]
    assert "<!channel> <@U1> @everyone *bold*" in quote.text
    where = [text for text in strings(card) if "evil.example" in text]
    # The stranger's words are in the quote, its author and the summary, and in no label, word, url or fact.
    assert set(where) <= {quote.text, quote.by, card.summary}
    assert not any("\x1b" in text or "\u202e" in text or "\x00" in text for text in strings(card))


def test_a_long_post_is_cut_between_characters_and_says_how_long_it_is() -> None:
    family = "👨‍👩‍👧‍👦"
    card = case_card(a_case(mention=a_mention(family * 200)))
    (quote,) = [e for e in card.elements if isinstance(e, Quote)]
    shown, _, told = quote.text.partition("…")
    assert set(shown.split(family)) == {""}
    assert told == f" ({len(family) * 200:,} characters)"


# -- advice ------------------------------------------------------------------------------------

ASKED = ConsultView(to="Legal", by="Ana", question="may we promise a refund?", until="14:30")


def test_the_holder_sees_what_others_are_asked() -> None:
    asked = tuple(ConsultView(to=f"Room {n}", by="Ana", question="why?", until="14:30") for n in range(9))
    card = case_card(a_case(owner="Ana", consults=asked, to_ask=(("pr", "Press"),)))
    said = "\n".join(strings(card))
    assert "Asked Room 0: why? · by Ana, until 14:30" in said
    assert "Asked too: Room 3, Room 4, Room 5, Room 6, Room 7, Room 8" in said
    assert words(card)[2:4] == ["handoff 1042", "consult 1042"]
    assert not {"answer 1042", "notours 1042"} & set(words(card))


def test_who_is_only_asked_can_answer_and_nothing_else() -> None:
    card = case_card(a_case(holds=False, owner="Ben", consults=(replace(ASKED, ours=True),)))
    assert words(card) == ["answer 1042", "notours 1042", "show 1042"]
    assert labelled(card, "Answer").fields and labelled(card, "Not ours").fields
    assert card.case == 1042
    assert "Ana asks Legal: may we promise a refund?" in card.summary


def test_who_is_offered_it_and_asked_can_do_both() -> None:
    card = case_card(a_case(holds=False, receives=True, offer=OFFER, consults=(replace(ASKED, ours=True),)))
    assert words(card) == ["accept 1042", "decline 1042", "answer 1042", "notours 1042", "show 1042"]


def test_a_question_of_any_length_and_content_stays_a_line() -> None:
    asked = replace(ASKED, question=HOSTILE * 40, ours=True)
    for card in (case_card(a_case(consults=(asked,))), case_card(a_case(holds=False, consults=(asked,)))):
        said = [text for text in strings(card) if "everyone" in text and "Quote" not in text]
        assert all(len(text) < 800 and "\n" not in text and "\u202e" not in text for text in said)


def test_who_was_asked_sees_how_it_ended() -> None:
    card = case_card(a_case(holds=False, advice=("Ana asked Legal: may we?", "Cleo answered for Legal: no.")))
    assert "Cleo answered for Legal: no." in list(strings(card))
    assert words(card) == ["show 1042"]
