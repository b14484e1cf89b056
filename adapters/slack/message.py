"""A message as Slack's events tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.domain.people import Person
from bot.policy.model import Policy
from bot.ports import Place, Posted

PLATFORM: Final = "slack"

Event: TypeAlias = Mapping[str, Any]

_SLACKBOT: Final = "USLACKBOT"
_SAID: Final = (None, "file_share", "thread_broadcast")
_TOMBSTONE: Final = "tombstone"
_ONE_FILE, _FILES = "(a file: {names})", "(files: {names})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `raw` is Slack's own writing; `thread` the root it stands below, None in the main line.

    `team` is the workspace its author belongs to, where the event says so. `tombstone`: Slack keeps the place of a
    deleted message for the thread below it.
    """

    channel: str
    ts: str
    user: str
    raw: str = ""
    thread: str | None = None
    team: str | None = None
    files: tuple[str, ...] = ()
    human: bool = True
    tombstone: bool = False
    edited: bool = False

    @property
    def direct(self) -> bool:
        """Whether it stands in somebody's own conversation with us: Slack's ids of those begin with D."""
        return self.channel.startswith("D")

    @property
    def name(self) -> str:
        """What a Place calls it."""
        return f"{self.channel}:{self.ts}"

    @property
    def attached(self) -> str:
        """The files, in words: what is read where they cannot be seen."""
        if not self.files:
            return ""
        return (_FILES if len(self.files) > 1 else _ONE_FILE).format(names=", ".join(self.files))


def message_of(event: Event, inside: Event | None = None) -> Message:
    """The message of an event, or one that it holds (`message`, `previous_message`)."""
    told = event if inside is None else inside
    ts, thread = _text(told, "ts"), _text(told, "thread_ts")
    machine = told.get("bot_id") or told.get("hidden") or told.get("subtype") not in _SAID
    return Message(
        channel=_text(event, "channel"),
        ts=ts,
        user=_text(told, "user"),
        raw=_text(told, "text"),
        thread=thread if thread not in ("", ts) else None,
        team=_text(told, "user_team") or _text(told, "source_team") or _text(told, "team") or None,
        files=tuple(_file(each) for each in told.get("files") or () if each.get("mode") != _TOMBSTONE),
        human=not machine and _text(told, "user") not in ("", _SLACKBOT),
        tombstone=told.get("subtype") == _TOMBSTONE,
        edited=bool(told.get("edited")),
    )


def posted(channel: str, ts: str) -> Posted:
    return Posted(platform=PLATFORM, conversation=channel, message=ts)


def place_in(
    policy: Policy,
    channel: str,
    *,
    person: Person | None = None,
    case_id: int | None = None,
    message: str | None = None,
) -> Place:
    """The channel with its department, or the person's own conversation with us."""
    direct = channel.startswith("D")
    return Place(
        platform=PLATFORM,
        conversation=channel,
        person=person.id if person and direct else None,
        department=None if direct else department_in(policy, channel),
        case_id=case_id,
        message=message,
    )


def department_in(policy: Policy, channel: str) -> str | None:
    """The department whose Slack channel this is."""
    found = (name for name, known in policy.departments.items() if known.channels.get(PLATFORM) == channel)
    return next(found, None)


def _file(told: Event) -> str:
    return _text(told, "name") or _text(told, "title") or _text(told, "id")


def _text(told: Event, key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
