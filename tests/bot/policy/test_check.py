"""Every mistake is told: where, what, and what to write instead."""

from __future__ import annotations

import pytest

from bot.policy.load import Reading, parse
from bot.policy.problems import PolicyErrors, Problem, Severity

GOOD = """\
[company]
name = "North Rail"
timezone = "Europe/London"
hours = "Mon-Fri 09:00-18:00"
domains = ["north.example"]
default_community = "everywhere"

[people."ana@north.example"]
name = "Ana"
roles = { support = "lead", press = "member" }

[people."dana@north.example"]
name = "Dana"
roles = { company = "champion" }

[departments.support]
channels = { web = "support" }
duty = ["ana@north.example"]

[departments.press]
channels = { slack = "C1" }
duty = ["ana@north.example"]

[communities.everywhere]
interacts = ["support"]
pays = { support = 60, press = 40 }
champion = "dana@north.example"
deputies = ["ana@north.example"]
goal = { measure = "first_response_within", target = "1h", share = 0.9 }

[[rules]]
name = "rest"
department = "support"

[escalations.standard]
fallback = "ana@north.example"
steps = [{ page = "duty", wait = "5m" }, { page = "champion", wait = "5m" }]
"""


def change(*pairs: tuple[str, str]) -> Reading:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return parse(text)


def add(text: str) -> Reading:
    return parse(f"{GOOD}\n{text}\n")


def told(reading: Reading, field: str) -> Problem:
    found = [problem for problem in reading.problems if problem.field == field]
    assert found, [str(problem) for problem in reading.problems]
    return found[0]


def test_a_good_policy_has_no_problem() -> None:
    assert parse(GOOD).problems == ()


# -- fields -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('name = "North Rail"', "", "company", "name is missing"),
        ('name = "North Rail"', 'name = " "', "company.name", "blank"),
        ('name = "North Rail"', "name = 7", "company.name", "must be text in quotes, not 7"),
        ('timezone = "Europe/London"', "", "company", 'write for example timezone = "Europe/London"'),
        ("Europe/London", "Europe/Lodnon", "company.timezone", 'did you mean "Europe/London"?'),
        ("Europe/London", "europe/london", "company.timezone", 'did you mean "Europe/London"?'),
        ("Europe/London", "../../etc/passwd", "company.timezone", "there is no time zone"),
        ("Europe/London", "Europe", "company.timezone", "there is no time zone"),
        ('hours = "Mon-Fri 09:00-18:00"', "", "company", 'write for example hours = "Mon-Fri 09:00-18:00"'),
        ("Mon-Fri 09:00-18:00", "Mon-Fri 9-18", "company.hours", '"9" is not a time of day'),
        (
            "[company]",
            '[company]\nholidays = ["25.12.2026"]',
            "company.holidays[1]",
            'write it as "2026-12-25"',
        ),
        ("[company]", "[company]\nholidays = [2026-12-25T10:00:00]", "company.holidays[1]", "is not a date"),
        ("[company]", '[company]\nhoildays = ["2026-12-25"]', "company.hoildays", 'did you mean "holidays"?'),
        ('"north.example"]', '"ana@north.example"]', "company.domains[1]", "is not a domain"),
        (
            "[company]",
            '[company]\nown_accounts = ["northrail"]',
            "company.own_accounts[1]",
            "twitter:auroraair",
        ),
        ("[company]", '[company]\nlanguages = ["English"]', "company.languages[1]", "short code"),
        ("[company]", "[compny]", "compny", 'did you mean "company"?'),
        ('"everywhere"', '"evrywhere"', "company.default_community", 'did you mean "everywhere"?'),
        ('default_community = "everywhere"', "", "company", "default_community is missing"),
    ],
)
def test_company(old: str, new: str, field: str, says: str) -> None:
    reading = change((old, new))
    assert reading.policy is None
    assert says in told(reading, field).message


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ('[defaults]\nreopen_within = "14"', "defaults.reopen_within", "is not a duration"),
        ('[defaults]\nreopen_within = "1wd"', "defaults.reopen_within", "is working time"),
        ('[defaults]\nclaim_lease = { P1 = "0m" }', "defaults.claim_lease.P1", "longer than nothing"),
        ('[defaults]\nclaim_lease = { P5 = "1h" }', "defaults.claim_lease.P5", 'no key "P5"'),
        ('[defaults]\nclaim_lease = "1h"', "defaults.claim_lease", "must be a table"),
        ('[defaults]\noutage_after = "20s"', "defaults.outage_after", "too short"),
        ("[defaults]\nsla_warning = 75", "defaults.sla_warning", "write 0.9"),
        ("[defaults]\nsla_warning = true", "defaults.sla_warning", "share"),
        ('[defaults]\nescalation = { P2 = "quiet" }', "defaults.escalation.P2", 'no escalation "quiet"'),
        ("[surge]\ncopies = 1", "surge.copies", "write 2 to"),
        ("[surge]\ncopies = 5.5", "surge.copies", "must be a whole number"),
        ("[surge]\ncopies = true", "surge.copies", "must be a whole number, not true"),
    ],
)
def test_defaults_and_surge(text: str, field: str, says: str) -> None:
    reading = add(text)
    assert reading.policy is None
    assert says in told(reading, field).message


