"""`inbox channel …`, `inbox quarantine …`: what is connected, and what was not understood."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from inbox.cli.opened import OPERATOR, Refusal, named, opened, run, say, say_json, warn

if TYPE_CHECKING:
    from inbox.domain.records import Channel
    from inbox.errors import Invalid


def add(
    network: str,
    *,
    name: str,
    set: Annotated[Sequence[str], Parameter(name="--set")] = (),
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> None:
    """Connect a channel, and prove it at its network.

    Parameters
    ----------
    network
        Such as telegram; `inbox channel add ?` names them all.
    name
        What agents read.
    set
        `key=value`, once for each field of the network; `key=@file` reads a file, `key=-` standard input.
    as_json
        Print one JSON object with id and webhook_url.
    """
    run(_add(network, named(name), given(set), as_json))


def given(pairs: Sequence[str]) -> dict[str, str]:
    """The fields that `--set` names. Raises Refusal."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Refusal(f"--set {pair!r}: say key=value, key=@file or key=-")
        if value == "-":
            value = sys.stdin.read().rstrip("\n")
        elif value.startswith("@"):
            value = _in_file(key, Path(value[1:]))
        found[key] = value
    return found


def _in_file(key: str, file: Path) -> str:
    """The text of a file, without the line break at its end. Raises Refusal."""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as wrong:
        raise Refusal(f"--set {key}=@{file}: {wrong.strerror}: name a file that can be read") from None
    except UnicodeDecodeError:
        raise Refusal(f"--set {key}=@{file}: is no text: save the file as UTF-8") from None


def _as_options(wrong: Invalid) -> str:
    """Every wrong field, by the option that gave it."""
    named = [(one["pointer"].removeprefix("/settings/"), one["message"]) for one in wrong.extra.get("errors", [])]
    return "; ".join(f"--set {field} {message}" for field, message in named) or wrong.detail


async def _add(network: str, name: str, settings: dict[str, str], as_json: bool) -> None:
    from inbox.commands.channels import CreateChannel
    from inbox.errors import Invalid
    from inbox.eventlog.show_settings import channel_shape
    from inbox.worker import networks

    async with opened() as inbox, networks(inbox) as parts:
        unit = CreateChannel(OPERATOR, inbox.sealer, network, settings, {"name": name})
        try:
            channel: Channel = await inbox.writer.submit(unit)
        except Invalid as wrong:
            raise Refusal(_as_options(wrong)) from None
        problem = ""
        try:
            await parts.connecting.connect(channel.id)
        except Invalid as refused:
            problem = refused.detail
        shape = channel_shape(channel, inbox.settings.address)
        made = await parts.connecting.made(channel.id, settings)
        if as_json:
            say_json({"id": shape.id, "webhook_url": shape.webhook_url, **({"secrets": made} if made else {})})
        else:
            say(f"{shape.id}  {shape.webhook_url}")
            for field, secret in made.items():
                say(f"{field}: {secret}  (shown this once)")
        if problem:
            warn(f"inbox: the channel is kept, but does not work yet: {problem}")


def show(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> None:
    """List the channels with their health.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    run(_show(as_json))


async def _show(as_json: bool) -> None:
    from inbox.domain.channel_health import parted

    async with opened() as inbox:
        for channel in inbox.directory.channels.values():
            _, reason = parted(channel.health_reason)
            facts = {"id": str(channel.id), "network": channel.network, "name": channel.name, "health": channel.health}
            if as_json:
                say_json({**facts, "active": bool(channel.active), "reason": reason})
            else:
                said = "  ".join([*facts.values(), *filter(None, ["" if channel.active else "off"])])
                say(f"{said}  {reason}".rstrip())


def quarantined() -> None:
    """List the deliveries that could not be understood, newest first."""
    run(_quarantined())


async def _quarantined() -> None:
    from inbox.clock import iso
    from inbox.worker import networks

    async with opened() as inbox, networks(inbox) as parts:
        before: int | None = None
        while held := await parts.quarantine.listed(before, 200):
            for one in held:
                channel = inbox.directory.channels.get(one.channel_id)
                name = channel.name if channel is not None else f"channel {one.channel_id}"
                say(f"{one.id}  {iso(one.received_at)}  {name}  {one.size_bytes} bytes  {one.problem}")
            before = held[-1].id


def replay(delivery: int | None = None) -> int:
    """Take in again what could not be understood: one delivery, or all.

    Parameters
    ----------
    delivery
        Its id, as `inbox quarantine list` shows it; all where absent.
    """
    return run(_replay(delivery))


async def _replay(delivery: int | None) -> int:
    from inbox.worker import networks

    async with opened() as inbox, networks(inbox) as parts:
        if delivery is not None:
            say(f"delivery {delivery}: {', '.join(await parts.quarantine.replay(delivery)) or 'nothing in it'}")
            return 0
        done, stayed = await parts.quarantine.replay_all()
        say(f"{done} taken in, {stayed} stay quarantined")
        return 1 if stayed else 0
