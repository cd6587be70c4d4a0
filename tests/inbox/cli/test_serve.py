"""`inbox run`, `inbox web`, `inbox worker`, as processes."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bench.machine import memory_bytes
from tests.inbox.cli.program import Program
from tests.processes import free_port
from tests.servers import psql

RESTING_BYTES = 200_000_000
SETTLED_SECONDS = 3.0
"""By then the language model, the heaviest thing it holds, is read."""


def test_a_first_run_is_ready_and_tells_how_the_first_admin_gets_in(empty: Program) -> None:
    """An empty folder becomes a service: address, first-admin link, answers; it ends in order."""
    with empty.staying("run", until="First admin") as said:
        address = f"http://127.0.0.1:{empty.environment['INBOX_PORT']}"
        assert said[-2] == f"Inbox is ready: {address}"
        token = re.search(rf"{address}/links/(\S+)", said[-1])
        assert token is not None
        assert httpx2.get(f"{address}/api/v1/links/{token[1]}").json()["kind"] == "first_admin"


def test_the_whole_service_fits_a_small_machine(empty: Program) -> None:
    """One process, resting, with all it has loaded: less than 200 MB."""
    with empty.staying("run", until="First admin"):
        address = f"http://127.0.0.1:{empty.environment['INBOX_PORT']}"
        assert httpx2.get(address).status_code == 200
        time.sleep(SETTLED_SECONDS)
        assert memory_bytes(empty.pid) < RESTING_BYTES


def test_a_second_run_is_refused_in_one_line(empty: Program) -> None:
    """One server on a data folder: the refusal names the folder and the remedy."""
    with empty.staying("run", until="First admin"):
        other = Program(empty.folder, dict(empty.environment))
        assert "cannot listen" in other.refused("run")
        other.environment["INBOX_PORT"] = str(free_port())
        assert "a server already runs on" in other.refused("run")


def test_a_second_run_on_the_same_file_is_refused_whatever_its_folder(empty: Program, tmp_path: Path) -> None:
    """Two data folders may name one database: whoever has it is named."""
    url = f"sqlite:///{empty.folder / 'inbox.sqlite3'}"
    other = Program(tmp_path / "other", {"INBOX_DATABASE_URL": url, "INBOX_PORT": str(free_port())})
    with empty.staying("run", until="Inbox is ready"):
        said = other.refused("run")
        assert f"already runs on {empty.folder}" in said
        assert "name another file in INBOX_DATABASE_URL" in said


def test_a_second_run_on_the_same_file_is_refused_by_whatever_link(empty: Program, tmp_path: Path) -> None:
    """A link to the file is the same file."""
    (tmp_path / "link.sqlite3").symlink_to(empty.folder / "inbox.sqlite3")
    url = f"sqlite:///{tmp_path / 'link.sqlite3'}"
    other = Program(tmp_path / "other", {"INBOX_DATABASE_URL": url, "INBOX_PORT": str(free_port())})
    with empty.staying("run", until="Inbox is ready"):
        assert f"already runs on {empty.folder}" in other.refused("run")


def test_with_an_admin_no_link_is_printed(program: Program) -> None:
    """The first-admin link is for the first admin."""
    program.done("user", "add", "eva@example.org", "--role", "admin")

    with program.staying("run", until="Inbox is ready") as said:
        assert "First admin" not in "\n".join(said)


def test_other_verbs_work_beside_the_server(empty: Program) -> None:
    """A user is added while the server runs, and can be seen there at once."""
    with empty.staying("run", until="First admin"):
        assert "can sign in" in empty.done("user", "add", "eva@example.org", "--password-stdin", given="long enough!\n")


def test_web_and_worker_refuse_sqlite(program: Program) -> None:
    """Several processes need PostgreSQL: each says so in one line."""
    assert "needs PostgreSQL" in program.refused("web")
    assert "needs PostgreSQL" in program.refused("worker")


def test_run_refuses_postgresql(program: Program, postgres_url: str) -> None:
    """On PostgreSQL the sides run apart."""
    program.environment["INBOX_DATABASE_URL"] = postgres_url

    assert "run `inbox web` and `inbox worker`" in program.refused("run")


def test_web_and_worker_run_on_postgresql(program: Program, postgres_url: str) -> None:
    """Both come up on a migrated database, and end in order."""
    program.environment["INBOX_DATABASE_URL"] = postgres_url
    program.done("migrate")

    with program.staying("web", until="First admin"), program.staying("worker", until="worker is running"):
        address = f"http://127.0.0.1:{program.environment['INBOX_PORT']}"
        assert httpx2.get(f"{address}/readyz").status_code == 200


@pytest.mark.postgres
def test_a_process_is_not_ready_while_its_server_takes_no_changes(
    program: Program, postgres_url: str, postgres_server_url: str
) -> None:
    """A primary that became a standby answers every read: requests would be sent here to fail."""
    program.environment["INBOX_DATABASE_URL"] = postgres_url
    program.done("migrate")
    name = postgres_url.rpartition("/")[2]
    ready = f"http://127.0.0.1:{program.environment['INBOX_PORT']}/readyz"

    def turned(setting: str) -> httpx2.Response:
        psql(postgres_server_url, f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}")
        psql(
            postgres_server_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )  # fmt: skip
        expected = 503 if setting == "on" else 200
        return wait_until(lambda: httpx2.get(ready), lambda answer: answer.status_code == expected)

    with program.staying("web", until="First admin"):
        passive = turned("on")
        turned("off")

    assert "takes no changes" in passive.json()["database"]


@pytest.mark.postgres
def test_a_process_begins_anew_when_the_log_was_set_back(program: Program, postgres_url: str) -> None:
    """A copy that was behind answers in the server's place: the same process goes on, in another epoch."""
    program.environment["INBOX_DATABASE_URL"] = postgres_url
    program.done("migrate")
    token = json.loads(program.done("token", "create", "--name", "crm", "--scopes", "read", "--json"))["token"]
    address = f"http://127.0.0.1:{program.environment['INBOX_PORT']}/api/v1/events?after=0"

    with program.staying("web", until="First admin"):
        before = events(address, token)
        psql(postgres_url, "DELETE FROM event WHERE position > 0; UPDATE workspace SET position = 0")
        after = wait_until(lambda: events(address, token), lambda found: found["epoch"] > before["epoch"])

    assert (before["head"] > 0, after["head"]) == (True, 0)


def events(address: str, token: str) -> dict[str, Any]:
    """What the feed says; of a process that just begins anew, once it does: it ends the connections it has."""

    def asked() -> httpx2.Response | None:
        with contextlib.suppress(httpx2.TransportError):
            return httpx2.get(address, headers={"authorization": f"Bearer {token}"}, timeout=60)
        return None

    found: httpx2.Response = wait_until(asked, lambda answer: answer is not None and answer.status_code == 200)
    return dict(found.json())


def wait_until(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    """Look until it is so; what was found."""
    until = time.monotonic() + 60
    while not is_so(found := look()):
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return found


def test_an_address_that_is_not_here_is_refused_by_name(empty: Program) -> None:
    """It is not the port that has to be changed."""
    empty.environment["INBOX_HOST"] = "192.0.2.1"

    assert "set INBOX_HOST" in empty.refused("run")


def test_a_data_folder_that_cannot_be_used_is_refused_by_name(empty: Program) -> None:
    """The folder, why, and the remedy."""
    empty.folder.write_text("a file")

    said = empty.refused("run")

    assert str(empty.folder) in said
    assert "INBOX_DATA_DIR" in said
