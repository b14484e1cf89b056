"""The policy file, read: what every table becomes, and on which line what stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.parts import Priority
from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.times.calendar import Calendar, Span
from bot.policy.lines import TooDeep, lines_of
from bot.policy.load import load, parse, read
from bot.policy.model import DigestPlan, Measure, Policy, Rotation, Step
from bot.policy.problems import PolicyErrors, Severity

LONDON, BERLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")
ANA, DANA = PersonId("ana@north.example"), PersonId("dana@north.example")

TEXT = """
[company]
name = "North Rail"
timezone = "Europe/London"
hours = "Mon-Fri 09:00-18:00"
holidays = ["2026-12-25", 2026-12-26]
domains = ["north.example"]
own_accounts = ["twitter:northrail"]
default_community = "everywhere"
languages = ["en", "pt-BR"]

[defaults]
follow_up_window = "90m"
first_response = { P1 = "5m", P3 = "2wh" }
escalation = { P3 = "slow" }

[surge]
copies = 7
never_merge = ["legal"]

[people."Ana@North.example"]
name = "Ana"
timezone = "Europe/Berlin"
hours = "Mon-Wed 08:00-12:00"
languages = ["de"]
roles = { support = ["member", "lead"], company = "member" }
phone = "+44 20 7946 0000"
prefers = "teams"
title = "Head of support"

[people."dana@north.example"]
name = "Dana"
roles = { company = "champion" }

[people."eli@agency.example"]
name = "Eli"
roles = { support = "external" }
communities = ["everywhere"]
until = 2027-03-31

[departments.support]
title = "Support"
timezone = "Europe/Berlin"
channels = { slack = "C1", web = "support" }
duty = ["ANA@north.example"]
rotate = "weekly Tue 08:30"
escalation = "standard"
restricted = true
decline_needs_other = true

[departments.press]
channels.teams = "19:p@thread.tacv2"
hours = "always"
holidays = []
duty = ["ana@north.example"]

[communities.everywhere]
title = "All of it"
brands = ["North Rail"]
sources = ["twitter"]
interacts = ["support", "press"]
pays = { support = 60, press = 40 }
champion = "dana@north.example"
deputies = ["ana@north.example"]
goal = { measure = "resolved_within", target = "1wd", share = 0.8 }
publish = { alone = ["P4"], approver = "duty" }

[[rules]]
name = "press"
words = ["train"]
author = { bio_words = ["reporter"], followers_at_least = 500 }
languages = ["en"]
sources = ["twitter"]
communities = ["everywhere"]
mark = "press"
department = "press"
priority = "P2"
escalate = true

[[rules]]
name = "rest"
department = "support"

[escalations.standard]
fallback = "ana@north.example"
[[escalations.standard.steps]]
page = "duty"
wait = "5m"
[[escalations.standard.steps]]
page = "Dana@north.example"
wait = "1h"
wakes = ["P1", "P2"]

[escalations.slow]
fallback = "ana@north.example"
repeat = 0
steps = [{ page = "lead" }]

[[digests]]
department = "support"
daily = "08:15"
weekly = "Fri 15:00"

