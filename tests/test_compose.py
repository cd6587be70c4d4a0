"""The compose files keep to the Compose Specification and use only settings that exist.

compose_spec.json is the specification's own schema (compose-spec/compose-spec, Apache-2.0, as of
2021-10-30), so the files also suit older tools.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from inbox.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE_FILES = ("docker-compose.yml", "compose.small.yml")
DEPLOY_FILES = (*COMPOSE_FILES, "Dockerfile", *(f"deploy/{name}" for name in ("Caddyfile",)))
SETTING_FILES = (*DEPLOY_FILES, "deploy/example.env", "deploy/inbox.service")


@cache
def load(name: str) -> dict[str, Any]:
    """Return a compose file as data, with its YAML anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return loaded


def environment(service: dict[str, Any]) -> dict[str, Any]:
    """Return what a service of a compose file finds in its environment."""
    given: dict[str, Any] = service.get("environment", {})
    return given


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_compose_file_keeps_to_the_specification(name: str) -> None:
    """Every key and value of the file is one that the specification knows."""
    schema = json.loads(Path(__file__).with_name("compose_spec.json").read_text())

    errors = list(jsonschema.Draft7Validator(schema).iter_errors(load(name)))

    assert not errors, "\n".join(f"{error.json_path}: {error.message}" for error in errors)


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_named_volumes_and_services_exist(name: str) -> None:
    """A service mounts only volumes, and waits only for services, that the file defines."""
    compose = load(name)
    mounted = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
        if not volume.startswith((".", "/"))
    }
    awaited = {other for service in compose["services"].values() for other in service.get("depends_on", ())}

    assert mounted == compose["volumes"].keys()
    assert awaited <= compose["services"].keys()


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_waiting_for_health_needs_a_health_check(name: str) -> None:
    """A service that others await as healthy has a check: its own, or the one of our image."""
    services = load(name)["services"]
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                check = services[other].get("healthcheck", {})
                from_image = services[other]["image"] == "unified-inbox"
                assert "test" in check or (from_image and not check.get("disable")), other


@pytest.mark.parametrize("name", SETTING_FILES)
def test_settings_named_exist(name: str) -> None:
    """Each INBOX_ variable in a file for operators is a field of the settings."""
    named = set(re.findall(r"\bINBOX_([A-Z_]+)", (ROOT / name).read_text()))

    unknown = {f"INBOX_{field}" for field in named if field.lower() not in Settings.model_fields}

    assert named, f"{name} names no setting: leave it out of this test"
    assert not unknown


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_only_the_proxy_is_reached_from_outside(name: str) -> None:
    """No port but the proxy's is published, so that nobody can pass by https."""
    published = {key for key, service in load(name)["services"].items() if "ports" in service}

    assert published == {"caddy"}


def test_every_part_of_the_scaled_service_sees_the_same_settings() -> None:
    """Migration, web and worker processes agree on database, bus and keys, and web runs twice."""
    services = load("docker-compose.yml")["services"]
    parts = [services[name] for name in ("migrate", "web", "worker")]

    assert all(environment(part) == environment(parts[0]) for part in parts)
    assert [part["command"] for part in parts] == [["migrate"], ["web"], ["worker"]]
    assert services["web"]["deploy"]["replicas"] == 2
    assert services["worker"]["deploy"]["replicas"] == 2


def test_passwords_have_no_default() -> None:
    """Compose refuses to start while a secret is not set, instead of using one that all know."""
    text = (ROOT / "docker-compose.yml").read_text()

    for secret in ("POSTGRES_PASSWORD", "INBOX_SECRET_KEY"):
        uses = re.findall(rf"\$\{{{secret}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_visitors_are_told_apart_behind_the_proxy(name: str) -> None:
    """The proxy is believed, wherever Docker puts it: else all count as one, and one guesser shuts everybody out."""
    for service in load(name)["services"].values():
        if service["image"] == "unified-inbox":
            given = environment(service)["INBOX_TRUSTED_PROXIES"]
            trusted = Settings(trusted_proxies=given.partition(":-")[2].rstrip("}")).trusted_proxies
            assert "172.16.0.0/12" in trusted


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_a_container_that_is_stopped_may_finish_what_it_sends(name: str) -> None:
    """Docker kills after ten seconds, and what was being sent then is told as unknown: as long as systemd waits."""
    seconds = re.findall(r"^TimeoutStopSec=(\d+)$", (ROOT / "deploy/inbox.service").read_text(), re.MULTILINE)

    for key, service in load(name)["services"].items():
        if service["image"] == "unified-inbox":
            assert service["stop_grace_period"] == f"{seconds[0]}s", key


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_the_log_does_not_fill_the_disk(name: str) -> None:
    """A line for each request of a network, for years: Docker's own default keeps them all."""
    for key, service in load(name)["services"].items():
        if service["image"] == "unified-inbox":
            assert service["logging"] == {"driver": "local"}, key


def test_figures_end_at_the_proxy() -> None:
    """Whoever is outside is not told how the service does."""
    assert "respond /metrics 404" in (ROOT / "deploy/Caddyfile").read_text()


def test_the_command_line_runs_from_cron() -> None:
    """Cron's PATH is /usr/bin:/bin, and `runuser` is in neither: the nightly backup would never be written."""
    script = (ROOT / "deploy/inbox").read_text()

    assert re.findall(r"^exec (\S+)", script, re.MULTILINE) == ["/sbin/runuser"]


def test_a_long_migration_is_not_cut_off() -> None:
    """systemd would end a start that takes 90 seconds, undo what it did, and begin again for ever."""
    unit = (ROOT / "deploy/inbox.service").read_text()

    assert "ExecStartPre=/opt/inbox/.venv/bin/inbox migrate" in unit
    assert "TimeoutStartSec=infinity" in unit
