"""Beginning a connector gives a folder that bears the network's name throughout."""

from pathlib import Path

import pytest

from scripts.new_connector import CannotBegin, begin


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with a template of code and tests."""
    for name, text in {
        "connectors/_template/manifest.py": '"""What is true of Template."""\nNAME = "_template"\n',
        "connectors/_template/README.md": "# Template\n",
        "tests/connectors/_template/test__template.py": "import connectors._template\n",
        "tests/connectors/_template/golden/message.json": "{}\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_code_and_tests_bear_the_name(root: Path) -> None:
    """Files, their names and their text speak of the network, no longer of the template."""
    new = begin("google_play", root)

    assert [path.relative_to(root).as_posix() for path in new] == [
        "connectors/google_play/README.md",
        "connectors/google_play/manifest.py",
        "tests/connectors/google_play/golden/message.json",
        "tests/connectors/google_play/test_google_play.py",
    ]
    manifest = (root / "connectors/google_play/manifest.py").read_text()
    assert manifest == '"""What is true of GooglePlay."""\nNAME = "google_play"\n'


def test_template_stays_as_it_is(root: Path) -> None:
    """Beginning a connector changes nothing in the template."""
    before = {path: path.read_text() for path in root.rglob("_template/**/*.*")}

    begin("line", root)

    assert {path: path.read_text() for path in before} == before


@pytest.mark.parametrize("name", ["Line", "google-play", "_meta", "2ch", "", "../line"])
def test_name_must_be_a_plain_word(root: Path, name: str) -> None:
    """A name that is no lower-case word is refused, with an example of one that is."""
    with pytest.raises(CannotBegin, match="google_play or line"):
        begin(name, root)


def test_existing_connector_is_never_overwritten(root: Path) -> None:
    """A name that is taken is refused, and its files stay."""
    begin("line", root)
    (root / "connectors/line/manifest.py").write_text("mine")

    with pytest.raises(CannotBegin, match="there already"):
        begin("line", root)

    assert (root / "connectors/line/manifest.py").read_text() == "mine"
