"""connectors/telegram/simulator.py: the other side behaves as Telegram does, and the connector agrees with it."""

from dataclasses import replace
from typing import Any

import msgspec

from connectors.contract import Context, CustomerAction
from connectors.exchange import Request, Response
from connectors.inbound import Attachment, MessageDeleted, MessageReceived, ThreadMigrated
from connectors.outbound import AnyOutbound, Blob, DeleteSent, EditSent, MarkSeen, React, Receipt, SendMessage, Target
from connectors.telegram.inbound import SECRET_HEADER, parse
from connectors.telegram.outbound import plan, send
from connectors.telegram.poll import media, poll, setup
from connectors.telegram.simulator import BotApi
from connectors.toolkit import faults
from tests.connectors.kit.driver import Run, by_simulator, drive
from tests.connectors.telegram.signing import context

NOW = context().now
HELLO = CustomerAction(do="write", person="maria", name="Maria", text="Hello 🙂")
PHOTO = Blob(sha256="a" * 64, mime="image/jpeg", size_bytes=3, name="a.jpg", kind="image")


class Line:
    """A simulator and the channel connected to it."""

    def __init__(self, mode: str = "webhook", seed: int = 7) -> None:
        self.server = BotApi(seed)
        ctx = replace(context(), settings={"mode": mode})
        made = drive(setup(ctx), by_simulator(self.server, ctx)).result
        self.ctx: Context = replace(ctx, asset_id=made.asset_id, settings={**ctx.settings, **made.settings})

    def act(self, action: CustomerAction) -> list[Any]:
        """What is read of a customer's action."""
        return [one for request in self.server.act(action, NOW) for one in parse(request, self.ctx)]

    def wrote(self, action: CustomerAction = HELLO) -> MessageReceived:
        """The last message read of a customer's action."""
        found = self.act(action)[-1]
        assert isinstance(found, MessageReceived)
        return found

    def do(self, action: AnyOutbound) -> list[Run]:
        """Every part of an action of ours."""
        return [drive(send(part, self.ctx), by_simulator(self.server, self.ctx)) for part in plan(action, self.ctx)]

    def call(self, method: str, **params: Any) -> Response:
        """A bare call of a method."""
        headers = {"content-type": "application/json"}
        body = msgspec.json.encode(params)
        return self.server.respond(Request(method="POST", path=f"/botx/{method}", headers=headers, body=body), NOW)


def target(message: MessageReceived, message_id: str = "") -> Target:
    """Where a message is answered, or one of its thread is touched."""
    thread = message.thread
    return Target(thread_id=thread.external_id, address=thread.address, message_id=message_id or message.external_id)


def test_the_same_seed_gives_the_same_requests() -> None:
    """Two servers of one seed deliver byte for byte the same, another seed something else."""
    same, again, other = (Line(seed=seed).server.act(HELLO, NOW) for seed in (7, 7, 8))
    assert same == again != other


def test_update_numbers_rise() -> None:
    """Each update has the next number, whatever it tells of."""
    line = Line()
    requests = [*line.server.act(HELLO, NOW), *line.server.act(replace_do("block"), NOW), *line.server.act(HELLO, NOW)]
    numbers = [msgspec.json.decode(request.body)["update_id"] for request in requests]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def replace_do(do: str, **fields: str) -> CustomerAction:
    """Another action of the same person."""
    return msgspec.convert({"do": do, "person": "maria", **fields}, CustomerAction)


def test_deliveries_carry_the_registered_secret() -> None:
    """The header repeats what setWebhook was given."""
    (request,) = Line().server.act(HELLO, NOW)
    assert request.headers[SECRET_HEADER] == context().secrets[0].decode()
    assert request.path == ""


def test_updates_wait_where_there_is_no_webhook() -> None:
    """Without a webhook nothing is posted: the poll brings it, and asking on makes Telegram forget it."""
    line = Line(mode="poll")
    assert line.server.act(HELLO, NOW) == []
    first = drive(poll("", line.ctx), by_simulator(line.server, line.ctx)).result
    assert [one.text for one in first.inbounds] == ["Hello 🙂"]
    assert drive(poll(first.cursor, line.ctx), by_simulator(line.server, line.ctx)).result.inbounds == ()


