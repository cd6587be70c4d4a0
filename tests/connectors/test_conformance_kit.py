"""The kit finds what it is there to find: a good connector with one thing broken fails exactly where it should."""

import json
import random
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.contract import Connector, Context, CustomerAction, Fact, Setup, TextLimit
from connectors.custom import CONNECTOR
from connectors.custom.simulator import CustomSimulator
from connectors.errors import SendError, SendErrorKind, SignatureInvalid
from connectors.exchange import Exchange, HttpRequest, Polled, Request, Response, http
from connectors.inbound import AnyInbound, Attachment, MessageReceived
from connectors.outbound import AnyOutbound, Part, Receipt
from tests.connectors.conformance import CHECKS, rewrite
from tests.connectors.kit import mutation
from tests.connectors.kit.sealed import TouchedTheWorld, sealed
from tests.connectors.kit.subject import Subject, subject

assert CONNECTOR.parse is not None
assert CONNECTOR.send is not None
assert CONNECTOR.verify is not None
PARSE, SEND, VERIFY, PLAN = CONNECTOR.parse, CONNECTOR.send, CONNECTOR.verify, CONNECTOR.plan


def accepts_all(request: Request, ctx: Context) -> None:
    """A verify that looks at nothing."""


def ignores_time(request: Request, ctx: Context) -> None:
    """A verify that takes a signature of any age."""
    stamp = request.headers.get("webhook-timestamp", "")
    VERIFY(request, replace(ctx, now=int(stamp) * 1_000_000) if stamp.isascii() and stamp.isdigit() else ctx)


def newest_secret_only(request: Request, ctx: Context) -> None:
    """A verify that knows no rotation."""
    VERIFY(request, replace(ctx, secrets=ctx.secrets[:1]))


def shows_the_secret(request: Request, ctx: Context) -> None:
    """A verify that says what it expected."""
    try:
        VERIFY(request, ctx)
    except SignatureInvalid:
        raise SignatureInvalid(f"expected {ctx.credentials['webhook_secret']}") from None


