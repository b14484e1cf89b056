"""`baton manifest`: what a chat platform has to know of Baton before it lets it in."""

from __future__ import annotations

import json
import os
from typing import Final

import click

from adapters.slack.manifest import manifest as slack_manifest
from bot.config import read_config
from bot.policy.load import load
from handlers import all_routes

_NOT_HTTPS: Final = "{url} is not an address that Slack can reach: write one that begins with https://."
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


@click.group()
def manifest() -> None:
    """Write what a chat platform has to know of Baton: its commands, events and permissions."""


@manifest.command()
@click.option("--url", metavar="URL", help="Where Slack reaches this desk, for signed HTTP: https://…")
def slack(url: str | None) -> None:
    """Write Slack's app manifest (JSON), made from this policy's needs; what to do with it goes to stderr."""
    if url is not None and not url.startswith("https://"):
        raise click.BadParameter(_NOT_HTTPS.format(url=url), param_hint="--url")
    policy = load(read_config(os.environ).policy)
    made = slack_manifest(policy, all_routes().verbs.values(), url=url)
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))
    click.echo(_NEXT_HTTP.format(url=url) if url else _NEXT_SOCKET, err=True)
