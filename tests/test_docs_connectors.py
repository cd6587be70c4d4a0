"""docs/connectors.md says what the manifests say, and docs/add-a-connector.md names what there is."""

import re

import pytest

from connectors import registry
from connectors.contract import Connector
from connectors.custom import CONNECTOR
from scripts import connector_matrix
from tests.connectors.conformance import CHECKS
from tests.connectors.kit.subject import ROOT

GUIDE = ROOT / "docs" / "add-a-connector.md"


def test_matrix_is_current() -> None:
    """The page in the tree is the one the manifests make."""
    assert connector_matrix.PAGE.read_text() == connector_matrix.current(), (
        "docs/connectors.md is not current: run python -m scripts.connector_matrix"
    )


@pytest.mark.parametrize("network", registry.networks())
def test_matrix_names_every_network_and_source(network: str) -> None:
    """Each network has its section, and every source of its limits a link there."""
    manifest = registry.manifest(network)
    section = connector_matrix.current().split(f"\n## {manifest.name}\n")[1].split("\n## ")[0]

    for capability in manifest.kinds.values():
        assert capability.text.fact.source in section
        assert f"{capability.text.limit:,}" in section


def test_matrix_shows_an_action_only_where_the_manifest_has_it() -> None:
    """Every cell of the table of actions follows the manifest."""
    page = connector_matrix.page([CONNECTOR])
    table = page.split("## What an agent can do\n")[1].split("\n##")[0].strip().splitlines()
    head, row = (re.split(r" \| ", line.strip("| ")) for line in (table[0], table[2]))
    cells = dict(zip(head, row, strict=True))

    assert cells["write"] == "direct, group, chat"
    assert cells["answer a review"] == "review"
    assert cells["mark as read"] == "all"


def test_links_of_the_matrix_lead_somewhere() -> None:
    """Every link to a page of ours points at a file."""
    links = re.findall(r"\]\((?!https?://|#)([^)]+)\)", connector_matrix.current() + GUIDE.read_text())

    missing = [link for link in links if not (ROOT / "docs" / link.split("#")[0]).exists()]
    assert links
    assert not missing


def test_guide_explains_every_check() -> None:
    """Whoever fails a check finds it in the guide by its name."""
    text = GUIDE.read_text()

    assert not [name for name in CHECKS if f"`{name}`" not in text]


def test_guide_names_only_functions_that_exist() -> None:
    """The abilities the guide lists are the fields of a Connector."""
    table = GUIDE.read_text().split("## What a connector can have")[1].split("\n## ")[0]

    named = set(re.findall(r"^\| `(\w+)` ", table, re.MULTILINE))
    assert named == {name for name in Connector.__slots__ if name != "manifest"}
