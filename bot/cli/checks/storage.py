"""The database: the file or the server, what waits in it, and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.exc import ArgumentError

from bot.cli.checks import Patient
from bot.ports import Finding
from storage.sql.database import is_server
from storage.sql.doctor import examine
from storage.sql.doctor_jobs import examine_clock, examine_jobs
from storage.sql.doctor_server import examine_server
from storage.sql.engine import UnsupportedDatabase


async def database(patient: Patient) -> AsyncIterator[Finding]:
    """Its place, its permissions, its shape, its health."""
    url = patient.config.database_url
    look = examine_server if _on_a_server(url) else examine
    for finding in await asyncio.to_thread(lambda: list(look(url))):
        yield finding


async def business_clock(patient: Patient) -> AsyncIterator[Finding]:
    """Whether a demo's clock was left on."""
    url, now = patient.config.database_url, patient.now
    for finding in await asyncio.to_thread(lambda: list(examine_clock(url, now))):
        yield finding


async def jobs(patient: Patient) -> AsyncIterator[Finding]:
    """What was set aside, given up, or waits for long."""
    url, now = patient.config.database_url, patient.now
    for finding in await asyncio.to_thread(lambda: list(examine_jobs(url, now))):
        yield finding


def _on_a_server(url: str) -> bool:
    """What is no address at all is for the check of files to say."""
    try:
        return is_server(url)
    except (UnsupportedDatabase, ArgumentError):
        return False