[[digests]]
person = "dana@north.example"
monthly = "1 09:00"
"""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT, encoding="utf-8")
    return load(path)


def test_company(policy: Policy) -> None:
    company = policy.company
    assert (company.name, company.zone, company.default_community) == ("North Rail", LONDON, "everywhere")
    holidays = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
    assert company.calendar == Calendar.parse("Mon-Fri 09:00-18:00", LONDON, holidays)
    assert company.domains == ("north.example",)
    assert company.own_accounts == ("twitter:northrail",)
    assert company.languages == ("en", "pt-BR")


def test_defaults_keep_what_the_file_leaves_out(policy: Policy) -> None:
    defaults = policy.defaults
    assert defaults.first_response == {
        Priority.P1: Span.parse("5m"),
        Priority.P2: Span.parse("1h"),
        Priority.P3: Span.parse("2wh"),
        Priority.P4: Span.parse("1wd"),
    }
    assert defaults.claim_lease[Priority.P1] == Span.parse("20m")
    assert defaults.handoff_clock[Priority.P4] == Span.parse("8wh")
    assert defaults.consult_clock == defaults.handoff_clock
    assert defaults.resolve[Priority.P2] == Span.parse("1wd")
    assert defaults.follow_up_window == timedelta(minutes=90)
    assert defaults.reopen_within == timedelta(days=14)
    assert defaults.retention == timedelta(days=730)
    assert defaults.outage_after == timedelta(minutes=15)
    assert defaults.sla_warning == 0.75
    assert defaults.escalation == {"P1": "standard", "P2": "calm", "P3": "slow"}


def test_surge(policy: Policy) -> None:
    assert (policy.surge.copies, policy.surge.escalate) == (7, 25)
    assert policy.surge.never_merge == {"legal"}
    assert policy.surge.within == timedelta(hours=1)


def test_people_are_known_by_lower_case_e_mail(policy: Policy) -> None:
    ana = policy.people[ANA]
    assert (ana.id, ana.name, ana.zone, ana.prefers) == (ANA, "Ana", BERLIN, "teams")
    assert ana.roles == {
        "support": frozenset({Role.MEMBER, Role.LEAD}),
        COMPANY: frozenset({Role.MEMBER}),
    }
    assert ana.calendar == Calendar.parse("Mon-Wed 08:00-12:00", BERLIN, policy.company.calendar.holidays)
    assert (ana.phone, ana.title) == ("+44 20 7946 0000", "Head of support")


def test_people_take_zone_from_the_company_and_hours_from_their_departments(policy: Policy) -> None:
    dana = policy.people[DANA]
    assert dana.zone == LONDON
    assert dana.calendar is None
    assert dana.until is None


def test_externals_have_communities_and_a_last_day(policy: Policy) -> None:
    eli = policy.people[PersonId("eli@agency.example")]
    assert eli.communities == ("everywhere",)
    assert eli.until == date(2027, 3, 31)


def test_a_department_has_the_companys_hours_in_its_own_zone(policy: Policy) -> None:
    support = policy.departments["support"]
    assert support.calendar == Calendar(
        BERLIN, policy.company.calendar.week, policy.company.calendar.holidays
    )
    assert support.channels == {"slack": "C1", "web": "support"}
    assert support.duty == (ANA,)
    assert support.rotation == Rotation(weekday=1, at=time(8, 30))
    assert support.escalation == "standard"
    assert support.restricted
    assert support.decline_needs_other


def test_a_department_with_little_said(policy: Policy) -> None:
    press = policy.departments["press"]
    assert press.title == "press"
    assert press.channels == {"teams": "19:p@thread.tacv2"}
    assert press.calendar.is_always
    assert press.rotation is None
    assert press.escalation is None
    assert not press.restricted


def test_communities(policy: Policy) -> None:
    everywhere = policy.communities["everywhere"]
    assert everywhere.interacts == ("support", "press")
    assert everywhere.pays == {"support": 60, "press": 40}
    assert (everywhere.champion, everywhere.deputies) == (DANA, (ANA,))
    assert everywhere.goal.measure is Measure.RESOLVED_WITHIN
    assert (everywhere.goal.target, everywhere.goal.share) == (Span.parse("1wd"), 0.8)
    assert everywhere.publish.alone == {Priority.P4}
    assert everywhere.publish.approver == "duty"


def test_rules(policy: Policy) -> None:
    press, rest = policy.rules
    assert (press.words, press.bio_words, press.followers_at_least) == (("train",), ("reporter",), 500)
    assert (press.languages, press.sources, press.communities) == (("en",), ("twitter",), ("everywhere",))
    assert (press.mark, press.department, press.priority) == ("press", "press", Priority.P2)
    assert press.escalate
    assert rest.followers_at_least is None
    assert not rest.escalate


def test_escalations(policy: Policy) -> None:
    standard = policy.escalations["standard"]
    assert standard.fallback == ANA
    assert standard.repeat == 1
    assert standard.steps == (
        Step(page="duty", wait=timedelta(minutes=5)),
        Step(page=DANA, wait=timedelta(hours=1), wakes=frozenset({Priority.P1, Priority.P2})),
    )
    assert policy.escalations["slow"].steps == (Step(page="lead", wait=None),)


def test_the_calm_escalation_is_there_when_left_out(policy: Policy) -> None:
    calm = policy.escalations["calm"]
    assert calm.fallback == ANA
    assert [step.page for step in calm.steps] == ["duty", "lead", "champion"]


def test_every_department_gets_a_digest(policy: Policy) -> None:
    assert policy.digests == (
        DigestPlan(department="support", daily=time(8, 15), weekly=(4, time(15))),
        DigestPlan(person=DANA, monthly=(1, time(9))),
        DigestPlan(department="press", daily=time(8, 45), weekly=(4, time(15))),
    )


def test_a_digest_can_be_switched_off() -> None:
    off = TEXT.replace('daily = "08:15"\nweekly = "Fri 15:00"', 'daily = "off"')
    policy = parse(off).policy
    assert policy is not None
    assert policy.digests[0] == DigestPlan(department="support")


def test_an_escalation_can_be_switched_off_except_for_p1() -> None:
    off = parse(TEXT.replace('{ P3 = "slow" }', '{ P2 = "off" }'))
    assert off.policy is not None
    assert Priority.P2 not in off.policy.defaults.escalation
    refused = parse(TEXT.replace('{ P3 = "slow" }', '{ P1 = "off" }'))
    assert refused.policy is None
    assert "P1 cannot do without an escalation" in str(refused.problems)


def test_this_policy_has_no_mistake() -> None:
    assert [str(each) for each in parse(TEXT).problems if each.severity is Severity.MISTAKE] == []


def test_the_starter_is_good_as_it_is() -> None:
    reading = parse(files("bot.policy").joinpath("starter.toml").read_text(encoding="utf-8"))
    assert reading.policy is not None
    assert reading.problems == ()


def test_what_the_starter_has_commented_out_is_good_too() -> None:
    """A newcomer who takes the # away must not run into mistakes."""
    text = files("bot.policy").joinpath("starter.toml").read_text(encoding="utf-8")
    keys = "name timezone hours roles title brands sources interacts pays champion deputies goal publish"
    keys += (
        " department daily weekly person monthly rotate kind account search reply feeds words text url sender"
    )
    code = re.compile(rf"# (?=\[|({'|'.join(keys.split())}) =)")
    lines = [code.sub("", line, count=1) if code.match(line) else line for line in text.splitlines()]
    reading = parse("\n".join(lines))
    assert [str(each) for each in reading.problems if each.severity is Severity.MISTAKE] == []
    assert reading.policy is not None
    assert len(reading.policy.people) == 2


