"""Who is in the playground's one team, and the file in which it reads that.

Its own limits: the person at the screen and exactly five others; one channel beside the team's general one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CONFIG: Final = ".m365agentsplayground.yml"
OTHERS: Final = 5
TENANT: Final = "3d5f1b7c-8a90-4e21-b6d4-0c9e7f5a2b18"
BOT: Final = "28:7f2c9a41-5d0e-4b68-9c33-1e8a6b0d4f27"


@dataclass(frozen=True)
class Member:
    name: str
    email: str

    @property
    def object_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.email}"))

    @property
    def user(self) -> str:
        return f"29:1{self.object_id}"

    @property
    def chat(self) -> str:
        """The person's own chat with our bot."""
        return f"a:1{self.object_id}"


def config(me: Member, others: Sequence[Member], team: tuple[str, str], channel: tuple[str, str]) -> str:
    """The file's text: YAML, of which JSON is a part. `team` and `channel` are (id, name); the team's id is its
    general channel's as well. People too many are left out, and people of no name stand in for those missing.
    """
    extras = [Member(f"Colleague {number}", f"colleague{number}@nobody.example") for number in range(OTHERS)]
    company: Mapping[str, Any] = {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": "Baton"},
        "currentUser": _user(me),
        "users": [_user(each) for each in [*others, *extras][:OTHERS]],
        "personalChat": {"id": me.chat},
        "groupChat": {"id": "19:several@thread.v2", "name": "Several people"},
        "team": {
            "id": team[0],
            "name": team[1],
            "aadGroupId": str(uuid.uuid5(uuid.NAMESPACE_URL, team[0])),
            "channels": [{"id": channel[0], "name": channel[1]}],
        },
    }
    return json.dumps(company, ensure_ascii=False, indent=1)


def _user(member: Member) -> dict[str, str]:
    given, _, surname = member.name.partition(" ")
    return {
        "id": member.user,
        "name": member.name,
        # Spelt as the playground does.
        "userPrincipleName": member.email,
        "aadObjectId": member.object_id,
        "givenName": given,
        "surname": surname,
        "email": member.email,
    }
