"""The manifests, as kubectl makes them: right by Kubernetes' own schemas, and right for the desk."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from adapters.http import SHUTDOWN_WITHIN
from bot.config_files import SECRETS
from tests.deploy import DEPLOY, TOP

VERSIONS = ("1.30", "1.33", "1.37")
"""The oldest that knows `preStop.sleep`, one between, and the newest whose schemas are at hand."""

Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """What `kubectl apply -k deploy/kubernetes/production` would apply, with the starter policy."""
    folder = tmp_path_factory.mktemp("kubernetes") / "kubernetes"
    shutil.copytree(DEPLOY / "kubernetes", folder)
    shutil.copy(TOP / "bot/policy/starter.toml", folder / "production/policy.toml")
    mine = folder / "production/kustomization.yaml"
    mine.write_text(mine.read_text().replace("# components:", "components:"))
    kubectl = Path(sys.executable).parent / "kubectl"
    done = subprocess.run(
        [kubectl, "kustomize", folder / "production"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def one(made: list[Manifest], kind: str) -> Manifest:
    (found,) = [each for each in made if each["kind"] == kind]
    return found


def pod(made: list[Manifest]) -> Manifest:
    found: Manifest = one(made, "Deployment")["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_own_schemas_find_nothing(made: list[Manifest], version: str) -> None:
    secrets = list(yaml.safe_load_all((DEPLOY / "kubernetes/production/secret.example.yaml").read_text()))
    kinds = set()
    for each in (*made, *secrets):
        if not each["apiVersion"].startswith("monitoring.coreos.com/"):
            kubernetes_validate.validate(each, version, strict=True)
            kinds.add(each["kind"])
    assert kinds == {
        "ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Namespace", "NetworkPolicy",
        "PodDisruptionBudget", "Secret", "Service", "ServiceAccount",
    }  # fmt: skip


def test_the_schemas_would_find_something(made: list[Manifest]) -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**one(made, "Service"), "spce": {}}, VERSIONS[-1], strict=True)


def test_everything_is_the_desk_s_own(made: list[Manifest]) -> None:
    own = {"app.kubernetes.io/name": "baton"}
    assert one(made, "Deployment")["spec"]["template"]["metadata"]["labels"] == own
    assert one(made, "Deployment")["spec"]["selector"]["matchLabels"] == own
    assert one(made, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == own
    assert one(made, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == own
    assert one(made, "Service")["spec"]["selector"] == own
    assert one(made, "PodMonitor")["spec"]["selector"]["matchLabels"] == own
    assert {each["metadata"].get("namespace", "baton") for each in made} == {"baton"}


def test_pods_keep_the_restricted_standard(made: list[Manifest]) -> None:
    """Pod Security's `restricted`, and a file system that takes no writes."""
    spec = pod(made)
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    for container in (*spec["initContainers"], *spec["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["image"] == "registry.example.com/baton:0.1.0"


def test_a_rollout_loses_nobody(made: list[Manifest]) -> None:
    deployment, spec = one(made, "Deployment"), pod(made)
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    (desk,) = spec["containers"]
    pause = desk["lifecycle"]["preStop"]["sleep"]["seconds"]
    # The pause, requests under way, then a message that is being sent (10 s) and some room.
    assert spec["terminationGracePeriodSeconds"] >= pause + SHUTDOWN_WITHIN.total_seconds() + 20
    assert desk["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert desk["livenessProbe"]["httpGet"]["path"] == desk["startupProbe"]["httpGet"]["path"] == "/healthz"


def test_secrets_come_as_files_and_the_migration_s_stay_with_it(made: list[Manifest]) -> None:
    spec = pod(made)
    (migrate,), (desk,) = spec["initContainers"], spec["containers"]
    assert "migrate-secret" not in {mount["name"] for mount in desk["volumeMounts"]}
    for container in (migrate, desk):
        places = [mount["mountPath"] for mount in container["volumeMounts"] if "secret" in mount["name"]]
        for variable in container["env"]:
            assert variable["name"].removesuffix("_FILE") in SECRETS
            assert any(variable["value"].startswith(f"{place}/") for place in places)


def test_the_example_of_the_secret_has_what_the_desk_reads(made: list[Manifest]) -> None:
    text = (DEPLOY / "kubernetes/production/secret.example.yaml").read_text()
    held = {each["metadata"]["name"]: set(each["stringData"]) for each in yaml.safe_load_all(text)}
    (migrate,), (desk,) = pod(made)["initContainers"], pod(made)["containers"]
    assert held["baton"] == {Path(each["value"]).name for each in desk["env"]}
    assert held["baton-migrate"] == {Path(each["value"]).name for each in migrate["env"]}


def test_only_what_others_must_reach_is_outside(made: list[Manifest]) -> None:
    (rule,) = one(made, "Ingress")["spec"]["rules"]
    assert [each["path"] for each in rule["http"]["paths"]] == ["/mentions", "/slack/events", "/api/messages"]


def test_the_autoscaler_keeps_within_the_database_s_connections(made: list[Manifest]) -> None:
    scaler = one(made, "HorizontalPodAutoscaler")["spec"]
    assert scaler["minReplicas"] == one(made, "Deployment")["spec"]["replicas"] == 2
    assert (scaler["maxReplicas"] + 1) * 11 < 100
