"""What the sandbox needs in the workspace: three people to sign in as, teams, tags, canned answers, channels, and what
the company has laid down (`laid_down`).

Everything is made by ordinary commands and marked `sandbox`. Installing again changes nothing but the channels'
addresses, which are other ports at every start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from inbox import clock
from inbox.commands.accounts import SetPassword
from inbox.commands.campaigns import PutCampaign
from inbox.commands.channels import ChangeChannel, CreateChannel
from inbox.commands.people import AgentChange, CreateAgent, CreateTeam, Role
from inbox.commands.settings import PutCanned, PutTag
from inbox.domain import events as e
from inbox.domain.records import Agent, Channel
from inbox.domain.state import State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.passwords import Passwords
from inbox.sandbox import google
from inbox.sandbox.laid_down import PRINCIPAL, lay_down
from inbox.sandbox.polls import put_surveys
from inbox.sandbox.rhythm import PAST_DAYS
from inbox.sandbox.stage import MAILBOX, PASSWORD, Stage
from inbox.seal import Sealer
from inbox.storage import rows
from inbox.storage.database import Database, Query

DOMAIN = "alkyon.example"
SIGN_IN = "alkyon-home-2026"
"""The password of everybody in the sandbox: it is printed, and works nowhere else."""


class Someone(msgspec.Struct, frozen=True):
    """An agent of the sandbox."""

    name: str
    role: Role
    teams: tuple[str, ...] = ()
    simulated: bool = False
    """One of the colleagues who work by themselves."""
    off_duty: bool = False
    """A colleague who answered in the past, and is not at work now."""

    @property
    def email(self) -> str:
        """Sign-in address."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


TEAMS = ("Orders", "Returns", "Public", "Reviews")
STAFF = (
    Someone("Maria Stavrou", "agent", ("Orders", "Public")),
    Someone("Nadia Rahman", "supervisor", TEAMS),
    Someone("Tom Achterberg", "admin"),
    Someone("Jonas Brandt", "agent", ("Orders",), simulated=True),
    Someone("Aino Korhonen", "agent", ("Returns",), simulated=True),
    Someone("Dewi Anggraini", "agent", ("Public",), simulated=True),
    Someone("Katerina Vlachou", "agent", ("Orders", "Returns"), off_duty=True),
    Someone("Tigran Galstyan", "agent", ("Orders",), off_duty=True),
    Someone("Petra Lindqvist", "agent", ("Public", "Reviews"), off_duty=True),
    Someone("Rizky Pratama", "agent", ("Reviews", "Returns"), off_duty=True),
)
TAGS = {
    "delivery": "amber",
    "damaged": "red",
    "return": "violet",
    "praise": "green",
    "invoice": "blue",
    "stock": "blue",
    "courier-strike": "red",
}
CANNED = (
    ("hello", "Greeting", "Hello, thank you for writing to Alkyon Home! Let me look into this for you.", "en"),
    ("order", "Ask for the order number", "Could you tell me your order number, please? It begins with A.", "en"),
    ("broken", "Broken on arrival", "I am sorry that it arrived broken! A new one leaves our workshop tomorrow.", "en"),
    ("kalimera", "Χαιρετισμός", "Καλημέρα σας! Ευχαριστούμε που γράψατε στην Alkyon Home, το κοιτάζω αμέσως.", "el"),
    ("halo", "Salam", "Halo Kak, terima kasih sudah menghubungi Alkyon Home! Saya cek dulu ya.", "id"),
    ("hei", "Tervehdys", "Hei, kiitos viestistäsi! Selvitän asian heti.", "fi"),
    ("hallo", "Begrüßung", "Guten Tag, danke für Ihre Nachricht! Ich sehe gleich nach.", "de"),
    ("barev", "Ողջույն", "Բարև Ձեզ, շնորհակալություն գրելու համար։ Հիմա կստուգեմ։", "hy"),
)
CAMPAIGN: Mapping[str, Any] = {
    "name": "Spring in every room",
    "owner_id": None,
    "goal": "Every question under the post answered the same day",
    "starts_at": None,
    "ends_at": None,
    "hashtags": ["#AlkyonSpring"],
}
CHANNEL_NAMES = {
    "custom": "Alkyon shop",
    "email": "Alkyon mail",
    "facebook_page": "Alkyon on Facebook",
    "google_business_profile": "Alkyon Kolonaki",
    "instagram": "alkyon.home",
    "messenger": "Alkyon Messenger",
    "telegram": "Alkyon Telegram",
    "webchat": "Alkyon website",
    "whatsapp": "Alkyon WhatsApp",
}
CHANNEL_TEAMS = {"facebook_page": "Public", "instagram": "Public", "google_business_profile": "Reviews"}
"""Which team a channel's conversations begin with; `Orders` for the others."""


class Workspace(msgspec.Struct, frozen=True):
    """The parts of the service that installing uses. `connect` runs a channel's set-up at its network."""

    database: Database
    writer: Writer
    directory: Directory
    sealer: Sealer
    connect: Callable[[int], Awaitable[None]]
    address: str = ""
    """Where browsers reach the service: the origin of the shop's page."""


