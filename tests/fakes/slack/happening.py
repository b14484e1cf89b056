"""What happens to the workspace itself: people come and go, channels close, access ends."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.answer import Answer
from tests.fakes.slack.payloads import envelope
from tests.fakes.slack.people import group_object
from tests.fakes.slack.state import APP, BOT, Channel, Group, Json, user_object


class Happening(Acting):
    def add_user(self, name: str, email: str = "", *, id: str | None = None, **flags: Any) -> str:
        """A user; `flags` are fields of Slack's user object (`is_restricted=True`, `team_id="T2"`, …). Their id."""
        known = id or self.work.id("U")
        self.work.users[known] = user_object(known, name, email, **flags)
        return known

    def add_channel(
        self,
        id: str,
        *,
        members: list[str] | None = None,
        name: str | None = None,
        bot: bool = True,
        is_private: bool = False,
        is_ext_shared: bool = False,
    ) -> str:
        """A channel; without `members` everybody is in it. `bot`: whether our bot is. Its id."""
        self.work.channels[id] = Channel(
            id=id,
            name=name or id.lower(),
            members=None if members is None else set(members),
            bot=bot,
            is_private=is_private,
            is_ext_shared=is_ext_shared,
        )
        return id

    def add_group(self, id: str, handle: str, members: list[str]) -> str:
        """A user group."""
        self.work.groups[id] = Group(id, handle, list(members))
        return id

    async def event(
        self, event: Json, *, event_id: str | None = None, channel: str | None = None, **outer: Any
    ) -> Answer:
        """Any event; `outer` replaces fields of the envelope around it."""
        shared = channel is not None and self.work.channels[channel].is_ext_shared
        body = envelope(self.work, event, event_id=event_id, shared=shared)
        return await self.delivery.deliver("events_api", {**body, **outer})

    async def change_user(self, user: str, *, email: str | None = None, **flags: Any) -> Answer:
        """Changes fields of the user object."""
        about = self.work.users[user]
        about |= {**flags, "updated": about["updated"] + 1}
        if email is not None:
            about["profile"] = {**about["profile"], "email": email}
        return await self._told({"type": "user_change", "user": about, "event_ts": self.work.ts()}, None)

    async def change_group(self, id: str, members: list[str]) -> Answer:
        """The group has these members from now on."""
        group = self.work.groups[id]
        added, gone = set(members) - set(group.members), set(group.members) - set(members)
        group.members = list(members)
        changed = {
            "type": "subteam_members_changed",
            "subteam_id": id,
            "team_id": self.work.team,
            "added_users": sorted(added),
            "added_users_count": len(added),
            "removed_users": sorted(gone),
            "removed_users_count": len(gone),
            "event_ts": self.work.ts(),
        }
        whole = group_object(self.work, group, with_users=True)
        updated = {"type": "subteam_updated", "subteam": whole, "event_ts": self.work.ts()}
        await self._told(updated, None)
        return await self._told(changed, None)

    async def remove_bot(self, channel: str, by: str | None = None) -> Answer:
        """Somebody takes our bot out of the channel."""
        place = self.work.channels[channel]
        left = self._membership("member_left_channel", place, BOT)
        await self._told(left, place)
        place.bot = False
        kind = "group_left" if place.is_private else "channel_left"
        event = {"type": kind, "channel": channel, "actor_id": by, "event_ts": self.work.ts()}
        return await self._told(event, None)

    async def invite_bot(self, channel: str, by: str | None = None) -> Answer:
        place = self.work.channels[channel]
        place.bot = True
        event = self._membership("member_joined_channel", place, BOT)
        return await self._told({**event, "inviter": by} if by else event, place)

    async def archive(self, channel: str, by: str | None = None) -> Answer:
        return await self._archived(channel, by, archived=True)

    async def unarchive(self, channel: str, by: str | None = None) -> Answer:
        return await self._archived(channel, by, archived=False)

    async def revoke_tokens(self) -> Answer:
        """Our bot's token is worth nothing from now on; Slack says so one last time."""
        self.work.revoked = True
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}, "event_ts": self.work.ts()}
        return await self._told(event, None)

    async def uninstall(self) -> Answer:
        self.work.revoked = True
        return await self._told({"type": "app_uninstalled", "event_ts": self.work.ts()}, None)

    def restore_tokens(self) -> None:
        self.work.revoked = False

    async def _archived(self, channel: str, by: str | None, *, archived: bool) -> Answer:
        place = self.work.channels[channel]
        place.is_archived = archived
        kind = ("group" if place.is_private else "channel") + ("_archive" if archived else "_unarchive")
        event = {"type": kind, "channel": channel, "user": by or "", "event_ts": self.work.ts()}
        return await self._told(event, place)

    def _membership(self, kind: str, place: Channel, user: str) -> Json:
        return {
            "type": kind,
            "user": user,
            "channel": place.id,
            "channel_type": "G" if place.is_private else "C",
            "team": self.work.team,
            "app_id": APP,
            "event_ts": self.work.ts(),
        }
