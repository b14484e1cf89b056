"""The app package: what Teams has to know of Baton, made from the desk's own words, the policy and the app's id.

Format: https://learn.microsoft.com/microsoft-365/extensibility/schema, manifest version 1.25: the first that lets an
app into private and shared channels, and every client that has those knows it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from adapters.teams.icons import colour, outline
from bot.policy.model import Policy
from bot.router import Verb

FILE_CASE: Final = "file_case"
"""The command id of the message extension “File as a case”."""

VERSION: Final = "1.25"
COLOUR_FILE: Final = "color.png"
OUTLINE_FILE: Final = "outline.png"

PERMISSIONS: Final[Mapping[str, str]] = {
    "ChannelMessage.Read.Group": "hear what is written below a card without being mentioned each time",
}
"""What Baton asks of each team it is added to (resource-specific consent), each thing with its one reason. Names:
https://learn.microsoft.com/microsoftteams/platform/graph-api/rsc/resource-specific-consent."""

SCOPES: Final[Mapping[str, str]] = {
    "personal": "talk with one person: pages, offers, plain words",
    "team": "post cards and digests in a department's channel, and hear `@Baton claim 1042` there",
    "groupChat": "hear `@Baton show 1042` in a group chat",
}
"""Where the bot may be added, each place with its one reason."""

_NAME: Final = "Baton"
_FULL_NAME: Final = "Baton, the desk that answers together"
_SHORT: Final = "Answer the public together: claim, hand over, escalate, see who does what."
_LONG: Final = (
    "Baton is the desk where a company's departments answer the public together. Mentions of the company arrive as "
    "cards in the department's channel; one person claims each, hands it to another department without dropping it, "
    "and pages the executive champion when it must not wait. What is written below a card stays inside. "
    "Mention Baton with the word help to see every word it knows."
)
_FILE_TITLE: Final = "File as a case"
_FILE_DESCRIPTION: Final = "Bring this message to the desk as a case of its own"
_ACCENT: Final = "#1D6B58"

_IN_CHANNELS: Final = (
    "claim",
    "handoff",
    "escalate",
    "ack",
    "note",
    "resolve",
    "list",
    "oncall",
    "digest",
    "help",
)
_IN_PERSON: Final = ("home", "next", "list", "show", "claim", "accept", "ack", "file", "oncall", "help")
"""The words that Teams suggests: there is room for ten."""

_MOST_COMMANDS: Final = 10
_LONGEST_TITLE: Final = 32
_LONGEST_DESCRIPTION: Final = 128
_LONGEST_DEVELOPER: Final = 32
_NO_COMPANY: Final = "https://localhost"

# Resource-specific consent wants some value here and makes no use of it; a real one would ask for single sign-on.
_RESOURCE: Final = "https://notapplicable"


def package(policy: Policy, verbs: Iterable[Verb], *, app_id: str, version: str, url: str | None) -> bytes:
    """The app package (a zip) to upload to Teams. The same input gives the same bytes.

    Raises ValueError when `app_id` is no GUID.
    """
    made = manifest(policy, verbs, app_id=app_id, version=version, url=url)
    files = {
        "manifest.json": json.dumps(made, indent=2, ensure_ascii=False).encode(),
        COLOUR_FILE: colour(),
        OUTLINE_FILE: outline(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            # The date is the oldest a zip can say: it must not change from one writing to the next.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def manifest(
    policy: Policy, verbs: Iterable[Verb], *, app_id: str, version: str, url: str | None
) -> dict[str, Any]:
    """The manifest as JSON values. `version` is the program's; `url` (https://…) where people reach this desk.

    Raises ValueError when `app_id` is no GUID.
    """
    bot = str(UUID(app_id))
    host = urlsplit(url).hostname if url else None
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": VERSION,
        "version": _three(version),
        # The package is another thing than the bot, and keeps its id for ever, so that a new one replaces an old one.
        "id": str(uuid5(UUID(bot), _NAME)),
        "developer": _developer(policy),
        "name": {"short": _NAME, "full": _FULL_NAME},
        "description": {"short": _SHORT, "full": _LONG},
        "icons": {"color": COLOUR_FILE, "outline": OUTLINE_FILE},
        "accentColor": _ACCENT,
        "bots": [_bot(bot, verbs)],
        "composeExtensions": [_extension(bot)],
        "permissions": [],
        "validDomains": [host] if host else [],
        "webApplicationInfo": {"id": bot, "resource": _RESOURCE},
        "authorization": {
            "permissions": {
                "resourceSpecific": [{"name": name, "type": "Application"} for name in PERMISSIONS]
            }
        },
        "supportsChannelFeatures": "tier1",
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def _developer(policy: Policy) -> Mapping[str, str]:
    """Who offers the app to its people is the company itself; Teams wants its addresses, whatever is there."""
    domains = Counter(person.partition("@")[2] for person in policy.people)
    own = [*policy.company.domains, *(domain for domain, _ in domains.most_common() if domain)]
    site = f"https://{own[0]}" if own else _NO_COMPANY
    name = policy.company.name[:_LONGEST_DEVELOPER]
    return {"name": name, "websiteUrl": site, "privacyUrl": site, "termsOfUseUrl": site}


def _bot(bot: str, verbs: Iterable[Verb]) -> Mapping[str, Any]:
    known = {verb.name: verb for verb in verbs}
    return {
        "botId": bot,
        "scopes": list(SCOPES),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [
            {"scopes": ["team", "groupChat"], "commands": _commands(known, _IN_CHANNELS)},
            {"scopes": ["personal"], "commands": _commands(known, _IN_PERSON)},
        ],
    }


def _commands(known: Mapping[str, Verb], words: Sequence[str]) -> Sequence[Mapping[str, str]]:
    there = [known[word] for word in words if word in known]
    return [
        {"title": verb.name[:_LONGEST_TITLE], "description": _described(verb)}
        for verb in there[:_MOST_COMMANDS]
    ]


def _described(verb: Verb) -> str:
    """Its grammar and its help; where there is no room for both, its help."""
    both = verb.help if verb.usage == verb.name else f"{verb.usage}: {verb.help}"
    if len(both) <= _LONGEST_DESCRIPTION:
        return both
    if len(verb.help) <= _LONGEST_DESCRIPTION:
        return verb.help
    return verb.help[: _LONGEST_DESCRIPTION - 1].rpartition(" ")[0].rstrip(",;:.") + "…"


def _extension(bot: str) -> Mapping[str, Any]:
    command = {
        "id": FILE_CASE,
        "type": "action",
        "title": _FILE_TITLE,
        "description": _FILE_DESCRIPTION,
        "context": ["message"],
        "fetchTask": True,
    }
    return {"botId": bot, "commands": [command]}


def _three(version: str) -> str:
    """MAJOR.MINOR.PATCH, which is all that Teams takes of a version."""
    numbers = re.match(r"\d+(?:\.\d+){0,2}", version)
    parts = numbers[0].split(".") if numbers else ["0"]
    return ".".join((*parts, "0", "0")[:3])
