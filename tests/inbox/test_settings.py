"""Settings come from the environment or from files, are checked at the start, and are documented."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from inbox.settings import PREFIX, Settings, document


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_everything_has_a_default(tmp_path: Path) -> None:
    """Without any setting it runs on this machine alone, with a file as its store."""
    settings = Settings()

    assert settings.store == "sqlite:///var/inbox.sqlite3"
    assert settings.address == "http://127.0.0.1:8000"
    assert not settings.encrypted


def test_an_address_of_numbers_can_be_opened() -> None:
    """One of IPv6 stands in brackets, where the port begins otherwise nobody can tell."""
    assert Settings(host="::1", port=9000).address == "http://[::1]:9000"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """INBOX_ and the name; lists by commas; an empty value is none."""
    monkeypatch.setenv("INBOX_PORT", "9000")
    monkeypatch.setenv("INBOX_PUBLIC_URL", "https://inbox.example.org/")
    monkeypatch.setenv("INBOX_ALLOW_PRIVATE", "10.0.0.0/8, crm.lan,")
    monkeypatch.setenv("INBOX_RAW_DAYS", "")

    settings = Settings()

    assert settings.port == 9000
    assert settings.address == "https://inbox.example.org"
    assert settings.encrypted
    assert settings.allow_private == ("10.0.0.0/8", "crm.lan")
    assert settings.raw_days == 30


def test_a_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """INBOX_…_FILE names it; the environment itself goes before it."""
    (tmp_path / "key").write_text("f" * 40 + "\n")
    monkeypatch.setenv("INBOX_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert Settings().keys() == ["f" * 40]
    monkeypatch.setenv("INBOX_SECRET_KEY", "e" * 40)
    assert Settings().keys() == ["e" * 40]


def test_a_file_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped path is not taken for no secret."""
    monkeypatch.setenv("INBOX_SECRET_KEY_FILE", "/nowhere/key")

    with pytest.raises(OSError, match="/nowhere/key"):
        Settings()


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The first start makes it, readable by nobody else; later starts find it."""
    settings = Settings(data_dir=tmp_path / "data")

    first, second = settings.keys(), Settings(data_dir=tmp_path / "data").keys()

    assert first == second
    assert len(first[0]) >= 40
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "short"),
        ("public_url", "inbox.example.org"),
        ("public_url", "https://"),
        ("public_url", "https://in box.example.org"),
        ("public_url", "https://example.org/inbox"),
        ("port", 0),
        ("raw_days", -1),
        ("trusted_proxies", "caddy"),
        ("trusted_proxies", "10.0.0.0/99"),
        ("allow_private", "10.0.0.1/8"),
        ("allow_private", "crm.lan wiki.lan"),
        ("database_url", "mysql://host/name"),
        ("database_url", "sqlite:///"),
        ("database_url", "postgresql://host:99999/name"),
        ("redis_url", "localhost:6379"),
        ("redis_url", "http://localhost:6379"),
        ("redis_url", "redis://localhost:6379/0?sockettimeout=5"),
        ("redis_url", "redis://localhost:port/0"),
        ("redis_url", "redis://localhost:6379/0?socket_timeout=soon"),
        ("media_url", "s3://"),
        ("mail_url", "mail.example.org"),
        ("mail_url", "smtps://mail.example.org:smtp"),
        ("mail_from", "inbox"),
    ],
)
def test_nonsense_stops_the_start(name: str, value: object) -> None:
    """What cannot be meant is refused with the name of the setting."""
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "http://[::1]:8000"),
        ("trusted_proxies", "127.0.0.1, ::1, 172.16.0.0/12"),
        ("trusted_proxies", "*"),
        ("allow_private", "10.0.0.0/8, crm.lan, 192.168.1.7"),
        ("database_url", "postgresql://u:p%40ss@one:5432,two:5432/name?sslmode=require"),
        ("database_url", "postgresql+asyncpg://u@/name?host=/run/postgresql"),
        ("redis_url", "unix:///run/valkey.sock"),
        ("redis_url", "redis://host:6379/0?socket_timeout=5&health_check_interval=30"),
        ("redis_url", "rediss://:secret@host:6380/1"),
        ("media_url", "s3://bucket/prefix?region=eu-central-1"),
        ("mail_url", "smtp+plain://127.0.0.1:2525"),
        ("mail_from", "Inbox <inbox@example.org>"),
    ],
)
def test_what_can_be_meant_is_taken(name: str, value: str) -> None:
    """Every form that is documented."""
    Settings(**{name: value})  # type: ignore[arg-type]


def test_secrets_are_not_shown() -> None:
    """Printing the settings shows no password."""
    settings = Settings(secret_key="k" * 40, database_url="postgresql://u:hunter2@h/d", mail_url="smtp://u:hunter2@h")

    assert "hunter2" not in repr(settings)
    assert "kkkk" not in repr(settings)


def test_the_page_of_settings_is_current() -> None:
    """docs/settings.md is what `python -m inbox.settings docs/settings.md` writes."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"

    assert page.read_text() == document(), "run: python -m inbox.settings docs/settings.md"
