"""Activities as Teams tells of them: where something happened, and what was written.

The shapes: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from adapters.teams.plain import Written, files_of, written
from bot.domain.people import Person
from bot.policy.model import Policy
from bot.ports import Place, Posted

PLATFORM: Final = "teams"

Activity: TypeAlias = Mapping[str, Any]

_NOTHING: Final[Mapping[str, Any]] = {}
_ROOT: Final = ";messageid="
_PERSONAL, _CHANNEL = "personal", "channel"
_APP: Final = "28:"
"""What the ids of apps begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where an activity happened. `conversation` is without its thread; `root` is the message that the thread stands
    below, empty outside channels. `message` is the message that was acted on, or replied to, empty for none.

    `direct`: somebody's own conversation with us. `user` is the actor's bot-specific id (29:…), `bot` our own.
    """

    conversation: str
    user: str
    bot: str
    service_url: str
    root: str = ""
    message: str = ""
    direct: bool = False
    channel: bool = False

    @property
    def thread(self) -> str:
        """The conversation's id with its thread: where a reply below it goes."""
        return f"{self.conversation}{_ROOT}{self.root}" if self.root else self.conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `below` is the message that it stands below or answers, empty in a channel's main line."""

    where: Where
    id: str
    says: Written
    attached: str = ""
    human: bool = True

    @property
    def name(self) -> str:
        """What a Place calls it."""
        return f"{self.where.conversation}:{self.id}"

    @property
    def below(self) -> str:
        if self.where.channel:
            return self.where.root if self.where.root != self.id else ""
        return self.where.message or self.says.quoted


def where_of(activity: Activity) -> Where:
    """Where the activity happened. What is not told is empty."""
    conversation = part(activity, "conversation")
    name, _, root = text(conversation, "id").partition(_ROOT)
    kind = text(conversation, "conversationType")
    return Where(
        conversation=name,
        user=text(part(activity, "from"), "id"),
        bot=text(part(activity, "recipient"), "id"),
        service_url=text(activity, "serviceUrl"),
        root=root,
        message=text(activity, "replyToId"),
        direct=kind == _PERSONAL,
        channel=kind == _CHANNEL or bool(root),
    )


def message_of(activity: Activity) -> Message:
    """The message of an activity, or the one that an edit or a deletion is about."""
    where, author = where_of(activity), part(activity, "from")
    machine = text(author, "role") == "bot" or where.user.startswith(_APP) or where.user in ("", where.bot)
    return Message(
        where=where,
        id=text(activity, "id"),
        says=written(activity),
        attached=files_of(activity.get("attachments")),
        human=not machine,
    )


def posted(conversation: str, message: str) -> Posted:
    return Posted(platform=PLATFORM, conversation=conversation, message=message)


def place_in(
    policy: Policy,
    where: Where,
    *,
    person: Person | None = None,
    case_id: int | None = None,
    message: str | None = None,
) -> Place:
    """The channel with its department, or the person's own conversation with us."""
    return Place(
        platform=PLATFORM,
        conversation=where.conversation,
        person=person.id if person and where.direct else None,
        department=None if where.direct else department_in(policy, where.conversation),
        case_id=case_id,
        message=message,
    )


def department_in(policy: Policy, channel: str) -> str | None:
    """The department whose Teams channel this is."""
    found = (name for name, known in policy.departments.items() if known.channels.get(PLATFORM) == channel)
    return next(found, None)


def part(told: Any, key: str) -> Mapping[str, Any]:
    """The object of that name; an empty one for anything else."""
    value = told.get(key) if isinstance(told, Mapping) else None
    return value if isinstance(value, Mapping) else _NOTHING


def text(told: Mapping[str, Any], key: str) -> str:
    """The text of that name; empty for anything else."""
    value = told.get(key)
    return value if isinstance(value, str) else ""