def test_a_webhook_and_a_poll_conflict() -> None:
    """While a webhook is set getUpdates is refused with 409."""
    assert Line().call("getUpdates").status == 409


def test_an_album_of_ours_is_seen_edited_and_deleted() -> None:
    """An album arrives as several messages; its one receipt is enough to change and delete it."""
    line = Line()
    message = line.wrote()
    (run,) = line.do(SendMessage(target=target(message), attachments=(PHOTO, PHOTO)))
    receipt = run.result
    assert isinstance(receipt, Receipt)
    assert len(receipt.alternate_ids) == 2
    (edited,) = line.do(EditSent(target=target(message, receipt.external_id), text="Both sides"))
    assert edited.error is None
    seen = line.server.seen(message.thread.external_id)
    assert [one["text"] for one in seen if one["from"] == "us"] == ["Both sides", ""]
    assert line.do(DeleteSent(target=target(message, receipt.external_id)))[0].error is None
    assert [one["from"] for one in line.server.seen(message.thread.external_id)] == ["them"]


def test_files_of_customers_can_be_loaded() -> None:
    """What a customer attaches is served at the path that getFile names."""
    line = Line()
    files = tuple(Attachment(kind="image", name=f"{i}.jpg", mime="image/jpeg", data=b"jpeg" * i) for i in (1, 2))
    received = line.act(msgspec.structs.replace(HELLO, attachments=files))
    assert [one.text for one in received] == ["Hello 🙂", ""]
    assert len({one.attachments[0].meta["album"] for one in received}) == 1
    run = drive(media(received[1].attachments[0], line.ctx), by_simulator(line.server, line.ctx))
    path = run.requests[1].url.removeprefix(line.ctx.base_url)  # type: ignore[union-attr]
    served = line.server.respond(Request(method="GET", path=path, headers={}, body=b""), NOW)
    assert served.body == b"jpegjpeg"


def test_blocking_refuses_until_the_person_writes_again() -> None:
    """A blocked bot is refused as Telegram does; writing again unblocks it and says so first."""
    line = Line()
    message = line.wrote()
    (blocked,) = line.act(replace_do("block"))
    assert blocked.reachable is False
    (run,) = line.do(SendMessage(target=target(message), text="Hello?"))
    assert run.error is not None
    assert run.error.reason == "Forbidden: bot was blocked by the user"
    unblocked, again = line.act(HELLO)
    assert unblocked.reachable is True
    assert again.text == "Hello 🙂"


def test_starting_by_a_link_has_an_origin() -> None:
    """Joining in private is pressing Start, with the payload of the link."""
    started = Line().wrote(replace_do("join", text="poster"))
    assert started.origin is not None
    assert (started.origin.ref, started.needs_answer) == ("poster", False)


def test_groups_are_joined_written_in_and_left() -> None:
    """In a group what names the bot asks, and comings and goings do not."""
    line = Line()
    group = {"thread_id": "-1001900000077"}
    found = [
        line.wrote(replace_do("join", **group)),
        line.wrote(replace_do("write", text="Hi all", **group)),
        line.wrote(replace_do("write", text="Hey 🙂 @inbox_sandbox_bot, open?", **group)),
        line.wrote(replace_do("write", text="/hours", **group)),
        line.wrote(replace_do("leave", **group)),
    ]
    assert [one.needs_answer for one in found] == [False, False, True, True, False]
    assert {one.thread.external_id for one in found} == {"-1001900000077"}


def test_an_upgraded_group_is_followed() -> None:
    """After the upgrade the old id is refused, and our answer lands in the new group."""
    line = Line()
    message = line.wrote(replace_do("write", text="/hours", thread_id="-77"))
    (request,) = line.server.upgrade("-77", NOW)
    (moved,) = parse(request, line.ctx)
    assert isinstance(moved, ThreadMigrated)
    (run,) = line.do(SendMessage(target=target(message), text="From nine"))
    assert run.result.thread_id == moved.new_thread_id
    assert line.server.seen(moved.new_thread_id)[-1]["text"] == "From nine"


