"""docs/api.md: every route of the API, from the declarations that serve it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

import msgspec
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from inbox.api import problems
from inbox.api.app import GROUPS
from inbox.api.dispatch import ROOT
from inbox.api.routing import Declared
from scripts.reference.markdown import prose, said, summary, table

_HEAD = """# API

Everything under `{root}`. The same for machines: `GET {root}/openapi.json` (OpenAPI 3.1), and for reading in a running
installation: `/api/docs`. Made from the routes in `inbox/api` by `python -m scripts.reference`.

- **Who asks.** `Authorization: Bearer` with a token (`inbox token create`, or Settings, Tokens), or the session cookie;
  with the cookie every change needs the header `X-Inbox: 1`.
- **Ids** are opaque strings, **times** RFC 3339 in UTC. **Lists** are `{{"items", "next_cursor", "position"}}`: go on
  with `?cursor=`; `limit` is at most 200.
- **Idempotency-Key** on the routes marked so: the same key with the same body gets the first answer again for a day.
- **If-Match** on the routes marked so: send the `ETag` you read; another one in between is answered 412 with what is
  there now.
- **Needs** names what a role or token must be allowed to do; `signed in` is anybody, `person` a signed-in person and no
  token, `public` nobody in particular. What is out of one's sight does not exist: 404.
"""
_NEEDS = {"signed_in": "signed in", "agent": "person", "public": "public"}


def page() -> str:
    """The whole page."""
    parts = [_HEAD.format(root=ROOT), "## Errors\n", _errors(), ""]
    for group in GROUPS:
        if not group.declared:
            continue
        parts.append(f"## {group.tag}\n")
        parts += [_route(one) for one in sorted(group.declared, key=lambda one: (one.path, one.method))]
    parts.append("## Bodies and queries\n")
    parts += [_model(model) for model in _models()]
    return "\n".join(parts)


def _errors() -> str:
    rows = [[str(one.status), f"`{one.default_code}`", summary(one.__doc__)] for one in problems.KINDS]
    intro = (
        "`application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail`, `request_id`, and what "
        "the error carries. `type` leads to one of these kinds; `code` is for programs, stable, and often narrower.\n\n"
    )
    return intro + table(["Status", "Code", "Meaning"], [*rows, ["500", "`internal`", "A fault of the service."]])


def _route(declared: Declared) -> str:
    facts = [f"Needs: {_NEEDS.get(declared.needs, f'`{declared.needs}`')}"]
    if declared.query is not None:
        facts.append(f"Query: {_link(declared.query)}")
    if declared.body is not None:
        facts.append(f"Body: {_link(declared.body)}{' (optional)' if declared.body_optional else ''}")
    if declared.form:
        facts.append("Body: `multipart/form-data` with the part `file`")
    also = "" if declared.also_status is None else f" or {declared.also_status}"
    facts.append(f"Answer: {declared.status}{also}{_answer(declared)}")
    facts += [word for word, on in (("Idempotency-Key", declared.idempotent), ("If-Match", declared.if_match)) if on]
    lines = [f"### {declared.method} {declared.path}\n", prose(declared.handler.__doc__), "", " · ".join(facts), ""]
    return "\n".join(lines)


def _answer(declared: Declared) -> str:
    shape = _shape(declared.answer)
    kinds = [f"`{kind}`" for kind in declared.media]
    return "".join(f", {one}" for one in [" or ".join([shape, *kinds] if shape else kinds)] if one)


def _shape(answer: Any) -> str:
    if answer is type(None):
        return ""
    origin = get_origin(answer)
    if origin is not None and get_args(answer):
        return f"{origin.__name__.lower()} of `{get_args(answer)[0].__name__}`"
    return f"`{answer.__name__}`" if isinstance(answer, type) and issubclass(answer, msgspec.Struct) else ""


def _link(model: type[BaseModel]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _models() -> Iterable[type[BaseModel]]:
    """Bodies and queries by name, each once."""
    routes = [one for group in GROUPS for one in group.declared]
    found = {model for one in routes for model in (one.body, one.query) if model is not None}
    return sorted(found, key=lambda model: model.__name__)


def _model(model: type[BaseModel]) -> str:
    rows = []
    for name, field in model.model_fields.items():
        absent = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        rows.append([f"`{name}`", said(_declared(field)), absent])
    fields = table(["Field", "Type", "When absent"], rows)
    return "\n".join([f"### {model.__name__}\n", prose(model.__doc__), "", fields, ""])


def _declared(field: FieldInfo) -> Any:
    """The type as it was written: pydantic takes what makes an integer an id for a fact of the field."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if value not in ("", [], {}, ()) else "empty"