def test_the_line_is_the_line_of_the_value() -> None:
    reading = change(
        ('duty = ["ana@north.example"]\n\n[dep', 'duty = [\n  "ana@north.example",\n  "bob",\n]\n\n[dep')
    )
    problem = told(reading, "departments.support.duty[2]")
    assert (problem.file, problem.line) == ("policy.toml", 20)
    assert str(problem).startswith("policy.toml:20: departments.support.duty[2]: there is no person")


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    reading = change(
        ("09:00-18:00", "late"),
        ("support = 60", "support = 50"),
        ('page = "duty"', 'page = "dutty"'),
        ('roles = { company = "champion" }', 'roles = { company = "boss" }'),
    )
    mistakes = [problem for problem in reading.problems if problem.severity is Severity.MISTAKE]
    assert [problem.field for problem in mistakes] == [
        "company.hours",
        'people."dana@north.example".roles.company',
        "communities.everywhere.pays",
        "escalations.standard.steps[1].page",
    ]
    assert str(PolicyErrors(mistakes)).count("\n") == 3


# -- people -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        (
            '[people."Ana@North.example"]\nname = "A"',
            'people."Ana@North.example"',
            'same person as "ana@north',
        ),
        ('[people.bob]\nname = "B"\nroles = { support = "member" }', "people.bob", "not an e-mail"),
        ('[people."b@north.example"]\nroles = {}', 'people."b@north.example"', "name is missing"),
        (
            '[people."b@north.example"]\nname = "B"\nroles = { suport = "member" }',
            'people."b@north.example".roles.suport',
            'did you mean "support"?',
        ),
        (
            '[people."b@north.example"]\nname = "B"\nroles = { support = ["member", "cheif"] }',
            'people."b@north.example".roles.support[2]',
            'there is no role "cheif"',
        ),
        (
            '[people."b@north.example"]\nname = "B"\nroles = "member"',
            'people."b@north.example".roles',
            "must be a table",
        ),
        (
            '[people."b@x.example"]\nname = "B"\nroles = { press = "external" }\ncommunities = []',
            'people."b@x.example"',
            "until is missing",
        ),
        (
            '[people."b@x.example"]\nname = "B"\nroles = { support = "external" }\nuntil = "2027-01-31"',
            'people."b@x.example"',
            "communities is missing",
        ),
        (
            '[people."b@x.example"]\nname = "B"\nroles = { support = "external" }\nuntil = "2027-02-31"',
            'people."b@x.example".until',
            "is not a date",
        ),
        (
            '[people."b@x.example"]\nname = "B"\nroles = { support = "external" }\ncommunities = ["nowhere"]',
            'people."b@x.example".communities[1]',
            'no community "nowhere"',
        ),
        (
            '[people."b@north.example"]\nname = "B"\nprefers = "fax"',
            'people."b@north.example".prefers',
            "platform",
        ),
        (
            '[people."b@north.example"]\nname = "B"\nholidays = ["2026-01-01"]',
            'people."b@north.example".holidays',
            "need that person's hours",
        ),
        ("[people]\nx = 1", "people.x", "must be a table"),
    ],
)
def test_people(text: str, field: str, says: str) -> None:
    reading = add(text)
    assert reading.policy is None
    assert says in " ".join(p.message for p in reading.problems if p.field == field), reading.problems


