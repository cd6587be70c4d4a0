"""connectors/_meta/simulator.py: the other side behaves as the Graph API does."""

from urllib.parse import urlencode

import msgspec

from connectors._meta import graph, signatures
from connectors._meta.simulator import PAGE_ID, TOKEN, GraphSimulator, read_parameters
from connectors.exchange import Request, Response
from connectors.toolkit import faults
from tests.connectors._meta.world import NOW, PageGraph, context


def called(server: GraphSimulator, path: str = "/v25.0/me/accounts", token: str = TOKEN, **query: str) -> Response:
    """A bare call."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return server.respond(Request(method="GET", path=path, query=urlencode(query), headers=headers, body=b""), NOW)


def code(response: Response) -> int:
    """The code of a refusal."""
    found = msgspec.json.decode(response.body)["error"]["code"]
    assert isinstance(found, int)
    return found


def test_tokens_are_checked() -> None:
    """A call needs a token that holds, and a proof that is right where there is one."""
    server = PageGraph()
    assert called(server).status == 200
    assert code(called(server, token="")) == 104
    assert code(called(server, appsecret_proof="0" * 64)) == 100
    assert called(server, appsecret_proof=graph.proof(TOKEN, context().credentials["app_secret"])).status == 200
    server.revoked.add(TOKEN)
    assert code(called(server)) == 190


def test_unknown_paths_are_refused() -> None:
    """What the API does not have is refused in its shape."""
    response = called(PageGraph(), "/v25.0/nothing/here")
    assert (response.status, code(response)) == (400, 100)


def test_faults() -> None:
    """Every fault of answering shows as the API shows it."""
    server = PageGraph()
    for fault, status, wanted in (
        (faults.OUTAGE, 503, 2),
        (faults.THROTTLED, 400, 613),
        (faults.EXPIRED_TOKEN, 401, 190),
    ):
        server.faults = {fault}
        response = called(server)
        assert (response.status, code(response)) == (status, wanted)
    server.faults = {faults.THROTTLED}
    assert "estimated_time_to_regain_access" in called(server).headers["x-business-use-case-usage"]
    server.faults = {faults.HALF_BODY}
    assert not called(server).body.endswith(b"}")


def test_deliveries_are_signed_and_escaped() -> None:
    """A delivery is signed over bytes in which everything beyond ASCII, and every slash, is escaped."""
    (request,) = PageGraph().deliver("page", [{"id": PAGE_ID, "text": "Γ/🙂"}])
    assert rb'"\u0393\/\ud83d\ude42"' in request.body
    assert msgspec.json.decode(request.body)["entry"][0]["text"] == "Γ/🙂"
    signatures.verify(request, context())


def test_duplicates() -> None:
    """A doubled delivery comes twice."""
    server = PageGraph()
    server.faults = {faults.DUPLICATE}
    first, second = server.deliver("page", [{"id": PAGE_ID}])
    assert first == second


def test_files_are_served_without_a_token() -> None:
    """A file is at the address that was given out."""
    server = PageGraph()
    address = server.keep_file("a b.png", "image/png", b"bytes")
    response = called(server, address, token="")
    assert (response.status, response.body, response.headers["content-type"]) == (200, b"bytes", "image/png")


def test_people_are_the_same_everywhere() -> None:
    """A person has one id at a Page for a seed, whichever network asks."""
    assert PageGraph().person_id("maria") == PageGraph().person_id("maria")
    assert PageGraph().person_id("maria") != PageGraph().person_id("jan")


def test_parameters_of_every_form() -> None:
    """Parameters are read from query, JSON, form and multipart; structures in text are JSON."""
    multipart = (
        b'--b\r\ncontent-disposition: form-data; name="recipient"\r\n\r\n{"id":"5"}\r\n'
        b'--b\r\ncontent-disposition: form-data; name="filedata"; filename="a.png"\r\n'
        b"content-type: image/png\r\n\r\nPNG\r\n"
        b"--b--\r\n"
    )
    bodies = {
        "application/json": b'{"recipient":{"id":"5"}}',
        "application/x-www-form-urlencoded": b"recipient=%7B%22id%22%3A%225%22%7D",
        "multipart/form-data; boundary=b": multipart,
    }
    for kind, body in bodies.items():
        request = Request(method="POST", path="/x", query="a=1", headers={"content-type": kind}, body=body)
        params, files = read_parameters(request)
        assert params == {"a": "1", "recipient": {"id": "5"}}
        assert files == ({"filedata": ("a.png", "image/png", b"PNG")} if "multipart" in kind else {})
