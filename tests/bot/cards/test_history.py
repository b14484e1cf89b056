"""A sentence for every kind of event, with all data and with none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bot.cards.history import YOU, event_sentence
from bot.domain.events import Datum, Event, Kind
from bot.domain.people import PersonId, Role

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Names:
    def person(self, person: PersonId) -> str:
        return {"ana@x": "Ana", "ben@x": "Ben", "me@x": YOU, "desk": "Baton"}.get(person, person)

    def department(self, department: str) -> str:
        return department.capitalize()

    def moment(self, at: datetime) -> str:
        return f"{at:%H:%M}"

    def who_may(self, roles: Iterable[Role], department: str | None) -> str:
        return ""


def said(kind: Kind, **data: Datum) -> str:
    event = Event(kind=kind, at=AT, by=PersonId("ana@x"), department="support", data=data, seq=2)
    return event_sentence(event, Names())


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_sentence_even_when_its_data_was_erased(kind: Kind) -> None:
    sentence = said(kind)
    assert sentence[0].isupper()
    assert sentence[-1] in ".!?…"
    assert "None" not in sentence
    assert "  " not in sentence


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        (Kind.OPENED, {"why": "a rule"}, "Ana filed it with Support: a rule."),
        (Kind.CLAIMED, {}, "Ana claimed it."),
        (Kind.TAKEN, {"former": "ben@x", "reason": "he is ill"}, "Ana took it from Ben: he is ill."),
        (Kind.TAKEN, {"former": "me@x", "reason": ""}, "Ana took it from you."),
        (Kind.LAPSED, {"former": "me@x"}, "Your claim ran out; the case is back in the queue of Support."),
        (
            Kind.LEASE_WARNED,
            {"owner": "me@x", "until": "2026-03-02T10:20:00+00:00"},
            "Your claim is nearly over: it runs until 10:20.",
        ),
        (
            Kind.OFFERED,
            {"to": "legal", "note": "a threat", "until": "2026-03-02T10:20:00+00:00"},
            "Ana offered it to Legal until 10:20: a threat.",
        ),
        (
            Kind.DECLINED,
            {"to": "legal", "reason": "not ours!", "other": "pr"},
            "Ana declined it for Legal (better: Pr): not ours!",
        ),
        (Kind.RESOLVED, {"outcome": "nothing-needed", "text": ""}, "Ana resolved it (nothing needed)."),
        (Kind.PRIORITISED, {"before": "P3", "after": "P1"}, "Ana changed the priority from P3 to P1."),
        (
            Kind.SLA_MISSED,
            {"clock": "first", "due": "2026-03-02T10:20:00+00:00"},
            "The first response was due at 10:20 and is late.",
        ),
        (
            Kind.UNDELIVERED,
            {"person": "ben@x", "reason": "blocked", "view": "page"},
            "A page to Ben could not be delivered: blocked.",
        ),
        (
            Kind.CONSULTED,
            {"to": "legal", "question": "may we?", "until": "2026-03-02T10:20:00+00:00"},
            "Ana asked Legal: may we?",
        ),
        (Kind.CONSULT_DECLINED, {"to": "legal", "why": ""}, "Ana says that Legal cannot answer that."),
        (Kind.CONSULT_EXPIRED, {"to": "legal"}, "Legal did not answer the question in time."),
        (Kind.NOTED, {"text": "yes", "answers": 3, "for": "legal"}, "Ana answered for Legal: yes."),
        (Kind.NOTED, {"text": "line one\nline two"}, "Ana noted: line one line two."),
        (Kind.NOTED, {"text": "rang them", "edited": True}, "Ana noted (edited): rang them."),
        (Kind.NOTE_CHANGED, {"of": 3, "text": "rang them"}, "Ana changed a note: rang them."),
        (Kind.NOTE_WITHDRAWN, {"of": 3}, "Ana took a note back."),
    ],
)
def test_sentences(kind: Kind, data: dict[str, Datum], sentence: str) -> None:
    assert said(kind, **data) == sentence
