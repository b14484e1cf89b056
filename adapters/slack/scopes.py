"""What Baton asks of a workspace, each thing with its one reason. Least first: what a policy does not use is not asked.

Scope and event names: https://docs.slack.dev/reference/scopes and https://docs.slack.dev/reference/events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.policy.model import Policy

ALWAYS: Final[Mapping[str, str]] = {
    "app_mentions:read": "hear `@Baton claim 1042` in a channel",
    "channels:history": "hear what is written in the thread of a card, and find a card whose fate is unknown",
    "channels:read": "hear that it was invited or removed, and check that the policy's channels are there",
    "chat:write": "post cards, pages and digests, and edit them in place",
    "commands": "hear `/baton`, and “File as a case” on any message",
    "files:write": "show the digest's chart as a picture",
    "groups:history": "the same as channels:history, in private channels",
    "groups:read": "the same as channels:read, for private channels",
    "im:history": "hear plain words in the direct conversation with Baton",
    "im:write": "open a direct conversation, for pages and offers",
    "users:read": "see who is a guest, deactivated, or from another workspace",
    "users:read.email": "match a Slack user to a person of the policy",
}
WITH_REACTIONS: Final[Mapping[str, str]] = {
    "reactions:read": "hear the reactions that the policy made aliases for words",
}
WITH_GROUPS: Final[Mapping[str, str]] = {
    "usergroups:read": "read who belongs to the user groups that the policy ties departments to",
}

_EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
    "user_change",
)
_GROUP_EVENTS: Final = ("subteam_members_changed", "subteam_updated")
_REACTION_EVENTS: Final = ("reaction_added",)


def scopes(policy: Policy) -> Mapping[str, str]:
    """The bot scopes this policy needs, by name, each with its reason."""
    wanted = dict(ALWAYS)
    if _has_reactions(policy):
        wanted |= WITH_REACTIONS
    if _has_groups(policy):
        wanted |= WITH_GROUPS
    return dict(sorted(wanted.items()))


def events(policy: Policy) -> tuple[str, ...]:
    """The events this policy needs to hear."""
    wanted = [*_EVENTS]
    wanted += _REACTION_EVENTS if _has_reactions(policy) else ()
    wanted += _GROUP_EVENTS if _has_groups(policy) else ()
    return tuple(sorted(wanted))


def _has_reactions(policy: Policy) -> bool:
    return any(d.reactions and "slack" in d.channels for d in policy.departments.values())


def _has_groups(policy: Policy) -> bool:
    return any("slack" in d.groups for d in policy.departments.values())
