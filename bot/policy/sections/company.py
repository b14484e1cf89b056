"""[company], [defaults] and [surge]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.parts import Priority
from bot.domain.times.calendar import Calendar, Span
from bot.domain.times.hours import parse_week, says_always
from bot.policy.fields import Table
from bot.policy.model import Company, Defaults, Surge

_UTC: Final = ZoneInfo("UTC")
_WEEK: Final = parse_week("Mon-Fri 09:00-18:00")
_DOMAIN: Final = re.compile(r"[\w-]+(\.[\w-]+)+")
_ACCOUNT: Final = re.compile(r"[^\s:]+:\S+")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*", re.IGNORECASE)
_OFF: Final = "off"
_SHORTEST_OUTAGE: Final = timedelta(minutes=2)


def _spans(p1: str, p2: str, p3: str, p4: str) -> Mapping[Priority, Span]:
    return {priority: Span.parse(text) for priority, text in zip(Priority, (p1, p2, p3, p4), strict=True)}


DEFAULTS: Final = Defaults(
    first_response=_spans("15m", "1h", "4wh", "1wd"),
    resolve=_spans("4h", "1wd", "3wd", "5wd"),
    claim_lease=_spans("20m", "1h", "4wh", "1wd"),
    handoff_clock=_spans("10m", "30m", "2wh", "8wh"),
    consult_clock=_spans("10m", "30m", "2wh", "8wh"),
    approval_clock=_spans("10m", "30m", "2wh", "8wh"),
    escalation={Priority.P1: "standard", Priority.P2: "calm"},
)
"""What holds when [defaults] is left out."""


def read_company(table: Table) -> Company:
    for key, example in (("timezone", "Europe/London"), ("hours", "Mon-Fri 09:00-18:00")):
        if not table.has(key):
            table.missing(key, f'write for example {key} = "{example}"')
    zone = table.zone("timezone", _UTC)
    company = Company(
        name=table.needed("name", "write what people call the company"),
        zone=zone,
        calendar=read_calendar(table, zone, Calendar(zone, _WEEK)),
        default_community=table.needed(
            "default_community", "name the community of mentions that match no other"
        ),
        domains=_alike(table, "domains", _DOMAIN, 'a domain: write for example "aurora.example"'),
        own_accounts=_alike(table, "own_accounts", _ACCOUNT, 'an account: write it as "twitter:auroraair"'),
        languages=read_languages(table),
    )
    table.done()
    return company


def read_calendar(table: Table, zone: ZoneInfo, base: Calendar) -> Calendar:
    """Hours and holidays of a table in its zone; what it leaves out comes from `base`."""
    holidays = table.days("holidays") if table.has("holidays") else base.holidays
    week = table.parsed("hours", parse_week, base.week)
    if says_always(str(table.raw.get("hours", ""))):
        return Calendar.always(zone)
    return Calendar(zone, week, holidays)


def read_languages(table: Table) -> tuple[str, ...]:
    return _alike(table, "languages", _LANGUAGE, 'a language: write its short code, such as "en" or "pt-BR"')


def _alike(table: Table, key: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    """A list of texts of one form."""
    found = table.texts(key)
    for number, text in enumerate(found):
        if not form.fullmatch(text):
            table.problems.mistake(table.at(key, number), f'"{text[:60]}" is not {what}')
    return found


def read_defaults(table: Table) -> Defaults:
    handoff_clock = _clock(table, "handoff_clock", DEFAULTS.handoff_clock)
    defaults = Defaults(
        first_response=_clock(table, "first_response", DEFAULTS.first_response),
        resolve=_clock(table, "resolve", DEFAULTS.resolve),
        claim_lease=_clock(table, "claim_lease", DEFAULTS.claim_lease),
        handoff_clock=handoff_clock,
        consult_clock=_clock(table, "consult_clock", handoff_clock),
        approval_clock=_clock(table, "approval_clock", handoff_clock),
        escalation=_escalation(table.table("escalation")),
        follow_up_window=table.elapsed("follow_up_window", DEFAULTS.follow_up_window),
        reopen_within=table.elapsed("reopen_within", DEFAULTS.reopen_within),
        acknowledge_buys=table.elapsed("acknowledge_buys", DEFAULTS.acknowledge_buys),
        sla_warning=table.share("sla_warning", DEFAULTS.sla_warning),
        retention=table.elapsed("retention", DEFAULTS.retention),
        outage_after=_outage_after(table),
    )
    table.done()
    return defaults


def _outage_after(table: Table) -> timedelta:
    """Shorter than this, a restart or a slow moment would be told as an outage."""
    after = table.elapsed("outage_after", DEFAULTS.outage_after)
    if after < _SHORTEST_OUTAGE:
        table.problems.mistake(
            table.at("outage_after"), f'"{after}" is too short to tell an outage from a restart: write "5m"'
        )
        return DEFAULTS.outage_after
    return after


def _clock(table: Table, key: str, base: Mapping[Priority, Span]) -> Mapping[Priority, Span]:
    inner = table.table(key)
    clock = {priority: inner.span(priority, base[priority]) for priority in Priority}
    inner.done()
    return clock


def _escalation(table: Table) -> Mapping[Priority, str]:
    """Priority to the name of an escalation; "off" takes a default away, except from P1."""
    named = {priority: table.text(priority, DEFAULTS.escalation.get(priority, _OFF)) for priority in Priority}
    table.done()
    if named[Priority.P1] == _OFF:
        table.problems.mistake(
            table.at("P1"), "P1 cannot do without an escalation: name one of [escalations]"
        )
    return {priority: name for priority, name in named.items() if name != _OFF}


def read_surge(table: Table) -> Surge:
    base = Surge()
    marks = frozenset(table.texts("never_merge")) if table.has("never_merge") else base.never_merge
    surge = Surge(
        copies=table.whole("copies", base.copies, 2, 1_000_000),
        within=table.elapsed("within", base.within),
        never_merge=marks,
        escalate=table.whole("escalate", base.escalate, 2, 1_000_000),
    )
    table.done()
    return surge
