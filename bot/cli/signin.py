"""`baton signin`: a link that signs somebody in to the web chat, or the end of all their sessions."""

from __future__ import annotations

import asyncio
import os
import secrets
from typing import Final

import click

from bot.config import Config, ConfigError, read_config
from bot.domain.people import PersonId
from bot.ports import LINK_LIVES, digest_of
from bot.wiring import connect

_NOBODY: Final = (
    "The policy names nobody with the e-mail {email}. `baton signin` needs the address as it stands there."
)
_NOT_HERE: Final = (
    "People sign in to the web chat only with BATON_WEB_CHAT=signin and BATON_PUBLIC_URL; now it is {mode}. "
    "Set both as the desk itself has them (deploy/signin.md)."
)
_LINK: Final = "For {name}, once, within {minutes} minutes; whoever opens it acts as them:"
_ENDED: Final = "{email}: {count} ended. Open pages are closed within a minute."


@click.command()
@click.argument("email")
@click.option("--revoke", is_flag=True, help="End all of that person's sessions and links instead.")
def signin(email: str, revoke: bool) -> None:
    """Print a link that signs EMAIL in to the web chat, once, for ten minutes.

    For first steps, and for companies without single sign-on. An earlier link of that person ends.
    """
    config = read_config(os.environ)
    if revoke:
        click.echo(asyncio.run(_revoked(config, PersonId(email.strip().lower()))))
        return
    if config.sign_in is None:
        raise ConfigError(_NOT_HERE.format(mode=config.web_chat))
    name, secret = asyncio.run(_offered(config, email))
    # The link alone is on standard output, so that a script can take it.
    click.echo(_LINK.format(name=name, minutes=LINK_LIVES.seconds // 60), err=True)
    click.echo(f"{config.sign_in.link_address}#{secret}")


async def _offered(config: Config, email: str) -> tuple[str, str]:
    async with connect(config) as desk:
        person = desk.policy.people.get(PersonId(email.strip().lower()))
        if person is None:
            raise click.ClickException(_NOBODY.format(email=email))
        secret = secrets.token_urlsafe(32)
        await desk.store.sign_ins.offer(person.id, digest_of(secret))
        return person.name, secret


async def _revoked(config: Config, person: PersonId) -> str:
    """Also for somebody whom the policy does not name any more: that is when it is wanted most."""
    async with connect(config) as desk:
        count = await desk.store.sign_ins.end_all(person)
    return _ENDED.format(email=person, count=f"{count} session{'' if count == 1 else 's'}")