def test_people_of_other_domains_and_without_roles_are_doubtful() -> None:
    reading = add('[people."b@elsewhere.example"]\nname = "B"')
    assert reading.policy is not None
    assert [problem.severity for problem in reading.problems] == [Severity.WARNING, Severity.WARNING]
    assert "no role" in reading.problems[0].message
    assert "elsewhere.example is not among the company's domains" in reading.problems[1].message


# -- departments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('channels = { web = "support" }', "", "departments.support", "nobody can reach it"),
        ('{ web = "support" }', "{ web = 3 }", "departments.support.channels.web", "must be text"),
        ('{ slack = "C1" }', '{ slak = "C1" }', "departments.press.channels.slak", 'did you mean "slack"?'),
        ('"C1" }\nduty = ["ana@north.example"]', '"C1" }', "departments.press", "nobody answers for it"),
        (
            '"C1" }\nduty = ["ana@',
            '"C1" }\nduty = ["anna@',
            "departments.press.duty[1]",
            'mean "ana@north.example"',
        ),
        (', press = "member" }', " }", "departments.press.duty[1]", "has no role in press"),
        ('press = "member" }', 'press = "viewer" }', "departments.press.duty[1]", "has no role in press"),
        (
            '{ slack = "C1" }',
            '{ slack = "C1" }\nescalation = "x"',
            "departments.press.escalation",
            'no escalation "x"',
        ),
        (
            '{ slack = "C1" }',
            '{ slack = "C1" }\nrotate = "Mon 9"',
            "departments.press.rotate",
            "weekly Mon 09:00",
        ),
        ('{ slack = "C1" }', '{ slack = "C1" }\nrotate = "daily 24:00"', "departments.press.rotate", "00:00"),
        (
            '{ slack = "C1" }',
            '{ slack = "C1" }\nrestricted = "yes"',
            "departments.press.restricted",
            "true or false",
        ),
        (
            "[departments.press]",
            '[departments."press team"]',
            'departments."press team"',
            "people type this name",
        ),
        ("[departments.press]", "[departments.company]", "departments.company", "stands for everywhere"),
    ],
)
def test_departments(old: str, new: str, field: str, says: str) -> None:
    reading = change((old, new))
    assert reading.policy is None
    assert says in told(reading, field).message


@pytest.mark.parametrize(
    ("groups", "field", "says"),
    [
        ('{ slack = "@support" }', "departments.press.groups.slack", "not a user group's id"),
        ('{ slack = "<!subteam^S0SUPPORT>" }', "departments.press.groups.slack", "not a user group's id"),
        ('{ slack = "C0SUPPORT" }', "departments.press.groups.slack", "copy the id"),
        ('{ slack = ["S0SUPPORT"] }', "departments.press.groups.slack", "must be text"),
        ('{ slack = " " }', "departments.press.groups.slack", "blank"),
        ('{ slak = "S0SUPPORT" }', "departments.press.groups.slak", 'did you mean "slack"'),
        ('{ web = "S0SUPPORT" }', "departments.press.groups.web", "no platform with groups"),
        ('"S0SUPPORT"', "departments.press.groups", "must be a table"),
    ],
)
def test_groups(groups: str, field: str, says: str) -> None:
    reading = change(('{ slack = "C1" }', f'{{ slack = "C1" }}\ngroups = {groups}'))
    assert reading.policy is None
    assert says in told(reading, field).message


def test_a_department_with_a_group_needs_nobody_by_name() -> None:
    """Nor need those be members by name whom the policy has on duty there."""
    group = '"C1" }\ngroups = { slack = "S0PRESS" }'
    nobody = change(('"C1" }\nduty = ["ana@north.example"]', group))
    assert nobody.policy is not None
    assert nobody.policy.departments["press"].groups == {"slack": "S0PRESS"}
    assert change(('"C1" }', group), (', press = "member" }', " }")).problems == ()


def test_who_has_no_role_may_have_one_by_a_group() -> None:
    text = '[people."b@north.example"]\nname = "B"'
    assert "no role" in add(text).problems[0].message
    reading = parse(f"{GOOD}\n{text}".replace('"C1" }', '"C1" }\ngroups = { slack = "S0PRESS" }'))
    assert reading.problems == ()


def test_a_lead_is_enough_without_duty() -> None:
    reading = change(
        ('"C1" }\nduty = ["ana@north.example"]', '"C1" }'), ('press = "member"', 'press = "lead"')
    )
    assert reading.policy is not None


