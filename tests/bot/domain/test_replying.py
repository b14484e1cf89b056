"""Replies, move by move: whose pen, whose words, what they may not do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import WaitingFor
from bot.domain.refusals import NotAllowed, NotClaimed, NotYours
from bot.domain.replies.approving import ask, pass_on
from bot.domain.replies.reply import PEN, TO_CANCEL, ReplyState
from bot.domain.replies.reply_refusals import (
    AnotherPost,
    AskedAlready,
    BeingSent,
    Composing,
    LookFirst,
    NothingToCancel,
    NothingWritten,
    OnItsWay,
)
from bot.domain.replies.replying import cancel, compose, discard, draft, publish, rest
from bot.domain.replies.sending import begin, declined, delayed, published, unsure
from bot.domain.replies.voiding import voided
from bot.domain.shifts.handoff import resume_lease
from tests.bot.domain.made import (
    ANA,
    BEN,
    HANA,
    LEASE,
    NOW,
    OFFER,
    SERVICE,
    VERA,
    a_case,
    claimed,
    kinds,
    saved,
)

LATER = NOW + timedelta(minutes=1)


def drafted(text: str = "Sorry.", case: Case | None = None, *, key: str = "k1") -> Case:
    return saved(draft(case or claimed(), text, 1, "square", key=key, lang="en", by=BEN, at=NOW, lease=LEASE))


def leaving(case: Case | None = None) -> Case:
    return saved(publish(case or drafted(), by=BEN, at=NOW, real=NOW, lease=LEASE))


def test_composing_pauses_the_lease_and_ends_by_itself() -> None:
    case = compose(claimed(), 1, "square", key="k1", lang=None, by=BEN, at=NOW, lease=LEASE)
    assert kinds(case) == [Kind.REPLY_BEGUN]
    assert case.lease is not None and case.lease.left is not None
    assert resume_lease(case, LATER, LEASE).lease == case.lease
    assert rest(case, at=LATER, lease=LEASE) == case
    over = rest(case, at=NOW + PEN, lease=LEASE)
    assert over.reply is None and over.lease is not None and over.lease.left is None


def test_only_who_answers_for_the_case_writes() -> None:
    how = {"key": "k", "lang": None, "at": NOW, "lease": LEASE}
    with pytest.raises(NotClaimed):
        compose(a_case(), 1, "square", by=BEN, **how)  # type: ignore[arg-type]
    with pytest.raises(NotYours):
        compose(claimed(), 1, "square", by=HANA, **how)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        compose(claimed(), 1, "square", by=VERA, **how)  # type: ignore[arg-type]


def test_one_pen() -> None:
    case = drafted()
    with pytest.raises(Composing):
        draft(case, "x", 1, "square", key="k", lang=None, by=ANA, at=LATER, lease=LEASE)
    with pytest.raises(Composing):
        publish(case, by=ANA, at=LATER, real=LATER, lease=LEASE)
    with pytest.raises(Composing):
        discard(case, by=ANA, at=LATER, lease=LEASE)
    assert publish(case, by=ANA, at=NOW + PEN, real=LATER, lease=LEASE).reply.approved_by == ANA.id  # type: ignore[union-attr]


def test_one_post_at_a_time() -> None:
    with pytest.raises(AnotherPost):
        draft(drafted(), "x", 2, "square", key="k", lang=None, by=BEN, at=NOW, lease=LEASE)


def test_the_countdown_and_what_it_refuses() -> None:
    case = leaving()
    assert case.reply is not None and case.reply.leaves_at == NOW + TO_CANCEL
    with pytest.raises(OnItsWay):
        publish(case, by=BEN, at=NOW, real=NOW, lease=LEASE)
    back = cancel(case, by=BEN, at=NOW, lease=LEASE)
    assert back.reply is not None and back.reply.state is ReplyState.DRAFT
    with pytest.raises(NothingToCancel):
        cancel(back, by=BEN, at=NOW, lease=LEASE)
    sent = begin(case, real=NOW + TO_CANCEL)
    with pytest.raises(BeingSent):
        cancel(sent, by=BEN, at=NOW, lease=LEASE)
    with pytest.raises(BeingSent):
        discard(sent, by=BEN, at=NOW, lease=LEASE)
    assert voided(sent, "anything", NOW) == sent


def test_a_second_begin_is_doubtful_and_stays_so() -> None:
    once = begin(leaving(), real=NOW)
    assert once.reply is not None and not once.reply.doubtful
    twice = begin(once, real=LATER)
    assert twice.reply is not None and twice.reply.doubtful and twice.reply.begun_at == NOW
    again = begin(delayed(twice, "busy", LATER, doubtful=False, at=LATER), real=LATER)
    assert again.reply is not None and again.reply.doubtful
    lost = declined(again, "gone", at=LATER)
    assert lost.reply is not None and lost.reply.state is ReplyState.UNSURE
    with pytest.raises(LookFirst):
        publish(lost, by=BEN, at=LATER, real=LATER, lease=LEASE)


def test_words_that_were_tried_keep_their_key_and_new_words_get_their_own() -> None:
    tried = unsure(begin(leaving(), real=NOW), "broke off", at=NOW)
    same, other = drafted(case=tried, key="k2"), drafted("Sorry!", tried, key="k2")
    assert same.reply is not None and same.reply.key == "k1" and not same.reply.doubtful
    assert other.reply is not None and other.reply.key == "k2" and not other.reply.doubtful


def test_published_answers_the_customer_and_waits_for_them() -> None:
    case = begin(leaving(), real=NOW)
    done = published(
        case,
        "r1",
        "https://x.example/r1",
        by=BEN,
        at=LATER,
        wakes=NOW + timedelta(days=2),
        lease=LEASE,
        service_terms=SERVICE,
    )
    assert kinds(done) == [Kind.RESPONDED, Kind.PUBLISHED, Kind.WAITING]
    assert done.reply is None and done.answered[0].external_id == "r1"
    assert done.waiting is not None and done.waiting.on is WaitingFor.CUSTOMER
    assert done.lease is not None and done.lease.left is not None


def test_an_approval_is_asked_for_once_and_passed_on() -> None:
    asked = saved(ask(drafted(), ANA.id, by=BEN, at=NOW, clock=OFFER, lease=LEASE))
    with pytest.raises(AskedAlready):
        publish(asked, by=BEN, at=NOW, real=NOW, lease=LEASE)
    assert pass_on(asked, HANA.id, at=LATER, clock=OFFER) == asked
    on = pass_on(asked, HANA.id, at=NOW + timedelta(hours=1), clock=OFFER)
    assert on.reply is not None and on.reply.asked == HANA.id and on.reply.asked_before == (ANA.id,)
    back = pass_on(saved(on), None, at=NOW + timedelta(hours=2), clock=OFFER)
    assert kinds(back) == [Kind.REPLY_UNAPPROVED]
    assert back.reply is not None and back.reply.state is ReplyState.DRAFT and back.reply.asked is None


def test_nothing_written_is_nothing_to_publish() -> None:
    with pytest.raises(NothingWritten):
        publish(claimed(), by=BEN, at=NOW, real=NOW, lease=LEASE)
    assert replace(claimed(), reply=None).reply is None
