"""What is true of Template, each limit with its source."""

from __future__ import annotations

from connectors.contract import Capability, Fact, Field, Manifest, Rule, TextLimit

_DOCS = Fact("connectors/_template/README.md", "2026-11-22")
TEXT = TextLimit(2000, "characters", _DOCS)

MANIFEST = Manifest(
    network="_template",
    name="Template",
    colour="#4a5568",
    mark="T",
    inbound=frozenset({"webhook"}),
    kinds={"direct": Capability(audience="private", text=TEXT, actions=frozenset({"send"}))},
    fields=(
        Field("access_token", "Access token", secret=True, help="From the network's developer page."),
        Field("webhook_secret", "Webhook secret", secret=True, help="The network signs what it posts to us with it."),
    ),
    base_url="https://api.network.example",
    identity_scope="asset",
    unsend="keep",
    # True only if the network promises that a repeated client id does nothing: a time-out is then tried again.
    idempotent_sends=False,
    receipts=frozenset({"accepted", "read"}),
    rate_per_second=10.0,
    documented_events=("message.text", "message.read", "page.renamed"),
    ignored_events={"page.renamed": "agents have no use for it"},
    rules=(
        Rule("verifies-signature", done=True),
        Rule("dedupes-redelivery", done=True),
        Rule("maps-all-documented-events", done=True),
        Rule("reports-receipts", done=True),
        Rule("handles-revocation", done=True),
        Rule("limits-sourced", done=True),
        Rule("golden-per-event", done=True),
        Rule("live-tested", done=False, reason="tried against its simulator only"),
    ),
    facts=(_DOCS,),
)