def fresh_keys(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse whose dedupe_keys are of the delivery, not of the fact."""
    found = PARSE(request, ctx)
    return [
        one if isinstance(one, Exception) else msgspec.structs.replace(one, dedupe_key=f"{id(one)}") for one in found
    ]


def keys_of_the_hour(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse whose dedupe_keys are of the time of reading."""
    return [rekeyed(one, f"{ctx.now}") for one in PARSE(request, ctx)]


def keys_of_chance(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse whose dedupe_keys are drawn."""
    return [rekeyed(one, ctx.nonce()) for one in PARSE(request, ctx)]


def rekeyed(one: AnyInbound | Exception, word: str) -> AnyInbound | Exception:
    """The record with something before its key."""
    if isinstance(one, Exception):
        return one
    return msgspec.structs.replace(one, dedupe_key=f"{word}:{one.dedupe_key}")


def names_files_only(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse that gives handles of files, which nobody exchanges."""
    found = PARSE(request, ctx)
    handle = Attachment(kind="image", ref="file-1")
    return [
        msgspec.structs.replace(one, attachments=(handle,)) if isinstance(one, MessageReceived) else one
        for one in found
    ]


def careless(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse that trusts what it reads."""
    json.loads(request.body)
    return PARSE(request, ctx)


def drops_text(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse that loses words."""
    found = PARSE(request, ctx)
    return [msgspec.structs.replace(one, text="") if isinstance(one, MessageReceived) else one for one in found]


def looks_at_the_clock(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """A parse that asks for the time."""
    time.time()
    return PARSE(request, ctx)


def any_length(action: AnyOutbound, ctx: Context) -> list[Part]:
    """A plan that never refuses a text."""
    return [Part(action=action, key=ctx.nonce())]


def loses_the_end(action: AnyOutbound, ctx: Context) -> list[Part]:
    """A plan that forgets the last piece."""
    parts = PLAN(action, ctx)
    kept = parts[:-1] if len(parts) > 2 else parts
    return [msgspec.structs.replace(part, of=len(kept)) for part in kept]


def one_key(action: AnyOutbound, ctx: Context) -> list[Part]:
    """A plan that gives every part the same key."""
    return [msgspec.structs.replace(part, key="key") for part in PLAN(action, ctx)]


def takes_anything(part: Part, ctx: Context) -> Exchange[Receipt]:
    """A send that takes every answer for a yes."""
    yield from http(HttpRequest(method="POST", url=ctx.base_url, effect=True))
    return Receipt(external_id="1")


def reads_json(part: Part, ctx: Context) -> Exchange[Receipt]:
    """A send that fails on an answer that is no JSON, where the customer has the message already."""
    response = yield from http(HttpRequest(method="POST", url=ctx.base_url, effect=True))
    if response.status != 200:
        raise SendError(SendErrorKind.REJECTED)
    return Receipt(external_id=msgspec.json.decode(response.body)["external_id"])


def two_effects(part: Part, ctx: Context) -> Exchange[Receipt]:
    """A send whose part is seen twice."""
    yield from http(HttpRequest(method="POST", url=ctx.base_url, effect=True))
    return (yield from SEND(part, ctx))


def tells_the_secret(part: Part, ctx: Context) -> Exchange[Receipt]:
    """A send whose error repeats a credential."""
    response = yield from http(HttpRequest(method="POST", url=ctx.base_url, effect=True))
    raise SendError(SendErrorKind.REJECTED, f"{response.status} for {ctx.credentials['webhook_secret']}")


def asks_carelessly(ctx: Context) -> Exchange[Setup]:
    """A setup that believes the network to answer in JSON."""
    response = yield from http(HttpRequest(method="GET", url=ctx.base_url))
    return Setup(asset_id=msgspec.json.decode(response.body)["id"], name="x")


class Deaf(CustomSimulator):
    """A network that shows customers nothing of ours."""

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """Only what customers wrote."""
        return [one for one in super().seen(thread_id) if one["from"] == "them"]


class Asked(CustomSimulator):
    """The same network, if it posted nothing and had to be asked: `GET /new?after=2`."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.told: list[str] = []

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Keep what would be posted."""
        self.told += [request.body.decode() for request in super().act(action, now)]
        return []

    def respond(self, request: Request, now: int) -> Response:
        """What is new, one at a time."""
        if request.path != "/new":
            return super().respond(request, now)
        after = int(request.query.removeprefix("after="))
        return Response(status=200, body=json.dumps(self.told[after : after + 1]).encode())


def reads_one(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """Read one of them."""
    return PARSE(Request(method="POST", path="", headers={}, body=body), ctx)


def asks(cursor: str, ctx: Context) -> Exchange[Polled]:
    """Ask for the next."""
    response = yield from http(HttpRequest(method="GET", url=f"{ctx.base_url}/new?after={cursor or 0}"))
    new = [one.encode() for one in json.loads(response.body)]
    records = tuple(one for body in new for one in reads_one(body, ctx) if not isinstance(one, Exception))
    return Polled(inbounds=records, raw=tuple(new), cursor=str(int(cursor or 0) + len(new)), more=bool(new))


def asks_anew(cursor: str, ctx: Context) -> Exchange[Polled]:
    """A poll that begins at the beginning each time."""
    polled = yield from asks("", ctx)
    return msgspec.structs.replace(polled, more=False)


def asks_for_ever(cursor: str, ctx: Context) -> Exchange[Polled]:
    """A poll that always has more."""
    return msgspec.structs.replace((yield from asks(cursor, ctx)), more=True)


def asks_under_other_ids(cursor: str, ctx: Context) -> Exchange[Polled]:
    """A poll that calls a message otherwise than the webhook does."""
    polled = yield from asks(cursor, ctx)
    named = [
        msgspec.structs.replace(one, external_id=f"history-{one.external_id}")
        for one in polled.inbounds
        if isinstance(one, MessageReceived)
    ]
    return msgspec.structs.replace(polled, inbounds=tuple(named), raw=())


class Both(Asked):
    """The same network, if it posted and could be asked too."""

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Keep what is posted, and post it."""
        requests = CustomSimulator.act(self, action, now)
        self.told += [request.body.decode() for request in requests]
        return requests


POLLED = {
    "manifest": replace(CONNECTOR.manifest, inbound=frozenset({"poll"})), "parse": None, "verify": None,
    "parse_part": reads_one, "poll": asks, "simulator": Asked,
}  # fmt: skip
"""What makes of the good connector one of a network that has to be asked."""
BOTH = {
    "manifest": replace(CONNECTOR.manifest, inbound=frozenset({"webhook", "poll"})),
    "parse_part": reads_one, "poll": asks, "simulator": Both,
}  # fmt: skip
"""What makes of it one of a network that posts and can be asked too."""


@dataclass(frozen=True)
class Sabotage:
    """A change to a good connector, and the check that must find it."""

    check: str
    change: dict[str, Any]


NO_LINK = replace(CONNECTOR.manifest.kinds["direct"], text=TextLimit(65_536, "characters", Fact("somewhere", "today")))
SABOTAGES = (
    Sabotage("package-manifest", {"manifest": replace(CONNECTOR.manifest, rules=())}),
    Sabotage("package-manifest", {"manifest": replace(CONNECTOR.manifest, network="other")}),
    Sabotage("package-limits-sourced", {"manifest": replace(CONNECTOR.manifest, kinds={"direct": NO_LINK})}),
    Sabotage(
        "package-goldens-cover-events", {"manifest": replace(CONNECTOR.manifest, documented_events=("order.placed",))}
    ),
    Sabotage("signature-flipped-fails", {"verify": accepts_all}),
    Sabotage("signature-missing-fails", {"verify": accepts_all}),
    Sabotage("signature-stale-fails", {"verify": ignores_time}),
    Sabotage("signature-secrets-rotate", {"verify": newest_secret_only}),
    Sabotage("signature-secrets-rotate", {"verify": accepts_all}),
    Sabotage("parse-goldens", {"parse": drops_text}),
    Sabotage("parse-goldens", {"parse": looks_at_the_clock}),
    Sabotage("parse-declared", {"manifest": replace(CONNECTOR.manifest, reactions_in=False)}),
    Sabotage("parse-declared", {"manifest": replace(CONNECTOR.manifest, receipts=frozenset({"accepted"}))}),
    Sabotage("parse-declared", {"fetch": None}),
    Sabotage("parse-declared", {"parse": names_files_only}),
    Sabotage("parse-redelivery", {"parse": fresh_keys}),
    Sabotage("parse-redelivery", {"parse": keys_of_the_hour}),
    Sabotage("parse-redelivery", {"parse": keys_of_chance}),
    Sabotage("parse-mutations", {"parse": careless}),
    Sabotage("parse-noise", {"parse": careless}),
    Sabotage("plan-numbered", {"plan": lambda action, ctx: []}),
    Sabotage("plan-texts-at-limit", {"plan": any_length}),
    Sabotage("plan-splits-rejoin", {"plan": loses_the_end}),
    Sabotage("plan-splits-rejoin", {"plan": one_key}),
    Sabotage("plan-empty-refused", {"plan": any_length}),
    Sabotage("plan-unsupported-refused", {"plan": any_length}),
    Sabotage("send-goldens", {"send": takes_anything}),
    Sabotage("send-effect-marked", {"send": two_effects}),
    Sabotage("send-failures", {"send": takes_anything}),
    Sabotage("send-failures", {"send": reads_json}),
    Sabotage("ask-failures", {"setup": asks_carelessly}),
    Sabotage("secrets-errors", {"send": tells_the_secret}),
    Sabotage("secrets-signatures", {"verify": shows_the_secret}),
    Sabotage("loop-closes", {"parse": drops_text}),
    Sabotage("loop-closes", {"simulator": Deaf}),
    Sabotage("loop-faults", {"send": takes_anything}),
    Sabotage("parse-goldens", POLLED | {"parse_part": lambda body, ctx: []}),
    Sabotage("loop-closes", POLLED | {"poll": asks_anew}),
    Sabotage("loop-closes", POLLED | {"poll": asks_for_ever}),
    Sabotage("loop-closes", POLLED | {"parse_part": lambda body, ctx: []}),
    Sabotage("loop-polls", BOTH | {"poll": asks_for_ever}),
    Sabotage("loop-polls", BOTH | {"poll": asks_under_other_ids}),
    Sabotage("loop-polls", BOTH | {"parse_part": lambda body, ctx: []}),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.check}-{'-'.join(one.change)}")
def test_sabotage_is_found(sabotage: Sabotage) -> None:
    """The check that is there for it fails, and says for which network."""
    good = subject("custom")
    broken: Connector = replace(good.connector, **sabotage.change)

    with pytest.raises((AssertionError, TouchedTheWorld)):
        CHECKS[sabotage.check](replace(good, connector=broken))


@pytest.mark.parametrize(
    "check", [name for name in CHECKS if name.startswith(("parse-", "loop-")) and name != "loop-polls"]
)
def test_polled_network_is_held_to_the_same(check: str) -> None:
    """What a network has to be asked for is read from the same goldens, spoilt alike, and closes the same loop."""
    good = subject("custom")

    CHECKS[check](replace(good, connector=replace(good.connector, **POLLED)))


def test_network_that_posts_and_is_polled_passes() -> None:
    """What is posted and polled under one id is what a good connector gives."""
    good = subject("custom")

    CHECKS["loop-polls"](replace(good, connector=replace(good.connector, **BOTH)))


def test_action_without_a_golden_is_found(tmp_path: Path) -> None:
    """What the manifest lets agents do has to be shown done, not only refused."""
    good = subject("custom")
    copy = tmp_path / "custom"
    shutil.copytree(good.tests, copy)
    (copy / "golden" / "outbound" / "ban.exchange.json").write_text('{"refused": {"code": "empty", "detail": "No."}}')

    with pytest.raises(AssertionError, match=r"\['ban'\]"):
        CHECKS["send-goldens-cover-actions"](replace(good, tests=copy))


def test_goldens_once_rewritten_stay_as_they_are(tmp_path: Path) -> None:
    """An exchange that had no response yet is the same when it is read back with the one that was put there."""
    good = subject("_template")
    copy = tmp_path / "_template"
    shutil.copytree(good.tests, copy)
    (copy / "golden" / "outbound" / "send.exchange.json").unlink()
    fresh = replace(good, tests=copy)

    assert rewrite(fresh) == ["send.exchange.json"]
    assert rewrite(fresh) == []


def test_goldens_of_what_is_sent_are_written_without_any_of_what_comes_in(tmp_path: Path) -> None:
    """A network whose deliveries cannot be read by themselves still has its exchanges rewritten."""
    good = subject("custom")
    copy = tmp_path / "tests" / "connectors" / "custom"
    shutil.copytree(good.tests, copy)
    exchange = copy / "golden" / "outbound" / "ban.exchange.json"
    exchange.unlink()
    deaf = replace(good, tests=copy, connector=replace(good.connector, parse=None))

    assert rewrite(deaf) == [exchange.name]


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        ("package-files", "helpers.py", '"""What."""'),
        ("package-readme", "README.md", "# Custom channel\n\n## Limits\n"),
        ("package-imports", "inbound.py", "import time\n"),
        ("package-imports", "inbound.py", "from inbox.domain import events\n"),
        ("package-imports", "inbound.py", "from datetime import datetime\nAT = datetime.now()\n"),
    ],
)
def test_bad_files_are_found(check: str, name: str, text: str, tmp_path: Path) -> None:
    """A file too many, a README without its headings, and an import of the world fail the package."""
    good = subject("custom")
    for path in good.package.glob("*.*"):
        (tmp_path / path.name).write_text(path.read_text())
    copy = replace(good, package=tmp_path)
    CHECKS[check](copy)

    (tmp_path / name).write_text(text)

    with pytest.raises(AssertionError):
        CHECKS[check](copy)


@pytest.mark.parametrize("call", [lambda: time.time(), lambda: random.random(), lambda: secrets.token_hex(8)])
def test_the_world_is_out_of_reach(call: Callable[[], object]) -> None:
    """Inside the seal clock and chance fail; outside they work again."""
    with sealed(), pytest.raises(TouchedTheWorld):
        call()

    assert call() is not None


def test_mutations_change_and_keep_no_trace() -> None:
    """Nearly every mutation differs from what it was made of, which itself stays as it was."""
    value = {"type": "message", "message": {"text": "a", "list": [1, {"b": 2}]}}
    before = msgspec.json.encode(value)
    chance = random.Random(1)

    bodies = [mutation.mutated(value, chance) for _ in range(200)]

    assert msgspec.json.encode(value) == before
    assert len(set(bodies)) > 100
    assert mutation.shuffled(value, chance) == value


def test_nonces_of_the_kit_are_the_same_each_time() -> None:
    """Goldens can hold keys, since every context counts from one."""
    one: Subject = subject("custom")

    first, second = one.context(), one.context()

    assert [first.nonce(), first.nonce()] == [second.nonce(), second.nonce()]
    assert len(first.nonce()) == 26
