"""`inbox channel`, `inbox quarantine`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inbox.cli.channels import given
from inbox.cli.opened import Refusal
from tests.inbox.cli.program import Program


def test_a_channel_is_connected_and_listed(program: Program) -> None:
    """The answer holds the id and the webhook's address, and the list shows the channel as well."""
    added = json.loads(program.done("channel", "add", "custom", "--name", "Shop", "--json"))

    assert added["webhook_url"].endswith(f"/hooks/custom/{added['id']}")
    assert program.done("channel", "list").split() == [added["id"], "custom", "Shop", "ok"]


def test_the_secret_is_told_although_the_other_side_does_not_answer_yet(program: Program) -> None:
    """It has to know the secret before it can: `channel add` comes first, whatever it says of the address."""
    found = program.run(
        *("channel", "add", "custom", "--name", "Shop", "--json", "--set", "outbound_url=http://127.0.0.1:1/inbox")
    )

    assert "does not work yet" in found.stderr
    assert json.loads(found.stdout)["secrets"]["webhook_secret"].startswith("whsec_")


def test_unknown_networks_and_fields_are_refused(program: Program) -> None:
    """The refusal names what there is."""
    assert "telegram" in program.refused("channel", "add", "pigeon", "--name", "Loft")
    frob = program.refused("channel", "add", "custom", "--name", "Shop", "--set", "frob=1")
    assert frob.startswith("inbox: --set frob is no field of Custom channel: it has name, outbound_url, ")
    assert program.refused("channel", "add", "telegram", "--name", "Bot") == "inbox: --set token is missing: Bot token"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "\udcff"])
def test_a_channel_wants_a_name(program: Program, name: str) -> None:
    """Agents read it: an empty one, or one that is no text, is refused."""
    assert "give 1 to 200 characters" in program.refused("channel", "add", "custom", "--name", name)


def test_a_channel_that_its_network_refuses_is_kept(program: Program) -> None:
    """What is wrong is told, and the channel can be mended later."""
    words = ("channel", "add", "telegram", "--name", "Bot", "--json", "--set", "token=1:x", "--set")
    found = program.run(*words, "base_url=http://127.0.0.1:1")

    assert found.returncode == 0
    assert "does not work yet" in found.stderr
    assert json.loads(found.stdout)["id"] in program.done("channel", "list")


def test_values_come_from_words_and_files(tmp_path: Path) -> None:
    """`key=value` and `key=@file` are read; a line break at a file's end is not part of it."""
    (tmp_path / "token").write_bytes(b"1:secret\r\n")

    assert given(["token=@" + str(tmp_path / "token"), "mode=poll=x"]) == {"token": "1:secret", "mode": "poll=x"}


def test_a_pair_without_a_value_is_refused() -> None:
    """`--set` wants a key and a value."""
    with pytest.raises(Refusal, match="key=value"):
        given(["token"])


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """One that is not there, and one that is no text: by the field it was for."""
    (tmp_path / "token").write_bytes(b"\xff\xfe")

    with pytest.raises(Refusal, match=r"--set token=@.*name a file that can be read"):
        given([f"token=@{tmp_path / 'none'}"])
    with pytest.raises(Refusal, match=r"--set token=@.*save the file as UTF-8"):
        given([f"token=@{tmp_path / 'token'}"])


def test_an_empty_quarantine_is_listed_and_replayed(program: Program) -> None:
    """Nothing held is no error."""
    assert program.done("quarantine", "list") == ""
    assert program.done("quarantine", "replay") == "0 taken in, 0 stay quarantined"
    assert "no quarantined delivery 7" in program.refused("quarantine", "replay", "7")