def test_a_rotation_of_one_is_doubtful() -> None:
    reading = change(('{ slack = "C1" }', '{ slack = "C1" }\nrotate = "daily 09:00"'))
    assert reading.policy is not None
    assert "nothing to rotate" in told(reading, "departments.press.rotate").message


# -- communities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('interacts = ["support"]', "", "communities.everywhere", "interacts is missing"),
        ('interacts = ["support"]', "interacts = []", "communities.everywhere", "interacts is missing"),
        (
            'interacts = ["support"]',
            'interacts = "support"',
            "communities.everywhere.interacts",
            "must be a list",
        ),
        (
            'interacts = ["support"]',
            'interacts = ["suport"]',
            "communities.everywhere.interacts[1]",
            'mean "support"',
        ),
        ("pays = { support = 60, press = 40 }", "", "communities.everywhere", "pays is missing"),
        ("press = 40", "press = 50", "communities.everywhere.pays", "add up to 110: make them add up to 100"),
        ("press = 40", "prss = 40", "communities.everywhere.pays.prss", 'did you mean "press"?'),
        ("press = 40", "press = 0", "communities.everywhere.pays.press", "write 1 to 100"),
        ("press = 40", "press = 40.0", "communities.everywhere.pays.press", "whole number"),
        ('champion = "dana@north.example"\n', "", "communities.everywhere", "champion is missing"),
        (
            'champion = "dana@',
            'champion = "dan@',
            "communities.everywhere.champion",
            'mean "dana@north.example"',
        ),
        (
            'deputies = ["ana@',
            'deputies = ["zoe@',
            "communities.everywhere.deputies[1]",
            'no person "zoe@north',
        ),
        (
            'measure = "first',
            'measure = "frist',
            "communities.everywhere.goal.measure",
            "first_response_within",
        ),
        ('target = "1h"', 'target = "soon"', "communities.everywhere.goal.target", "is not a duration"),
        ("share = 0.9", "share = 90", "communities.everywhere.goal.share", "for 90 % write 0.9"),
        (', target = "1h"', "", "communities.everywhere.goal", "target is missing"),
    ],
)
def test_communities(old: str, new: str, field: str, says: str) -> None:
    reading = change((old, new))
    assert reading.policy is None
    assert says in told(reading, field).message


def test_a_community_needs_a_goal() -> None:
    reading = change(('goal = { measure = "first_response_within", target = "1h", share = 0.9 }', ""))
    assert reading.policy is None
    assert "goal is missing: a community needs one" in told(reading, "communities.everywhere").message


@pytest.mark.parametrize(
    ("publish", "field", "says"),
    [
        ('{ alone = ["P9"] }', "publish.alone[1]", 'no priority "P9"'),
        ('{ approver = "boss" }', "publish.approver", 'no role or person "boss"'),
    ],
)
def test_publishing(publish: str, field: str, says: str) -> None:
    reading = change(("share = 0.9 }", f"share = 0.9 }}\npublish = {publish}"))
    assert says in told(reading, f"communities.everywhere.{field}").message


def test_a_brand_of_two_communities_is_doubtful() -> None:
    second = GOOD[GOOD.index("interacts") : GOOD.index("[[rules]]")]
    reading = parse(
        GOOD.replace("interacts", 'brands = ["North"]\ninteracts', 1)
        + f'\n[communities.other]\nbrands = ["NORTH"]\n{second}'
    )
    assert reading.policy is not None
    assert "already belongs to everywhere" in told(reading, "communities.other.brands[1]").message


# -- rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "field", "says"),
    [
        ('words = ["x"]\nmark = "m"', "rules[1]", "name is missing"),
        ('name = "r"\nwords = ["x"]', "rules[1]", "this rule does nothing"),
        ('name = "r"\nrestrict = ["lega"]', "rules[1].restrict[1]", "lega"),
        ('name = "r"\nmark = "m"\nrestrict = "legal"', "rules[1].restrict", "must be a list"),
        ('name = "r"\nmark = "m"\nwords = "x"', "rules[1].words", "must be a list"),
        ('name = "r"\nmark = "m"\nwords = ["x", " "]', "rules[1].words[2]", "not blank"),
        ('name = "r"\nmark = "m"\nwords = []', "rules[1].words", "is empty"),
        ('name = "r"\nmark = "m"\nword = ["x"]', "rules[1].word", 'did you mean "words"?'),
        ('name = "r"\nmark = "m"\nauthor = { bio_word = ["x"] }', "rules[1].author.bio_word", "bio_words"),
        (
            'name = "r"\nmark = "m"\nauthor = { followers_at_least = "many" }',
            "rules[1].author.followers_at_least",
            "",
        ),
        ('name = "r"\npriority = "p1"', "rules[1].priority", 'did you mean "P1"?'),
        ('name = "r"\ndepartment = "pres"', "rules[1].department", 'did you mean "press"?'),
        ('name = "r"\nmark = "m"\ncommunities = ["x"]', "rules[1].communities[1]", 'no community "x"'),
        ('name = "r"\nmark = "m"\nescalate = "yes"', "rules[1].escalate", "true or false"),
        ('name = "Rest"\nmark = "m"', "rules[2].name", "two rules are called"),
    ],
)
def test_rules(rule: str, field: str, says: str) -> None:
    reading = change(("[[rules]]", f"[[rules]]\n{rule}\n\n[[rules]]"))
    assert reading.policy is None
    assert says in told(reading, field).message


