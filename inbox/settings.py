"""What an installation is set up with: the environment, read once, here and nowhere else.

Each setting is `INBOX_` and the field's name in capitals. A setting may also come from a file named by the same name
with `_FILE` after it, which keeps secrets out of the environment. `docs/settings.md` is made from this class by
`python -m inbox.settings`.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "INBOX_"
_DATABASES = ("sqlite:///", "postgres://", "postgresql://", "postgresql+")


class Settings(BaseSettings):
    """All settings. Frozen: to run with others, start again."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", enable_decoding=False
    )

    data_dir: Path = Field(
        Path("var"), description="Folder of the database file, the media and the key. Made when it is not there."
    )
    database_url: str = Field(
        "",
        repr=False,
        description="Where the records are: `sqlite:///path/to/file` or `postgresql://user:password@host:5432/name`. "
        "Empty: the file `inbox.sqlite3` in the data folder.",
    )
    redis_url: str = Field(
        "",
        repr=False,
        description="Redis or Valkey that carries wake-ups between processes: `redis://host:6379/0`. "
        "Empty: one process, or a look at the database every 500 ms.",
    )
    secret_key: str = Field(
        "",
        repr=False,
        description="Encrypts stored credentials and signs links: at least 32 characters. Several, separated by "
        "spaces, while it is being changed: the first encrypts, all decrypt. Empty: made on the first start and kept "
        "in the file `secret_key` of the data folder. Without it, backups cannot be read: keep a copy.",
    )
    public_url: str = Field(
        "",
        description="Address under which browsers and networks reach the service, `https://inbox.example.org`. With "
        "https, cookies are marked Secure. Empty: `http://HOST:PORT`.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for all.")
    port: int = Field(8000, ge=1, le=65535, description="TCP port to listen on.")
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="Addresses of reverse proxies, separated by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed. Empty: nobody's.",
    )
    media_url: str = Field(
        "",
        repr=False,
        description="Object store for attachments, for several machines: "
        "`s3://KEY:SECRET@bucket/prefix?region=eu-central-1&endpoint=https://s3.example.org` (without key and secret "
        "the environment's `AWS_…` count). Empty: a folder in DATA_DIR.",
    )
    mail_url: str = Field(
        "",
        repr=False,
        description="Mail server for the service's own mail (invitations, resets): "
        "`smtps://user:password@host:465` or `smtp://user:password@host:587`. Empty: links are shown to be copied.",
    )
    mail_from: str = Field("", description="Sender of the service's own mail: `inbox@example.org`.")
    allow_private: tuple[str, ...] = Field(
        (),
        description="Hosts, addresses or networks (`10.0.0.0/8`), separated by commas, that admins may name in "
        "settings though they are not on the public internet. Empty: none.",
    )
    raw_days: int = Field(30, ge=0, description="Days for which what networks sent is kept as it came. 0: not at all.")
    session_days: int = Field(14, ge=1, le=365, description="Days without use after which a sign-in ends.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`json`: one object a line; `console`: for people; `auto`: console on a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    traces_url: str = Field(
        "",
        description="Collector that is told traces, by OTLP over HTTP: `http://collector:4318/v1/traces`. Headers and "
        "sampling: OpenTelemetry's own `OTEL_…`. Empty: none are made.",
    )

    @field_validator("trusted_proxies", "allow_private", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies", "allow_private")
    @classmethod
    def _networks(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for one in value:
            # Names may be reached; whose headers are believed is told by the address a connection comes from alone.
            if "/" in one or (info.field_name == "trusted_proxies" and one != "*"):
                try:
                    ipaddress.ip_network(one)
                except ValueError as wrong:
                    raise ValueError(f"{wrong}: write an address, or a network as 10.0.0.0/8") from None
            elif any(char.isspace() for char in one):
                raise ValueError(f"{one!r} is no host: put commas between them")
        return value

    @field_validator("public_url", "traces_url")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return value
        parts = _split(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or any(char.isspace() for char in value):
            raise ValueError("this is no address: write it as https://inbox.example.org")
        if info.field_name == "public_url" and (parts.path.strip("/") or parts.query or parts.fragment):
            raise ValueError(f"the service needs a host of its own: leave {parts.path or parts.query!r} out")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value:
            return value
        if not value.startswith(_DATABASES):
            scheme = value.partition(":")[0]
            raise ValueError(f"begins {scheme!r}: use {_DATABASES[0]}path/to/file or postgresql://user@host/name")
        if value == _DATABASES[0]:
            raise ValueError("names no file: use sqlite:///path/to/file")
        if not value.startswith("sqlite") and "," not in value:  # several hosts are the driver's to read
            _split(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and _split(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("is no address of Redis or Valkey: write it as redis://host:6379/0")
        if value:
            _require_readable(value)
        return value

    @field_validator("media_url")
    @classmethod
    def _object_store(cls, value: str) -> str:
        if value and not value.startswith("s3://"):
            raise ValueError("is no object store: begin it with s3://")
        if value and not _split(value).hostname:
            raise ValueError("names no bucket: write it as s3://bucket")
        return value

    @field_validator("mail_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if not value:
            return value
        parts = _split(value)
        if parts.scheme not in ("smtps", "smtp", "smtp+plain") or not parts.hostname:
            raise ValueError("is no mail server: write it as smtps://user:password@host:465, or smtp:// for STARTTLS")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        name, at, domain = parseaddr(value)[1].partition("@")
        if value and not (name and at and domain):
            raise ValueError("this is no sender: write it as inbox@example.org")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if any(len(key) < 32 for key in value.split()):
            raise ValueError("is shorter than 32 characters: take a longer one")
        return value

    @property
    def store(self) -> str:
        """The database URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'inbox.sqlite3'}"

    @property
    def address(self) -> str:
        """The public address, with the default filled in; no slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def encrypted(self) -> bool:
        """Whether browsers come by https."""
        return self.address.startswith("https://")

    @property
    def key_file(self) -> Path:
        """Where the key is kept that was made here."""
        return self.data_dir / "secret_key"

    def keys(self) -> list[str]:
        """The secret keys, newest first; the first one is made, readable by its owner alone, when there is none. Raises
        OSError where that cannot be, or the file is there and empty.
        """
        return self.known_keys() or [self._made()]

    def known_keys(self) -> list[str]:
        """The secret keys there are, newest first; none is made."""
        return self.secret_key.split() or self._kept()

    def _kept(self) -> list[str]:
        return self.key_file.read_text().split() if self.key_file.exists() else []

    def _made(self) -> str:
        self.data_dir.mkdir(0o700, parents=True, exist_ok=True)
        key = secrets.token_urlsafe(32)
        try:
            handle = os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process came first, or the disk was full when it was to be written
            if kept := self._kept():
                return kept[0]
            remedy = "put the key back from its copy, or remove the file where there was none"
            raise OSError(f"the secret key's file {self.key_file} is empty: {remedy}") from None
        with os.fdopen(handle, "w") as file:
            file.write(key + "\n")
        return key

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before files named in it."""
        return init_settings, env_settings, _Files(settings_cls)


class _Files(PydanticBaseSettingsSource):
    """Values from files named by `INBOX_…_FILE`. Raises OSError when a named file cannot be read."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's text without the line break at its end."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every field that has a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _require_readable(url: str) -> None:
    """As the client reads it: an option that it does not know would make it fail when it first connects."""
    from redis.asyncio import ConnectionPool

    try:
        ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as wrong:
        names = ", ".join(parse_qs(_split(url).query, keep_blank_values=True))  # a value may be a password
        options = f", or has an option (of {names}) that the client of Redis does not know" if names else ""
        raise ValueError(f"cannot be read{options}: write it as redis://host:6379/0") from wrong


def _split(url: str) -> SplitResult:
    """The parts of a URL. Raises ValueError without saying it: it may hold a password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - read, it is checked
    except ValueError:
        raise ValueError("cannot be read: look at the port, and write @ : / in a password as %40 %3A %2F") from None
    return parts


def document() -> str:
    """`docs/settings.md`: every setting with its default and meaning."""
    lines = [
        "# Settings",
        "",
        "Read from the environment at the start. Any of them may also be put into a file and named by the same name",
        "with `_FILE` after it: `INBOX_SECRET_KEY_FILE=/run/secrets/inbox_key`. This page is generated from",
        "`inbox/settings.py` by `python -m inbox.settings docs/settings.md`.",
        "",
        "| Setting | Default | Meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        shown = field.default if field.default not in ("", ()) else ""
        default = f"`{shown}`" if shown != "" else "empty"
        choices = getattr(field.annotation, "__args__", ()) if "Literal" in str(field.annotation) else ()
        among = f" One of {', '.join(f'`{one}`' for one in choices)}." if choices else ""
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description}{among} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document())
