"""The lock files pin everything by hash, agree with each other, and lead nowhere by themselves."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "scripts/build.lock", "scripts/node.lock")
PINNED = re.compile(r"^([a-z0-9.-]+(?:\[[a-z0-9,-]+\])?)==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Return the version of each package in a lock file."""
    found = PINNED.findall((ROOT / name).read_text())
    return {package.partition("[")[0]: version for package, version in found}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_address(name: str) -> None:
    """A lock says what, never where from: that is the installing machine's own business."""
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*(--index|--extra-index|--find-links|--trusted)", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes(name: str) -> None:
    """Each package is pinned to one version and carries at least one hash."""
    entries = re.split(r"^(?=\S)", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]

    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


def test_lock_holds_what_the_project_asks_for() -> None:
    """Each dependency of pyproject.toml is locked, at a version that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = pins("requirements.lock")

    for line in project["dependencies"]:
        wanted = Requirement(line)
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{name} is not locked: run `make lock`"
        assert wanted.specifier.contains(locked[name]), f"{line}, but {locked[name]} is locked"


@pytest.mark.parametrize("name", ["requirements.lock", "scripts/build.lock"])
def test_tests_run_on_what_is_shipped(name: str) -> None:
    """Whatever another lock pins, the development lock pins at the same version."""
    development = pins("requirements-dev.lock")

    other = {package: (v, development.get(package)) for package, v in pins(name).items()}

    assert {package: both for package, both in other.items() if both[0] != both[1]} == {}