def test_business_chats_are_written_deleted_and_read() -> None:
    """A business account's chat is apart from the bot's own, tells of deletions, and can be marked as read."""
    line = Line()
    own = line.wrote()
    business = {"thread_id": f"{own.thread.external_id}@connection"}
    message = line.wrote(replace_do("write", text="Table for two?", **business))
    assert message.external_id != own.external_id
    assert line.do(MarkSeen(target=target(message)))[0].error is None
    assert line.server.seen(message.thread.external_id)[0]["state"] == "read"
    (gone,) = line.act(replace_do("delete", message_id=message.external_id, **business))
    assert isinstance(gone, MessageDeleted)
    assert gone.external_id == message.external_id


def test_our_reaction_is_seen_and_taken_back() -> None:
    """A reaction of ours stands on the customer's message until it is taken back."""
    line = Line()
    message = line.wrote()
    for emoji, shown in (("❤️", "❤"), ("", "")):
        assert line.do(React(target=target(message), emoji=emoji))[0].error is None
        assert line.server.seen(message.thread.external_id)[0]["reactions"] == shown


def test_answers_in_a_group_quote_what_they_answer() -> None:
    """The message we answer stands in Telegram's own, as customers see it."""
    line = Line()
    message = line.wrote(replace_do("write", text="/hours", thread_id="-1001900000077"))
    line.do(SendMessage(target=target(message), text="From nine"))
    mine = line.server.seen("-1001900000077")[-1]["id"]
    asked = line.wrote(replace_do("write", text="On Sundays?", thread_id="-1001900000077", in_reply_to=mine))
    assert (asked.in_reply_to, asked.needs_answer) == (mine, True)


def test_refusals_are_telegrams() -> None:
    """What the server refuses it refuses in Telegram's form."""
    line = Line()
    chat_id = int(line.wrote().thread.external_id)
    refusals = {
        "chat not found": line.call("sendMessage", chat_id=5, text="Hi"),
        "message text is empty": line.call("sendMessage", chat_id=chat_id, text=" "),
        "message is too long": line.call("sendMessage", chat_id=chat_id, text="x" * 4097),
        "message to delete not found": line.call("deleteMessage", chat_id=chat_id, message_id=99),
        "REACTION_INVALID": line.call(
            "setMessageReaction", chat_id=chat_id, message_id=1, reaction=[{"type": "emoji", "emoji": "🧀"}]
        ),
        "wrong file_id": line.call("getFile", file_id="none"),
    }
    for words, response in refusals.items():
        body = msgspec.json.decode(response.body)
        assert (response.status, body["ok"], body["error_code"]) == (400, False, 400)
        assert words in body["description"]
    assert line.call("sendMoney").status == 404


def test_faults_are_what_telegram_looks_like_then() -> None:
    """A gateway's page in an outage, `retry_after` when throttled, 401 for a dead token, half an answer."""
    line = Line()
    looks = {}
    for fault in (faults.OUTAGE, faults.THROTTLED, faults.EXPIRED_TOKEN, faults.HALF_BODY):
        line.server.faults = {fault}
        looks[fault] = line.call("getMe")
    assert looks[faults.OUTAGE].body.startswith(b"<html>")
    assert msgspec.json.decode(looks[faults.THROTTLED].body)["parameters"] == {"retry_after": 7}
    assert looks[faults.EXPIRED_TOKEN].status == 401
    assert not looks[faults.HALF_BODY].body.endswith(b"}")


def test_shuffled_deliveries_come_later_and_all() -> None:
    """What is held back is delivered after what came next; nothing is lost."""
    line = Line()
    line.server.faults = {faults.SHUFFLE}
    assert line.act(HELLO) == []
    texts = [one.text for one in line.act(msgspec.structs.replace(HELLO, text="Second"))]
    assert texts == ["Second", "Hello 🙂"]
