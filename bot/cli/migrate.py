"""`baton migrate`: the database's shape for this program."""

from __future__ import annotations

import os

import click

from bot.config import read_config
from storage.sql.database import is_server
from storage.sql.migrate import newest, upgrade


@click.command()
def migrate() -> None:
    """Bring the database to this program's shape; safe to repeat."""
    config = read_config(os.environ)
    is_server(config.database_url)
    upgrade(config.database_url)
    click.echo(f"The database is at revision {newest()}.")
