"""compose.yaml and the proxy: read by the specification's schema and by Caddy itself, and right for the desk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from adapters.http import BODY_BYTES
from bot.config_files import SECRETS
from tests.deploy import DEPLOY
from tests.deploy.compose_schema import schema

REPLICAS = ("baton-1", "baton-2")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


@pytest.fixture(scope="module")
def proxy() -> dict[str, Any]:
    """The one reverse_proxy, as Caddy understands it."""
    caddy = Path(sys.executable).parent / "caddy"
    words: list[str | Path] = [
        caddy,
        "adapt",
        "--adapter",
        "caddyfile",
        "--config",
        DEPLOY / "proxy/Caddyfile",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "warn" not in done.stderr.lower(), done.stderr
    (found,) = _handlers(json.loads(done.stdout), "reverse_proxy")
    return found


def _handlers(value: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if value.get("handler") == name else []
        return own + [found for each in value.values() for found in _handlers(each, name)]
    if isinstance(value, list):
        return [found for each in value for found in _handlers(each, name)]
    return []


def test_the_specification_s_schema_finds_nothing(compose: dict[str, Any]) -> None:
    assert [error.message for error in Draft7Validator(schema()).iter_errors(compose)] == []


def test_the_schema_would_find_something(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {"baton": {"imagine": "baton"}}}
    assert list(Draft7Validator(schema()).iter_errors(wrong))


def test_replicas_wait_for_the_migration_and_take_secrets_from_files_alone(compose: dict[str, Any]) -> None:
    for name in REPLICAS:
        service = compose["services"][name]
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert not set(SECRETS) & set(service["environment"])
        files = [value for key, value in service["environment"].items() if key.endswith("_FILE")]
        assert files == [f"/run/secrets/{each}" for each in service["secrets"]]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert compose["services"]["migrate"]["restart"] == "no"


def test_every_service_has_limits_and_every_secret_a_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert set(service["networks"]) <= set(compose["networks"])
    assert all(each["file"].startswith("./secrets/") for each in compose["secrets"].values())
    assert compose["networks"]["back"]["internal"] is True


def test_redis_is_optional(compose: dict[str, Any]) -> None:
    assert compose["services"]["redis"]["profiles"] == ["redis"]
    assert not any("redis" in compose["services"][name]["depends_on"] for name in REPLICAS)


def test_the_proxy_asks_every_replica_whether_it_is_ready_and_holds_nothing_back(
    proxy: dict[str, Any],
) -> None:
    assert [each["dial"] for each in proxy["upstreams"]] == [f"{name}:8080" for name in REPLICAS]
    assert proxy["health_checks"]["active"]["uri"] == "/readyz"
    assert proxy["flush_interval"] == -1


def test_the_proxy_lets_bodies_through_that_the_desk_takes() -> None:
    assert f"max_size {BODY_BYTES // 2**20}MiB" in (DEPLOY / "proxy/Caddyfile").read_text()