def test_a_department_behind_a_catch_all_is_doubtful() -> None:
    reading = add(
        '[[rules]]\nname = "late"\nwords = ["x"]\ndepartment = "press"\n[[rules]]\nname = "m"\nmark = "m"'
    )
    assert reading.policy is not None
    (problem,) = reading.problems
    assert (problem.field, problem.severity) == ("rules[2].department", Severity.WARNING)
    assert '"rest", above it, takes every mention' in problem.message


def test_a_mark_for_everything_is_no_catch_all() -> None:
    assert change(("[[rules]]", '[[rules]]\nname = "all"\nmark = "seen"\n\n[[rules]]')).problems == ()


@pytest.mark.parametrize("rest", ['words = ["x"]', 'author = { bio_words = ["x"] }', 'languages = ["en"]'])
def test_no_catch_all_is_doubtful(rest: str) -> None:
    reading = change(('name = "rest"', f'name = "rest"\n{rest}'))
    assert reading.policy is not None
    assert "no rule takes what is left" in told(reading, "rules").message


# -- escalations: a P1 never ends at nobody ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('fallback = "ana@north.example"\n', "", "escalations.standard", "fallback is missing"),
        (
            'fallback = "ana@',
            'fallback = "anna@',
            "escalations.standard.fallback",
            'did you mean "ana@north.example"',
        ),
        ('page = "duty"', 'page = "dutty"', "escalations.standard.steps[1].page", 'did you mean "duty"?'),
        (
            'page = "duty"',
            'page = "bob@north.example"',
            "escalations.standard.steps[1].page",
            "no role or person",
        ),
        ('page = "duty", ', "", "escalations.standard.steps[1]", "page is missing"),
        (
            'page = "duty", wait = "5m"',
            'page = "duty"',
            "escalations.standard.steps[1]",
            "until the next step",
        ),
        ('"champion", wait = "5m"', '"champion"', "escalations.standard.steps[2]", "until it begins again"),
        (
            '"duty", wait = "5m"',
            '"duty", wait = "1wh"',
            "escalations.standard.steps[1].wait",
            "is working time",
        ),
        (
            '"duty", wait = "5m"',
            '"duty", wait = "5"',
            "escalations.standard.steps[1].wait",
            "is not a duration",
        ),
        (
            '"duty", wait',
            '"duty", wakes = ["P0"], wait',
            "escalations.standard.steps[1].wakes[1]",
            'no priority "P0"',
        ),
        ('wait = "5m" }', 'wait = "5m", wakes = [] }', "escalations.standard.steps", "no step wakes anybody"),
        (
            'wait = "5m" }',
            'wait = "5m", wakes = ["P2"] }',
            "escalations.standard.steps",
            "no step wakes anybody",
        ),
        ('"duty", wait', '"duty", wiat', "escalations.standard.steps[1].wiat", 'did you mean "wait"?'),
        (
            "[escalations.standard]",
            "[escalations.standard]\nrepeat = -1",
            "escalations.standard.repeat",
            "out of range",
        ),
        (
            "[escalations.standard]",
            "[escalations.other]",
            "defaults.escalation.P1",
            'no escalation "standard"',
        ),
    ],
)
def test_escalations(old: str, new: str, field: str, says: str) -> None:
    reading = change((old, new))
    assert reading.policy is None
    assert says in told(reading, field).message


