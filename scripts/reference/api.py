"""docs/api.md: every route of the API, from the declarations that serve it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from inbox.api import problems
from inbox.api.app import GROUPS
from inbox.api.dispatch import RATES, ROOT
from inbox.api.pages import Page
from inbox.api.routing import Declared
from inbox.domain.permissions import TOKEN_SCOPES
from inbox.throttle import Rate
from scripts.reference.markdown import prose, said, summary, table
from scripts.reference.shapes import Tables, is_record, reached

_HEAD = """# API

Everything under `{root}`. The same for machines: `GET {root}/openapi.json` (OpenAPI 3.1), and for reading in a running
installation: `/api/docs`. Made from the routes in `inbox/api` by `python -m scripts.reference`.

- **Who asks.** `Authorization: Bearer` with a token (`inbox token create`, or Settings, Tokens), or the session cookie;
  without a token every change, signing in among them, needs the header `X-Inbox: 1`.
- **Ids** are opaque strings, **times** RFC 3339 in UTC. **Lists** are `{{"items", "next_cursor", "position"}}`: go on
  with `?cursor=`; `limit` is at most 200.
- **Idempotency-Key** on the routes marked so: the same key with the same body gets the first answer again for a day,
  with `Idempotent-Replayed: true`; with another body 422 `idempotency_key_reused`; 409 `in_flight` when it
  is done and its answer is not kept, or not yet.
- **If-Match** on the routes marked so: send the `ETag` you read; another one in between is answered 412 with what is
  there now.
- **Needs** names what a role or token must be allowed to do; `signed in` is anybody, `person` a signed-in person and no
  token, `public` nobody in particular. What is out of one's sight does not exist: 404.
- **Scopes** of a token add up. Whatever concerns a conversation needs `read` besides: take `read` and `write` together.

{scopes}

- **Pace:** so much each agent, token or, signed out, address may ask of each process; then 429 with `Retry-After`.
  Routes marked so are costly.

{rates}
"""
_NEEDS = {"signed_in": "signed in", "agent": "person", "public": "public"}


def page() -> str:
    """The whole page."""
    parts = [_HEAD.format(root=ROOT, scopes=_scopes(), rates=_rates()), "## Errors\n", _errors(), ""]
    routes = [one for group in GROUPS for one in group.declared]
    tables = Tables(kind for one in routes for kind in (one.body, one.query, one.answer) if kind is not None)
    for tag in dict.fromkeys(group.tag for group in GROUPS if group.declared):
        parts.append(f"## {tag}\n")
        of_it = [one for one in routes if one.tag == tag]
        parts += [_route(one, tables) for one in sorted(of_it, key=lambda one: (one.path, one.method))]
    parts.append("## Bodies and queries\n")
    parts += [tables.described(model) for model in _bodies(routes)]
    parts.append("## Answers\n")
    parts += [tables.described(shape) for shape in _answers(routes)]
    return "\n".join(parts)


def _scopes() -> str:
    scopes = ("read", "write", "admin")
    rows = [[f"`{one}`", ", ".join(f"`{may}`" for may in sorted(TOKEN_SCOPES[one]))] for one in scopes]
    return table(["Scope", "May"], rows)


def _rates() -> str:
    words = {"read": "reading", "write": "changing something", "costly": "what is costly"}
    return table(
        ["For", "At once", "Then"], [[words[name], str(one.burst), _every(one)] for name, one in RATES.items()]
    )


def _every(rate: Rate) -> str:
    seconds = rate.every_seconds
    return f"{1 / seconds:g} a second" if seconds < 1 else f"one every {seconds:g} seconds"


def _errors() -> str:
    rows = [[str(one.status), f"`{one.default_code}`", summary(one.__doc__)] for one in problems.KINDS]
    intro = (
        "`application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail`, `request_id`, and what "
        "the error carries. `type` leads to one of these kinds; `code` is for programs, stable, and often narrower.\n\n"
    )
    return intro + table(["Status", "Code", "Meaning"], [*rows, ["500", "`internal`", "A fault of the service."]])


def _route(declared: Declared, tables: Tables) -> str:
    facts = [f"Needs: {_NEEDS.get(declared.needs, f'`{declared.needs}`')}"]
    if declared.query is not None:
        facts.append(f"Query: {_link(declared.query)}")
    if declared.body is not None:
        facts.append(f"Body: {_link(declared.body)}{' (optional)' if declared.body_optional else ''}")
    if declared.form:
        facts.append("Body: `multipart/form-data` with the part `file`")
    also = "" if declared.also_status is None else f" or {declared.also_status}"
    facts.append(f"Answer: {declared.status}{also}{_answer(declared, tables)}")
    marks = (("Idempotency-Key", declared.idempotent), ("If-Match", declared.if_match))
    facts += [word for word, on in (*marks, ("costly", declared.rate == "costly")) if on]
    lines = [f"### {declared.method} {declared.path}\n", prose(declared.handler.__doc__), "", " · ".join(facts), ""]
    return "\n".join(lines)


def _answer(declared: Declared, tables: Tables) -> str:
    shape = _shape(declared.answer, tables)
    kinds = [f"`{kind}`" for kind in declared.media]
    return "".join(f", {one}" for one in [" or ".join([shape, *kinds] if shape else kinds)] if one)


def _shape(answer: Any, tables: Tables) -> str:
    if answer is type(None):
        return ""
    origin = get_origin(answer)
    if origin is dict:
        return said(answer, tables.named)
    if origin is not None and get_args(answer):
        return f"{origin.__name__.lower()} of {said(get_args(answer)[0], tables.named)}"
    return tables.named(answer) if is_record(answer) else ""


def _link(model: type[BaseModel]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _bodies(routes: Sequence[Declared]) -> list[type]:
    """Bodies and queries with what is in them."""
    return reached(model for one in routes for model in (one.body, one.query) if model is not None)


def _answers(routes: Sequence[Declared]) -> list[type]:
    """Answers with what is in them; a page is said at the top."""
    return [one for one in reached(one.answer for one in routes) if not issubclass(one, Page)]
