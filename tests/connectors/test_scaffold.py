"""`make connector NAME=…`: what it makes is a connector from the first minute."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors
from scripts.new_connector import ROOT, CannotCreate, create, main, renamed
from tests.connectors.conformance import CHECKS
from tests.connectors.kit.subject import NotApplicable, Subject, subject

NAME = "scaffold_trial"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A connector made by the scaffold in a folder of its own, importable while the tests run."""
    root = tmp_path_factory.mktemp("scaffold")
    create(NAME, root)
    connectors.__path__.append(str(root / "connectors"))
    try:
        yield subject(NAME, root)
    finally:
        connectors.__path__.remove(str(root / "connectors"))
        for module in [name for name in sys.modules if name.startswith(f"connectors.{NAME}")]:
            del sys.modules[module]


SAYS_NOTHING = ("signature-stale-fails", "loop-polls", "loop-edits", "loop-reactions", "loop-reviews")
"""Checks of what the template has not got."""


@pytest.mark.parametrize("check", CHECKS)
def test_new_connector_conforms(fresh: Subject, check: str) -> None:
    """A connector just made passes every check of the kit that says something about it."""
    try:
        CHECKS[check](fresh)
    except NotApplicable as reason:
        assert check in SAYS_NOTHING, reason  # noqa: PT017


@pytest.mark.parametrize("check", CHECKS)
def test_template_conforms(check: str) -> None:
    """The connector that is copied passes the same checks where it stands."""
    try:
        CHECKS[check](subject("_template"))
    except NotApplicable as reason:
        assert check in SAYS_NOTHING, reason  # noqa: PT017


def test_nothing_of_the_template_is_left(fresh: Subject) -> None:
    """The copy names the new network everywhere, and the template nowhere."""
    files = [path for folder in (fresh.package, fresh.tests) for path in folder.rglob("*") if path.suffix != ".pyc"]
    left = [path.name for path in files if path.is_file() and "emplate" in path.read_text()]

    assert left == []
    assert fresh.connector.manifest.name == "Scaffold Trial"


@pytest.mark.parametrize("name", ["aardvark", "line", "zalo"])
def test_imports_are_in_order(name: str, tmp_path: Path) -> None:
    """Wherever the new name stands in the alphabet, its imports stand where `make check` wants them."""
    files = [path for path in create(name, tmp_path) if path.suffix == ".py"]
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--config", str(ROOT / "pyproject.toml"), *files]

    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert checked.stdout == ""
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["", "Line", "9gag", "a-b", "_x", "a__b", "toolkit", "../x", "class"])
def test_bad_names_are_refused(name: str, tmp_path: Path) -> None:
    """A name that is no lower-case identifier, or means something else already, is refused and nothing is written."""
    with pytest.raises(CannotCreate):
        create(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run under the same name fails, says why, and leaves the first one's files."""
    assert main(["line", "--root", str(tmp_path)]) == 0
    marked = tmp_path / "connectors" / "line" / "manifest.py"
    marked.write_text("mine")

    assert main(["line", "--root", str(tmp_path)]) == 1

    assert marked.read_text() == "mine"
    assert "is there already" in capsys.readouterr().err


def test_names_are_written_as_each_place_needs_them() -> None:
    """Modules get the snake-case name, classes camel case, prose words, headers hyphens."""
    text = 'from connectors._template import TemplateSimulator  # Template: "x-_template-signature"'

    assert renamed(text, "google_play") == (
        'from connectors.google_play import GooglePlaySimulator  # Google Play: "x-google-play-signature"'
    )