def test_empty_steps_are_refused() -> None:
    text = GOOD[: GOOD.rindex("steps =")]
    assert "steps is missing" in told(parse(text + "steps = []"), "escalations.standard").message
    other = told(parse(f'{text}\n[escalations.other]\nfallback = "ana@north.example"'), "escalations.other")
    assert "steps is missing" in other.message


def test_the_standard_steps_may_be_left_out() -> None:
    policy = parse(GOOD[: GOOD.rindex("steps =")]).policy
    assert policy is not None
    assert [step.page for step in policy.escalations["standard"].steps] == [
        "duty",
        "lead",
        "champion",
        "deputies",
    ]


def test_without_any_escalation_the_way_out_is_told() -> None:
    reading = parse(GOOD[: GOOD.index("[escalations")])
    assert reading.policy is None
    assert "write [escalations.standard] with fallback" in told(reading, "escalations").message


def test_a_fallback_who_leaves_is_refused() -> None:
    reading = change(('name = "Ana"', 'name = "Ana"\nuntil = "2027-01-31"'))
    assert reading.policy is None
    assert "leaves on 2027-01-31" in told(reading, "escalations.standard.fallback").message


def test_a_step_that_finds_nobody_is_told_when_others_still_do() -> None:
    reading = change(('deputies = ["ana@north.example"]\n', ""), ('page = "duty"', 'page = "deputies"'))
    assert reading.policy is not None
    problem = told(reading, "escalations.standard.steps[1].page")
    assert problem.severity is Severity.WARNING
    assert '"deputies" pages nobody in everywhere, only the fallback ana@north.example' in problem.message


def test_an_empty_duty_list_is_told_when_others_still_answer() -> None:
    reading = change(
        ('"C1" }\nduty = ["ana@north.example"]', '"C1" }'), ('press = "member"', 'press = "lead"')
    )
    problem = told(reading, "escalations.standard.steps[1].page")
    assert '"duty" pages nobody in press' in problem.message


def test_a_p1_that_finds_nobody_at_all_is_refused() -> None:
    """Press has a lead but no duty; its own escalation pages duty and the deputies, whom nobody named."""
    reading = change(
        ('"C1" }\nduty = ["ana@north.example"]', '"C1" }\nescalation = "thin"'),
        ('press = "member"', 'press = "lead"'),
        ('deputies = ["ana@north.example"]\n', ""),
        (
            "[escalations.standard]",
            '[escalations.thin]\nfallback = "ana@north.example"\n'
            'steps = [{ page = "duty", wait = "5m" }, { page = "deputies" }]\n\n[escalations.standard]',
        ),
    )
    assert reading.policy is None
    assert "a P1 of press in everywhere ends at nobody" in told(reading, "escalations.thin").message


def test_one_named_person_is_enough() -> None:
    steps = 'steps = [{ page = "duty", wait = "5m" }, { page = "champion", wait = "5m" }]'
    assert change((steps, 'steps = [{ page = "dana@north.example", wait = "5m" }]')).problems == ()


def test_waking_people_for_what_can_wait_is_doubtful() -> None:
    reading = change(('"duty", wait', '"duty", wakes = ["P1", "P4"], wait'))
    assert reading.policy is not None
    assert "can wait" in told(reading, "escalations.standard.steps[1].wakes").message


# -- digests ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digest", "field", "says"),
    [
        ('department = "suport"\ndaily = "08:45"', "digests[1].department", 'did you mean "support"?'),
        ('person = "bob@north.example"\ndaily = "08:45"', "digests[1].person", "no person"),
        ('daily = "08:45"', "digests[1]", "either a department or a person"),
        ('department = "support"', "digests[1]", "has no time"),
        ('department = "support"\ndaily = "8.45"', "digests[1].daily", "is not a time of day"),
        ('department = "support"\ndaily = "24:00"', "digests[1].daily", 'write "00:00"'),
        ('department = "support"\nweekly = "15:00"', "digests[1].weekly", 'write it as "Fri 15:00"'),
        ('department = "support"\nweekly = "Frx 15:00"', "digests[1].weekly", "is not a day of the week"),
        ('department = "support"\nmonthly = "31 09:00"', "digests[1].monthly", "from 1 to 28"),
        ('department = "support"\nyearly = "1 09:00"', "digests[1].yearly", "no key"),
    ],
)
def test_digests(digest: str, field: str, says: str) -> None:
    reading = add(f"[[digests]]\n{digest}")
    assert reading.policy is None
    assert says in told(reading, field).message


