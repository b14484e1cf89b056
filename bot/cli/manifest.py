"""`baton manifest`: what a chat platform has to know of Baton before it lets it in."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import click

from adapters.slack.manifest import manifest as slack_manifest
from adapters.teams.door import PATH
from adapters.teams.manifest import package
from bot.config import read_config
from bot.policy.load import load
from bot.policy.model import Policy
from handlers import all_routes

_NOT_HTTPS: Final = "{url} is not an address that {chat} can reach: write one that begins with https://."
_NEXT_SOCKET: Final = (
    "Made for Socket Mode: no public address is needed (with --url it is made for signed HTTP).\n"
    "Paste it at https://api.slack.com/apps?new_app=1 (From a manifest), install the app, then set\n"
    "BATON_SLACK_BOT_TOKEN (xoxb-…, OAuth & Permissions) and BATON_SLACK_APP_TOKEN (xapp-…, Basic Information,\n"
    "App-Level Tokens, scope connections:write). `baton doctor` says what is missing."
)
_NEXT_HTTP: Final = (
    "Made for signed HTTP at {url}.\n"
    "Paste it at https://api.slack.com/apps?new_app=1 (From a manifest), install the app, then set\n"
    "BATON_SLACK_BOT_TOKEN (xoxb-…, OAuth & Permissions) and BATON_SLACK_SIGNING_SECRET (Basic Information).\n"
    "`baton doctor` says what is missing."
)
_NO_APP_ID: Final = (
    "BATON_TEAMS_APP_ID is missing: the package names the bot it belongs to. Register an Azure Bot and write its app "
    "(client) id there; deploy/teams.md says how."
)
_NO_GUID: Final = (
    "BATON_TEAMS_APP_ID is {app_id!r}, which is no app id: write the application (client) id of the bot's app "
    "registration, such as 11111111-2222-3333-4444-555555555555."
)
_NOT_WRITTEN: Final = "{file} cannot be written: {reason}"
_NEXT_TEAMS: Final = (
    "{file} is written. In Teams: Apps, Manage your apps, Upload an app; then add Baton to each department's team.\n"
    "The bot's messaging endpoint (Azure Bot, Configuration) must be {endpoint}.\n"
    "`baton doctor` says what is missing."
)
_SOME_HOST: Final = "https://…"
_CHATS: Final = ("BATON_SLACK_", "BATON_TEAMS_")


@click.group()
def manifest() -> None:
    """Write what a chat platform has to know of Baton: its commands, events and permissions."""


@manifest.command()
@click.option("--url", metavar="URL", help="Where Slack reaches this desk, for signed HTTP: https://…")
def slack(url: str | None) -> None:
    """Write Slack's app manifest (JSON), made from this policy's needs; what to do with it goes to stderr."""
    _check(url, "Slack")
    made = slack_manifest(_policy(), all_routes().verbs.values(), url=url)
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))
    click.echo(_NEXT_HTTP.format(url=url) if url else _NEXT_SOCKET, err=True)


@manifest.command()
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default="baton-teams.zip",
    show_default=True,
    help="Where to write the package.",
)
@click.option("--url", metavar="URL", help="Where people and Teams reach this desk: https://…")
def teams(out: Path, url: str | None) -> None:
    """Write Teams' app package (a zip), for the bot of BATON_TEAMS_APP_ID; what to do with it goes to stderr."""
    _check(url, "Teams")
    app_id = os.environ.get("BATON_TEAMS_APP_ID", "").strip()
    if not app_id:
        raise click.ClickException(_NO_APP_ID)
    if not _is_guid(app_id):
        raise click.ClickException(_NO_GUID.format(app_id=app_id))
    policy, verbs = _policy(), all_routes().verbs.values()
    try:
        out.write_bytes(package(policy, verbs, app_id=app_id, version=version("baton-desk"), url=url))
    except OSError as error:
        raise click.ClickException(_NOT_WRITTEN.format(file=out, reason=error.strerror)) from error
    endpoint = (url or _SOME_HOST).rstrip("/") + PATH
    click.echo(_NEXT_TEAMS.format(file=out, endpoint=endpoint), err=True)


def _is_guid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _policy() -> Policy:
    """The policy; whatever is set up of the chats so far, since a manifest comes before their secrets."""
    desk = {name: value for name, value in os.environ.items() if not name.startswith(_CHATS)}
    return load(read_config(desk).policy)


def _check(url: str | None, chat: str) -> None:
    if url is not None and not _is_https(url):
        raise click.BadParameter(_NOT_HTTPS.format(url=url, chat=chat), param_hint="--url")


def _is_https(url: str) -> bool:
    try:
        return urlsplit(url).scheme == "https" and bool(urlsplit(url).hostname)
    except ValueError:
        return False
