"""`inbox secrets rotate`: a new key, and everything still opens."""

from __future__ import annotations

import stat

from tests.inbox.cli.program import Program


def with_a_secret(program: Program) -> None:
    """Connect a channel that has one."""
    program.done("channel", "add", "custom", "--name", "Shop", "--json")


def test_a_new_key_in_our_file_comes_first(program: Program) -> None:
    """The file holds the new key before the old one, readable by its owner alone, and secrets are sealed with it."""
    with_a_secret(program)
    before = (program.folder / "secret_key").read_text().split()

    assert program.done("secrets", "rotate").startswith("1 sealed")

    kept = program.folder / "secret_key"
    assert kept.read_text().split()[1:] == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_old_keys_can_be_forgotten(program: Program) -> None:
    """After `--forget` one key is left, and it opens everything: another rotation works."""
    with_a_secret(program)

    program.done("secrets", "rotate", "--forget")

    assert len((program.folder / "secret_key").read_text().split()) == 1
    assert program.done("secrets", "rotate").startswith("1 sealed")


def test_a_key_in_the_environment_must_be_given_twice(program: Program) -> None:
    """With one key in INBOX_SECRET_KEY there is nothing to rotate to; with two, all is sealed with the first."""
    old, new = "o" * 40, "n" * 40
    program.environment["INBOX_SECRET_KEY"] = old
    with_a_secret(program)
    assert "holds one key" in program.refused("secrets", "rotate")

    program.environment["INBOX_SECRET_KEY"] = f"{new} {old}"
    assert "can go" in program.done("secrets", "rotate")

    program.environment["INBOX_SECRET_KEY"] = new
    assert program.done("channel", "list").endswith("ok")


def test_a_missing_key_is_told(program: Program) -> None:
    """Secrets sealed with a key that is gone are named, not guessed at."""
    program.environment["INBOX_SECRET_KEY"] = "o" * 40
    with_a_secret(program)
    program.environment["INBOX_SECRET_KEY"] = f"{'x' * 40} {'y' * 40}"

    assert "is not in INBOX_SECRET_KEY" in program.refused("secrets", "rotate")


def test_a_key_that_is_gone_is_not_made_anew(program: Program) -> None:
    """Whatever is started: a new key would open nothing, and be taken for the right one from then on."""
    with_a_secret(program)
    kept = program.folder / "secret_key"
    before = kept.read_text()
    kept.unlink()

    for words in (["run"], ["user", "list"], ["secrets", "rotate"], ["backup", str(program.folder / "b.zip")]):
        said = program.refused(*words)
        assert f"there is no secret key, neither in INBOX_SECRET_KEY nor in {kept}" in said
        assert "the credentials of 1 channels cannot be read: put it back from its copy" in said
        assert not kept.exists()

    kept.write_text(before)
    assert program.done("secrets", "rotate").startswith("1 sealed")


def test_a_start_with_another_key_is_told_in_the_log(program: Program) -> None:
    """It works, so that whoever lost the key can connect his channels again."""
    with_a_secret(program)
    (program.folder / "secret_key").write_text("n" * 40)

    with program.staying("run", until="Inbox is ready"):
        pass

    log = (program.folder.parent / "stderr.log").read_text()
    assert "secret_key_lost" in log
    assert "it does not open the credentials of 1 channels" in log