# -- shapes nobody expects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["company", "defaults", "surge", "people", "departments", "communities", "rules"]
)
@pytest.mark.parametrize("value", ["3", '"x"', "[1]", "[[1]]", "{ a = 1 }", "{ a = { b = [] } }", "[{}]"])
def test_any_shape_anywhere_is_told_and_nothing_breaks(key: str, value: str) -> None:
    for text in (f"{key} = {value}", f"escalations = {value}\n{key} = {value}\ndigests = {value}"):
        assert parse(text).policy is None


def test_what_a_file_holds_cannot_play_with_the_terminal() -> None:
    reading = change(("[company]", '[company]\n"\\u001b[31mred\\nline" = 1'), ("Europe/London", "\\u001b[2J"))
    for problem in reading.problems:
        assert str(problem).isprintable(), problem


# -- reactions --------------------------------------------------------------------------------------------


def reacting(reactions: str) -> Reading:
    return change(('{ slack = "C1" }', f'{{ slack = "C1" }}\nreactions = {reactions}'))


def test_reactions_are_off_until_the_policy_names_them() -> None:
    policy = parse(GOOD).policy
    assert policy is not None
    assert policy.departments["press"].reactions == {}


def test_reactions_say_verbs_whichever_way_the_emoji_is_spelled() -> None:
    reading = reacting('{ eyes = "claim", ":Raised_Hand:" = "release", "+1" = "Ack", "おk" = "accept" }')
    assert reading.problems == ()
    assert reading.policy is not None
    assert reading.policy.departments["press"].reactions == {
        "eyes": "claim",
        "raised_hand": "release",
        "+1": "ack",
        "おk": "accept",
    }


@pytest.mark.parametrize("verb", ["resolve", "publish", "dismiss", "handoff", "take", "reply", "nonsense"])
def test_a_slip_of_the_thumb_does_not_do_more(verb: str) -> None:
    reading = reacting(f'{{ eyes = "{verb}" }}')
    assert reading.policy is None
    problem = told(reading, "departments.press.reactions.eyes")
    assert f'a reaction cannot say "{verb}", for a slip of the thumb must not' in problem.message
    assert 'write one of "claim", "release", "extend", "ack", "accept"' in problem.message
    assert (problem.file, problem.line) == ("policy.toml", 22)


@pytest.mark.parametrize(
    ("reactions", "field", "says"),
    [
        ('{ eyes = "clam" }', "departments.press.reactions.eyes", 'did you mean "claim"?'),
        ("{ eyes = true }", "departments.press.reactions.eyes", "must be text"),
        ('{ eyes = " " }', "departments.press.reactions.eyes", "blank"),
        ('"claim"', "departments.press.reactions", "must be a table"),
        ('{ "👀" = "claim" }', 'departments.press.reactions."👀"', "is not the name of an emoji"),
        ('{ "two eyes" = "claim" }', 'departments.press.reactions."two eyes"', "is not the name of an emoji"),
        ('{ "::" = "claim" }', 'departments.press.reactions."::"', "is not the name of an emoji"),
        ('{ eyes = "claim", ":eyes:" = "ack" }', 'departments.press.reactions.":eyes:"', "is there twice"),
    ],
)
def test_reactions_that_cannot_be_read(reactions: str, field: str, says: str) -> None:
    reading = reacting(reactions)
    assert reading.policy is None
    assert says in told(reading, field).message


def test_reactions_where_nobody_can_react_are_a_warning() -> None:
    reading = change(('{ web = "support" }', '{ web = "support" }\nreactions = { eyes = "claim" }'))
    problem = told(reading, "departments.support.reactions")
    assert reading.policy is not None
    assert problem.severity is Severity.WARNING
    assert "only Slack and Teams have reactions" in problem.message


def test_an_external_in_a_department_that_keeps_its_cases_to_itself_is_told() -> None:
    eli = '[people."eli@agency.example"]\nname = "Eli"\nroles = { press = "external" }\nuntil = "2027-01-31"\ncommunities = ["everywhere"]'
    reading = parse(
        GOOD.replace('channels = { slack = "C1" }', 'channels = { slack = "C1" }\nrestricted = true')
        + f"\n{eli}\n"
    )
    assert reading.policy is not None
    assert (
        "Eli, being external, see none of its cases" in told(reading, "departments.press.restricted").message
    )
