"""The page of operations and the alerts: nothing is missing, and nothing is told of that is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from adapters.metrics import Metrics
from bot.config_files import SECRETS
from tests.deploy import DEPLOY
from tests.deploy.page import page

METRIC = re.compile(r"\bbaton_[a-z_]+")


def metrics() -> dict[str, set[str]]:
    """The desk's own metrics, as they are scraped, each with its labels."""
    made, found = Metrics(queue_depth=lambda: 0.0), {}
    made.redis()
    made.sources()
    for family in made.registry._collector_to_names:
        described: Any = family
        (kind,) = described.describe()
        name = f"{kind.name}_total" if kind.type == "counter" else kind.name
        found[name] = set(described._labelnames)
    return found


def alerts() -> list[dict[str, Any]]:
    rule = yaml.safe_load((DEPLOY / "kubernetes/monitoring/alerts.yaml").read_text())
    return [each for group in rule["spec"]["groups"] for each in group["rules"]]


def selectors(node: Any) -> list[Any]:
    """Every vector that an expression asks for."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node]
    below = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector")]
    args = getattr(node, "args", None)
    below += list(args) if args is not None else []
    return [found for each in below if each is not None for found in selectors(each)]


def test_every_metric_is_told_and_no_other() -> None:
    rows = set(re.findall(r"^\| `(baton_[a-z_]+)[`{]", page(), re.MULTILINE))
    assert rows == set(metrics())


def test_every_label_of_a_metric_is_told() -> None:
    for name, labels in metrics().items():
        (row,) = re.findall(rf"^\| `{name}(?:{{([a-z, ]+)}})?` \|", page(), re.MULTILINE)
        assert {each for each in row.split(", ") if each} == labels


def test_every_alert_is_told_with_what_to_do_and_no_other() -> None:
    rows = re.findall(r"^\| `(Baton[A-Za-z]+)` \|[^|]+\|[^|]{20,}\|$", page(), re.MULTILINE)
    assert sorted(rows) == sorted(each["alert"] for each in alerts())


@pytest.mark.parametrize("alert", alerts(), ids=lambda each: str(each["alert"]))
def test_an_alert_asks_for_what_there_is(alert: dict[str, Any]) -> None:
    known, asked = metrics(), selectors(promql_parser.parse(alert["expr"]))
    assert asked, "no vector was found in the expression"
    for vector in asked:
        if vector.name == "up":
            continue
        name = re.sub(r"_(bucket|count|sum)$", "", vector.name)
        assert name in known, vector.name
        assert {each.name for each in vector.matchers.matchers} <= known[name]
    assert alert["labels"]["severity"] in ("page", "warn") and alert["annotations"]["summary"]


@pytest.mark.parametrize(
    ("metric", "sources"),
    [
        ("baton_deliveries_total", ["adapters/delivery.py", "adapters/saying.py"]),
        ("baton_mentions_total", ["adapters/metrics.py"]),
        ("baton_calls_total", ["bot/router/router.py"]),
    ],
)
def test_the_outcomes_that_the_page_and_the_alerts_name_are_counted(metric: str, sources: list[str]) -> None:
    code = "".join((DEPLOY.parent / source).read_text() for source in sources)
    (row,) = re.findall(rf"^\| `{metric}{{.*$", page(), re.MULTILINE)
    named = set(re.findall(r"“([a-z ]+)”", row))
    for alert in alerts():
        for said in re.findall(rf'{metric}{{[^}}]*outcome=~?"([^"]+)"', alert["expr"]):
            named |= set(said.split("|"))
    assert named and all(f'"{each}"' in code for each in named)


def test_every_secret_that_may_be_a_file_is_told() -> None:
    assert all(f"`{name}`" in page() for name in SECRETS)


def test_files_that_the_pages_of_deploy_name_are_there() -> None:
    for text in DEPLOY.glob("*.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", text.read_text()):
            assert (DEPLOY / Path(link)).exists(), (text.name, link)
