"""The buttons of a case: each says exactly what could be typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.cards.card import Actions, Button, Choice, Input, OpenLink, Press
from bot.cards.history import OUTCOME_WORDS
from bot.cards.trim import line
from bot.cards.views import CaseView, MentionView
from bot.domain.lifecycle import OUTCOMES

FIRST_ROW: Final = 6
"""How many buttons stand together before the rest moves to a row of its own."""

_HINT: Final = 120

SNOOZES: Final = (
    ("1h", "for 1 hour"),
    ("3h", "for 3 hours"),
    ("tomorrow", "until tomorrow"),
    ("monday 9:00", "until Monday 9:00"),
)
_WAITS: Final = (
    ("customer", "the customer"),
    ("department", "another department"),
    ("approval", "an approval"),
)


@dataclass(frozen=True, slots=True)
class DeskWords:
    """The buttons of one case, by what they say."""

    number: int

    def plain(self, label: str, verb: str, style: Press = Press.PLAIN) -> Button:
        return Button(label=label, words=f"{verb} {self.number}", style=style)

    def asking(self, label: str, verb: str, *fields: Choice | Input, style: Press = Press.PLAIN) -> Button:
        return Button(label=label, words=f"{verb} {self.number}", style=style, fields=fields)

    def details(self) -> Button:
        return self.plain("Details", "show")

    def claim(self) -> Button:
        return self.plain("Claim", "claim", Press.PRIMARY)

    def handoff(self, departments: tuple[tuple[str, str], ...]) -> Button:
        return self.asking(
            "Hand off",
            "handoff",
            Choice(name="department", label="To which department?", options=departments),
            Input(name="note", label="What should they know?", optional=True, long=True),
        )

    def consult(self, departments: tuple[tuple[str, str], ...]) -> Button:
        return self.asking(
            "Ask",
            "consult",
            Choice(name="department", label="Which department do you ask?", options=departments),
            Input(
                name="question", label="What do you want to know?", long=True, hint="The case stays with you"
            ),
        )

    def answer(self) -> Button:
        text = Input(name="text", label="Your answer", long=True, hint="For colleagues, never for the public")
        return self.asking("Answer", "answer", text, style=Press.PRIMARY)

    def not_ours(self) -> Button:
        why = Input(name="why", label="Who could know, or why can you not say?", optional=True)
        return self.asking("Not ours", "notours", why)

    def escalate(self) -> Button:
        why = Input(name="why", label="Why must it not wait?", hint="The people paged read this first")
        return self.asking("Escalate", "escalate", why, style=Press.DANGER)

    def snooze(self) -> Button:
        return self.asking("Snooze", "snooze", Choice(name="until", label="For how long?", options=SNOOZES))

    def dismiss(self) -> Button:
        return self.asking("Dismiss", "dismiss", Input(name="why", label="Why is nothing to answer here?"))

    def resolve(self, style: Press = Press.PLAIN) -> Button:
        outcomes = tuple((outcome, OUTCOME_WORDS.get(outcome, outcome)) for outcome in OUTCOMES)
        return self.asking(
            "Resolve",
            "resolve",
            Choice(name="outcome", label="How did it end?", options=outcomes),
            Input(name="note", label="A note for colleagues", optional=True, long=True),
            style=style,
        )

    def wait(self) -> Button:
        return self.asking("Wait", "wait", Choice(name="on", label="Waiting for whom?", options=_WAITS))

    def note(self) -> Button:
        text = Input(name="text", label="Note for colleagues", long=True, hint="Never shown to the public")
        return self.asking("Note", "note", text)

    def reply(self, style: Press = Press.PLAIN) -> Button:
        return self.plain("Reply", "reply", style)

    def cancel(self) -> Button:
        return self.plain("Cancel the reply", "cancel", Press.DANGER)

    def take(self, label: str = "Take", style: Press = Press.PLAIN) -> Button:
        reason = Input(name="reason", label="Why do you take it over?", optional=True)
        return self.asking(label, "take", reason, style=style)

    def accept(self) -> Button:
        return self.plain("Accept", "accept", Press.PRIMARY)

    def decline(self, needs_other: bool, others: tuple[tuple[str, str], ...]) -> Button:
        other = (
            (Choice(name="other", label="Who should have it instead?", options=others),)
            if needs_other
            else ()
        )
        reason = Input(name="reason", label="Why not?", hint="Whoever offered it reads this")
        return self.asking("Decline", "decline", *other, reason)

    def decline_handover(self) -> Button:
        reason = Input(name="reason", label="Why not?", optional=True, hint="Your colleague reads this")
        return self.asking("Decline", "decline", reason)

    def keep(self) -> Button:
        return self.plain("Keep it", "extend")

    def acknowledge(self) -> Button:
        return self.plain("Acknowledge", "ack", Press.PRIMARY)

    def pass_on(self) -> Button:
        return self.asking("Pass on", "pass", Input(name="why", label="Why is it not yours?", optional=True))

    def extend(self) -> Button:
        return self.plain("Extend", "extend", Press.PRIMARY)

    def release(self) -> Button:
        return self.plain("Release", "release")

    def withdraw(self, claimed: bool) -> Button:
        # `release` of a claimed case gives up the claim with the offer, so the label must say both.
        return self.plain("Withdraw and release" if claimed else "Withdraw", "release")

    def restrict(self, whom: tuple[tuple[str, str], ...]) -> Button:
        more = Input(
            name="more", label="And which others?", optional=True, hint="Names of departments: legal, pr"
        )
        return self.asking(
            "Restrict", "restrict", Choice(name="to", label="Who may see it?", options=whom), more
        )

    def reopen(self) -> Button:
        return self.plain("Reopen", "reopen")

    def merge(self) -> Button:
        into = Input(name="into", label="Into which case?", hint="Its number: that case answers for both")
        why = Input(name="why", label="Why do they belong together?", optional=True)
        return self.asking("Merge", "merge", into, why)

    def split(self, posts: tuple[tuple[str, str], ...]) -> Button:
        return self.asking(
            "Split", "split", Choice(name="post", label="Which post is another matter?", options=posts)
        )

    def undo(self) -> Button:
        return self.plain("Undo", "undo")

    def tag(self, in_use: tuple[str, ...] = ()) -> Button:
        hint = (
            f"In use here: {', '.join(in_use)}"
            if in_use
            else "Such as late-delivery; a dash before it takes it away"
        )
        return self.asking("Tag", "tag", Input(name="tags", label="Which tags?", hint=line(hint, _HINT)))


def case_buttons(view: CaseView, words: DeskWords) -> tuple[Button | OpenLink, ...]:
    """What can be done now, most likely first; for one reader only what that reader may do."""
    return (*only(_of_state(view, words), view.verbs), *open_post(view.mention), *_our_reply(view))


def only(buttons: Iterable[Button], verbs: frozenset[str] | None) -> tuple[Button, ...]:
    """Those of the buttons whose verb is one of these; None: all."""
    return tuple(button for button in buttons if verbs is None or button.words.split()[0] in verbs)


def open_post(mention: MentionView | None) -> tuple[OpenLink, ...]:
    """The way to the post itself, where there is one."""
    return (OpenLink(label="Open the post", url=mention.url),) if mention and mention.url else ()


def _our_reply(view: CaseView) -> tuple[OpenLink, ...]:
    """The way to our own newest words below the post."""
    url = view.answered[0] if view.answered else ""
    return (OpenLink(label="Our reply", url=url),) if url else ()


def actions(buttons: Iterable[Button | OpenLink]) -> tuple[Actions, ...]:
    """The buttons in rows, what only looks behind what does; none for none."""
    does: list[Button | OpenLink] = []
    looks: list[Button | OpenLink] = []
    for button in buttons:
        looking = isinstance(button, OpenLink) or button.words.startswith("show ")
        (looks if looking else does).append(button)
    rows = (tuple(does[:FIRST_ROW]), tuple(does[FIRST_ROW:] + looks))
    return tuple(Actions(buttons=row) for row in rows if row)


def _of_state(view: CaseView, words: DeskWords) -> list[Button]:
    undo = [words.undo()] if view.undoable else []
    if view.closed:
        return [words.reopen(), *undo]
    buttons: list[Button] = []
    if view.offer and view.receives:
        buttons += [words.accept(), words.decline(view.offer.needs_other, view.offer.others)]
    if view.handed_to_me:
        buttons += [words.accept(), words.decline_handover()]
    if view.asked:
        buttons += [words.answer(), words.not_ours()]
    if view.holds:
        buttons += _of_alarm(view, words) if view.alarm else []
        buttons += _of_holder(view, words)
    return [*buttons, *undo]


def _of_reply(view: CaseView, words: DeskWords) -> list[Button]:
    cancel = [words.cancel()] if view.reply and view.reply.can_cancel else []
    return [*cancel, words.reply(Press.PRIMARY)] if view.can_reply or view.reply else cancel


def _of_alarm(view: CaseView, words: DeskWords) -> list[Button]:
    assert view.alarm is not None
    first = [] if view.alarm.acked else [words.acknowledge()]
    last = [words.pass_on()] if view.alarm.can_pass else []
    return [*first, words.take("Take it"), *last]


def _of_holder(view: CaseView, words: DeskWords) -> list[Button]:
    alarm, claimed = view.alarm is not None, bool(view.owner)
    if view.offer:
        answer = [words.resolve()] if claimed else []
        return [*answer, words.withdraw(claimed), words.note()]
    handoff = [words.handoff(view.departments)] if view.departments else []
    handoff += [words.consult(view.to_ask)] if view.to_ask else []
    if not claimed:
        claim = [] if alarm else [words.claim()]
        escalate = [] if alarm else [words.escalate()]
        return [*claim, *handoff, *escalate, words.snooze(), words.dismiss()]
    extend = [words.extend()] if view.lease_warned else []
    extend = [words.keep()] if view.handover and not view.handed_to_me else extend
    rest = [] if alarm else [words.take(), words.escalate()]
    reply = _of_reply(view, words)
    resolve = words.resolve(Press.PLAIN if alarm or extend or reply else Press.PRIMARY)
    return [*extend, *reply, resolve, words.wait(), *handoff, words.note(), words.release(), *rest]