async def install(workspace: Workspace, stage: Stage) -> dict[str, int]:
    """Make what is missing and point the channels at the stage. Returns network → channel."""
    submit = workspace.writer.submit
    directory = await workspace.directory.fresh()
    new = not any(agent.sandbox for agent in directory.agents.values())
    if new:
        stored = await Passwords().hash(SIGN_IN)
        team_ids = {name: (await submit(CreateTeam(PRINCIPAL, name, ()))).id for name in TEAMS}
        for one in STAFF:
            change = AgentChange(team_ids=[team_ids[team] for team in one.teams])
            created = await submit(CreateAgent(PRINCIPAL, one.email, one.name, one.role, change))
            await submit(SetPassword(created.agent.id, stored))
            await submit(MarkAgent(created.agent.id))
        for name, colour in TAGS.items():
            await submit(PutTag(PRINCIPAL, None, {"name": name, "colour": colour}))
        for shortcut, name, text, language in CANNED:
            values = {"shortcut": shortcut, "name": name, "text": text, "language": language, "ends_wait": 1}
            await submit(PutCanned(PRINCIPAL, None, values))
        await submit(PutCampaign(PRINCIPAL, None, dict(CAMPAIGN), None, directory=await workspace.directory.fresh()))
    channels = await _channels(workspace, stage)
    if new:
        await lay_down(workspace.writer, workspace.directory)
        await put_surveys(workspace.writer, PRINCIPAL)
    return channels


async def _channels(workspace: Workspace, stage: Stage) -> dict[str, int]:
    directory = await workspace.directory.fresh()
    known = {channel.network: channel for channel in directory.channels.values() if channel.sandbox}
    found: dict[str, int] = {}
    teams = {team.name: team.id for team in directory.teams.values()}
    for network in stage.networks.names:
        given = settings_of(network, stage, workspace.address)
        if network in known:
            change = ChangeChannel(PRINCIPAL, workspace.sealer, known[network].id, given, {}, None)
            channel: Channel = await workspace.writer.submit(change)
        else:
            values: dict[str, Any] = {"name": CHANNEL_NAMES[network], "brand": "Alkyon Home"}
            values["team_id"] = teams.get(CHANNEL_TEAMS.get(network, TEAMS[0]))
            made = CreateChannel(PRINCIPAL, workspace.sealer, network, given, values)
            channel = await workspace.writer.submit(made)
            await workspace.writer.submit(MarkChannel(channel.id))
        found[network] = channel.id
    for channel_id in found.values():
        await workspace.connect(channel_id)
    return found


def settings_of(network: str, stage: Stage, here: str) -> Mapping[str, str]:
    """What an admin would enter to connect a network of the stage, or the chat on the invented shop's own page."""
    if network == "webchat":
        return {"allowed_origins": here, "greeting": "Hello! How can we help?"}
    address = stage.server.address(network)
    given = {**stage.networks.credentials(network), **stage.networks.settings(network)}
    match network:
        case "telegram":
            return {"token": "1000000001:sandbox-token", "mode": "webhook", "base_url": address}
        case "email":
            return {
                "address": MAILBOX,
                "name": "Alkyon Home",
                "password": PASSWORD,
                "history_days": "14",
                "imap_host": "127.0.0.1",
                "imap_port": str(stage.imap.port),
                "imap_security": "none",
                "smtp_host": "127.0.0.1",
                "smtp_port": str(stage.submission.port),
                "smtp_security": "none",
            }
        case "custom":
            secret = given["webhook_secret"]
            return {"name": "Alkyon shop", "outbound_url": address, "base_url": address, "webhook_secret": secret}
        case "google_business_profile":
            return {**given, **google.connected(stage.networks), "base_url": address}
        case "messenger" | "facebook_page" | "instagram" | "whatsapp":
            return {**given, "base_url": address}
    raise ValueError(f"it is not known here how the sandbox connects {network}: say so in settings_of")


class MarkAgent(Unit):
    """An agent is of the sandbox."""

    alone = True

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id

    def run(self, state: State) -> Query[None]:
        """Mark him. Links to get in, of which he needs none, stop working."""
        agent = yield from rows.one(Agent, self.agent_id)
        if agent is not None:
            agent.sandbox = 1
            yield from rows.change(agent)
            state.emit(e.SettingChanged(object="agent", id=agent.id))


class MarkChannel(Unit):
    """A channel is of the sandbox, and counts as connected since before the past that is told in it."""

    alone = True

    def __init__(self, channel_id: int) -> None:
        self.channel_id = channel_id

    def run(self, state: State) -> Query[None]:
        """Mark it."""
        channel = yield from rows.one(Channel, self.channel_id)
        if channel is not None:
            channel.sandbox = 1
            channel.created_at = channel.live_since = state.now - (PAST_DAYS + 2) * clock.DAY
            channel.version += 1
            yield from rows.change(channel)
            state.emit(e.SettingChanged(object="channel", id=channel.id))
