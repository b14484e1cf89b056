"""The database: the file, what waits in it, and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bot.cli.checks import Patient
from bot.ports import Finding
from storage.sql.doctor import examine
from storage.sql.doctor_jobs import examine_clock, examine_jobs


async def database(patient: Patient) -> AsyncIterator[Finding]:
    """Its place, its permissions, its shape, its health."""
    for finding in await asyncio.to_thread(lambda: list(examine(patient.config.database_url))):
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
