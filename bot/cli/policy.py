"""`baton policy check` and `baton policy test`: look at a policy without running it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import click

from bot.cli.policy_trial import Line, Trial, lines_to_try, payloads_to_try, run
from bot.cli.policy_trial_show import show_json, show_text
from bot.policy.load import Reading, read
from bot.policy.model import Policy
from bot.policy.problems import Severity

DEFAULT: Final = Path("policy.toml")
NO_SOURCE: Final = "The policy has no [sources.{source}.mapping]: nothing was tried."
_PATH: Final = click.Path(path_type=Path)


@click.group()
def policy() -> None:
    """Look at a policy: does it fit together, and where would mentions go?"""


@policy.command()
@click.argument("file", type=_PATH, envvar="BATON_POLICY", default=DEFAULT)
def check(file: Path) -> None:
    """Say everything that is wrong with the policy in FILE (BATON_POLICY, else policy.toml).

    One line for each: file, line, field, what to change. Exits with 1 when there is a mistake; warnings let
    the policy work, though perhaps not as meant.
    """
    reading = read(file)
    _tell(reading)
    if reading.policy is None:
        mistakes = sum(problem.severity is Severity.MISTAKE for problem in reading.problems)
        click.echo(f"{file} is refused: {_count(mistakes, 'mistake')}.")
        raise SystemExit(1)
    warnings = f", {_count(len(reading.problems), 'warning')}" if reading.problems else ""
    click.echo(f"{file} is good: {_holds(reading.policy)}{warnings}.")


@policy.command()
@click.argument("mentions", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--policy",
    "path",
    type=_PATH,
    envvar="BATON_POLICY",
    default=DEFAULT,
    show_default="BATON_POLICY, else policy.toml",
    help="The policy to try.",
)
@click.option(
    "--source", help="FILE holds what the vendor of that [sources.NAME] sends, as its mapping reads it."
)
@click.option("--limit", type=click.IntRange(min=1), help="Look at the first N mentions only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
def test(mentions: Path, path: Path, source: str | None, limit: int | None, as_json: bool) -> None:
    """Show where each mention of FILE (JSON lines) would go, and why. Touches nothing."""
    reading = read(path)
    if reading.policy is None:
        _tell(reading)
        raise click.ClickException(f"{path} has mistakes: nothing was tried.")
    trial: Trial = run(reading.policy, islice(_lines(reading.policy, mentions, source), limit))
    (show_json if as_json else show_text)(trial)
    if not trial.outcomes:
        raise SystemExit(1)


def _lines(policy: Policy, mentions: Path, source: str | None) -> Iterator[Line]:
    if source is None:
        yield from lines_to_try(policy, mentions)
        return
    try:
        yield from payloads_to_try(policy, mentions, source)
    except KeyError:
        raise click.ClickException(NO_SOURCE.format(source=source)) from None


def _tell(reading: Reading) -> None:
    for problem in reading.problems:
        click.echo(str(problem))


def _holds(held: Policy) -> str:
    counts = (
        (len(held.people), "person"),
        (len(held.departments), "department"),
        (len(held.communities), "community"),
        (len(held.rules), "rule"),
        (len(held.escalations), "escalation"),
        (len(held.digests), "digest"),
    )
    return ", ".join(_count(number, what) for number, what in counts)


def _count(number: int, what: str) -> str:
    many = {"person": "people", "community": "communities"}.get(what, f"{what}s")
    return f"{number} {what if number == 1 else many}"
