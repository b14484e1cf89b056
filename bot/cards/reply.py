"""A reply before it leaves: the words, who reads them, and what can be done. Everything that speaks against it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.buttons import open_post
from bot.cards.card import (
    Actions,
    Button,
    Card,
    Element,
    Facts,
    Input,
    OpenLink,
    Press,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    Tone,
)
from bot.cards.case import quote
from bot.cards.trim import block, line
from bot.cards.views import MentionView

_TITLE: Final = "{number} · Reply to {author}"
_YOURS: Final = "Your reply, not published"
_THEIRS: Final = "The reply, not published"
_NOTHING: Final = "Nothing is written yet. Nobody outside sees anything before you press Publish."
_SO_FAR: Final = "The conversation so far"
_SUGGESTED: Final = "From the playbook"
_WHICH: Final = "This case gathers several customers. Whom do you answer?"
_WORDS: Final = "Your reply to {author}"
_LEFT: Final = "{left} left"
_OVER: Final = "{over} too long"
_APPROVES: Final = "{who} approves it before it leaves"
_QUOTED: Final = 500
_SHOWN: Final = 4_000
_SUMMARY: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the conversation: a stranger's words, or ours."""

    text: str
    by: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    """A reply for one reader. `state` says where it stands, in a sentence; `warnings` what speaks against publishing it.

    `limit` and `counts` are the network's; `left` what it has left. `approver` is who reads it before it leaves, blank
    where it leaves at once. The flags say which buttons this reader has; `mine`: the words are the reader's.
    """

    number: int
    mention: MentionView
    account: str
    network: str
    text: str = ""
    state: str = ""
    why: str = ""
    warnings: tuple[str, ...] = ()
    before: tuple[Said, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    left: int = 0
    limit: int = 0
    counts: str = ""
    approver: str = ""
    mine: bool = True
    can_write: bool = False
    can_publish: bool = False
    can_cancel: bool = False
    can_approve: bool = False
    in_doubt: bool = False
    urgent: bool = False


def reply_card(view: ReplyView) -> Card:
    """The preview. Pressing Publish here is the only way that words leave the desk."""
    title = _TITLE.format(number=view.number, author=line(view.mention.author, 60))
    elements: list[Element] = []
    elements += [Text(text=view.state, style=Style.STRONG)] if view.state else []
    elements += [Text(text=line(view.why, 400), style=Style.STRONG)] if view.why else []
    elements += [Text(text=line(warning, 400), style=Style.STRONG) for warning in view.warnings]
    elements += _conversation(view)
    elements.append(Facts(rows=_facts(view)))
    elements += _words(view)
    elements += _buttons(view)
    elements += _suggested(view)
    return Card(
        title=title,
        summary=line(f"{title}. {view.state or view.text or _NOTHING}", _SUMMARY),
        tone=Tone.ALARM if view.urgent else Tone.WAITING,
        elements=tuple(elements),
    )


def which_card(number: int, posts: tuple[tuple[str, str, bool], ...]) -> Card:
    """Whom to answer: (post, whose and what, answered already)."""
    rows = tuple(
        Row(
            text=said,
            detail="answered" if answered else "",
            tone=Tone.DONE if answered else Tone.OPEN,
            buttons=(Button(label="Reply", words=f"replypost {number} {post}"),),
        )
        for post, said, answered in posts
    )
    return Card(
        title=f"{number} · Reply",
        summary=f"{number}: {_WHICH}",
        elements=(Text(text=_WHICH), Rows(rows=rows)),
    )


def cannot_card(number: int, why: str, mention: MentionView | None, steps: tuple[str, ...]) -> Card:
    """No reply from here: why, and the way to the post itself."""
    wait = tuple(Button(label=f"Say {words}", words=words) for words in steps)
    buttons: tuple[Button | OpenLink, ...] = (*open_post(mention), *wait)
    actions = (Actions(buttons=buttons),) if buttons else ()
    return Card(
        title="",
        summary=line(why, _SUMMARY),
        tone=Tone.ALARM,
        elements=(Text(text=why), *actions),
        refused=True,
    )


def _facts(view: ReplyView) -> tuple[tuple[str, str], ...]:
    over = view.left < 0
    left = _OVER.format(over=f"{-view.left:,}") if over else _LEFT.format(left=f"{view.left:,}")
    rows = (
        ("From", f"{view.account} · {view.network}"),
        ("To", line(view.mention.author, 160)),
        ("Language", view.mention.language),
        ("Length", left if view.limit else ""),
        ("Approval", _APPROVES.format(who=view.approver) if view.approver else ""),
    )
    return tuple((name, value) for name, value in rows if value)


def _conversation(view: ReplyView) -> list[Element]:
    quoted: list[Element] = [
        Quote(text=block(said.text, _QUOTED), by=line(said.by, 160), lang=said.lang) for said in view.before
    ]
    head: list[Element] = [Text(text=_SO_FAR, style=Style.MUTED)] if quoted else []
    return [*head, *quoted, quote(view.mention)]


def _words(view: ReplyView) -> list[Element]:
    if not view.text:
        return [Text(text=_NOTHING, style=Style.MUTED)]
    return [
        Text(text=_YOURS if view.mine else _THEIRS, style=Style.MUTED),
        Text(text=block(view.text, _SHOWN)),
    ]


def _buttons(view: ReplyView) -> list[Element]:
    number = view.number
    buttons: list[Button | OpenLink] = []
    if view.can_cancel:
        buttons.append(Button(label="Cancel", words=f"cancel {number}", style=Press.DANGER))
    if view.can_approve:
        buttons += _approving(view)
    if view.in_doubt:
        buttons.append(Button(label="It is published", words=f"published {number}", style=Press.PRIMARY))
    if view.can_publish:
        label = "Ask for approval" if view.approver else "Publish"
        buttons.append(Button(label=label, words=f"publish {number}", style=Press.PRIMARY))
    if view.can_write:
        style = Press.PLAIN if view.text else Press.PRIMARY
        label = "Change" if view.text else "Write"
        buttons.append(
            Button(label=label, words=f"reply {number}", style=style, fields=(_field(view, "text"),))
        )
    if view.can_write and view.text:
        buttons.append(Button(label="Discard", words=f"discard {number}"))
    buttons += open_post(view.mention)
    return [Actions(buttons=tuple(buttons))] if buttons else []


def _approving(view: ReplyView) -> list[Button]:
    number = view.number
    word = Input(name="word", label="What is to change?", long=True, hint="Its author reads this")
    return [
        Button(label="Approve and publish", words=f"approve {number}", style=Press.PRIMARY),
        Button(label="Edit and approve", words=f"approve {number}", fields=(_field(view, "text"),)),
        Button(label="Return", words=f"return {number}", fields=(word,)),
    ]


def _field(view: ReplyView, name: str) -> Input:
    return Input(
        name=name,
        label=_WORDS.format(author=line(view.mention.author, 60)),
        long=True,
        hint=f"Up to {view.limit:,} as {view.network} counts; nothing leaves before Publish",
        value=view.text,
        limit=view.limit,
        counts=view.counts,
    )


def _suggested(view: ReplyView) -> list[Element]:
    if not view.suggestions:
        return []
    rows = tuple(
        Row(
            text=line(one.title, 80),
            detail=line(one.text, 300),
            buttons=(Button(label="Use", words=f"use {view.number} {one.name}"),),
        )
        for one in view.suggestions
    )
    return [Text(text=_SUGGESTED, style=Style.MUTED), Rows(rows=rows)]