# -- files that are no policy -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"a = 1\nb = '\xff\xfe'\n", 2, "not UTF-8"),
        (b"\x7fELF\x00\x01", 1, "binary"),
        ("a = 1".encode("utf-16"), 1, "binary"),
        (b"#" * 1_000_001, 1, "larger than 1 MB"),
        (b'[company]\nname = "x"\nhours = Mon-Fri\n', 3, "not TOML"),
        (b'[company]\nname = "x', 2, "not TOML"),
        (b"[company]\n[company]\n", 2, "not TOML"),
        (b"a = 1\nb = " + b"[" * 5_000 + b"]" * 5_000, 2, "more than 32 levels deep"),
        (b"a = " + b"{a=" * 5_000, 1, "more than 32 levels deep"),
        (b"\n[a" + b".a" * 200_000 + b"]", 2, "more than 32 levels deep"),
        (b"\n\na" + b'."a"' * 200_000 + b" = 1", 3, "more than 32 levels deep"),
        (b"a = " + b"1" * 10_000, 1, "not TOML"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(
    tmp_path: Path, content: bytes, line: int, says: str
) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyErrors) as refused:
        load(path)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.field) == (str(path), line, "(file)")
    assert says in problem.message
    assert str(refused.value) == f"{path}:{line}: (file): {problem.message}"


def test_files_that_are_not_there_or_not_files(tmp_path: Path) -> None:
    (missing,) = read(tmp_path / "none.toml").problems
    assert "no such file" in missing.message
    (folder,) = read(tmp_path).problems
    assert "cannot be read" in folder.message
    (odd,) = read("no\0name").problems
    assert "cannot be read" in odd.message


def test_an_editors_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert load(path).company.name == "North Rail"


# -- lines ------------------------------------------------------------------------------------------------

AWKWARD = (
    '''
title = """first
[not.a.table]
x = 1 \\""" still inside"""
"quoted key" = 1
'it''s' = 2
'''.replace("'it''s'", "'it is'")
    + r"""
a.b . "c.d" = { e = [ 1, { f = "}" } ], g = 'x#y' } # comment = 1
"esc\"aped\u0041" = '''
[[no]]
'''

[ table . "sub.table" ]
list = [
    "one, [two]", # comment ]
    """
    + '"""multi\n]line""""",\n'
    + r"""
    [ "deep",
      "er" ],
    2026-12-25 07:30:00,
]
[[items]]
n = 1
[items.child]
c = 1
[[items.more]]
m = 1
[[items.more]]
m = 2
[[items]]
n = 2
[[items.more]]
m = 3"""
)


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    pairs: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        pairs = iter(value.items())
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize("text", [AWKWARD, AWKWARD.replace("\n", "\r\n"), TEXT])
def test_everything_in_a_file_has_a_line(text: str) -> None:
    lines = lines_of(text)
    assert {path for path in paths(tomllib.loads(text)) if path} == set(lines)


def test_lines_are_where_things_stand() -> None:
    lines, text = lines_of(AWKWARD), AWKWARD.split("\n")

    def line(*path: str | int) -> str:
        return text[lines[path] - 1]

    assert line("title") == 'title = """first'
    assert line("quoted key") == '"quoted key" = 1'
    assert line("it is") == "'it is' = 2"
    assert line("a", "b", "c.d", "e", 1, "f").startswith("a.b")
    assert line('esc"apedA').startswith('"esc')
    assert line("table", "sub.table").startswith("[ table")
    assert line("table", "sub.table", "list", 0).strip().startswith('"one')
    assert line("table", "sub.table", "list", 1).strip() == '"""multi'
    assert line("table", "sub.table", "list", 2, 1).strip() == '"er" ],'
    assert line("table", "sub.table", "list", 3).strip() == "2026-12-25 07:30:00,"
    assert line("items", 0, "child", "c") == "c = 1"
    assert [line("items", 0, "more", n, "m") for n in (0, 1)] == ["m = 1", "m = 2"]
    assert line("items", 1, "n") == "n = 2"
    assert line("items", 1, "more", 0, "m") == "m = 3"


@pytest.mark.parametrize(
    "text", ["", "=", "[", "[[a]", "a =", 'a = "', "a = [1", "a = {b", '""" = 1', "a.. = 1"]
)
def test_what_is_no_toml_just_ends_the_walk(text: str) -> None:
    lines_of(text)


def test_too_deep_says_where() -> None:
    with pytest.raises(TooDeep) as deep:
        lines_of("a = 1\n\nb = " + "[" * 40)
    assert deep.value.line == 3
