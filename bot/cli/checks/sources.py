"""Sources and pagers: their secrets, how they are, and whether mail can be sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from bot.cli.checks import Patient
from bot.config_secrets import PAGER, SOURCE, secret_settings
from bot.policy.model import PagerKind, PagerPlan, SourceKind
from bot.policy.problems import did_you_mean
from bot.ports import Finding, Health
from storage.sql.doctor_sources import AREA, examine_sources

PAGERS: Final = "Pagers"
NOBODYS: Final = "{setting} does nothing: it belongs to no {what} of the policy{meant}"
MEND_NOBODYS: Final = (
    "Write the name of the {what} in capitals, with _ for each dash, and __ behind it; or remove it."
)
NO_KEY: Final = (
    "Without BATON_TOKEN_KEY the sign-in to {names} is kept in memory only: every start signs in anew, and networks "
    "allow that only so often."
)
MEND_KEY: Final = "BATON_TOKEN_KEY=$(openssl rand -base64 32)"
NO_SECRET: Final = "The pager {name} has no {setting}, so the desk does not start."
MEND_SECRET: Final = "Write it, or take [pagers.{name}] out of the policy."
UNUSED: Final = "No step pages by {name}."
MEND_UNUSED: Final = 'Write also = ["{name}"] into a step under [escalations].'
IN_CHAT: Final = "Pages by mail can be acknowledged in the chats only: {missing} is not set."
MEND_IN_CHAT: Final = "Set BATON_PUBLIC_URL and BATON_TOKEN_KEY: then each mail has a link for it."
MAIL: Final = "The mail server of the pager {name} answers and lets the desk in."
NO_MAIL: Final = "The mail server of the pager {name} cannot be used: {said}."
MEND_MAIL: Final = "Look at its url and user in the policy, and at {setting}."
READY: Final = "The pager {name} has its key. Whether a page arrives shows only a page."

_SIGNED_IN: Final = frozenset(
    {SourceKind.BLUESKY, SourceKind.REDDIT, SourceKind.X, SourceKind.YOUTUBE, SourceKind.META}
)
_NEEDED: Final = {PagerKind.PAGERDUTY: "key", PagerKind.WEBHOOK: "secret"}
_WITHIN: Final = 10.0
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


async def sources(patient: Patient) -> AsyncIterator[Finding]:
    """Settings that belong to nothing, and how each source is."""
    policy = patient.policy
    if policy is None:
        return
    for finding in _nobodys(patient, SOURCE, "source", policy.sources):
        yield finding
    keeping = [name for name, plan in policy.sources.items() if plan.kind in _SIGNED_IN]
    if keeping and not patient.config.token_keys:
        says = NO_KEY.format(names=", ".join(keeping))
        yield Finding(area=AREA, health=Health.DOUBTFUL, says=says, mend=MEND_KEY)
    if policy.sources:
        url, now, names = patient.config.database_url, patient.now, tuple(policy.sources)
        for finding in await asyncio.to_thread(lambda: list(examine_sources(url, names, now))):
            yield finding


async def pagers(patient: Patient) -> AsyncIterator[Finding]:
    """Settings that belong to nothing, secrets that are missing, and whether the mail server lets us in."""
    policy = patient.policy
    if policy is None:
        return
    for finding in _nobodys(patient, PAGER, "pager", policy.pagers):
        yield finding
    used = {name for plan in policy.escalations.values() for step in plan.steps for name in step.also}
    for name, plan in policy.pagers.items():
        if name not in used:
            yield _finding(Health.DOUBTFUL, UNUSED.format(name=name), MEND_UNUSED.format(name=name))
        yield await _one(patient, plan)
        if plan.kind is PagerKind.EMAIL and (missing := _missing(patient)):
            yield _finding(Health.DOUBTFUL, IN_CHAT.format(missing=missing), MEND_IN_CHAT)


async def _one(patient: Patient, plan: PagerPlan) -> Finding:
    secrets, needed = patient.config.pager_secrets.get(plan.name, {}), _NEEDED.get(plan.kind)
    if plan.kind is PagerKind.EMAIL:
        return await _mail(plan, secrets.get("password", ""))
    if needed is not None and not secrets.get(needed):
        says = NO_SECRET.format(name=plan.name, setting=_setting(plan, needed))
        return _finding(Health.BROKEN, says, MEND_SECRET.format(name=plan.name))
    return _finding(Health.WELL, READY.format(name=plan.name))


async def _mail(plan: PagerPlan, password: str) -> Finding:
    """Signs in as a page would, and sends nothing."""
    server = urlsplit(plan.url)
    usual = 465 if server.scheme == "smtps" else 587
    client = aiosmtplib.SMTP(
        hostname=server.hostname,
        port=server.port or usual,
        use_tls=server.scheme == "smtps",
        # As pages do: elsewhere than on this machine no password travels in the clear.
        start_tls=None if server.scheme == "smtps" or server.hostname in LOOPBACK else True,
        timeout=_WITHIN,
        username=plan.user or None,
        password=password or None,
    )
    try:
        async with client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        said = str(error).strip().rstrip(".") or type(error).__name__
        mend = MEND_MAIL.format(setting=_setting(plan, "password"))
        return _finding(Health.BROKEN, NO_MAIL.format(name=plan.name, said=said), mend)
    return _finding(Health.WELL, MAIL.format(name=plan.name))


def _nobodys(patient: Patient, prefix: str, what: str, known: Collection[str]) -> Iterator[Finding]:
    for owner, _, setting in secret_settings(patient.env, prefix):
        if owner not in known:
            meant = did_you_mean(owner, list(known))
            says = NOBODYS.format(setting=setting, what=what, meant=meant)
            yield Finding(
                area=AREA if prefix == SOURCE else PAGERS,
                health=Health.DOUBTFUL,
                says=says,
                mend=MEND_NOBODYS.format(what=what),
            )


def _missing(patient: Patient) -> str:
    config = patient.config
    absent = {"BATON_PUBLIC_URL": not config.public_url, "BATON_TOKEN_KEY": not config.token_keys}
    return " and ".join(name for name, gone in absent.items() if gone)


def _setting(plan: PagerPlan, what: str) -> str:
    return f"{PAGER}{plan.name.upper().replace('-', '_')}__{what.upper()}"


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=PAGERS, health=health, says=says, mend=mend)
