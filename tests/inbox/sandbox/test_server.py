"""The networks' addresses over real HTTP, faults included."""

from __future__ import annotations

import pytest

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from connectors.toolkit import faults
from inbox.sandbox.stage import Stage
from inbox.transport.courier import Courier


async def asked(made: Stage, courier: Courier, path: str = "telegram/bot1:x/getMe") -> HttpResponse:
    """Ask a network something."""
    url = f"http://127.0.0.1:{made.server.port}/{path}"
    answer = await courier.carry(HttpRequest(method="POST", url=url, body=b"{}", timeout_seconds=1.5))
    assert isinstance(answer, HttpResponse)
    return answer


async def test_a_simulator_answers_over_http(made: Stage, courier: Courier) -> None:
    """A call reaches the simulator of the network that the address names."""
    answer = await asked(made, courier)

    assert answer.status == 200
    assert b"inbox_sandbox_bot" in answer.body


async def test_other_addresses_are_not_there(made: Stage, courier: Courier) -> None:
    """What is no simulated network is not found."""
    assert (await asked(made, courier, "pigeon/send")).status == 404


@pytest.mark.parametrize(
    ("fault", "status"), [(faults.THROTTLED, 429), (faults.OUTAGE, 502), (faults.EXPIRED_TOKEN, 401)]
)
async def test_refusals_come_as_the_network_words_them(made: Stage, courier: Courier, fault: str, status: int) -> None:
    """A fault that refuses is answered by the simulator, and heals when it is switched off."""
    made.networks.faults["telegram"].add(fault)
    assert (await asked(made, courier)).status == status

    made.networks.faults["telegram"].clear()
    assert (await asked(made, courier)).status == 200


@pytest.mark.parametrize("fault", [faults.TIMEOUT, faults.SLOW])
async def test_an_answer_may_not_come_in_time(made: Stage, courier: Courier, fault: str) -> None:
    """Silence and slowness are acted out on the wire."""
    made.networks.faults["telegram"].add(fault)

    with pytest.raises(TransportFailed) as failed:
        await asked(made, courier)

    assert failed.value.kind == "timeout"
    assert failed.value.sent
