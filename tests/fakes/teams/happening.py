"""What happens to the tenant itself: people, teams and our app come and go."""

from __future__ import annotations

import uuid
from typing import Any

from tests.fakes.teams.acting import Acting
from tests.fakes.teams.answer import Answer
from tests.fakes.teams.payloads import activity, team_data
from tests.fakes.teams.state import BOT, Conversation, Json, Team, made_user


class Happening(Acting):
    def add_user(self, name: str, email: str = "", **flags: Any) -> str:
        """A person; `flags` are fields of `User` (`installed=False`, `tenant=…`, `object_id=…`). Their Entra object id.

        With `installed` (the default) our app stands in their chats, but was not told of it.
        """
        user = made_user(name, email, flags)
        self.tenant.users[user.object_id] = user
        return user.object_id

    def add_team(self, id: str = "19:team@thread.tacv2", name: str = "Kettle & Co", **flags: Any) -> str:
        """A team; `flags` are fields of `Team` (`bot=False`, `members={object ids}`, `reads_all=True`). Its id, which
        is its general channel's as well.
        """
        self.tenant.teams[id] = Team(id, name, str(uuid.uuid5(uuid.NAMESPACE_URL, id)), **flags)
        self._channel(id, id, "General")
        return id

    def add_channel(self, id: str, team: str | None = None, *, name: str = "") -> str:
        """A channel of the team (one is made where there is none). Its id."""
        if team is None:
            team = next(iter(self.tenant.teams), None) or self.add_team()
        self._channel(id, team, name or id.partition(":")[2].partition("@")[0])
        return id

    def add_group_chat(self, id: str, members: list[str], *, bot: bool = True) -> str:
        """A chat of several people, by object id. Its id."""
        self.tenant.conversations[id] = Conversation(id, "groupChat", members=set(members), bot=bot)
        return id

    def _channel(self, id: str, team: str, name: str) -> None:
        self.tenant.conversations[id] = Conversation(id, "channel", name=name, team=team)
        self.tenant.teams[team].channels.append(id)

    # -- our app --------------------------------------------------------------------------------------------

    async def install(self, user: str) -> Answer:
        """The person adds our app for themselves, or opens it the first time."""
        person = self.tenant.user(user)
        person.installed, person.blocked = True, False
        place = self.tenant.personal(person)
        joined = activity(self.tenant, self.service_url, "conversationUpdate", person, place)
        joined["membersAdded"] = [{"id": BOT}, {"id": person.id, "aadObjectId": person.object_id}]
        await self.delivery.deliver(joined)
        return await self._installation(user, place, "add")

    async def uninstall(self, user: str) -> Answer:
        person = self.tenant.user(user)
        person.installed = False
        return await self._installation(user, self.tenant.personal(person), "remove")

    def block(self, user: str, is_blocked: bool = True) -> None:
        """The person blocks our bot; no app is told of that."""
        self.tenant.user(user).blocked = is_blocked

    async def add_bot(self, team: str, by: str) -> Answer:
        """Somebody adds our app to the team."""
        found = self.tenant.teams[team]
        found.bot = True
        await self.delivery.deliver(self._roster(found, by, "teamMemberAdded", "membersAdded"))
        return await self._team_installation(found, by, "add")

    async def remove_bot(self, team: str, by: str) -> Answer:
        found = self.tenant.teams[team]
        told = self._roster(found, by, "teamMemberRemoved", "membersRemoved")
        found.bot = False
        await self.delivery.deliver(told)
        return await self._team_installation(found, by, "remove")

    async def _installation(self, user: str, place: Conversation, action: str) -> Answer:
        told = activity(self.tenant, self.service_url, "installationUpdate", self.tenant.user(user), place)
        told["action"] = action
        if place.kind == "personal":
            told["channelData"]["settings"] = {"selectedChannel": {"id": place.id}}
        return await self.delivery.deliver(told)

    async def _team_installation(self, team: Team, by: str, action: str) -> Answer:
        place = self.tenant.conversations[team.id]
        told = activity(self.tenant, self.service_url, "installationUpdate", self.tenant.user(by), place)
        told |= {"action": action, "channelData": team_data(self.tenant, team)}
        told["channelData"]["settings"] = {"selectedChannel": {"id": team.id}}
        return await self.delivery.deliver(told)

    def _roster(self, team: Team, by: str, event: str, members: str) -> Json:
        place = self.tenant.conversations[team.id]
        told = activity(self.tenant, self.service_url, "conversationUpdate", self.tenant.user(by), place)
        told |= {members: [{"id": BOT}], "channelData": team_data(self.tenant, team, event)}
        return told

    # -- channels and people ----------------------------------------------------------------------------------

    async def channel_event(self, team: str, by: str, event: str, channel: str, name: str = "") -> Answer:
        """`channelCreated`, `channelRenamed`, `channelDeleted`, `channelRestored`."""
        found = self.tenant.teams[team]
        place = self.tenant.conversations[team]
        if event == "channelCreated":
            self._channel(channel, team, name)
        elif event == "channelDeleted":
            self.tenant.conversations[channel].bot = False
        elif event == "channelRestored":
            self.tenant.conversations[channel].bot = True
        told = activity(self.tenant, self.service_url, "conversationUpdate", self.tenant.user(by), place)
        told["channelData"] = {
            **team_data(self.tenant, found, event),
            "channel": {"id": channel, "name": name or self.tenant.conversations[channel].name},
        }
        return await self.delivery.deliver(told)

    async def event(self, told: Json) -> Answer:
        """Any activity, as it is."""
        return await self.delivery.deliver(told)

    def activity(self, kind: str, user: str, conversation: str, **more: Any) -> Json:
        """An activity of that kind as Teams makes it; `more` are further fields."""
        person, place = self._there(user, conversation)
        return {**activity(self.tenant, self.service_url, kind, person, place), **more}
